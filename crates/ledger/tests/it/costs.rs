//! How many statements each call runs, asked and told apart: others pay for them inside
//! their own transactions.

use kernel::{Actor, Ctx};
use ledger::{
    AccrueRebate, ApprovePayout, ConfirmPayout, PostRebate, ProposePayout, ReverseRebate, accrue_rebate,
    approve_payout, book_line, confirm_payout, give_back, post_rebate, propose_payout, reverse_rebate, spend,
};
use store::{Fail, Store, Tx};

use crate::{CNY, NOW, ctx, id, line, merchant, on_both, operator};

/// Runs a command and gives what it cost: asked and told statements.
fn cost<T: Send + 'static>(
    store: &Store,
    name: &'static str,
    actor: Actor,
    command: impl Fn(&mut Tx, &Ctx) -> Result<T, Fail> + Send + 'static,
) -> (T, (u64, u64)) {
    let lane = id::<kernel::Order>(1);
    let answer = store.run_blocking(name, lane, ctx(actor, NOW), command);
    let cost = store.costs()[name];
    (
        answer.expect("an answer").expect("no rejection"),
        (cost.asked, cost.told),
    )
}

#[test]
fn every_call_costs_what_it_says() {
    on_both(|store| {
        let seller = merchant(store, 1);
        let (anna, ben) = (operator(store, 11, "finance"), operator(store, 12, "finance"));
        let of = move |n| AccrueRebate {
            redemption: id(n),
            order: id(n),
            sharer: id(50),
            merchant: seller,
            currency: CNY,
            amount: 200,
            due_at: NOW,
        };
        let system = Actor::System;
        let (rebate, accrued) = cost(store, "accrue", system, move |tx, ctx| {
            accrue_rebate(tx, ctx, &of(1))
        });
        let rebate = rebate.expect("a rebate");
        let (_, posted) = cost(store, "post", system, move |tx, ctx| {
            post_rebate(tx, ctx, &PostRebate { rebate })
        });
        let (_, taken_back) = cost(store, "take back", system, move |tx, ctx| {
            reverse_rebate(tx, ctx, &ReverseRebate { redemption: id(1) })
        });
        cost(store, "accrue", system, move |tx, ctx| {
            accrue_rebate(tx, ctx, &of(2))
        });
        let (_, voided) = cost(store, "void", system, move |tx, ctx| {
            reverse_rebate(tx, ctx, &ReverseRebate { redemption: id(2) })
        });
        assert_eq!(
            (accrued, posted, taken_back, voided),
            ((0, 4), (3, 3), (3, 3), (3, 2))
        );

        let (_, given) = cost(store, "give", system, |tx, _| give_back(tx, id(50), CNY, 7));
        let (_, spent) = cost(store, "spend", system, |tx, _| spend(tx, id(50), CNY, 7));
        let (_, booked) = cost(store, "book", system, move |tx, ctx| {
            book_line(tx, ctx, &line(ctx, seller, 100, NOW))
        });
        assert_eq!((given, spent, booked), ((0, 1), (1, 0), (0, 1)));

        let (proposal, proposed) = cost(store, "propose", anna, move |tx, ctx| {
            let cmd = ProposePayout {
                merchant: seller,
                currency: CNY,
                until: NOW,
            };
            propose_payout(tx, ctx, &cmd)
        });
        let payout = proposal.payout;
        let (_, approved) = cost(store, "approve", ben, move |tx, ctx| {
            approve_payout(tx, ctx, &ApprovePayout { payout })
        });
        let (_, confirmed) = cost(store, "confirm", system, move |tx, ctx| {
            confirm_payout(tx, ctx, &ConfirmPayout { payout })
        });
        assert_eq!((proposed, approved, confirmed), ((3, 1), (2, 2), (2, 2)));
    });
}
