//! QRs: a voucher is bound to a phone, shown, and scanned with a network or without.

use consume::{OfflineScan, RedeemScan, ScanOutcome, SyncOffline, SyncedScan};
use kernel::{OfferId, Timestamp, VoucherId};
use store::{Fail, StorageError};
use uuid::Uuid;
use voucher::{
    BindDevice, CheckedPass, DeviceKey, KeyRing, Network, PassTerms, QrRefusal, Scanner, SigningKey,
    StoreSet, StoreSets, check_qr, present, sign_pass,
};

use super::{Reply, Request, Scene};
use crate::run::op::{Name, No, Scan, Staff, VoucherName};

/// One of a person's phones.
fn phone_key(person: usize, phone: usize) -> Result<DeviceKey, Fail> {
    let bytes = [(2 * person + phone + 1) as u8; 32];
    Ok(DeviceKey::from_bytes(&bytes).map_err(|_| StorageError::bug("small numbers are keys"))?)
}

pub(super) fn bind(scene: Scene<'_>, person: usize, voucher: VoucherName, phone: usize) -> Request {
    let voucher: VoucherId = scene.id(Name::Voucher(voucher.0, voucher.1));
    Request::new(
        "bindDevice",
        scene.consumer(person),
        voucher.uuid(),
        move |tx, ctx| {
            let cmd = BindDevice {
                voucher,
                device_key: phone_key(person, phone)?.public_key(),
            };
            Ok(Reply::text(voucher::bind_device(tx, ctx, &cmd)?.to_string()))
        },
    )
}

/// What a QR says, as far as it does not follow from the command.
#[derive(Clone)]
struct Shown {
    voucher: VoucherId,
    offer: OfferId,
    stores: StoreSet,
    uses: u16,
    holder: usize,
    binding: u32,
}

impl Shown {
    fn new(scene: Scene<'_>, name: VoucherName, binding: u32) -> Self {
        let order = &scene.model.orders[&name.0];
        let good = &scene.model.world.goods[order.good];
        let stores = &scene.directory.cast.shops[good.shop].stores[..good.stores];
        Self {
            voucher: scene.id(Name::Voucher(name.0, name.1)),
            offer: scene.directory.cast.goods[order.good],
            stores: stores.iter().map(|(store, _)| *store).collect(),
            uses: u16::try_from(good.uses).unwrap_or(u16::MAX),
            holder: order.person,
            binding,
        }
    }

    /// As a scanner of a store that takes it reads it from the holder's phone.
    fn scanned(&self, store: kernel::StoreId, at: Timestamp) -> Result<CheckedPass, Fail> {
        let phone = phone_key(self.holder, 0)?;
        let text = self.text(&phone, &phone, at);
        Ok(self
            .check(&text, store, at)?
            .map_err(|refusal| StorageError::bug(refusal.to_string()))?)
    }

    /// The QR that one phone shows of a voucher that is bound to another, or to itself.
    fn text(&self, bound: &DeviceKey, shows: &DeviceKey, at: Timestamp) -> String {
        let terms = PassTerms {
            voucher: self.voucher,
            offer: self.offer,
            store_set: self.stores.digest(),
            uses_total: self.uses,
            binding: self.binding,
            offline_until: Timestamp::MAX,
            device_key: bound.public_key(),
        };
        present(&sign_pass(&platform(), &terms), shows, at)
    }

    /// What a scanner says.
    fn check(
        &self,
        text: &str,
        store: kernel::StoreId,
        now: Timestamp,
    ) -> Result<Result<CheckedPass, QrRefusal>, Fail> {
        let mut keys = KeyRing::default();
        let known = keys.add(platform().verifying_key().as_bytes());
        known.map_err(|refusal| StorageError::bug(refusal.to_string()))?;
        let store_sets: StoreSets = [self.stores.clone()].into_iter().collect();
        let scanner = Scanner {
            keys: &keys,
            store_sets: &store_sets,
            store,
            network: Network::Online,
        };
        Ok(check_qr(text, &scanner, now))
    }
}

fn platform() -> SigningKey {
    SigningKey::from_bytes(&[1; 32])
}

/// Whether a scanner takes a QR that was shown before, or that a phone shows to which the voucher is not bound.
pub(super) fn is_believed(
    scene: Scene<'_>,
    voucher: VoucherName,
    shown_at: Timestamp,
    now: Timestamp,
    by_another: bool,
) -> bool {
    let binding = scene.model.voucher(voucher).map_or(0, |voucher| voucher.binding);
    let shown = Shown::new(scene, voucher, binding);
    let key = |phone| phone_key(shown.holder, phone).expect("small numbers are keys");
    let text = shown.text(&key(0), &key(usize::from(by_another)), shown_at);
    let checked = shown.check(&text, taking_store(scene, voucher), now);
    checked.is_ok_and(|checked| checked.is_ok())
}

/// A store that takes the voucher, whichever it is shown in.
fn taking_store(scene: Scene<'_>, voucher: VoucherName) -> kernel::StoreId {
    let good = &scene.model.world.goods[scene.model.orders[&voucher.0].good];
    scene.directory.cast.shops[good.shop].stores[0].0
}

pub(super) fn scan(
    scene: Scene<'_>,
    (shop, staff, store): (usize, Staff, usize),
    (voucher, uses): (VoucherName, Option<i64>),
    binding: u32,
) -> Request {
    let cast = &scene.directory.cast.shops[shop];
    let (merchant, (store, device)) = (cast.merchant, cast.stores[store]);
    let (shown, judged_in) = (Shown::new(scene, voucher, binding), taking_store(scene, voucher));
    Request::new(
        "redeemScan",
        scene.staff(shop, staff),
        merchant.uuid(),
        move |tx, ctx| {
            let cmd = RedeemScan {
                merchant,
                store,
                device: Some(device),
                pass: shown.scanned(judged_in, ctx.now)?,
                uses,
            };
            let redeemed = consume::redeem_scan(tx, ctx, &cmd)?;
            Ok(Reply::redeemed(&redeemed))
        },
    )
}

/// Sends the scan of this step, and after it one that was sent before.
pub(super) fn sync(
    scene: Scene<'_>,
    (shop, store): (usize, usize),
    scans: [Option<(No, Scan)>; 2],
) -> Request {
    let cast = &scene.directory.cast.shops[shop];
    let (merchant, (store, device)) = (cast.merchant, cast.stores[store]);
    let scans = scans.map(|scan| {
        scan.map(|(no, scan)| {
            let shown = Shown::new(scene, scan.voucher, scan.binding);
            (no, scan.at, shown, taking_store(scene, scan.voucher))
        })
    });
    Request::new(
        "syncOffline",
        scene.staff(shop, Staff::Owner),
        merchant.uuid(),
        move |tx, ctx| {
            let mut cmd = SyncOffline {
                merchant,
                store,
                device,
                scans: Vec::new(),
            };
            for (no, at, shown, judged_in) in scans.iter().flatten() {
                cmd.scans.push(OfflineScan {
                    nonce: u128::from(*no).to_be_bytes(),
                    pass: shown.scanned(*judged_in, *at)?,
                    scanned_at: *at,
                });
            }
            let synced = consume::sync_offline(tx, ctx, &cmd)?;
            let said: Vec<_> = synced.iter().map(outcome).collect();
            let text: Vec<_> = said.iter().map(|(text, _)| *text).collect();
            let made = said.iter().filter_map(|(_, redemption)| *redemption).collect();
            Ok(Reply::made(text.join(", "), made))
        },
    )
}

fn outcome(synced: &SyncedScan) -> (&'static str, Option<Uuid>) {
    match synced.outcome {
        ScanOutcome::Redeemed(redemption) => ("redeemed", Some(redemption.uuid())),
        ScanOutcome::Lost { reason, won } => (reason.as_str(), won.map(|redemption| redemption.uuid())),
        ScanOutcome::NonceReused => ("nonce reused", None),
    }
}
