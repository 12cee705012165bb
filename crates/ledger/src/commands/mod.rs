//! One file for each command: what it is told, and the function that does it.

mod accrue_rebate;
mod approve_payout;
mod carry_forward;
mod close_day;
mod confirm_payout;
mod fail_payout;
mod post_rebate;
mod propose_payout;
mod record_pay_in;
mod retry_payout;
mod return_payout;
mod reverse_rebate;

pub use accrue_rebate::{AccrueRebate, accrue_rebate};
pub use approve_payout::{ApprovePayout, approve_payout};
pub use carry_forward::{ENTRIES_AT_ONCE, carry_forward};
pub use close_day::{CloseDay, DayClosed, close_day};
pub use confirm_payout::{ConfirmPayout, confirm_payout};
pub use fail_payout::{FailPayout, fail_payout};
pub use post_rebate::{POST_REBATE, PostRebate, post_rebate};
pub use propose_payout::{PayoutProposal, ProposePayout, propose_payout};
pub use record_pay_in::{RecordPayIn, record_pay_in};
pub use retry_payout::{RetryPayout, retry_payout};
pub use return_payout::{ReturnPayout, return_payout};
pub use reverse_rebate::{ReverseRebate, reverse_rebate};
