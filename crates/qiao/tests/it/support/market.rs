//! A small market, written through the commands into a database before a server opens it: a certified
//! shop, offers, coupons, consumers and cashiers whose session tokens the test knows.

use http::shell;
use kernel::{
    Actor, BucketId, CouponId, Ctx, Currency, DAY_US, HOUR_US, LocalText, OfferId, PersonId, VoucherId,
};
use offer::testing::{bp, on_sale, terms};
use party::testing::{PASSWORD_HASH, Shop, certified_shop, mail, operator, staff};
use party::{Contact, OperatorRole, RequestCode, Role, SignIn, SignInWithCode, SignInWithPassword};
use sha2::{Digest, Sha256};
use store::{Fail, Settings, Store, Tx};

/// What one unit costs the buyer: 100.00 CNY less 20 %.
pub const DUE: i64 = 8_000;

/// An open database that is being filled.
pub struct Market {
    store: Store,
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

    fn run<T: Send + 'static>(
        &self,
        actor: Actor,
        command: impl Fn(&mut Tx, &Ctx) -> Result<T, Fail> + Send + 'static,
    ) -> T {
        let ctx = shell::ctx(actor);
        self.store
            .run_blocking("test", ctx.request, ctx, command)
            .unwrap()
            .unwrap()
    }

    fn next(&mut self) -> u64 {
        self.made += 1;
        self.made
    }

    /// An offer with this stock, whose vouchers have so many uses.
    pub fn offer(&mut self, stock: i64, uses: i64) -> Good {
        let terms = offer::AgreementTerms {
            // On sale now, and at the time at which the shop was certified.
            starts_at: shell::now().min(party::testing::NOW).plus_us(-HOUR_US),
            ends_at: shell::now().max(party::testing::NOW).plus_us(30 * DAY_US),
            ..terms()
        };
        let n = self.next();
        let offer = on_sale(&self.store, self.shop, terms, n, |draft| {
            (draft.stock, draft.uses) = (stock, uses)
        })
        .offer;
        let [stock, _] = self
            .store
            .read_blocking(move |read| offer::queries::buckets_of(read, offer))
            .unwrap()
            .unwrap();
        Good { offer, stock }
    }

    /// A coupon of the platform's, of which there are so many.
    pub fn coupon(&mut self, total: i64, per_person: i64) -> CouponId {
        let n = self.next();
        let admin = operator(&self.store, OperatorRole::Admin, n);
        self.run(Actor::Operator(admin), move |tx, ctx| {
            let cmd = convert::CreateCoupon {
                merchant: None,
                offer: None,
                title: LocalText::one("zh-CN", "满 50 减 10"),
                kind: convert::CouponKind::Cash { amount: 1_000 },
                currency: Currency::CNY,
                min_spend: 0,
                platform_share: bp(10_000),
                per_person,
                total,
                budget: 1_000_000,
                starts_at: ctx.now.plus_us(-HOUR_US),
                ends_at: ctx.now.plus_us(DAY_US),
            };
            convert::create_coupon(tx, ctx, &cmd)
        })
    }

    /// So many consumers.
    pub fn consumers(&mut self, count: usize) -> Vec<Visitor> {
        (0..count).map(|_| self.consumer()).collect()
    }

    fn consumer(&mut self) -> Visitor {
        // No mobile number in China starts with 100: these belong to nobody.
        let contact = Contact::parse(&format!("+86100{:08}", self.next())).unwrap();
        let token = hex::encode(shell::random_bytes::<32>());
        let token_hash = hash_of(&token);
        let person = self.run(Actor::Anonymous, move |tx, ctx| {
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
        (0..count).map(|_| self.cashier()).collect()
    }

    fn cashier(&mut self) -> Visitor {
        let n = self.next();
        let person = staff(&self.store, self.shop, Some(self.shop.store), Role::Cashier, n);
        let token = hex::encode(shell::random_bytes::<32>());
        let token_hash = hash_of(&token);
        self.run(Actor::Anonymous, move |tx, ctx| {
            let cmd = SignInWithPassword {
                login: mail("staff", n),
                verified_hash: PASSWORD_HASH.to_owned(),
                token_hash,
                device: "test".to_owned(),
            };
            party::sign_in_with_password(tx, ctx, &cmd)
        });
        Visitor { person, token }
    }

    /// A paid voucher for one unit.
    pub fn voucher(&self, good: Good, holder: &Visitor) -> VoucherId {
        let buyer = Actor::Consumer(holder.person);
        let order = convert::PlaceOrder {
            offer: good.offer,
            quantity: 1,
            wallet_coupon: None,
            share_token: None,
            entry: None,
            use_rebate: false,
            expected_cash: None,
        };
        let provider = http::PROVIDER_NAME.to_owned();
        let attempt = self.run(buyer, move |tx, ctx| {
            let order = convert::place_order(tx, ctx, &order)?.order;
            let start = convert::StartPayment {
                order,
                provider: provider.clone(),
            };
            Ok(convert::start_payment(tx, ctx, &start)?.attempt)
        });
        self.run(Actor::System, move |tx, ctx| {
            let cmd = convert::ConfirmPayment {
                attempt,
                provider: http::PROVIDER_NAME.to_owned(),
                provider_payment: format!("test-{attempt}"),
                amount: DUE,
                currency: Currency::CNY,
                instrument: None,
            };
            convert::confirm_payment(tx, ctx, &cmd)
        });
        let person = holder.person;
        let held = self
            .store
            .read_blocking(move |read| voucher::queries::vouchers_of(read, person, None, 1))
            .unwrap();
        held[0].id
    }
}

fn hash_of(token: &str) -> [u8; 32] {
    Sha256::digest(token.as_bytes()).into()
}
