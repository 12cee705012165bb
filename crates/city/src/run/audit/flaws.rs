//! What must never be found in a database, whatever happened: each question's answer is the flaws themselves.

use store::{Fail, Query, ReadTx, sql};

/// Everything that is wrong by itself. `keys` is how many requests were answered.
pub(super) fn flaws(read: &mut ReadTx, keys: u64) -> Result<Vec<String>, Fail> {
    let mut flaws = Vec::new();
    for (what, query) in questions(keys) {
        for mut row in read.many(query)? {
            flaws.push(format!("{what}: {}", row.take::<String>()?));
        }
    }
    Ok(flaws)
}

fn questions(keys: u64) -> [(&'static str, Query); 13] {
    [
        (
            "an entry does not sum to zero",
            sql!(
                "SELECT MIN(account) FROM journal_leg GROUP BY entry_id, currency, layer HAVING SUM(amount) <> 0"
            ),
        ),
        (
            "a resolved entry is still pending, or an open one is not",
            sql!(
                "SELECT MIN(e.reason) FROM journal_entry e JOIN journal_leg l ON l.entry_id = e.id AND l.layer = 1
                 LEFT JOIN journal_resolution r ON r.pending_id = e.id
                 LEFT JOIN journal_entry d ON d.reference = e.id AND d.kind IN ('posts', 'voids')
                 WHERE e.kind = 'pending' AND (r.pending_id IS NULL) <> (d.id IS NULL) GROUP BY e.id"
            ),
        ),
        (
            "a balance carried forward is not what the entries before it come to",
            sql!(
                "SELECT MIN(account) FROM
                   (SELECT owner_id, account, currency, layer, amount FROM account_balance
                    UNION ALL
                    SELECT o.owner_id, l.account, l.currency, l.layer, -l.amount FROM journal_leg l
                    LEFT JOIN journal_uncarried u ON u.entry_id = l.entry_id
                    JOIN (SELECT id AS owner_id FROM merchant UNION ALL SELECT $1) o
                      ON o.owner_id = l.owner_id OR o.owner_id = $1
                    WHERE u.entry_id IS NULL) AS both_sides
                 GROUP BY owner_id, account, currency, layer HAVING SUM(amount) <> 0",
                [0_u8; 16]
            ),
        ),
        (
            "a seat is of two bookings",
            sql!(
                "SELECT MIN(c.status) FROM booking b JOIN claim c ON c.owner_id = b.place_owner
                 JOIN bucket k ON k.id = c.bucket_id AND k.kind = 'place'
                 WHERE b.showing_id IS NOT NULL AND c.status IN ('held', 'taken')
                 GROUP BY c.bucket_id HAVING COUNT(*) > 1"
            ),
        ),
        (
            "a bucket is not what is claimed of it",
            sql!(
                "SELECT b.kind FROM bucket b LEFT JOIN claim c ON c.bucket_id = b.id
                 GROUP BY b.id, b.kind, b.held, b.taken
                 HAVING b.held <> COALESCE(SUM(CASE WHEN c.status = 'held' THEN c.quantity ELSE 0 END), 0)
                     OR b.taken <> COALESCE(SUM(CASE WHEN c.status IN ('taken', 'returned')
                                                     THEN c.quantity - c.returned ELSE 0 END), 0)"
            ),
        ),
        (
            "a bucket is over its capacity",
            sql!("SELECT kind FROM bucket WHERE held < 0 OR taken < 0 OR held + taken > capacity"),
        ),
        (
            "a booking that is over keeps a place",
            sql!(
                "SELECT b.outcome FROM booking b JOIN claim c ON c.owner_id = b.place_owner
                 JOIN bucket k ON k.id = c.bucket_id AND k.kind = 'place'
                 WHERE b.outcome IS NOT NULL AND c.status IN ('held', 'taken')"
            ),
        ),
        (
            "the numbers of a line have a gap",
            sql!(
                "SELECT MIN(line) FROM queue_ticket GROUP BY store_id, day, line
                 HAVING COUNT(*) <> MAX(number) OR MIN(number) <> 1"
            ),
        ),
        (
            "a voucher is used more often than it may be",
            sql!(
                "SELECT MIN(v.status) FROM voucher v JOIN redemption r ON r.voucher_id = v.id AND r.status <> 'undone'
                 GROUP BY v.id, v.uses_total, v.uses_left HAVING SUM(r.uses) <> v.uses_total - v.uses_left"
            ),
        ),
        (
            "a store's rating is not the sum of its reviews",
            sql!(
                "SELECT CAST(s.stars_sum AS TEXT) FROM store_rating s
                 LEFT JOIN review r ON r.store_id = s.store_id AND r.status = 'shown'
                 GROUP BY s.store_id, s.stars_sum, s.review_count
                 HAVING s.stars_sum <> COALESCE(SUM(r.stars), 0) OR s.review_count <> COUNT(r.id)"
            ),
        ),
        (
            "a request has no answer",
            sql!("SELECT 'a key' FROM idempotency WHERE response IS NULL AND rejection IS NULL"),
        ),
        (
            "there are more or fewer keys than requests",
            sql!(
                "SELECT CAST(COUNT(*) AS TEXT) FROM idempotency HAVING COUNT(*) <> $1",
                keys
            ),
        ),
        (
            "the events of a partition have a gap",
            sql!(
                "SELECT CAST(MAX(e.seq) AS TEXT) FROM event e JOIN event_head h ON h.part = e.part
                 GROUP BY e.part, h.seq HAVING COUNT(*) <> MAX(e.seq) OR MIN(e.seq) <> 1 OR h.seq <> MAX(e.seq)"
            ),
        ),
    ]
}
