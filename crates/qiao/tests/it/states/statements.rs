//! What each command costs when it does what it is for, with nothing special about it.

use std::collections::BTreeMap;

use consume::Whom;
use kernel::DAY_US;
use party::testing::NOW;
use store::Cost;

use super::act::Probe;
use super::house::Command;
use super::orders::order_of;
use super::world::World;

/// More statements need a reason.
const USUAL: u64 = 15;

/// Commands above [`USUAL`] and why they are.
const REASONS: &[(&str, &str)] = &[
    (
        "consume::book_overtime",
        "as a booking, here of an hour in the same room",
    ),
    (
        "consume::book_with_card",
        "those of a booking without its order; the card is looked at like one that is scanned",
    ),
    (
        "consume::cancel_booking",
        "voucher, places, order and books all go back, and the fee is settled",
    ),
    (
        "consume::charge_back",
        "voucher, order and books go back, here of a voucher that was not used",
    ),
    (
        "consume::choose_seats",
        "those of a booking of seats without its order, and the ticket becomes the right to it",
    ),
    ("consume::mark_no_show", "as a booking that is cancelled"),
    (
        "consume::move_booking",
        "the places of the old time go back and those of the new one are taken, here an hour and a half each",
    ),
    (
        "consume::place_booking",
        "an order's, how the offer is booked, what is used, and the places, here of six quarters of an hour",
    ),
    (
        "consume::offer_place",
        "what is free is found as for a booking, and held, here of six quarters of an hour",
    ),
    (
        "consume::refund_redeemed",
        "a redemption is reversed and a part of its order refunded",
    ),
    (
        "consume::refund_showing",
        "as each booking that is cancelled, here of one",
    ),
    (
        "consume::reverse_chargeback",
        "a chargeback's own first, and then what was used is the merchant's again, here of one visit",
    ),
    (
        "consume::take_place",
        "what is held is given back, here of six quarters of an hour, and booked as by anybody",
    ),
    (
        "retain::erase_person",
        "what is said of a person and what is still open is in many tables",
    ),
];

const PREFACE: &str = "\
# The statements of every command

Written by the tests in `crates/qiao/tests/it/states`, which run each command in its ordinary case: one unit, one
use, one row; no coupon, rebate or share link. Do not edit: see CONTRIBUTING.md.

*Asked* statements are those whose answer decides something, *told* ones only write. Both are the same on SQLite
and PostgreSQL. Round trips are PostgreSQL's, once a connection has prepared its statements; SQLite answers in
the same process.

| crate | command | asked | told | together | round trips | why more than 15 |
| --- | --- | ---: | ---: | ---: | ---: | --- |
";

/// The ordinary case of every command.
const ORDINARY: &[fn(&World) -> Probe] = &[
    |w| w.register_merchant().probe(),
    |w| w.submit_certification(w.shop).probe(),
    |w| w.decide_certification(w.waiting(), true).probe(),
    |w| {
        let certification = w.waiting();
        w.done(w.decide_certification(certification, true));
        w.expire_certification(certification).probe()
    },
    |w| w.suspend_merchant(w.other_shop()).probe(),
    |w| {
        let shop = w.other_shop();
        w.done(w.suspend_merchant(shop));
        w.reinstate_merchant(shop).probe()
    },
    |w| w.add_store(w.shop).probe(),
    |w| w.update_store(w.other_shop()).probe(),
    |w| w.offer_franchise(w.other_shop(), w.shop).probe(),
    |w| {
        let chain = w.other_shop();
        w.done(w.offer_franchise(chain, w.shop));
        w.accept_franchise(w.shop, chain).probe()
    },
    |w| {
        let chain = w.other_shop();
        w.done(w.offer_franchise(chain, w.shop));
        w.end_franchise(w.shop, chain).probe()
    },
    |w| w.add_staff(w.shop).probe(),
    |w| w.change_role(w.shop, w.new_cashier(w.shop)).probe(),
    |w| w.set_staff_password(w.shop, w.new_cashier(w.shop)).probe(),
    |w| w.revoke_staff(w.shop, w.new_cashier(w.shop)).probe(),
    |w| w.update_merchant(w.shop).probe(),
    |w| w.register_device(w.shop).probe(),
    |w| w.revoke_device(w.shop, w.new_device(w.shop)).probe(),
    |w| w.record_media(w.shop).probe(),
    |w| w.request_code(w.new_contact()).probe(),
    |w| w.sign_in_with_code().probe(),
    |w| w.sign_in_with_password().probe(),
    |w| w.count_password_miss().probe(),
    |w| w.sign_out().probe(),
    |w| w.end_session().probe(),
    |w| w.end_sessions().probe(),
    |w| w.update_person().probe(),
    |w| w.join_membership(w.consumer()).probe(),
    |w| {
        let member = w.consumer();
        w.done(w.join_membership(member));
        w.leave_membership(member).probe()
    },
    |w| w.erase_person().probe(),
    |w| w.prune_sessions().probe(),
    |w| w.grant_operator().probe(),
    |w| w.revoke_operator().probe(),
    |w| w.import_merchants().probe(),
    |w| w.propose_agreement(w.shop).probe(),
    |w| w.counter_agreement(w.proposed()).probe(),
    |w| w.accept_agreement(w.proposed()).probe(),
    |w| w.decline_agreement(w.proposed()).probe(),
    |w| w.start_agreement(w.accepted()).probe(),
    |w| w.end_agreement(w.accepted()).probe(),
    |w| w.create_offer(w.shop, w.accepted()).probe(),
    |w| w.update_offer(w.draft(), 20_000).probe(),
    |w| w.discard_offer(w.draft()).probe(),
    |w| w.publish_offer(w.shop, w.draft()).probe(),
    |w| w.pause_offer(w.published()).probe(),
    |w| {
        let offer = w.published();
        w.done(w.pause_offer(offer));
        w.resume_offer(offer).probe()
    },
    |w| w.change_stock(w.published()).probe(),
    |w| w.add_resource().probe(),
    |w| w.update_resource(w.offer_of_tables().1).probe(),
    |w| w.set_booking_terms(w.draft()).probe(),
    |w| w.set_store_day().probe(),
    |w| w.set_hall(w.cinema().1).probe(),
    |w| w.set_menu(w.other_shop()).probe(),
    |w| w.set_dish_sold_out(w.other_shop()).probe(),
    |w| {
        let (offer, hall) = w.cinema();
        w.schedule_showing(offer, hall).probe()
    },
    |w| w.create_entry(w.shop).probe(),
    |w| w.rename_entry(w.shop, w.new_entry(w.shop)).probe(),
    |w| w.close_entry(w.shop, w.new_entry(w.shop)).probe(),
    |w| w.create_share_link(w.consumer(), w.offer).probe(),
    |w| w.record_visits().probe(),
    |w| w.create_coupon(w.shop, None).probe(),
    |w| w.stop_coupon(w.new_coupon()).probe(),
    |w| w.claim_coupon(w.consumer(), w.new_coupon()).probe(),
    |w| w.claim_code(w.consumer(), &w.new_code().1).probe(),
    |w| w.place_order(w.consumer(), order_of(w.offer)).probe(),
    |w| w.place_cart(w.consumer(), vec![order_of(w.offer)]).probe(),
    |w| w.place_booking(w.consumer(), w.offer_of_tables().0).probe(),
    |w| w.move_booking(&w.confirmed_booking()).probe(),
    |w| w.cancel_booking(&w.confirmed_booking()).probe(),
    |w| w.mark_no_show(w.confirmed_booking().booking).probe(),
    |w| w.arrive(w.confirmed_booking().booking).probe(),
    |w| w.remind_guest(w.confirmed_booking().booking).probe(),
    |w| w.join_waitlist(w.consumer(), &w.confirmed_booking()).probe(),
    |w| {
        let waiting = w.waiting_guest();
        w.free(&waiting);
        w.offer_place(&waiting).probe()
    },
    |w| w.take_place(&w.offered_guest()).probe(),
    |w| w.leave_waitlist(&w.offered_guest()).probe(),
    |w| w.end_waiting(&w.offered_guest()).probe(),
    |w| w.set_calendar_feed().probe(),
    |w| w.set_queue().probe(),
    |w| {
        w.done(w.set_queue());
        w.join_queue(w.consumer()).probe()
    },
    |w| w.call_queue(Whom::Ticket(w.numbered().ticket)).probe(),
    |w| w.end_queue_ticket(w.numbered().ticket, true).probe(),
    |w| w.leave_queue(&w.numbered()).probe(),
    |w| w.keep_places(w.offer_of_tables().1, NOW.plus_us(DAY_US)).probe(),
    |w| w.choose_seats(&w.screened()).probe(),
    |w| w.keep_seats(&w.screened()).probe(),
    |w| w.call_off_showing(w.screened().showing).probe(),
    |w| w.refund_showing(w.called_off().showing).probe(),
    |w| {
        let purchase = w.placed(order_of(w.offer));
        w.start_payment(purchase.buyer, purchase.order, "other").probe()
    },
    |w| {
        let purchase = w.placed(order_of(w.offer));
        w.start_payments(purchase.buyer, vec![purchase.order]).probe()
    },
    |w| w.confirm_payment(&w.placed(order_of(w.offer))).probe(),
    |w| w.charge_back(&w.bought(order_of(w.offer))).probe(),
    |w| {
        let purchase = w.bought(order_of(w.offer));
        w.redeemed(purchase.vouchers[0]);
        w.done(w.charge_back(&purchase));
        w.reverse_chargeback(&purchase).probe()
    },
    |w| w.fail_payment(&w.placed(order_of(w.offer))).probe(),
    |w| w.close_payment_conflict(w.payment_conflict()).probe(),
    |w| w.cancel_order(&w.placed(order_of(w.offer))).probe(),
    |w| w.release_order(&w.placed(order_of(w.offer))).probe(),
    |w| w.close_group(w.group()).probe(),
    |w| {
        let (holder, voucher) = w.new_voucher();
        w.refund_voucher(holder, voucher).probe()
    },
    |w| w.expire_voucher(w.new_voucher().1).probe(),
    |w| w.mark_refund_sent(&w.refunded()).probe(),
    |w| w.confirm_refund(&w.refunded()).probe(),
    |w| w.fail_refund(&w.refunded()).probe(),
    |w| {
        let (holder, voucher) = w.new_voucher();
        w.bind_device(holder, voucher, &super::vouchers::device(3))
            .probe()
    },
    |w| w.book_with_new_card().probe(),
    |w| w.book_overtime(&w.begun_hours()).probe(),
    |w| w.return_security_deposit(&w.visited_with_deposit()).probe(),
    |w| w.end_security_deposit(&w.visited_with_deposit()).probe(),
    |w| {
        let (guest, redemption) = w.visit().of();
        let found = w.read(move |read| consume::queries::redemption(read, redemption));
        w.open_complaint(guest, found.unwrap().order).probe()
    },
    |w| w.answer_complaint(&w.complained(), false).probe(),
    |w| {
        let of = w.complained();
        w.done(w.answer_complaint(&of, false));
        w.escalate_complaint(&of).probe()
    },
    |w| w.withdraw_complaint(&w.complained()).probe(),
    |w| {
        let of = w.complained();
        w.escalated(&of);
        w.decide_complaint(&of, true).probe()
    },
    |w| w.end_complaint_turn(&w.complained()).probe(),
    |w| {
        let visited = w.visited_with_deposit();
        w.done(w.claim_security_deposit(&visited));
        w.refund_security_claim(&visited).probe()
    },
    |w| w.lapse_new_booking().probe(),
    |w| w.redeem_scan(w.shop, w.new_voucher().1).probe(),
    |w| w.redeem_code(w.shop, w.new_voucher().1).probe(),
    |w| w.sync_offline(w.shop, w.new_voucher().1).probe(),
    |w| w.undo_redemption(w.redemption(), NOW).probe(),
    |w| w.refund_redeemed(w.redemption(), NOW).probe(),
    |w| w.add_signing_key().probe(),
    |w| w.retire_signing_key().probe(),
    |w| w.post_review(&w.visit()).probe(),
    |w| w.reply_review(&w.reviewed()).probe(),
    |w| w.hide_review(&w.reviewed()).probe(),
    |w| {
        let reviewed = w.reviewed();
        w.done(w.hide_review(&reviewed));
        w.show_review(&reviewed).probe()
    },
    |w| w.hide_for_refund(&w.reviewed()).probe(),
    |w| {
        w.redemption();
        w.propose_payout(w.shop).probe()
    },
    |w| w.record_pay_in().probe(),
    |w| w.approve_payout(w.proposed_payout()).probe(),
    |w| w.confirm_payout(w.approved_payout()).probe(),
    |w| w.fail_payout(w.approved_payout()).probe(),
    |w| {
        let payout = w.approved_payout();
        w.done(w.fail_payout(payout));
        w.retry_payout(payout).probe()
    },
    |w| {
        let payout = w.approved_payout();
        w.done(w.confirm_payout(payout));
        w.return_payout(payout).probe()
    },
    |w| w.close_day().probe(),
    |w| w.carry_forward().probe(),
    |w| w.accrue_rebate().probe(),
    |w| w.post_new_rebate().probe(),
    |w| w.reverse_new_rebate().probe(),
    |w| w.set_rule().probe(),
    |w| w.write_messages().probe(),
    |w| w.read_messages(&w.told()).probe(),
    |w| w.ask_merchant(w.consumer()).probe(),
    |w| w.answer_guest(&w.asked()).probe(),
    |w| w.read_conversation(&w.asked(), w.shop.as_owner()).probe(),
    |w| w.mute_guest(&w.asked(), true).probe(),
];

/// The costs by command. All are run once before, so that no statement is prepared while it is measured.
pub fn measure(world: &World) -> BTreeMap<Command, Cost> {
    for act in ORDINARY.iter().filter_map(|case| case(world)) {
        world.done(act);
    }
    let acts = ORDINARY.iter().filter_map(|case| case(world));
    acts.map(|act| (Command::at(act.path), world.cost(act))).collect()
}

pub fn markdown(costs: &BTreeMap<Command, Cost>) -> String {
    let reasons = REASONS.iter().map(|(path, reason)| (Command::at(path), *reason));
    let reasons: BTreeMap<_, _> = reasons.collect();
    let above_usual = costs.iter().filter(|(_, cost)| cost.asked + cost.told > USUAL);
    assert_eq!(
        above_usual.map(|(command, _)| command).collect::<Vec<_>>(),
        reasons.keys().collect::<Vec<_>>(),
        "the commands above {USUAL} statements have their reasons"
    );
    let lines = costs.iter().map(|(command, cost)| {
        let (
            Command { of, name },
            Cost {
                asked,
                told,
                round_trips,
            },
        ) = (command, *cost);
        let (together, reason) = (asked + told, reasons.get(command).unwrap_or(&""));
        format!("| {of} | `{name}` | {asked} | {told} | {together} | {round_trips} | {reason} |\n")
    });
    format!("{PREFACE}{}", lines.collect::<String>())
}
