//! What others may ask about people, merchants, stores, staff, devices and certifications. Lists are
//! newest first; `after` is the last id of the page before, `limit` is held to 1 to 200.

mod people;

use std::collections::{BTreeMap, BTreeSet};

use kernel::{CertificationId, Currency, DeviceId, GeoPoint, LocalText, MediaId, MerchantId, StoreId};
use store::{Fail, Query, ReadTx, Row, StorageError, sql};
use type_safe_id::{StaticType, TypeSafeId};

use crate::model::{
    Certification, CertificationStatus, Device, Franchise, Media, Merchant, MerchantPage, MerchantStatus,
    StoreDetails, StoreView,
};
use crate::rows::named;

pub use people::{
    grants, identity, is_member, memberships_of, names_of, operators, password, people_at, profile, session,
    sessions_of, share_a_device, signed_in_on, staff_of,
};

const MAX_PAGE: i64 = 200;

fn page(limit: i64) -> i64 {
    limit.clamp(1, MAX_PAGE)
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

fn first<T>(row: Option<Row>, read_row: fn(&mut Row) -> Result<T, StorageError>) -> Result<Option<T>, Fail> {
    Ok(row.map(|mut row| read_row(&mut row)).transpose()?)
}

fn read_merchant(row: &mut Row) -> Result<Merchant, StorageError> {
    Ok(Merchant {
        id: row.take()?,
        name: row.take_json()?,
        logo: row.take()?,
        status: named(row, MerchantStatus::from_name)?,
        source: row.take()?,
        created_at: row.take()?,
        version: row.take()?,
    })
}

fn merchant_query(merchant: MerchantId) -> Query {
    sql!(
        "SELECT id, name, logo_id, status, source, created_at, version FROM merchant WHERE id = $1",
        merchant
    )
}

/// A merchant.
pub fn merchant(read: &mut ReadTx, merchant: MerchantId) -> Result<Option<Merchant>, Fail> {
    first(read.one(merchant_query(merchant))?, read_merchant)
}

/// What these merchants are called, in one round trip. Unknown ones are left out.
pub fn merchant_names(
    read: &mut ReadTx,
    merchants: &[MerchantId],
) -> Result<BTreeMap<MerchantId, LocalText>, Fail> {
    let merchants: BTreeSet<MerchantId> = merchants.iter().copied().collect();
    let questions = merchants.into_iter().map(merchant_query);
    let answers = read.ask_all(questions.collect())?;
    let found = all(answers.into_iter().flatten().collect(), read_merchant)?;
    Ok(found
        .into_iter()
        .map(|merchant| (merchant.id, merchant.name))
        .collect())
}

/// Merchants of one status, or of any.
pub fn merchants(
    read: &mut ReadTx,
    status: Option<MerchantStatus>,
    after: Option<MerchantId>,
    limit: i64,
) -> Result<Vec<Merchant>, Fail> {
    let query = match status {
        Some(status) => sql!(
            "SELECT id, name, logo_id, status, source, created_at, version FROM merchant
             WHERE status = $1 AND id < $2 ORDER BY id DESC LIMIT $3",
            status.as_str(),
            below(after),
            page(limit)
        ),
        None => sql!(
            "SELECT id, name, logo_id, status, source, created_at, version FROM merchant
             WHERE id < $1 ORDER BY id DESC LIMIT $2",
            below(after),
            page(limit)
        ),
    };
    all(read.many(query)?, read_merchant)
}

/// The ids of certified merchants in the order of their age. `limit` is held to 1 to 10,000.
pub fn certified_after(
    read: &mut ReadTx,
    after: Option<MerchantId>,
    limit: i64,
) -> Result<Vec<MerchantId>, Fail> {
    let rows = read.many(sql!(
        "SELECT id FROM merchant WHERE status = 'certified' AND id > $1 ORDER BY id LIMIT $2",
        after.map_or([0; 16], |id| id.uuid().into_bytes()),
        limit.clamp(1, 10_000)
    ))?;
    all(rows, |row| row.take())
}

/// Every `step`-th certified merchant, in the same order: where pages of that size end.
pub fn certified_marks(read: &mut ReadTx, step: i64) -> Result<Vec<MerchantId>, Fail> {
    let mut marks: Vec<MerchantId> = Vec::new();
    loop {
        let row = read.one(sql!(
            "SELECT id FROM merchant WHERE status = 'certified' AND id > $1 ORDER BY id LIMIT 1 OFFSET $2",
            marks.last().map_or([0; 16], |id| id.uuid().into_bytes()),
            step - 1
        ))?;
        match first(row, |row| row.take())? {
            Some(mark) => marks.push(mark),
            None => return Ok(marks),
        }
    }
}

/// A merchant with its stores and badges, in one round trip.
pub fn merchant_page(read: &mut ReadTx, merchant: MerchantId) -> Result<Option<MerchantPage>, Fail> {
    let [merchants, stores, badges] = read.ask([
        merchant_query(merchant),
        stores_query(merchant, None, MAX_PAGE),
        sql!(
            "SELECT DISTINCT kind FROM certification WHERE merchant_id = $1 AND status = 'approved' ORDER BY kind",
            merchant
        ),
    ])?;
    let (stores, badges) = (all(stores, read_store)?, all(badges, |row| row.take())?);
    let merchant = all(merchants, read_merchant)?.pop();
    Ok(merchant.map(|merchant| MerchantPage {
        merchant,
        stores,
        badges,
    }))
}

pub(crate) fn read_store(row: &mut Row) -> Result<StoreView, StorageError> {
    Ok(StoreView {
        id: row.take()?,
        merchant: row.take()?,
        source: row.take()?,
        created_at: row.take()?,
        version: row.take()?,
        details: StoreDetails {
            name: row.take_json()?,
            category: row.take()?,
            address: row.take()?,
            phone: row.take()?,
            place: row.take_place()?,
            time_zone: row.take()?,
            currency: row.take()?,
            opening_hours: row.take()?,
            offline_max_uses: row.take()?,
            offline_max_amount: row.take()?,
        },
    })
}

/// A store.
pub fn store(read: &mut ReadTx, store: StoreId) -> Result<Option<StoreView>, Fail> {
    let row = read.one(sql!(
        "SELECT id, merchant_id, source, created_at, version, name, category, address, phone, lat, lon, time_zone,
                currency, opening_hours, offline_max_uses, offline_max_amount
         FROM store WHERE id = $1",
        store
    ))?;
    first(row, read_store)
}

/// The stores of these ids, in their order, in one round trip. Unknown ones are left out.
pub fn stores(read: &mut ReadTx, stores: &[StoreId]) -> Result<Vec<StoreView>, Fail> {
    let questions = stores.iter().map(|store| {
        sql!(
            "SELECT id, merchant_id, source, created_at, version, name, category, address, phone, lat, lon, time_zone,
                    currency, opening_hours, offline_max_uses, offline_max_amount
             FROM store WHERE id = $1",
            *store
        )
    });
    let answers = read.ask_all(questions.collect())?;
    all(answers.into_iter().flatten().collect(), read_store)
}

/// What the oldest store sells in; `None` while there is no store.
pub fn first_currency(read: &mut ReadTx) -> Result<Option<Currency>, Fail> {
    first(
        read.one(sql!("SELECT currency FROM store ORDER BY id LIMIT 1"))?,
        |row| row.take(),
    )
}

fn stores_query(merchant: MerchantId, after: Option<StoreId>, limit: i64) -> Query {
    sql!(
        "SELECT id, merchant_id, source, created_at, version, name, category, address, phone, lat, lon, time_zone,
                currency, opening_hours, offline_max_uses, offline_max_amount
         FROM store WHERE merchant_id = $1 AND id < $2 ORDER BY id DESC LIMIT $3",
        merchant,
        below(after),
        page(limit)
    )
}

/// A merchant's stores.
pub fn stores_of(
    read: &mut ReadTx,
    merchant: MerchantId,
    after: Option<StoreId>,
    limit: i64,
) -> Result<Vec<StoreView>, Fail> {
    all(read.many(stores_query(merchant, after, limit))?, read_store)
}

fn read_franchise(row: &mut Row) -> Result<Franchise, StorageError> {
    Ok(Franchise {
        store: row.take()?,
        name: row.take_json()?,
        merchant: row.take()?,
        franchisee: row.take()?,
        since: row.take()?,
    })
}

/// Who runs a store, or is to run it, if that is not its own merchant.
pub fn franchise(read: &mut ReadTx, store: StoreId) -> Result<Option<Franchise>, Fail> {
    let row = read.one(sql!(
        "SELECT id, name, merchant_id, franchisee_id, franchised_at FROM store
         WHERE id = $1 AND franchisee_id IS NOT NULL",
        store
    ))?;
    first(row, read_franchise)
}

/// The stores of a chain that others run, or are to run, and those of others that it does, newest first. At most 500.
pub fn franchises_of(read: &mut ReadTx, merchant: MerchantId) -> Result<Vec<Franchise>, Fail> {
    let rows = read.many(sql!(
        "SELECT id, name, merchant_id, franchisee_id, franchised_at FROM store
         WHERE franchisee_id IS NOT NULL AND (merchant_id = $1 OR franchisee_id = $1) ORDER BY id DESC LIMIT 500",
        merchant
    ))?;
    all(rows, read_franchise)
}

/// To whom what is used in a store is settled: who runs it. A bug if there is no such store.
pub fn payee(read: &mut ReadTx, store: StoreId) -> Result<MerchantId, Fail> {
    let row = read.one(sql!(
        "SELECT CASE WHEN franchised_at IS NULL THEN merchant_id ELSE franchisee_id END FROM store WHERE id = $1",
        store
    ))?;
    let mut row = row.ok_or_else(|| StorageError::bug("something is used in a store that does not exist"))?;
    Ok(row.take()?)
}

/// Where every store stands, for the index of places: id, merchant and place, in the order of ids.
pub fn store_places(
    read: &mut ReadTx,
    after: Option<StoreId>,
    limit: i64,
) -> Result<Vec<(StoreId, MerchantId, GeoPoint)>, Fail> {
    let after = after.map_or([0; 16], |id| id.uuid().into_bytes());
    let rows = read.many(sql!(
        "SELECT id, merchant_id, lat, lon FROM store WHERE id > $1 ORDER BY id LIMIT $2",
        after,
        limit.clamp(1, 10_000)
    ))?;
    all(rows, |row| Ok((row.take()?, row.take()?, row.take_place()?)))
}

fn read_device(row: &mut Row) -> Result<Device, StorageError> {
    Ok(Device {
        id: row.take()?,
        merchant: row.take()?,
        store: row.take()?,
        name: row.take()?,
        registered_by: row.take()?,
        registered_at: row.take()?,
        revoked_at: row.take()?,
    })
}

/// A device, revoked ones too.
pub fn device(read: &mut ReadTx, device: DeviceId) -> Result<Option<Device>, Fail> {
    let row = read.one(sql!(
        "SELECT id, merchant_id, store_id, name, registered_by, registered_at, revoked_at FROM device WHERE id = $1",
        device
    ))?;
    first(row, read_device)
}

/// The devices of a store, revoked ones too.
pub fn devices_of(
    read: &mut ReadTx,
    store: StoreId,
    after: Option<DeviceId>,
    limit: i64,
) -> Result<Vec<Device>, Fail> {
    let rows = read.many(sql!(
        "SELECT id, merchant_id, store_id, name, registered_by, registered_at, revoked_at
         FROM device WHERE store_id = $1 AND id < $2 ORDER BY id DESC LIMIT $3",
        store,
        below(after),
        page(limit)
    ))?;
    all(rows, read_device)
}

fn read_certification(row: &mut Row) -> Result<Certification, StorageError> {
    Ok(Certification {
        id: row.take()?,
        merchant: row.take()?,
        kind: row.take()?,
        number: row.take()?,
        media: row.take()?,
        status: named(row, CertificationStatus::from_name)?,
        valid_until: row.take()?,
        submitted_at: row.take()?,
        decided_by: row.take()?,
        decided_at: row.take()?,
        note: row.take()?,
        version: row.take()?,
    })
}

/// A certification.
pub fn certification(
    read: &mut ReadTx,
    certification: CertificationId,
) -> Result<Option<Certification>, Fail> {
    let row = read.one(sql!(
        "SELECT id, merchant_id, kind, number, media_id, status, valid_until, submitted_at, decided_by, decided_at,
                note, version
         FROM certification WHERE id = $1",
        certification
    ))?;
    first(row, read_certification)
}

/// Certifications of one status: what waits for an operator.
pub fn certifications(
    read: &mut ReadTx,
    status: CertificationStatus,
    after: Option<CertificationId>,
    limit: i64,
) -> Result<Vec<Certification>, Fail> {
    let rows = read.many(sql!(
        "SELECT id, merchant_id, kind, number, media_id, status, valid_until, submitted_at, decided_by, decided_at,
                note, version
         FROM certification WHERE status = $1 AND id < $2 ORDER BY id DESC LIMIT $3",
        status.as_str(),
        below(after),
        page(limit)
    ))?;
    all(rows, read_certification)
}

/// How many certifications wait for an operator.
pub fn certifications_waiting(read: &mut ReadTx) -> Result<i64, Fail> {
    let row = read.one(sql!(
        "SELECT COUNT(*) FROM certification WHERE status = 'submitted'"
    ))?;
    Ok(first(row, |row| row.take())?.unwrap_or_default())
}

/// What a merchant handed in.
pub fn certifications_of(
    read: &mut ReadTx,
    merchant: MerchantId,
    after: Option<CertificationId>,
    limit: i64,
) -> Result<Vec<Certification>, Fail> {
    let rows = read.many(sql!(
        "SELECT id, merchant_id, kind, number, media_id, status, valid_until, submitted_at, decided_by, decided_at,
                note, version
         FROM certification WHERE merchant_id = $1 AND id < $2 ORDER BY id DESC LIMIT $3",
        merchant,
        below(after),
        page(limit)
    ))?;
    all(rows, read_certification)
}

fn media_query(media: MediaId) -> Query {
    sql!(
        "SELECT id, owner_id, sha256, content_type, size_bytes FROM media WHERE id = $1",
        media
    )
}

fn read_media(row: &mut Row) -> Result<Media, StorageError> {
    let (id, owner, sha256): (_, _, Vec<u8>) = (row.take()?, row.take()?, row.take()?);
    Ok(Media {
        id,
        owner,
        sha256: sha256
            .try_into()
            .map_err(|_| StorageError::bug("a stored hash is not 32 bytes long"))?,
        content_type: row.take()?,
        size: row.take()?,
    })
}

/// An uploaded file.
pub fn media(read: &mut ReadTx, media: MediaId) -> Result<Option<Media>, Fail> {
    first(read.one(media_query(media))?, read_media)
}

/// The files of these ids, in one round trip. Unknown ones are left out.
pub fn media_files(read: &mut ReadTx, media: &[MediaId]) -> Result<Vec<Media>, Fail> {
    let answers = read.ask_all(media.iter().map(|id| media_query(*id)).collect())?;
    all(answers.into_iter().flatten().collect(), read_media)
}

/// Whether a file of the merchant's is its logo, so that everybody may see it.
pub fn is_logo(read: &mut ReadTx, media: &Media) -> Result<bool, Fail> {
    let row = read.one(sql!(
        "SELECT id FROM merchant WHERE id = $1 AND logo_id = $2",
        media.owner,
        media.id
    ))?;
    Ok(row.is_some())
}
