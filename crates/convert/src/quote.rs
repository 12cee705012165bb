//! What an order costs: the facts that its price rests on, loaded, and the price by them. Shown before
//! anything is held, and what an order is then placed by.

use kernel::{BasisPoints, Ctx, Currency, EntryId, OfferId, PersonId, WalletCouponId};
use offer::ForSale;
use store::{Fail, ReadTx};

use crate::PlaceOrder;
use crate::decide::{OrderPrice, PriceInputs, price_order};
use crate::queries::{WalletCoupon, wallet_coupon_of};
use crate::reject::{COUPON_NOT_FOR_THIS, COUPON_NOT_FOUND, ORDER_ENTRY, ORDER_QUANTITY, ORDER_SHARE_LINK};

/// What an order rests on.
pub(crate) struct Facts {
    pub buyer: PersonId,
    pub sale: ForSale,
    pub coupon: Option<WalletCoupon>,
    pub link: Option<channel::ShareLink>,
    pub entry: Option<EntryId>,
    pub spendable: i64,
}

/// The price that the consumer who acts would order at now, and its currency. Nothing is held: stock and budgets may
/// run out before the order. Rejects as [`crate::place_order`] does.
pub fn quote(read: &mut ReadTx, ctx: &Ctx, cmd: &PlaceOrder) -> Result<(Currency, OrderPrice), Fail> {
    let facts = load(read, ctx, cmd)?;
    Ok((facts.sale.currency, price(&facts, cmd)?))
}

/// Loads what the price rests on, and refuses what cannot be ordered.
pub(crate) fn load(read: &mut ReadTx, ctx: &Ctx, cmd: &PlaceOrder) -> Result<Facts, Fail> {
    let buyer = party::require_consumer(ctx)?;
    let sale = offer::queries::for_sale(read, cmd.offer, ctx.now)?;
    if !(1..=sale.max_per_order).contains(&cmd.quantity) {
        let detail = format!("An order of this offer is of 1 to {} units.", sale.max_per_order);
        return Err(ORDER_QUANTITY.at("/quantity", detail).into());
    }
    let coupon = match cmd.wallet_coupon {
        None => None,
        Some(id) => Some(load_coupon(read, ctx, buyer, id)?),
    };
    let link = match &cmd.share_token {
        None => None,
        Some(token) => Some(load_link(read, buyer, cmd.offer, token)?),
    };
    let entry = match cmd.entry {
        Some(entry) => Some(load_entry(read, &sale, entry)?),
        None => link.as_ref().map(|link| link.entry),
    };
    let spendable = if cmd.use_rebate {
        spendable(read, buyer, &sale)?
    } else {
        0
    };
    Ok(Facts {
        buyer,
        sale,
        coupon,
        link,
        entry,
        spendable,
    })
}

fn load_coupon(
    read: &mut ReadTx,
    ctx: &Ctx,
    buyer: PersonId,
    id: WalletCouponId,
) -> Result<WalletCoupon, Fail> {
    let found = wallet_coupon_of(read, buyer, id)?;
    let coupon = found.ok_or_else(|| COUPON_NOT_FOUND.at("/wallet_coupon", "It is not in your wallet."))?;
    coupon.check_usable(ctx.now)?;
    Ok(coupon)
}

fn load_link(
    read: &mut ReadTx,
    buyer: PersonId,
    offer: OfferId,
    token: &str,
) -> Result<channel::ShareLink, Fail> {
    let wrong = |detail: &str| ORDER_SHARE_LINK.at("/share_token", detail);
    let link = channel::queries::share_link(read, token)?;
    let link = link.filter(|link| link.offer == offer);
    let link = link.ok_or_else(|| wrong("There is no such share link for this offer."))?;
    if link.sharer == buyer {
        return Err(wrong("A share link is for others than the one who shared it.").into());
    }
    Ok(link)
}

fn load_entry(read: &mut ReadTx, sale: &ForSale, entry: EntryId) -> Result<EntryId, Fail> {
    let known = channel::queries::entry(read, entry)?;
    let fits = |of: Option<kernel::MerchantId>| of.is_none_or(|merchant| merchant == sale.merchant);
    if known.is_some_and(|known| fits(known.merchant)) {
        return Ok(entry);
    }
    Err(ORDER_ENTRY
        .at("/entry", "There is no such entry for this merchant.")
        .into())
}

fn spendable(read: &mut ReadTx, buyer: PersonId, sale: &ForSale) -> Result<i64, Fail> {
    let balances = ledger::queries::spendable(read, buyer)?;
    let fitting = balances
        .into_iter()
        .find(|balance| balance.currency == sale.currency);
    Ok(fitting.map_or(0, |balance| balance.amount))
}

/// The price by these facts.
pub(crate) fn price(facts: &Facts, cmd: &PlaceOrder) -> Result<OrderPrice, Fail> {
    let unit = offer::prices(&facts.sale.terms, facts.sale.list_price);
    let friend_discount = match facts.link {
        Some(_) => facts.sale.terms.friend_discount_bp,
        None => BasisPoints::ZERO,
    };
    let price = price_order(&PriceInputs {
        offer: cmd.offer,
        merchant: facts.sale.merchant,
        list_price: facts.sale.list_price,
        quantity: cmd.quantity,
        unit_discount: unit.discount_platform.amount + unit.discount_merchant.amount,
        unit_discount_platform: unit.discount_platform.amount,
        friend_discount,
        coupon: facts.coupon.as_ref().map(|coupon| &coupon.terms),
        spendable_rebate: facts.spendable,
    })?;
    if facts.coupon.is_some() && price.coupon_discount() == 0 {
        let detail = "The coupon takes nothing off: nothing is left to pay without it.";
        return Err(COUPON_NOT_FOR_THIS.at("/wallet_coupon", detail).into());
    }
    Ok(price)
}
