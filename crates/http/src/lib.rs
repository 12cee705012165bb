//! The HTTP API: routes, wire types, access, problems, OpenAPI. Translates between the wire and the
//! commands and queries of the crates above; decides nothing itself.

mod access;
mod app;
mod body;
mod health;
mod labels;
mod live;
mod media;
mod openapi;
mod outbox;
mod pace;
mod password;
pub mod problem;
mod provider_news;
mod reject;
mod routes;
pub mod shell;
mod site;
mod take_in;
mod visits;
mod web;
mod wire;

pub use app::{App, AppState, VoucherKeys, code_key, derive};
pub use live::{Live, tell_news};
pub use openapi::{document, router};
pub use outbox::{DemoAccount, DemoInfo, Outbox};
pub use pace::Pace;
pub use password::hash as hash_password;
pub use provider_news::{News, NewsCommand, PROVIDER, read_news};
pub use routes::PROVIDER_NAME;
pub use site::{City, Site};
pub use take_in::take_in;
pub use visits::{VisitBuffer, flush_visits};
pub use wire::Place;
