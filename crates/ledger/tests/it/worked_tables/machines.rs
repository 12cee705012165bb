//! The tables of payouts and rebates: each command in each state, on both engines.

use kernel::{Actor, PayoutId, RebateId};
use ledger::{
    AccrueRebate, ApprovePayout, ConfirmPayout, FailPayout, PayoutStatus, PostRebate, ProposePayout,
    RebateStatus, RetryPayout, ReturnPayout, ReverseRebate, accrue_rebate, approve_payout, confirm_payout,
    fail_payout, post_rebate, propose_payout, queries, retry_payout, return_payout, reverse_rebate,
};
use store::Store;

use super::tables;
use crate::{CNY, NOW, book, done, id, merchant, on_both, operator, run_as};

fn anna() -> Actor {
    Actor::Operator(id(9_001))
}

fn ben() -> Actor {
    Actor::Operator(id(9_002))
}

/// What a command did to the payout: nothing, a change, or the code of its rejection.
fn step(store: &Store, command: &str, payout: PayoutId) -> Result<(), String> {
    let outcome = match command {
        "approve" => run_as(store, ben(), move |tx, ctx| {
            approve_payout(tx, ctx, &ApprovePayout { payout })
        }),
        "confirm" => run_as(store, Actor::System, move |tx, ctx| {
            confirm_payout(tx, ctx, &ConfirmPayout { payout }).map(drop)
        }),
        "fail" => run_as(store, Actor::System, move |tx, ctx| {
            let detail = "no such account".to_owned();
            let cmd = FailPayout {
                payout,
                sent_version: 2,
                detail,
            };
            fail_payout(tx, ctx, &cmd).map(drop)
        }),
        "retry" => run_as(store, anna(), move |tx, ctx| {
            retry_payout(tx, ctx, &RetryPayout { payout })
        }),
        "return" => run_as(store, anna(), move |tx, ctx| {
            return_payout(tx, ctx, &ReturnPayout { payout })
        }),
        other => panic!("{other}"),
    };
    outcome.expect("an answer").map_err(|rejected| rejected.code)
}

fn payout_at(store: &Store, number: u128, status: &str) -> PayoutId {
    let seller = merchant(store, number);
    book(store, seller, &[100]);
    let proposal = run_as(store, anna(), move |tx, ctx| {
        let cmd = ProposePayout {
            merchant: seller,
            currency: CNY,
            until: NOW,
        };
        propose_payout(tx, ctx, &cmd)
    });
    let payout = proposal.expect("an answer").expect("a payout").payout;
    let way: &[&str] = match status {
        "proposed" => &[],
        "approved" => &["approve"],
        "failed" => &["approve", "fail"],
        "paid" => &["approve", "confirm"],
        "returned" => &["approve", "confirm", "return"],
        other => panic!("{other}"),
    };
    for command in way {
        assert_eq!(step(store, command, payout), Ok(()));
    }
    payout
}

fn state(store: &Store, payout: PayoutId) -> (PayoutStatus, i64) {
    let read = store.read_blocking(move |read| queries::payout(read, payout));
    let payout = read.expect("a read").expect("the payout");
    (payout.status, payout.version)
}

#[test]
fn payouts_move_as_the_table_says() {
    let table = &tables(&["from", "approve"])[0];
    assert_eq!(table.rows.len(), PayoutStatus::ALL.len());
    on_both(|store| {
        operator(store, 9_001, "finance");
        operator(store, 9_002, "finance");
        let mut number = 0;
        for row in &table.rows {
            for (command, cell) in table.columns.iter().zip(row).skip(1) {
                number += 1;
                let payout = payout_at(store, number, &row[0]);
                let before = state(store, payout);
                let outcome = step(store, command, payout);
                let after = state(store, payout);
                let place = format!("{command} when {}", row[0]);
                match (PayoutStatus::from_name(cell), cell.strip_suffix(", unchanged")) {
                    (Some(status), _) => {
                        assert_eq!((outcome, after), (Ok(()), (status, before.1 + 1)), "{place}");
                    }
                    (None, Some(_)) => assert_eq!((outcome, after), (Ok(()), before), "{place}"),
                    (None, None) => assert_eq!((outcome, after), (Err(cell.clone()), before), "{place}"),
                }
            }
        }
    });
}

fn move_rebate(store: &Store, number: u128, rebate: RebateId, step: &str) {
    done(store, {
        let post = match step {
            "the window closes" => true,
            "the use is taken back" => false,
            other => panic!("{other}"),
        };
        move |tx, ctx| {
            if post {
                post_rebate(tx, ctx, &PostRebate { rebate }).map(drop)
            } else {
                reverse_rebate(
                    tx,
                    ctx,
                    &ReverseRebate {
                        redemption: id(number),
                    },
                )
                .map(drop)
            }
        }
    });
}

#[test]
fn rebates_move_as_the_table_says() {
    let table = &tables(&["from", "the window closes"])[0];
    assert_eq!(table.rows.len(), RebateStatus::ALL.len());
    on_both(|store| {
        let mut number = 0;
        for row in &table.rows {
            for (step, cell) in table.columns.iter().zip(row).skip(1) {
                number += 1;
                let cmd = AccrueRebate {
                    redemption: id(number),
                    order: id(number),
                    sharer: id(number),
                    merchant: id(1),
                    currency: CNY,
                    amount: 200,
                    due_at: NOW,
                };
                let rebate = done(store, move |tx, ctx| accrue_rebate(tx, ctx, &cmd)).expect("a rebate");
                let way: &[&str] = match row[0].as_str() {
                    "pending" => &[],
                    "posted" => &["the window closes"],
                    "voided" => &["the use is taken back"],
                    "reversed" => &["the window closes", "the use is taken back"],
                    other => panic!("{other}"),
                };
                for step in way {
                    move_rebate(store, number, rebate, step);
                }
                move_rebate(store, number, rebate, step);
                let read = store.read_blocking(move |read| queries::rebates_of(read, id(number), None, 1));
                let expected = cell.trim_end_matches(", unchanged");
                assert_eq!(
                    read.expect("rebates")[0].status.as_str(),
                    expected,
                    "{step} when {}",
                    row[0]
                );
            }
        }
    });
}
