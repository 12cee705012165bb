//! Figures of a platform or a merchant: views, orders, redemptions and money by day, by store and by where
//! people come from. Sums of what is stored; nothing is counted ahead.

use std::collections::BTreeMap;

use axum::Json;
use axum::extract::State;
use channel::EntryKind;
use channel::queries::{VisitFigures, visit_figures};
use consume::queries::{UseFigures, Uses, use_figures};
use convert::queries::{Sales, SalesFigures, sales_figures};
use kernel::{Currency, DAY_US, EntryId, LocalText, MerchantId, Money, StoreId, Timestamp};
use serde::{Deserialize, Serialize};
use store::{Fail, ReadTx};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::access::{AnyOperator, Manager, OfMerchant, Operator, Staff};
use crate::app::App;
use crate::body::Query;
use crate::problem::Problem;
use crate::reject::QUERY_MALFORMED;
use crate::shell;
use crate::wire::{Place, WireMoney, malformed, optional_time};

pub fn operations() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(get_figures))
        .routes(routes!(get_merchant_figures))
}

/// The most days at once.
const MAX_DAYS: i64 = 93;

#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct FiguresAsked {
    /// The first day begins here, RFC 3339: somebody's midnight. Absent: 30 days before the end.
    #[serde(default, with = "optional_time")]
    #[param(value_type = Option<String>, format = DateTime)]
    since: Option<Timestamp>,
    /// The end, at most 93 days later, RFC 3339; absent: now.
    #[serde(default, with = "optional_time")]
    #[param(value_type = Option<String>, format = DateTime)]
    until: Option<Timestamp>,
}

impl FiguresAsked {
    fn range(&self) -> Result<(Timestamp, Timestamp), Problem> {
        let until = self.until.unwrap_or(shell::now());
        let since = self.since.unwrap_or(until.plus_us(-30 * DAY_US));
        if !(1..=MAX_DAYS * DAY_US).contains(&until.since_us(since)) || since < Timestamp(0) {
            let detail = format!("figures are of 1 to {MAX_DAYS} days after 1970");
            return Err(malformed(&QUERY_MALFORMED, "/since", detail));
        }
        Ok((since, until))
    }
}

/// What happened to orders. They count where they were placed, whatever became of them later.
#[derive(Default, Serialize, ToSchema)]
struct OrderFigures {
    placed: i64,
    /// How many of them were paid.
    paid: i64,
    /// What their buyers paid through a provider, by currency.
    paid_amount: Vec<WireMoney>,
    /// How many of them had something refunded.
    refunded: i64,
    /// What went back through a provider, by currency.
    refunded_amount: Vec<WireMoney>,
}

impl OrderFigures {
    fn add(&mut self, sales: &Sales) {
        self.placed += sales.orders;
        self.paid += sales.paid;
        self.refunded += sales.refunded;
        add_money(&mut self.paid_amount, sales.paid_amount, sales.currency);
        add_money(&mut self.refunded_amount, sales.refunded_amount, sales.currency);
    }
}

/// What was redeemed, undone uses aside.
#[derive(Default, Serialize, ToSchema)]
struct RedemptionFigures {
    count: i64,
    /// Worth after the merchant's discounts, by currency.
    amount: Vec<WireMoney>,
}

impl RedemptionFigures {
    fn add(&mut self, uses: &Uses) {
        self.count += uses.count;
        add_money(&mut self.amount, uses.amount, uses.currency);
    }
}

/// Each row that is added is the only one of its currency.
fn add_money(sums: &mut Vec<WireMoney>, amount: i64, currency: Currency) {
    if amount != 0 {
        sums.push(Money::new(amount, currency).into());
    }
}

/// 24 hours.
#[derive(Serialize, ToSchema)]
struct DayFigures {
    /// When they begin, RFC 3339.
    from: String,
    /// Visits.
    views: i64,
    orders: OrderFigures,
    redeemed: RedemptionFigures,
}

/// One way by which people come.
#[derive(Default, Serialize, ToSchema)]
struct EntryFigures {
    /// `mall`, `search`, `share`, `qr`, `map`, `ad`, `social` or `app`; absent: by none.
    kind: Option<String>,
    /// Which entry, where it is told apart: not friends' links, and for the platform not merchants' entries.
    #[schema(value_type = Option<String>)]
    entry: Option<EntryId>,
    /// Visits.
    views: i64,
    orders: OrderFigures,
}

#[derive(Serialize, ToSchema)]
struct StoreFigures {
    #[schema(value_type = String)]
    store: StoreId,
    /// By language.
    #[schema(value_type = BTreeMap<String, String>)]
    name: LocalText,
    place: Place,
    redeemed: RedemptionFigures,
}

#[derive(Serialize, ToSchema)]
struct Figures {
    /// RFC 3339.
    since: String,
    /// RFC 3339.
    until: String,
    /// Every day of the time; the last one may be shorter.
    days: Vec<DayFigures>,
    /// Those by which somebody came.
    entries: Vec<EntryFigures>,
    /// Those in which something was redeemed, the busiest 200.
    stores: Vec<StoreFigures>,
}

type Range = (Timestamp, Timestamp);

fn figures(read: &mut ReadTx, merchant: Option<MerchantId>, range: Range) -> Result<Figures, Fail> {
    let (since, until) = range;
    let visits = visit_figures(read, merchant, since, until)?;
    let sales = sales_figures(read, merchant, since, until)?;
    let uses = use_figures(read, merchant, since, until)?;
    Ok(Figures {
        since: since.to_string(),
        until: until.to_string(),
        days: days(range, &visits, &sales, &uses),
        entries: entries(&visits, &sales),
        stores: stores(read, &uses)?,
    })
}

fn days(
    (since, until): Range,
    visits: &VisitFigures,
    sales: &SalesFigures,
    uses: &UseFigures,
) -> Vec<DayFigures> {
    let count = (until.since_us(since) + DAY_US - 1) / DAY_US;
    let empty = (0..count).map(|day| DayFigures {
        from: since.plus_us(day * DAY_US).to_string(),
        views: 0,
        orders: OrderFigures::default(),
        redeemed: RedemptionFigures::default(),
    });
    let mut days: BTreeMap<i64, DayFigures> = (0..).zip(empty).collect();
    for (day, views) in &visits.by_day {
        days.entry(*day).and_modify(|figures| figures.views += views);
    }
    for (day, sales) in &sales.by_day {
        days.entry(*day).and_modify(|figures| figures.orders.add(sales));
    }
    for (day, uses) in &uses.by_day {
        days.entry(*day).and_modify(|figures| figures.redeemed.add(uses));
    }
    days.into_values().collect()
}

fn entries(visits: &VisitFigures, sales: &SalesFigures) -> Vec<EntryFigures> {
    let mut entries = BTreeMap::<(Option<&str>, Option<EntryId>), EntryFigures>::new();
    for (kind, entry, views) in &visits.by_entry {
        entries.entry((Some(kind.as_str()), *entry)).or_default().views += views;
    }
    for (kind, entry, sales) in &sales.by_entry {
        let kind = kind.map(EntryKind::as_str);
        entries.entry((kind, *entry)).or_default().orders.add(sales);
    }
    let named = entries.into_iter().map(|((kind, entry), figures)| EntryFigures {
        kind: kind.map(str::to_owned),
        entry,
        ..figures
    });
    named.collect()
}

fn stores(read: &mut ReadTx, uses: &UseFigures) -> Result<Vec<StoreFigures>, Fail> {
    let ids: Vec<StoreId> = uses.by_store.iter().map(|(store, _)| *store).collect();
    let stores = party::queries::stores(read, &ids)?.into_iter();
    // A store sells in one currency.
    let figures = stores.zip(&uses.by_store).map(|(store, (_, uses))| {
        let mut redeemed = RedemptionFigures::default();
        redeemed.add(uses);
        StoreFigures {
            store: store.id,
            name: store.details.name,
            place: store.details.place.into(),
            redeemed,
        }
    });
    Ok(figures.collect())
}

/// Views, orders and redemptions of the whole platform.
#[utoipa::path(get, path = "/v1/platform/figures", operation_id = "getFigures", tag = "figures",
    params(FiguresAsked), security(("session" = ["operator"])),
    responses((status = 200, body = Figures), (status = "4XX", body = Problem)))]
async fn get_figures(
    State(app): State<App>,
    _operator: Operator<AnyOperator>,
    Query(asked): Query<FiguresAsked>,
) -> Result<Json<Figures>, Problem> {
    let range = asked.range()?;
    Ok(Json(app.read(move |read| figures(read, None, range)).await?))
}

/// Views through the merchant's own entries, orders and redemptions; for managers of the whole merchant.
#[utoipa::path(get, path = "/v1/merchants/{merchant}/figures", operation_id = "getMerchantFigures", tag = "figures",
    params(OfMerchant, FiguresAsked), security(("session" = ["staff:manager"])),
    responses((status = 200, body = Figures), (status = "4XX", body = Problem)))]
async fn get_merchant_figures(
    State(app): State<App>,
    staff: Staff<Manager>,
    Query(asked): Query<FiguresAsked>,
) -> Result<Json<Figures>, Problem> {
    staff.everywhere()?;
    let (range, merchant) = (asked.range()?, Some(staff.merchant));
    Ok(Json(app.read(move |read| figures(read, merchant, range)).await?))
}
