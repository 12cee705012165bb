//! What others may ask about coupons, orders, payments and refunds. Lists are newest first; `after` is
//! the last id of the page before, `limit` is held to 1 to 200. Who may ask is not checked here.

mod coupons;
mod figures;
mod groups;
mod orders;
mod payment_conflicts;
mod refunds;
mod routes;
mod security_deposits;

pub(crate) use coupons::{
    WalletCoupon, coupon_claims_query, coupon_of_batch, read_coupon_claims, read_terms,
    usable_wallet_coupons, wallet_coupons_of,
};

pub use crate::cart::{CartOrder, quote_cart};
pub use crate::preview::{CouponPreview, OtherCoupon, SampleBuyer, SampleCart, SampleItem, preview_coupon};
pub use crate::quote::{BestCoupons, ByItself, best_coupons, quote};
pub use coupons::{Coupon, WalletEntry, coupon, coupons_of, wallet};
pub use figures::{Sales, SalesFigures, sales_figures};
pub use groups::{Group, group, open_groups};
pub use orders::{
    Attempt, Chargeback, OrderLine, OrderView, OrderVoucher, attempt, attempts_of, attempts_of_person,
    chargebacks, order, order_vouchers, orders, orders_of_merchant, orders_of_person, paid_attempts,
    self_dealing,
};
pub use payment_conflicts::{PaymentConflict, payment_conflicts, payment_conflicts_open};
pub use refunds::{
    RefundPreview, RefundToSend, RefundView, VoucherMoney, preview_refund, refund, refunds, refunds_failed,
    refunds_of, refunds_of_person, refunds_to_send, voucher_money, voucher_moneys,
};
pub use routes::{
    ClaimRoute, Route, attempt_route, cart_route, claim_code_locks, claim_route, order_lane, order_route,
    place_route, refund_route, voucher_route,
};
pub use security_deposits::{SecurityClaim, SecurityDeposit, security_deposit, security_deposits};

use kernel::BasisPoints;
use store::{Fail, Row, StorageError};
use type_safe_id::{StaticType, TypeSafeId};

fn page(limit: i64) -> i64 {
    limit.clamp(1, 200)
}

/// The id below which a page starts; above every id for the first page.
fn below<K: StaticType>(after: Option<TypeSafeId<K>>) -> [u8; 16] {
    after.map_or([0xff; 16], |id| id.uuid().into_bytes())
}

fn all<T>(rows: Vec<Row>, read_row: fn(&mut Row) -> Result<T, StorageError>) -> Result<Vec<T>, Fail> {
    let read = rows.into_iter().map(|mut row| read_row(&mut row));
    Ok(read.collect::<Result<_, _>>()?)
}

fn first<T>(row: Option<Row>, read_row: fn(&mut Row) -> Result<T, StorageError>) -> Result<Option<T>, Fail> {
    Ok(row.map(|mut row| read_row(&mut row)).transpose()?)
}

fn take_share(row: &mut Row) -> Result<BasisPoints, StorageError> {
    let points = row.take()?;
    BasisPoints::new(points).ok_or_else(|| StorageError::bug(format!("{points} are no basis points")))
}

pub(crate) fn take_store_set(row: &mut Row) -> Result<[u8; 8], StorageError> {
    let bytes: Vec<u8> = row.take()?;
    let digest = bytes.try_into();
    digest.map_err(|_| StorageError::bug("a store set is not 8 bytes long"))
}
