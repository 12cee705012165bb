//! How many statements those calls run, asked and told apart, that others pay for inside their own
//! transactions. The commands are in `docs/generated/statements.md`.

use kernel::{Actor, Ctx};
use ledger::{
    AccrueRebate, PostRebate, ReverseRebate, accrue_rebate, book_line, give_back, post_rebate,
    reverse_rebate, spend,
};
use store::{Fail, Store, Tx};

use crate::{CNY, NOW, ctx, id, line, merchant, on_both};

/// Runs a call and gives what it cost: asked and told statements.
fn cost<T: Send + 'static>(
    store: &Store,
    name: &'static str,
    command: impl Fn(&mut Tx, &Ctx) -> Result<T, Fail> + Send + 'static,
) -> (T, (u64, u64)) {
    let lane = id::<kernel::Order>(1);
    let answer = store.run_blocking(name, lane, ctx(Actor::System, NOW), command);
    let cost = store.costs()[name];
    (
        answer.expect("an answer").expect("no rejection"),
        (cost.asked, cost.told),
    )
}

#[test]
fn what_others_call_inside_their_own_transactions_costs_what_it_says() {
    on_both(|store| {
        let seller = merchant(store, 1);
        let earn = AccrueRebate {
            redemption: id(1),
            order: id(1),
            sharer: id(50),
            merchant: seller,
            currency: CNY,
            amount: 200,
            due_at: NOW,
        };
        let (rebate, _) = cost(store, "accrue", move |tx, ctx| accrue_rebate(tx, ctx, &earn));
        let rebate = rebate.expect("a rebate");
        cost(store, "post", move |tx, ctx| {
            post_rebate(tx, ctx, &PostRebate { rebate })
        });
        let (_, taken_back) = cost(store, "take back", move |tx, ctx| {
            reverse_rebate(tx, ctx, &ReverseRebate { redemption: id(1) })
        });
        let (_, given) = cost(store, "give", |tx, _| give_back(tx, id(50), CNY, 7));
        let (_, spent) = cost(store, "spend", |tx, _| spend(tx, id(50), CNY, 7));
        let (_, booked) = cost(store, "book", move |tx, ctx| {
            book_line(tx, ctx, &line(ctx, seller, 100, NOW))
        });
        assert_eq!(
            (taken_back, given, spent, booked),
            ((3, 4), (0, 1), (1, 0), (0, 1))
        );
    });
}
