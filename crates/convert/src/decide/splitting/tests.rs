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
        due_at_store: 0,
    }
}

fn any_money() -> impl Strategy<Value = UnitMoney> {
    let amount = || prop_oneof![0..=3_i64, 0..=999_i64, 0..=200_000_000_000_i64];
    let legs = (
        amount(),
        amount(),
        amount(),
        amount(),
        prop_oneof![Just(0), amount()],
    );
    legs.prop_map(|(c, r, p, m, due_at_store)| {
        let paid_ahead = money(c, r, p, m);
        UnitMoney {
            price: paid_ahead.price + due_at_store,
            due_at_store,
            ..paid_ahead
        }
    })
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
        part.due_at_store,
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
            due_at_store: order.due_at_store,
            security_deposit: 0,
        };
        let units = split_over_units(&amounts, quantity);
        prop_assert_eq!(units.len() as i64, quantity);
        prop_assert!(units.iter().all(is_whole), "{:?}", units);
        let rest = units.iter().fold(order, |rest, unit| rest.minus(unit));
        prop_assert_eq!(rest, UnitMoney::default());
    }

    #[test]
    fn uses_and_the_refundable_rest_sum_to_the_voucher(
        voucher in any_money(), uses in prop_oneof![1..=30_i64, 1..=100_000_i64], used in 0..=100_000_i64,
        visits in 1..=30_i64, commission in share(), rebate in share()
    ) {
        let (used, mut rest) = (used.min(uses), voucher);
        let at_once = (used / visits).max(1);
        let mut before = 0;
        while before < used {
            let after = (before + at_once).min(used);
            let one = use_amounts(&voucher, uses, before..after, commission, rebate);
            before = after;
            prop_assert!(is_whole(&one.paid), "{one:?}");
            let split = one.split;
            let of_merchant = split.payable + one.paid.due_at_store;
            prop_assert!(split.commission >= 0 && split.rebate >= 0 && of_merchant >= 0, "{split:?}");
            prop_assert!(split.payable >= 0 || split.rebate == 0, "nobody is paid by a debt: {split:?}");
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
        let whole = split_escrow(voucher.value(), commission, rebate);
        let of_uses = (0..uses).map(|n| use_amounts(&voucher, uses, n..n + 1, commission, rebate).split);
        let sum = of_uses.fold(EscrowSplit::default(), |sum, split| EscrowSplit {
            commission: sum.commission + split.commission,
            rebate: sum.rebate + split.rebate,
            payable: sum.payable + split.payable,
        });
        prop_assert_eq!(sum.commission, whole.commission);
        prop_assert_eq!(sum.rebate + sum.payable, voucher.escrow() - whole.commission);
        prop_assert!(sum.rebate <= whole.rebate);
        if voucher.due_at_store == 0 {
            prop_assert_eq!(sum, whole);
        }
    }

    #[test]
    fn what_is_kept_and_what_goes_back_sum_to_the_voucher(
        voucher in any_money(), is_deposit in any::<bool>(), fee in share()
    ) {
        let deposit = is_deposit.then_some(DepositKind::Earnest);
        let voucher = UnitMoney {
            price: voucher.price - if is_deposit { 0 } else { voucher.due_at_store },
            due_at_store: if is_deposit { voucher.due_at_store } else { 0 },
            ..voucher
        };
        let (kept, back) = split_fee(&voucher, deposit, fee);
        prop_assert!(is_whole(&kept) && is_whole(&back), "{kept:?} {back:?}");
        prop_assert_eq!(voucher.minus(&kept), back);
        prop_assert_eq!(kept.due_at_store, 0);
        if is_deposit {
            prop_assert_eq!((kept.price, kept.discount_platform), (fee.of(voucher.cash + voucher.rebate_used), 0));
        }
    }
}

#[test]
fn the_worked_example_of_a_card_of_three_uses() {
    // 100.00 paid with 80.00 in cash and a platform coupon of 20.00; commission 10 %, rebate 2 %.
    let voucher = money(8_000, 0, 2_000, 0);
    let [commission, rebate] = [1_000, 200].map(|bp| BasisPoints::new(bp).unwrap());
    let uses = [0, 1, 2].map(|n| use_amounts(&voucher, 3, n..n + 1, commission, rebate));
    assert_eq!(uses.map(|u| u.paid.escrow()), [3_334, 3_333, 3_333]);
    assert_eq!(uses.map(|u| u.paid.cash), [2_667, 2_667, 2_666]);
    assert_eq!(uses.map(|u| u.split.commission), [333, 334, 333]);
    assert_eq!(uses.map(|u| u.split.rebate), [67, 66, 67]);
    assert_eq!(uses.map(|u| u.split.payable), [2_934, 2_933, 2_933]);
    assert_eq!(rest_after(&voucher, 3, 2), uses[2].paid);
}

/// `12.34` as 1234.
fn minor(text: &str) -> i64 {
    text.replace('.', "").parse().expect("an amount")
}

/// The cells of the first table of a document that begins so, without its head.
fn rows<'a>(document: &'a str, head: &str) -> Vec<Vec<&'a str>> {
    let (_, table) = document.split_once(head).expect("such a table");
    let rows = table.lines().skip(2).take_while(|line| line.starts_with('|'));
    rows.map(|row| row.trim_matches('|').split('|').map(str::trim).collect())
        .collect()
}

/// Checks what each part of a card holds and who gets it, and the row of all.
fn check_card(voucher: &UnitMoney, head: &str, uses_of: impl Fn(&str) -> i64) {
    let mut rows = rows(include_str!("../../../../../docs/domain/money.md"), head);
    let of_all = rows.pop().expect("a row for all");
    let all: i64 = rows.iter().map(|row| uses_of(row[0])).sum();
    let commission = BasisPoints::new(1_000).unwrap();
    let amounts = |taken| {
        let UseMoney { paid, split } = use_amounts(voucher, all, taken, commission, BasisPoints::ZERO);
        [paid.escrow(), split.payable, split.commission]
    };
    let minors = |row: &[&str]| row[1..].iter().map(|cell| minor(cell)).collect::<Vec<_>>();
    let mut used = 0;
    for row in &rows {
        let after = used + uses_of(row[0]);
        assert_eq!(minors(row), amounts(used..after), "{row:?}");
        used = after;
    }
    assert_eq!(minors(&of_all), amounts(0..all));
}

#[test]
fn the_worked_cards_are_used_as_the_tables_say() {
    check_card(&money(10_000, 0, 0, 0), "\n| use | held |", |_| 1);
    check_card(&money(7_200, 0, 450, 1_350), "\n| bill | held |", minor);
}

#[test]
fn the_worked_deposits_end_as_the_table_says() {
    // Of 200.00 the platform gives 20.00; 20 % of the rest was paid ahead, 36.00; commission 10 %.
    let voucher = UnitMoney {
        price: 20_000,
        due_at_store: 14_400,
        ..money(3_600, 0, 2_000, 0)
    };
    let commission = BasisPoints::new(1_000).unwrap();
    let rows = rows(
        include_str!("../../../../../docs/domain/pricing.md"),
        "\n| of a deposit |",
    );
    assert_eq!(rows.len(), 6);
    for cells in rows {
        let row = cells.join(" | ");
        let amounts: Vec<_> = cells[2..].iter().map(|cell| minor(cell)).collect();
        let fee = match cells[1].strip_suffix(" %") {
            Some(percent) => BasisPoints::new(percent.parse::<i64>().unwrap() * 100).unwrap(),
            None => {
                let split = use_amounts(&voucher, 1, 0..1, commission, BasisPoints::ZERO).split;
                assert_eq!(amounts, [0, 0, split.payable, split.commission, 0], "{row}");
                continue;
            }
        };
        let (kept, back) = split_fee(&voucher, Some(DepositKind::Earnest), fee);
        let split = split_escrow(kept.escrow(), commission, BasisPoints::ZERO);
        let is_twice = cells[0] == "the merchant gives it up; 定金";
        let own = if is_twice { back.deposit().price } else { 0 };
        let to_guest = back.cash + own;
        let told = [
            to_guest,
            back.discount_platform,
            split.payable,
            split.commission,
            own,
        ];
        assert_eq!(amounts, told, "{row}");
    }
}

#[test]
fn shares_beyond_the_whole_leave_the_merchant_nothing_but_never_less() {
    let half = BasisPoints::new(5_000).unwrap();
    let split = split_escrow(1, half, half);
    assert_eq!(split.commission + split.rebate + split.payable, 1);
    let split = split_escrow(100, BasisPoints::WHOLE, half);
    assert_eq!((split.commission, split.rebate, split.payable), (100, 0, 0));
}
