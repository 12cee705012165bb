//! Payouts: two operators for each, and nothing sent twice.

use std::collections::BTreeSet;

use kernel::{Actor, Currency, MerchantId, Money, PayoutId, Timestamp};
use ledger::{
    Account, ApprovePayout, Balance, CloseDay, ConfirmPayout, FailPayout, PayoutProposal, PayoutStatus,
    ProposePayout, RecordPayIn, RetryPayout, ReturnPayout, SettlementLine, approve_payout, close_day,
    confirm_payout, fail_payout, propose_payout, queries, record_pay_in, retry_payout, return_payout,
};
use store::{PARTITIONS, Store, StoredEvent};

use crate::{
    CNY, NOW, Outcome, at_once, balance, book, book_at, code_of, id, merchant, on_both, operator, posted,
    run_as,
};

pub fn propose(store: &Store, actor: Actor, merchant: MerchantId) -> Outcome<PayoutProposal> {
    propose_until(store, actor, merchant, NOW)
}

fn propose_until(
    store: &Store,
    actor: Actor,
    merchant: MerchantId,
    until: Timestamp,
) -> Outcome<PayoutProposal> {
    let cmd = ProposePayout {
        merchant,
        currency: CNY,
        until,
    };
    run_as(store, actor, move |tx, ctx| propose_payout(tx, ctx, &cmd))
}

pub fn approve(store: &Store, actor: Actor, payout: PayoutId) -> Outcome<()> {
    run_as(store, actor, move |tx, ctx| {
        approve_payout(tx, ctx, &ApprovePayout { payout })
    })
}

fn confirm(store: &Store, actor: Actor, payout: PayoutId) -> Outcome<bool> {
    run_as(store, actor, move |tx, ctx| {
        confirm_payout(tx, ctx, &ConfirmPayout { payout })
    })
}

/// The first transfer failed: it was sent as the approved payout's version 2.
fn fail(store: &Store, actor: Actor, payout: PayoutId, detail: &str) -> Outcome<bool> {
    let cmd = FailPayout {
        payout,
        sent_version: 2,
        detail: detail.to_owned(),
    };
    run_as(store, actor, move |tx, ctx| fail_payout(tx, ctx, &cmd))
}

fn retry(store: &Store, actor: Actor, payout: PayoutId) -> Outcome<()> {
    run_as(store, actor, move |tx, ctx| {
        retry_payout(tx, ctx, &RetryPayout { payout })
    })
}

pub fn lines(store: &Store, merchant: MerchantId, payout: Option<PayoutId>) -> Vec<SettlementLine> {
    store
        .read_blocking(move |read| queries::statement_lines(read, merchant, payout, None, 1_000))
        .expect("lines")
}

pub fn payables(store: &Store, merchant: MerchantId, payout: Option<PayoutId>) -> Vec<i64> {
    lines(store, merchant, payout)
        .iter()
        .map(|line| line.payable)
        .collect()
}

pub fn payout(store: &Store, id: PayoutId) -> ledger::Payout {
    let found = store.read_blocking(move |read| queries::payout(read, id));
    found.expect("a read").expect("the payout")
}

/// The events about a payout, by type, in the order of its versions.
fn events(store: &Store, id: PayoutId) -> Vec<(i64, String)> {
    let all = store.read_blocking(|read| {
        let mut all = Vec::new();
        for partition in 0..PARTITIONS {
            all.extend(StoredEvent::after(read, partition, 0, 1_000)?);
        }
        Ok(all)
    });
    let mut of_payout: Vec<_> = all
        .expect("events")
        .into_iter()
        .filter(|event| event.subject::<kernel::Payout>() == id)
        .map(|event| (event.subject_version, event.kind))
        .collect();
    of_payout.sort();
    of_payout
}

#[test]
fn what_went_back_since_is_made_up_for_before_more_is_paid() {
    on_both(|store| {
        let seller = merchant(store, 1);
        let (anna, ben) = (operator(store, 11, "finance"), operator(store, 12, "admin"));
        book(store, seller, &[8_800]);
        let proposal = propose(store, anna, seller).expect("an answer");
        let id = proposal.expect("a payout").payout;
        for (lines, answer) in [
            (-8_800, "payout_over_balance"),
            (8_799, "payout_over_balance"),
            (1, "Ok(Ok(()))"),
        ] {
            book(store, seller, &[lines]);
            assert_eq!(code_of(approve(store, ben, id)), answer);
        }
        assert_eq!(code_of(propose(store, anna, seller)), "nothing_to_pay");
    });
}

#[test]
fn a_payout_takes_the_open_lines_of_its_time_and_pays_their_sum() {
    on_both(|store| {
        let (seller, other) = (merchant(store, 1), merchant(store, 2));
        let (anna, ben) = (operator(store, 11, "finance"), operator(store, 12, "admin"));
        book(store, seller, &[8_800, 500, -300]);
        book_at(store, seller, &[77], Timestamp(NOW.0 + 1));
        book(store, other, &[999]);

        let proposal = propose(store, anna, seller)
            .expect("an answer")
            .expect("a payout");
        assert_eq!((proposal.amount.amount, proposal.line_count), (9_000, 3));
        let of_payout = payables(store, seller, Some(proposal.payout));
        assert_eq!(of_payout, [8_800, 500, -300]);
        assert_eq!(payables(store, seller, None), [77]);
        assert_eq!(payables(store, other, None), [999]);
        assert_eq!(payables(store, other, Some(proposal.payout)), [] as [i64; 0]);

        assert_eq!(approve(store, ben, proposal.payout), Ok(Ok(())));
        let owner = Some(seller.uuid());
        let reserved = Balance {
            posted: 0,
            pending: 9_000,
        };
        assert_eq!(balance(store, Account::MerchantPayable, owner), reserved);
        assert_eq!(confirm(store, Actor::Provider(1), proposal.payout), Ok(Ok(true)));
        assert_eq!(confirm(store, Actor::Provider(1), proposal.payout), Ok(Ok(false)));
        assert_eq!(balance(store, Account::MerchantPayable, owner), posted(9_000));
        assert_eq!(balance(store, Account::Bank, None), posted(-9_000));

        let paid = payout(store, proposal.payout);
        assert_eq!(
            (paid.status, paid.version, paid.paid_at),
            (PayoutStatus::Paid, 3, Some(NOW))
        );
        let kinds = events(store, proposal.payout);
        let expected = [(1, "PayoutProposed"), (2, "PayoutApproved"), (3, "PayoutPaid")];
        assert_eq!(kinds, expected.map(|(version, kind)| (version, kind.to_owned())));
    });
}

#[test]
fn what_the_bank_sends_back_is_owed_again_and_is_in_the_next_payout() {
    on_both(|store| {
        let seller = merchant(store, 1);
        let (anna, ben) = (operator(store, 11, "finance"), operator(store, 12, "admin"));
        book(store, seller, &[8_800, 500]);
        let sent = propose(store, anna, seller)
            .expect("an answer")
            .expect("a payout");
        let returned = |actor| {
            let cmd = ReturnPayout { payout: sent.payout };
            run_as(store, actor, move |tx, ctx| return_payout(tx, ctx, &cmd))
        };
        assert_eq!(approve(store, ben, sent.payout), Ok(Ok(())));
        assert_eq!(code_of(returned(anna)), "payout_not_paid");
        assert_eq!(confirm(store, Actor::Provider(1), sent.payout), Ok(Ok(true)));
        assert_eq!(code_of(returned(Actor::Provider(1))), "forbidden");
        assert_eq!(returned(anna), Ok(Ok(())));
        assert_eq!(code_of(returned(anna)), "payout_not_paid");
        assert_eq!(balance(store, Account::Bank, None), posted(0));
        assert_eq!(
            balance(store, Account::MerchantPayable, Some(seller.uuid())),
            posted(0)
        );
        assert_eq!(payables(store, seller, Some(sent.payout)), [] as [i64; 0]);
        assert_eq!(payables(store, seller, None), [8_800, 500]);
        let again = propose(store, anna, seller)
            .expect("an answer")
            .expect("a payout");
        assert_eq!((again.amount.amount, again.line_count), (9_300, 2));
        let kinds = events(store, sent.payout);
        assert_eq!(kinds.last(), Some(&(4, "PayoutReturned".to_owned())));
        let read = store.read_blocking(|read| queries::entries(read, Account::Bank, None, CNY, None, 10));
        let of_bank = read.expect("entries");
        // In the order of their ids, which one moment does not decide here.
        let told: BTreeSet<_> = of_bank
            .iter()
            .map(|entry| (entry.reason.as_str(), entry.kind.as_str(), entry.legs.len()))
            .collect();
        // What posts takes its legs out of the pending layer, and posts them.
        let expected = [
            ("payout_returned", "posted", 2),
            ("paid_out", "posts", 4),
            ("paid_out", "pending", 2),
        ];
        assert_eq!(told, BTreeSet::from(expected));
        assert!(of_bank.iter().all(|entry| entry.reference == sent.payout.uuid()));
    });
}

fn pay_in(store: &Store, actor: Actor, merchant: MerchantId, amount: Money) -> Outcome<PayoutId> {
    let cmd = RecordPayIn {
        merchant,
        amount,
        until: NOW,
    };
    run_as(store, actor, move |tx, ctx| record_pay_in(tx, ctx, &cmd))
}

#[test]
fn a_merchant_pays_in_exactly_what_it_owes_and_owes_nothing_then() {
    on_both(|store| {
        let seller = merchant(store, 1);
        let (anna, carl) = (operator(store, 11, "finance"), operator(store, 13, "support"));
        let yuan = |amount| Money::new(amount, CNY);
        assert_eq!(code_of(pay_in(store, anna, seller, yuan(0))), "pay_in_differs");
        book(store, seller, &[500, -800]);
        for wrong in [299, 301, 0, -300, i64::MIN] {
            let Ok(Err(rejected)) = pay_in(store, anna, seller, yuan(wrong)) else {
                panic!("{wrong} is not what is owed")
            };
            assert_eq!(rejected.code, "pay_in_differs");
            assert!(rejected.detail.contains("-3.00 CNY"), "{}", rejected.detail);
        }
        let dollars = Money::new(300, Currency::USD);
        assert_eq!(code_of(pay_in(store, anna, seller, dollars)), "pay_in_differs");
        assert_eq!(code_of(pay_in(store, carl, seller, yuan(300))), "forbidden");
        assert_eq!(payables(store, seller, None), [500, -800]);

        let answers = at_once(8, |_| pay_in(store, anna, seller, yuan(300)));
        let mut paid_in = answers.into_iter().filter_map(|answer| answer.ok()?.ok());
        let id = paid_in.next().expect("one pay-in");
        assert_eq!(paid_in.next(), None, "what is owed is paid once");
        let found = payout(store, id);
        assert_eq!(
            (found.status, found.amount, found.line_count),
            (PayoutStatus::Paid, -300, 2)
        );
        assert_eq!(payables(store, seller, None), [] as [i64; 0]);
        assert_eq!(balance(store, Account::Bank, None), posted(300));
        let payable = || balance(store, Account::MerchantPayable, Some(seller.uuid()));
        assert_eq!(
            payable(),
            posted(-300),
            "against what the lines of a sale have booked"
        );
        assert_eq!(events(store, id), [(1, "MerchantPaidIn".to_owned())]);

        // The bank took it back.
        let bounced = ReturnPayout { payout: id };
        let returned = run_as(store, anna, move |tx, ctx| return_payout(tx, ctx, &bounced));
        assert_eq!(returned, Ok(Ok(())));
        assert_eq!(
            (balance(store, Account::Bank, None), payable()),
            (posted(0), posted(0))
        );
        assert_eq!(payables(store, seller, None), [500, -800]);
    });
}

#[test]
fn nothing_and_less_than_nothing_is_no_payout_and_is_netted_into_the_next() {
    on_both(|store| {
        let seller = merchant(store, 1);
        let anna = operator(store, 11, "finance");
        assert_eq!(code_of(propose(store, anna, seller)), "nothing_to_pay");
        book(store, seller, &[500, -800]);
        let Ok(Err(rejected)) = propose(store, anna, seller) else {
            panic!("a negative payout")
        };
        assert_eq!(rejected.code, "nothing_to_pay");
        assert!(rejected.detail.contains("-3.00 CNY"), "{}", rejected.detail);
        assert_eq!(payables(store, seller, None), [500, -800]);
        book(store, seller, &[300]);
        assert_eq!(code_of(propose(store, anna, seller)), "nothing_to_pay");
        book(store, seller, &[1]);
        let proposal = propose(store, anna, seller)
            .expect("an answer")
            .expect("a payout");
        assert_eq!((proposal.amount.amount, proposal.line_count), (1, 4));
    });
}

#[test]
fn only_operators_of_finance_move_payouts() {
    on_both(|store| {
        let seller = merchant(store, 1);
        let anna = operator(store, 11, "finance");
        let support = operator(store, 13, "support");
        book(store, seller, &[100]);
        let made = propose(store, anna, seller)
            .expect("an answer")
            .expect("a payout")
            .payout;
        let strangers = [
            Actor::Anonymous,
            Actor::Consumer(id(11)),
            Actor::Staff(id(11), seller),
            Actor::Operator(id(404)),
            support,
        ];
        let refused = |code: String| assert!(code == "forbidden" || code == "sign_in_required", "{code}");
        for actor in strangers {
            refused(code_of(propose(store, actor, seller)));
            refused(code_of(approve(store, actor, made)));
            refused(code_of(confirm(store, actor, made)));
            refused(code_of(fail(store, actor, made, "")));
            refused(code_of(retry(store, actor, made)));
            refused(code_of(run_as(store, actor, |tx, ctx| {
                close_day(
                    tx,
                    ctx,
                    &CloseDay {
                        until: NOW,
                        after: None,
                    },
                )
            })));
        }
        for actor in [Actor::System, Actor::Provider(1)] {
            refused(code_of(propose(store, actor, seller)));
            refused(code_of(approve(store, actor, made)));
            refused(code_of(retry(store, actor, made)));
        }
        assert_eq!(payout(store, made).status, PayoutStatus::Proposed);
    });
}

#[test]
fn whoever_proposed_a_payout_does_not_approve_it() {
    on_both(|store| {
        let seller = merchant(store, 1);
        let (anna, ben) = (operator(store, 11, "admin"), operator(store, 12, "finance"));
        book(store, seller, &[100]);
        let made = propose(store, anna, seller)
            .expect("an answer")
            .expect("a payout")
            .payout;
        assert_eq!(
            code_of(approve(store, anna, made)),
            "payout_needs_another_operator"
        );
        assert_eq!(approve(store, ben, made), Ok(Ok(())));
        assert_eq!(code_of(approve(store, ben, made)), "payout_not_proposed");
        assert_eq!(code_of(approve(store, ben, id(404))), "not_found");
    });
}

#[test]
fn a_transfer_that_failed_is_retried_as_the_same_payout() {
    on_both(|store| {
        let seller = merchant(store, 1);
        let (anna, ben) = (operator(store, 11, "finance"), operator(store, 12, "finance"));
        book(store, seller, &[100]);
        let made = propose(store, anna, seller)
            .expect("an answer")
            .expect("a payout")
            .payout;
        for early in [
            fail(store, Actor::System, made, "x"),
            confirm(store, Actor::System, made),
        ] {
            assert_eq!(code_of(early), "payout_not_approved");
        }
        assert_eq!(code_of(retry(store, anna, made)), "payout_not_failed");
        assert_eq!(approve(store, ben, made), Ok(Ok(())));

        let hostile = format!("账户已注销\0'; DROP TABLE payout; --{}", "x".repeat(2_000));
        assert_eq!(fail(store, Actor::Provider(1), made, &hostile), Ok(Ok(true)));
        assert_eq!(fail(store, Actor::Provider(1), made, "again"), Ok(Ok(false)));
        let failed = payout(store, made);
        assert_eq!(failed.status, PayoutStatus::Failed);
        let kept = failed.failure.expect("a reason");
        assert!(kept.starts_with("账户已注销'; DROP TABLE payout; --x"));
        assert_eq!(kept.chars().count(), 500);
        assert_eq!(payables(store, seller, Some(made)), [100]);
        assert_eq!(code_of(propose(store, anna, seller)), "nothing_to_pay");
        let still_reserved = Balance {
            posted: 0,
            pending: 100,
        };
        let owner = Some(seller.uuid());
        assert_eq!(balance(store, Account::MerchantPayable, owner), still_reserved);

        assert_eq!(retry(store, anna, made), Ok(Ok(())));
        assert_eq!(payout(store, made).failure, None);
        // Told late, when the second transfer is under way.
        assert_eq!(fail(store, Actor::Provider(1), made, "again"), Ok(Ok(false)));
        assert_eq!(payout(store, made).status, PayoutStatus::Approved);
        assert_eq!(confirm(store, Actor::System, made), Ok(Ok(true)));
        assert_eq!(balance(store, Account::MerchantPayable, owner), posted(100));
        assert_eq!(
            code_of(fail(store, Actor::Provider(1), made, "late")),
            "payout_not_approved"
        );
        assert_eq!(code_of(retry(store, anna, made)), "payout_not_failed");
        let kinds: Vec<_> = events(store, made).into_iter().map(|(_, kind)| kind).collect();
        let expected = [
            "PayoutProposed",
            "PayoutApproved",
            "PayoutFailed",
            "PayoutRetried",
            "PayoutPaid",
        ];
        assert_eq!(kinds, expected);
        for outcome in [
            confirm(store, Actor::System, id(404)),
            fail(store, Actor::System, id(404), ""),
        ] {
            assert_eq!(code_of(outcome), "not_found");
        }
        assert_eq!(code_of(retry(store, anna, id(404))), "not_found");
    });
}

#[test]
fn a_transfer_that_arrived_after_all_is_paid() {
    on_both(|store| {
        let seller = merchant(store, 1);
        let (anna, ben) = (operator(store, 11, "finance"), operator(store, 12, "finance"));
        book(store, seller, &[100]);
        let made = propose(store, anna, seller)
            .expect("an answer")
            .expect("a payout")
            .payout;
        assert_eq!(approve(store, ben, made), Ok(Ok(())));
        assert_eq!(fail(store, Actor::Provider(1), made, "timed out"), Ok(Ok(true)));
        assert_eq!(confirm(store, Actor::Provider(1), made), Ok(Ok(true)));
        assert_eq!(code_of(retry(store, anna, made)), "payout_not_failed");
        assert_eq!(balance(store, Account::Bank, None), posted(-100));
    });
}

#[test]
fn approvals_confirmations_and_failures_at_once_have_one_effect() {
    on_both(|store| {
        let seller = merchant(store, 1);
        let anna = operator(store, 11, "finance");
        let others: Vec<Actor> = (12..18).map(|n| operator(store, n, "finance")).collect();
        book(store, seller, &[100]);
        let made = propose(store, anna, seller)
            .expect("an answer")
            .expect("a payout")
            .payout;
        let approvals = at_once(6, |n| approve(store, others[n], made));
        assert_eq!(approvals.iter().filter(|a| **a == Ok(Ok(()))).count(), 1);
        let late = approvals.into_iter().filter(|a| *a != Ok(Ok(())));
        assert!(late.map(code_of).all(|code| code == "payout_not_proposed"));
        let reports = at_once(6, |n| {
            if n % 2 == 0 {
                confirm(store, Actor::Provider(1), made)
            } else {
                fail(store, Actor::Provider(1), made, "no such account")
            }
        });
        let confirmed = (0..6).filter(|n| n % 2 == 0 && reports[*n] == Ok(Ok(true)));
        assert_eq!(confirmed.count(), 1, "{reports:?}");
        assert_eq!(payout(store, made).status, PayoutStatus::Paid);
        let owner = Some(seller.uuid());
        assert_eq!(balance(store, Account::MerchantPayable, owner), posted(100));
    });
}
