//! The gateway over real sockets: a sandbox on a port of its own, receivers that remember what came, and
//! providers that lie. Every test starts and ends its own servers.

#![allow(
    clippy::unwrap_used,
    reason = "helpers of tests are outside of test functions"
)]

mod book;
mod client;
mod deliveries;
mod events;
mod hostile;
mod refunds;
mod sandbox;
mod support;
mod webhook;
