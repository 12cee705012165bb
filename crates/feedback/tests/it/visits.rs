//! A merchant whose free tastings and dinners people redeem, so that there is something to review and to complain of.

use std::collections::BTreeMap;

use consume::{CodeAnswer, RedeemCode, RefundRedeemed, UndoRedemption};
use convert::{ConfirmPayment, PlaceOrder, PlacedOrder, StartPayment};
use feedback::{HideForRefund, HideReview, PostReview, Rating, ReplyReview, Review, ShowReview};
use kernel::{
    Actor, Ctx, Currency, Media, MediaId, OfferId, OrderId, PersonId, RedemptionId, ReviewId, Timestamp,
    VoucherId,
};
use party::testing::{NOW, Shop, certified_shop, consumer, ctx_at, run, sha_like};
use party::{MediaOwner, RecordMedia};
use store::{Fail, Rejected, Store, Tx, sql};

pub struct Visits<'s> {
    pub db: &'s Store,
    pub shop: Shop,
    /// Free.
    pub offer: OfferId,
    /// For money.
    pub on_sale: OfferId,
    pub guest: PersonId,
}

impl<'s> Visits<'s> {
    pub fn new(db: &'s Store) -> Self {
        let shop = certified_shop(db, 1);
        let mut terms = offer::testing::terms();
        terms.discount_bp = offer::testing::bp(10_000);
        terms.discount_platform_bp = offer::testing::bp(0);
        Self {
            db,
            shop,
            offer: offer::testing::on_sale(db, shop, terms, 1, |_| ()).offer,
            on_sale: offer::testing::on_sale(db, shop, offer::testing::terms(), 2, |_| ()).offer,
            guest: consumer(db, 1),
        }
    }

    pub fn run<T: Send + 'static>(
        &self,
        actor: Actor,
        now: Timestamp,
        command: impl Fn(&mut Tx, &Ctx) -> Result<T, Fail> + Send + 'static,
    ) -> Result<T, Rejected> {
        run(self.db, ctx_at(now, actor), command)
    }

    /// A visit of the guest at that moment, with nothing said about it yet.
    pub fn visit_of(&self, guest: PersonId, now: Timestamp) -> RedemptionId {
        let voucher = self.buy(self.offer, guest, now).vouchers[0];
        self.redeem(voucher, now)
    }

    fn buy(&self, offer: OfferId, guest: PersonId, now: Timestamp) -> PlacedOrder {
        let cmd = PlaceOrder {
            offer,
            quantity: 1,
            wallet_coupons: Vec::new(),
            share_token: None,
            entry: None,
            use_rebate: false,
            group: None,
            seats: None,
            expected_cash: None,
        };
        let placed = self.run(Actor::Consumer(guest), now, move |tx, ctx| {
            convert::place_order(tx, ctx, &cmd)
        });
        placed.expect("placed")
    }

    fn redeem(&self, voucher: VoucherId, now: Timestamp) -> RedemptionId {
        let found = self
            .db
            .read_blocking(move |read| voucher::queries::voucher(read, voucher));
        let cmd = RedeemCode {
            uses: None,
            merchant: self.shop.merchant,
            store: self.shop.store,
            device: None,
            number: found.expect("an answer").expect("a voucher").number,
        };
        let answer = self.run(self.shop.as_owner(), now, move |tx, ctx| {
            consume::redeem_code(tx, ctx, &cmd)
        });
        match answer.expect("an answer") {
            CodeAnswer::Redeemed(redeemed) => redeemed.redemption,
            CodeAnswer::Declined { .. } => panic!("the right code was declined"),
        }
    }

    pub fn unpaid_order(&self) -> OrderId {
        self.buy(self.on_sale, self.guest, NOW).order
    }

    pub fn picture_of_the_shop(&self) -> MediaId {
        let cmd = RecordMedia {
            id: ctx_at(NOW, Actor::System).new_id::<Media>(),
            owner: MediaOwner::Merchant(self.shop.merchant),
            sha256: sha_like(3, 1),
            content_type: "image/jpeg".to_owned(),
            size: 1_000,
        };
        let kept = self.run(self.shop.as_owner(), NOW, move |tx, ctx| {
            party::record_media(tx, ctx, &cmd)
        });
        kept.expect("kept")
    }

    /// A visit for which money was paid, and its order.
    pub fn paid_visit(&self) -> (OrderId, RedemptionId) {
        let bought = self.buy(self.on_sale, self.guest, NOW);
        let order = bought.order;
        let start = StartPayment {
            order,
            provider: "acme".to_owned(),
        };
        let started = self.run(Actor::Consumer(self.guest), NOW, move |tx, ctx| {
            convert::start_payment(tx, ctx, &start)
        });
        let attempt = started.expect("started").attempt;
        let report = ConfirmPayment {
            attempt,
            provider: "acme".to_owned(),
            provider_payment: format!("p-{attempt}"),
            amount: bought.amounts.to_pay(),
            currency: Currency::CNY,
            instrument: None,
        };
        let paid = self.run(Actor::Provider(1), NOW, move |tx, ctx| {
            convert::confirm_payment(tx, ctx, &report)
        });
        paid.expect("paid");
        let vouchers = self
            .db
            .read_blocking(move |read| convert::queries::order_vouchers(read, order));
        let voucher = vouchers.expect("an answer")[0].voucher;
        (order, self.redeem(voucher, NOW))
    }

    pub fn visit(&self) -> RedemptionId {
        self.visit_of(self.guest, NOW)
    }

    pub fn review_as(&self, actor: Actor, cmd: PostReview) -> Result<ReviewId, Rejected> {
        let posted = self.run(actor, NOW, move |tx, ctx| feedback::post_review(tx, ctx, &cmd));
        self.check_ratings();
        posted
    }

    pub fn review(&self, redemption: RedemptionId, stars: i64) -> Result<ReviewId, Rejected> {
        self.review_as(Actor::Consumer(self.guest), review_of(redemption, stars))
    }

    pub fn reply(&self, actor: Actor, review: ReviewId, text: &str) -> Result<(), Rejected> {
        let text = text.to_owned();
        let cmd = ReplyReview { review, text };
        self.run(actor, NOW, move |tx, ctx| feedback::reply_review(tx, ctx, &cmd))
    }

    pub fn hide(&self, actor: Actor, review: ReviewId, reason: &str) -> Result<(), Rejected> {
        let ctx = ctx_at(NOW, actor).with_reason(reason.to_owned());
        let hidden = run(self.db, ctx, move |tx, ctx| {
            feedback::hide_review(tx, ctx, &HideReview { review })
        });
        self.check_ratings();
        hidden
    }

    pub fn show(&self, actor: Actor, review: ReviewId, reason: &str) -> Result<(), Rejected> {
        let ctx = ctx_at(NOW, actor).with_reason(reason.to_owned());
        let shown = run(self.db, ctx, move |tx, ctx| {
            feedback::show_review(tx, ctx, &ShowReview { review })
        });
        self.check_ratings();
        shown
    }

    pub fn withdraw(&self, redemption: RedemptionId) -> bool {
        let withdrawn = self.run(Actor::System, NOW, move |tx, ctx| {
            feedback::hide_for_refund(tx, ctx, &HideForRefund { redemption })
        });
        self.check_ratings();
        withdrawn.expect("an answer")
    }

    pub fn refund(&self, redemption: RedemptionId) -> Result<(), Rejected> {
        let ctx = ctx_at(NOW, self.shop.as_owner()).with_reason("the soup was cold".to_owned());
        let refunded = run(self.db, ctx, move |tx, ctx| {
            consume::refund_redeemed(tx, ctx, &RefundRedeemed { redemption })
        });
        refunded.map(drop)
    }

    pub fn undo(&self, redemption: RedemptionId) {
        let undone = self.run(self.shop.as_owner(), NOW, move |tx, ctx| {
            consume::undo_redemption(tx, ctx, &UndoRedemption { redemption })
        });
        undone.expect("undone");
    }

    pub fn stored(&self, review: ReviewId) -> Review {
        let found = self
            .db
            .read_blocking(move |read| feedback::queries::review(read, review));
        found.expect("an answer").expect("a review")
    }

    pub fn rating(&self) -> (i64, i64) {
        let store = self.shop.store;
        let rating = self
            .db
            .read_blocking(move |read| feedback::queries::rating(read, store));
        let Rating {
            stars_sum,
            review_count,
        } = rating.expect("an answer");
        (stars_sum, review_count)
    }

    pub fn shown(&self) -> Vec<Review> {
        let store = self.shop.store;
        let found = self
            .db
            .read_blocking(move |read| feedback::queries::reviews_of_store(read, store, None, 200));
        found.expect("an answer")
    }

    /// What is kept is what the shown reviews come to.
    pub fn check_ratings(&self) {
        let row = self.db.read_blocking(|read| {
            Ok(read.one(sql!(
                "SELECT CAST(COALESCE(SUM(stars), 0) AS BIGINT), COUNT(*) FROM review WHERE status = 'shown'"
            ))?)
        });
        let mut row = row.expect("an answer").expect("a row");
        let counted = (row.take().expect("a sum"), row.take().expect("a count"));
        assert_eq!(self.rating(), counted);
    }
}

pub fn review_of(redemption: RedemptionId, stars: i64) -> PostReview {
    PostReview {
        redemption,
        stars,
        aspects: BTreeMap::from([("taste".to_owned(), stars)]),
        text: "好吃，分量足".to_owned(),
        media: Vec::new(),
    }
}
