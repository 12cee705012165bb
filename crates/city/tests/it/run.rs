//! The simulator as a gate: some lives on SQLite alone and on both engines, and that a life can be lived again.

use city::run::{Engines, Lived, RunSettings, Totals, run_seed};

/// So many lives, and more until everything has happened in one of them.
const LIVES_AT_LEAST: u64 = 12;
const LIVES_AT_MOST: u64 = 80;

fn settings(engines: Engines, steps: u32) -> RunSettings {
    RunSettings {
        engines,
        steps,
        audit_every: 50,
        faults: true,
        shrink: false,
    }
}

fn lived(seed: u64, settings: &RunSettings) -> Lived {
    let lived = run_seed(seed, settings);
    lived.unwrap_or_else(|divergence| panic!("seed {seed}, see `qiao city run`: {}", divergence.problem))
}

/// What went wrong, what was done and what was refused in some life: what never happened was not proved.
const HAPPENS: [&[&str]; 3] = [
    &[
        "AnswerLost",
        "CommitFails",
        "CrashAfter",
        "CrashBefore",
        "KeyReused",
        "Repeated",
    ],
    &[
        "Place",
        "PlaceInGroup",
        "Cart",
        "CloseGroup",
        "Book",
        "BookSeats",
        "Schedule",
        "CallOff",
        "RefundShowing",
        "ShowingRefunded",
        "SetQueue",
        "JoinQueue",
        "Call",
        "EndTicket",
        "LeaveQueue",
        "Keep",
        "Move",
        "MoveSeats",
        "OpenTickets",
        "ChooseSeats",
        "OpenTicketRefunded",
        "OpenTicketExpired",
        "OpenTicketTaken",
        "DearerThanTheTicket",
        "CancelBooking",
        "NoShow",
        "Arrive",
        "ChangePolicy",
        "Remind",
        "PlaceWithCoupons",
        "CouponsOverPrices",
        "DearerNights",
        "MoveToAnotherPrice",
        "Member",
        "MemberOrders",
        "ClaimCode",
        "HearPaid",
        "HearChargedBack",
        "HearReversed",
        "HearTransfer",
        "PayIn",
        "LateRefundFailure",
        "LateTransferFailure",
        "RefundedTwice",
        "TakenInsteadOfRefunded",
        "RefundedBeforeReversal",
        "RefundedAfterReversal",
        "EarnestForfeited",
        "Compensation",
        "Redeem",
        "SeveralUses",
        "SeveralUsesUndone",
        "SeveralUsesRefunded",
        "SeveralUsesChargedBack",
        "AmountTaken",
        "AmountSpent",
        "AmountLeftRefunded",
        "AmountMissingOffline",
        "PeriodFullOffline",
        "PeriodFreedByUndo",
        "BookWithCard",
        "CardArrived",
        "CardScanned",
        "CardScannedOffline",
        "UsesHeldOffline",
        "CardFree",
        "CardMissed",
        "CardMoved",
        "CardLapsed",
        "CardKeptAgain",
        "CardChargedBack",
        "Undo",
        "RefundVoucher",
        "RefundRedeemed",
        "Expire",
        "Visit",
        "Reply",
        "Moderate",
        "SignIn",
        "AgreementStarts",
        "Prune",
    ],
    &[
        "order_sold_out",
        "coupon_limit_reached",
        "coupon_needs_code",
        "coupon_code_used",
        "coupon_code_wrong",
        "coupon_not_combined",
        "coupon_not_now",
        "coupon_not_for_buyer",
        "coupon_not_for_this",
        "order_price_changed",
        "order_one_at_a_time",
        "group_full",
        "group_joined",
        "group_not_found",
        "group_not_offered",
        "group_not_open",
        "booking_full",
        "booking_not_free",
        "booking_status",
        "booking_time",
        "booking_too_early",
        "queue_invalid",
        "queue_closed",
        "queue_party",
        "queue_already_in",
        "queue_empty",
        "queue_status",
        "showing_invalid",
        "showing_hall_taken",
        "showing_not_found",
        "showing_status",
        "seats_invalid",
        "seats_taken",
        "seat_left_alone",
        "seats_other_price",
        "ticket_not_open",
        "redeem_ticket_needs_seats",
        "redeem_uses_left",
        "redeem_amount_missing",
        "redeem_period_full",
        "redeem_uses_held",
        "refund_uses_held",
        "card_not_accepted",
        "order_needs_booking",
        "refund_booked",
        "forged",
    ],
];

fn never_happened(totals: &Totals) -> Vec<&'static str> {
    let seen = [&totals.faults, &totals.accepted, &totals.refused];
    let names = HAPPENS.into_iter().zip(seen);
    let missing = names.flat_map(|(names, seen)| names.iter().filter(|name| !seen.contains_key(**name)));
    missing.copied().collect()
}

#[test]
fn platform_and_model_agree_whatever_goes_wrong() {
    let mut totals = Totals::default();
    for seed in 1..=LIVES_AT_MOST {
        let steps = if seed % 4 == 0 { 1_000 } else { 400 };
        totals.add(&lived(seed, &settings(Engines::Sqlite, steps)).totals);
        if seed >= LIVES_AT_LEAST && never_happened(&totals).is_empty() {
            return;
        }
    }
    panic!("{:?} never happened: {totals:#?}", never_happened(&totals));
}

#[test]
fn both_engines_give_the_answers_of_the_model() {
    let server =
        std::env::var("QIAO_TEST_POSTGRES_URL").expect("run the tests through scripts/with-postgres");
    let both = settings(Engines::Both { server }, 150);
    for seed in [100, 101] {
        lived(seed, &both);
    }
}

#[test]
fn a_seed_lives_the_same_life_again() {
    let settings = settings(Engines::Sqlite, 120);
    let first = lived(7, &settings);
    assert_eq!(first, lived(7, &settings));
    assert_ne!(first.trace, lived(8, &settings).trace);
}
