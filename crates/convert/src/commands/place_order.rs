//! A consumer orders: the price is computed from the offer's frozen terms, and everything that the
//! order needs (units, head count, coupon and its budget, earned rebates) is kept for minutes until it is
//! paid. No amount comes from the buyer; an expected one is only compared.

use kernel::{
    BucketId, Ctx, EntryId, GroupId, Money, OfferId, OrderId, PaymentId, PersonId, Reject, StoreId,
    Timestamp, WalletCouponId,
};
use offer::place::{self, Place};
use offer::{DepositKind, OnExpiry, SeatChoice, Surcharge, bucket};
use store::{Fail, Lock, StorageError, Tx, sql, to_json};

use crate::commands::{HOLD_US, RELEASE_ORDER};
use crate::decide::{COUPONS_FIELD, OrderPrice};
use crate::events::OrderPlaced;
use crate::group::{OrderGroup, accepts};
use crate::model::{GroupChoice, GroupStatus, OrderStatus, PaymentStatus, PlacedOrder, Stored};
use crate::quote::{Facts, check_one_at_a_time, history, load, price};
use crate::reject::{
    COUPON_BUDGET_SPENT, COUPON_IN_USE, GROUP_FULL, GROUP_JOINED, GROUP_NOT_OFFERED, GROUP_NOT_OPEN,
    ORDER_HEAD_COUNT_FULL, ORDER_NEEDS_BOOKING, ORDER_PLACE_TAKEN, ORDER_PRICE_CHANGED, ORDER_QUANTITY,
    ORDER_REBATE_CHANGED, ORDER_SOLD_OUT,
};
use crate::sale::{Sale, settle};

/// What [`place_order`] is told. Its rows are named by [`crate::queries::place_route`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlaceOrder {
    /// What to buy.
    pub offer: OfferId,
    /// Units.
    pub quantity: i64,
    /// Coupons of the buyer's wallet, at most [`crate::decide::MAX_COUPONS_USED`].
    pub wallet_coupons: Vec<WalletCouponId>,
    /// The token of the share link that the buyer followed.
    pub share_token: Option<String>,
    /// Where the buyer came from; the share link's entry if `None`.
    pub entry: Option<EntryId>,
    /// Whether earned rebates are to pay as far as they reach.
    pub use_rebate: bool,
    /// The group to buy in, for the group's price; one unit then.
    pub group: Option<GroupChoice>,
    /// The seats of a showing, if the offer has showings: one a unit.
    pub seats: Option<SeatChoice>,
    /// What the buyer was shown as left to pay. Anything else is refused, and nothing is ordered.
    pub expected_cash: Option<Money>,
}

impl PlaceOrder {
    /// Refuses a quantity other than what the price of a booking is of.
    pub fn check_quantity(&self, quantity: i64) -> Result<(), Reject> {
        if self.quantity == quantity {
            return Ok(());
        }
        Err(ORDER_QUANTITY.at("/order/quantity", format!("Of this booking it is {quantity}.")))
    }
}

/// What an order of something that is booked takes beside its units.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Booked<'a> {
    /// Held with the order and taken with its payment.
    pub places: &'a [Place],
    /// What the units cost more than the offer; none of them if it is empty.
    pub surcharges: &'a [Surcharge],
    /// Until when its one voucher is valid.
    pub until: Timestamp,
    /// Where it takes place; `None` of an open ticket, as long as its seats are not chosen.
    pub store: Option<StoreId>,
    /// Whether the security deposit of another booking, which it goes on from, is enough.
    pub is_covered: bool,
}

/// Places an order for the consumer who acts. It is paid at once if nothing is left to pay. Of what is booked it is an
/// open ticket, if there are such.
///
/// Statements: 8 for a plain order; a coupon adds 4, one that comes by itself 1 or more, one for new buyers 2 more, rebates 2,
/// a share link 1, what is paid after the service 2, prices for members 1.
pub fn place_order(tx: &mut Tx, ctx: &Ctx, cmd: &PlaceOrder) -> Result<PlacedOrder, Fail> {
    let facts = load(tx, ctx, cmd)?;
    check_plain(cmd, &facts)?;
    let open_ticket = facts.sale.open_tickets.then(|| Booked {
        places: &[],
        surcharges: &[],
        until: ctx.now.plus_us(facts.sale.valid_us),
        store: None,
        is_covered: false,
    });
    place(tx, ctx, cmd, facts, open_ticket)
}

/// Refuses what is sold for a time only.
pub(crate) fn check_plain(cmd: &PlaceOrder, facts: &Facts) -> Result<(), Reject> {
    if facts.sale.is_booked && !facts.sale.open_tickets {
        return Err(ORDER_NEEDS_BOOKING.plain());
    }
    match cmd.seats {
        Some(_) => Err(offer::SHOWING_NOT_FOUND.at("/seats", offer::SHOWING_NOT_FOUND.title)),
        None => Ok(()),
    }
}

/// The same for an offer that is booked: a step of the command that has chosen the places. All units are one voucher.
pub fn place_booked_order(
    tx: &mut Tx,
    ctx: &Ctx,
    cmd: &PlaceOrder,
    booked: Booked,
) -> Result<PlacedOrder, Fail> {
    if cmd.group.is_some() {
        let detail = "What is booked is not bought in a group.";
        return Err(GROUP_NOT_OFFERED.at("/order/group", detail).into());
    }
    let mut facts = load(tx, ctx, cmd)?;
    facts.surcharges = booked.surcharges.to_vec();
    facts.is_covered = booked.is_covered;
    place(tx, ctx, cmd, facts, Some(booked))
}

fn place(
    tx: &mut Tx,
    ctx: &Ctx,
    cmd: &PlaceOrder,
    facts: Facts,
    booked: Option<Booked>,
) -> Result<PlacedOrder, Fail> {
    if facts.asks_history() || facts.sale.is_paid_after() {
        // Of two first orders at once one comes second.
        tx.lock(&[Lock::row("person", facts.buyer)]);
    }
    check_one_at_a_time(tx, ctx, &facts)?;
    let history = history(tx, &facts)?;
    let price = price(ctx, &facts, history, cmd)?;
    check_expected(cmd, &facts, &price)?;
    let order: OrderId = ctx.new_id();
    claim(tx, ctx, cmd, (&facts, &price, booked), order)?;
    let group = facts
        .group
        .map(|group| group.joins.map_or_else(|| ctx.new_id(), |(id, _)| id));
    let payment: PaymentId = ctx.new_id();
    let hold_until = ctx.now.plus_us(HOLD_US);
    let is_paid = price.amounts.to_pay() == 0;
    let placed = PlacedOrder {
        order,
        payment,
        status: match group {
            _ if !is_paid => OrderStatus::Placed,
            None => OrderStatus::Paid,
            Some(_) => OrderStatus::InGroup,
        },
        offer: cmd.offer,
        merchant: facts.sale.merchant,
        quantity: cmd.quantity,
        currency: facts.sale.currency,
        amounts: price.amounts,
        discounts: price.discounts,
        hold_until,
        group,
        vouchers: Vec::new(),
    };
    write_order(tx, ctx, &facts, &placed)?;
    write_line(tx, &facts, &placed, booked)?;
    announce(tx, ctx, &facts, &placed)?;
    if !is_paid {
        tx.set_timer(RELEASE_ORDER, order, hold_until)?;
        return Ok(placed);
    }
    let (status, vouchers) = settle(tx, ctx, &sale_of(&facts, &placed, booked), 1)?;
    Ok(PlacedOrder {
        status,
        vouchers,
        ..placed
    })
}

/// Refuses a price other than the one that the buyer was shown.
fn check_expected(cmd: &PlaceOrder, facts: &Facts, price: &OrderPrice) -> Result<(), Fail> {
    let cash = Money::new(price.amounts.to_pay(), facts.sale.currency);
    match cmd.expected_cash {
        Some(expected) if expected != cash => {
            let detail = format!("The order now comes to {cash}, not {expected}.");
            Err(ORDER_PRICE_CHANGED.at("/expected_cash", detail).into())
        }
        Some(_) | None => Ok(()),
    }
}

/// Keeps everything that the order needs, or rejects, which gives back what was kept already.
fn claim(
    tx: &mut Tx,
    ctx: &Ctx,
    cmd: &PlaceOrder,
    (facts, price, booked): (&Facts, &OrderPrice, Option<Booked>),
    order: OrderId,
) -> Result<(), Fail> {
    let mut units = vec![
        (facts.sale.stock_bucket, cmd.quantity),
        (facts.sale.head_count_bucket, cmd.quantity),
    ];
    let joins = facts.group.and_then(|group| group.joins);
    if let Some((group, places)) = joins {
        join(tx, facts.buyer, group, order)?;
        units.push((places, 1));
    }
    for coupon in &facts.coupons {
        let held = tx.claim(sql!(
            "UPDATE wallet_coupon SET status = 'held', order_id = $1
             WHERE id = $2 AND person_id = $3 AND status = 'claimed' AND expires_at > $4",
            order,
            coupon.id,
            facts.buyer,
            ctx.now
        ))?;
        if held == 0 {
            return Err(COUPON_IN_USE.at(COUPONS_FIELD, COUPON_IN_USE.title).into());
        }
        let amount = price.coupons().find(|(used, _)| *used == coupon.coupon);
        let (_, amount) =
            amount.ok_or_else(|| StorageError::bug("a coupon that was asked for is not used"))?;
        units.push((coupon.budget_bucket, amount));
    }
    let by_themselves = claim_automatic(tx, ctx, facts, price)?;
    units.extend(&by_themselves);
    if let Some(full) = bucket::hold(tx, order.uuid(), &units)? {
        return Err(match full {
            _ if full == facts.sale.stock_bucket => ORDER_SOLD_OUT.at("/quantity", ORDER_SOLD_OUT.title),
            _ if full == facts.sale.head_count_bucket => {
                ORDER_HEAD_COUNT_FULL.at("/quantity", ORDER_HEAD_COUNT_FULL.title)
            }
            _ if joins.is_some_and(|(_, places)| places == full) => GROUP_FULL.at("/group", GROUP_FULL.title),
            _ if by_themselves.iter().any(|(bucket, _)| *bucket == full) => ORDER_PRICE_CHANGED.plain(),
            _ => COUPON_BUDGET_SPENT.at(COUPONS_FIELD, COUPON_BUDGET_SPENT.title),
        }
        .into());
    }
    if let Some(booked) = booked
        && !place::hold(tx, facts.sale.merchant, order.uuid(), booked.places)?
    {
        return Err(ORDER_PLACE_TAKEN.plain().into());
    }
    if let (Some((group, _)), 0) = (joins, price.amounts.to_pay())
        && !accepts(tx, Some(order_group(group, true)))?
    {
        return Err(GROUP_NOT_OPEN.at("/group", GROUP_NOT_OPEN.title).into());
    }
    let rebate = price.amounts.rebate_used;
    if rebate > 0 && !ledger::spend(tx, facts.buyer, facts.sale.currency, rebate)? {
        return Err(ORDER_REBATE_CHANGED.plain().into());
    }
    Ok(())
}

/// Counts the coupons that come by themselves for the buyer, and gives what they draw on. The buyer did not ask for one that
/// has just run out, but was shown a price with it.
fn claim_automatic(
    tx: &mut Tx,
    ctx: &Ctx,
    facts: &Facts,
    price: &OrderPrice,
) -> Result<Vec<(BucketId, i64)>, Fail> {
    let mut units = Vec::new();
    for coupon in &facts.automatic {
        if let Some(claims) = coupon.claims(price) {
            if !coupon.limit.count(tx, ctx, facts.buyer)? {
                return Err(ORDER_PRICE_CHANGED.plain().into());
            }
            units.extend(claims);
        }
    }
    Ok(units)
}

fn order_group(id: GroupId, joins: bool) -> OrderGroup {
    OrderGroup {
        id,
        status: joins.then_some(GroupStatus::Open),
    }
}

/// A person is in a group once.
fn join(tx: &mut Tx, buyer: PersonId, group: GroupId, order: OrderId) -> Result<(), Fail> {
    let joined = tx.claim(sql!(
        "INSERT INTO group_member (group_id, person_id, order_id) VALUES ($1, $2, $3)
         ON CONFLICT (group_id, person_id) DO NOTHING",
        group,
        buyer,
        order
    ))?;
    if joined == 0 {
        return Err(GROUP_JOINED.at("/group", GROUP_JOINED.title).into());
    }
    Ok(())
}

fn write_order(tx: &mut Tx, ctx: &Ctx, facts: &Facts, placed: &PlacedOrder) -> Result<(), Fail> {
    let paid_at = (placed.status != OrderStatus::Placed).then_some(ctx.now);
    let payment_status = match paid_at {
        Some(_) => PaymentStatus::Paid,
        None => PaymentStatus::Open,
    };
    let link = facts.link.as_ref();
    tx.tell(sql!(
        "INSERT INTO orders (id, person_id, merchant_id, status, currency, list_total, discount_platform,
           discount_merchant, rebate_used, cash_due, due_at_store, security_deposit, coupons, entry_id, share_link_id,
           sharer_id, group_id, hold_until, placed_at, paid_at, cash_refunded, escrow_refunded,
           units_returned, version)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, 0, 0, 0, 1)",
        placed.order,
        facts.buyer,
        placed.merchant,
        placed.status.as_str(),
        placed.currency,
        placed.amounts.list_total,
        placed.amounts.discount_platform,
        placed.amounts.discount_merchant,
        placed.amounts.rebate_used,
        placed.amounts.cash_due,
        placed.amounts.due_at_store,
        placed.amounts.security_deposit,
        facts.coupons.len() as i64,
        facts.entry,
        link.map(|link| link.id),
        link.map(|link| link.sharer),
        placed.group,
        placed.hold_until,
        ctx.now,
        paid_at
    ))?;
    tx.tell(sql!(
        "INSERT INTO payment (id, order_id, amount, currency, status, created_at, version)
         VALUES ($1, $2, $3, $4, $5, $6, 1)",
        placed.payment,
        placed.order,
        placed.amounts.to_pay(),
        placed.currency,
        payment_status.as_str(),
        ctx.now
    ))?;
    Ok(())
}

/// Freezes the offer's terms. Without a share link there is nobody to earn a rebate; what becomes of a deposit follows
/// from its kind, and of a booking's from its policy first.
fn write_line(tx: &mut Tx, facts: &Facts, placed: &PlacedOrder, booked: Option<Booked>) -> Result<(), Fail> {
    let (sale, terms) = (&facts.sale, &facts.sale.terms);
    let discounts = to_json(&placed.discounts)?;
    let deposit = sale.deposit.map(|deposit| deposit.kind);
    let store = booked.and_then(|booked| booked.store);
    let on_expiry = match deposit {
        Some(DepositKind::Refundable | DepositKind::PayAfter) => OnExpiry::Refund,
        Some(DepositKind::Earnest) if store.is_none() => OnExpiry::Forfeit,
        Some(DepositKind::Earnest) | None => terms.on_expiry,
    };
    let rebate_bp = facts.link.as_ref().map_or(0, |_| terms.rebate_bp.get());
    tx.tell(sql!(
        "INSERT INTO order_line (order_id, n, offer_id, agreement_id, agreement_version, quantity, list_total,
           discounts, discount_platform, discount_merchant, commission_bp, rebate_bp, uses, card, store_set, valid_us,
           refund_window_us, undo_window_us, on_expiry, deposit, booked_until, booked_store)
         VALUES ($1, 1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21)",
        placed.order,
        placed.offer,
        sale.agreement,
        sale.agreement_version,
        placed.quantity,
        placed.amounts.list_total,
        discounts,
        placed.amounts.discount_platform,
        placed.amounts.discount_merchant,
        terms.commission_bp.get(),
        rebate_bp,
        sale.uses,
        sale.card.as_ref().map(to_json).transpose()?,
        sale.store_set.to_vec(),
        sale.valid_us,
        terms.refund_window_us,
        terms.undo_window_us,
        on_expiry.as_str(),
        deposit.map(DepositKind::as_str),
        booked.map(|booked| booked.until),
        store
    ))?;
    Ok(())
}

fn announce(tx: &mut Tx, ctx: &Ctx, facts: &Facts, placed: &PlacedOrder) -> Result<(), Fail> {
    let event = OrderPlaced {
        order: placed.order,
        person: facts.buyer,
        merchant: placed.merchant,
        offer: placed.offer,
        quantity: placed.quantity,
        currency: placed.currency.code().to_owned(),
        list_total: placed.amounts.list_total,
        cash_due: placed.amounts.cash_due,
        entry: facts.entry,
        share_link: facts.link.as_ref().map(|link| link.id),
    };
    tx.emit(ctx, placed.order, 1, &event)?;
    Ok(())
}

fn sale_of(facts: &Facts, placed: &PlacedOrder, booked: Option<Booked>) -> Sale {
    Sale {
        order: placed.order,
        buyer: facts.buyer,
        merchant: placed.merchant,
        offer: placed.offer,
        currency: placed.currency,
        quantity: placed.quantity,
        uses: facts.sale.uses,
        card: facts.sale.card,
        store_set: facts.sale.store_set,
        valid_us: facts.sale.valid_us,
        booked_until: booked.map(|booked| booked.until),
        amounts: placed.amounts,
        coupons: facts.coupons.len() as i64,
        hold_timer: false,
        group: facts
            .group
            .zip(placed.group)
            .map(|(group, id)| order_group(id, group.joins.is_some())),
    }
}
