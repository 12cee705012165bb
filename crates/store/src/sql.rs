//! Statements as data: each SQL text of the program is registered where it stands, so that a test can
//! prepare every one of them on both engines.

use linkme::distributed_slice;

use crate::Value;

/// One SQL text of the program and where it stands.
#[derive(Debug)]
pub struct Statement {
    /// The text, in the subset that both engines understand. Parameters are `$1`, `$2`, … in the
    /// order of their first appearance, because SQLite numbers them so.
    pub text: &'static str,
    /// `file:line` of the text.
    pub place: &'static str,
}

/// All statements that are linked into this program.
#[allow(unsafe_code, reason = "linkme gathers the section")]
#[distributed_slice]
pub static STATEMENTS: [Statement];

/// A statement with its parameters. Made by [`sql!`](crate::sql!).
#[derive(Debug, Clone)]
pub struct Query {
    pub(crate) statement: &'static Statement,
    pub(crate) values: Vec<Value>,
}

impl Query {
    #[doc(hidden)]
    pub fn new(statement: &'static Statement, values: Vec<Value>) -> Self {
        Self { statement, values }
    }
}

/// A statement with its parameters: `sql!("SELECT name FROM store WHERE id = $1", id)`.
#[macro_export]
macro_rules! sql {
    ($text:expr $(, $value:expr)* $(,)?) => {{
        #[allow(unsafe_code, reason = "linkme places the static in a section of the program file")]
        #[$crate::linkme::distributed_slice($crate::STATEMENTS)]
        #[linkme(crate = $crate::linkme)]
        static STATEMENT: $crate::Statement =
            $crate::Statement { text: $text, place: concat!(file!(), ":", line!()) };
        $crate::Query::new(&STATEMENT, vec![$($crate::Value::from($value)),*])
    }};
}

impl Statement {
    /// Whether it leaves every row as it is.
    pub(crate) fn only_reads(&self) -> bool {
        self.text.trim_start().starts_with("SELECT")
    }

    /// Whether parameters are numbered by first appearance, without gaps.
    pub fn numbers_its_parameters_in_order(&self) -> bool {
        let mut highest = 0;
        for part in self.text.split('$').skip(1) {
            let digits: String = part.chars().take_while(char::is_ascii_digit).collect();
            match digits.parse::<u32>() {
                Ok(n) if n == highest + 1 => highest = n,
                Ok(n) if n >= 1 && n <= highest => {}
                _ => return false,
            }
        }
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parameters_out_of_order_are_seen() {
        let in_order = |text| Statement { text, place: "" }.numbers_its_parameters_in_order();
        assert!(in_order("SELECT $1, $2, $1, $3"));
        assert!(!in_order("SELECT $2, $1"));
        assert!(!in_order("SELECT $1, $3"));
    }
}
