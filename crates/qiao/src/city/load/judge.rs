//! What is wrong with an answer, and the checks that many of them have to pass.

use serde_json::{Value, json};

use crate::serve::Failure;
use crate::story::actor::{Answer, number};

/// What was wrong with an answer.
#[derive(Debug)]
pub struct Wrong(pub String);

impl From<Failure> for Wrong {
    fn from(failure: Failure) -> Self {
        Self(failure.to_string())
    }
}

impl From<String> for Wrong {
    fn from(what: String) -> Self {
        Self(what)
    }
}

/// An amount as the API writes it.
pub fn cny(amount: i64) -> Value {
    json!({ "amount": amount, "currency": "CNY" })
}

/// Whether this is the amount that is due, in fen.
pub fn is_due(shown: &Value, due: i64) -> Result<(), Wrong> {
    match number(shown, "amount")? == due {
        true => Ok(()),
        false => Err(format!("{due} fen were to be due: {shown}").into()),
    }
}

/// Whether the answer is a "no" for one of these reasons.
pub fn is_refused(answer: &Answer, reasons: &[&str]) -> Result<(), Wrong> {
    match answer.problem_code().is_some_and(|code| reasons.contains(&code)) {
        true => Ok(()),
        false => Err(format!("this was to be refused with {}: {answer:?}", reasons.join(" or ")).into()),
    }
}
