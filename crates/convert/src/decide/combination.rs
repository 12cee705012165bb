//! The best set of coupons for a cart: the one that takes off most, and of those that take off the same the
//! one that spends fewest coupons. Found exactly, by branch and bound, and told coupon by coupon.
//!
//! Coupons are used in one order, whoever asks in which: units, then shares, then amounts, each of what those
//! before it left, so that the same set always costs the same.

use std::cmp::Reverse;

use kernel::Reject;

use super::coupon::{Candidate, Cart, Effect, FIELD};
use crate::reject::{COUPON_BUDGET_SPENT, COUPON_NOT_COMBINED, COUPON_NOT_FOR_THIS};

/// The most coupons of one order.
pub const MAX_COUPONS_USED: usize = 4;

/// The most coupons among which the best set is looked for.
pub const MAX_CANDIDATES: usize = 30;

/// The best set of coupons, and why each of the others is not in it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Combination {
    /// In the order in which they are taken off.
    pub used: Vec<UsedCoupon>,
    /// By their place among the candidates.
    pub refused: Vec<(usize, Reject)>,
}

/// A coupon of the best set.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UsedCoupon {
    /// Its place among the candidates.
    pub candidate: usize,
    /// What it takes off each line of the cart, in minor units.
    pub off: Vec<i64>,
}

impl UsedCoupon {
    /// What it takes off the whole cart.
    pub fn total(&self) -> i64 {
        self.off.iter().sum()
    }
}

/// The set of these coupons that takes most off the cart, at most [`MAX_COUPONS_USED`] of them, of which those that
/// the buyer asked for are part. If that is impossible none is used, and those asked for say why.
pub fn best_combination(cart: &Cart, candidates: &[Candidate]) -> Combination {
    let due: Vec<i64> = cart.lines.iter().map(|line| line.due).collect();
    let mut refused = Vec::new();
    let mut choices = Vec::with_capacity(candidates.len());
    for (candidate, offered) in candidates.iter().enumerate() {
        match choice(candidate, offered, cart, &due) {
            Ok(choice) => choices.push(choice),
            Err(why) => refused.push((candidate, why)),
        }
    }
    choices.sort_by_key(|choice| {
        let coupon = candidates[choice.candidate].coupon;
        (choice.effect.rank(), Reverse(choice.alone), coupon)
    });
    let is_missing = |(candidate, _): &(usize, Reject)| candidates[*candidate].is_required;
    let mut search = Search::new(&choices, due);
    if !refused.iter().any(is_missing) {
        search.run();
    }
    let used: Vec<UsedCoupon> = search.best.map_or(Vec::new(), |best| best.used);
    for choice in &choices {
        if !used.iter().any(|used| used.candidate == choice.candidate) {
            refused.push((choice.candidate, why_not_used(choice, &used, candidates, cart)));
        }
    }
    Combination { used, refused }
}

/// A candidate that may be used.
struct Choice<'a> {
    candidate: usize,
    effect: Effect,
    group: Option<&'a str>,
    budget_left: i64,
    is_required: bool,
    /// What it takes off alone: beside others never more.
    alone: i64,
}

fn choice<'a>(
    candidate: usize,
    offered: &Candidate<'a>,
    cart: &Cart,
    due: &[i64],
) -> Result<Choice<'a>, Reject> {
    let effect = Effect::of(offered.terms, cart)?;
    let alone = effect.takes(due).iter().map(|(_, off)| off).sum();
    if alone == 0 {
        let detail = "The coupon takes nothing off: nothing is left to pay without it.";
        return Err(COUPON_NOT_FOR_THIS.at(FIELD, detail));
    }
    Ok(Choice {
        candidate,
        effect,
        group: offered.terms.conditions.stacking_group.as_deref(),
        budget_left: offered.budget_left,
        is_required: offered.is_required,
        alone,
    })
}

struct Best {
    total: i64,
    used: Vec<UsedCoupon>,
}

struct Search<'a> {
    choices: &'a [Choice<'a>],
    /// What `k` coupons from the `i`-th on, of different groups, take off at most: `most[i][k]`.
    most: Vec<[i64; MAX_COUPONS_USED + 1]>,
    due: Vec<i64>,
    chosen: Vec<(usize, Vec<(usize, i64)>)>,
    required: usize,
    best: Option<Best>,
}

impl<'a> Search<'a> {
    fn new(choices: &'a [Choice<'a>], due: Vec<i64>) -> Self {
        Self {
            choices,
            most: (0..=choices.len()).map(|i| most(&choices[i..])).collect(),
            due,
            chosen: Vec::new(),
            required: choices.iter().filter(|choice| choice.is_required).count(),
            best: None,
        }
    }

    fn run(&mut self) {
        self.visit(0, 0, 0);
    }

    /// Tries every set that goes on from the chosen one with coupons from the `from`-th on.
    fn visit(&mut self, from: usize, total: i64, required: usize) {
        if required == self.required && self.is_better(total, self.chosen.len()) {
            self.keep(total);
        }
        let slots = MAX_COUPONS_USED - self.chosen.len();
        let left: i64 = self.due.iter().sum();
        for i in from..self.choices.len() {
            if slots == 0 || !self.is_better(total + self.most[i][slots].min(left), self.chosen.len() + 1) {
                return;
            }
            let choice = &self.choices[i];
            if self.fits(choice) {
                let takes = choice.effect.takes(&self.due);
                let sum = takes.iter().map(|(_, off)| off).sum::<i64>();
                if (1..=choice.budget_left).contains(&sum) {
                    takes.iter().for_each(|(line, off)| self.due[*line] -= off);
                    self.chosen.push((i, takes));
                    self.visit(i + 1, total + sum, required + usize::from(choice.is_required));
                    let (_, takes) = self.chosen.pop().expect("it was pushed above");
                    takes.iter().for_each(|(line, off)| self.due[*line] += off);
                }
            }
            if choice.is_required {
                return;
            }
        }
    }

    fn is_better(&self, total: i64, coupons: usize) -> bool {
        self.best
            .as_ref()
            .is_none_or(|best| (total, Reverse(coupons)) > (best.total, Reverse(best.used.len())))
    }

    fn keep(&mut self, total: i64) {
        let used = self.chosen.iter().map(|(i, takes)| {
            let mut off = vec![0; self.due.len()];
            takes.iter().for_each(|(line, amount)| off[*line] += amount);
            let candidate = self.choices[*i].candidate;
            UsedCoupon { candidate, off }
        });
        let used = used.collect();
        self.best = Some(Best { total, used });
    }

    /// Whether the groups of the chosen ones leave a place for it.
    fn fits(&self, choice: &Choice) -> bool {
        let stacks = |(i, _): &(usize, _)| stack(self.choices[*i].group, choice.group);
        self.chosen.iter().all(stacks)
    }
}

/// Whether coupons of these groups are used together.
fn stack(a: Option<&str>, b: Option<&str>) -> bool {
    a.is_some() && b.is_some() && a != b
}

/// The sums of the `k` largest of what the groups take off at most.
fn most(choices: &[Choice]) -> [i64; MAX_COUPONS_USED + 1] {
    let mut by_group: Vec<(Option<&str>, i64)> = Vec::new();
    for choice in choices {
        let alone = choice.alone.min(choice.budget_left);
        match by_group
            .iter_mut()
            .find(|(group, _)| group.is_some() && *group == choice.group)
        {
            Some((_, most)) => *most = alone.max(*most),
            None => by_group.push((choice.group, alone)),
        }
    }
    by_group.sort_by_key(|(_, most)| Reverse(*most));
    let mut sums = [0; MAX_COUPONS_USED + 1];
    for k in 1..sums.len() {
        sums[k] = sums[k - 1] + by_group.get(k - 1).map_or(0, |(_, most)| *most);
    }
    sums
}

/// Why a coupon that may be used is not part of the best set.
fn why_not_used(choice: &Choice, used: &[UsedCoupon], candidates: &[Candidate], cart: &Cart) -> Reject {
    let mut due: Vec<i64> = cart.lines.iter().map(|line| line.due).collect();
    for coupon in used {
        due.iter_mut().zip(&coupon.off).for_each(|(due, off)| *due -= off);
    }
    let takes: i64 = choice.effect.takes(&due).iter().map(|(_, off)| off).sum();
    let groups = || {
        let terms = used.iter().map(|used| candidates[used.candidate].terms);
        terms.map(|terms| terms.conditions.stacking_group.as_deref())
    };
    if choice.alone > choice.budget_left {
        return COUPON_BUDGET_SPENT.at(FIELD, COUPON_BUDGET_SPENT.title);
    }
    let detail = if choice.group.is_some() && groups().any(|group| group == choice.group) {
        "Of its group one coupon is used, and another one takes off as much or more."
    } else if !groups().all(|group| stack(group, choice.group)) {
        "It is not used beside others, and what is used takes off as much or more."
    } else if used.len() == MAX_COUPONS_USED {
        "An order takes four coupons, and those that are used take off as much or more."
    } else if takes == 0 {
        "The coupons that are used leave nothing for it to take off."
    } else if choice.is_required {
        "The coupons that were asked for are not used together."
    } else {
        "Without it the others take off as much or more."
    };
    COUPON_NOT_COMBINED.at(FIELD, detail)
}

#[cfg(test)]
mod tests;
