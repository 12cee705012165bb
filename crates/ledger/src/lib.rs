//! Money: accounts, journal entries (pending, then posted or voided), settlement lines, payouts and
//! rebates. It knows no order, voucher, coupon or provider: the crates below hand it finished amounts
//! and the ids that they are about. It refuses entries that do not balance and never changes one.
//!
//! Inside a caller's transaction: [`post`], [`reserve`], [`post_pending`], [`void_pending`],
//! [`book_line`], [`settle_line`], [`settle_line_from`], [`reverse_line`], [`spend`], [`spend_up_to`], [`give_back`]. Commands:
//! [`propose_payout`], [`approve_payout`], [`confirm_payout`], [`fail_payout`], [`retry_payout`],
//! [`close_day`], [`accrue_rebate`], [`post_rebate`], [`reverse_rebate`], [`carry_forward`].
//! `docs/domain/money.md` has the worked tables.

mod access;
mod account;
mod balance;
mod commands;
mod decide;
mod entry;
pub mod events;
mod journal;
mod model;
pub mod queries;
mod reject;
mod settlement;

pub use account::{Account, OwnerKind};
pub use balance::{give_back, spend, spend_up_to};
pub use commands::*;
pub use entry::{Balance, EntryKind, Leg, MAX_LEG, NewEntry, Reason, StoredEntry, TrialRow};
pub use journal::{post, post_pending, reserve, void_pending};
pub use model::{LineKind, Owed, Payout, PayoutStatus, Rebate, RebateStatus, Reversal, SettlementLine};
pub use reject::*;
pub use settlement::{book_line, reverse_line, settle_line, settle_line_from};
