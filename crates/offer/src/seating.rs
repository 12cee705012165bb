//! Which seats somebody gets, or may choose: the best that are side by side, and what is not left alone. Pure.

use std::collections::BTreeSet;

use crate::seat_map::{SeatKind, SeatMap, number};

/// A hall with what is free in it.
#[derive(Debug)]
pub struct Seating<'a> {
    map: &'a SeatMap,
    /// Those that are sold and not taken.
    free: BTreeSet<i64>,
    /// Those of them that are for everybody: what is said of neighbours is said of these.
    free_standard: BTreeSet<i64>,
    no_single_seats: bool,
}

/// A point of a hall in half cells: from the left, and from the front.
type Point = (i64, i64);

fn at(seat: i64) -> Point {
    (2 * (seat & 0xff), 2 * (seat >> 8))
}

impl<'a> Seating<'a> {
    /// What is free in a hall of which these are held or taken.
    pub fn new(map: &'a SeatMap, used: &BTreeSet<i64>, no_single_seats: bool) -> Self {
        let is_free = |seat: &i64| !used.contains(seat);
        let of = |standard: bool| {
            let seats = map.in_order();
            let wanted = seats.filter(move |(.., seat)| !standard || seat.kind == SeatKind::Standard);
            wanted.map(|(seat, ..)| seat).filter(is_free).collect()
        };
        Self {
            map,
            free: of(false),
            free_standard: of(true),
            no_single_seats,
        }
    }

    /// Whether all of these are free.
    pub fn are_free(&self, seats: &BTreeSet<i64>) -> bool {
        seats.is_subset(&self.free)
    }

    /// So many seats side by side that are nearest to the middle of the hall.
    pub fn best(&self, count: usize) -> Option<Vec<i64>> {
        let width = self.map.rows.iter().map(|row| row.cells.len()).max()?;
        let middle = (width as i64 - 1, self.map.rows.len() as i64 - 1);
        self.nearest(count, middle)
    }

    /// As many seats side by side as these are, as near to them as possible.
    pub fn instead_of(&self, seats: &BTreeSet<i64>) -> Option<Vec<i64>> {
        let count = seats.len() as i64;
        let sum = |of: fn(Point) -> i64| seats.iter().map(|seat| of(at(*seat))).sum::<i64>();
        let middle = (
            sum(|point| point.0) / count.max(1),
            sum(|point| point.1) / count.max(1),
        );
        self.nearest(seats.len(), middle)
    }

    /// Whether the hall's rule lets somebody choose these, which are free: it refuses to leave a seat alone where as
    /// many seats side by side are to be had without.
    pub fn may_choose(&self, seats: &BTreeSet<i64>) -> bool {
        if !self.no_single_seats || !self.leaves_alone(seats) {
            return true;
        }
        let together = self
            .stretches(seats.len())
            .map(|seats| seats.into_iter().collect());
        together.into_iter().all(|seats| self.leaves_alone(&seats))
    }

    fn nearest(&self, count: usize, middle: Point) -> Option<Vec<i64>> {
        let distance = |seats: &Vec<i64>| {
            let of = |seat: &i64| {
                let (x, y) = at(*seat);
                (x - middle.0).pow(2) + (y - middle.1).pow(2)
            };
            seats.iter().map(of).sum::<i64>()
        };
        let leaves_alone =
            |seats: &Vec<i64>| self.no_single_seats && self.leaves_alone(&seats.iter().copied().collect());
        self.stretches(count)
            .min_by_key(|seats| (leaves_alone(seats), distance(seats), seats[0]))
    }

    /// Every so many free seats for everybody that are side by side, no aisle between them.
    fn stretches(&self, count: usize) -> impl Iterator<Item = Vec<i64>> {
        let rows = self.map.rows.iter().enumerate();
        let firsts = rows.flat_map(|(r, row)| (0..row.cells.len()).map(move |c| number(r, c)));
        let stretches = firsts.map(move |first| (first..first + count as i64).collect::<Vec<_>>());
        stretches
            .filter(|seats| !seats.is_empty() && seats.iter().all(|seat| self.free_standard.contains(seat)))
    }

    /// Whether a free seat beside one of these would have no free seat beside it.
    fn leaves_alone(&self, seats: &BTreeSet<i64>) -> bool {
        let stays_free = |seat: i64| self.free_standard.contains(&seat) && !seats.contains(&seat);
        let is_alone = |seat: i64| stays_free(seat) && !stays_free(seat - 1) && !stays_free(seat + 1);
        let mut chosen = seats.intersection(&self.free_standard);
        chosen.any(|seat| is_alone(seat - 1) || is_alone(seat + 1))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::seat_map;

    /// `rows` as [`seat_map`] draws them; `x` is taken. Gives what `ask` answers, in names.
    fn ask<T>(rows: &[&str], ask: impl FnOnce(&Seating, &dyn Fn(&[&str]) -> BTreeSet<i64>) -> T) -> T {
        let drawn: Vec<String> = rows.iter().map(|row| row.replace('x', "s")).collect();
        let drawn: Vec<&str> = drawn.iter().map(String::as_str).collect();
        let map = seat_map(&drawn);
        let mut used = BTreeSet::new();
        for (r, row) in rows.iter().enumerate() {
            let taken = row.chars().enumerate().filter(|(_, cell)| *cell == 'x');
            used.extend(taken.map(|(c, _)| number(r, c)));
        }
        let seats = |names: &[&str]| {
            let seat = |name: &&str| {
                map.seats()
                    .find(|(_, called, _)| called == name)
                    .expect("a seat")
                    .0
            };
            names.iter().map(seat).collect()
        };
        ask(&Seating::new(&map, &used, true), &seats)
    }

    fn names(rows: &[&str], seats: Option<Vec<i64>>) -> Option<String> {
        let drawn: Vec<String> = rows.iter().map(|row| row.replace('x', "s")).collect();
        let drawn: Vec<&str> = drawn.iter().map(String::as_str).collect();
        let map = seat_map(&drawn);
        let name = |seat: &i64| map.seats().find(|(number, ..)| number == seat).expect("a seat").1;
        seats.map(|seats| seats.iter().map(name).collect::<Vec<_>>().join(" "))
    }

    fn best(rows: &[&str], count: usize) -> Option<String> {
        names(rows, ask(rows, |seating, _| seating.best(count)))
    }

    #[test]
    fn the_best_seats_are_side_by_side_near_the_middle() {
        let hall = ["sssssss", "sssssss", "sssssss"];
        assert_eq!(best(&hall, 3).as_deref(), Some("B-3 B-4 B-5"));
        assert_eq!(best(&["ssssss"], 2).as_deref(), Some("A-3 A-4"));
        assert_eq!(best(&["ss_ss_ss"], 3), None, "never over an aisle");
        assert_eq!(
            best(&["ssw", "sss"], 3).as_deref(),
            Some("B-1 B-2 B-3"),
            "nor in a wheelchair place"
        );
        assert_eq!(best(&["sosxs", "s_s_s"], 2), None);
    }

    #[test]
    fn a_seat_is_not_left_alone_while_others_are_to_be_had() {
        let may =
            |rows: &[&str], wanted: &[&str]| ask(rows, |seating, seats| seating.may_choose(&seats(wanted)));
        let row = ["ssssss"];
        assert!(!may(&row, &["A-2", "A-3"]), "A-1 would be alone");
        assert!(!may(&row, &["A-1", "A-3"]), "A-2 would be");
        assert!(may(&row, &["A-1", "A-2"]));
        assert!(may(&row, &["A-3", "A-4"]));
        assert!(may(&["sss"], &["A-1", "A-2"]), "two of three always leave one");
        assert!(
            !may(&["sss", "ss"], &["A-1", "A-2"]),
            "but there are two beside an aisle"
        );
        assert!(may(&["xsx", "sss"], &["A-1"]), "what was alone may be taken");
        assert!(may(&["sswss"], &["A-1", "A-2"]));
        assert!(
            may(&["ws", "ssss"], &["A-1"]),
            "a wheelchair place is no neighbour"
        );
        assert_eq!(best(&["ssssss", "sss"], 1).as_deref(), Some("A-3"));
        assert_eq!(best(&["sss", "ss"], 2).as_deref(), Some("B-1 B-2"));
    }

    #[test]
    fn instead_of_what_is_taken_the_nearest_is_proposed() {
        let rows = ["ssssssss", "ssxxssss", "ssssssss"];
        let nearest = ask(&rows, |seating, seats| {
            seating.instead_of(&seats(&["B-3", "B-4"]))
        });
        assert_eq!(names(&rows, nearest).as_deref(), Some("A-3 A-4"));
    }
}
