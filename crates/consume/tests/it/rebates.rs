//! What a sharer earns by a friend's visit, and what becomes of it when the visit does not stand.

use convert::SelfDealing;
use kernel::{Actor, DAY_US, PersonId, Timestamp};
use ledger::{Account, PostRebate, RebateStatus};
use party::OperatorRole;
use party::testing::{NOW, consumer, operator};

use crate::on_both;
use crate::world::{Bought, CNY, World};

/// The token of a person's link to the offer.
pub fn link(world: &World, sharer: PersonId) -> String {
    let offer = world.offer;
    let link = world.run(Actor::Consumer(sharer), NOW, move |tx, ctx| {
        channel::create_share_link(tx, ctx, &channel::CreateShareLink { offer })
    });
    link.expect("a link").token
}

/// A purchase by a sharer's link: 76.00 in cash, 5.00 by the platform, so 81.00 in escrow.
fn buy_by(world: &World, buyer: PersonId, sharer: PersonId, card: &str) -> Bought {
    let placed = world.place(buyer, 1, Some(link(world, sharer)));
    let bought = world.pay(buyer, &placed, card);
    assert_eq!(world.escrow(bought.order), (8_100, 0));
    bought
}

fn earned(world: &World, sharer: PersonId) -> (i64, i64) {
    world.credit(Account::RebatePayable, Some(sharer.uuid()))
}

fn post_rebates(world: &World, now: Timestamp) -> usize {
    let due = world
        .db
        .read_blocking(move |read| Ok(store::due_timers(read, now, 100)?))
        .expect("timers");
    let due = due.iter().filter(|timer| timer.kind == "post_rebate");
    let posted = due.map(|timer| {
        let rebate = timer.subject();
        let posted = world.run(Actor::System, now, move |tx, ctx| {
            ledger::post_rebate(tx, ctx, &PostRebate { rebate })
        });
        world.audit();
        assert!(posted.expect("an answer"));
    });
    posted.count()
}

#[test]
fn a_friends_visit_earns_a_rebate_that_is_final_when_the_window_closes() {
    on_both(|world| {
        let sharer = consumer(world.db, 2);
        let bought = buy_by(world, world.buyer, sharer, "card-1");
        world.scan(bought.vouchers[0]).expect("redeemed");
        // Of 81.00: 10 % commission, 2 % rebate, funded by the merchant.
        assert_eq!((world.commission(), world.payable()), (810, 7_128));
        assert_eq!(earned(world, sharer), (0, 162));
        assert_eq!(world.escrow(bought.order), (162, -162));
        assert_eq!(post_rebates(world, NOW.plus_us(7 * DAY_US - 1)), 0);
        assert_eq!(post_rebates(world, NOW.plus_us(7 * DAY_US)), 1);
        assert_eq!(earned(world, sharer), (162, 0));
        assert_eq!(world.escrow(bought.order), (0, 0));
    });
}

#[test]
fn an_undone_or_refunded_visit_earns_nothing() {
    on_both(|world| {
        let sharer = consumer(world.db, 2);
        let bought = buy_by(world, world.buyer, sharer, "card-1");
        let redeemed = world.scan(bought.vouchers[0]).expect("redeemed");
        world.undo(redeemed.redemption, NOW).expect("undone");
        assert_eq!(
            (earned(world, sharer), world.escrow(bought.order)),
            ((0, 0), (8_100, 0))
        );
        let redeemed = world.scan(bought.vouchers[0]).expect("redeemed");
        assert_eq!(earned(world, sharer), (0, 162));
        let owner = world.shop.as_owner();
        let refund = world
            .refund_redeemed(owner, redeemed.redemption, NOW)
            .expect("refunded");
        world.confirm_refund(refund);
        assert_eq!(
            (earned(world, sharer), world.escrow(bought.order)),
            ((0, 0), (0, 0))
        );
        assert_eq!((world.payable(), world.commission()), (0, 0));
        assert_eq!(post_rebates(world, NOW.plus_us(30 * DAY_US)), 0);
    });
}

#[test]
fn a_late_refund_claws_back_what_the_sharer_has_and_notes_what_is_owed() {
    on_both(|world| {
        let sharer = consumer(world.db, 2);
        let bought = buy_by(world, world.buyer, sharer, "card-1");
        let redeemed = world.scan(bought.vouchers[0]).expect("redeemed");
        let late = NOW.plus_us(8 * DAY_US);
        assert_eq!(post_rebates(world, late), 1);
        // The sharer has spent 1.00 of 1.62 elsewhere.
        let spent = world.run(Actor::System, late, move |tx, _| {
            ledger::spend(tx, sharer, CNY, 100)
        });
        assert!(spent.expect("an answer"));
        let support = Actor::Operator(operator(world.db, OperatorRole::Support, 4));
        let refund = world
            .refund_redeemed(support, redeemed.redemption, late)
            .expect("refunded");
        world.confirm_refund(refund);
        let owed = world.credit(Account::SharerReceivable, Some(sharer.uuid()));
        assert_eq!((earned(world, sharer).0, owed.0), (100, -100));
        assert_eq!(world.escrow(bought.order), (0, 0));
        let rebates = world
            .db
            .read_blocking(move |read| ledger::queries::rebates_of(read, sharer, None, 10));
        assert_eq!(rebates.expect("rebates")[0].status, RebateStatus::Reversed);
    });
}

#[test]
fn nobody_earns_by_buying_from_themselves() {
    on_both(|world| {
        // The same card: the "friend" is the sharer's second account.
        let sharer = consumer(world.db, 2);
        let own = world.place(sharer, 1, None);
        world.pay(sharer, &own, "card-7");
        let by_same_card = buy_by(world, world.buyer, sharer, "card-7");
        world.scan(by_same_card.vouchers[0]).expect("redeemed");
        assert_eq!(earned(world, sharer), (0, 0));
        // The merchant keeps what the sharer does not earn.
        assert_eq!((world.payable(), world.commission()), (7_290, 810));
        assert_eq!(world.escrow(by_same_card.order), (0, 0));

        // A circle: each of the two buys by the other's link.
        let [one, two] = [consumer(world.db, 3), consumer(world.db, 4)];
        let there = buy_by(world, one, two, "card-3");
        let back = buy_by(world, two, one, "card-4");
        world.scan(there.vouchers[0]).expect("redeemed");
        world.scan(back.vouchers[0]).expect("redeemed");
        assert_eq!((earned(world, one), earned(world, two)), ((0, 0), (0, 0)));

        // One device: the merchant keeps the rebate, and the platform's people see why.
        let [five, six] = [consumer(world.db, 5), consumer(world.db, 6)];
        for person in [five, six] {
            let noted = world.run(Actor::Anonymous, NOW, move |tx, ctx| {
                Ok(party::note_device(tx, ctx, person, [5; 32])?)
            });
            noted.expect("noted");
        }
        let together = buy_by(world, five, six, "card-5");
        world.scan(together.vouchers[0]).expect("redeemed");
        assert_eq!(earned(world, six), (0, 0));
        let why = [by_same_card, there, back, together].map(|bought| {
            let redeemed = world.redemptions(bought.vouchers[0]);
            redeemed[0].rebate_refused
        });
        let circle = Some(SelfDealing::Circle);
        assert_eq!(
            why,
            [
                Some(SelfDealing::Instrument),
                circle,
                circle,
                Some(SelfDealing::Device)
            ]
        );

        // The same person does not get as far as an order.
        let token = link(world, world.buyer);
        let cmd = convert::PlaceOrder {
            offer: world.offer,
            quantity: 1,
            wallet_coupons: Vec::new(),
            share_token: Some(token),
            entry: None,
            use_rebate: false,
            group: None,
            seats: None,
            expected_cash: None,
        };
        let refused = world.run(Actor::Consumer(world.buyer), NOW, move |tx, ctx| {
            convert::place_order(tx, ctx, &cmd)
        });
        assert_eq!(crate::code(refused), "order_share_link_invalid");
    });
}
