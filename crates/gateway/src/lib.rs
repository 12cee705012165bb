//! The outside world of money: a payment provider's protocol, the client that speaks it, the proof that
//! a webhook is genuine, and a sandbox provider that can be told to misbehave. It knows no order, no
//! ledger and no database: what an answer or an event means for them is decided by the commands.

pub mod http_client;
pub mod protocol;
pub mod provider;
pub mod sandbox;
pub mod webhook;
