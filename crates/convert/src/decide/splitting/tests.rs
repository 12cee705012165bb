//! Splits of random orders: parts sum to the whole, no leg is negative, the rest is exact.

use proptest::prelude::*;

use super::*;

fn money(cash: i64, rebate: i64, platform: i64, merchant: i64) -> UnitMoney {
    UnitMoney {
        price: cash + rebate + platform + merchant,
        discount_platform: platform,
        discount_merchant: merchant,
        rebate_used: rebate,
        cash,
    }
}

fn any_money() -> impl Strategy<Value = UnitMoney> {
    let amount = prop_oneof![0..=3_i64, 0..=999_i64, 0..=200_000_000_000_i64];
    (amount.clone(), amount.clone(), amount.clone(), amount).prop_map(|(c, r, p, m)| money(c, r, p, m))
}

fn share() -> impl Strategy<Value = BasisPoints> {
    (0..=10_000_i64).prop_map(|bp| BasisPoints::new(bp).expect("in range"))
}

fn is_whole(part: &UnitMoney) -> bool {
    let legs = [
        part.price,
        part.discount_platform,
        part.discount_merchant,
        part.rebate_used,
        part.cash,
    ];
    legs.iter().all(|leg| *leg >= 0) && legs[0] == legs[1..].iter().sum::<i64>()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(10_000))]

    #[test]
    fn units_sum_to_the_order_and_each_is_whole(order in any_money(), quantity in 1..=40_i64) {
        let amounts = Amounts {
            list_total: order.price,
            discount_platform: order.discount_platform,
            discount_merchant: order.discount_merchant,
            rebate_used: order.rebate_used,
            cash_due: order.cash,
        };
        let units = split_over_units(&amounts, quantity);
        prop_assert_eq!(units.len() as i64, quantity);
        prop_assert!(units.iter().all(is_whole), "{:?}", units);
        let rest = units.iter().fold(order, |rest, unit| rest.minus(unit));
        prop_assert_eq!(rest, UnitMoney::default());
    }

    #[test]
    fn uses_and_the_refundable_rest_sum_to_the_voucher(
        voucher in any_money(), uses in 1..=30_i64, used in 0..=30_i64, commission in share(), rebate in share()
    ) {
        let used = used.min(uses);
        let mut rest = voucher;
        for use_no in 1..=used {
            let one = use_amounts(&voucher, uses, use_no, commission, rebate);
            prop_assert!(is_whole(&one.paid), "{one:?}");
            let split = one.split;
            prop_assert!(split.commission >= 0 && split.rebate >= 0 && split.payable >= 0, "{split:?}");
            prop_assert_eq!(split.commission + split.rebate + split.payable, one.paid.escrow());
            rest = rest.minus(&one.paid);
        }
        prop_assert_eq!(rest_after(&voucher, uses, used), rest);
        prop_assert!(is_whole(&rest));
        prop_assert_eq!(rest_after(&voucher, uses, uses), UnitMoney::default());
    }

    #[test]
    fn commission_over_all_uses_is_the_commission_on_the_voucher(
        voucher in any_money(), uses in 1..=30_i64, commission in share(), rebate in share()
    ) {
        let whole = split_escrow(voucher.escrow(), commission, rebate);
        let of_uses = (1..=uses).map(|n| use_amounts(&voucher, uses, n, commission, rebate).split);
        let sum = of_uses.fold(EscrowSplit::default(), |sum, split| EscrowSplit {
            commission: sum.commission + split.commission,
            rebate: sum.rebate + split.rebate,
            payable: sum.payable + split.payable,
        });
        prop_assert_eq!(sum, whole);
    }
}

#[test]
fn the_worked_example_of_a_card_of_three_uses() {
    // 100.00 paid with 80.00 in cash and a platform coupon of 20.00; commission 10 %, rebate 2 %.
    let voucher = money(8_000, 0, 2_000, 0);
    let [commission, rebate] = [1_000, 200].map(|bp| BasisPoints::new(bp).unwrap());
    let uses = [1, 2, 3].map(|n| use_amounts(&voucher, 3, n, commission, rebate));
    assert_eq!(uses.map(|u| u.paid.escrow()), [3_334, 3_333, 3_333]);
    assert_eq!(uses.map(|u| u.paid.cash), [2_667, 2_667, 2_666]);
    assert_eq!(uses.map(|u| u.split.commission), [333, 334, 333]);
    assert_eq!(uses.map(|u| u.split.rebate), [67, 66, 67]);
    assert_eq!(uses.map(|u| u.split.payable), [2_934, 2_933, 2_933]);
    assert_eq!(rest_after(&voucher, 3, 2), uses[2].paid);
}

#[test]
fn shares_beyond_the_whole_leave_the_merchant_nothing_but_never_less() {
    let half = BasisPoints::new(5_000).unwrap();
    let split = split_escrow(1, half, half);
    assert_eq!(split.commission + split.rebate + split.payable, 1);
    let split = split_escrow(100, BasisPoints::WHOLE, half);
    assert_eq!((split.commission, split.rebate, split.payable), (100, 0, 0));
}
