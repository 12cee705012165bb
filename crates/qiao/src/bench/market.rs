//! What a benchmark sells, and to whom: certified merchants with an accepted agreement and one offer of a
//! stock that does not run out, consumers and cashiers with sessions. All of it goes through the commands.

use http::{App, shell};
use kernel::{
    Actor, BasisPoints, Ctx, Currency, DAY_US, DeviceId, GeoPoint, HOUR_US, LocalText, MINUTE_US, Media,
    MerchantId, Money, OfferId, PersonId, StoreId,
};
use offer::{AgreementTerms, OnExpiry};
use party::{Contact, OperatorRole, Role};
use sha2::{Digest, Sha256};
use store::{Fail, StorageError, Tx};

use crate::serve::Failure;

/// The most vouchers of one order.
pub const MOST_UNITS: i64 = 100;
const LIST_PRICE: i64 = 10_000;
const PASSWORD_HASH: &str = "$argon2id$v=19$m=19456,t=2,p=1$c2FsdHNhbHQ$aGFzaGhhc2hoYXNo";

/// A merchant that sells one thing.
#[derive(Debug, Clone, Copy)]
pub struct Shop {
    pub merchant: MerchantId,
    pub owner: PersonId,
    pub store: StoreId,
    pub offer: OfferId,
    /// What one unit costs, in fen.
    pub due: i64,
}

/// Somebody with a session.
#[derive(Debug, Clone)]
pub struct Visitor {
    pub person: PersonId,
    /// The bearer token.
    pub token: String,
}

/// Somebody at a counter.
#[derive(Debug, Clone)]
pub struct Clerk {
    pub token: String,
    pub device: DeviceId,
}

/// Runs a script of commands as one transaction.
pub fn run<T: Send + 'static>(
    app: &App,
    script: impl Fn(&mut Tx, &Ctx) -> Result<T, Fail> + Send + 'static,
) -> Result<T, Failure> {
    let ctx = shell::ctx(Actor::System);
    let done = app.store.run_blocking("bench", ctx.request, ctx, script)?;
    done.map_err(|rejected| format!("{}: {}", rejected.code, rejected.detail).into())
}

/// The context of one command of a script.
pub fn acting(ctx: &Ctx, actor: Actor) -> Ctx {
    Ctx::new(ctx.now, actor, ctx.random_bytes())
}

/// So many shops.
pub fn open_shops(app: &App, count: usize) -> Result<Vec<Shop>, Failure> {
    let admin = run(app, |tx, ctx| {
        let cmd = party::GrantOperator {
            login: Contact::parse("admin@bench.example")?,
            password_hash: PASSWORD_HASH.to_owned(),
            name: "Bench".to_owned(),
            role: OperatorRole::Admin,
        };
        party::grant_operator(tx, ctx, &cmd)
    })?;
    (0..count)
        .map(|n| run(app, move |tx, ctx| open_shop(tx, ctx, admin, n)))
        .collect()
}

fn open_shop(tx: &mut Tx, ctx: &Ctx, admin: PersonId, n: usize) -> Result<Shop, Fail> {
    let register = party::RegisterMerchant {
        name: LocalText::one("zh-CN", &format!("桥头餐饮 {n}")),
        login: Contact::parse(&format!("owner-{n}@bench.example"))?,
        password_hash: PASSWORD_HASH.to_owned(),
        person_name: format!("Owner {n}"),
        token_hash: ctx.random_bytes(),
        device: "bench".to_owned(),
    };
    let made = party::register_merchant(tx, &acting(ctx, Actor::Anonymous), &register)?;
    let owner = acting(ctx, Actor::Staff(made.person, made.merchant));
    let operator = acting(ctx, Actor::Operator(admin));
    let add = party::AddStore {
        merchant: made.merchant,
        details: store_details(n)?,
    };
    let store = party::add_store(tx, &owner, &add)?;
    certify(tx, made.merchant, &owner, &operator)?;
    let terms = terms(ctx);
    let propose = offer::ProposeAgreement {
        merchant: made.merchant,
        terms: terms.clone(),
    };
    let agreement = offer::propose_agreement(tx, &owner, &propose)?;
    offer::accept_agreement(
        tx,
        &operator,
        &offer::AcceptAgreement {
            agreement,
            version: 1,
        },
    )?;
    let create = offer::CreateOffer {
        merchant: made.merchant,
        agreement,
        title: LocalText::one("zh-CN", "双人火锅套餐"),
        description: LocalText::one("zh-CN", "锅底、两荤三素\n节假日通用"),
        category: "hot_pot".to_owned(),
        list_price: Money::new(LIST_PRICE, Currency::CNY),
        price_rules: Vec::new(),
        group: None,
        deposit: None,
        stock: i64::from(i32::MAX),
        uses: 1,
        card: None,
        valid_us: 90 * DAY_US,
        max_per_order: MOST_UNITS,
        stores: vec![store],
        media: None,
    };
    let offer = offer::create_offer(tx, &owner, &create)?;
    offer::publish_offer(tx, &owner, &offer::PublishOffer { offer })?;
    let due = offer::prices(&terms, create.list_price).due.amount;
    Ok(Shop {
        merchant: made.merchant,
        owner: made.person,
        store,
        offer,
        due,
    })
}

fn store_details(n: usize) -> Result<party::StoreDetails, Fail> {
    let place = GeoPoint::from_microdegrees(31_230_400, 121_473_700);
    Ok(party::StoreDetails {
        name: LocalText::one("zh-CN", &format!("桥头火锅 {n}")),
        category: "hot_pot".to_owned(),
        address: format!("南京西路 {n} 号"),
        phone: "+86 21 5555 0000".to_owned(),
        place: place.ok_or_else(|| StorageError::bug("a place off the globe"))?,
        time_zone: "Asia/Shanghai".to_owned(),
        currency: Currency::CNY,
        opening_hours: "Mo-Su 10:00-22:00".to_owned(),
        offline_max_uses: 20,
        offline_max_amount: 500_000,
    })
}

fn certify(tx: &mut Tx, merchant: MerchantId, owner: &Ctx, operator: &Ctx) -> Result<(), Fail> {
    let licence = party::RecordMedia {
        id: owner.new_id::<Media>(),
        owner: party::MediaOwner::Merchant(merchant),
        sha256: owner.random_bytes(),
        content_type: "image/png".to_owned(),
        size: 1_000,
    };
    let submit = party::SubmitCertification {
        merchant,
        kind: "business_license".to_owned(),
        number: "91310101MA1BENCH01".to_owned(),
        media: party::record_media(tx, owner, &licence)?,
        valid_until: owner.now.plus_us(3_650 * DAY_US),
    };
    let certification = party::submit_certification(tx, owner, &submit)?;
    let decide = party::DecideCertification {
        certification,
        approve: true,
        note: String::new(),
    };
    party::decide_certification(tx, operator, &decide)?;
    Ok(())
}

fn terms(ctx: &Ctx) -> AgreementTerms {
    let points = |points| BasisPoints::new(points).unwrap_or(BasisPoints::ZERO);
    AgreementTerms {
        starts_at: ctx.now.plus_us(-HOUR_US),
        ends_at: ctx.now.plus_us(30 * DAY_US),
        head_count: i64::from(i32::MAX),
        discount_bp: points(2_000),
        discount_platform_bp: points(2_500),
        platform_cap: None,
        commission_bp: points(1_000),
        rebate_bp: points(200),
        friend_discount_bp: points(500),
        refund_window_us: 7 * DAY_US,
        undo_window_us: 15 * MINUTE_US,
        on_expiry: OnExpiry::Refund,
    }
}

fn token() -> String {
    hex::encode(shell::random_bytes::<32>())
}

fn hash_of(token: &str) -> [u8; 32] {
    Sha256::digest(token.as_bytes()).into()
}

/// How many consumers arrive in one transaction.
const ARRIVE_TOGETHER: usize = 100;

/// So many consumers, each signed in.
pub fn invite(app: &App, count: usize) -> Result<Vec<Visitor>, Failure> {
    let tokens: Vec<String> = (0..count).map(|_| token()).collect();
    let mut visitors = Vec::with_capacity(count);
    for together in tokens.chunks(ARRIVE_TOGETHER) {
        let first = visitors.len();
        let hashes: Vec<_> = together.iter().map(|token| hash_of(token)).collect();
        let persons = run(app, move |tx, ctx| {
            let numbered = hashes.iter().enumerate();
            let join = numbered.map(|(n, token_hash)| join(tx, ctx, first + n, *token_hash));
            join.collect::<Result<Vec<_>, _>>()
        })?;
        let joined = persons.into_iter().zip(together);
        visitors.extend(joined.map(|(person, token)| Visitor {
            person,
            token: token.clone(),
        }));
    }
    Ok(visitors)
}

fn join(tx: &mut Tx, ctx: &Ctx, n: usize, token_hash: [u8; 32]) -> Result<PersonId, Fail> {
    let contact = Contact::parse(&format!("+86100{n:08}"))?;
    let nobody = acting(ctx, Actor::Anonymous);
    let request = party::RequestCode {
        contact: contact.clone(),
        code_hash: [1; 32],
    };
    party::request_code(tx, &nobody, &request)?;
    let (device, locale) = ("bench".to_owned(), "zh-CN".to_owned());
    let sign_in = party::SignInWithCode {
        contact,
        code_hash: [1; 32],
        token_hash,
        device,
        locale,
    };
    match party::sign_in_with_code(tx, &nobody, &sign_in)? {
        party::SignIn::In { person, .. } => Ok(person),
        party::SignIn::Declined { .. } => Err(StorageError::bug("a right code was declined").into()),
    }
}

/// So many cashiers of a shop, each signed in at a scanner of their own.
pub fn engage(app: &App, shop: Shop, count: usize) -> Result<Vec<Clerk>, Failure> {
    let join = |n: usize| {
        let token = token();
        let token_hash = hash_of(&token);
        let device = run(app, move |tx, ctx| {
            let owner = acting(ctx, Actor::Staff(shop.owner, shop.merchant));
            let login = Contact::parse(&format!("cashier-{n}@bench.example"))?;
            let add = party::AddStaff {
                merchant: shop.merchant,
                login: login.clone(),
                password_hash: PASSWORD_HASH.to_owned(),
                name: format!("Cashier {n}"),
                store: Some(shop.store),
                role: Role::Cashier,
            };
            party::add_staff(tx, &owner, &add)?;
            let verified_hash = PASSWORD_HASH.to_owned();
            let sign_in = party::SignInWithPassword {
                login,
                verified_hash,
                token_hash,
                device: "bench".to_owned(),
            };
            party::sign_in_with_password(tx, &acting(ctx, Actor::Anonymous), &sign_in)?;
            let name = format!("Scanner {n}");
            party::register_device(
                tx,
                &owner,
                &party::RegisterDevice {
                    merchant: shop.merchant,
                    store: shop.store,
                    name,
                },
            )
        })?;
        Ok(Clerk { token, device })
    };
    (0..count).map(join).collect()
}

/// Places and pays one order of so many units, by the commands alone.
pub fn buy(
    tx: &mut Tx,
    ctx: &Ctx,
    shop: Shop,
    buyer: PersonId,
    quantity: i64,
) -> Result<kernel::OrderId, Fail> {
    let (consumer, provider) = (acting(ctx, Actor::Consumer(buyer)), acting(ctx, Actor::System));
    let order = convert::place_order(tx, &consumer, &place(shop, quantity))?.order;
    let start = convert::StartPayment {
        order,
        provider: http::PROVIDER_NAME.to_owned(),
    };
    let attempt = convert::start_payment(tx, &consumer, &start)?.attempt;
    convert::confirm_payment(tx, &provider, &confirm(shop, attempt, quantity))?;
    Ok(order)
}

/// A plain order.
pub fn place(shop: Shop, quantity: i64) -> convert::PlaceOrder {
    convert::PlaceOrder {
        offer: shop.offer,
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

/// The provider's news of its payment.
pub fn confirm(shop: Shop, attempt: kernel::PaymentAttemptId, quantity: i64) -> convert::ConfirmPayment {
    convert::ConfirmPayment {
        attempt,
        provider: http::PROVIDER_NAME.to_owned(),
        provider_payment: format!("bench-{attempt}"),
        amount: shop.due * quantity,
        currency: Currency::CNY,
        instrument: Some(format!("card-{attempt}")),
    }
}
