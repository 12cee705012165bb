//! Who may complain of what, whose turn it is, and what goes back.

use std::sync::Barrier;

use feedback::{
    AnswerComplaint, Complaint, ComplaintKind, ComplaintStatus, ComplaintStep, DecideComplaint,
    EndComplaintTurn, EscalateComplaint, GiveBack, OpenComplaint, Statement, WithdrawComplaint, queries,
};
use kernel::{Actor, ComplaintId, DAY_US, OrderId, RedemptionId, Timestamp};
use party::testing::{NOW, certified_shop, consumer, ctx, operator, staff, store_details};
use party::{AddStore, OperatorRole, Role};
use store::{Rejected, sql};

use crate::visits::Visits;
use crate::{code, on_both};

const SOUP: &str = "The soup was cold, and nobody came.";

fn words(text: &str) -> Statement {
    Statement {
        text: text.to_owned(),
        media: Vec::new(),
    }
}

fn nothing() -> GiveBack {
    GiveBack::default()
}

fn all_of(redemption: RedemptionId) -> GiveBack {
    GiveBack {
        redemptions: vec![redemption],
        security_claim: false,
    }
}

fn in_days(days: i64) -> Timestamp {
    NOW.plus_us(days * DAY_US)
}

impl Visits<'_> {
    fn as_guest(&self) -> Actor {
        Actor::Consumer(self.guest)
    }

    fn complain_at(&self, order: OrderId, actor: Actor, at: Timestamp) -> Result<ComplaintId, Rejected> {
        let kind = ComplaintKind::Quality;
        let says = words(SOUP);
        let cmd = OpenComplaint { order, kind, says };
        self.run(actor, at, move |tx, ctx| feedback::open_complaint(tx, ctx, &cmd))
    }

    fn complain(&self, order: OrderId) -> ComplaintId {
        self.complain_at(order, self.as_guest(), NOW).expect("opened")
    }

    fn answer(&self, complaint: ComplaintId, actor: Actor, give_back: GiveBack) -> Result<(), Rejected> {
        let says = words("We are sorry.");
        let cmd = AnswerComplaint {
            complaint,
            says,
            give_back,
        };
        self.run(actor, in_days(1), move |tx, ctx| {
            feedback::answer_complaint(tx, ctx, &cmd)
        })
    }

    fn escalate(&self, complaint: ComplaintId, at: Timestamp) -> Result<(), Rejected> {
        let says = words("That is not enough.");
        let cmd = EscalateComplaint { complaint, says };
        self.run(self.as_guest(), at, move |tx, ctx| {
            feedback::escalate_complaint(tx, ctx, &cmd)
        })
    }

    fn decide(
        &self,
        complaint: ComplaintId,
        actor: Actor,
        uphold: bool,
        give_back: GiveBack,
    ) -> Result<(), Rejected> {
        let cmd = DecideComplaint {
            complaint,
            uphold,
            text: "The photo shows it.".to_owned(),
            give_back,
        };
        self.run(actor, in_days(2), move |tx, ctx| {
            feedback::decide_complaint(tx, ctx, &cmd)
        })
    }

    fn withdraw_complaint(&self, complaint: ComplaintId, actor: Actor) -> Result<(), Rejected> {
        let cmd = WithdrawComplaint { complaint };
        self.run(actor, in_days(1), move |tx, ctx| {
            feedback::withdraw_complaint(tx, ctx, &cmd)
        })
    }

    fn end_turn(&self, complaint: ComplaintId, at: Timestamp) -> bool {
        let cmd = EndComplaintTurn { complaint };
        let ended = self.run(Actor::System, at, move |tx, ctx| {
            feedback::end_complaint_turn(tx, ctx, &cmd)
        });
        ended.expect("an answer")
    }

    fn complaint(&self, id: ComplaintId) -> Complaint {
        let found = self.db.read_blocking(move |read| queries::complaint(read, id));
        found.expect("an answer").expect("a complaint")
    }

    fn steps(&self, id: ComplaintId) -> Vec<ComplaintStep> {
        let found = self
            .db
            .read_blocking(move |read| queries::complaint_steps(read, id));
        found.expect("an answer")
    }

    /// What the merchant is owed for everything, and what is on its way back to buyers.
    fn owed_and_refunded(&self) -> (i64, i64) {
        let sums = self.db.read_blocking(|read| {
            Ok(read.one(sql!(
                "SELECT (SELECT CAST(COALESCE(SUM(payable), 0) AS BIGINT) FROM settlement_line),
                        (SELECT CAST(COALESCE(SUM(amount), 0) AS BIGINT) FROM refund)"
            ))?)
        });
        let mut row = sums.expect("an answer").expect("a row");
        (row.take().expect("a sum"), row.take().expect("a sum"))
    }

    fn support(&self, n: u64) -> Actor {
        Actor::Operator(operator(self.db, OperatorRole::Support, n))
    }
}

#[test]
fn a_merchant_answers_a_complaint_and_gives_a_visit_back_after_its_refund_window() {
    on_both(|visits| {
        let (order, visit) = visits.paid_visit();
        let (owed, _) = visits.owed_and_refunded();
        assert!(owed > 0);
        let complaint = visits.complain(order);
        let opened = visits.complaint(complaint);
        assert_eq!(
            (opened.status, opened.due_at, opened.store, opened.kind),
            (
                ComplaintStatus::Open,
                Some(in_days(3)),
                Some(visits.shop.store),
                ComplaintKind::Quality
            )
        );
        visits
            .answer(complaint, visits.shop.as_owner(), all_of(visit))
            .expect("answered");
        let (owed, refunded) = visits.owed_and_refunded();
        assert_eq!(owed, 0, "the merchant's part comes off its statement");
        let steps = visits.steps(complaint);
        let said: Vec<_> = steps
            .iter()
            .map(|step| (step.n, step.status, step.refunded))
            .collect();
        let (open, answered) = (ComplaintStatus::Open, ComplaintStatus::Answered);
        assert_eq!(said, [(1, open, 0), (2, answered, refunded)]);
        assert!(refunded > 0);
        assert_eq!(steps[0].text, SOUP);

        assert!(!visits.end_turn(complaint, in_days(7)));
        assert!(visits.end_turn(complaint, in_days(8)));
        assert_eq!(visits.complaint(complaint).status, ComplaintStatus::Settled);
        assert!(!visits.end_turn(complaint, in_days(9)));
        assert_eq!(code(visits.escalate(complaint, in_days(9))), "complaint_status");
        assert_eq!(visits.owed_and_refunded(), (0, refunded));
    });
}

#[test]
fn what_no_merchant_answers_the_platform_decides_and_the_money_follows() {
    on_both(|visits| {
        let (order, visit) = visits.paid_visit();
        let complaint = visits.complain(order);
        assert!(!visits.end_turn(complaint, in_days(2)));
        assert!(visits.end_turn(complaint, in_days(3)));
        assert_eq!(visits.complaint(complaint).status, ComplaintStatus::Escalated);
        let owner = visits.shop.as_owner();
        visits.answer(complaint, owner, nothing()).expect("a late word");
        assert_eq!(visits.complaint(complaint).status, ComplaintStatus::Escalated);
        let again = visits.answer(complaint, owner, nothing());
        assert_eq!(code(again), "complaint_status");
        visits
            .decide(complaint, visits.support(1), true, all_of(visit))
            .expect("decided");
        let decided = visits.complaint(complaint);
        assert_eq!((decided.status, decided.due_at), (ComplaintStatus::Upheld, None));
        let (owed, refunded) = visits.owed_and_refunded();
        assert_eq!((owed, refunded > 0), (0, true));
        let again = visits.decide(complaint, visits.support(2), true, nothing());
        assert_eq!(code(again), "complaint_status");
    });
}

#[test]
fn a_dismissed_complaint_is_appealed_once_and_decided_by_another() {
    on_both(|visits| {
        let (order, visit) = visits.paid_visit();
        let complaint = visits.complain(order);
        let (first, second) = (visits.support(1), visits.support(2));
        let early = visits.decide(complaint, first, false, nothing());
        assert_eq!(code(early), "complaint_status", "the merchant's turn comes first");
        visits
            .answer(complaint, visits.shop.as_owner(), nothing())
            .expect("answered");
        visits.escalate(complaint, in_days(2)).expect("escalated");
        let refused = visits.decide(complaint, first, false, all_of(visit));
        assert_eq!(code(refused), "complaint_invalid");
        visits
            .decide(complaint, first, false, nothing())
            .expect("dismissed");
        assert!(!visits.complaint(complaint).is_appealed());

        visits.escalate(complaint, in_days(3)).expect("appealed");
        assert!(visits.complaint(complaint).is_appealed());
        let same = visits.decide(complaint, first, false, nothing());
        assert_eq!(code(same), "complaint_decided_by_you");
        let anew = visits.withdraw_complaint(complaint, visits.as_guest());
        assert_eq!(
            code(anew),
            "complaint_status",
            "nobody begins anew after a decision"
        );
        visits
            .decide(complaint, second, false, nothing())
            .expect("dismissed");
        let again = visits.escalate(complaint, in_days(3));
        assert_eq!(code(again), "complaint_status", "what two decided stands");
        assert_eq!(visits.steps(complaint).len(), 6);
    });
}

#[test]
fn who_works_for_the_merchant_does_not_decide_for_the_platform() {
    on_both(|visits| {
        let (order, _) = visits.paid_visit();
        let complaint = visits.complain(order);
        visits.end_turn(complaint, in_days(3));
        let employee = staff(visits.db, visits.shop, None, Role::Cashier, 5);
        let guest = visits.guest;
        let made = visits
            .db
            .run_blocking("test", employee, ctx(Actor::System), move |tx, ctx| {
                for person in [employee, guest] {
                    tx.tell(sql!(
                        "INSERT INTO operator (person_id, role, granted_at) VALUES ($1, 'support', $2)",
                        person,
                        ctx.now
                    ))?;
                }
                Ok(())
            });
        made.expect("an answer").expect("made");
        for side in [employee, guest] {
            let decided = visits.decide(complaint, Actor::Operator(side), true, nothing());
            assert_eq!(code(decided), "complaint_of_yours");
        }
    });
}

#[test]
fn the_only_operator_decides_an_appeal_too() {
    on_both(|visits| {
        let (order, _) = visits.paid_visit();
        let complaint = visits.complain(order);
        let only = visits.support(1);
        visits.support(2);
        let alone = visits
            .db
            .run_blocking("test", visits.guest, ctx(only), |tx, ctx| {
                let person = ctx.actor.person();
                Ok(tx.claim(sql!("DELETE FROM operator WHERE person_id <> $1", person))?)
            });
        alone.expect("an answer").expect("alone");
        visits.end_turn(complaint, in_days(3));
        visits
            .decide(complaint, only, false, nothing())
            .expect("dismissed");
        visits.escalate(complaint, in_days(3)).expect("appealed");
        visits
            .decide(complaint, only, true, nothing())
            .expect("nobody else is there");
    });
}

#[test]
fn nothing_goes_back_for_what_was_free_and_nobody_begins_anew() {
    on_both(|visits| {
        let visit = visits.visit();
        let found = visits
            .db
            .read_blocking(move |read| consume::queries::redemption(read, visit));
        let order = found.expect("an answer").expect("a visit").order;
        let complaint = visits.complain(order);
        let owner = visits.shop.as_owner();
        let refused = visits.answer(complaint, owner, all_of(visit));
        assert_eq!(code(refused), "complaint_invalid", "and its review stays");
        visits.answer(complaint, owner, nothing()).expect("answered");
        visits
            .withdraw_complaint(complaint, visits.as_guest())
            .expect("withdrawn");
        let anew = visits.complain_at(order, visits.as_guest(), in_days(2));
        assert_eq!(code(anew), "complaint_exists");
    });
}

#[test]
fn a_week_after_a_decision_it_stands() {
    on_both(|visits| {
        let (order, _) = visits.paid_visit();
        let complaint = visits.complain(order);
        visits.end_turn(complaint, in_days(3));
        visits
            .decide(complaint, visits.support(1), false, nothing())
            .expect("dismissed");
        let late = visits.escalate(complaint, in_days(9));
        assert_eq!(code(late), "complaint_status");
        let withdrawn = visits.withdraw_complaint(complaint, visits.as_guest());
        assert_eq!(code(withdrawn), "complaint_status");
    });
}

#[test]
fn an_order_has_one_complaint_until_it_is_withdrawn() {
    on_both(|visits| {
        let (order, _) = visits.paid_visit();
        let complaint = visits.complain(order);
        let again = visits.complain_at(order, visits.as_guest(), NOW);
        assert_eq!(code(again), "complaint_exists");
        visits
            .withdraw_complaint(complaint, visits.as_guest())
            .expect("withdrawn");
        assert!(!visits.end_turn(complaint, in_days(4)), "nothing is due any more");
        let another = visits.complain_at(order, visits.as_guest(), in_days(2));
        let newest = visits
            .db
            .read_blocking(move |read| queries::complaint_of_order(read, order));
        assert_eq!(
            newest.expect("an answer").expect("a complaint").id,
            another.expect("opened")
        );
    });
}

#[test]
fn only_the_buyer_of_what_was_paid_may_complain_and_in_time() {
    on_both(|visits| {
        let (order, _) = visits.paid_visit();
        let stranger = Actor::Consumer(consumer(visits.db, 2));
        for (actor, reason) in [
            (Actor::Anonymous, "sign_in_required"),
            (visits.shop.as_owner(), "forbidden"),
            (stranger, "not_found"),
        ] {
            assert_eq!(code(visits.complain_at(order, actor, NOW)), reason);
        }
        let unpaid = visits.unpaid_order();
        let refused = visits.complain_at(unpaid, visits.as_guest(), NOW);
        assert_eq!(code(refused), "complaint_not_possible");
        let late = visits.complain_at(order, visits.as_guest(), in_days(91));
        assert_eq!(code(late), "complaint_not_possible");
        visits
            .complain_at(order, visits.as_guest(), in_days(90))
            .expect("on the last day");
    });
}

#[test]
fn managers_of_the_store_answer_and_no_others() {
    on_both(|visits| {
        let (order, visit) = visits.paid_visit();
        let complaint = visits.complain(order);
        let shop = visits.shop;
        let branch = AddStore {
            merchant: shop.merchant,
            details: store_details(7),
        };
        let branch = visits.run(shop.as_owner(), NOW, move |tx, ctx| {
            party::add_store(tx, ctx, &branch)
        });
        let branch = branch.expect("a branch");
        let as_staff = |at, role, n| Actor::Staff(staff(visits.db, shop, at, role, n), shop.merchant);
        let cashier = as_staff(None, Role::Cashier, 1);
        let elsewhere = as_staff(Some(branch), Role::Manager, 2);
        let here = as_staff(Some(shop.store), Role::Manager, 3);
        let other = certified_shop(visits.db, 2).as_owner();
        for actor in [cashier, elsewhere, visits.as_guest(), visits.support(1)] {
            assert_eq!(code(visits.answer(complaint, actor, nothing())), "forbidden");
        }
        assert_eq!(code(visits.answer(complaint, other, nothing())), "not_found");
        let (anothers, foreign) = visits.paid_visit();
        assert_ne!(anothers, order);
        let of_another_order = visits.answer(complaint, here, all_of(foreign));
        assert_eq!(code(of_another_order), "complaint_invalid");
        let twice = GiveBack {
            redemptions: vec![visit, visit],
            security_claim: false,
        };
        assert_eq!(code(visits.answer(complaint, here, twice)), "complaint_invalid");
        let no_deposit = GiveBack {
            redemptions: Vec::new(),
            security_claim: true,
        };
        let none = visits.answer(complaint, here, no_deposit);
        assert_eq!(code(none), "security_deposit_not_held");
        assert_eq!(visits.complaint(complaint).status, ComplaintStatus::Open);
        visits.answer(complaint, here, all_of(visit)).expect("answered");
        let stranger = Actor::Consumer(consumer(visits.db, 2));
        let not_theirs = visits.withdraw_complaint(complaint, stranger);
        assert_eq!(code(not_theirs), "not_found");
    });
}

#[test]
fn what_is_said_is_words_and_ones_own_pictures() {
    on_both(|visits| {
        let (order, _) = visits.paid_visit();
        let theirs = visits.picture_of_the_shop();
        let of = |says: Statement| {
            let kind = ComplaintKind::Other;
            let cmd = OpenComplaint { order, kind, says };
            visits.run(visits.as_guest(), NOW, move |tx, ctx| {
                feedback::open_complaint(tx, ctx, &cmd)
            })
        };
        for text in ["", "  \n", "a\u{202E}b", &"字".repeat(2_001)] {
            let refused = of(words(text)).expect_err("a rejection");
            assert_eq!(
                (refused.code.as_str(), refused.field.as_deref()),
                ("complaint_invalid", Some("/text"))
            );
        }
        let refused = of(Statement {
            media: vec![theirs],
            ..words(SOUP)
        });
        let refused = refused.expect_err("a rejection");
        assert_eq!(refused.field.as_deref(), Some("/media"));
    });
}

#[test]
fn a_visit_goes_back_once_however_many_say_so_at_once() {
    on_both(|visits| {
        let (order, visit) = visits.paid_visit();
        let complaint = visits.complain(order);
        let owner = visits.shop.as_owner();
        let start = Barrier::new(12);
        let outcomes: Vec<Result<(), Rejected>> = std::thread::scope(|threads| {
            let one = |n: usize| {
                let start = &start;
                threads.spawn(move || {
                    start.wait();
                    match n % 3 {
                        0 => visits.answer(complaint, owner, all_of(visit)),
                        1 => visits.refund(visit),
                        _ => visits.withdraw_complaint(complaint, visits.as_guest()),
                    }
                })
            };
            let all: Vec<_> = (0..12).map(one).collect();
            all.into_iter().map(|one| one.join().expect("it ran")).collect()
        });
        let done = |of: usize| {
            let of = outcomes.iter().enumerate().filter(|(n, _)| n % 3 == of);
            of.filter(|(_, outcome)| outcome.is_ok()).count()
        };
        let [answers, refunds, withdrawals] = [0, 1, 2].map(done);
        assert_eq!(answers + refunds, 1, "{outcomes:?}");
        assert!(withdrawals <= 1, "{outcomes:?}");
        let (owed, refunded) = visits.owed_and_refunded();
        let paid = visits.db.read_blocking(move |read| {
            let found = consume::queries::redemption(read, visit)?.expect("a visit");
            let terms = convert::queries::voucher_money(read, found.voucher)?;
            Ok(found.paid(&terms.expect("its money")).cash)
        });
        assert_eq!((owed, refunded), (0, paid.expect("an answer")));
        let steps = visits.steps(complaint);
        let numbers: Vec<i64> = steps.iter().map(|step| step.n).collect();
        assert_eq!(numbers, (1..=steps.len() as i64).collect::<Vec<_>>());
    });
}

#[test]
fn who_closes_their_account_takes_their_words_along() {
    on_both(|visits| {
        let (order, _) = visits.paid_visit();
        let complaint = visits.complain(order);
        visits
            .answer(complaint, visits.shop.as_owner(), nothing())
            .expect("answered");
        let cmd = convert::ErasePerson { give_up_open: true };
        let erased = visits.run(visits.as_guest(), in_days(2), move |tx, ctx| {
            feedback::erase_person(tx, ctx, &cmd)
        });
        erased.expect("erased");
        let texts: Vec<String> = visits
            .steps(complaint)
            .into_iter()
            .map(|step| step.text)
            .collect();
        assert_eq!(texts, ["", "We are sorry.", ""]);
        assert_eq!(visits.complaint(complaint).status, ComplaintStatus::Withdrawn);
        assert!(!visits.end_turn(complaint, in_days(9)));
    });
}
