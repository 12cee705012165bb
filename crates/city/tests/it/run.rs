//! The simulator as a gate: some lives on SQLite alone and on both engines, and that a life can be lived again.

use city::run::{Engines, Lived, RunSettings, Totals, run_seed};

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

#[test]
fn platform_and_model_agree_whatever_goes_wrong() {
    let settings = settings(Engines::Sqlite, 400);
    let mut totals = Totals::default();
    for seed in (29..=40).chain([1, 2, 43]) {
        totals.add(&lived(seed, &settings).totals);
    }
    // In these, late failures of a payout and of a refund are heard.
    let long = RunSettings {
        steps: 1_000,
        ..settings
    };
    for seed in [64, 69] {
        totals.add(&lived(seed, &long).totals);
    }
    // What never happened was not proved.
    let happened = |of: &std::collections::BTreeMap<String, u64>, names: &[&str]| {
        let missing: Vec<_> = names.iter().filter(|name| !of.contains_key(**name)).collect();
        assert!(missing.is_empty(), "{missing:?} never happened: {totals:#?}");
    };
    happened(
        &totals.faults,
        &[
            "AnswerLost",
            "CommitFails",
            "CrashAfter",
            "CrashBefore",
            "KeyReused",
            "Repeated",
        ],
    );
    happened(
        &totals.accepted,
        &[
            "Place",
            "PlaceInGroup",
            "CloseGroup",
            "Book",
            "Keep",
            "Move",
            "CancelBooking",
            "NoShow",
            "Arrive",
            "ChangePolicy",
            "Remind",
            "PlaceWithCoupons",
            "ClaimCode",
            "HearPaid",
            "HearChargedBack",
            "HearReversed",
            "HearTransfer",
            "LateRefundFailure",
            "LateTransferFailure",
            "Redeem",
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
    );
    happened(
        &totals.refused,
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
            "order_needs_booking",
            "refund_booked",
            "forged",
        ],
    );
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
