//! Brings the world of a seed into an empty database: by the commands, as it is done in life.

use std::sync::{Arc, Mutex};

use convert::decide::Conditions;
use convert::{CouponKind, Distribution};
use kernel::{
    Actor, AgreementId, BasisPoints, Ctx, Currency, DAY_US, GeoPoint, LocalText, MerchantId, Money,
};
use kernel::{CouponId, OfferId, PersonId, ResourceId, Timestamp};
use offer::{
    AgreementTerms, CardPeriod, CreateOffer, Deposit, DepositKind, GroupTerms, OnExpiry, PlatformCap,
    PriceRule, ResourceDetails, ResourceKind, ResourceStatus, SeatKind, SeatMap, SeatRow, SetHall, Zone,
};
use party::hours::{Span, WeeklyHours};
use party::{Contact, OperatorRole, Role};
use store::{Fail, Job, StorageError, Tx};

use super::booked::{Hall, Kind, Resource, row_label};
use super::directory::{Cast, CastShop};
use super::platform::Platform;
use super::requests::{booking_terms, bytes_of, clerk_login, every_day};
use super::world::{
    BEGIN, Buyers, Card, Comes, Coupon, Good, OFFLINE_MAX_AMOUNT, OFFLINE_MAX_USES, Period, Shop, Takes,
    World,
};

/// The zones of a hall.
const STALLS: &str = "stalls";
pub(crate) const BOX: &str = "box";

/// Nobody signs in during a run.
pub(crate) const NO_PASSWORD: &str = "$argon2id$v=19$m=19456,t=2,p=1$c2FsdHNhbHQ$aGFzaGhhc2hoYXNo";

struct Founder<'a> {
    platform: &'a mut Platform,
    seed: u64,
    drawn: u32,
}

/// Founds the world. Gives everybody's id, and when each of the requests was made that it took.
pub(crate) fn found(
    platform: &mut Platform,
    seed: u64,
    world: &World,
) -> Result<(Cast, Vec<Timestamp>), String> {
    let mut founder = Founder {
        platform,
        seed,
        drawn: 0,
    };
    let admin = founder.operator("admin", OperatorRole::Admin)?;
    let finance = founder.operator("finance", OperatorRole::Finance)?;
    let second = founder.operator("second", OperatorRole::Finance)?;
    let people = (0..world.cards.len())
        .map(|n| founder.person(n))
        .collect::<Result<_, _>>()?;
    let shops = (0..world.shops.len())
        .map(|n| founder.shop(n, &world.shops[n], admin))
        .collect::<Result<Vec<_>, _>>()?;
    let agreements = world
        .goods
        .iter()
        .map(|good| founder.agreement(good, &shops[good.shop], world.shops[good.shop].currency, admin))
        .collect::<Result<Vec<_>, _>>()?;
    let booked = world
        .goods
        .iter()
        .flat_map(|good| good.booked.iter().map(|booked| (good.shop, booked)));
    let resources = booked
        .flat_map(|(shop, booked)| booked.resources.clone().map(move |n| (shop, n, booked.hall())))
        .map(|(shop, n, hall)| founder.resource(n, (&world.resources[n], hall), &shops[shop]))
        .collect::<Result<Vec<_>, _>>()?;
    let mut goods = Vec::new();
    for (good, agreement) in world.goods.iter().zip(&agreements) {
        let offer = founder.good(
            good,
            &shops[good.shop],
            world.shops[good.shop].currency,
            *agreement,
            (&resources, &goods),
        )?;
        goods.push(offer);
    }
    let coupons = world
        .coupons
        .iter()
        .map(|coupon| founder.coupon(coupon, &shops, &goods, finance))
        .collect::<Result<_, _>>()?;
    let cast = Cast {
        admin,
        finance,
        second,
        people,
        shops,
        agreements,
        goods,
        resources,
        coupons,
    };
    Ok((cast, (1..=founder.drawn).map(founded_at).collect()))
}

impl Founder<'_> {
    /// Runs a command that cannot be refused, each a minute after the one before.
    fn run<T: Send + 'static>(
        &mut self,
        actor: Actor,
        command: impl Fn(&mut Tx, &Ctx) -> Result<T, Fail> + Send + 'static,
    ) -> Result<T, String> {
        self.drawn += 1;
        let (seed, drawn) = (self.seed, self.drawn);
        let slot = Arc::new(Mutex::new(None));
        let job = {
            let slot = Arc::clone(&slot);
            let ctx = Ctx::new(founded_at(drawn), actor, bytes_of(seed, "founding", drawn));
            let lane = ctx.request;
            Job::new("founding", lane, ctx, move |tx, ctx| {
                let value = command(tx, ctx)?;
                *slot.lock().unwrap_or_else(|e| e.into_inner()) = Some(value);
                Ok(String::new())
            })
        };
        let answers = self.platform.send(&[job])?;
        let value = slot.lock().unwrap_or_else(|e| e.into_inner()).take();
        value.ok_or_else(|| format!("the founding was refused: {answers:?}"))
    }

    fn operator(&mut self, name: &'static str, role: OperatorRole) -> Result<PersonId, String> {
        self.run(Actor::System, move |tx, ctx| {
            let cmd = party::GrantOperator {
                login: Contact::parse(&format!("{name}@example.com"))?,
                password_hash: NO_PASSWORD.to_owned(),
                name: name.to_owned(),
                role,
            };
            party::grant_operator(tx, ctx, &cmd)
        })
    }

    fn person(&mut self, n: usize) -> Result<PersonId, String> {
        self.run(Actor::Anonymous, move |tx, ctx| {
            let contact = Contact::parse(&format!("+86100{n:08}"))?;
            let code_hash = [1; 32];
            let request = party::RequestCode {
                contact: contact.clone(),
                code_hash,
            };
            party::request_code(tx, ctx, &request)?;
            let sign_in = party::SignInWithCode {
                contact,
                code_hash,
                token_hash: ctx.random_bytes(),
                device: "simulator".to_owned(),
                locale: "en".to_owned(),
            };
            match party::sign_in_with_code(tx, ctx, &sign_in)? {
                party::SignIn::In { person, .. } => Ok(person),
                party::SignIn::Declined { .. } => Err(StorageError::bug("a right code was declined").into()),
            }
        })
    }

    fn shop(&mut self, n: usize, shop: &Shop, admin: PersonId) -> Result<CastShop, String> {
        let made = self.run(Actor::Anonymous, move |tx, ctx| {
            let cmd = party::RegisterMerchant {
                name: LocalText::one("en", &format!("Shop {n}")),
                login: Contact::parse(&format!("owner{n}@example.com"))?,
                password_hash: NO_PASSWORD.to_owned(),
                person_name: format!("Owner {n}"),
                token_hash: ctx.random_bytes(),
                device: "simulator".to_owned(),
            };
            party::register_merchant(tx, ctx, &cmd)
        })?;
        let (merchant, owner) = (made.merchant, made.person);
        let as_owner = Actor::Staff(owner, merchant);
        let mut stores = Vec::new();
        for store_no in 0..shop.stores {
            let currency = shop.currency;
            stores.push(self.run(as_owner, move |tx, ctx| {
                let details = store_details(store_no, currency)?;
                let store = party::add_store(tx, ctx, &party::AddStore { merchant, details })?;
                let name = "till".to_owned();
                let device = party::register_device(
                    tx,
                    ctx,
                    &party::RegisterDevice {
                        merchant,
                        store,
                        name,
                    },
                )?;
                Ok((store, device))
            })?);
        }
        let first = stores[0].0;
        let clerk = self.run(as_owner, move |tx, ctx| {
            let cmd = party::AddStaff {
                merchant,
                login: clerk_login(n)?,
                password_hash: NO_PASSWORD.to_owned(),
                name: format!("Clerk {n}"),
                store: Some(first),
                role: Role::Cashier,
            };
            party::add_staff(tx, ctx, &cmd)
        })?;
        self.certify(merchant, as_owner, admin)?;
        Ok(CastShop {
            merchant,
            owner,
            clerk,
            stores,
        })
    }

    fn certify(&mut self, merchant: MerchantId, as_owner: Actor, admin: PersonId) -> Result<(), String> {
        let certification = self.run(as_owner, move |tx, ctx| {
            let media = party::RecordMedia {
                id: ctx.new_id::<kernel::Media>(),
                owner: party::MediaOwner::Merchant(merchant),
                sha256: ctx.random_bytes(),
                content_type: "image/png".to_owned(),
                size: 1_000,
            };
            let cmd = party::SubmitCertification {
                merchant,
                kind: "business_license".to_owned(),
                number: "9131".to_owned(),
                media: party::record_media(tx, ctx, &media)?,
                valid_until: ctx.now.plus_us(3_650 * DAY_US),
            };
            party::submit_certification(tx, ctx, &cmd)
        })?;
        self.run(Actor::Operator(admin), move |tx, ctx| {
            let cmd = party::DecideCertification {
                certification,
                approve: true,
                note: String::new(),
            };
            party::decide_certification(tx, ctx, &cmd).map(drop)
        })
    }

    fn agreement(
        &mut self,
        good: &Good,
        shop: &CastShop,
        currency: Currency,
        admin: PersonId,
    ) -> Result<AgreementId, String> {
        let (merchant, terms) = (shop.merchant, terms(good, currency));
        let agreement = self.run(Actor::Staff(shop.owner, merchant), move |tx, ctx| {
            let terms = terms.clone();
            offer::propose_agreement(tx, ctx, &offer::ProposeAgreement { merchant, terms })
        })?;
        self.run(Actor::Operator(admin), move |tx, ctx| {
            let cmd = offer::AcceptAgreement {
                agreement,
                version: 1,
            };
            offer::accept_agreement(tx, ctx, &cmd)
        })?;
        Ok(agreement)
    }

    fn resource(
        &mut self,
        n: usize,
        (resource, hall): (&Resource, Option<&Hall>),
        shop: &CastShop,
    ) -> Result<ResourceId, String> {
        let cmd = offer::AddResource {
            merchant: shop.merchant,
            store: shop.stores[0].0,
            kind: match resource.kind {
                Kind::Table => ResourceKind::Table,
                Kind::Person => ResourceKind::Person,
                Kind::Room => ResourceKind::Room,
                Kind::RoomType => ResourceKind::RoomType,
                Kind::Session => ResourceKind::Session,
                Kind::Hall => ResourceKind::Hall,
            },
            details: ResourceDetails {
                name: format!("Resource {n}"),
                area: String::new(),
                units: resource.units,
                seats_min: resource.seats.0,
                seats_max: resource.seats.1,
                joins: if resource.joins { "middle" } else { "" }.to_owned(),
                hours: resource.hours.map_or_else(Vec::new, every_day),
                status: if resource.walk_in {
                    ResourceStatus::WalkIn
                } else {
                    ResourceStatus::Online
                },
            },
        };
        let hall = hall.copied();
        self.run(Actor::Staff(shop.owner, shop.merchant), move |tx, ctx| {
            let resource = offer::add_resource(tx, ctx, &cmd)?;
            if let Some(hall) = hall {
                offer::set_hall(tx, ctx, &set_hall(resource, &hall))?;
            }
            Ok(resource)
        })
    }

    fn good(
        &mut self,
        good: &Good,
        shop: &CastShop,
        currency: Currency,
        agreement: AgreementId,
        (resources, before): (&[ResourceId], &[OfferId]),
    ) -> Result<OfferId, String> {
        let cmd = CreateOffer {
            merchant: shop.merchant,
            agreement,
            title: LocalText::one("en", "Something"),
            description: LocalText::one("en", "Something good"),
            category: "hot_pot".to_owned(),
            list_price: Money::new(good.list_price, currency),
            price_rules: price_rules(good),
            group: good.group.map(|group| GroupTerms {
                price: group.price,
                size: group.size,
                window_us: group.window_us,
            }),
            deposit: good.deposit.map(|deposit| Deposit {
                kind: match deposit.bp {
                    0 => DepositKind::PayAfter,
                    _ if deposit.earnest => DepositKind::Earnest,
                    _ => DepositKind::Refundable,
                },
                share_bp: bp(deposit.bp),
            }),
            stock: good.stock,
            uses: good.uses,
            card: good.card.map(card),
            valid_us: good.valid_us,
            max_per_order: good.max_per_order,
            stores: shop.stores[..good.stores]
                .iter()
                .map(|(store, _)| *store)
                .collect(),
            media: None,
        };
        let booked = good
            .booked
            .as_ref()
            .map(|booked| (booking_terms(booked, 0, before), booked.resources.clone()));
        let booked = booked.map(|(terms, of)| (terms, vec![resources[of].to_vec()]));
        self.run(Actor::Staff(shop.owner, shop.merchant), move |tx, ctx| {
            let offer = offer::create_offer(tx, ctx, &cmd)?;
            if let Some((terms, resources)) = booked.clone() {
                let cmd = offer::SetBookingTerms {
                    offer,
                    terms,
                    resources,
                };
                offer::set_booking_terms(tx, ctx, &cmd)?;
            }
            offer::publish_offer(tx, ctx, &offer::PublishOffer { offer })?;
            Ok(offer)
        })
    }

    fn coupon(
        &mut self,
        coupon: &Coupon,
        shops: &[CastShop],
        goods: &[OfferId],
        finance: PersonId,
    ) -> Result<CouponId, String> {
        let cmd = convert::CreateCoupon {
            merchant: coupon.shop.map(|shop| shops[shop].merchant),
            offer: coupon.good.map(|good| goods[good]),
            title: LocalText::one("en", "Something off"),
            kind: match coupon.takes {
                Takes::Share { bp: share, most } => CouponKind::Percentage {
                    share: bp(share),
                    max_discount: most,
                },
                Takes::Amount(amount) => CouponKind::Cash { amount },
                Takes::FixedPrice(price) => CouponKind::FixedPrice { price },
                Takes::FreeUnit(good) => CouponKind::FreeItem { offer: goods[good] },
                Takes::BuyGet { buy, get } => CouponKind::BuyGet { buy, get },
            },
            conditions: conditions(coupon, shops),
            currency: coupon.currency,
            min_spend: coupon.min_spend,
            platform_share: bp(coupon.platform_bp),
            per_person: coupon.per_person,
            per_day: coupon.per_day,
            per_device: None,
            distribution: match coupon.comes {
                Comes::Claimed => Distribution::Claimed,
                Comes::ByCode => Distribution::ByCode,
                Comes::ByItself => Distribution::Automatic,
            },
            total: coupon.total,
            budget: coupon.budget,
            starts_at: Timestamp(BEGIN.0 - DAY_US),
            ends_at: coupon.ends_at,
        };
        self.run(Actor::Operator(finance), move |tx, ctx| {
            convert::create_coupon(tx, ctx, &cmd)
        })
    }
}

fn conditions(coupon: &Coupon, shops: &[CastShop]) -> Conditions {
    let store = coupon.shop.zip(coupon.store);
    let hours = coupon.hours.map(|hours| {
        let days = (1..=7).filter(|day| hours.weekdays >> (day - 1) & 1 == 1);
        let span = |weekday| Span {
            weekday,
            from_minute: hours.from,
            until_minute: hours.until,
        };
        WeeklyHours {
            time_zone: "Asia/Shanghai".to_owned(),
            spans: days.map(span).collect(),
        }
    });
    Conditions {
        stacking_group: coupon.group.map(|group| format!("group_{group}")),
        category: None,
        store: store.map(|(shop, store)| shops[shop].stores[store].0),
        buyers: match coupon.buyers {
            Buyers::Everybody => convert::decide::Buyers::Everybody,
            Buyers::FirstOrder => convert::decide::Buyers::FirstOrder,
            Buyers::NewCustomer => convert::decide::Buyers::NewCustomer,
        },
        hours,
    }
}

fn set_hall(resource: ResourceId, hall: &Hall) -> SetHall {
    let seat = |(n, what): (usize, char)| {
        let seat = offer::Seat {
            label: n.to_string(),
            zone: if what.is_uppercase() { BOX } else { STALLS }.to_owned(),
            kind: match what.to_ascii_lowercase() {
                'w' => SeatKind::Wheelchair,
                'o' => SeatKind::OutOfOrder,
                _ => SeatKind::Standard,
            },
        };
        (what != '_').then_some(seat)
    };
    let row = |(n, cells): (u8, &&str)| SeatRow {
        label: row_label(n).to_string(),
        cells: (1..).zip(cells.chars()).map(seat).collect(),
    };
    let zone = |code: &str| Zone {
        code: code.to_owned(),
        name: code.to_owned(),
    };
    SetHall {
        resource,
        version: 0,
        map: SeatMap {
            zones: vec![zone(STALLS), zone(BOX)],
            rows: (0..).zip(hall.rows).map(row).collect(),
        },
        no_single_seats: hall.no_single_seats,
        cleaning_minutes: hall.cleaning_minutes,
    }
}

/// When the request of this number was made.
fn founded_at(drawn: u32) -> Timestamp {
    BEGIN.plus_us(-2 * DAY_US + i64::from(drawn) * kernel::MINUTE_US)
}

fn bp(points: i64) -> BasisPoints {
    BasisPoints::new(points).unwrap_or(BasisPoints::ZERO)
}

fn card(card: Card) -> offer::Card {
    match card {
        Card::StoredValue => offer::Card::StoredValue,
        Card::Paced { uses, per } => offer::Card::Paced {
            uses,
            per: match per {
                Period::Day => CardPeriod::Day,
                Period::Week => CardPeriod::Week,
                Period::Month => CardPeriod::Month,
            },
        },
    }
}

fn terms(good: &Good, currency: Currency) -> AgreementTerms {
    AgreementTerms {
        starts_at: Timestamp(BEGIN.0 - DAY_US),
        ends_at: good.ends_at,
        head_count: good.head_count,
        discount_bp: bp(good.discount_bp),
        discount_platform_bp: bp(good.platform_bp),
        platform_cap: good.platform_cap.map(|amount| PlatformCap { amount, currency }),
        commission_bp: bp(good.commission_bp),
        rebate_bp: bp(good.rebate_bp),
        friend_discount_bp: bp(good.friend_bp),
        refund_window_us: good.refund_window_us,
        undo_window_us: good.undo_window_us,
        on_expiry: if good.forfeits {
            OnExpiry::Forfeit
        } else {
            OnExpiry::Refund
        },
    }
}

fn store_details(n: usize, currency: Currency) -> Result<party::StoreDetails, Fail> {
    let place = GeoPoint::from_microdegrees(31_230_400 + n as i64, 121_473_700);
    Ok(party::StoreDetails {
        name: LocalText::one("en", &format!("Store {n}")),
        category: "hot_pot".to_owned(),
        address: format!("{n} West Nanjing Road"),
        phone: "+86 21 5555 0000".to_owned(),
        place: place.ok_or_else(|| StorageError::bug("Shanghai is on the globe"))?,
        time_zone: "Asia/Shanghai".to_owned(),
        currency,
        opening_hours: "Mo-Su 10:00-22:00".to_owned(),
        offline_max_uses: OFFLINE_MAX_USES,
        offline_max_amount: OFFLINE_MAX_AMOUNT,
    })
}

fn price_rules(good: &Good) -> Vec<PriceRule> {
    let rule = |price, from_quantity, for_members| PriceRule {
        price,
        from_quantity,
        hours: Vec::new(),
        from_day: None,
        until_day: None,
        for_members,
    };
    let of_two = good.price_of_two().map(|price| rule(price, 2, false));
    let of_members = good.price_of_members().map(|price| rule(price, 1, true));
    of_two.into_iter().chain(of_members).collect()
}
