//! A try at paying an order with one provider. The provider hears of it from the gateway, under the
//! attempt's id.

use std::collections::HashSet;

use kernel::{Ctx, Money, OrderId, PaymentAttemptId, PaymentId, Timestamp};
use store::{Fail, Lock, Tx, sql};

use crate::commands::check_reference;
use crate::commands::place_cart::{check_size, each};
use crate::events::PaymentStarted;
use crate::model::{AttemptStatus, GroupStatus, OrderStatus, Stored};
use crate::reject::{CART_INVALID, GROUP_NOT_OPEN, ORDER_NOT_FOUND, ORDER_NOT_OPEN};

/// What [`start_payment`] is told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StartPayment {
    /// What to pay.
    pub order: OrderId,
    /// With whom: a name that the gateway knows.
    pub provider: String,
}

impl StartPayment {
    /// The order's row.
    pub fn locks(&self) -> Vec<Lock> {
        vec![Lock::row("orders", self.order)]
    }
}

/// What [`start_payments`] is told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StartPayments {
    /// What to pay, at most [`crate::MAX_CART`].
    pub orders: Vec<OrderId>,
    /// With whom: a name that the gateway knows.
    pub provider: String,
}

impl StartPayments {
    /// The orders' rows.
    pub fn locks(&self) -> Vec<Lock> {
        self.orders
            .iter()
            .map(|order| Lock::row("orders", *order))
            .collect()
    }
}

/// The try that is open now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StartedPayment {
    /// Its id, the reference that the provider is given.
    pub attempt: PaymentAttemptId,
    /// What the provider is to collect.
    pub due: Money,
}

/// Starts a try, or gives the one that is open with the same provider: repeating it never makes a
/// second payment. Only for the order's own buyer, while its hold lasts.
pub fn start_payment(tx: &mut Tx, ctx: &Ctx, cmd: &StartPayment) -> Result<StartedPayment, Fail> {
    let buyer = party::require_consumer(ctx)?;
    check_reference("/provider", &cmd.provider)?;
    tx.lock(&cmd.locks());
    let [orders, open] = tx.ask([
        sql!(
            "SELECT o.status, o.hold_until, g.status, p.id, p.amount, p.currency
             FROM orders o JOIN payment p ON p.order_id = o.id LEFT JOIN purchase_group g ON g.id = o.group_id
             WHERE o.id = $1 AND o.person_id = $2",
            cmd.order,
            buyer
        ),
        sql!(
            "SELECT id FROM payment_attempt WHERE order_id = $1 AND provider = $2 AND status = 'open'",
            cmd.order,
            cmd.provider.as_str()
        ),
    ])?;
    let mut order = orders.into_iter().next().ok_or_else(|| ORDER_NOT_FOUND.plain())?;
    let status = OrderStatus::from_stored(&order.take::<String>()?)?;
    let hold_until: Timestamp = order.take()?;
    if status != OrderStatus::Placed || hold_until <= ctx.now {
        let detail = format!(
            "The order is {}, and was kept until {hold_until}.",
            status.as_str()
        );
        return Err(ORDER_NOT_OPEN.because(detail).into());
    }
    let group: Option<String> = order.take()?;
    if group.is_some_and(|status| status != GroupStatus::Open.as_str()) {
        return Err(GROUP_NOT_OPEN.plain().into());
    }
    let payment = order.take()?;
    let due = Money::new(order.take()?, order.take()?);
    let attempt = match open.into_iter().next() {
        Some(mut open) => open.take()?,
        None => begin(tx, ctx, cmd, payment, due)?,
    };
    Ok(StartedPayment { attempt, due })
}

/// Starts a try for each of these orders, for the payer to pay all of them at once. Each stays a payment of its own: it is
/// confirmed, refunded and charged back by itself.
pub fn start_payments(tx: &mut Tx, ctx: &Ctx, cmd: &StartPayments) -> Result<Vec<StartedPayment>, Fail> {
    check_size(cmd.orders.len())?;
    tx.lock(&cmd.locks());
    let (mut seen, mut currency) = (HashSet::new(), None);
    each(&cmd.orders, |order| {
        if !seen.insert(*order) {
            return Err(CART_INVALID.because("This order is named before.").into());
        }
        let provider = cmd.provider.clone();
        let order = *order;
        let started = start_payment(tx, ctx, &StartPayment { order, provider })?;
        if *currency.get_or_insert(started.due.currency) != started.due.currency {
            return Err(CART_INVALID.because("This order is of another currency.").into());
        }
        Ok(started)
    })
}

fn begin(
    tx: &mut Tx,
    ctx: &Ctx,
    cmd: &StartPayment,
    payment: PaymentId,
    due: Money,
) -> Result<PaymentAttemptId, Fail> {
    let attempt: PaymentAttemptId = ctx.new_id();
    tx.tell(sql!(
        "INSERT INTO payment_attempt (id, payment_id, order_id, provider, amount, currency, status, at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
        attempt,
        payment,
        cmd.order,
        cmd.provider.as_str(),
        due.amount,
        due.currency,
        AttemptStatus::Open.as_str(),
        ctx.now
    ))?;
    let event = PaymentStarted {
        attempt,
        order: cmd.order,
        provider: cmd.provider.clone(),
        amount: due.amount,
        currency: due.currency.code().to_owned(),
    };
    tx.emit(ctx, attempt, 1, &event)?;
    Ok(attempt)
}
