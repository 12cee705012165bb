//! What people did in the market before a server opens it: coupons in wallets, orders that wait for their payment,
//! vouchers, visits, rebates, payouts and terms on the table. All of it through the commands.

use consume::{CancelBooking, JoinWaitlist, KeepPlaces, OfferPlace, When};
use convert::GroupChoice;
use http::shell;
use kernel::{
    Actor, AgreementId, CouponId, Ctx, Currency, GroupId, HOUR_US, OfferId, OrderId, PaymentAttemptId,
    PayoutId, RedemptionId, Timestamp, VoucherId, WaitlistEntryId, WalletCouponId,
};
use ledger::{Account, Leg, NewEntry, Reason};
use offer::testing::dinner;
use offer::{Period, ResourceKind};
use store::{Fail, Tx};

use super::market::{DUE, GROUP_DUE, Good, Market, Visitor};
use super::news;
use super::servers::SERVER_SECRET;

impl Market {
    /// A coupon in somebody's wallet.
    pub fn claimed(&self, coupon: CouponId, person: &Visitor) -> WalletCouponId {
        self.run(Actor::Consumer(person.person), move |tx, ctx| {
            convert::claim_coupon(tx, ctx, &convert::ClaimCoupon { coupon, device: None })
        })
    }

    /// An order of one unit whose payment was started.
    pub fn awaiting(&self, good: Good, buyer: &Visitor) -> (OrderId, PaymentAttemptId) {
        self.run(Actor::Consumer(buyer.person), started(good, None))
    }

    /// A payment that was started for an order whose hold is over.
    pub fn overdue(&self, good: Good, buyer: &Visitor) -> PaymentAttemptId {
        let then = shell::now().plus_us(-convert::HOLD_US);
        let ctx = Ctx::new(then, Actor::Consumer(buyer.person), shell::random_bytes());
        self.run_in(ctx, started(good, None)).1
    }

    /// A group whose leader has paid; it is complete with one more.
    pub fn group(&self, good: Good, leader: &Visitor) -> GroupId {
        let (order, attempt) = self.run(
            Actor::Consumer(leader.person),
            started(good, Some(GroupChoice::Open)),
        );
        self.run(Actor::System, move |tx, ctx| {
            convert::confirm_payment(tx, ctx, &paid(attempt, GROUP_DUE))
        });
        let order = self
            .store
            .read_blocking(move |read| convert::queries::order(read, order));
        order.unwrap().unwrap().group.unwrap()
    }

    /// An offer of one table, which was full at this time and is held now for somebody who waited.
    pub fn offered(&mut self, guest: &Visitor, at: Timestamp) -> (OfferId, WaitlistEntryId) {
        let offer = self.booked(dinner(), ResourceKind::Table);
        let (merchant, store, owner) = (self.shop.merchant, self.shop.store, self.shop.as_owner());
        let kept = self.run(owner, move |tx, ctx| {
            let keep = KeepPlaces {
                merchant,
                store,
                resources: offer::queries::resource_ids_of_offer(tx, offer)?.concat(),
                period: Period {
                    starts_at: at,
                    ends_at: at.plus_us(HOUR_US),
                },
                party: 1,
                note: String::new(),
            };
            consume::keep_places(tx, ctx, &keep)
        });
        let join = JoinWaitlist {
            offer,
            store,
            when: When::At(at),
            starts_until: None,
            party: 2,
            area: None,
            resources: Vec::new(),
        };
        let entry = self.run(Actor::Consumer(guest.person), move |tx, ctx| {
            consume::join_waitlist(tx, ctx, &join)
        });
        self.run(owner, move |tx, ctx| {
            consume::cancel_booking(tx, ctx, &CancelBooking { booking: kept })
        });
        self.run(Actor::System, move |tx, ctx| {
            consume::offer_place(tx, ctx, &OfferPlace { entry })
        });
        (offer, entry)
    }

    /// A paid voucher for one unit.
    pub fn voucher(&self, good: Good, holder: &Visitor) -> VoucherId {
        let (order, attempt) = self.awaiting(good, holder);
        self.run(Actor::System, move |tx, ctx| {
            convert::confirm_payment(tx, ctx, &paid(attempt, DUE))
        });
        let issued = self
            .store
            .read_blocking(move |read| convert::queries::order_vouchers(read, order));
        issued.unwrap()[0].voucher
    }

    /// The try that paid for a voucher.
    pub fn attempt(&self, voucher: VoucherId) -> PaymentAttemptId {
        let attempts = self.store.read_blocking(move |read| {
            let money = convert::queries::voucher_money(read, voucher)?.unwrap();
            convert::queries::attempts_of(read, money.order)
        });
        attempts.unwrap()[0].id
    }

    /// The twelve digits of a voucher.
    pub fn code(&self, voucher: VoucherId) -> String {
        let key = http::code_key(&SERVER_SECRET);
        key.code(self.number(voucher)).to_string()
    }

    fn number(&self, voucher: VoucherId) -> i64 {
        let found = self
            .store
            .read_blocking(move |read| voucher::queries::voucher(read, voucher));
        found.unwrap().unwrap().number
    }

    /// One use of the voucher, taken by its code.
    pub fn redemption(&self, voucher: VoucherId, cashier: &Visitor) -> RedemptionId {
        let cmd = consume::RedeemCode {
            uses: None,
            merchant: self.shop.merchant,
            store: self.shop.store,
            device: None,
            number: self.number(voucher),
        };
        let as_cashier = Actor::Staff(cashier.person, self.shop.merchant);
        self.run(as_cashier, move |tx, ctx| {
            match consume::redeem_code(tx, ctx, &cmd)? {
                consume::CodeAnswer::Redeemed(redeemed) => Ok(redeemed.redemption),
                consume::CodeAnswer::Declined { .. } => panic!("the right code was declined"),
            }
        })
    }

    /// Rebates that somebody can spend.
    pub fn rebate(&self, person: &Visitor, amount: i64) {
        let person = person.person;
        self.run(Actor::System, move |tx, ctx| {
            let legs = [
                Leg::debit(Account::Rounding, None, amount),
                Leg::credit(Account::RebatePayable, Some(person.uuid()), amount),
            ];
            let (reason, currency) = (Reason::RebateAccrued, Currency::CNY);
            let entry = NewEntry::of(reason, ctx.request.uuid(), currency, legs).unwrap();
            ledger::post(tx, ctx, &entry)?;
            ledger::give_back(tx, person, currency, amount)
        });
    }

    /// A payout of everything that the shop is owed.
    pub fn payout(&self, proposer: &Visitor) -> PayoutId {
        let cmd = ledger::ProposePayout {
            merchant: self.shop.merchant,
            currency: Currency::CNY,
            until: Timestamp::MAX,
        };
        self.run(Actor::Operator(proposer.person), move |tx, ctx| {
            Ok(ledger::propose_payout(tx, ctx, &cmd)?.payout)
        })
    }

    /// Terms that the shop proposed and nobody has answered.
    pub fn proposal(&self) -> AgreementId {
        let cmd = offer::ProposeAgreement {
            merchant: self.shop.merchant,
            terms: Self::terms(),
        };
        self.run(self.shop.as_owner(), move |tx, ctx| {
            offer::propose_agreement(tx, ctx, &cmd)
        })
    }
}

/// What the provider reports.
fn paid(attempt: PaymentAttemptId, amount: i64) -> convert::ConfirmPayment {
    convert::ConfirmPayment {
        attempt,
        provider: http::PROVIDER_NAME.to_owned(),
        provider_payment: news::name_of(attempt),
        amount,
        currency: Currency::CNY,
        instrument: None,
    }
}

/// Places an order of one unit and starts its payment.
fn started(
    good: Good,
    group: Option<GroupChoice>,
) -> impl Fn(&mut Tx, &Ctx) -> Result<(OrderId, PaymentAttemptId), Fail> + Send + 'static {
    let order = convert::PlaceOrder {
        offer: good.offer,
        quantity: 1,
        wallet_coupons: Vec::new(),
        share_token: None,
        entry: None,
        use_rebate: false,
        group,
        seats: None,
        expected_cash: None,
    };
    move |tx, ctx| {
        let order = convert::place_order(tx, ctx, &order)?.order;
        let provider = http::PROVIDER_NAME.to_owned();
        let start = convert::StartPayment { order, provider };
        Ok((order, convert::start_payment(tx, ctx, &start)?.attempt))
    }
}
