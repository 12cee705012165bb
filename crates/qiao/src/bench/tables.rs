//! A shop with tables for two to eight, and an offer that is booked at them: a dinner of two hours.

use http::App;
use kernel::{Actor, BasisPoints, Ctx, DAY_US, OfferId, ResourceId};
use offer::{
    AddResource, BookingPolicy, BookingTerms, PricePer, ResourceDetails, ResourceKind, ResourceStatus,
    Service, Stay, Turn, Visit,
};
use party::hours::Span;
use store::{Fail, Tx};

use super::market::{self, Shop};
use crate::serve::Failure;

/// How many tables each has.
pub const TABLES: i64 = 40;

/// A shop that is booked.
#[derive(Debug, Clone)]
pub struct Restaurant {
    pub shop: Shop,
    pub offer: OfferId,
    pub tables: Vec<ResourceId>,
}

/// Puts tables into a shop.
pub fn set_up(app: &App, shop: Shop) -> Result<Restaurant, Failure> {
    market::run(app, move |tx, ctx| {
        let owner = market::acting(ctx, Actor::Staff(shop.owner, shop.merchant));
        found(tx, &owner, shop)
    })
}

fn found(tx: &mut Tx, ctx: &Ctx, shop: Shop) -> Result<Restaurant, Fail> {
    let sold = offer::queries::offer(tx, shop.offer)?.ok_or_else(|| party::NOT_FOUND.plain())?;
    let mut tables = Vec::new();
    for n in 0..TABLES {
        let details = ResourceDetails {
            name: format!("Table {n}"),
            area: String::new(),
            units: 1,
            seats_min: 1,
            seats_max: 2 + n % 4 * 2,
            joins: String::new(),
            hours: Vec::new(),
            status: ResourceStatus::Online,
        };
        let add = AddResource {
            merchant: shop.merchant,
            store: shop.store,
            kind: ResourceKind::Table,
            details,
        };
        tables.push(offer::add_resource(tx, ctx, &add)?);
    }
    let create = offer::CreateOffer {
        merchant: shop.merchant,
        agreement: sold.agreement,
        title: sold.title,
        description: sold.description,
        category: sold.category,
        list_price: sold.list_price,
        price_rules: Vec::new(),
        group: None,
        deposit: None,
        stock: i64::from(i32::MAX),
        uses: 1,
        card: None,
        valid_us: DAY_US,
        max_per_order: 1,
        stores: vec![shop.store],
        media: None,
    };
    let offer = offer::create_offer(tx, ctx, &create)?;
    let set = offer::SetBookingTerms {
        offer,
        terms: evening(),
        resources: vec![tables.clone()],
    };
    offer::set_booking_terms(tx, ctx, &set)?;
    offer::publish_offer(tx, ctx, &offer::PublishOffer { offer })?;
    Ok(Restaurant { shop, offer, tables })
}

fn evening() -> BookingTerms {
    let span = |weekday| Span {
        weekday,
        from_minute: 11 * 60,
        until_minute: 23 * 60,
    };
    BookingTerms {
        stay: Stay::Visit(Visit {
            hours: (1..=7).map(span).collect(),
            every_minutes: 15,
            services: vec![Service::only(vec![Turn {
                party_up_to: 8,
                minutes: 120,
            }])],
            by_hour: None,
        }),
        price_per: PricePer::Booking,
        party_max: 8,
        notice_us: 0,
        ahead_days: 400,
        policy: BookingPolicy {
            free_until_us: 0,
            late_fee_bp: BasisPoints::ZERO,
            no_show_fee_bp: BasisPoints::ZERO,
            grace_us: 0,
        },
        open_tickets: false,
        cards: Vec::new(),
        security_deposit: None,
    }
}
