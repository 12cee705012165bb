//! A small market, written through the commands into a database before a server opens it: a certified
//! shop, offers, coupons, consumers and cashiers whose session tokens the test knows.

use convert::Distribution;
use http::shell;
use kernel::{
    Actor, BucketId, CouponId, Ctx, Currency, DAY_US, HOUR_US, LocalText, MINUTE_US, OfferId, OrderId,
    PersonId, ResourceId, ShowingId, StoreId, Timestamp,
};
use offer::testing::{booked, bp, on_sale, seats, terms};
use offer::{AgreementTerms, BookingTerms, Deposit, DepositKind, GroupTerms, ResourceKind};
use party::testing::{PASSWORD_HASH, Shop, certified_shop, mail, operator, staff};
use party::{Contact, OperatorRole, RequestCode, Role, SignIn, SignInWithCode, SignInWithPassword};
use sha2::{Digest, Sha256};
use store::{Fail, Settings, Store, Tx, sql};

/// What one unit costs the buyer: 100.00 CNY less 20 %.
pub const DUE: i64 = 8_000;
/// And each of two who buy it together: 60.00 CNY less 20 %.
pub const GROUP_DUE: i64 = 4_800;
/// What a coupon takes off, in fen.
pub const COUPON: i64 = 1_000;

/// An open database that is being filled.
pub struct Market {
    pub(super) store: Store,
    /// Sells everything here.
    pub shop: Shop,
    made: u64,
}

/// Somebody with a session.
pub struct Visitor {
    /// Who.
    pub person: PersonId,
    /// The bearer token.
    pub token: String,
}

/// What is sold.
#[derive(Clone, Copy)]
pub struct Good {
    /// Its id.
    pub offer: OfferId,
    /// Its stock.
    pub stock: BucketId,
}

impl Market {
    /// Opens an empty database and a shop in it.
    pub fn open(url: &str) -> Self {
        let store = Store::open(&Settings::new(url)).unwrap();
        let shop = certified_shop(&store, 1);
        Self { store, shop, made: 0 }
    }

    /// Lets a server have the database.
    pub fn close(self) {
        self.store.close();
    }

    pub(super) fn run<T: Send + 'static>(
        &self,
        actor: Actor,
        command: impl Fn(&mut Tx, &Ctx) -> Result<T, Fail> + Send + 'static,
    ) -> T {
        self.run_in(shell::ctx(actor), command)
    }

    pub(super) fn run_in<T: Send + 'static>(
        &self,
        ctx: Ctx,
        command: impl Fn(&mut Tx, &Ctx) -> Result<T, Fail> + Send + 'static,
    ) -> T {
        self.store
            .run_blocking("test", ctx.request, ctx, command)
            .unwrap()
            .unwrap()
    }

    /// Leaves an order that holds nothing, which no command brings about: its payment cannot be taken in.
    pub fn lose_holds(&self, order: OrderId) {
        self.run(Actor::Anonymous, move |tx, _| {
            Ok(tx.claim(sql!(
                "UPDATE claim SET status = 'released' WHERE owner_id = $1",
                order
            ))?)
        });
    }

    /// From here on another shop sells everything.
    pub fn move_to_another_shop(&mut self) {
        let n = self.next();
        self.shop = certified_shop(&self.store, 1_000 + n);
    }

    pub(super) fn next(&mut self) -> u64 {
        self.made += 1;
        self.made
    }

    /// What is agreed on here: sold now, and at the time at which the shop was certified.
    pub(super) fn terms() -> AgreementTerms {
        AgreementTerms {
            starts_at: shell::now().min(party::testing::NOW).plus_us(-HOUR_US),
            ends_at: shell::now().max(party::testing::NOW).plus_us(30 * DAY_US),
            ..terms()
        }
    }

    /// An offer with this stock, whose vouchers have so many uses.
    pub fn offer(&mut self, stock: i64, uses: i64) -> Good {
        self.offer_to(Self::terms().head_count.max(stock), stock, uses)
    }

    /// The same to no more guests than this.
    pub fn offer_to(&mut self, head_count: i64, stock: i64, uses: i64) -> Good {
        let terms = AgreementTerms {
            head_count,
            ..Self::terms()
        };
        let n = self.next();
        let offer = on_sale(&self.store, self.shop, terms, n, |draft| {
            (draft.stock, draft.uses) = (stock, uses);
            draft.group = Some(GroupTerms {
                price: 6_000,
                size: 2,
                window_us: DAY_US,
            });
        })
        .offer;
        let [stock, _] = self
            .store
            .read_blocking(move |read| offer::queries::buckets_of(read, offer))
            .unwrap()
            .unwrap();
        Good { offer, stock }
    }

    /// An offer that is paid after the service.
    pub fn paid_after(&mut self) -> OfferId {
        let terms = AgreementTerms {
            discount_platform_bp: bp(0),
            ..Self::terms()
        };
        let n = self.next();
        let on_sale = on_sale(&self.store, self.shop, terms, n, |draft| {
            draft.deposit = Some(Deposit {
                kind: DepositKind::PayAfter,
                share_bp: bp(0),
            });
        });
        on_sale.offer
    }

    /// An offer of one table, or of one room for nights.
    pub fn booked(&mut self, terms: BookingTerms, kind: ResourceKind) -> OfferId {
        let n = self.next();
        let only_one = [(kind, seats("The only one", (1, 4), ""))];
        let (on_sale, _) = booked(
            &self.store,
            self.shop,
            (Self::terms(), n),
            (terms, &only_one),
            |_| {},
        );
        on_sale.offer
    }

    /// An offer that has showings, and its hall of one row.
    pub fn cinema(&mut self, row: &str) -> (OfferId, ResourceId) {
        let n = self.next();
        let map = offer::testing::seat_map(&[row]);
        let (on_sale, hall) = offer::testing::cinema(&self.store, self.shop, (Self::terms(), n), map, false);
        (on_sale.offer, hall)
    }

    /// The same with a showing at this time.
    pub fn screened(&mut self, row: &str, starts_at: Timestamp) -> (OfferId, ShowingId, Timestamp) {
        let (offer, hall) = self.cinema(row);
        let day = offer::Day::in_utc(starts_at).to_string();
        // Shanghai's clocks are eight hours ahead.
        let minute = starts_at.0.rem_euclid(DAY_US) / MINUTE_US + 480;
        let cmd = offer::testing::two_hours(offer, hall, &day, minute);
        let showing = self.run(self.shop.as_owner(), move |tx, ctx| {
            offer::schedule_showing(tx, ctx, &cmd)
        });
        (offer, showing, starts_at)
    }

    /// A coupon of the platform's over [`COUPON`], of which there are so many.
    pub fn coupon(&mut self, total: i64, per_person: i64) -> CouponId {
        self.coupon_with(total, per_person, total * COUPON)
    }

    /// The same, which the platform pays up to `budget`.
    pub fn coupon_with(&mut self, total: i64, per_person: i64, budget: i64) -> CouponId {
        self.issue(None, total, per_person, budget)
    }

    /// The same, which comes with every order of this offer.
    pub fn automatic_coupon(&mut self, of: &Good, per_person: i64, budget: i64) -> CouponId {
        self.issue(Some(of.offer), 1_000, per_person, budget)
    }

    /// Automatic if it is for one offer.
    fn issue(&mut self, offer: Option<OfferId>, total: i64, per_person: i64, budget: i64) -> CouponId {
        let n = self.next();
        let merchant = offer.map(|_| self.shop.merchant);
        let admin = operator(&self.store, OperatorRole::Admin, n);
        self.run(Actor::Operator(admin), move |tx, ctx| {
            let cmd = convert::CreateCoupon {
                merchant,
                offer,
                title: LocalText::one("zh-CN", "满 50 减 10"),
                kind: convert::CouponKind::Cash { amount: COUPON },
                conditions: convert::decide::Conditions::default(),
                currency: Currency::CNY,
                min_spend: 0,
                platform_share: bp(10_000),
                per_person,
                per_day: per_person,
                per_device: None,
                distribution: offer.map_or(Distribution::Claimed, |_| Distribution::Automatic),
                total,
                budget,
                starts_at: ctx.now.plus_us(-HOUR_US),
                ends_at: ctx.now.plus_us(DAY_US),
            };
            convert::create_coupon(tx, ctx, &cmd)
        })
    }

    /// So many consumers. Many come at once, because there may be very many.
    pub fn consumers(&mut self, count: usize) -> Vec<Visitor> {
        let numbers: Vec<u64> = (0..count).map(|_| self.next()).collect();
        let market = &*self;
        std::thread::scope(|scope| {
            let groups = numbers.chunks(count.div_ceil(32).max(1));
            let groups: Vec<_> = groups
                .map(|group| scope.spawn(|| group.iter().map(|n| market.consumer(*n, 0)).collect::<Vec<_>>()))
                .collect();
            groups
                .into_iter()
                .flat_map(|group| group.join().unwrap())
                .collect()
        })
    }

    /// One consumer in two sessions.
    pub fn consumer_twice(&mut self) -> [Visitor; 2] {
        let n = self.next();
        // Codes of one address are a minute apart.
        [2, 0].map(|minutes_ago| self.consumer(n, minutes_ago))
    }

    fn consumer(&self, n: u64, minutes_ago: i64) -> Visitor {
        // No mobile number in China starts with 100: these belong to nobody.
        let contact = Contact::parse(&format!("+86100{n:08}")).unwrap();
        let token = hex::encode(shell::random_bytes::<32>());
        let token_hash = hash_of(&token);
        let mut ctx = shell::ctx(Actor::Anonymous);
        ctx.now = ctx.now.plus_us(-minutes_ago * MINUTE_US);
        let person = self.run_in(ctx, move |tx, ctx| {
            let (contact, code_hash) = (contact.clone(), [1; 32]);
            party::request_code(
                tx,
                ctx,
                &RequestCode {
                    contact: contact.clone(),
                    code_hash,
                },
            )?;
            let (device, locale) = ("test".to_owned(), "zh-CN".to_owned());
            let sign_in = SignInWithCode {
                contact,
                code_hash,
                token_hash,
                device,
                locale,
            };
            match party::sign_in_with_code(tx, ctx, &sign_in)? {
                SignIn::In { person, .. } => Ok(person),
                SignIn::Declined { .. } => panic!("the right code was declined"),
            }
        });
        Visitor { person, token }
    }

    /// So many cashiers of the shop, each with a session.
    pub fn cashiers(&mut self, count: usize) -> Vec<Visitor> {
        let at = Some(self.shop.store);
        (0..count).map(|_| self.staff(Role::Cashier, at)).collect()
    }

    /// Somebody of the shop, with a session.
    pub fn staff(&mut self, role: Role, at: Option<StoreId>) -> Visitor {
        let n = self.next();
        let person = staff(&self.store, self.shop, at, role, n);
        self.signed_in(person, mail("staff", n))
    }

    /// Somebody of the platform, with a session.
    pub fn operator(&mut self, role: OperatorRole) -> Visitor {
        let n = self.next();
        let person = operator(&self.store, role, n);
        self.signed_in(person, mail("operator", n))
    }

    fn signed_in(&self, person: PersonId, login: Contact) -> Visitor {
        let token = hex::encode(shell::random_bytes::<32>());
        let token_hash = hash_of(&token);
        self.run(Actor::Anonymous, move |tx, ctx| {
            let cmd = SignInWithPassword {
                login: login.clone(),
                verified_hash: PASSWORD_HASH.to_owned(),
                token_hash,
                device: "test".to_owned(),
            };
            party::sign_in_with_password(tx, ctx, &cmd)
        });
        Visitor { person, token }
    }
}

fn hash_of(token: &str) -> [u8; 32] {
    Sha256::digest(token.as_bytes()).into()
}
