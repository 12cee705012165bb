//! `qiao demo`: everything on one machine with one command. Fills an empty database with a small
//! generated city, starts a sandbox payment provider as a server of its own, serves, and prints where to
//! look.

use std::net::SocketAddr;

use city::{City, Plan};
use clap::Args;
use convert::queries::Attempt;
use convert::{AttemptStatus, RefundStatus};
use gateway::protocol::{Payment, PaymentStatus};
use gateway::sandbox::{self, SandboxConfig, SandboxHandle};
use http::{City as ServedCity, DemoAccount, DemoInfo, Outbox, derive, hash_password, shell};
use kernel::{Currency, LocalText};
use store::{Fail, ReadTx, Store};
use tokio::net::TcpListener;

use crate::config::{Flags, Settings};
use crate::serve::{self, Failure, failed, own_webhook_secret, secret_of, start_log, stop_signal};

/// The password of every account of the demo city.
const DEMO_PASSWORD: &str = "qiao-demo";

/// The command line of `qiao demo`.
#[derive(Debug, Args)]
pub struct Demo {
    #[command(flatten)]
    flags: Flags,
    /// Which city: the same seed makes the same one.
    #[arg(long, default_value_t = 1)]
    seed: u64,
}

impl Demo {
    /// Runs until it is told to stop.
    pub async fn run(self) -> Result<(), Failure> {
        let mut settings = Settings::from(self.flags)?;
        start_log(&settings);
        let stop = stop_signal()?;
        std::fs::create_dir_all(settings.data.join("media"))?;
        let secret = secret_of(&settings.data)?;
        let listener = serve::bind(&settings).await?;
        let address = listener.local_addr()?;
        let (city, payments) = build_city(&settings, self.seed).await?;
        let provider = start_sandbox(&mut settings, &secret, address, payments).await?;
        let accounts = city.accounts.iter().map(|account| DemoAccount {
            role: account.role.clone(),
            login: account.login.clone(),
            what_for: account.what_for.clone(),
        });
        let info = DemoInfo {
            provider_url: provider.base_url(),
            provider_key: settings.provider_key.clone().unwrap_or_default(),
            accounts: accounts.collect(),
            password: DEMO_PASSWORD.to_owned(),
        };
        if settings.site.cities.is_empty() {
            settings.site.cities.push(served_city());
        }
        let ready = serve::open(&settings, Outbox::demo(info.clone()), listener).await?;
        print_welcome(address, &info);
        ready.run(stop).await?;
        provider.shutdown().await?;
        Ok(())
    }
}

/// Starts the sandbox and makes it the settings' provider.
async fn start_sandbox(
    settings: &mut Settings,
    secret: &[u8; 32],
    address: SocketAddr,
    remembered: Vec<Payment>,
) -> Result<SandboxHandle, Failure> {
    let key = hex::encode(derive(secret, "provider-key", &[]));
    let config = SandboxConfig {
        webhook_url: Some(format!("http://{address}/v1/webhooks/sandbox")),
        remembered,
        ..SandboxConfig::new(&key, own_webhook_secret(secret)?, shell::random_bytes())
    };
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let provider = sandbox::serve(listener, config)?;
    settings.provider_url = Some(provider.base_url());
    settings.provider_key = Some(key);
    Ok(provider)
}

/// The city of this seed: built if the database is empty, else found again. With it all that was ever paid, so that
/// the sandbox, which forgets everything when it stops, can give it back.
async fn build_city(settings: &Settings, seed: u64) -> Result<(City, Vec<Payment>), Failure> {
    let password_hash = hash_password(DEMO_PASSWORD.to_owned()).await;
    let (settings, media) = (
        store::Settings::new(&settings.database_url),
        settings.data.join("media"),
    );
    let built = tokio::task::spawn_blocking(move || -> Result<_, Failure> {
        let store = Store::open(&settings)?;
        let city = match city::describe(&store, seed)? {
            Some(city) => city,
            None => {
                let bar = indicatif::ProgressBar::new(0).with_message("building the city");
                let mut show = |done, total| {
                    bar.set_length(total);
                    bar.set_position(done);
                };
                let plan = Plan::village();
                let city = city::build(
                    &store,
                    &plan,
                    seed,
                    shell::now(),
                    &password_hash,
                    &media,
                    &mut show,
                )?;
                bar.finish_and_clear();
                city
            }
        };
        let payments = store.read_blocking(payments).map_err(failed)?;
        store.close();
        Ok((city, payments))
    });
    built.await?
}

/// The one city of the demo, for the choice of cities.
fn served_city() -> ServedCity {
    ServedCity {
        code: "shanghai".to_owned(),
        name: LocalText(
            [("zh-CN", "上海"), ("en", "Shanghai")]
                .map(|(tag, name)| (tag.to_owned(), name.to_owned()))
                .into(),
        ),
        place: Plan::village().center.into(),
        currency: Currency::CNY,
    }
}

/// Every payment that was made, as the provider knew it.
fn payments(read: &mut ReadTx) -> Result<Vec<Payment>, Fail> {
    let (mut payments, mut after) = (Vec::new(), None);
    loop {
        let orders = convert::queries::orders(read, after, 200)?;
        let Some(last) = orders.last() else {
            return Ok(payments);
        };
        after = Some(last.id);
        for order in &orders {
            let refunds = convert::queries::refunds_of(read, order.id)?.into_iter();
            let arrived = refunds.filter(|refund| refund.status == RefundStatus::Succeeded);
            let refunded = arrived.map(|refund| refund.amount).sum();
            let tries = convert::queries::attempts_of(read, order.id)?.into_iter();
            let paid = tries.filter(|one| one.status == AttemptStatus::Paid);
            payments.extend(paid.map(|one| remembered(one, refunded)));
        }
    }
}

fn remembered(attempt: Attempt, refunded: i64) -> Payment {
    Payment {
        id: attempt.provider_payment.unwrap_or_else(|| attempt.id.to_string()),
        reference: attempt.id.to_string(),
        status: PaymentStatus::Succeeded,
        amount: attempt.amount,
        currency: attempt.currency,
        description: format!("Qiao {}", attempt.order),
        refunded,
        fee: 0,
        settlement: None,
        instrument_fingerprint: None,
        failure: None,
        pay_url: String::new(),
        return_url: None,
        created_at: attempt.at,
    }
}

fn print_welcome(address: SocketAddr, info: &DemoInfo) {
    println!("\nQiao is running with a small demo city.\n");
    println!("  API            http://{address}/v1");
    println!("  API docs       http://{address}/docs");
    println!("  One-time codes http://{address}/demo/outbox");
    println!("  Payments       {} (a sandbox provider)\n", info.provider_url);
    println!("  Sign in as (password: {})", info.password);
    for account in &info.accounts {
        println!(
            "    {:<10} {:<32} {}",
            account.role, account.login, account.what_for
        );
    }
    println!("\nIn another terminal, play the whole loop: qiao story --server http://{address}");
    println!("Stop with Ctrl-C.\n");
}
