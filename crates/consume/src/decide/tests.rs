use kernel::{MerchantId, OfferId, OrderId, PersonId, RedemptionId, StoreId, Timestamp, VoucherId};
use proptest::prelude::*;
use uuid::Uuid;
use voucher::{StoreSetDigest, Voucher, VoucherStatus};

use super::*;
use crate::RedemptionMode;

fn voucher(status: VoucherStatus) -> Voucher {
    Voucher {
        currency: None,
        id: VoucherId::from_uuid(Uuid::from_u128(1)),
        merchant: MerchantId::from_uuid(Uuid::from_u128(2)),
        offer: OfferId::from_uuid(Uuid::from_u128(3)),
        store_set: StoreSetDigest([4; 8]),
        holder: person(5),
        status,
        uses_total: 3,
        uses_left: 1,
        uses_held: 0,
        number: 6,
        binding: 7,
        device_key: None,
        issued_at: Timestamp(0),
        valid_until: Timestamp(1_000),
        version: 1,
    }
}

fn person(n: u128) -> PersonId {
    PersonId::from_uuid(Uuid::from_u128(n))
}

fn shown() -> Shown {
    Shown {
        period: None,
        merchant: MerchantId::from_uuid(Uuid::from_u128(2)),
        in_its_store: true,
        binding: Some(7),
        at: Timestamp(999),
    }
}

#[test]
fn a_live_voucher_in_its_store_before_its_end_is_taken_by_qr_and_by_code() {
    let live = voucher(VoucherStatus::Live);
    assert_eq!(check_use(&live, &shown(), false), Ok(()));
    let by_code = Shown {
        binding: None,
        ..shown()
    };
    assert_eq!(check_use(&live, &by_code, false), Ok(()));
}

#[test]
fn each_wrong_thing_has_its_own_reason_and_another_merchants_voucher_says_nothing_else() {
    let live = voucher(VoucherStatus::Live);
    let at_the_end = Shown {
        at: Timestamp(1_000),
        ..shown()
    };
    let old_pass = Shown {
        binding: Some(6),
        ..shown()
    };
    let elsewhere = Shown {
        in_its_store: false,
        ..shown()
    };
    let stranger = Shown {
        merchant: MerchantId::from_uuid(Uuid::from_u128(9)),
        ..elsewhere
    };
    assert_eq!(check_use(&live, &at_the_end, false), Err(LossReason::Expired));
    assert_eq!(check_use(&live, &old_pass, false), Err(LossReason::Rebound));
    assert_eq!(check_use(&live, &elsewhere, false), Err(LossReason::WrongStore));
    for (status, reason) in [
        (VoucherStatus::Used, LossReason::UsedUp),
        (VoucherStatus::Refunded, LossReason::Refunded),
        (VoucherStatus::Expired, LossReason::Expired),
    ] {
        assert_eq!(check_use(&voucher(status), &shown(), false), Err(reason));
        assert_eq!(
            check_use(&voucher(status), &stranger, false),
            Err(LossReason::UnknownVoucher)
        );
    }
}

fn redemption(use_no: i64, status: RedemptionStatus) -> Redemption {
    Redemption {
        uses: 1,
        currency: None,
        id: RedemptionId::from_uuid(Uuid::from_u128(1)),
        voucher: VoucherId::from_uuid(Uuid::from_u128(1)),
        use_no,
        order: OrderId::from_uuid(Uuid::from_u128(1)),
        offer: OfferId::from_uuid(Uuid::from_u128(3)),
        merchant: MerchantId::from_uuid(Uuid::from_u128(2)),
        store: StoreId::from_uuid(Uuid::from_u128(8)),
        person: person(5),
        staff: person(6),
        device: None,
        mode: RedemptionMode::Scan,
        status,
        scanned_at: Timestamp(100),
        recorded_at: Timestamp(100),
        undo_until: Timestamp(200),
        refund_until: Timestamp(300),
        rebate_refused: None,
        version: 1,
    }
}

#[test]
fn an_undo_is_for_the_last_use_in_time_and_before_the_payout() {
    let facts = UndoFacts {
        last_use_no: 2,
        settled: false,
        now: Timestamp(200),
    };
    let code = |result: Result<(), Reject>| result.map_err(|reject| reject.kind.code);
    let last = redemption(2, RedemptionStatus::Live);
    assert_eq!(code(check_undo(&last, &facts)), Ok(()));
    let late = UndoFacts {
        now: Timestamp(201),
        ..facts
    };
    assert_eq!(code(check_undo(&last, &late)), Err("undo_too_late"));
    let paid = UndoFacts {
        settled: true,
        ..facts
    };
    assert_eq!(code(check_undo(&last, &paid)), Err("undo_settled"));
    let first = redemption(1, RedemptionStatus::Live);
    assert_eq!(code(check_undo(&first, &facts)), Err("undo_not_last"));
    for gone in [RedemptionStatus::Undone, RedemptionStatus::Refunded] {
        assert_eq!(
            code(check_undo(&redemption(2, gone), &facts)),
            Err("redemption_not_live")
        );
    }
}

proptest! {
    #[test]
    fn whatever_a_device_brings_it_never_accepts_more_than_its_cap(
        max_uses in 0..20_i64, max_amount in 0..1_000_i64, amounts in prop::collection::vec(0..300_i64, 0..40)
    ) {
        let cap = ScannerAllowance { uses: max_uses, amount: max_amount };
        let mut accepted = ScannerAllowance::default();
        for amount in amounts {
            match within_cap(accepted, amount, cap) {
                Some(after) => accepted = after,
                None => prop_assert!(accepted.uses == max_uses || accepted.amount + amount > max_amount),
            }
            prop_assert!(accepted.uses <= max_uses && accepted.amount <= max_amount);
        }
    }
}
