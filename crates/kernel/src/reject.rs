//! The shape of a "no". Each stage crate lists its reasons in one table, `reject.rs`, made with
//! [`reject_table!`](crate::reject_table); the API, its documentation and the tests read those tables.

use std::borrow::Cow;
use std::fmt;

/// What sort of "no" it is. The HTTP status follows from it, nowhere else.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Class {
    /// The input breaks a rule that needs no look at the data.
    Invalid,
    /// Nobody is signed in, or the proof of identity is wrong.
    Unauthenticated,
    /// The actor may not do this.
    Forbidden,
    /// There is no such thing, or none that this actor may know of.
    NotFound,
    /// The thing is in a state in which this cannot be done, or somebody else was first.
    Conflict,
    /// Too often; later.
    TooMany,
}

/// One row of a reject table. The code is public and stable.
#[derive(Debug, PartialEq, Eq)]
pub struct RejectKind {
    /// Stable name, `snake_case`, unique over all tables.
    pub code: &'static str,
    /// What sort of "no".
    pub class: Class,
    /// One sentence that is always true of it.
    pub title: &'static str,
    /// What the caller can do about it.
    pub remedy: &'static str,
}

/// What a "no" says beside its words, by name: for a program that tells it in other words.
pub type Members = serde_json::Map<String, serde_json::Value>;

/// A business "no": final for this input and moment, remembered under the idempotency key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reject {
    /// Which reason.
    pub kind: &'static RejectKind,
    /// What exactly was wrong this time.
    pub detail: String,
    /// The input field that it is about, as a JSON pointer (`/quantity`).
    pub field: Option<Cow<'static, str>>,
    /// Its detail in parts, where a program can use them.
    pub members: Option<Box<Members>>,
}

impl Reject {
    /// The same that says this too.
    pub fn with(mut self, name: &str, value: impl Into<serde_json::Value>) -> Self {
        let members = self.members.get_or_insert_default();
        members.insert(name.to_owned(), value.into());
        self
    }

    /// The same about a part of a larger input: `parent` points to the part.
    pub fn within(mut self, parent: &str) -> Self {
        self.field = Some(format!("{parent}{}", self.field.unwrap_or_default()).into());
        self
    }
}

impl RejectKind {
    /// A rejection for this reason that says `detail`.
    pub fn because(&'static self, detail: impl Into<String>) -> Reject {
        Reject {
            kind: self,
            detail: detail.into(),
            field: None,
            members: None,
        }
    }

    /// A rejection for this reason that needs no more words than the title.
    pub fn plain(&'static self) -> Reject {
        self.because(self.title)
    }

    /// A rejection of one input field (a JSON pointer) that says `detail`.
    pub fn at(&'static self, field: &'static str, detail: impl Into<String>) -> Reject {
        Reject {
            kind: self,
            detail: detail.into(),
            field: Some(field.into()),
            members: None,
        }
    }
}

impl fmt::Display for Reject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.kind.code, self.detail)
    }
}

impl std::error::Error for Reject {}

/// Declares a crate's reject kinds and the table of them, `REJECTS`.
///
/// `SOLD_OUT: Conflict, "sold_out", "No units are left.", "Choose another offer.";`
#[macro_export]
macro_rules! reject_table {
    ($($name:ident: $class:ident, $code:literal, $title:literal, $remedy:literal;)+) => {
        $(
            #[doc = $title]
            pub static $name: $crate::RejectKind = $crate::RejectKind {
                code: $code, class: $crate::Class::$class, title: $title, remedy: $remedy,
            };
        )+
        /// Every reason of this crate, in the order of the table.
        pub static REJECTS: &[&$crate::RejectKind] = &[$(&$name),+];
    };
}
