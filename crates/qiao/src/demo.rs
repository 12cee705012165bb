//! `qiao demo`: everything on one machine with one command. Fills an empty database with a
//! generated city, starts a sandbox payment provider as a server of its own, serves, and prints where to
//! look.

use std::net::SocketAddr;
use std::ops::ControlFlow;

use city::{City, Counts, Plan};
use clap::{Args, ValueEnum};
use convert::queries::Attempt;
use gateway::protocol::{Chargeback, Payment, PaymentStatus, Reversal};
use gateway::sandbox::{self, SandboxConfig, SandboxHandle};
use http::{City as ServedCity, DemoAccount, DemoInfo, Outbox, derive, hash_password, shell};
use kernel::{Currency, LocalText};
use store::{Fail, ReadTx, Store};
use tokio::net::TcpListener;
use tokio::sync::watch;

use crate::config::{Flags, Settings};
use crate::serve::{self, Failure, failed, own_webhook_secret, secret_of, start_log, stop_signal};

/// The password of every account of the demo city.
const DEMO_PASSWORD: &str = "qiao-demo";

/// The command line of `qiao demo`.
#[derive(Debug, Args)]
pub struct Demo {
    #[command(flatten)]
    flags: Flags,
    /// How large a city is built in an empty database. [default: village, or what is there]
    #[arg(long, value_name = "SIZE")]
    city: Option<Size>,
    /// Which city: the same seed makes the same one. [default: 1, or what is there]
    #[arg(long, value_name = "N")]
    seed: Option<u64>,
}

/// How large a city is.
#[derive(Debug, Clone, Copy, ValueEnum)]
enum Size {
    /// 60 stores, 60 people, 300 orders: built in a second.
    Village,
    /// 600 stores, 2,000 people, 10,000 orders: in half a minute.
    Town,
    /// 10,000 stores, 100,000 people, 50,000 orders: in minutes.
    City,
    /// 100,000 stores, a million people, 200,000 orders: see docs/benchmarks.md.
    Metropolis,
}

impl Size {
    fn plan(self) -> Plan {
        match self {
            Self::Village => Plan::village(),
            Self::Town => Plan::town(),
            Self::City => Plan::city(),
            Self::Metropolis => Plan::metropolis(),
        }
    }
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
        let (city, payments) = find_or_build(&settings, self.city, self.seed, stop.clone()).await?;
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
        print_welcome(address, &city.counts, &info);
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

/// The city that is there, if it is the one that is wanted; built in an empty database. With it all that was ever paid,
/// so that the sandbox, which forgets everything when it stops, can give it back.
async fn find_or_build(
    settings: &Settings,
    size: Option<Size>,
    seed: Option<u64>,
    stop: watch::Receiver<bool>,
) -> Result<(City, Vec<Payment>), Failure> {
    let password_hash = hash_password(DEMO_PASSWORD.to_owned()).await;
    let media = settings.data.join("media");
    let settings = store::Settings {
        lanes: 1,
        ..store::Settings::new(&settings.database_url)
    };
    let built = tokio::task::spawn_blocking(move || -> Result<_, Failure> {
        let store = Store::open(&settings)?;
        let city = match city::describe(&store)? {
            Some(city) => city,
            None => {
                let bar = indicatif::ProgressBar::new(0).with_style(indicatif::ProgressStyle::with_template(
                    "building the city {wide_bar} {percent} %, {eta} left",
                )?);
                let mut show = |done, total| {
                    bar.set_length(total);
                    bar.set_position(done);
                    match *stop.borrow() {
                        true => ControlFlow::Break(()),
                        false => ControlFlow::Continue(()),
                    }
                };
                let (plan, seed) = (size.unwrap_or(Size::Village).plan(), seed.unwrap_or(1));
                let now = shell::now();
                let city = city::build(&store, &plan, seed, now, &password_hash, &media, &mut show)?;
                bar.finish_and_clear();
                city
            }
        };
        check_wanted(&city, size, seed)?;
        let payments = store.read_blocking(payments).map_err(failed)?;
        store.close();
        Ok((city, payments))
    });
    built.await?
}

/// An error if the city that is there is another one than was asked for.
fn check_wanted(city: &City, size: Option<Size>, seed: Option<u64>) -> Result<(), Failure> {
    let (merchants, there) = (city.counts.merchants, city.seed);
    if size.is_some_and(|size| size.plan().merchants != merchants) || seed.is_some_and(|seed| seed != there) {
        return Err(format!(
            "--city, --seed: a city of {merchants} merchants with seed {there} stands here already; leave both out to \
             serve it, or choose another data folder or database"
        )
        .into());
    }
    Ok(())
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
        let paid = convert::queries::paid_attempts(read, after, 200)?;
        let Some((last, _)) = paid.last() else {
            return Ok(payments);
        };
        after = Some(last.id);
        payments.extend(
            paid.into_iter()
                .map(|(attempt, refunded)| remembered(attempt, refunded)),
        );
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
        chargeback: attempt.charged_back.map(|amount| Chargeback {
            amount,
            settlement: None,
            reversal: attempt
                .chargeback_reversed_at
                .map(|_| Reversal { settlement: None }),
        }),
        fee: 0,
        settlement: None,
        instrument_fingerprint: Some("remembered".to_owned()),
        failure: None,
        pay_url: String::new(),
        return_url: None,
        created_at: attempt.at,
    }
}

fn print_welcome(address: SocketAddr, counts: &Counts, info: &DemoInfo) {
    println!(
        "\nQiao is running with a demo city of {} stores, {} offers and {} people.\n",
        counts.stores, counts.offers, counts.consumers
    );
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
