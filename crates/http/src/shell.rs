//! The outermost shell: the only place of this crate that reads the clock or draws randomness, to fix
//! both in the context of a command before it starts.
#![allow(
    clippy::disallowed_methods,
    reason = "this is the shell that the rest gets time and randomness from"
)]

use std::time::SystemTime;

use kernel::{Actor, Ctx, Timestamp};

/// The time now.
pub fn now() -> Timestamp {
    let since_1970 = SystemTime::now()
        .duration_since(SystemTime::UNIX_EPOCH)
        .unwrap_or_default();
    Timestamp(i64::try_from(since_1970.as_micros()).unwrap_or(i64::MAX))
}

/// Unpredictable bytes from the operating system.
pub fn random_bytes<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    // Without randomness no id and no secret is safe: stop rather than go on.
    getrandom::fill(&mut bytes).expect("the operating system gives random bytes");
    bytes
}

/// The context of a command that starts now.
pub fn ctx(actor: Actor) -> Ctx {
    Ctx::new(now(), actor, random_bytes())
}

/// A moment to measure a duration from.
pub fn instant() -> std::time::Instant {
    std::time::Instant::now()
}
