//! A certified merchant with one offer on sale, and what people do with it.

use convert::decide::Conditions;
use convert::queries::{OrderView, RefundView};
use convert::{
    ClaimCode, ClaimCoupon, ConfirmPayment, ConfirmRefund, ConfirmedPayment, CouponKind, CreateCoupon,
    Distribution, ExpireVoucher, PlaceOrder, PlacedOrder, RefundVoucher, RefundedVoucher, ReleaseOrder,
    StartPayment,
};
use kernel::{
    Actor, BasisPoints, BucketId, CouponId, DAY_US, GeoPoint, HOUR_US, LocalText, MerchantId, Money, OfferId,
    OrderId, PaymentAttemptId, PersonId, RefundId, StoreId, Timestamp, VoucherId, WalletCouponId,
};
use offer::bucket::Level;
use offer::{
    AcceptAgreement, AgreementTerms, CreateOffer, Deposit, GroupTerms, OnExpiry, PriceRule, ProposeAgreement,
    PublishOffer, bucket,
};
use store::{Store, sql};

use crate::{CNY, NOW, Outcome, done, ok, person, run_at};

/// The provider of all payments here.
pub const PROVIDER: &str = "acme";

/// What is on sale, and on which terms.
#[derive(Clone)]
pub struct Plan {
    pub list_price: i64,
    pub price_rules: Vec<PriceRule>,
    pub group: Option<GroupTerms>,
    pub deposit: Option<Deposit>,
    pub stock: i64,
    pub uses: i64,
    pub max_per_order: i64,
    pub terms: AgreementTerms,
}

/// 100.00 CNY, one use, no discount; commission 10 %, rebate 2 %, friends 5 % off; refunded at expiry.
impl Default for Plan {
    fn default() -> Self {
        let terms = AgreementTerms {
            starts_at: NOW,
            ends_at: NOW.plus_us(365 * DAY_US),
            head_count: 1_000,
            discount_bp: BasisPoints::ZERO,
            discount_platform_bp: BasisPoints::ZERO,
            platform_cap: None,
            commission_bp: bp(1_000),
            rebate_bp: bp(200),
            friend_discount_bp: bp(500),
            refund_window_us: 7 * DAY_US,
            undo_window_us: HOUR_US,
            on_expiry: OnExpiry::Refund,
        };
        Self {
            list_price: 10_000,
            price_rules: Vec::new(),
            group: None,
            deposit: None,
            stock: 100,
            uses: 1,
            max_per_order: 10,
            terms,
        }
    }
}

pub fn bp(points: i64) -> BasisPoints {
    BasisPoints::new(points).expect("in range")
}

/// A merchant with an offer.
pub struct Shop<'s> {
    pub db: &'s Store,
    pub merchant: MerchantId,
    pub owner: Actor,
    pub operator: Actor,
    pub offer: OfferId,
    pub stock: BucketId,
    pub head_count: BucketId,
}

impl<'s> Shop<'s> {
    pub fn open(db: &'s Store, plan: &Plan) -> Self {
        let (owner, operator) = (person(db), person(db));
        let merchant = done(db, move |tx, ctx| {
            let merchant: MerchantId = ctx.new_id();
            tx.tell(sql!(
                "INSERT INTO merchant (id, name, status, created_at, version) VALUES ($1, '{}', 'certified', $2, 1)",
                merchant,
                ctx.now
            ))?;
            tx.tell(sql!(
                "INSERT INTO staff (merchant_id, person_id, store_id, role, granted_at) VALUES ($1, $2, $3, 'owner', $4)",
                merchant,
                owner,
                [0; 16],
                ctx.now
            ))?;
            tx.tell(sql!(
                "INSERT INTO operator (person_id, role, granted_at) VALUES ($1, 'admin', $2)",
                operator,
                ctx.now
            ))?;
            Ok(merchant)
        });
        let (owner, operator) = (Actor::Staff(owner, merchant), Actor::Operator(operator));
        let place = add_store(db, merchant, owner);
        let offer = publish(db, plan, merchant, place, owner, operator);
        let buckets = db.read_blocking(move |read| offer::queries::buckets_of(read, offer));
        let [stock, head_count] = buckets.expect("an answer").expect("buckets");
        Self {
            db,
            merchant,
            owner,
            operator,
            offer,
            stock,
            head_count,
        }
    }

    /// An order of `quantity` units and nothing else.
    pub fn order_of(&self, quantity: i64) -> PlaceOrder {
        PlaceOrder {
            offer: self.offer,
            quantity,
            wallet_coupons: Vec::new(),
            share_token: None,
            entry: None,
            use_rebate: false,
            group: None,
            seats: None,
            expected_cash: None,
        }
    }

    pub fn try_place(&self, buyer: PersonId, order: PlaceOrder) -> Outcome<PlacedOrder> {
        run_at(self.db, Actor::Consumer(buyer), NOW, move |tx, ctx| {
            convert::place_order(tx, ctx, &order)
        })
    }

    pub fn place(&self, buyer: PersonId, order: PlaceOrder) -> PlacedOrder {
        ok(self.try_place(buyer, order))
    }

    pub fn start(&self, buyer: PersonId, order: OrderId) -> PaymentAttemptId {
        ok(self.try_start(buyer, order, PROVIDER, NOW))
    }

    pub fn try_start(
        &self,
        buyer: PersonId,
        order: OrderId,
        provider: &str,
        now: Timestamp,
    ) -> Outcome<PaymentAttemptId> {
        let provider = provider.to_owned();
        run_at(self.db, Actor::Consumer(buyer), now, move |tx, ctx| {
            let provider = provider.clone();
            Ok(convert::start_payment(tx, ctx, &StartPayment { order, provider })?.attempt)
        })
    }

    /// What the provider reports of a payment.
    pub fn report(&self, attempt: PaymentAttemptId, amount: i64) -> ConfirmPayment {
        ConfirmPayment {
            attempt,
            provider: PROVIDER.to_owned(),
            provider_payment: format!("p-{attempt}"),
            amount,
            currency: CNY,
            instrument: None,
        }
    }

    pub fn confirm(&self, report: ConfirmPayment) -> Outcome<ConfirmedPayment> {
        run_at(self.db, Actor::Provider(1), NOW, move |tx, ctx| {
            convert::confirm_payment(tx, ctx, &report)
        })
    }

    /// Starts and confirms the payment of an order.
    pub fn pay(&self, buyer: PersonId, placed: &PlacedOrder) -> Vec<VoucherId> {
        let attempt = self.start(buyer, placed.order);
        ok(self.confirm(self.report(attempt, placed.amounts.cash_due)));
        self.vouchers(placed.order)
    }

    /// Places and pays an order of `quantity` units.
    pub fn buy(&self, buyer: PersonId, quantity: i64) -> (PlacedOrder, Vec<VoucherId>) {
        let placed = self.place(buyer, self.order_of(quantity));
        let vouchers = self.pay(buyer, &placed);
        (placed, vouchers)
    }

    pub fn vouchers(&self, order: OrderId) -> Vec<VoucherId> {
        let found = self
            .db
            .read_blocking(move |read| convert::queries::order_vouchers(read, order));
        found
            .expect("an answer")
            .into_iter()
            .map(|of| of.voucher)
            .collect()
    }

    pub fn view(&self, order: OrderId) -> OrderView {
        let found = self
            .db
            .read_blocking(move |read| convert::queries::order(read, order));
        found.expect("an answer").expect("an order")
    }

    pub fn refunds(&self, order: OrderId) -> Vec<RefundView> {
        let found = self
            .db
            .read_blocking(move |read| convert::queries::refunds_of(read, order));
        found.expect("an answer")
    }

    pub fn refund(&self, buyer: PersonId, voucher: VoucherId) -> Outcome<RefundedVoucher> {
        run_at(self.db, Actor::Consumer(buyer), NOW, move |tx, ctx| {
            convert::refund_voucher(tx, ctx, &RefundVoucher { voucher })
        })
    }

    pub fn confirm_refund(&self, refund: RefundId) -> Outcome<()> {
        run_at(self.db, Actor::Provider(1), NOW, move |tx, ctx| {
            let provider = PROVIDER.to_owned();
            convert::confirm_refund(tx, ctx, &ConfirmRefund { refund, provider })
        })
    }

    pub fn release(&self, order: OrderId, now: Timestamp) -> Outcome<bool> {
        run_at(self.db, Actor::System, now, move |tx, ctx| {
            convert::release_order(tx, ctx, &ReleaseOrder { order })
        })
    }

    pub fn expire(&self, voucher: VoucherId, now: Timestamp) -> Outcome<bool> {
        run_at(self.db, Actor::System, now, move |tx, ctx| {
            convert::expire_voucher(tx, ctx, &ExpireVoucher { voucher })
        })
    }

    /// Takes one use as a redemption does, with its entry in the journal.
    pub fn redeem(&self, voucher: VoucherId) {
        done(self.db, move |tx, ctx| {
            use ledger::{Account, Leg, NewEntry, Reason};
            let money = convert::queries::voucher_money(tx, voucher)?.expect("its money");
            let used = voucher::use_up(tx, voucher, 1, ctx.now, None)?.expect("a use");
            let of_use = convert::decide::use_amounts(
                &money.paid,
                money.uses,
                used.use_no - 1..used.use_no,
                money.commission,
                money.rebate,
            );
            let legs = [
                Leg::debit(Account::Escrow, Some(money.order.uuid()), of_use.paid.escrow()),
                Leg::credit(
                    Account::MerchantPayable,
                    Some(money.merchant.uuid()),
                    of_use.split.payable,
                ),
                Leg::credit(Account::Commission, None, of_use.split.commission),
                Leg::credit(
                    Account::RebatePayable,
                    money.sharer.map(|sharer| sharer.uuid()),
                    of_use.split.rebate,
                ),
            ];
            let redemption: kernel::RedemptionId = ctx.new_id();
            if let Some(entry) = NewEntry::of(Reason::Redeemed, redemption.uuid(), money.currency, legs) {
                ledger::post(tx, ctx, &entry)?;
            }
            Ok(())
        });
    }

    /// A coupon of the platform for this merchant, paid by the platform.
    pub fn coupon(&self, kind: CouponKind) -> CreateCoupon {
        CreateCoupon {
            merchant: Some(self.merchant),
            offer: None,
            title: LocalText::one("en", "Welcome"),
            kind,
            conditions: Conditions::default(),
            currency: CNY,
            min_spend: 0,
            platform_share: BasisPoints::WHOLE,
            per_person: 1,
            per_day: 1_000,
            per_device: None,
            distribution: Distribution::Claimed,
            total: 1_000,
            budget: 1_000_000,
            starts_at: NOW,
            ends_at: NOW.plus_us(30 * DAY_US),
        }
    }

    pub fn create_coupon(&self, coupon: CreateCoupon) -> CouponId {
        ok(run_at(self.db, self.operator, NOW, move |tx, ctx| {
            convert::create_coupon(tx, ctx, &coupon)
        }))
    }

    pub fn claim_code(&self, person: PersonId, code: &str) -> Outcome<WalletCouponId> {
        let cmd = ClaimCode {
            code: code.to_owned(),
            device: None,
        };
        run_at(self.db, Actor::Consumer(person), NOW, move |tx, ctx| {
            convert::claim_code(tx, ctx, &cmd)
        })
    }

    /// The code of this number of a coupon that is claimed by code.
    pub fn code(&self, coupon: CouponId, number: i64) -> String {
        let found = self
            .db
            .read_blocking(move |read| convert::queries::coupon(read, coupon));
        let codes = found.expect("an answer").expect("a coupon").codes;
        codes.expect("codes").code(number)
    }

    pub fn claim(&self, person: PersonId, coupon: CouponId) -> Outcome<WalletCouponId> {
        self.claim_on(person, coupon, None)
    }

    /// Signs a person in on a device, as far as coupons ask.
    pub fn sign_in(&self, person: PersonId, device: [u8; 32]) {
        ok(run_at(self.db, Actor::Anonymous, NOW, move |tx, ctx| {
            Ok(party::note_device(tx, ctx, person, device)?)
        }));
    }

    pub fn claim_on(
        &self,
        person: PersonId,
        coupon: CouponId,
        device: Option<[u8; 32]>,
    ) -> Outcome<WalletCouponId> {
        run_at(self.db, Actor::Consumer(person), NOW, move |tx, ctx| {
            convert::claim_coupon(tx, ctx, &ClaimCoupon { coupon, device })
        })
    }

    pub fn level(&self, bucket: BucketId) -> Level {
        let level = self.db.read_blocking(move |read| bucket::level(read, bucket));
        level.expect("an answer").expect("a bucket")
    }

    /// Held and taken of stock, which head count follows.
    pub fn units(&self) -> (i64, i64) {
        let [stock, heads] = [self.stock, self.head_count].map(|bucket| self.level(bucket));
        assert_eq!((stock.held, stock.taken), (heads.held, heads.taken));
        (stock.held, stock.taken)
    }
}

/// Gives a person rebates to spend, as the ledger would after earning them.
pub fn earn_rebate(db: &Store, person: PersonId, amount: i64) {
    done(db, move |tx, ctx| {
        use ledger::{Account, Leg, NewEntry, Reason};
        let legs = [
            Leg::debit(Account::Rounding, None, amount),
            Leg::credit(Account::RebatePayable, Some(person.uuid()), amount),
        ];
        let entry = NewEntry::of(Reason::RebateAccrued, ctx.request.uuid(), CNY, legs).expect("legs");
        ledger::post(tx, ctx, &entry)?;
        ledger::give_back(tx, person, CNY, amount)
    });
}

/// What a person can spend of earned rebates.
pub fn spendable(db: &Store, person: PersonId) -> i64 {
    let money: Vec<Money> = db
        .read_blocking(move |read| ledger::queries::spendable(read, person))
        .expect("an answer");
    money.iter().map(|money| money.amount).sum()
}

fn add_store(db: &Store, merchant: MerchantId, owner: Actor) -> StoreId {
    let details = party::StoreDetails {
        name: LocalText::one("en", "Main street"),
        category: "catering".to_owned(),
        address: "1 Main Street".to_owned(),
        phone: String::new(),
        place: GeoPoint::from_microdegrees(31_230_400, 121_473_700).expect("on the globe"),
        time_zone: "Asia/Shanghai".to_owned(),
        currency: CNY,
        opening_hours: String::new(),
        offline_max_uses: 0,
        offline_max_amount: 0,
    };
    ok(run_at(db, owner, NOW, move |tx, ctx| {
        let details = details.clone();
        party::add_store(tx, ctx, &party::AddStore { merchant, details })
    }))
}

fn publish(
    db: &Store,
    plan: &Plan,
    merchant: MerchantId,
    place: StoreId,
    owner: Actor,
    operator: Actor,
) -> OfferId {
    let terms = plan.terms.clone();
    let agreement = ok(run_at(db, owner, NOW, move |tx, ctx| {
        let terms = terms.clone();
        offer::propose_agreement(tx, ctx, &ProposeAgreement { merchant, terms })
    }));
    ok(run_at(db, operator, NOW, move |tx, ctx| {
        offer::accept_agreement(
            tx,
            ctx,
            &AcceptAgreement {
                agreement,
                version: 1,
            },
        )
    }));
    let create = CreateOffer {
        card: None,
        merchant,
        agreement,
        title: LocalText::one("en", "Hot pot for two"),
        description: LocalText::one("en", "Bring a friend"),
        category: "catering".to_owned(),
        list_price: Money::new(plan.list_price, CNY),
        price_rules: plan.price_rules.clone(),
        group: plan.group,
        deposit: plan.deposit,
        stock: plan.stock,
        uses: plan.uses,
        valid_us: 30 * DAY_US,
        max_per_order: plan.max_per_order,
        stores: vec![place],
        media: None,
    };
    let offer = ok(run_at(db, owner, NOW, move |tx, ctx| {
        offer::create_offer(tx, ctx, &create)
    }));
    ok(run_at(db, owner, NOW, move |tx, ctx| {
        offer::publish_offer(tx, ctx, &PublishOffer { offer })
    }));
    offer
}
