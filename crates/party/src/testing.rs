//! A small cast for the tests of this crate and those below: operators, merchants with an owner and a
//! store, consumers. All of it goes through the commands; nothing is written past them.

use std::sync::atomic::{AtomicU64, Ordering};

use kernel::{
    Actor, Ctx, Currency, DAY_US, GeoPoint, LocalText, MediaId, MerchantId, PersonId, StoreId, Timestamp,
};
use store::{Fail, Rejected, Store, Tx};

use crate::{
    AddStaff, AddStore, Contact, DecideCertification, GrantOperator, MediaOwner, OperatorRole, RecordMedia,
    RegisterMerchant, RequestCode, Role, SignIn, SignInWithCode, StoreDetails, SubmitCertification,
    add_staff, add_store, decide_certification, grant_operator, record_media, register_merchant,
    request_code, sign_in_with_code, submit_certification,
};

/// When tests take place: 2027-01-15T08:00:00Z.
pub const NOW: Timestamp = Timestamp(1_800_000_000_000_000);
/// What stands for a hashed password.
pub const PASSWORD_HASH: &str = "$argon2id$v=19$m=19456,t=2,p=1$c2FsdHNhbHQ$aGFzaGhhc2hoYXNo";

/// A merchant with its owner and one store in Shanghai.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Shop {
    /// The merchant.
    pub merchant: MerchantId,
    /// Its owner.
    pub owner: PersonId,
    /// Its store, in CNY.
    pub store: StoreId,
}

impl Shop {
    /// The owner, acting for the merchant.
    pub fn as_owner(&self) -> Actor {
        Actor::Staff(self.owner, self.merchant)
    }
}

static CONTEXTS: AtomicU64 = AtomicU64::new(0);

/// A context at [`NOW`]. Each has a seed of its own, hence ids and a request of its own.
pub fn ctx(actor: Actor) -> Ctx {
    ctx_at(NOW, actor)
}

/// The same at another time.
pub fn ctx_at(now: Timestamp, actor: Actor) -> Ctx {
    let mut seed = [0; 32];
    seed[..8].copy_from_slice(&CONTEXTS.fetch_add(1, Ordering::Relaxed).to_le_bytes());
    Ctx::new(now, actor, seed)
}

/// Runs a command in a lane that follows from the context, so that commands of a test race on PostgreSQL,
/// and gives its result or the rejection.
pub fn run<T: Send + 'static>(
    store: &Store,
    ctx: Ctx,
    command: impl Fn(&mut Tx, &Ctx) -> Result<T, Fail> + Send + 'static,
) -> Result<T, Rejected> {
    let lane = ctx.request;
    store
        .run_blocking("test", lane, ctx, command)
        .expect("the database answers")
}

/// Something that had to succeed.
fn done<T: Send + 'static>(
    store: &Store,
    actor: Actor,
    command: impl Fn(&mut Tx, &Ctx) -> Result<T, Fail> + Send + 'static,
) -> T {
    run(store, ctx(actor), command).expect("the cast's own commands succeed")
}

/// The mail address of number `n`.
pub fn mail(name: &str, n: u64) -> Contact {
    Contact::parse(&format!("{name}{n}@example.com")).expect("a mail address")
}

/// An operator; `n` tells them apart.
pub fn operator(store: &Store, role: OperatorRole, n: u64) -> PersonId {
    let cmd = GrantOperator {
        login: mail("operator", n),
        password_hash: PASSWORD_HASH.to_owned(),
        name: format!("Operator {n}"),
        role,
    };
    done(store, Actor::System, move |tx, ctx| grant_operator(tx, ctx, &cmd))
}

/// A consumer who signed in; `n`, below 10,000, tells them apart.
pub fn consumer(store: &Store, n: u64) -> PersonId {
    let contact = Contact::parse(&format!("+86138{n:08}")).expect("a phone number");
    let cmd = SignInWithCode {
        contact,
        code_hash: [1; 32],
        token_hash: sha_like(0xc0, n),
        device: "test".to_owned(),
        locale: "zh-CN".to_owned(),
    };
    let signed_in = done(store, Actor::Anonymous, move |tx, ctx| {
        request_code(
            tx,
            ctx,
            &RequestCode {
                contact: cmd.contact.clone(),
                code_hash: cmd.code_hash,
            },
        )?;
        sign_in_with_code(tx, ctx, &cmd)
    });
    match signed_in {
        SignIn::In { person, .. } => person,
        SignIn::Declined { .. } => panic!("the right code was declined"),
    }
}

/// What is said of a test's store.
pub fn store_details(n: u64) -> StoreDetails {
    StoreDetails {
        name: LocalText::one("zh-CN", &format!("桥头火锅 {n}")),
        category: "hot_pot".to_owned(),
        address: format!("南京西路 {n} 号"),
        phone: "+86 21 5555 0000".to_owned(),
        place: GeoPoint::from_microdegrees(31_230_400, 121_473_700).expect("on the globe"),
        time_zone: "Asia/Shanghai".to_owned(),
        currency: Currency::CNY,
        opening_hours: "Mo-Su 10:00-22:00".to_owned(),
        offline_max_uses: 20,
        offline_max_amount: 500_000,
    }
}

/// A registered merchant that may not sell yet; `n` tells them apart.
pub fn registered_shop(store: &Store, n: u64) -> Shop {
    let cmd = RegisterMerchant {
        name: LocalText::one("zh-CN", &format!("桥头餐饮 {n}")),
        login: mail("owner", n),
        password_hash: PASSWORD_HASH.to_owned(),
        person_name: format!("Owner {n}"),
        token_hash: sha_like(0x0e, n),
        device: "test".to_owned(),
    };
    let made = done(store, Actor::Anonymous, move |tx, ctx| {
        register_merchant(tx, ctx, &cmd)
    });
    let cmd = AddStore {
        merchant: made.merchant,
        details: store_details(n),
    };
    let actor = Actor::Staff(made.person, made.merchant);
    let store_id = done(store, actor, move |tx, ctx| add_store(tx, ctx, &cmd));
    Shop {
        merchant: made.merchant,
        owner: made.person,
        store: store_id,
    }
}

/// A certified merchant that may sell, approved by an operator of its own; `n` tells them apart.
pub fn certified_shop(store: &Store, n: u64) -> Shop {
    let shop = registered_shop(store, n);
    let admin = operator(store, OperatorRole::Admin, 1_000_000 + n);
    let certification = done(store, shop.as_owner(), move |tx, ctx| {
        let media = RecordMedia {
            id: ctx.new_id::<kernel::Media>(),
            owner: MediaOwner::Merchant(shop.merchant),
            sha256: sha_like(0x3d, n),
            content_type: "image/png".to_owned(),
            size: 1_000,
        };
        let media: MediaId = record_media(tx, ctx, &media)?;
        let cmd = SubmitCertification {
            merchant: shop.merchant,
            kind: "business_license".to_owned(),
            number: format!("9131-{n}"),
            media,
            valid_until: ctx.now.plus_us(3_650 * DAY_US),
        };
        submit_certification(tx, ctx, &cmd)
    });
    done(store, Actor::Operator(admin), move |tx, ctx| {
        let cmd = DecideCertification {
            certification,
            approve: true,
            note: String::new(),
        };
        decide_certification(tx, ctx, &cmd)
    });
    shop
}

/// One more staff member of the shop; `n` tells them apart. `at` is one store, or all.
pub fn staff(store: &Store, shop: Shop, at: Option<StoreId>, role: Role, n: u64) -> PersonId {
    let cmd = AddStaff {
        merchant: shop.merchant,
        login: mail("staff", n),
        password_hash: PASSWORD_HASH.to_owned(),
        name: format!("Staff {n}"),
        store: at,
        role,
    };
    done(store, shop.as_owner(), move |tx, ctx| add_staff(tx, ctx, &cmd))
}

/// 32 bytes that differ by number, where a hash is expected.
pub fn sha_like(tag: u8, n: u64) -> [u8; 32] {
    let mut bytes = [tag; 32];
    bytes[..8].copy_from_slice(&n.to_le_bytes());
    bytes
}
