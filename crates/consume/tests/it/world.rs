//! A certified merchant with two stores, one of which takes the vouchers of its offer, and what people
//! do there. Everything goes through the commands.

use consume::{
    CodeAnswer, OfflineScan, RedeemCode, RedeemScan, Redeemed, Redemption, RefundRedeemed, SyncOffline,
    SyncedScan, UndoRedemption,
};
use convert::{
    ConfirmPayment, ConfirmRefund, ExpireVoucher, FailRefund, MarkRefundSent, PlaceOrder, PlacedOrder,
    RefundVoucher, StartPayment,
};
use kernel::{
    Actor, Ctx, Currency, DeviceId, OfferId, OrderId, PersonId, RedemptionId, RefundId, StoreId, Timestamp,
    VoucherId,
};
use ledger::Account;
use offer::{AgreementTerms, CreateOffer};
use party::testing::{NOW, Shop, certified_shop, consumer, ctx_at, run, staff, store_details};
use party::{AcceptFranchise, AddStore, EndFranchise, OfferFranchise, RegisterDevice, Role};
use store::{Fail, Rejected, Store, Tx, sql};
use voucher::{
    BindDevice, CheckedPass, DeviceKey, KeyRing, Network, Scanner, SigningKey, StoreSets, check_qr, present,
    sign_pass,
};

pub const CNY: Currency = Currency::CNY;
pub const PROVIDER: &str = "acme";

pub struct World<'s> {
    pub db: &'s Store,
    pub shop: Shop,
    /// Of the same merchant, but not one of the vouchers' stores.
    pub branch: StoreId,
    pub cashier: PersonId,
    pub offer: OfferId,
    pub buyer: PersonId,
    platform: SigningKey,
    ring: KeyRing,
}

/// What a purchase came to.
#[derive(Clone)]
pub struct Bought {
    pub order: OrderId,
    pub vouchers: Vec<VoucherId>,
}

/// A command that has to succeed.
pub fn ok<T: Send + 'static>(
    db: &Store,
    ctx: Ctx,
    command: impl Fn(&mut Tx, &Ctx) -> Result<T, Fail> + Send + 'static,
) -> T {
    run(db, ctx, command).expect("no rejection")
}

impl<'s> World<'s> {
    /// The offer costs 100.00 CNY and has one use, unless `change` says otherwise.
    pub fn new(db: &'s Store, terms: AgreementTerms, change: impl Fn(&mut CreateOffer)) -> Self {
        let shop = certified_shop(db, 1);
        let branch = AddStore {
            merchant: shop.merchant,
            details: store_details(2),
        };
        let branch = ok(db, ctx_at(NOW, shop.as_owner()), move |tx, ctx| {
            party::add_store(tx, ctx, &branch)
        });
        let on_sale = offer::testing::on_sale(db, shop, terms, 1, change);
        let platform = SigningKey::from_bytes(&[1; 32]);
        let mut ring = KeyRing::default();
        ring.add(platform.verifying_key().as_bytes())
            .expect("a sound key");
        Self {
            db,
            shop,
            branch,
            cashier: staff(db, shop, None, Role::Cashier, 1),
            offer: on_sale.offer,
            buyer: consumer(db, 1),
            platform,
            ring,
        }
    }

    pub fn as_cashier(&self) -> Actor {
        Actor::Staff(self.cashier, self.shop.merchant)
    }

    pub fn run<T: Send + 'static>(
        &self,
        actor: Actor,
        now: Timestamp,
        command: impl Fn(&mut Tx, &Ctx) -> Result<T, Fail> + Send + 'static,
    ) -> Result<T, Rejected> {
        run(self.db, ctx_at(now, actor), command)
    }

    pub fn place(&self, buyer: PersonId, quantity: i64, share_token: Option<String>) -> PlacedOrder {
        let cmd = PlaceOrder {
            offer: self.offer,
            quantity,
            wallet_coupons: Vec::new(),
            share_token,
            entry: None,
            use_rebate: false,
            group: None,
            seats: None,
            expected_cash: None,
        };
        let placed = self.run(Actor::Consumer(buyer), NOW, move |tx, ctx| {
            convert::place_order(tx, ctx, &cmd)
        });
        placed.expect("placed")
    }

    pub fn pay(&self, buyer: PersonId, placed: &PlacedOrder, instrument: &str) -> Bought {
        let (order, amount) = (placed.order, placed.amounts.to_pay());
        let start = StartPayment {
            order,
            provider: PROVIDER.to_owned(),
        };
        let attempt = self.run(Actor::Consumer(buyer), NOW, move |tx, ctx| {
            convert::start_payment(tx, ctx, &start)
        });
        let attempt = attempt.expect("started").attempt;
        let report = ConfirmPayment {
            attempt,
            provider: PROVIDER.to_owned(),
            provider_payment: format!("p-{attempt}"),
            amount,
            currency: CNY,
            instrument: Some(instrument.to_owned()),
        };
        let paid = self.run(Actor::Provider(1), NOW, move |tx, ctx| {
            convert::confirm_payment(tx, ctx, &report)
        });
        paid.expect("paid");
        let vouchers = self
            .db
            .read_blocking(move |read| convert::queries::order_vouchers(read, order));
        let vouchers = vouchers
            .expect("an answer")
            .into_iter()
            .map(|of| of.voucher)
            .collect();
        self.audit();
        Bought { order, vouchers }
    }

    pub fn buy(&self, quantity: i64) -> Bought {
        let placed = self.place(self.buyer, quantity, None);
        self.pay(self.buyer, &placed, "card-1")
    }

    pub fn voucher(&self, voucher: VoucherId) -> voucher::Voucher {
        let found = self
            .db
            .read_blocking(move |read| voucher::queries::voucher(read, voucher));
        found.expect("an answer").expect("a voucher")
    }

    /// What the scanner of the vouchers' store reads off the holder's screen at that moment.
    pub fn pass_at(&self, voucher: VoucherId, now: Timestamp) -> CheckedPass {
        let device = DeviceKey::from_bytes(&[2; 32]).expect("a key");
        let bind = BindDevice {
            voucher,
            device_key: device.public_key(),
        };
        let stored = self.voucher(voucher);
        if stored.device_key.is_none() {
            let bound = self.run(Actor::Consumer(stored.holder), NOW, move |tx, ctx| {
                voucher::bind_device(tx, ctx, &bind)
            });
            bound.expect("bound");
        }
        let terms = self
            .voucher(voucher)
            .pass_terms(Timestamp::MAX)
            .expect("a bound voucher");
        let qr = present(&sign_pass(&self.platform, &terms), &device, now);
        let merchant = self.shop.merchant;
        let store_sets: StoreSets = self
            .db
            .read_blocking(move |read| voucher::queries::store_sets(read, merchant))
            .expect("an answer");
        let scanner = Scanner {
            keys: &self.ring,
            store_sets: &store_sets,
            store: self.shop.store,
            network: Network::Online,
        };
        check_qr(&qr, &scanner, now).expect("a sound QR")
    }

    pub fn pass(&self, voucher: VoucherId) -> CheckedPass {
        self.pass_at(voucher, NOW)
    }

    pub fn scan_of(&self, voucher: VoucherId) -> RedeemScan {
        RedeemScan {
            merchant: self.shop.merchant,
            store: self.shop.store,
            device: None,
            pass: self.pass(voucher),
            uses: None,
        }
    }

    pub fn scan_as(&self, actor: Actor, now: Timestamp, cmd: RedeemScan) -> Result<Redeemed, Rejected> {
        self.run(actor, now, move |tx, ctx| consume::redeem_scan(tx, ctx, &cmd))
    }

    pub fn scan(&self, voucher: VoucherId) -> Result<Redeemed, Rejected> {
        let redeemed = self.scan_as(self.as_cashier(), NOW, self.scan_of(voucher));
        self.audit();
        redeemed
    }

    pub fn by_code(&self, number: i64) -> RedeemCode {
        RedeemCode {
            merchant: self.shop.merchant,
            store: self.shop.store,
            device: None,
            number,
            uses: None,
        }
    }

    pub fn type_code(&self, actor: Actor, now: Timestamp, cmd: RedeemCode) -> Result<CodeAnswer, Rejected> {
        let answer = self.run(actor, now, move |tx, ctx| consume::redeem_code(tx, ctx, &cmd));
        self.audit();
        answer
    }

    pub fn undo(&self, redemption: RedemptionId, now: Timestamp) -> Result<(), Rejected> {
        let undone = self.run(self.as_cashier(), now, move |tx, ctx| {
            consume::undo_redemption(tx, ctx, &UndoRedemption { redemption })
        });
        self.audit();
        undone
    }

    pub fn refund_redeemed(
        &self,
        actor: Actor,
        redemption: RedemptionId,
        now: Timestamp,
    ) -> Result<RefundId, Rejected> {
        let ctx = ctx_at(now, actor).with_reason("the soup was cold".to_owned());
        let refund = run(self.db, ctx, move |tx, ctx| {
            consume::refund_redeemed(tx, ctx, &RefundRedeemed { redemption })
        });
        self.audit();
        refund
    }

    pub fn refund_voucher(&self, voucher: VoucherId) -> Result<RefundId, Rejected> {
        let refunded = self.run(Actor::Consumer(self.buyer), NOW, move |tx, ctx| {
            convert::refund_voucher(tx, ctx, &RefundVoucher { voucher })
        });
        self.audit();
        refunded.map(|refunded| refunded.refund)
    }

    pub fn confirm_refund(&self, refund: RefundId) {
        let confirmed = self.run(Actor::Provider(1), NOW, move |tx, ctx| {
            let provider = PROVIDER.to_owned();
            convert::confirm_refund(tx, ctx, &ConfirmRefund { refund, provider })
        });
        confirmed.expect("confirmed");
        self.audit();
    }

    pub fn send_refund(&self, refund: RefundId) {
        let sent = self.run(Actor::Provider(1), NOW, move |tx, ctx| {
            convert::mark_refund_sent(tx, ctx, &MarkRefundSent { refund })
        });
        sent.expect("sent");
    }

    /// What became of one sending of a refund, from 1.
    pub fn fail_refund(&self, refund: RefundId, tries: i64) {
        let failed = self.run(Actor::Provider(1), NOW, move |tx, ctx| {
            let provider = PROVIDER.to_owned();
            let cmd = FailRefund {
                refund,
                provider,
                tries,
            };
            convert::fail_refund(tx, ctx, &cmd)
        });
        failed.expect("failed");
        self.audit();
    }

    pub fn expire(&self, voucher: VoucherId, now: Timestamp) -> bool {
        let expired = self.run(Actor::System, now, move |tx, ctx| {
            convert::expire_voucher(tx, ctx, &ExpireVoucher { voucher })
        });
        self.audit();
        expired.expect("an answer")
    }

    pub fn device(&self, n: usize) -> DeviceId {
        let cmd = RegisterDevice {
            merchant: self.shop.merchant,
            store: self.shop.store,
            name: format!("Till {n}"),
        };
        let device = self.run(self.shop.as_owner(), NOW, move |tx, ctx| {
            party::register_device(tx, ctx, &cmd)
        });
        device.expect("registered")
    }

    pub fn sync_at(
        &self,
        device: DeviceId,
        scans: Vec<OfflineScan>,
        now: Timestamp,
    ) -> Result<Vec<SyncedScan>, Rejected> {
        let cmd = SyncOffline {
            merchant: self.shop.merchant,
            store: self.shop.store,
            device,
            scans,
        };
        let actor = self.as_cashier();
        self.run(actor, now, move |tx, ctx| consume::sync_offline(tx, ctx, &cmd))
    }

    pub fn sync(&self, device: DeviceId, scans: &[OfflineScan]) -> Vec<SyncedScan> {
        let synced = self.sync_at(device, scans.to_vec(), NOW.plus_us(kernel::HOUR_US));
        self.audit();
        synced.expect("synced")
    }

    pub fn redemptions(&self, voucher: VoucherId) -> Vec<Redemption> {
        let found = self
            .db
            .read_blocking(move |read| consume::queries::redemptions_of_voucher(read, voucher));
        found.expect("an answer")
    }

    /// What the ledger has of an account, as an amount that is owed or earned: credits positive.
    pub fn credit(&self, account: Account, owner: Option<uuid::Uuid>) -> (i64, i64) {
        let balance = self
            .db
            .read_blocking(move |read| ledger::queries::balance(read, account, owner, CNY))
            .expect("a balance");
        (-balance.posted, -balance.pending)
    }

    pub fn escrow(&self, order: OrderId) -> (i64, i64) {
        self.credit(Account::Escrow, Some(order.uuid()))
    }

    pub fn payable(&self) -> i64 {
        self.payable_to(self.shop)
    }

    pub fn payable_to(&self, shop: Shop) -> i64 {
        self.credit(Account::MerchantPayable, Some(shop.merchant.uuid()))
            .0
    }

    pub fn offer_franchise(&self, to: Shop) {
        let offer = OfferFranchise {
            store: self.shop.store,
            franchisee: to.merchant,
        };
        ok(self.db, ctx_at(NOW, self.shop.as_owner()), move |tx, ctx| {
            party::offer_franchise(tx, ctx, &offer)
        });
    }

    pub fn accept_franchise(&self, by: Shop) {
        let store = self.shop.store;
        ok(self.db, ctx_at(NOW, by.as_owner()), move |tx, ctx| {
            party::accept_franchise(tx, ctx, &AcceptFranchise { store })
        });
    }

    pub fn end_franchise(&self) {
        let store = self.shop.store;
        ok(self.db, ctx_at(NOW, self.shop.as_owner()), move |tx, ctx| {
            party::end_franchise(tx, ctx, &EndFranchise { store })
        });
    }

    pub fn commission(&self) -> i64 {
        self.credit(Account::Commission, None).0
    }

    pub fn number(&self, statement: fn() -> store::Query) -> i64 {
        let row = self.db.read_blocking(move |read| Ok(read.one(statement())?));
        row.expect("an answer").expect("a row").take().expect("a number")
    }

    /// The books sum to zero, and what is owed to merchants is what their statements say, less what was
    /// paid out.
    pub fn audit(&self) {
        let rows = self
            .db
            .read_blocking(ledger::queries::trial_balance)
            .expect("a trial balance");
        let sum = rows.iter().fold((0, 0), |sum, row| {
            (sum.0 + row.balance.posted, sum.1 + row.balance.pending)
        });
        assert_eq!(sum, (0, 0), "the books balance");
        let [lines, paid] = [
            || sql!("SELECT CAST(COALESCE(SUM(payable), 0) AS BIGINT) FROM settlement_line"),
            || sql!("SELECT CAST(COALESCE(SUM(amount), 0) AS BIGINT) FROM payout WHERE status = 'paid'"),
        ]
        .map(|statement: fn() -> store::Query| self.number(statement));
        let owed = rows.iter().find(|row| row.account == Account::MerchantPayable);
        let owed = owed.map_or(0, |row| -row.balance.posted);
        assert_eq!(owed, lines - paid, "the statements are what is owed");
    }
}
