//! Lets the drawn past happen: every order through share link, coupon, purchase, payment, visit, review
//! and refund, as people, staff and a payment provider would do it.

use consume::{CodeAnswer, RedeemCode};
use convert::{ConfirmPayment, ConfirmRefund, MarkRefundSent, OrderStatus, PlaceOrder};
use convert::{PlacedOrder, RefundVoucher, ReleaseOrder, StartPayment};
use kernel::VoucherId;
use kernel::{
    Actor, Ctx, MINUTE_US, MerchantId, OfferId, PersonId, RedemptionId, RefundId, SECOND_US, Timestamp,
};
use store::{Fail, StorageError, Tx};

use crate::dice::between;
use crate::shops::Shop;
use crate::trade::{Fate, Purchase, Review, Visit};
use crate::works::{Script, Works, acting, work};
use crate::{CityError, Counts};

/// The name under which payments go to the provider, and its number as an actor.
const PROVIDER_NAME: &str = "sandbox";
const PROVIDER: Actor = Actor::Provider(1);

/// Where an order happens.
#[derive(Debug, Clone, Copy)]
struct Scene {
    offer: OfferId,
    merchant: MerchantId,
    owner: PersonId,
}

/// Does what was drawn, one order after the other. Counts what became of it.
pub(crate) fn happen(works: &mut Works, shops: &[Shop], past: Vec<Purchase>) -> Result<Counts, CityError> {
    let parts = works.run_all("an order", past, |works, purchase| {
        let shop = &shops[purchase.shop];
        let scene = Scene {
            offer: shop.goods[purchase.good].offer,
            merchant: shop.merchant,
            owner: shop.owner,
        };
        Script {
            lane: scene.offer,
            ctx: works.dice(),
            work: work::ORDER,
            run: move |tx: &mut Tx, ctx: &Ctx| carry_out(tx, ctx, scene, &purchase),
        }
    })?;
    let mut counts = Counts::default();
    parts.iter().for_each(|part| counts.add(part));
    Ok(counts)
}

fn carry_out(tx: &mut Tx, ctx: &Ctx, scene: Scene, purchase: &Purchase) -> Result<Counts, Fail> {
    let mut counts = Counts::default();
    let placed = place(tx, ctx, scene, purchase, &mut counts)?;
    match &purchase.fate {
        Fate::Abandoned => {
            let release = ReleaseOrder { order: placed.order };
            convert::release_order(tx, &acting(ctx, Actor::System, placed.hold_until), &release)?;
        }
        Fate::Paid {
            returned,
            returned_at,
            visits,
            review,
        } => {
            let bill = Bill {
                buyer: purchase.buyer,
                card: purchase.card,
                placed: purchase.placed,
            };
            pay(tx, ctx, bill, &placed)?;
            counts.orders += 1;
            let vouchers = convert::queries::order_vouchers(tx, placed.order)?;
            let vouchers: Vec<VoucherId> = vouchers.into_iter().map(|bought| bought.voucher).collect();
            let (back, kept) = vouchers.split_at(vouchers.len().min(*returned as usize));
            for voucher in back {
                give_back(tx, ctx, purchase.buyer, *voucher, *returned_at)?;
                counts.refunds += 1;
            }
            let mut first = None;
            for visit in visits {
                for voucher in kept {
                    let redeemed = redeem(tx, ctx, scene, *voucher, visit)?;
                    first.get_or_insert(redeemed);
                    counts.redemptions += 1;
                }
            }
            if let (Some(redemption), Some(review)) = (first, review) {
                post(tx, ctx, scene, purchase.buyer, redemption, review)?;
                counts.reviews += 1;
            }
        }
    }
    Ok(counts)
}

fn place(
    tx: &mut Tx,
    ctx: &Ctx,
    scene: Scene,
    purchase: &Purchase,
    counts: &mut Counts,
) -> Result<PlacedOrder, Fail> {
    let before = |minutes: i64| purchase.placed.plus_us(-minutes * MINUTE_US);
    let mut share_token = None;
    let mut entry = purchase.entry;
    if let Some(sharer) = purchase.sharer {
        let known = channel::queries::share_link_of(tx, sharer, scene.offer)?.is_some();
        let cmd = channel::CreateShareLink { offer: scene.offer };
        let link = channel::create_share_link(tx, &acting(ctx, Actor::Consumer(sharer), before(90)), &cmd)?;
        counts.share_links += u64::from(!known);
        entry = Some(link.entry);
        share_token = Some(link.token);
    }
    visit(tx, ctx, scene, entry, before(20))?;
    let buyer = Actor::Consumer(purchase.buyer);
    let mut wallet_coupons = Vec::new();
    if let Some(coupon) = purchase.coupon {
        let cmd = convert::ClaimCoupon {
            coupon: coupon.coupon,
            device: None,
        };
        wallet_coupons.push(convert::claim_coupon(tx, &acting(ctx, buyer, before(10)), &cmd)?);
    }
    let cmd = PlaceOrder {
        offer: scene.offer,
        quantity: purchase.quantity,
        wallet_coupons,
        share_token,
        entry: purchase.entry,
        use_rebate: false,
        group: None,
        seats: None,
        expected_cash: None,
    };
    convert::place_order(tx, &acting(ctx, buyer, purchase.placed), &cmd)
}

/// The buyer's visit to the offer and those of some who only looked.
fn visit(
    tx: &mut Tx,
    ctx: &Ctx,
    scene: Scene,
    entry: Option<kernel::EntryId>,
    at: Timestamp,
) -> Result<(), Fail> {
    let Some(entry) = entry else { return Ok(()) };
    let looks = between(ctx, 2, 9);
    let looked = |n: i64| channel::Visit {
        entry,
        offer: Some(scene.offer),
        at: at.plus_us(-n * between(ctx, 5, 90) * MINUTE_US),
    };
    let cmd = channel::RecordVisits {
        visits: (0..looks).map(looked).collect(),
    };
    channel::record_visits(tx, &acting(ctx, Actor::System, at), &cmd)?;
    Ok(())
}

/// Who pays, with which card, and when the order was placed.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Bill {
    pub buyer: PersonId,
    pub card: u64,
    pub placed: Timestamp,
}

/// Pays what is due, a minute later.
pub(crate) fn pay(tx: &mut Tx, ctx: &Ctx, bill: Bill, placed: &PlacedOrder) -> Result<(), Fail> {
    if placed.status == OrderStatus::Paid {
        return Ok(());
    }
    let after = |seconds: i64| bill.placed.plus_us(seconds * SECOND_US);
    let start = StartPayment {
        order: placed.order,
        provider: PROVIDER_NAME.to_owned(),
    };
    let attempt =
        convert::start_payment(tx, &acting(ctx, Actor::Consumer(bill.buyer), after(20)), &start)?.attempt;
    let confirm = ConfirmPayment {
        attempt,
        provider: PROVIDER_NAME.to_owned(),
        provider_payment: format!("history_{}", hex::encode(ctx.random_bytes::<8>())),
        amount: placed.amounts.to_pay(),
        currency: placed.currency,
        instrument: Some(format!("card_of_consumer_{}", bill.card)),
    };
    convert::confirm_payment(tx, &acting(ctx, PROVIDER, after(50)), &confirm)?;
    Ok(())
}

fn give_back(tx: &mut Tx, ctx: &Ctx, buyer: PersonId, voucher: VoucherId, at: Timestamp) -> Result<(), Fail> {
    let asked = acting(ctx, Actor::Consumer(buyer), at);
    let refund = convert::refund_voucher(tx, &asked, &RefundVoucher { voucher })?.refund;
    send_back(tx, ctx, refund, at)
}

/// The provider gives a refund to the buyer.
pub(crate) fn send_back(tx: &mut Tx, ctx: &Ctx, refund: RefundId, at: Timestamp) -> Result<(), Fail> {
    let sent = acting(ctx, PROVIDER, at.plus_us(2 * SECOND_US));
    convert::mark_refund_sent(tx, &sent, &MarkRefundSent { refund })?;
    let confirm = ConfirmRefund {
        refund,
        provider: PROVIDER_NAME.to_owned(),
    };
    convert::confirm_refund(tx, &acting(ctx, PROVIDER, at.plus_us(5 * MINUTE_US)), &confirm)
}

fn redeem(
    tx: &mut Tx,
    ctx: &Ctx,
    scene: Scene,
    voucher: VoucherId,
    visit: &Visit,
) -> Result<RedemptionId, Fail> {
    let known = voucher::queries::voucher(tx, voucher)?;
    let known = known.ok_or_else(|| StorageError::bug("an issued voucher cannot be found"))?;
    let cmd = RedeemCode {
        uses: visit.bill,
        merchant: scene.merchant,
        store: visit.counter.store,
        device: Some(visit.counter.device),
        number: known.number,
    };
    let clerk = Actor::Staff(visit.counter.clerk, scene.merchant);
    match consume::redeem_code(tx, &acting(ctx, clerk, visit.at), &cmd)? {
        CodeAnswer::Redeemed(redeemed) => Ok(redeemed.redemption),
        CodeAnswer::Declined { .. } => Err(StorageError::bug("a live voucher's code is unknown").into()),
    }
}

fn post(
    tx: &mut Tx,
    ctx: &Ctx,
    scene: Scene,
    guest: PersonId,
    redemption: RedemptionId,
    review: &Review,
) -> Result<(), Fail> {
    let cmd = feedback::PostReview {
        redemption,
        stars: review.stars,
        aspects: review
            .aspects
            .iter()
            .map(|(name, stars)| ((*name).to_owned(), *stars))
            .collect(),
        text: review.text.clone(),
        media: Vec::new(),
    };
    let posted = feedback::post_review(tx, &acting(ctx, Actor::Consumer(guest), review.at), &cmd)?;
    if let Some((at, text)) = review.reply {
        let reply = feedback::ReplyReview {
            review: posted,
            text: text.to_owned(),
        };
        let owner = Actor::Staff(scene.owner, scene.merchant);
        feedback::reply_review(tx, &acting(ctx, owner, at), &reply)?;
    }
    Ok(())
}
