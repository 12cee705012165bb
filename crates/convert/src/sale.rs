//! What happens to an order once its money is there, or none was due: what it holds is taken, the money
//! goes into escrow, its vouchers are issued with the money behind each of them.

use kernel::{Ctx, Currency, MerchantId, OfferId, OrderId, PersonId, Timestamp, VoucherId};
use ledger::{Account, Leg, NewEntry, Reason};
use offer::{Card, bucket};
use store::{Fail, Row, StorageError, Tx, sql};
use voucher::{IssueVoucher, StoreSetDigest};

use crate::commands::{EXPIRE_VOUCHER, RELEASE_ORDER};
use crate::decide::{UnitMoney, split_over_units};
use crate::events::OrderPaid;
use crate::group::{self, OrderGroup};
use crate::model::{Amounts, OrderStatus};
use crate::security_deposit;

/// A sale that is about to be settled.
pub(crate) struct Sale {
    pub order: OrderId,
    pub buyer: PersonId,
    pub merchant: MerchantId,
    pub offer: OfferId,
    pub currency: Currency,
    pub quantity: i64,
    pub uses: i64,
    pub card: Option<Card>,
    pub store_set: [u8; 8],
    pub valid_us: i64,
    /// Of what is booked: all its units are one voucher, valid until then.
    pub booked_until: Option<Timestamp>,
    pub amounts: Amounts,
    /// How many coupons it uses.
    pub coupons: i64,
    /// Whether the order's hold has a timer, which then becomes the first voucher's.
    pub hold_timer: bool,
    /// The group that it opens or joins.
    pub group: Option<OrderGroup>,
}

/// Reads a sale whose money is there: order, buyer, merchant, offer, currency, quantity, uses, card, validity, end of
/// what is booked, number of coupons, store set and amounts.
pub(crate) fn read_sale(row: &mut Row) -> Result<Sale, StorageError> {
    Ok(Sale {
        order: row.take()?,
        buyer: row.take()?,
        merchant: row.take()?,
        offer: row.take()?,
        currency: row.take()?,
        quantity: row.take()?,
        uses: row.take()?,
        card: row.take_json_option()?,
        valid_us: row.take()?,
        booked_until: row.take()?,
        coupons: row.take()?,
        store_set: crate::queries::take_store_set(row)?,
        amounts: Amounts {
            list_total: row.take()?,
            discount_platform: row.take()?,
            discount_merchant: row.take()?,
            rebate_used: row.take()?,
            cash_due: row.take()?,
            due_at_store: row.take()?,
            security_deposit: row.take()?,
        },
        hold_timer: false,
        group: None,
    })
}

/// Settles an order whose status the caller has claimed; one of a group waits for the others. `version` is the
/// order's after that. Gives where it stands now, and its vouchers.
pub(crate) fn settle(
    tx: &mut Tx,
    ctx: &Ctx,
    sale: &Sale,
    version: i64,
) -> Result<(OrderStatus, Vec<VoucherId>), Fail> {
    if !bucket::take(tx, sale.order.uuid())? {
        return Err(StorageError::bug("an order that awaits its payment holds nothing").into());
    }
    if sale.coupons > 0 {
        let used = sql!(
            "UPDATE wallet_coupon SET status = 'used' WHERE order_id = $1 AND status = 'held'",
            sale.order
        );
        tx.tell_rows(used, sale.coupons.unsigned_abs())?;
    }
    if let Some(entry) = paid_entry(sale) {
        ledger::post(tx, ctx, &entry)?;
    }
    if sale.amounts.security_deposit > 0 {
        security_deposit::hold(tx, ctx, sale)?;
    }
    match sale.group {
        None => Ok((OrderStatus::Paid, issue(tx, ctx, sale, version)?)),
        Some(group) => {
            if sale.hold_timer {
                tx.clear_timer(RELEASE_ORDER, sale.order)?;
            }
            group::enter(tx, ctx, sale, group)
        }
    }
}

/// Issues the vouchers of a sale whose money is in escrow. `version` is the order's.
pub(crate) fn issue(tx: &mut Tx, ctx: &Ctx, sale: &Sale, version: i64) -> Result<Vec<VoucherId>, Fail> {
    let vouchers = issue_vouchers(tx, ctx, sale)?;
    let event = OrderPaid {
        order: sale.order,
        person: sale.buyer,
        merchant: sale.merchant,
        offer: sale.offer,
        quantity: sale.quantity,
        currency: sale.currency.code().to_owned(),
        cash: sale.amounts.cash_due,
        security_deposit: sale.amounts.security_deposit,
        rebate_used: sale.amounts.rebate_used,
        discount_platform: sale.amounts.discount_platform,
        discount_merchant: sale.amounts.discount_merchant,
        vouchers: vouchers.clone(),
    };
    tx.emit(ctx, sale.order, version, &event)?;
    Ok(vouchers)
}

/// Cash, the platform's share and the buyer's rebates go into escrow, and beside it a security deposit. `None` if all of the price is the
/// merchant's own discount.
fn paid_entry(sale: &Sale) -> Option<NewEntry> {
    let amounts = &sale.amounts;
    let escrow = amounts.list_total - amounts.discount_merchant - amounts.due_at_store;
    let legs = [
        Leg::debit(Account::ProviderClearing, None, amounts.to_pay()),
        Leg::debit(Account::Subsidy, None, amounts.discount_platform),
        Leg::debit(
            Account::RebatePayable,
            Some(sale.buyer.uuid()),
            amounts.rebate_used,
        ),
        Leg::credit(Account::Escrow, Some(sale.order.uuid()), escrow),
        Leg::credit(
            Account::SecurityDeposit,
            Some(sale.order.uuid()),
            amounts.security_deposit,
        ),
    ];
    NewEntry::of(Reason::Paid, sale.order.uuid(), sale.currency, legs)
}

fn issue_vouchers(tx: &mut Tx, ctx: &Ctx, sale: &Sale) -> Result<Vec<VoucherId>, Fail> {
    let (count, valid_until) = match sale.booked_until {
        Some(until) => (1, until),
        None => (sale.quantity, ctx.now.plus_us(sale.valid_us)),
    };
    let issued = IssueVoucher {
        merchant: sale.merchant,
        offer: sale.offer,
        store_set: StoreSetDigest(sale.store_set),
        holder: sale.buyer,
        uses: sale.uses,
        currency: (sale.card == Some(Card::StoredValue)).then_some(sale.currency),
        valid_until,
        count,
    };
    let vouchers = voucher::issue(tx, ctx, &issued)?;
    let units = split_over_units(&sale.amounts, count);
    for (i, (voucher, money)) in vouchers.iter().zip(units).enumerate() {
        write_money(tx, sale.order, *voucher, &money)?;
        if sale.hold_timer && i == 0 {
            tx.replace_timer(
                (RELEASE_ORDER, sale.order),
                (EXPIRE_VOUCHER, *voucher),
                valid_until,
            )?;
        } else {
            tx.set_timer(EXPIRE_VOUCHER, *voucher, valid_until)?;
        }
    }
    Ok(vouchers)
}

fn write_money(tx: &mut Tx, order: OrderId, voucher: VoucherId, money: &UnitMoney) -> Result<(), Fail> {
    tx.tell(sql!(
        "INSERT INTO order_voucher (voucher_id, order_id, line_n, price, discount_platform, discount_merchant,
           rebate_used, cash, due_at_store) VALUES ($1, $2, 1, $3, $4, $5, $6, $7, $8)",
        voucher,
        order,
        money.price,
        money.discount_platform,
        money.discount_merchant,
        money.rebate_used,
        money.cash,
        money.due_at_store
    ))?;
    Ok(())
}
