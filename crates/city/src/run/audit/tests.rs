//! Every check is seen to fail: a lived-in database is damaged in one way after the other, or the model is, and the
//! check that is for it must speak. Each damage is taken back with its transaction.

use store::{Query, sql};

use crate::run::Engines;
use crate::run::life::Life;
use crate::run::op::number_of;

/// Lives are damaged one after another until each check had its chance to speak, but no more than so many.
const FULL_LIVES: u64 = 12;
const FULL_LIFE_STEPS: u32 = 1_700;
/// In one of so many, a merchant was paid early and something is still on sale.
const SHORT_LIVES: u64 = 40;
const SHORT_LIFE_STEPS: u32 = 250;

/// What is done to the database, and what the auditor must then say.
type Damage = (&'static str, Vec<Query>);

fn damages() -> Vec<Damage> {
    let one = |says, query| (says, vec![query]);
    // Nothing is carried forward yet, so that balances do not speak first.
    fn before_balances<const N: usize>(says: &'static str, damage: [Query; N]) -> Damage {
        let mut queries = Vec::from(damage);
        queries.extend([
            sql!("DELETE FROM account_balance"),
            sql!("DELETE FROM journal_uncarried"),
            sql!("INSERT INTO journal_uncarried (entry_id) SELECT id FROM journal_entry"),
        ]);
        (says, queries)
    }
    vec![
        one(
            "an entry does not sum to zero",
            sql!(
                "UPDATE journal_leg SET amount = amount + 1
                 WHERE n = 0 AND entry_id = (SELECT entry_id FROM journal_leg WHERE n = 0 ORDER BY entry_id LIMIT 1)"
            ),
        ),
        one(
            "a resolved entry is still pending",
            sql!(
                "DELETE FROM journal_resolution
                 WHERE pending_id = (SELECT pending_id FROM journal_resolution ORDER BY pending_id LIMIT 1)"
            ),
        ),
        // The table keeps itself from an entry that comes again, under its own reference; every entry sums to zero.
        before_balances(
            "escrow of Order",
            [
                sql!(
                    "INSERT INTO journal_entry (id, reason, reference, currency, kind, at)
                     SELECT $1, reason, $1, currency, kind, at FROM journal_entry
                     WHERE id = (SELECT entry_id FROM journal_leg WHERE account = 'escrow' ORDER BY entry_id LIMIT 1)",
                    [7_u8; 16]
                ),
                sql!(
                    "INSERT INTO journal_leg (entry_id, n, account, owner_id, currency, layer, amount)
                     SELECT $1, n, account, owner_id, currency, layer, amount FROM journal_leg
                     WHERE entry_id = (SELECT entry_id FROM journal_leg WHERE account = 'escrow'
                                       ORDER BY entry_id LIMIT 1)",
                    [7_u8; 16]
                ),
            ],
        ),
        // What is owed to one shop becomes the platform's.
        before_balances(
            "commission of Platform",
            [sql!(
                "UPDATE journal_leg SET account = 'commission', owner_id = $1
                 WHERE account = 'merchant_payable' AND amount <> 0
                   AND entry_id = (SELECT entry_id FROM journal_leg
                                   WHERE account = 'merchant_payable' AND amount <> 0 ORDER BY entry_id LIMIT 1)",
                [0_u8; 16]
            )],
        ),
        one(
            "a balance carried forward",
            sql!("UPDATE account_balance SET amount = amount + 1 WHERE account = 'escrow'"),
        ),
        // Counted twice from the next time on.
        one(
            "a balance carried forward",
            sql!(
                "INSERT INTO journal_uncarried (entry_id)
                 SELECT entry_id FROM journal_leg
                 WHERE entry_id NOT IN (SELECT entry_id FROM journal_uncarried) ORDER BY entry_id LIMIT 1"
            ),
        ),
        // Never counted.
        one("a balance carried forward", sql!("DELETE FROM journal_uncarried")),
        one(
            "lines of",
            sql!(
                "UPDATE settlement_line SET payable = payable + 1
                 WHERE id = (SELECT id FROM settlement_line ORDER BY id LIMIT 1)"
            ),
        ),
        one(
            "a bucket is not what is claimed of it",
            sql!(
                "UPDATE bucket SET taken = taken - 1
                 WHERE id = (SELECT id FROM bucket WHERE taken > 0 ORDER BY id LIMIT 1)"
            ),
        ),
        // The table keeps itself.
        one("bucket", sql!("UPDATE bucket SET taken = capacity + 1")),
        // Sold, and nobody knows to whom: bucket and claim agree.
        (
            "head count",
            vec![
                sql!(
                    "UPDATE claim SET returned = returned + 1 WHERE status IN ('taken', 'returned')
                       AND returned < quantity AND bucket_id = (SELECT id FROM bucket WHERE kind = 'head_count'
                         AND taken > 0 ORDER BY id LIMIT 1)"
                ),
                sql!(
                    "UPDATE bucket SET taken = (SELECT SUM(quantity - returned) FROM claim
                                                WHERE bucket_id = bucket.id AND status IN ('taken', 'returned'))
                     WHERE id = (SELECT id FROM bucket WHERE kind = 'head_count' AND taken > 0 ORDER BY id LIMIT 1)"
                ),
            ],
        ),
        one(
            "a voucher is used more often than it may be",
            sql!(
                "UPDATE voucher SET uses_left = uses_left + 1
                 WHERE id = (SELECT voucher_id FROM redemption WHERE status = 'live' ORDER BY id LIMIT 1)"
            ),
        ),
        one(
            "a voucher is used more often than it may be",
            sql!("UPDATE redemption SET uses = uses - 1 WHERE uses > 1 AND status <> 'undone'"),
        ),
        one(
            "a store's rating is not the sum of its reviews",
            sql!("UPDATE store_rating SET stars_sum = stars_sum + 1"),
        ),
        one(
            "a request has no answer",
            sql!("UPDATE idempotency SET response = NULL WHERE response IS NOT NULL"),
        ),
        one(
            "there are more or fewer keys than requests",
            sql!("DELETE FROM idempotency WHERE key = (SELECT key FROM idempotency ORDER BY key LIMIT 1)"),
        ),
        one(
            "there are more or fewer keys than requests",
            sql!(
                "INSERT INTO idempotency (actor, key, request_hash, at, response, rejection)
                 SELECT actor, $1, request_hash, at, response, rejection FROM idempotency ORDER BY key LIMIT 1",
                b"again".to_vec()
            ),
        ),
        one(
            "the events of a partition have a gap",
            sql!(
                "DELETE FROM event WHERE seq = 2
                   AND part = (SELECT part FROM event_head WHERE seq > 2 ORDER BY part LIMIT 1)"
            ),
        ),
        one(
            "the events of a partition have a gap",
            sql!("UPDATE event_head SET seq = seq + 1"),
        ),
        one("figures differ: Order", sql!("UPDATE orders SET status = 'lost'")),
        one(
            "figures differ: Order",
            sql!("UPDATE orders SET units_returned = units_returned + 1"),
        ),
        one("source of Order", sql!("UPDATE orders SET sharer_id = person_id")),
        one("figures differ: Voucher", sql!("UPDATE voucher SET valid_until = valid_until + 1")),
        one(
            "figures differ: Voucher",
            sql!("UPDATE order_voucher SET discount_platform = discount_platform + 1"),
        ),
        one(
            "figures differ: Group",
            sql!("UPDATE purchase_group SET closes_at = closes_at + 1 WHERE status = 'complete'"),
        ),
        one("in Group", sql!("DELETE FROM group_member")),
        // Bucket and claim agree on a place that nobody has.
        (
            "figures differ: Group",
            vec![
                sql!(
                    "UPDATE claim SET status = 'released' WHERE status = 'taken'
                       AND bucket_id IN (SELECT place_bucket FROM purchase_group WHERE status = 'complete')"
                ),
                sql!(
                    "UPDATE bucket SET taken = 0
                     WHERE id IN (SELECT place_bucket FROM purchase_group WHERE status = 'complete')"
                ),
            ],
        ),
        one(
            "a booking that is over keeps a place",
            sql!("UPDATE booking SET outcome = 'no_show' WHERE outcome IS NULL"),
        ),
        one("figures differ: Booking", sql!("UPDATE booking SET outcome = NULL WHERE outcome IS NOT NULL")),
        one("figures differ: Booking", sql!("UPDATE booking SET starts_at = starts_at + 1")),
        one("figures differ: Booking", sql!("UPDATE order_line SET booked_until = booked_until + 1 WHERE booked_until > 0")),
        one("figures differ: Booking", sql!("DELETE FROM booking_resource")),
        // More or less is kept of a card than what is booked with it.
        one(
            "figures differ: Voucher",
            sql!("UPDATE voucher SET uses_held = uses_held + 1 WHERE status = 'live' AND uses_held < uses_left"),
        ),
        one("figures differ: Booking", sql!("UPDATE booking SET card_uses = card_uses + 1 WHERE card_uses > 0")),
        one("figures differ: Booking", sql!("UPDATE booking SET redemption_id = NULL WHERE redemption_id IS NOT NULL")),
        one("figures differ: Redemption", sql!("UPDATE redemption SET mode = 'booking' WHERE mode = 'missed'")),
        one(
            "Lapse of Booking",
            sql!(
                "INSERT INTO timer (kind, subject, lane_key, due)
                 SELECT 'lapse_booking', id, id, ends_at FROM booking WHERE outcome = 'no_show'"
            ),
        ),
        one("Remind of Booking", sql!("DELETE FROM timer WHERE kind = 'remind_guest'")),
        // It moved, and nothing is kept for it.
        one("figures differ: Booking", sql!("UPDATE booking SET place_owner = $1", [7_u8; 16])),
        // Bucket and claim agree on a place that nobody booked.
        (
            "figures differ: place",
            vec![
                sql!(
                    "INSERT INTO claim (owner_id, bucket_id, quantity, returned, status)
                     SELECT $1, id, 1, 0, 'taken' FROM bucket
                     WHERE kind = 'place' AND held + taken < capacity ORDER BY id LIMIT 1",
                    [7_u8; 16]
                ),
                sql!(
                    "UPDATE bucket SET taken = taken + 1 WHERE id = (SELECT bucket_id FROM claim WHERE owner_id = $1)",
                    [7_u8; 16]
                ),
            ],
        ),
        // Somebody else of the same showing sits there too.
        one(
            "a seat is of two bookings",
            sql!(
                "INSERT INTO claim (owner_id, bucket_id, quantity, returned, status)
                 SELECT o.place_owner, c.bucket_id, 1, 0, c.status
                 FROM claim c JOIN bucket k ON k.id = c.bucket_id AND k.kind = 'place'
                 JOIN booking b ON b.place_owner = c.owner_id JOIN booking o ON o.showing_id = b.showing_id
                 WHERE c.status IN ('held', 'taken') AND NOT EXISTS
                   (SELECT 1 FROM claim d WHERE d.owner_id = o.place_owner AND d.bucket_id = c.bucket_id)
                 ORDER BY c.bucket_id, o.id LIMIT 1"
            ),
        ),
        // Bucket and claim agree on a seat that nobody booked.
        (
            "figures differ: seat",
            vec![
                sql!(
                    "INSERT INTO claim (owner_id, bucket_id, quantity, returned, status)
                     SELECT $1, k.id, 1, 0, 'taken' FROM bucket k JOIN claim c ON c.bucket_id = k.id
                     JOIN booking b ON b.place_owner = c.owner_id AND b.showing_id IS NOT NULL
                     WHERE k.kind = 'place' AND k.held + k.taken = 0 ORDER BY k.id LIMIT 1",
                    [7_u8; 16]
                ),
                sql!(
                    "UPDATE bucket SET taken = taken + 1 WHERE id = (SELECT bucket_id FROM claim WHERE owner_id = $1)",
                    [7_u8; 16]
                ),
            ],
        ),
        one("figures differ: Booking", sql!("UPDATE booking SET seats = '[]' WHERE seats <> '[]'")),
        one("open ticket of Order", sql!("UPDATE order_line SET booked_store = NULL WHERE booked_store IS NOT NULL")),
        one(
            "open ticket of Order",
            sql!("UPDATE order_line SET booked_until = booked_until + 1 WHERE booked_until > 0 AND booked_store IS NULL"),
        ),
        // It moved to the showing before.
        one(
            "figures differ: Booking",
            sql!(
                "UPDATE booking SET showing_id = (SELECT id FROM showing ORDER BY id LIMIT 1)
                 WHERE showing_id > (SELECT id FROM showing ORDER BY id LIMIT 1)"
            ),
        ),
        one("figures differ: Showing", sql!("UPDATE showing SET status = 'scheduled' WHERE status = 'called_off'")),
        one("figures differ: Showing", sql!("UPDATE showing SET surcharges = '{}'")),
        one(
            "RefundShowing of Showing",
            sql!(
                "INSERT INTO timer (kind, subject, lane_key, due)
                 SELECT 'refund_showing', id, id, ends_at FROM showing WHERE status = 'scheduled'"
            ),
        ),
        one("the numbers of a line have a gap", sql!("UPDATE queue_ticket SET number = number + 1000")),
        one("figures differ: QueueTicket", sql!("UPDATE queue_ticket SET status = 'seated' WHERE status = 'left'")),
        one("figures differ: QueueTicket", sql!("UPDATE queue_ticket SET called_at = called_at + 1")),
        // The table keeps itself.
        one(
            "queue_ticket",
            sql!(
                "INSERT INTO queue_ticket (id, merchant_id, store_id, person_id, day, line, number, party, status,
                   joined_at, version)
                 SELECT $1, merchant_id, store_id, person_id, day, 'Z', 1, party, status, joined_at, version
                 FROM queue_ticket WHERE status IN ('waiting', 'called') AND person_id IS NOT NULL ORDER BY id LIMIT 1",
                [7_u8; 16]
            ),
        ),
        one("figures differ: queue of", sql!("UPDATE store_queue SET is_open = 1 - is_open")),
        // A fee that is less than the policy says, in a journal that sums to zero.
        before_balances(
            "escrow of Order",
            [sql!(
                "UPDATE journal_leg SET amount = amount + CASE account WHEN 'escrow' THEN -1 ELSE 1 END
                 WHERE account IN ('escrow', 'merchant_payable')
                   AND entry_id = (SELECT e.id FROM journal_entry e JOIN journal_leg l ON l.entry_id = e.id
                                   WHERE e.reason = 'forfeited' AND l.account = 'merchant_payable'
                                   ORDER BY e.id LIMIT 1)"
            )],
        ),
        one("lines of", sql!("UPDATE settlement_line SET commission = commission + 1 WHERE kind = 'forfeit'")),
        // What is over is left to be closed.
        one(
            "CloseGroup of Group",
            sql!(
                "INSERT INTO timer (kind, subject, lane_key, due)
                 SELECT 'close_group', id, id, closes_at FROM purchase_group WHERE status <> 'open'"
            ),
        ),
        one("figures differ: Attempt", sql!("UPDATE payment_attempt SET status = 'lost'")),
        one("figures differ: Attempt", sql!("UPDATE payment_attempt SET charged_back = charged_back + 1 WHERE charged_back > 0")),
        one(
            "figures differ: Attempt",
            sql!("UPDATE payment_attempt SET charged_back_lost = charged_back_lost + 1 WHERE charged_back_lost > 0"),
        ),
        one(
            "figures differ: Attempt",
            sql!("UPDATE payment_attempt SET chargeback_reversed_at = NULL WHERE chargeback_reversed_at > 0"),
        ),
        one("lines of", sql!("UPDATE settlement_line SET payable = payable - 1 WHERE kind = 'chargeback'")),
        one("lines of", sql!("UPDATE settlement_line SET payable = payable - 1 WHERE kind = 'chargeback_reversed'")),
        // The platform bears what the merchant owes, in a journal that sums to zero.
        before_balances(
            "chargeback_loss of",
            [sql!(
                "UPDATE journal_leg SET account = 'chargeback_loss', owner_id = $1
                 WHERE account = 'merchant_payable' AND entry_id = (SELECT id FROM journal_entry
                   WHERE reason = 'charged_back' ORDER BY id LIMIT 1)",
                [0_u8; 16]
            )],
        ),
        one("figures differ: Refund", sql!("UPDATE refund SET amount = amount + 1")),
        one("figures differ: Redemption", sql!("UPDATE redemption SET use_no = use_no + 1")),
        one(
            "figures differ: Redemption",
            sql!("UPDATE redemption SET uses = 1 WHERE uses > 1 AND status = 'undone'"),
        ),
        one("figures differ: Redemption", sql!("UPDATE redemption SET scanned_at = scanned_at + 1")),
        // A card's amounts are uses of a voucher.
        one("figures differ: Redemption", sql!("UPDATE redemption SET currency = NULL WHERE currency IS NOT NULL")),
        one("figures differ: Voucher", sql!("UPDATE voucher SET currency = NULL WHERE currency IS NOT NULL")),
        one("rebate of Redemption", sql!("UPDATE rebate SET amount = amount + 1")),
        one("spendable of", sql!("UPDATE rebate_balance SET spendable = spendable + 1")),
        one("review of Redemption", sql!("UPDATE review SET reply = 'Never' WHERE reply IS NULL")),
        one("figures differ: Payout", sql!("UPDATE payout SET amount = amount + 1")),
        one("figures differ: Wallet", sql!("UPDATE wallet_coupon SET status = 'lost'")),
        one("coupon budget", sql!("UPDATE bucket SET closed = 1 WHERE kind = 'coupon_budget'")),
        one("Expire of Voucher", sql!("UPDATE timer SET due = due + 1 WHERE kind = 'expire_voucher'")),
        one("figures differ: AgreementEnds", sql!("DELETE FROM timer WHERE kind = 'agreement_ends'")),
        one("figures differ: scan", sql!("UPDATE offline_scan SET amount = amount + 1")),
        one("figures differ: visits by", sql!("DELETE FROM visit")),
        one("told to", sql!("UPDATE message SET amount = amount + 1")),
        one("figures differ: Agreement", sql!("UPDATE agreement SET status = 'lost'")),
        one("figures differ: Staff", sql!("UPDATE staff SET role = 'manager' WHERE role = 'cashier'")),
        one(
            "sessions of Staff",
            sql!(
                "INSERT INTO session (token_hash, id, person_id, device, created_at, expires_at)
                 SELECT $1, person_id, person_id, '', 0, 0 FROM staff WHERE role <> 'owner' LIMIT 1",
                [7_u8; 32]
            ),
        ),
    ]
}

#[test]
fn every_check_speaks_of_what_is_damaged() {
    let mut silent = damages();
    for seed in 1..=FULL_LIVES {
        if silent.is_empty() {
            break;
        }
        let mut life = lived(seed, FULL_LIFE_STEPS);
        silent.retain(|(says, damage)| {
            let heard = life.audit_damaged(damage);
            heard.iter().any(|(_, heard)| !heard.contains(says))
        });
        life.audit().expect("every damage was taken back");
    }
    let silent: Vec<_> = silent.into_iter().map(|(says, _)| says).collect();
    assert!(silent.is_empty(), "{silent:#?}");
}

/// What the auditor knows by itself, and not from the platform.
#[test]
fn the_providers_book_and_search_are_compared() {
    let on_sale = |life: &Life| {
        let goods = 0..life.model.world.goods.len();
        let mut on_sale = goods.filter(|good| life.model.on_sale(*good, life.now()));
        on_sale.find(|good| life.model.price_from(*good) > 0)
    };
    let mut lives = (1..=SHORT_LIVES).map(|seed| lived(seed, SHORT_LIFE_STEPS));
    let mut life = lives
        .find(|life| {
            let provider = &life.model.provider;
            !provider.holds.is_empty() && !provider.paid_out.is_empty() && on_sale(life).is_some()
        })
        .expect("a life in which guests paid and a merchant was paid");
    *life.model.provider.holds.values_mut().next().expect("a payment") += 1;
    let heard = life
        .audit_provider()
        .expect_err("the provider holds more than is booked");
    assert!(heard.contains("provider_clearing"), "{heard}");
    *life.model.provider.holds.values_mut().next().expect("a payment") -= 1;
    *life
        .model
        .provider
        .paid_out
        .values_mut()
        .next()
        .expect("a payout") += 1;
    let heard = life
        .audit_provider()
        .expect_err("more was paid out than is booked");
    assert!(heard.contains("bank"), "{heard}");

    let at_a_price = on_sale(&life).expect("something to sell");
    life.model.world.goods[at_a_price].list_price += 1_000;
    let heard = life.audit().expect_err("search finds it at another price");
    assert!(heard.contains("search finds"), "{heard}");
}

fn lived(seed: u64, steps: u32) -> Life {
    let server =
        std::env::var("QIAO_TEST_POSTGRES_URL").expect("run the tests through scripts/with-postgres");

    let mut life = Life::begin(seed, &Engines::Both { server }).expect("an empty city");
    let mut last = None;
    for n in 1..=steps {
        let step = life.draw(number_of(n), last.as_ref(), false);
        life.step(&step).expect("a life that goes as it must");
        last = Some(step);
    }
    life.end(&last.expect("steps"))
        .expect("a life that went as it must");
    life
}
