//! Security deposits as guest, merchant and platform see them.

use std::collections::BTreeMap;

use kernel::{Money, OrderId, Timestamp};
use store::{Fail, Query, ReadTx, Row, StorageError, sql};

use super::{all, first};
use crate::model::{SecurityDepositStatus, Stored};

/// A security deposit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SecurityDeposit {
    /// Of which order.
    pub order: OrderId,
    /// All of it.
    pub amount: Money,
    /// Where it stands.
    pub status: SecurityDepositStatus,
    /// Until when something can be claimed of it.
    pub held_until: Timestamp,
    /// What the merchant claimed of it, rightly or not.
    pub claim: Option<SecurityClaim>,
}

/// What a merchant claimed of a security deposit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SecurityClaim {
    /// How much.
    pub amount: Money,
    /// Why; empty once the guest's account is closed.
    pub because: String,
    /// When.
    pub at: Timestamp,
}

fn deposit_query(order: OrderId) -> Query {
    sql!(
        "SELECT d.order_id, d.amount, o.currency, d.status, d.held_until, d.claimed, d.claimed_because, d.claimed_at
         FROM security_deposit d JOIN orders o ON o.id = d.order_id WHERE d.order_id = $1",
        order
    )
}

fn read_deposit(row: &mut Row) -> Result<SecurityDeposit, StorageError> {
    let (order, amount) = (row.take()?, Money::new(row.take()?, row.take()?));
    let (status, held_until) = (
        SecurityDepositStatus::from_stored(&row.take::<String>()?)?,
        row.take()?,
    );
    let claimed = Money::new(row.take()?, amount.currency);
    let (because, at): (Option<String>, Option<Timestamp>) = (row.take()?, row.take()?);
    Ok(SecurityDeposit {
        order,
        amount,
        status,
        held_until,
        claim: at.map(|at| SecurityClaim {
            amount: claimed,
            because: because.unwrap_or_default(),
            at,
        }),
    })
}

/// The security deposit of an order, if one was paid with it.
pub fn security_deposit(read: &mut ReadTx, order: OrderId) -> Result<Option<SecurityDeposit>, Fail> {
    first(read.one(deposit_query(order))?, read_deposit)
}

/// Those of these orders, in one round trip.
pub fn security_deposits(
    read: &mut ReadTx,
    orders: impl IntoIterator<Item = OrderId>,
) -> Result<BTreeMap<OrderId, SecurityDeposit>, Fail> {
    let questions = orders.into_iter().map(deposit_query).collect();
    let rows = read.ask_all(questions)?.into_iter().flatten().collect();
    let found = all(rows, read_deposit)?.into_iter();
    Ok(found.map(|deposit| (deposit.order, deposit)).collect())
}
