//! Makes a failing life short: leaves out ever smaller stretches of steps for as long as what is left still fails.

use super::op::{Fault, Step};

/// Lives that may be tried.
const MOST_TRIES: usize = 400;

/// The shortest list of steps found that still fails, and how it does.
pub(crate) fn shrink(
    mut steps: Vec<Step>,
    mut failure: String,
    fails: impl Fn(&[Step]) -> Option<String>,
) -> (Vec<Step>, String) {
    let mut tries = 0;
    let mut try_out = |candidate: Vec<Step>, steps: &mut Vec<Step>, failure: &mut String| {
        tries += 1;
        if tries > MOST_TRIES {
            return false;
        }
        let Some(found) = fails(&candidate) else {
            return false;
        };
        (*steps, *failure) = (candidate, found);
        true
    };
    let mut stretch = steps.len().div_ceil(2);
    while stretch > 0 {
        let mut from = 0;
        while from < steps.len() {
            let until = (from + stretch).min(steps.len());
            let rest = [&steps[..from], &steps[until..]].concat();
            if rest.is_empty() || !try_out(rest, &mut steps, &mut failure) {
                from = until;
            }
        }
        stretch /= 2;
    }
    for n in 0..steps.len() {
        if steps[n].fault != Fault::None {
            let mut calmer = steps.clone();
            calmer[n].fault = Fault::None;
            try_out(calmer, &mut steps, &mut failure);
        }
    }
    (steps, failure)
}
