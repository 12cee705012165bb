//! What others may ask about vouchers and signing keys. Lists are newest first; `after` is the last id of
//! the page before, `limit` is held to 1 to 200. Who may ask is not checked here.

use kernel::{MerchantId, OfferId, PersonId, Timestamp, VoucherId};
use store::{Fail, Query, ReadTx, Row, StorageError, sql};

use crate::model::{StoredSigningKey, Voucher, VoucherStatus};
use crate::{DevicePublicKey, KeyRing, SealedKey, StoreSet, StoreSetDigest, StoreSets};

fn all<T>(rows: Vec<Row>, read_row: fn(&mut Row) -> Result<T, StorageError>) -> Result<Vec<T>, Fail> {
    Ok(rows
        .into_iter()
        .map(|mut row| read_row(&mut row))
        .collect::<Result<_, _>>()?)
}

fn first<T>(row: Option<Row>, read_row: fn(&mut Row) -> Result<T, StorageError>) -> Result<Option<T>, Fail> {
    Ok(row.map(|mut row| read_row(&mut row)).transpose()?)
}

fn unreadable(what: &str) -> StorageError {
    StorageError::bug(format!("a stored {what} cannot be read"))
}

fn read_voucher(row: &mut Row) -> Result<Voucher, StorageError> {
    Ok(Voucher {
        id: row.take()?,
        merchant: row.take()?,
        offer: row.take()?,
        store_set: read_digest(row)?,
        holder: row.take()?,
        status: read_status(row)?,
        uses_total: row.take()?,
        uses_left: row.take()?,
        uses_held: row.take()?,
        currency: row.take()?,
        number: row.take()?,
        binding: row.take()?,
        device_key: read_device_key(row)?,
        issued_at: row.take()?,
        valid_until: row.take()?,
        version: row.take()?,
    })
}

fn read_digest(row: &mut Row) -> Result<StoreSetDigest, StorageError> {
    let bytes: Vec<u8> = row.take()?;
    let bytes = bytes.try_into().map_err(|_| unreadable("store set"))?;
    Ok(StoreSetDigest(bytes))
}

fn read_status(row: &mut Row) -> Result<VoucherStatus, StorageError> {
    let name: String = row.take()?;
    VoucherStatus::from_name(&name).ok_or_else(|| unreadable("voucher status"))
}

fn read_device_key(row: &mut Row) -> Result<Option<DevicePublicKey>, StorageError> {
    let bytes: Option<Vec<u8>> = row.take()?;
    bytes
        .map(|bytes| DevicePublicKey::from_sec1(&bytes).map_err(|_| unreadable("device key")))
        .transpose()
}

/// A voucher.
pub fn voucher(read: &mut ReadTx, voucher: VoucherId) -> Result<Option<Voucher>, Fail> {
    let row = read.one(sql!(
        "SELECT id, merchant_id, offer_id, store_set, holder_id, status, uses_total, uses_left, uses_held, currency, number, binding,
                device_key, issued_at, valid_until, version
         FROM voucher WHERE id = $1",
        voucher
    ))?;
    first(row, read_voucher)
}

/// A person's vouchers, whatever became of them.
pub fn vouchers_of(
    read: &mut ReadTx,
    holder: PersonId,
    after: Option<VoucherId>,
    limit: i64,
) -> Result<Vec<Voucher>, Fail> {
    let rows = read.many(sql!(
        "SELECT id, merchant_id, offer_id, store_set, holder_id, status, uses_total, uses_left, uses_held, currency, number, binding,
                device_key, issued_at, valid_until, version
         FROM voucher WHERE holder_id = $1 AND id < $2 ORDER BY id DESC LIMIT $3",
        holder,
        after.map_or([0xff; 16], |id| id.uuid().into_bytes()),
        limit.clamp(1, 200)
    ))?;
    all(rows, read_voucher)
}

/// How many of a person's vouchers can still be used.
pub fn live_count(read: &mut ReadTx, holder: PersonId, now: Timestamp) -> Result<i64, Fail> {
    let row = read.one(sql!(
        "SELECT COUNT(*) FROM voucher WHERE holder_id = $1 AND status = 'live' AND valid_until > $2",
        holder,
        now
    ))?;
    Ok(row.map_or(Ok(0), |mut row| row.take())?)
}

/// One of a person's vouchers of an offer that can still be used, to be asked together with others.
pub fn live_of_query(holder: PersonId, offer: OfferId, now: Timestamp) -> Query {
    sql!(
        "SELECT id FROM voucher WHERE holder_id = $1 AND offer_id = $2 AND status = 'live' AND valid_until > $3 LIMIT 1",
        holder,
        offer,
        now
    )
}

/// A person's vouchers of these offers that can still be used.
pub fn live_of_offers(
    read: &mut ReadTx,
    holder: PersonId,
    offers: &[OfferId],
    now: Timestamp,
) -> Result<Vec<Voucher>, Fail> {
    let questions = offers.iter().map(|offer| {
        sql!(
            "SELECT id, merchant_id, offer_id, store_set, holder_id, status, uses_total, uses_left, uses_held, currency, number,
                    binding, device_key, issued_at, valid_until, version
             FROM voucher WHERE holder_id = $1 AND offer_id = $2 AND status = 'live' AND valid_until > $3",
            holder,
            *offer,
            now
        )
    });
    let rows = read.ask_all(questions.collect())?.into_iter().flatten();
    all(rows.collect(), read_voucher)
}

/// The voucher of this merchant that has this number, which [`crate::CodeKey`] reads from its code. The caller is the
/// merchant's staff, and counts the misses.
pub fn find_by_number(read: &mut ReadTx, merchant: MerchantId, number: i64) -> Result<Option<Voucher>, Fail> {
    let row = read.one(sql!(
        "SELECT id, merchant_id, offer_id, store_set, holder_id, status, uses_total, uses_left, uses_held, currency, number, binding,
                device_key, issued_at, valid_until, version
         FROM voucher WHERE number = $1 AND merchant_id = $2",
        number,
        merchant
    ))?;
    first(row, read_voucher)
}

fn read_signing_key(row: &mut Row) -> Result<StoredSigningKey, StorageError> {
    Ok(StoredSigningKey {
        id: row.take()?,
        public_key: row.take()?,
        sealed: SealedKey::from_bytes(&row.take::<Vec<u8>>()?).map_err(|_| unreadable("signing key"))?,
        created_at: row.take()?,
        retired_at: row.take()?,
    })
}

/// Every signing key, the newest first, retired ones too. The first that is not retired signs.
pub fn signing_keys(read: &mut ReadTx) -> Result<Vec<StoredSigningKey>, Fail> {
    let rows = read.many(sql!(
        "SELECT id, public_key, sealed_key, created_at, retired_at FROM signing_key ORDER BY id DESC"
    ))?;
    all(rows, read_signing_key)
}

/// Every public key whose vouchers are accepted: 32 bytes each, retired ones too.
pub fn public_keys(read: &mut ReadTx) -> Result<Vec<Vec<u8>>, Fail> {
    let rows = read.many(sql!("SELECT public_key FROM signing_key ORDER BY id"))?;
    all(rows, |row| row.take())
}

/// The same, ready to verify with.
pub fn key_ring(read: &mut ReadTx) -> Result<KeyRing, Fail> {
    let mut ring = KeyRing::default();
    for key in public_keys(read)? {
        ring.add(&key)
            .map_err(|refusal| StorageError::bug(refusal.to_string()))?;
    }
    Ok(ring)
}

/// The store sets of a merchant's offers, as its scanners know them.
pub fn store_sets(read: &mut ReadTx, merchant: MerchantId) -> Result<StoreSets, Fail> {
    let sets = offer::queries::store_sets_of(read, merchant)?;
    let sets = sets.into_values().map(StoreSet::from_iter);
    Ok(sets.collect())
}
