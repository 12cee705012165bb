//! From wish to purchase: coupons, orders, payments and refunds, on top of what ledger, offer, channel
//! and voucher keep.
//!
//! It opens no socket: money moves at the provider between two commands. It does not know what happens
//! in the store; whoever consumes a voucher asks [`decide::use_amounts`] for the money behind one use.
//!
//! Commands: [`create_coupon`], [`stop_coupon`], [`claim_coupon`], [`claim_code`]; [`place_order`], [`place_cart`],
//! [`cancel_order`], [`release_order`], [`close_group`]; [`start_payment`], [`start_payments`], [`confirm_payment`],
//! [`fail_payment`]; [`refund_voucher`], [`expire_voucher`], [`mark_refund_sent`], [`confirm_refund`],
//! [`fail_refund`]; [`end_security_deposit`], [`refund_security_claim`]; [`erase_person`]. Steps of others' commands: [`refund_part`], [`charge_back`], [`reverse_chargeback`],
//! [`place_booked_order`], [`refund_booked`], [`prolong_booked`], [`book_open_ticket`], [`settle_security_deposit`].

mod automatic;
mod cart;
mod commands;
pub mod decide;
pub mod events;
mod give_up;
mod group;
mod hold;
pub mod model;
mod preview;
pub mod queries;
mod quote;
mod refund;
pub mod reject;
mod sale;
mod security_deposit;
mod taken_back;

pub use commands::*;
pub use model::*;
pub use reject::*;
pub use security_deposit::hold_security_deposit_until;
