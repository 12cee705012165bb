//! One statement for many rows of one table: what every command of a batch writes is written together, and what a
//! command claims, or looks at in many places, together too.

use std::sync::OnceLock;

use crate::{Query, Statement, Value};

/// The most rows of one statement.
const MOST: usize = 64;
/// One text for 1, 2, 4, … rows each, so that few texts serve any number of rows.
const SIZES: usize = MOST.ilog2() as usize + 1;

/// A statement for any number of rows.
pub struct Bulk {
    /// What comes before the rows, with `shared` parameters.
    head: &'static str,
    shared: usize,
    columns: usize,
    /// What follows the rows.
    tail: &'static str,
    rows: Rows,
    statements: OnceLock<[Statement; SIZES]>,
}

enum Rows {
    /// Each in parentheses: of an insert, or of the list after `IN`.
    Listed,
    /// Each asks this, with the parameters from `$1` on.
    Asked(&'static str),
}

impl Bulk {
    /// The text before the rows with the number of its parameters, how many values a row has, and the text after them,
    /// which may use those parameters again.
    pub const fn new(head: &'static str, shared: usize, columns: usize, tail: &'static str) -> Self {
        Self {
            head,
            shared,
            columns,
            tail,
            rows: Rows::Listed,
            statements: OnceLock::new(),
        }
    }

    /// The same question for each row, of at most nine parameters; the answers have no order.
    pub const fn asking(question: &'static str, columns: usize) -> Self {
        let mut bulk = Self::new("", 0, columns, "");
        bulk.rows = Rows::Asked(question);
        bulk
    }

    /// The statements for these rows in their order, and for how many rows each of them is.
    pub fn of(&'static self, shared: &[Value], rows: Vec<Vec<Value>>) -> Vec<(Query, u64)> {
        let mut queries = Vec::new();
        let mut rows = rows.into_iter();
        while rows.len() > 0 {
            let size = rows.len().min(MOST).ilog2() as usize;
            let rows = rows.by_ref().take(1 << size).flatten();
            let values = shared.iter().cloned().chain(rows).collect();
            queries.push((Query::new(&self.statements()[size], values), 1 << size));
        }
        queries
    }

    /// All its texts.
    pub fn statements(&'static self) -> &'static [Statement; SIZES] {
        self.statements.get_or_init(|| {
            std::array::from_fn(|size| Statement {
                text: self.text(1 << size).leak(),
                place: self.head,
            })
        })
    }

    fn text(&self, rows: usize) -> String {
        let separator = match self.rows {
            Rows::Listed => ", ",
            Rows::Asked(_) => " UNION ALL ",
        };
        let rows: Vec<String> = (0..rows).map(|row| self.row(row)).collect();
        format!("{} {} {}", self.head, rows.join(separator), self.tail)
            .trim()
            .to_owned()
    }

    fn row(&self, row: usize) -> String {
        let before = self.shared + row * self.columns;
        let columns = 1..=self.columns;
        match self.rows {
            Rows::Listed => {
                let parameters: Vec<String> = columns.map(|column| format!("${}", before + column)).collect();
                format!("({})", parameters.join(", "))
            }
            // `#` keeps a number that was put in from being taken for one that was asked for.
            Rows::Asked(question) => columns
                .fold(question.to_owned(), |text, column| {
                    text.replace(&format!("${column}"), &format!("$#{}", before + column))
                })
                .replace("$#", "$"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::event::{ADVANCE_CURSOR, INSERT_EVENTS};
    use crate::idempotency::INSERT_ANSWERS;
    use crate::testing::TestDatabase;

    static PAIRS: Bulk = Bulk::new("INSERT INTO pair (a, b) VALUES", 0, 2, "ON CONFLICT DO NOTHING");
    static LIST: Bulk = Bulk::new("UPDATE pair SET b = $1 WHERE a IN (", 1, 1, ") AND b < $1");
    static ASKED: Bulk = Bulk::asking("SELECT a FROM pair WHERE a >= $1 AND a < $2 AND b > $1", 2);

    #[test]
    fn rows_are_inserted_in_order_by_few_statements() {
        let rows = (0..71).map(|n| vec![Value::Int(n), Value::Int(-n)]).collect();
        let queries = PAIRS.of(&[], rows);
        let counts: Vec<u64> = queries.iter().map(|(_, rows)| *rows).collect();
        assert_eq!(counts, [64, 4, 2, 1]);
        let values: Vec<&Value> = queries.iter().flat_map(|(query, _)| &query.values).collect();
        assert_eq!(values.len(), 142);
        assert_eq!((values[140], values[141]), (&Value::Int(70), &Value::Int(-70)));
    }

    #[test]
    fn every_text_prepares_on_both_engines() {
        for database in TestDatabase::both() {
            let store = database.open();
            for bulk in [&INSERT_EVENTS, &INSERT_ANSWERS, &ADVANCE_CURSOR] {
                for statement in bulk.statements() {
                    let columns = store.read_blocking(|read| Ok(read.columns_of(statement.text)?));
                    assert_eq!(columns.unwrap(), Vec::<String>::new(), "{}", statement.text);
                }
            }
        }
    }

    #[test]
    fn the_text_numbers_its_parameters_in_order() {
        let two = &PAIRS.statements()[1];
        assert_eq!(
            two.text,
            "INSERT INTO pair (a, b) VALUES ($1, $2), ($3, $4) ON CONFLICT DO NOTHING"
        );
        let list = &LIST.statements()[1];
        assert_eq!(
            list.text,
            "UPDATE pair SET b = $1 WHERE a IN ( ($2), ($3) ) AND b < $1"
        );
        let asked = &ASKED.statements()[1];
        assert_eq!(
            asked.text,
            "SELECT a FROM pair WHERE a >= $1 AND a < $2 AND b > $1 UNION ALL SELECT a FROM pair WHERE a >= $3 AND a < $4 AND b > $3"
        );
        assert!(
            [two, list, asked]
                .iter()
                .all(|text| text.numbers_its_parameters_in_order())
        );
    }
}
