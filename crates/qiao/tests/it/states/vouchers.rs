//! Vouchers, as their holders show them and cashiers take them; and the keys that sign them.

use consume::{
    CodeAnswer, OfflineScan, RedeemCode, RedeemScan, Redeemed, ScanOutcome, SyncOffline, SyncedScan,
};
use kernel::{Actor, PersonId, RedemptionId, SigningKeyId, VoucherId};
use party::testing::{NOW, Shop, ctx};
use voucher::{
    AddSigningKey, BindDevice, CheckedPass, DeviceKey, KeyRing, MasterKey, Network, RetireSigningKey,
    Scanner, SealedKey, SigningKey, VoucherStatus, check_qr, present, queries, sign_pass,
};

use super::act::{Act, Note, act};
use super::machine::Machine;
use super::orders::order_of;
use super::world::World;

/// A voucher of two uses, of which the first or both were taken.
#[derive(Clone)]
pub struct Held {
    holder: PersonId,
    voucher: VoucherId,
    last_use: RedemptionId,
}

pub const VOUCHER: Machine<VoucherStatus, Held> = Machine {
    name: "Voucher",
    states: &VoucherStatus::ALL,
    named: VoucherStatus::as_str,
    bring: |w, status| {
        let bought = w.bought(order_of(w.card));
        let (holder, voucher) = (bought.buyer, bought.vouchers[0]);
        let mut last_use = w.redeemed(voucher);
        match status {
            VoucherStatus::Live => {}
            VoucherStatus::Used => last_use = w.redeemed(voucher),
            VoucherStatus::Refunded => drop(w.done(w.refund_voucher(holder, voucher))),
            VoucherStatus::Expired => drop(w.done(w.expire_voucher(voucher))),
        }
        Held {
            holder,
            voucher,
            last_use,
        }
    },
    look: |read, held| Ok(queries::voucher(read, held.voucher)?.unwrap().status),
    tries: &[
        |w, h| w.bind_device(h.holder, h.voucher, &device(3)).probe(),
        |w, h| w.redeem_scan(w.shop, h.voucher).probe(),
        |w, h| w.redeem_code(w.shop, h.voucher).probe_for(declined),
        |w, h| {
            w.sync_offline(w.shop, h.voucher)
                .probe_for(|scans| lost(scans[0].outcome))
        },
        |w, h| w.refund_voucher(h.holder, h.voucher).probe(),
        |w, h| w.expire_voucher(h.voucher).probe(),
        |w, h| w.undo_redemption(h.last_use, NOW).probe(),
        |w, h| w.refund_redeemed(h.last_use, NOW).probe(),
    ],
};

pub fn declined(answer: &CodeAnswer) -> Note {
    match answer {
        CodeAnswer::Redeemed(_) => None,
        CodeAnswer::Declined { .. } => Some("declined"),
    }
}

pub fn lost(outcome: ScanOutcome) -> Note {
    match outcome {
        ScanOutcome::Redeemed(_) => None,
        ScanOutcome::Lost { reason, .. } => Some(reason.as_str()),
        ScanOutcome::NonceReused => Some("nonce_reused"),
    }
}

pub fn device(key: u8) -> DeviceKey {
    DeviceKey::from_bytes(&[key; 32]).unwrap()
}

impl World {
    pub fn bind_device(&self, holder: PersonId, voucher: VoucherId, device: &DeviceKey) -> Act<i64> {
        let device_key = device.public_key();
        act(
            ctx(Actor::Consumer(holder)),
            voucher::bind_device,
            BindDevice { voucher, device_key },
        )
    }

    /// A voucher that nobody has used or shown.
    pub fn new_voucher(&self) -> (PersonId, VoucherId) {
        let bought = self.bought(order_of(self.offer));
        (bought.buyer, bought.vouchers[0])
    }

    /// What a scanner reads off the holder's screen. The first time binds the voucher.
    fn pass(&self, shop: Shop, voucher: VoucherId) -> CheckedPass {
        let (platform, device) = (SigningKey::from_bytes(&[1; 32]), device(2));
        let stored = || self.read(move |read| queries::voucher(read, voucher)).unwrap();
        let before = stored();
        if before.device_key.is_none() {
            self.done(self.bind_device(before.holder, voucher, &device));
        }
        let terms = stored().pass_terms(kernel::Timestamp::MAX).unwrap();
        let mut keys = KeyRing::default();
        keys.add(platform.verifying_key().as_bytes()).unwrap();
        let scanner = Scanner {
            keys: &keys,
            store_sets: &self.read(move |read| queries::store_sets(read, shop.merchant)),
            store: shop.store,
            network: Network::Online,
        };
        let qr = present(&sign_pass(&platform, &terms), &device, NOW);
        check_qr(&qr, &scanner, NOW).unwrap()
    }

    pub fn redeem_scan(&self, shop: Shop, voucher: VoucherId) -> Act<Redeemed> {
        let input = RedeemScan {
            uses: None,
            merchant: shop.merchant,
            store: shop.store,
            device: Some(self.new_device(shop)),
            pass: self.pass(shop, voucher),
        };
        act(ctx(shop.as_owner()), consume::redeem_scan, input)
    }

    pub fn redeemed(&self, voucher: VoucherId) -> RedemptionId {
        self.done(self.redeem_scan(self.shop, voucher)).redemption
    }

    pub fn redeem_code(&self, shop: Shop, voucher: VoucherId) -> Act<CodeAnswer> {
        let stored = self.read(move |read| queries::voucher(read, voucher));
        let input = RedeemCode {
            uses: None,
            merchant: shop.merchant,
            store: shop.store,
            device: Some(self.new_device(shop)),
            number: stored.unwrap().number,
        };
        act(ctx(shop.as_owner()), consume::redeem_code, input)
    }

    /// One scan.
    pub fn sync_offline(&self, shop: Shop, voucher: VoucherId) -> Act<Vec<SyncedScan>> {
        let ctx = ctx(shop.as_owner());
        let scan = OfflineScan {
            nonce: ctx.random_bytes(),
            pass: self.pass(shop, voucher),
            scanned_at: NOW,
        };
        let input = SyncOffline {
            merchant: shop.merchant,
            store: shop.store,
            device: self.new_device(shop),
            scans: vec![scan],
        };
        act(ctx, consume::sync_offline, input)
    }

    pub fn add_signing_key(&self) -> Act<()> {
        let ctx = ctx(Actor::System);
        let key = SigningKey::from_bytes(&ctx.random_bytes());
        let id: SigningKeyId = ctx.new_id();
        let input = AddSigningKey {
            id,
            public_key: key.verifying_key().to_bytes(),
            sealed: SealedKey::seal(&key, id, &MasterKey::new([8; 32]), ctx.random_bytes()),
        };
        act(ctx, voucher::add_signing_key, input)
    }

    /// With another one that stays.
    pub fn retire_signing_key(&self) -> Act<()> {
        self.done(self.add_signing_key());
        self.done(self.add_signing_key());
        let keys = self.read(queries::signing_keys);
        let key = keys.iter().find(|key| key.retired_at.is_none()).unwrap().id;
        act(
            ctx(Actor::System),
            voucher::retire_signing_key,
            RetireSigningKey { key },
        )
    }
}
