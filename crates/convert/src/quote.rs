//! What an order costs: the facts that its price rests on, loaded, and the price by them. Shown before
//! anything is held, and what an order is then placed by.

use kernel::{
    BasisPoints, BucketId, CouponId, Ctx, Currency, EntryId, GroupId, LocalText, Money, OfferId, PersonId,
    Reject, StoreId, WalletCouponId,
};
use offer::queries::{for_sale_query, read_for_sale};
use offer::{AgreementTerms, ForSale, NightChoice, Surcharge};
use store::{Fail, ReadTx, sql};

use crate::PlaceOrder;
use crate::automatic::{AutomaticCoupon, automatic_query, read_automatic};
use crate::decide::{
    Buyers, COUPONS_FIELD, Candidate, CartLine, MAX_CANDIDATES, MAX_COUPONS_USED, OrderPrice, PriceInputs,
    Units, price_order,
};
use crate::model::{GroupChoice, GroupStatus};
use crate::queries::{self, WalletCoupon, usable_wallet_coupons, wallet_coupons_of};
use crate::reject::{
    COUPON_NOT_COMBINED, COUPON_NOT_FOUND, GROUP_NOT_FOUND, GROUP_NOT_OFFERED, GROUP_NOT_OPEN, ORDER_ENTRY,
    ORDER_ONE_AT_A_TIME, ORDER_QUANTITY, ORDER_SHARE_LINK,
};

/// What an order rests on.
pub(crate) struct Facts {
    pub buyer: PersonId,
    pub sale: ForSale,
    pub coupons: Vec<WalletCoupon>,
    /// That nobody claims.
    pub automatic: Vec<AutomaticCoupon>,
    /// Where the offer is redeemed, if a coupon asks.
    pub stores: Vec<StoreId>,
    pub link: Option<channel::ShareLink>,
    pub entry: Option<EntryId>,
    pub spendable: i64,
    pub group: Option<GroupFacts>,
    /// Whether the buyer is a member of the merchant, if a price asks.
    pub is_member: bool,
    /// Of all units; none if they cost what the offer does.
    pub surcharges: Vec<Surcharge>,
    /// Whether the security deposit of another booking is enough.
    pub is_covered: bool,
}

/// The group that an order opens or joins, and what one unit costs in it before any discount.
#[derive(Debug, Clone, Copy)]
pub(crate) struct GroupFacts {
    pub price: i64,
    /// The group that it joins, and its places.
    pub joins: Option<(GroupId, BucketId)>,
}

/// The price that the consumer who acts would order at now, and its currency. Nothing is held: stock and budgets may
/// run out before the order. Of overtime that another booking's security deposit is enough for (`is_covered`), it is without
/// one. Rejects as [`crate::place_order`] does.
pub fn quote(
    read: &mut ReadTx,
    ctx: &Ctx,
    cmd: &PlaceOrder,
    nights: Option<NightChoice>,
    is_covered: bool,
) -> Result<(Currency, OrderPrice), Fail> {
    let mut facts = load_wish(read, ctx, cmd, nights)?;
    facts.is_covered = is_covered;
    check_one_at_a_time(read, ctx, &facts)?;
    let history = history(read, &facts)?;
    Ok((facts.sale.currency, price(ctx, &facts, history, cmd)?))
}

/// What the best set of the buyer's coupons makes of an order.
#[derive(Debug)]
pub struct BestCoupons {
    /// Of every amount.
    pub currency: Currency,
    /// With the coupons that are used.
    pub price: OrderPrice,
    /// Those that are used, for the order to name.
    pub used: Vec<WalletCouponId>,
    /// Those that are not, and why.
    pub refused: Vec<(WalletCouponId, Reject)>,
    /// Those that come by themselves.
    pub automatic: Vec<ByItself>,
}

/// A coupon that the order gets without anybody's doing, or why it does not.
#[derive(Debug)]
pub struct ByItself {
    /// Which.
    pub coupon: CouponId,
    /// Its name.
    pub title: LocalText,
    /// Why it is not used.
    pub refused: Option<Reject>,
}

/// The best set of the coupons in the wallet of the consumer who acts, for this order. Those that the order names are
/// not looked at.
pub fn best_coupons(
    read: &mut ReadTx,
    ctx: &Ctx,
    cmd: &PlaceOrder,
    nights: Option<NightChoice>,
) -> Result<BestCoupons, Fail> {
    let cmd = PlaceOrder {
        wallet_coupons: Vec::new(),
        ..cmd.clone()
    };
    let mut facts = load_wish(read, ctx, &cmd, nights)?;
    facts.coupons = usable_wallet_coupons(read, facts.buyer, ctx.now)?;
    facts.coupons.truncate(MAX_CANDIDATES - facts.automatic.len());
    facts.stores = stores(read, cmd.offer, &facts)?;
    let history = history(read, &facts)?;
    let price = price(ctx, &facts, history, &cmd)?;
    let (mut refused, mut automatic) = (Vec::new(), Vec::new());
    let why_not = |candidate: usize| {
        let mut of_price = price.refused.iter();
        of_price
            .find(|(refused, _)| *refused == candidate)
            .map(|(_, why)| why.clone())
    };
    for (candidate, coupon) in facts.coupons.iter().enumerate() {
        refused.extend(why_not(candidate).map(|why| (coupon.id, why)));
    }
    let used = used_coupons(&facts, &price);
    let mut candidates = facts.coupons.len()..;
    for coupon in facts.automatic {
        automatic.push(ByItself {
            refused: coupon.why_not().or_else(|| why_not(candidates.next()?)),
            coupon: coupon.coupon,
            title: coupon.title,
        });
    }
    Ok(BestCoupons {
        currency: facts.sale.currency,
        price,
        used,
        refused,
        automatic,
    })
}

/// The coupons of the wallet that a price is with.
pub(crate) fn used_coupons(facts: &Facts, price: &OrderPrice) -> Vec<WalletCouponId> {
    let is_refused = |candidate| price.refused.iter().any(|(refused, _)| *refused == candidate);
    let candidates = facts.coupons.iter().enumerate();
    let used = candidates.filter(|(candidate, _)| !is_refused(*candidate));
    used.map(|(_, coupon)| coupon.id).collect()
}

/// Loads what the price rests on, and refuses what cannot be ordered.
pub(crate) fn load(read: &mut ReadTx, ctx: &Ctx, cmd: &PlaceOrder) -> Result<Facts, Fail> {
    let buyer = party::require_consumer(ctx)?;
    let [sale, automatic] = read.ask([
        for_sale_query(cmd.offer),
        automatic_query(cmd.offer, buyer, ctx.now),
    ])?;
    let sale = read_for_sale(sale, cmd.offer, ctx.now)?;
    if !(1..=sale.max_per_order).contains(&cmd.quantity) {
        let detail = format!("An order of this offer is of 1 to {} units.", sale.max_per_order);
        return Err(ORDER_QUANTITY.at("/quantity", detail).into());
    }
    let group = match cmd.group {
        None => None,
        Some(choice) => Some(load_group(read, ctx, &sale, cmd.quantity, choice)?),
    };
    let coupons = load_coupons(read, ctx, buyer, &cmd.wallet_coupons)?;
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
    let is_member =
        sale.price_rules.ask_membership() && party::queries::is_member(read, buyer, sale.merchant)?;
    let mut facts = Facts {
        buyer,
        is_member,
        sale,
        coupons,
        automatic: read_automatic(automatic, ctx.now)?,
        stores: Vec::new(),
        link,
        entry,
        spendable,
        group,
        surcharges: Vec::new(),
        is_covered: false,
    };
    facts.stores = stores(read, cmd.offer, &facts)?;
    Ok(facts)
}

/// The same for what is not ordered yet, with what its seats or nights cost.
fn load_wish(
    read: &mut ReadTx,
    ctx: &Ctx,
    cmd: &PlaceOrder,
    nights: Option<NightChoice>,
) -> Result<Facts, Fail> {
    let mut facts = load(read, ctx, cmd)?;
    if let Some(choice) = nights.filter(|choice| choice.nights > 0)
        && let Some((terms, _)) = offer::queries::booking_terms(read, cmd.offer)?
        && let Some(priced) = terms.priced_nights()
    {
        let rooms = cmd.quantity / choice.nights;
        cmd.check_quantity(rooms * choice.nights)?;
        facts.surcharges = priced.surcharges(choice, rooms);
    }
    if let Some(choice) = &cmd.seats {
        let chosen = offer::queries::chosen_seats(read, cmd.offer, choice)?;
        cmd.check_quantity(chosen.numbers.len() as i64)?;
        facts.surcharges = chosen.surcharges;
    }
    Ok(facts)
}

fn load_group(
    read: &mut ReadTx,
    ctx: &Ctx,
    sale: &ForSale,
    quantity: i64,
    choice: GroupChoice,
) -> Result<GroupFacts, Fail> {
    let terms = sale
        .group
        .ok_or_else(|| GROUP_NOT_OFFERED.at("/group", GROUP_NOT_OFFERED.title))?;
    if quantity != 1 {
        return Err(ORDER_QUANTITY
            .at("/quantity", "An order in a group is of one unit.")
            .into());
    }
    let joins = match choice {
        GroupChoice::Open => None,
        GroupChoice::Join(id) => {
            let group = queries::group(read, id)?.filter(|group| group.offer == sale.offer);
            let group = group.ok_or_else(|| GROUP_NOT_FOUND.at("/group", GROUP_NOT_FOUND.title))?;
            if group.status != GroupStatus::Open || group.closes_at <= ctx.now {
                return Err(GROUP_NOT_OPEN.at("/group", GROUP_NOT_OPEN.title).into());
            }
            Some((id, group.places))
        }
    };
    Ok(GroupFacts {
        price: terms.price,
        joins,
    })
}

fn load_coupons(
    read: &mut ReadTx,
    ctx: &Ctx,
    buyer: PersonId,
    ids: &[WalletCouponId],
) -> Result<Vec<WalletCoupon>, Fail> {
    let is_twice = ids.iter().enumerate().any(|(i, id)| ids[..i].contains(id));
    if ids.len() > MAX_COUPONS_USED || is_twice {
        let detail = format!("An order takes at most {MAX_COUPONS_USED} coupons, each of them once.");
        return Err(COUPON_NOT_COMBINED.at(COUPONS_FIELD, detail).into());
    }
    let coupons = wallet_coupons_of(read, buyer, ids)?;
    if coupons.len() < ids.len() {
        return Err(COUPON_NOT_FOUND
            .at(COUPONS_FIELD, "It is not in your wallet.")
            .into());
    }
    for coupon in &coupons {
        coupon.check_usable(ctx.now)?;
    }
    Ok(coupons)
}

/// What a buyer has ordered before, as far as a coupon asks.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct History {
    pub has_ordered: bool,
    pub is_customer: bool,
}

impl Facts {
    /// Whether a coupon is for some buyers only.
    pub(crate) fn asks_history(&self) -> bool {
        let mut candidates = self.candidates();
        candidates.any(|candidate| candidate.terms.conditions.buyers != Buyers::Everybody)
    }

    /// The coupons of the wallet, then those that come by themselves and can be had.
    fn candidates(&self) -> impl Iterator<Item = Candidate<'_>> {
        let automatic = self.automatic.iter().filter(|coupon| coupon.why_not().is_none());
        let automatic = automatic.map(AutomaticCoupon::candidate);
        self.coupons.iter().map(WalletCoupon::candidate).chain(automatic)
    }
}

/// An order counts while it awaits its payment, once it is paid, and still when it was refunded.
pub(crate) fn history(read: &mut ReadTx, facts: &Facts) -> Result<History, Fail> {
    if !facts.asks_history() {
        return Ok(History::default());
    }
    let [any, of_merchant] = read.ask([
        sql!(
            "SELECT id FROM orders WHERE person_id = $1 AND status IN ('placed', 'in_group', 'paid', 'refunded', 'charged_back') LIMIT 1",
            facts.buyer
        ),
        sql!(
            "SELECT id FROM orders WHERE person_id = $1 AND merchant_id = $2
             AND status IN ('placed', 'in_group', 'paid', 'refunded', 'charged_back') LIMIT 1",
            facts.buyer,
            facts.sale.merchant
        ),
    ])?;
    Ok(History {
        has_ordered: !any.is_empty(),
        is_customer: !of_merchant.is_empty(),
    })
}

/// Refuses an order of what is paid after the service while an earlier one of it is unused: it costs nothing, and whoever
/// does not come must not keep what others would use.
pub(crate) fn check_one_at_a_time(read: &mut ReadTx, ctx: &Ctx, facts: &Facts) -> Result<(), Fail> {
    if !facts.sale.is_paid_after() {
        return Ok(());
    }
    let (buyer, offer) = (facts.buyer, facts.sale.offer);
    let [live, waiting] = read.ask([
        voucher::queries::live_of_query(buyer, offer, ctx.now),
        sql!(
            "SELECT o.id FROM orders o JOIN order_line l ON l.order_id = o.id
             WHERE o.person_id = $1 AND o.status IN ('placed', 'in_group') AND l.offer_id = $2 LIMIT 1",
            buyer,
            offer
        ),
    ])?;
    if live.is_empty() && waiting.is_empty() {
        return Ok(());
    }
    Err(ORDER_ONE_AT_A_TIME.plain().into())
}

pub(crate) fn stores(read: &mut ReadTx, offer: OfferId, facts: &Facts) -> Result<Vec<StoreId>, Fail> {
    let mut candidates = facts.candidates();
    if candidates.any(|candidate| candidate.terms.conditions.store.is_some()) {
        return offer::queries::stores_of_offer(read, offer);
    }
    Ok(Vec::new())
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
pub(crate) fn price(
    ctx: &Ctx,
    facts: &Facts,
    history: History,
    cmd: &PlaceOrder,
) -> Result<OrderPrice, Fail> {
    let sale = &facts.sale;
    let list_price = sale
        .price_rules
        .unit_price(sale.list_price, cmd.quantity, ctx.now, facts.is_member);
    let group_price = facts.group.map_or(list_price.amount, |group| group.price);
    let list_price = list_price.amount.min(group_price);
    let friend_discount = match facts.link {
        Some(_) => sale.terms.friend_discount_bp,
        None => BasisPoints::ZERO,
    };
    let line = CartLine {
        offer: cmd.offer,
        merchant: sale.merchant,
        category: sale.category.clone(),
        stores: facts.stores.clone(),
        quantity: cmd.quantity,
        due: 0,
        is_of_customer: history.is_customer,
        is_paid_after: sale.is_paid_after(),
    };
    let coupons: Vec<Candidate> = facts.candidates().collect();
    let mut price = price_order(&PriceInputs {
        line: &line,
        now: ctx.now,
        has_ordered: history.has_ordered,
        currency: sale.currency,
        units: units(facts, list_price, cmd.quantity),
        friend_discount,
        coupons: &coupons,
        spendable_rebate: facts.spendable,
        paid_ahead: sale
            .deposit
            .map_or(BasisPoints::WHOLE, |deposit| deposit.share_bp),
    })?;
    if !facts.is_covered {
        price.amounts.security_deposit = sale.security_deposit;
    }
    Ok(price)
}

/// The units of an order by what one costs, each with the agreement's discount on it.
fn units(facts: &Facts, list_price: i64, quantity: i64) -> Vec<Units> {
    let plain = [Surcharge {
        units: quantity,
        amount: 0,
    }];
    let surcharges = match facts.surcharges.as_slice() {
        [] => &plain,
        surcharges => surcharges,
    };
    let of = |surcharge: &Surcharge| {
        let list_price = Money::new(list_price + surcharge.amount, facts.sale.currency);
        units_at(&facts.sale.terms, list_price, surcharge.units)
    };
    surcharges.iter().map(of).collect()
}

/// So many units of which one costs this before the agreement's discount.
pub(crate) fn units_at(terms: &AgreementTerms, list_price: Money, quantity: i64) -> Units {
    let unit = offer::prices(terms, list_price);
    Units {
        quantity,
        list_price: list_price.amount,
        discount: unit.discount_platform.amount + unit.discount_merchant.amount,
        discount_platform: unit.discount_platform.amount,
    }
}
