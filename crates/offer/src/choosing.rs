//! Which of the resources that are free a party gets. Pure.

use std::collections::BTreeMap;
use std::ops::Range;

use crate::availability::Wish;
use crate::place::Used;
use crate::resource::Resource;

/// The most tables that are pushed together.
const MAX_JOINED: usize = 4;

/// A resource that is free.
pub(crate) struct Free<'a> {
    pub resource: &'a Resource,
    /// What is used of it at other times.
    pub used: &'a Used,
}

/// Of people and rooms the one with the least to do in the steps of the day.
pub(crate) fn choose_one<'a>(free: &[&Free<'a>], wish: Wish, day: &Range<i64>) -> Option<&'a Resource> {
    let fitting = free
        .iter()
        .filter(|free| free.resource.fits(wish.party, wish.rooms));
    let to_do = |used: &Used| used.within(day).sum::<i64>();
    let best = fitting.min_by_key(|free| (to_do(free.used), free.resource.id))?;
    Some(best.resource)
}

/// The smallest table that is large enough, rather one that stands alone; if there is none, the fewest that can be
/// pushed together, with the fewest seats.
pub(crate) fn choose_tables<'a>(free: &[&Free<'a>], wish: Wish) -> Option<Vec<&'a Resource>> {
    let tables = || free.iter().map(|free| free.resource);
    let single = tables()
        .filter(|table| table.fits(wish.party, wish.rooms))
        .min_by_key(|table| (table.details.seats_max, !table.details.joins.is_empty(), table.id));
    if let Some(table) = single {
        return Some(vec![table]);
    }
    let mut groups: BTreeMap<&str, Vec<&Resource>> = BTreeMap::new();
    for table in tables().filter(|table| !table.details.joins.is_empty()) {
        groups.entry(&table.details.joins).or_default().push(table);
    }
    let sets = groups.values().filter_map(|group| join(group, wish.party));
    sets.min_by_key(|set| (set.len(), seats(set)))
}

fn seats(tables: &[&Resource]) -> i64 {
    tables.iter().map(|table| table.details.seats_max).sum()
}

/// The fewest tables of a group that seat the party, with the fewest seats among those.
fn join<'a>(group: &[&'a Resource], party: i64) -> Option<Vec<&'a Resource>> {
    // Of so many tables, by their seats, one set each; what is enough is not made longer.
    let mut sets: [BTreeMap<i64, Vec<&'a Resource>>; MAX_JOINED + 1] = Default::default();
    sets[0].insert(0, Vec::new());
    for table in group {
        for count in (0..MAX_JOINED).rev() {
            let (fewer, more) = sets.split_at_mut(count + 1);
            for (seats, set) in fewer[count].range(..party) {
                let longer = || set.iter().copied().chain([*table]).collect();
                more[0]
                    .entry(seats + table.details.seats_max)
                    .or_insert_with(longer);
            }
        }
    }
    let enough =
        |sets: &BTreeMap<i64, Vec<&'a Resource>>| sets.range(party..).next().map(|(_, set)| set.clone());
    sets.iter().find_map(enough)
}
