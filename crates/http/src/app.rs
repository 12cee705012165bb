//! What every handler holds: the store, the search index, the keys, the payment provider and the
//! settings, and the two ways to use the store: run a command, ask a question.

use std::path::PathBuf;
use std::sync::{Arc, RwLock};

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use hmac::{Hmac, KeyInit, Mac};
use kernel::{Actor, Ctx};
use metrics_exporter_prometheus::PrometheusHandle;
use serde::Serialize;
use sha2::Sha256;
use store::{Answer, Ask, Fail, Job, Lock, ReadTx, Store, Tx};
use type_safe_id::{StaticType, TypeSafeId};

use crate::body::WriteKey;
use crate::live::Live;
use crate::outbox::Outbox;
use crate::pace::Pace;
use crate::problem::Problem;
use crate::shell;
use crate::site::Site;
use crate::visits::VisitBuffer;

/// Characters of a reason.
const MAX_REASON: usize = 500;

/// Handed to every handler.
pub type App = Arc<AppState>;

/// The running program, as handlers see it.
pub struct AppState {
    /// The database.
    pub store: Arc<Store>,
    /// The search index.
    pub search: Arc<attract::SearchIndex>,
    /// The keys that sign and verify vouchers.
    pub keys: RwLock<VoucherKeys>,
    /// Where consumers' payments go.
    pub provider: Arc<gateway::provider::SandboxClient>,
    /// The secret that the provider signs its webhooks with.
    pub webhook_secrets: Vec<gateway::webhook::WebhookSecret>,
    /// Where one-time codes go out.
    pub outbox: Outbox,
    /// How many one-time codes go out to everybody together.
    pub code_cap: party::CodeCap,
    /// How often somebody may write who is not signed in.
    pub pace: Pace,
    /// Visits that wait to be written.
    pub visits: VisitBuffer,
    /// Who has a page open.
    pub live: Live,
    /// What the operator says of this installation.
    pub site: Site,
    /// Where uploaded bytes lie.
    pub media_folder: PathBuf,
    /// Derives session tokens and codes of vouchers, and hashes one-time codes.
    pub secret: [u8; 32],
    /// Renders `/metrics`.
    pub metrics: PrometheusHandle,
}

/// The platform's signing key and all keys that verify.
pub struct VoucherKeys {
    /// Signs new passes.
    pub signing: voucher::SigningKey,
    /// Verifies passes, of retired keys too.
    pub ring: Arc<voucher::KeyRing>,
}

/// A keyed MAC under the server's secret, for one purpose.
pub fn derive(secret: &[u8; 32], purpose: &str, parts: &[&[u8]]) -> [u8; 32] {
    let mut mac = Hmac::<Sha256>::new_from_slice(secret).expect("HMAC takes a key of any length");
    for part in [purpose.as_bytes()].iter().chain(parts) {
        mac.update(&(part.len() as u64).to_be_bytes());
        mac.update(part);
    }
    mac.finalize().into_bytes().into()
}

/// What turns numbers of vouchers into codes and back.
pub fn code_key(secret: &[u8; 32]) -> voucher::CodeKey {
    voucher::CodeKey::new(&derive(secret, "voucher-codes", &[]))
}

impl AppState {
    /// Asks a question of one state of the database.
    pub async fn read<T: Send + 'static>(
        &self,
        question: impl Fn(&mut ReadTx) -> Result<T, Fail> + Send + 'static,
    ) -> Result<T, Problem> {
        self.store.read(question).await.map_err(Problem::from)
    }

    /// Asks a question of one statement.
    pub async fn ask<T>(&self, ask: Ask<T>) -> Result<T, Problem> {
        self.store.ask(ask).await.map_err(Problem::from)
    }

    /// Starts a command of `actor` in the lane of `lane`.
    pub fn command<K: StaticType>(
        &self,
        name: &'static str,
        lane: TypeSafeId<K>,
        actor: Actor,
        key: WriteKey,
    ) -> Command<'_> {
        self.command_in_lane(name, lane.uuid().into_bytes(), actor, key)
    }

    /// The same in a lane that is known by its key alone.
    pub fn command_in_lane(
        &self,
        name: &'static str,
        lane_key: [u8; 16],
        actor: Actor,
        key: WriteKey,
    ) -> Command<'_> {
        Command {
            app: self,
            name,
            lane_key,
            ctx: shell::ctx(actor),
            key,
            locks: Vec::new(),
            status: StatusCode::OK,
        }
    }
}

/// A command that is about to be run.
pub struct Command<'a> {
    app: &'a AppState,
    name: &'static str,
    lane_key: [u8; 16],
    ctx: Ctx,
    key: WriteKey,
    locks: Vec<Lock>,
    status: StatusCode,
}

impl Command<'_> {
    /// Locks rows that the command will claim.
    pub fn locking(mut self, locks: Vec<Lock>) -> Self {
        self.locks = locks;
        self
    }

    /// Notes why, for the audit log. A reason that says nothing, or cannot be kept or shown, is refused as the `reason` of a
    /// body.
    pub fn because(mut self, reason: &str) -> Result<Self, Problem> {
        party::check::text("/reason", reason, MAX_REASON)?;
        self.ctx = self.ctx.with_reason(reason.to_owned());
        party::require_reason(&self.ctx)?;
        Ok(self)
    }

    /// Answers 201 instead of 200.
    pub fn creating(mut self) -> Self {
        self.status = StatusCode::CREATED;
        self
    }

    /// Runs it and answers with what it gives, as JSON. The same key gives the same answer.
    pub async fn run<W: Serialize>(
        self,
        run: impl Fn(&mut Tx, &Ctx) -> Result<W, Fail> + Send + 'static,
    ) -> Result<Response, Problem> {
        let status = self.status;
        let body = self.run_to_text(run).await?;
        Ok((
            status,
            [(header::CONTENT_TYPE, HeaderValue::from_static("application/json"))],
            body,
        )
            .into_response())
    }

    /// Runs it and gives the JSON that is remembered under the key.
    pub async fn run_to_text<W: Serialize>(
        self,
        run: impl Fn(&mut Tx, &Ctx) -> Result<W, Fail> + Send + 'static,
    ) -> Result<String, Problem> {
        let key = self.key.of(self.ctx.actor);
        let job = Job::in_lane(self.name, self.lane_key, self.ctx, move |tx, ctx| {
            let value = run(tx, ctx)?;
            Ok(store::to_json(&value)?)
        });
        match self.app.store.submit(job.keyed(key).locking(self.locks)).await? {
            Answer::Done(body) => Ok(body),
            Answer::Rejected(rejected) => Err(rejected.into()),
        }
    }
}
