//! The provider's book and its settlements, added up by the test itself.

use std::collections::BTreeMap;

use gateway::protocol::{BookEntry, PaymentStatus, RefundStatus, SettlementLine, TransferStatus};
use gateway::provider::Outcome;
use kernel::{Currency, Money};
use serde_json::json;

use crate::support::{TestSandbox, attempt, cny, done, payout_ref, refund_ref};

#[tokio::test]
async fn a_settlement_takes_its_fee_and_settles_each_thing_once() {
    let sandbox = TestSandbox::start().await;
    let (a, b) = (sandbox.paid(cny(10_000)).await, sandbox.paid(cny(125)).await);
    sandbox.paid(yen(500)).await;
    let client = &sandbox.client;
    done(
        client
            .create_payment(attempt(), cny(777), "never paid", None, None)
            .await,
    );
    done(client.refund(refund_ref(), &a.id, cny(2_500)).await);

    // 60 basis points of 10,000 are 60; of 125 they are 0.75, so 1; of 500 they are 3.
    let first = done(client.settle("day-1").await);
    let in_cny = line(Currency::CNY, (2, 1), (10_125, 2_500, 61));
    assert_eq!(first.lines, [in_cny, line(Currency::JPY, (1, 0), (500, 0, 3))]);
    assert_eq!(
        done(client.settle("day-1").await),
        first,
        "the same name is the same report"
    );

    done(client.refund(refund_ref(), &b.id, cny(125)).await);
    assert_eq!(settled_and_held(&sandbox).await, [(7_564, -125), (497, 0)]);
    let second = done(client.settle("day-2").await);
    assert_eq!(second.lines, [line(Currency::CNY, (0, 1), (0, 125, 0))]);
    assert_eq!(settled_and_held(&sandbox).await, [(7_439, 0), (497, 0)]);
    assert_eq!(done(client.settle("day-3").await).lines, []);
}

#[tokio::test]
async fn a_bank_takes_back_once_what_was_not_refunded() {
    let sandbox = TestSandbox::start().await;
    let client = &sandbox.client;
    let payment = sandbox.paid(cny(10_000)).await;
    done(client.refund(refund_ref(), &payment.id, cny(2_500)).await);
    done(client.settle("day-1").await);
    let path = format!("/v1/payments/{}/charge_back", payment.id);
    for _ in 0..2 {
        let (status, answer) = sandbox.post(&path, json!({})).await;
        assert_eq!((status, &answer["chargeback"]["amount"]), (200, &json!(7_500)));
    }
    assert_eq!(settled_and_held(&sandbox).await, [(7_440, -7_500)]);
    let lines = done(client.settle("day-2").await).lines;
    assert_eq!(
        (lines[0].chargebacks, lines[0].charged_back, lines[0].net),
        (1, 7_500, -7_500)
    );
    assert_eq!(settled_and_held(&sandbox).await, [(-60, 0)]);
    assert_eq!(done(client.settle("day-3").await).lines, []);
    let more = client.refund(refund_ref(), &payment.id, cny(1)).await;
    assert!(matches!(more, Outcome::Refused(_)), "{more:?}");
    let unpaid = done(
        client
            .create_payment(attempt(), cny(777), "tea", None, None)
            .await,
    );
    let path = format!("/v1/payments/{}/charge_back", unpaid.id);
    let (status, answer) = sandbox.post(&path, json!({})).await;
    assert_eq!((status, &answer["code"]), (409, &json!("nothing_to_charge_back")));
}

async fn settled_and_held(sandbox: &TestSandbox) -> Vec<(i64, i64)> {
    let totals = done(sandbox.client.book().await).totals;
    totals.iter().map(|of| (of.settled_net, of.held)).collect()
}

#[tokio::test]
async fn the_totals_of_the_book_are_the_sums_of_its_entries() {
    let sandbox = TestSandbox::start().await;
    let client = &sandbox.client;
    let (a, b) = (sandbox.paid(cny(10_000)).await, sandbox.paid(yen(500)).await);
    done(
        client
            .create_payment(attempt(), cny(777), "never paid", None, None)
            .await,
    );
    done(client.refund(refund_ref(), &a.id, cny(2_500)).await);
    done(client.transfer(payout_ref(), cny(4_000), "acct-1").await);
    done(client.transfer(payout_ref(), cny(4_000), "closed-1").await);
    done(client.settle("day-1").await);
    sandbox.control(json!({"fail_refunds": true})).await;
    done(client.refund(refund_ref(), &b.id, yen(500)).await);

    let book = done(client.book().await);
    let expected = BTreeMap::from([("CNY", [10_000, 2_500, 60, 4_000]), ("JPY", [500, 0, 3, 0])]);
    assert_eq!(sums_of(&book.entries), expected);
    let totals = book.totals.iter().map(|of| {
        let sums = [of.captured, of.refunded, of.fees, of.transferred];
        (of.currency.code(), sums)
    });
    assert_eq!(totals.collect::<BTreeMap<_, _>>(), expected);
}

fn yen(amount: i64) -> Money {
    Money::new(amount, Currency::JPY)
}

fn line(currency: Currency, counts: (u64, u64), (gross, refunded, fees): (i64, i64, i64)) -> SettlementLine {
    let (payments, refunds) = counts;
    SettlementLine {
        currency,
        payments,
        refunds,
        chargebacks: 0,
        gross,
        refunded,
        charged_back: 0,
        fees,
        net: gross - refunded - fees,
    }
}

/// Captured, refunded, fees and transferred, added up from the entries by themselves.
fn sums_of(entries: &[BookEntry]) -> BTreeMap<&'static str, [i64; 4]> {
    let mut sums = BTreeMap::new();
    let mut add = |currency: Currency, place: usize, amount: i64| {
        sums.entry(currency.code()).or_insert([0; 4])[place] += amount;
    };
    for entry in entries {
        match entry {
            BookEntry::Payment(p) => {
                add(
                    p.currency,
                    0,
                    if p.status == PaymentStatus::Succeeded {
                        p.amount
                    } else {
                        0
                    },
                );
                add(p.currency, 2, p.fee);
            }
            BookEntry::Refund(r) => add(
                r.currency,
                1,
                if r.status == RefundStatus::Succeeded {
                    r.amount
                } else {
                    0
                },
            ),
            BookEntry::Transfer(t) => add(
                t.currency,
                3,
                if t.status == TransferStatus::Paid {
                    t.amount
                } else {
                    0
                },
            ),
        }
    }
    sums
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_book_of_many_pages_is_read_whole_and_in_order() {
    let sandbox = TestSandbox::start().await;
    let mut created = Vec::new();
    for _ in 0..2_100 {
        created.push(
            done(
                sandbox
                    .client
                    .create_payment(attempt(), cny(1), "tea", None, None)
                    .await,
            )
            .id,
        );
    }
    let book = done(sandbox.client.book().await);
    let id_of = |entry: &BookEntry| match entry {
        BookEntry::Payment(payment) => payment.id.clone(),
        BookEntry::Refund(_) | BookEntry::Transfer(_) => panic!("only payments were made"),
    };
    assert_eq!(book.entries.iter().map(id_of).collect::<Vec<_>>(), created);
}

#[tokio::test]
async fn what_changed_is_told_from_a_place_on_and_another_book_from_its_beginning() {
    let sandbox = TestSandbox::start().await;
    let client = &sandbox.client;
    let (none, beginning) = done(client.changes("").await);
    assert_eq!(none, []);
    let first = sandbox.paid(cny(100)).await;
    let second = sandbox.paid(cny(200)).await;
    let (changed, place) = done(client.changes(&beginning).await);
    assert_eq!(
        changed.iter().map(|payment| &payment.id).collect::<Vec<_>>(),
        [&first.id, &second.id]
    );
    for bank in ["charge_back", "reverse_chargeback", "reverse_chargeback"] {
        let (status, answer) = sandbox
            .post(&format!("/v1/payments/{}/{bank}", first.id), json!({}))
            .await;
        assert_eq!(status, 200, "{answer}");
    }
    let (changed, end) = done(client.changes(&place).await);
    assert_eq!(changed.len(), 2);
    assert!(
        changed
            .iter()
            .all(|now| (now.charged_back, now.chargeback_reversed) == (Some(100), true))
    );
    assert_eq!(done(client.changes(&end).await), (Vec::new(), end));
    let (status, refused) = sandbox
        .post(
            &format!("/v1/payments/{}/reverse_chargeback", second.id),
            json!({}),
        )
        .await;
    assert_eq!((status, &refused["code"]), (409, &json!("not_charged_back")));

    // Everything is refundable again, and a settlement takes off what it then gives.
    let refund = client.refund(refund_ref(), &first.id, cny(100)).await;
    assert_eq!(done(refund).money, cny(100));
    let settled = done(client.settle("day-1").await);
    assert_eq!(
        (settled.lines[0].charged_back, settled.lines[0].refunded),
        (0, 100)
    );
    assert_eq!(done(client.book().await).totals[0].charged_back, 0);

    let another = TestSandbox::start().await;
    let payment = another.paid(cny(300)).await;
    let (changed, _) = done(another.client.changes(&place).await);
    assert_eq!(changed[0].id, payment.id);
}
