//! Where people come from: posters, and the links of friends.

use super::{Answer, Entry, Model, Name, No, made, told};

/// The most that are recorded at once.
const MOST_VISITS: usize = 1_000;

impl Model {
    pub(super) fn open_entry(&mut self, no: No, shop: Option<usize>) -> Answer {
        let entry = Entry {
            shop,
            ..Entry::default()
        };
        self.entries.insert(no, entry);
        made("", vec![Name::Entry(no)])
    }

    pub(super) fn close_entry(&mut self, entry: No, shop: Option<usize>) -> Answer {
        let entry = self.entries.get_mut(&entry).expect("a known entry");
        match (entry.shop, shop) {
            _ if entry.of_link => return Err("not_found"),
            (Some(_), None) => return Err("forbidden"),
            (of, by) if of != by => return Err("not_found"),
            _ if entry.closed => return Err("entry_closed"),
            _ => entry.closed = true,
        }
        told("")
    }

    /// A closed entry counts on: its posters still hang.
    pub(super) fn visit(&mut self, entry: Option<No>, good: Option<usize>, count: usize) -> Answer {
        if !(1..=MOST_VISITS).contains(&count) {
            return Err("visits_too_many");
        }
        let Some(entry) = entry else { return told("0") };
        let entry = self.entries.get_mut(&entry).expect("a known entry");
        *entry.visits.entry(good).or_default() += count;
        told(count.to_string())
    }
}
