//! The best set among thirty coupons for a cart of five offers, beside pricing every set of at most four of them.

use convert::CouponKind;
use convert::decide::{
    Candidate, Cart, CartLine, Combination, Conditions, CouponTerms, MAX_CANDIDATES, MAX_COUPONS_USED,
    UsedCoupon, best_combination,
};
use http::shell;
use kernel::{Actor, BasisPoints, Ctx, Currency, Timestamp};

use super::report::Report;
use crate::serve::Failure;

const CARTS: usize = 200;

/// Random carts, each with thirty coupons of random kinds, groups and least prices; some fit together, some do not.
pub fn run() -> Result<Report, Failure> {
    let dice = Ctx::new(shell::now(), Actor::System, [7; 32]);
    let mut taken_ms = Vec::with_capacity(CARTS);
    let mut every_set_ms = 0.0;
    for n in 0..CARTS {
        let lines: Vec<CartLine> = (0..5).map(|_| line(&dice)).collect();
        // Every cart has another number of groups: with one, a single coupon is used; with thirty, any four.
        let groups = 1 + n as u64 % MAX_CANDIDATES as u64;
        let terms: Vec<CouponTerms> = (0..MAX_CANDIDATES).map(|_| terms(&dice, groups)).collect();
        let offered: Vec<Candidate> = terms.iter().map(|terms| candidate(&dice, terms)).collect();
        let cart = Cart {
            lines: &lines,
            currency: Currency::CNY,
            now: dice.now,
            has_ordered: true,
        };
        let started = shell::instant();
        let found = best_combination(&cart, &offered);
        taken_ms.push(started.elapsed().as_secs_f64() * 1_000.0);
        if n == CARTS - 1 {
            let started = shell::instant();
            let best = best_of_every_set(&cart, &offered);
            every_set_ms = started.elapsed().as_secs_f64() * 1_000.0;
            if best != total(&found) {
                return Err(format!("{} was found, {best} is possible", total(&found)).into());
            }
        }
    }
    let last = taken_ms[CARTS - 1];
    taken_ms.sort_by(f64::total_cmp);
    let mut report = Report::new("best combination of 30 coupons");
    report.note("carts", CARTS);
    report.figure("ms, median", taken_ms[CARTS / 2]);
    report.figure("ms, every set of the last cart", every_set_ms);
    report.figure("every set / best combination", every_set_ms / last);
    report.at_most("ms, the slowest", taken_ms[CARTS - 1], 5.0);
    Ok(report)
}

fn total(combination: &Combination) -> i64 {
    combination.used.iter().map(UsedCoupon::total).sum()
}

/// Prices each set of at most [`MAX_COUPONS_USED`] by itself.
fn best_of_every_set(cart: &Cart, offered: &[Candidate]) -> i64 {
    fn grow<'a>(cart: &Cart, offered: &[Candidate<'a>], set: &mut Vec<Candidate<'a>>, best: &mut i64) {
        *best = (*best).max(total(&best_combination(cart, set)));
        if set.len() < MAX_COUPONS_USED {
            for (i, one) in offered.iter().enumerate() {
                let is_required = true;
                set.push(Candidate {
                    is_required,
                    ..one.clone()
                });
                grow(cart, &offered[i + 1..], set, best);
                set.pop();
            }
        }
    }
    let mut best = 0;
    grow(cart, offered, &mut Vec::new(), &mut best);
    best
}

fn line(dice: &Ctx) -> CartLine {
    CartLine {
        offer: dice.new_id(),
        merchant: dice.new_id(),
        category: format!("category_{}", dice.random_below(3)),
        stores: Vec::new(),
        quantity: 1 + dice.random_below(4) as i64,
        due: 1_000 + dice.random_below(50_000) as i64,
        is_of_customer: false,
        is_paid_after: false,
    }
}

fn terms(dice: &Ctx, groups: u64) -> CouponTerms {
    let kind = match dice.random_below(4) {
        0 => CouponKind::Percentage {
            share: BasisPoints::new(100 + dice.random_below(2_000) as i64).unwrap_or_default(),
            max_discount: Some(500 + dice.random_below(3_000) as i64),
        },
        1 => CouponKind::FixedPrice {
            price: 500 + dice.random_below(3_000) as i64,
        },
        _ => CouponKind::Cash {
            amount: 500 + dice.random_below(3_000) as i64,
        },
    };
    let category = (dice.random_below(3) == 0).then(|| format!("category_{}", dice.random_below(3)));
    CouponTerms {
        merchant: None,
        offer: None,
        kind,
        currency: Currency::CNY,
        min_spend: dice.random_below(40_000) as i64,
        platform_share: BasisPoints::WHOLE,
        starts_at: Timestamp(0),
        ends_at: Timestamp::MAX,
        conditions: Conditions {
            stacking_group: Some(format!("group_{}", dice.random_below(groups))),
            category,
            ..Conditions::default()
        },
    }
}

fn candidate<'a>(dice: &Ctx, terms: &'a CouponTerms) -> Candidate<'a> {
    Candidate {
        coupon: dice.new_id(),
        terms,
        budget_left: i64::MAX,
        is_required: false,
    }
}
