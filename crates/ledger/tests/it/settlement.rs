//! Which lines a payout takes: sums, currencies, the close of the day, and each line once.

use std::collections::BTreeSet;

use kernel::{Actor, DAY_US, MerchantId, Timestamp};
use ledger::{
    CloseDay, LineKind, MAX_LEG, PayoutProposal, PayoutStatus, SettlementLine, book_line, close_day, queries,
};
use store::NoAnswer;

use crate::payouts::{approve, lines, payables, payout, propose};
use crate::{NOW, at_once, book, book_at, done, line, merchant, on_both, operator, run_as};

#[test]
fn currencies_are_paid_apart() {
    on_both(|store| {
        let seller = merchant(store, 1);
        let anna = operator(store, 11, "finance");
        book(store, seller, &[100]);
        done(store, move |tx, ctx| {
            let in_dollars = SettlementLine {
                currency: kernel::Currency::USD,
                ..line(ctx, seller, 7, NOW)
            };
            book_line(tx, ctx, &in_dollars)
        });
        let proposal = propose(store, anna, seller)
            .expect("an answer")
            .expect("a payout");
        assert_eq!((proposal.amount.amount, proposal.line_count), (100, 1));
        let open = lines(store, seller, None);
        assert_eq!(open[0].currency, kernel::Currency::USD);
        let closed = done(store, |tx, ctx| {
            close_day(
                tx,
                ctx,
                &CloseDay {
                    until: NOW,
                    after: None,
                },
            )
        });
        assert_eq!(closed.proposals.len(), 1);
        assert_eq!(closed.proposals[0].amount.currency, kernel::Currency::USD);
    });
}

#[test]
fn the_close_of_the_day_proposes_for_everybody_who_is_owed_something() {
    on_both(|store| {
        let ben = operator(store, 1_001, "finance");
        let sellers: Vec<MerchantId> = (1..=120).map(|n| merchant(store, n)).collect();
        for (n, seller) in sellers.iter().enumerate() {
            match n % 3 {
                0 => book(store, *seller, &[100, 20]),
                1 => book(store, *seller, &[100, -100]),
                _ => book_at(store, *seller, &[100], Timestamp(NOW.0 + DAY_US)),
            }
        }
        let (mut proposals, mut after, mut calls) = (Vec::new(), None, 0);
        loop {
            let closed = done(store, move |tx, ctx| {
                close_day(tx, ctx, &CloseDay { until: NOW, after })
            });
            proposals.extend(closed.proposals);
            (after, calls) = (closed.next, calls + 1);
            if after.is_none() {
                break;
            }
        }
        assert_eq!((proposals.len(), calls), (40, 3));
        assert!(
            proposals
                .iter()
                .all(|p| (p.amount.amount, p.line_count) == (120, 2))
        );
        let distinct: BTreeSet<_> = proposals.iter().map(|p| p.payout).collect();
        assert_eq!(distinct.len(), 40);
        assert_eq!(payout(store, proposals[0].payout).proposed_by, None);
        assert_eq!(payables(store, sellers[1], None), [100, -100]);
        assert_eq!(payables(store, sellers[2], None), [100]);
        assert_eq!(approve(store, ben, proposals[0].payout), Ok(Ok(())));
        let again = done(store, |tx, ctx| {
            close_day(
                tx,
                ctx,
                &CloseDay {
                    until: NOW,
                    after: None,
                },
            )
        });
        assert_eq!(again.proposals, []);
    });
}

#[test]
fn days_closed_at_once_pay_nobody_twice() {
    on_both(|store| {
        let anna = operator(store, 1_001, "finance");
        for n in 1..=30 {
            book(store, merchant(store, n), &[100, 20]);
        }
        let outcomes = at_once(4, |n| {
            let actor = if n == 0 { anna } else { Actor::System };
            run_as(store, actor, |tx, ctx| {
                close_day(
                    tx,
                    ctx,
                    &CloseDay {
                        until: NOW,
                        after: None,
                    },
                )
            })
        });
        let closed = outcomes
            .into_iter()
            .map(|outcome| outcome.expect("an answer").expect("no rejection"));
        let proposals: Vec<_> = closed.flat_map(|day| day.proposals).collect();
        assert_eq!(proposals.len(), 30);
        assert!(proposals.iter().all(|p| p.amount.amount == 120));
        let listed = store
            .read_blocking(|read| queries::payouts_at(read, PayoutStatus::Proposed, None, 100))
            .expect("payouts");
        assert_eq!(listed.len(), 30);
    });
}

#[test]
fn lists_go_on_where_they_stopped() {
    on_both(|store| {
        let seller = merchant(store, 1);
        let anna = operator(store, 11, "finance");
        book(store, seller, &[1, 2, 3, 4, 5]);
        let page = |after| {
            let lines =
                store.read_blocking(move |read| queries::statement_lines(read, seller, None, after, 2));
            lines.expect("lines")
        };
        let (mut seen, mut after) = (Vec::new(), None);
        while let Some(last) = page(after).last() {
            seen.extend(page(after).iter().map(|line| line.payable));
            after = Some(last.id);
        }
        assert_eq!(seen, [1, 2, 3, 4, 5]);
        let first = propose(store, anna, seller)
            .expect("an answer")
            .expect("a payout")
            .payout;
        book(store, seller, &[6]);
        let second = propose(store, anna, seller)
            .expect("an answer")
            .expect("a payout")
            .payout;
        let listed = |after| {
            let payouts = store.read_blocking(move |read| queries::payouts_of(read, seller, after, 1));
            payouts.expect("payouts").iter().map(|p| p.id).collect::<Vec<_>>()
        };
        // Both were made at the same moment: which is newer, their ids say.
        let (older, newer) = (first.min(second), first.max(second));
        assert_eq!(listed(None), [newer]);
        assert_eq!(listed(Some(newer)), [older]);
        assert_eq!(listed(Some(older)), []);
    });
}

#[test]
fn a_line_that_does_not_add_up_or_comes_twice_is_never_booked() {
    on_both(|store| {
        let seller = merchant(store, 1);
        let changes: [fn(&mut SettlementLine); 5] = [
            |line| line.payable += 1,
            |line| line.commission += 1,
            |line| (line.rebate, line.price) = (-5, line.price - 5),
            |line| (line.price, line.payable) = (MAX_LEG + 1, MAX_LEG + 1),
            |line| line.discount_platform = -1,
        ];
        for change in changes {
            let outcome = run_as(store, Actor::System, move |tx, ctx| {
                let mut line = line(ctx, seller, 100, NOW);
                change(&mut line);
                book_line(tx, ctx, &line)
            });
            assert!(matches!(outcome, Err(NoAnswer::Broken(_))), "{outcome:?}");
        }
        let twice = |kind| {
            run_as(store, Actor::System, move |tx, ctx| {
                let line = SettlementLine {
                    reference: kernel::RedemptionId::from_uuid(uuid::Uuid::from_u128(5)).uuid(),
                    kind,
                    store: None,
                    ..line(ctx, seller, 100, NOW)
                };
                book_line(tx, ctx, &line)
            })
        };
        assert_eq!(twice(LineKind::Redemption), Ok(Ok(())));
        assert!(matches!(twice(LineKind::Redemption), Err(NoAnswer::Broken(_))));
        assert_eq!(twice(LineKind::Forfeit), Ok(Ok(())));
        assert_eq!(payables(store, seller, None), [100, 100]);
        assert_eq!(lines(store, seller, None)[0].store, None);
        book(store, merchant(store, 2), &[MAX_LEG]);
    });
}

#[test]
fn payouts_proposed_at_once_stamp_each_line_once() {
    on_both(|store| {
        let anna = operator(store, 11, "finance");
        for n in 1..=4 {
            let seller = merchant(store, n);
            book(store, seller, &[10; 40]);
            let outcomes = at_once(6, |_| propose(store, anna, seller));
            let proposals: Vec<PayoutProposal> = outcomes
                .iter()
                .filter_map(|outcome| outcome.clone().ok()?.ok())
                .collect();
            assert_eq!(proposals.len(), 1, "{outcomes:?}");
            assert_eq!((proposals[0].amount.amount, proposals[0].line_count), (400, 40));
            assert_eq!(payables(store, seller, None), [] as [i64; 0]);
        }
    });
}
