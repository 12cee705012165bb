//! What others may ask about agreements, offers and store sets. Lists are newest first; `after` is the
//! last id of the page before, `limit` is held to 1 to 200. Who may ask is not checked here.

mod booking;
mod menu;
mod showing;

pub use booking::{
    MAX_RESOURCES_OF_STORE, bookable, booking_terms, resource, resource_count, resource_ids_of_offer,
    resource_kinds, resource_names, resources_of, resources_of_offer, store_days,
};
pub use menu::{menu, menu_media, menu_now};
pub use showing::{
    chosen_seats, coming_showings, hall, seats_of_showing, showing, showings_of_offer, showings_of_store,
    used_seats,
};

use std::collections::{BTreeMap, BTreeSet};

use kernel::{
    AgreementId, BasisPoints, BucketId, Currency, LocalText, MediaId, MerchantId, Money, OfferId, StoreId,
    Timestamp,
};
use party::MerchantStatus;
use store::{Fail, Query, ReadTx, Row, StorageError, sql};
use type_safe_id::{StaticType, TypeSafeId};

use crate::bucket::read_level;
use crate::model::{
    Agreement, AgreementStatus, AgreementVersion, ForSale, Offer, OfferPage, OfferStatus, Side,
};
use crate::reject::OFFER_NOT_ON_SALE;
use crate::{AgreementTerms, GroupTerms, PlatformCap, Rule, prices};

/// An offer's title and picture.
pub type Face = (LocalText, Option<MediaId>);

fn page(limit: i64) -> i64 {
    limit.clamp(1, 200)
}

/// The id below which a page starts; above every id for the first page.
fn below<K: StaticType>(after: Option<TypeSafeId<K>>) -> [u8; 16] {
    after.map_or([0xff; 16], |id| id.uuid().into_bytes())
}

fn all<T>(rows: Vec<Row>, read_row: fn(&mut Row) -> Result<T, StorageError>) -> Result<Vec<T>, Fail> {
    Ok(rows
        .into_iter()
        .map(|mut row| read_row(&mut row))
        .collect::<Result<_, _>>()?)
}

fn first<T>(rows: Vec<Row>, read_row: fn(&mut Row) -> Result<T, StorageError>) -> Result<Option<T>, Fail> {
    Ok(all(rows, read_row)?.into_iter().next())
}

fn named<T>(row: &mut Row, from_name: fn(&str) -> Option<T>) -> Result<T, StorageError> {
    let name: String = row.take()?;
    from_name(&name).ok_or_else(|| StorageError::bug(format!("a stored state is called {name:?}")))
}

fn digest(row: &mut Row) -> Result<[u8; 8], StorageError> {
    let bytes: Vec<u8> = row.take()?;
    bytes
        .try_into()
        .map_err(|_| StorageError::bug("a stored store set is not 8 bytes long"))
}

fn read_agreement(row: &mut Row) -> Result<Agreement, StorageError> {
    Ok(Agreement {
        id: row.take()?,
        merchant: row.take()?,
        status: named(row, AgreementStatus::from_name)?,
        version: row.take()?,
        terms_version: row.take()?,
        proposed_by: named(row, Side::from_name)?,
        head_count_bucket: row.take()?,
        created_at: row.take()?,
        terms: row.take_json()?,
    })
}

/// An agreement with the terms that are on the table, or were accepted.
pub fn agreement(read: &mut ReadTx, agreement: AgreementId) -> Result<Option<Agreement>, Fail> {
    let rows = read.many(sql!(
        "SELECT a.id, a.merchant_id, a.status, a.version, a.terms_version, a.proposed_by, a.head_count_bucket,
                a.created_at, v.terms
         FROM agreement a JOIN agreement_version v ON v.agreement_id = a.id AND v.version = a.terms_version
         WHERE a.id = $1",
        agreement
    ))?;
    first(rows, read_agreement)
}

/// A merchant's agreements.
pub fn agreements_of(
    read: &mut ReadTx,
    merchant: MerchantId,
    after: Option<AgreementId>,
    limit: i64,
) -> Result<Vec<Agreement>, Fail> {
    let rows = read.many(sql!(
        "SELECT a.id, a.merchant_id, a.status, a.version, a.terms_version, a.proposed_by, a.head_count_bucket,
                a.created_at, v.terms
         FROM agreement a JOIN agreement_version v ON v.agreement_id = a.id AND v.version = a.terms_version
         WHERE a.merchant_id = $1 AND a.id < $2 ORDER BY a.id DESC LIMIT $3",
        merchant,
        below(after),
        page(limit)
    ))?;
    all(rows, read_agreement)
}

/// Agreements of one status: what waits for the platform.
pub fn agreements(
    read: &mut ReadTx,
    status: AgreementStatus,
    after: Option<AgreementId>,
    limit: i64,
) -> Result<Vec<Agreement>, Fail> {
    let rows = read.many(sql!(
        "SELECT a.id, a.merchant_id, a.status, a.version, a.terms_version, a.proposed_by, a.head_count_bucket,
                a.created_at, v.terms
         FROM agreement a JOIN agreement_version v ON v.agreement_id = a.id AND v.version = a.terms_version
         WHERE a.status = $1 AND a.id < $2 ORDER BY a.id DESC LIMIT $3",
        status.as_str(),
        below(after),
        page(limit)
    ))?;
    all(rows, read_agreement)
}

/// How many agreements wait for the platform's answer.
pub fn agreements_waiting(read: &mut ReadTx) -> Result<i64, Fail> {
    let rows = read.many(sql!(
        "SELECT COUNT(*) FROM agreement WHERE status = 'negotiating' AND proposed_by = 'merchant'"
    ))?;
    Ok(first(rows, |row| row.take())?.unwrap_or_default())
}

fn read_rule(row: &mut Row) -> Result<Rule, StorageError> {
    let category: String = row.take()?;
    Ok(Rule {
        category: (!category.is_empty()).then_some(category),
        commission_min: share(row)?,
        commission_max: share(row)?,
        discount_platform_max: share(row)?,
        platform_cap_max: take_cap(row)?,
        rebate_max: share(row)?,
        refund_window_us_min: row.take()?,
    })
}

fn take_cap(row: &mut Row) -> Result<Option<PlatformCap>, StorageError> {
    let (amount, currency): (Option<i64>, Option<Currency>) = (row.take()?, row.take()?);
    let cap = amount.zip(currency);
    Ok(cap.map(|(amount, currency)| PlatformCap { amount, currency }))
}

fn share(row: &mut Row) -> Result<BasisPoints, StorageError> {
    BasisPoints::new(row.take()?).ok_or_else(|| StorageError::bug("a stored share is no share"))
}

/// What bounds agreements: the general rule first, then by category.
pub fn rules(read: &mut ReadTx) -> Result<Vec<Rule>, Fail> {
    let rows = read.many(sql!(
        "SELECT category, commission_bp_min, commission_bp_max, discount_platform_bp_max, platform_cap_max,
                platform_cap_currency, rebate_bp_max, refund_window_us_min
         FROM agreement_rule ORDER BY category"
    ))?;
    all(rows, read_rule)
}

/// The rules that a merchant's agreements keep to: of each category of its stores, and the general one where
/// a category has none of its own or there is no store yet.
pub fn rules_for(read: &mut ReadTx, merchant: MerchantId) -> Result<Vec<Rule>, Fail> {
    let mut rules = rules(read)?;
    if rules.is_empty() {
        return Ok(rules);
    }
    let rows = read.many(sql!(
        "SELECT DISTINCT category FROM store WHERE merchant_id = $1",
        merchant
    ))?;
    let categories: Vec<String> = all(rows, |row| row.take())?;
    let own = |category: &String| rules.iter().any(|rule| rule.category.as_ref() == Some(category));
    let is_general = categories.is_empty() || !categories.iter().all(own);
    rules.retain(|rule| match &rule.category {
        Some(category) => categories.contains(category),
        None => is_general,
    });
    Ok(rules)
}

/// Every version that was on the table, the first one first.
pub fn agreement_versions(read: &mut ReadTx, agreement: AgreementId) -> Result<Vec<AgreementVersion>, Fail> {
    let rows = read.many(sql!(
        "SELECT version, side, person_id, at, terms FROM agreement_version WHERE agreement_id = $1 ORDER BY version",
        agreement
    ))?;
    all(rows, |row| {
        Ok(AgreementVersion {
            version: row.take()?,
            side: named(row, Side::from_name)?,
            person: row.take()?,
            at: row.take()?,
            terms: row.take_json()?,
        })
    })
}

fn read_offer(row: &mut Row) -> Result<Offer, StorageError> {
    Ok(Offer {
        id: row.take()?,
        merchant: row.take()?,
        agreement: row.take()?,
        title: row.take_json::<LocalText>()?,
        description: row.take_json::<LocalText>()?,
        category: row.take()?,
        list_price: take_money(row)?,
        price_rules: row.take_json()?,
        group: row.take_json_option()?,
        deposit: row.take_json_option()?,
        uses: row.take()?,
        card: row.take_json_option()?,
        valid_us: row.take()?,
        max_per_order: row.take()?,
        stock_bucket: row.take()?,
        store_set: digest(row)?,
        media: row.take()?,
        status: named(row, OfferStatus::from_name)?,
        created_at: row.take()?,
        version: row.take()?,
    })
}

/// What an offer costs for those who buy it together, if it can be bought so.
pub fn group_terms(read: &mut ReadTx, offer: OfferId) -> Result<Option<GroupTerms>, Fail> {
    let rows = read.many(sql!("SELECT group_terms FROM offer WHERE id = $1", offer))?;
    Ok(first(rows, Row::take_json_option)?.flatten())
}

/// Reads a currency, then an amount.
fn take_money(row: &mut Row) -> Result<Money, StorageError> {
    let currency = row.take()?;
    Ok(Money::new(row.take()?, currency))
}

fn offer_query(offer: OfferId) -> Query {
    sql!(
        "SELECT id, merchant_id, agreement_id, title, description, category, currency, list_price, price_rules, group_terms, deposit, uses, card, valid_us,
                max_per_order, stock_bucket, store_set, media_id, status, created_at, version
         FROM offer WHERE id = $1",
        offer
    )
}

/// An offer, whatever its status.
pub fn offer(read: &mut ReadTx, offer: OfferId) -> Result<Option<Offer>, Fail> {
    first(read.many(offer_query(offer))?, read_offer)
}

/// How these offers present themselves, by title and picture, in one round trip; whatever their status.
pub fn faces(read: &mut ReadTx, offers: &[OfferId]) -> Result<BTreeMap<OfferId, Face>, Fail> {
    let offers: BTreeSet<OfferId> = offers.iter().copied().collect();
    let questions = offers
        .into_iter()
        .map(|offer| sql!("SELECT id, title, media_id FROM offer WHERE id = $1", offer));
    let answers = read.ask_all(questions.collect())?;
    let faces = all(answers.into_iter().flatten().collect(), |row| {
        Ok((row.take()?, (row.take_json::<LocalText>()?, row.take()?)))
    })?;
    Ok(faces.into_iter().collect())
}

/// A merchant's offers, drafts too.
pub fn offers_of(
    read: &mut ReadTx,
    merchant: MerchantId,
    after: Option<OfferId>,
    limit: i64,
) -> Result<Vec<Offer>, Fail> {
    let rows = read.many(sql!(
        "SELECT id, merchant_id, agreement_id, title, description, category, currency, list_price, price_rules, group_terms, deposit, uses, card, valid_us,
                max_per_order, stock_bucket, store_set, media_id, status, created_at, version
         FROM offer WHERE merchant_id = $1 AND id < $2 ORDER BY id DESC LIMIT $3",
        merchant,
        below(after),
        page(limit)
    ))?;
    all(rows, read_offer)
}

/// The offers that a store redeems, drafts too.
pub fn offers_at(
    read: &mut ReadTx,
    store: StoreId,
    after: Option<OfferId>,
    limit: i64,
) -> Result<Vec<Offer>, Fail> {
    let rows = read.many(sql!(
        "SELECT o.id, o.merchant_id, o.agreement_id, o.title, o.description, o.category, o.currency, o.list_price,
                o.price_rules, o.group_terms, o.deposit, o.uses, o.card, o.valid_us, o.max_per_order, o.stock_bucket, o.store_set, o.media_id, o.status, o.created_at,
                o.version
         FROM offer_store s JOIN offer o ON o.id = s.offer_id
         WHERE s.store_id = $1 AND s.offer_id < $2 ORDER BY s.offer_id DESC LIMIT $3",
        store,
        below(after),
        page(limit)
    ))?;
    all(rows, read_offer)
}

/// Where an offer is redeemed, in the order of their ids.
pub fn stores_of_offer(read: &mut ReadTx, offer: OfferId) -> Result<Vec<StoreId>, Fail> {
    let rows = read.many(sql!(
        "SELECT store_id FROM offer_store WHERE offer_id = $1 ORDER BY store_id",
        offer
    ))?;
    all(rows, |row| row.take())
}

/// Whether an offer of the file's owner that was published, or its menu, shows the file, so that everybody may see it.
pub fn is_shown(read: &mut ReadTx, media: &party::Media) -> Result<bool, Fail> {
    let row = read.one(sql!(
        "SELECT media_id FROM offer WHERE merchant_id = $1 AND media_id = $2 AND status <> 'draft'
         UNION ALL SELECT media_id FROM menu_media WHERE merchant_id = $3 AND media_id = $4 LIMIT 1",
        media.owner,
        media.id,
        media.owner,
        media.id
    ))?;
    Ok(row.is_some())
}

/// The ids of all offers in the order of their age, for whoever builds an index. `limit` is held to
/// 1 to 10,000.
pub fn offer_ids(read: &mut ReadTx, after: Option<OfferId>, limit: i64) -> Result<Vec<OfferId>, Fail> {
    let rows = read.many(sql!(
        "SELECT id FROM offer WHERE id > $1 ORDER BY id LIMIT $2",
        after.map_or([0; 16], |id| id.uuid().into_bytes()),
        limit.clamp(1, 10_000)
    ))?;
    all(rows, |row| row.take())
}

/// Every `step`-th of all offers, in the same order: where pages of that size end.
pub fn offer_marks(read: &mut ReadTx, step: i64) -> Result<Vec<OfferId>, Fail> {
    let mut marks: Vec<OfferId> = Vec::new();
    loop {
        let rows = read.many(sql!(
            "SELECT id FROM offer WHERE id > $1 ORDER BY id LIMIT 1 OFFSET $2",
            marks.last().map_or([0; 16], |id| id.uuid().into_bytes()),
            step - 1
        ))?;
        match first(rows, |row| row.take())? {
            Some(mark) => marks.push(mark),
            None => return Ok(marks),
        }
    }
}

/// Of the next `limit` offers those that are sold, stock and time aside, in the same order.
pub fn sold_after(read: &mut ReadTx, after: Option<OfferId>, limit: i64) -> Result<Vec<OfferId>, Fail> {
    let rows = read.many(sql!(
        "SELECT o.id FROM (SELECT id, merchant_id, agreement_id, status FROM offer WHERE id > $1 ORDER BY id LIMIT $2) o
         JOIN merchant m ON m.id = o.merchant_id JOIN agreement a ON a.id = o.agreement_id
         WHERE o.status = 'published' AND m.status = 'certified' AND a.status = 'accepted' ORDER BY o.id",
        after.map_or([0; 16], |id| id.uuid().into_bytes()),
        limit.clamp(1, 10_000)
    ))?;
    all(rows, |row| row.take())
}

/// All that is needed to show an offer, in one round trip; drafts too.
pub fn offer_page(read: &mut ReadTx, offer: OfferId, now: Timestamp) -> Result<Option<OfferPage>, Fail> {
    let [offers, stores, sale] = read.ask([
        offer_query(offer),
        sql!(
            "SELECT store_id FROM offer_store WHERE offer_id = $1 ORDER BY store_id",
            offer
        ),
        sql!(
            "SELECT m.status, a.status, v.terms, s.capacity, s.held, s.taken, s.closed,
                    COALESCE(h.capacity, 0), COALESCE(h.held, 0), COALESCE(h.taken, 0), COALESCE(h.closed, 1), k.version
             FROM offer o JOIN merchant m ON m.id = o.merchant_id
             JOIN agreement a ON a.id = o.agreement_id
             JOIN agreement_version v ON v.agreement_id = a.id AND v.version = a.terms_version
             JOIN bucket s ON s.id = o.stock_bucket LEFT JOIN bucket h ON h.id = a.head_count_bucket
             LEFT JOIN offer_booking k ON k.offer_id = o.id
             WHERE o.id = $1",
            offer
        ),
    ])?;
    let stores = all(stores, |row| row.take())?;
    let (Some(offer), Some(mut sale)) = (first(offers, read_offer)?, sale.into_iter().next()) else {
        return Ok(None);
    };
    let standing = Standing {
        merchant: named(&mut sale, MerchantStatus::from_name)?,
        agreement: named(&mut sale, AgreementStatus::from_name)?,
        offer: offer.status,
    };
    let terms: AgreementTerms = sale.take_json()?;
    let (stock, head_count) = (read_level(&mut sale)?, read_level(&mut sale)?);
    Ok(Some(OfferPage {
        stores,
        price: prices(
            &terms,
            offer.price_rules.unit_price(offer.list_price, 1, now, false),
        ),
        price_from: prices(&terms, offer.price_rules.price_from(offer.list_price)),
        group_price: offer.group.map(|group| {
            prices(
                &terms,
                Money {
                    amount: group.price,
                    ..offer.list_price
                },
            )
        }),
        on_sale: standing.why_not(&terms, now).is_none(),
        units_left: stock.left().min(head_count.left()),
        stock,
        is_booked: sale.take::<Option<i64>>()?.is_some(),
        terms,
        offer,
    }))
}

/// What together decides whether an offer can be bought, beside time and stock.
struct Standing {
    merchant: MerchantStatus,
    agreement: AgreementStatus,
    offer: OfferStatus,
}

impl Standing {
    fn why_not(&self, terms: &AgreementTerms, now: Timestamp) -> Option<String> {
        let why = match (self.offer, self.merchant, self.agreement) {
            (OfferStatus::Draft, ..) => "it is not published".to_owned(),
            (OfferStatus::Paused, ..) => "the merchant paused it".to_owned(),
            (_, MerchantStatus::Registered | MerchantStatus::Suspended, _) => {
                "its merchant does not sell at present".to_owned()
            }
            (.., AgreementStatus::Negotiating | AgreementStatus::Declined | AgreementStatus::Ended) => {
                "its activity is over".to_owned()
            }
            (OfferStatus::Published, MerchantStatus::Certified, AgreementStatus::Accepted) => {
                if terms.is_live(now) {
                    return None;
                }
                format!("it sells from {} until {}", terms.starts_at, terms.ends_at)
            }
        };
        Some(why)
    }
}

/// The offer with everything that an order freezes, in one statement, if it can be sold at `now`. What it
/// says may be a moment old: status and window are not locked; price and terms never change.
///
/// Rejects with [`party::NOT_FOUND`] (drafts too) and [`OFFER_NOT_ON_SALE`].
pub fn for_sale(read: &mut ReadTx, offer: OfferId, now: Timestamp) -> Result<ForSale, Fail> {
    read_for_sale(read.many(for_sale_query(offer))?, offer, now)
}

/// The statement of [`for_sale`], to be asked together with others.
pub fn for_sale_query(offer: OfferId) -> Query {
    sql!(
        "SELECT m.status, a.status, o.status, v.terms, a.head_count_bucket, o.merchant_id, o.category, o.currency, o.list_price,
                o.price_rules, o.group_terms, o.deposit, o.agreement_id, a.terms_version, o.stock_bucket, o.uses, o.card, o.valid_us, o.max_per_order, o.store_set,
                b.version, b.open_tickets, COALESCE(b.security_deposit, 0)
         FROM offer o JOIN merchant m ON m.id = o.merchant_id
         JOIN agreement a ON a.id = o.agreement_id
         JOIN agreement_version v ON v.agreement_id = a.id AND v.version = a.terms_version
         LEFT JOIN offer_booking b ON b.offer_id = o.id
         WHERE o.id = $1",
        offer
    )
}

/// Reads the answer to [`for_sale_query`], as [`for_sale`] does.
pub fn read_for_sale(rows: Vec<Row>, offer: OfferId, now: Timestamp) -> Result<ForSale, Fail> {
    let mut row = rows.into_iter().next().ok_or_else(|| party::NOT_FOUND.plain())?;
    let standing = Standing {
        merchant: named(&mut row, MerchantStatus::from_name)?,
        agreement: named(&mut row, AgreementStatus::from_name)?,
        offer: named(&mut row, OfferStatus::from_name)?,
    };
    if standing.offer == OfferStatus::Draft {
        return Err(party::NOT_FOUND.plain().into());
    }
    let terms: AgreementTerms = row.take_json()?;
    if let Some(why) = standing.why_not(&terms, now) {
        return Err(OFFER_NOT_ON_SALE.because(why).into());
    }
    let bucket: Option<BucketId> = row.take()?;
    let (merchant, category) = (row.take()?, row.take()?);
    let list_price = take_money(&mut row)?;
    Ok(ForSale {
        offer,
        merchant,
        category,
        currency: list_price.currency,
        list_price,
        price_rules: row.take_json()?,
        group: row.take_json_option()?,
        deposit: row.take_json_option()?,
        terms,
        agreement: row.take()?,
        agreement_version: row.take()?,
        head_count_bucket: bucket
            .ok_or_else(|| StorageError::bug("an accepted agreement has no head count"))?,
        stock_bucket: row.take()?,
        uses: row.take()?,
        card: row.take_json_option()?,
        valid_us: row.take()?,
        max_per_order: row.take()?,
        store_set: digest(&mut row)?,
        is_booked: row.take::<Option<i64>>()?.is_some(),
        open_tickets: row.take::<Option<i64>>()? == Some(1),
        security_deposit: row.take()?,
    })
}

/// The buckets that one unit of the offer is claimed of, stock and head count. They never change once
/// the agreement is accepted, so whoever names a sale's locks may remember them. `None`: no such offer, or
/// its agreement is not accepted.
pub fn buckets_of(read: &mut ReadTx, offer: OfferId) -> Result<Option<[BucketId; 2]>, Fail> {
    let rows = read.many(sql!(
        "SELECT o.stock_bucket, a.head_count_bucket FROM offer o JOIN agreement a ON a.id = o.agreement_id
         WHERE o.id = $1 AND a.head_count_bucket IS NOT NULL",
        offer
    ))?;
    first(rows, |row| Ok([row.take()?, row.take()?]))
}

/// The store sets of a merchant's offers: the stores behind each digest, as a scanner of the merchant
/// needs them to tell "another store" from "another merchant".
pub fn store_sets_of(
    read: &mut ReadTx,
    merchant: MerchantId,
) -> Result<BTreeMap<[u8; 8], Vec<StoreId>>, Fail> {
    let rows = read.many(sql!(
        "SELECT DISTINCT s.digest, s.store_id FROM offer o JOIN store_set s ON s.digest = o.store_set
         WHERE o.merchant_id = $1 ORDER BY s.digest, s.store_id",
        merchant
    ))?;
    let mut sets: BTreeMap<_, Vec<_>> = BTreeMap::new();
    for mut row in rows {
        sets.entry(digest(&mut row)?).or_default().push(row.take()?);
    }
    Ok(sets)
}

/// To whom what is used in a store is settled, which is who runs it, and whether the store belongs to a store set. A bug
/// if there is no such store.
pub fn payee_in_set(read: &mut ReadTx, set: [u8; 8], store: StoreId) -> Result<(MerchantId, bool), Fail> {
    let row = read.one(sql!(
        "SELECT CASE WHEN s.franchised_at IS NULL THEN s.merchant_id ELSE s.franchisee_id END, m.digest
         FROM store s LEFT JOIN store_set m ON m.store_id = s.id AND m.digest = $1 WHERE s.id = $2",
        set.as_slice(),
        store
    ))?;
    let mut row = row.ok_or_else(|| StorageError::bug("something is used in a store that does not exist"))?;
    Ok((row.take()?, row.take::<Option<Vec<u8>>>()?.is_some()))
}
