//! A database as it is after a server left it: what must hold whatever happened, and a few counts.

use std::collections::BTreeMap;

use kernel::BucketId;
use ledger::Account;
use offer::bucket::{self, Level};
use store::{Query, Settings, Store, StoredEvent, sql};

/// The database, open for questions only.
pub struct Audit(Store);

impl Audit {
    /// Opens a database that no server has and checks what must always hold: no bucket holds more than it
    /// can, the books sum to zero, and no partition of the event log has a gap.
    pub fn open(url: &str) -> Self {
        let audit = Self(
            Store::open(&Settings {
                lanes: 1,
                readers: 1,
                ..Settings::new(url)
            })
            .unwrap(),
        );
        let over = audit.count(|| {
            sql!("SELECT COUNT(*) FROM bucket WHERE held + taken > capacity OR held < 0 OR taken < 0")
        });
        assert_eq!(over, 0, "buckets hold more than they can");
        let sums = audit
            .balances()
            .into_values()
            .fold((0, 0), |sum, of| (sum.0 + of.0, sum.1 + of.1));
        assert_eq!(sums, (0, 0), "the trial balance is not zero");
        audit.check_events();
        audit
    }

    /// Closes the database.
    pub fn close(self) {
        self.0.close();
    }

    fn check_events(&self) {
        let heads = self
            .0
            .read_blocking(|read| Ok(StoredEvent::heads(read)?))
            .unwrap();
        assert!(!heads.is_empty());
        for (partition, head) in heads {
            let events = self
                .0
                .read_blocking(move |read| Ok(StoredEvent::after(read, partition, 0, i64::MAX)?))
                .unwrap();
            let seqs: Vec<i64> = events.iter().map(|event| event.seq).collect();
            assert_eq!(seqs, (1..=head).collect::<Vec<_>>(), "partition {partition}");
        }
    }

    fn count(&self, query: impl Fn() -> Query + Send + 'static) -> i64 {
        let row = self.0.read_blocking(move |read| Ok(read.one(query())?)).unwrap();
        row.unwrap().take().unwrap()
    }

    /// All orders.
    pub fn orders(&self) -> i64 {
        self.count(|| sql!("SELECT COUNT(*) FROM orders"))
    }

    /// All showings.
    pub fn showings(&self) -> i64 {
        self.count(|| sql!("SELECT COUNT(*) FROM showing"))
    }

    /// Orders that were paid.
    pub fn paid_orders(&self) -> i64 {
        self.count(|| sql!("SELECT COUNT(*) FROM orders WHERE status = 'paid'"))
    }

    /// All vouchers.
    pub fn vouchers(&self) -> i64 {
        self.count(|| sql!("SELECT COUNT(*) FROM voucher"))
    }

    /// Coupons in wallets.
    pub fn claimed_coupons(&self) -> i64 {
        self.count(|| sql!("SELECT COUNT(*) FROM wallet_coupon"))
    }

    /// Uses that were taken.
    pub fn redemptions(&self) -> i64 {
        self.count(|| sql!("SELECT COUNT(*) FROM redemption"))
    }

    /// Orders that their buyers took back.
    pub fn cancelled_orders(&self) -> i64 {
        self.count(|| sql!("SELECT COUNT(*) FROM orders WHERE status = 'cancelled'"))
    }

    /// Orders whose hold ran out.
    pub fn released_orders(&self) -> i64 {
        self.count(|| sql!("SELECT COUNT(*) FROM orders WHERE status = 'released'"))
    }

    /// Ways of money back to its payer.
    pub fn refunds(&self) -> i64 {
        self.count(|| sql!("SELECT COUNT(*) FROM refund"))
    }

    /// Redemptions that were taken back.
    pub fn undone_redemptions(&self) -> i64 {
        self.count(|| sql!("SELECT COUNT(*) FROM redemption WHERE status = 'undone'"))
    }

    /// Payouts of any status.
    pub fn payouts(&self) -> i64 {
        self.count(|| sql!("SELECT COUNT(*) FROM payout"))
    }

    /// Payouts that somebody approved.
    pub fn approved_payouts(&self) -> i64 {
        self.count(|| sql!("SELECT COUNT(*) FROM payout WHERE approved_by IS NOT NULL"))
    }

    /// All reviews.
    pub fn reviews(&self) -> i64 {
        self.count(|| sql!("SELECT COUNT(*) FROM review"))
    }

    /// Everything that ever happened.
    pub fn all_events(&self) -> i64 {
        self.count(|| sql!("SELECT COUNT(*) FROM event"))
    }

    /// Orders that were paid by rebates, all or in part.
    pub fn orders_with_rebate(&self) -> i64 {
        self.count(|| sql!("SELECT COUNT(*) FROM orders WHERE rebate_used > 0"))
    }

    /// Agreements that both sides accepted and under which nothing was offered.
    pub fn accepted_without_an_offer(&self) -> i64 {
        self.count(|| {
            sql!(
                "SELECT COUNT(*) FROM event WHERE type = 'AgreementAccepted'
                   AND subject NOT IN (SELECT agreement_id FROM offer)"
            )
        })
    }

    /// How full a bucket is.
    pub fn level(&self, bucket: BucketId) -> Level {
        self.0
            .read_blocking(move |read| bucket::level(read, bucket))
            .unwrap()
            .unwrap()
    }

    /// Every account's balance, posted and pending, in minor units of the one currency there is.
    pub fn balances(&self) -> BTreeMap<Account, (i64, i64)> {
        let rows = self.0.read_blocking(ledger::queries::trial_balance).unwrap();
        rows.into_iter()
            .map(|row| (row.account, (row.balance.posted, row.balance.pending)))
            .collect()
    }
}
