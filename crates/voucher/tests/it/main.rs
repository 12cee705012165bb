//! Vouchers as a scanner, a holder and a forger meet them: through the crate's public functions alone.

mod check;
mod code;
mod examples;
mod fixture;
mod forgery;
mod format;
mod keys;
mod signing_keys;
mod stored;
mod stored_codes;
