//! Qiao's own names for what it asks of a provider. The same name is the same thing, however often it is
//! sent; a new name is a new movement of money. So a name is changed only after a definite "failed".

use std::fmt;
use std::str::FromStr;

use kernel::{StaticType, TypeSafeId};

/// A refund or payout at a provider: Qiao's id, and which attempt it is. The first is written as the id
/// alone, later ones with their number: `pyo_01h…-2`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct AttemptRef<K: StaticType> {
    id: TypeSafeId<K>,
    attempt: u16,
}

/// The text is not the name of an attempt of this kind of thing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct InvalidReference;

impl<K: StaticType + Copy> AttemptRef<K> {
    /// The first attempt.
    pub fn first(id: TypeSafeId<K>) -> Self {
        Self { id, attempt: 1 }
    }

    /// The attempt after this one. Only after the provider said that this one **failed** or refused it:
    /// while it is unknown or pending, another name could move the money twice. `None` past 65,535.
    pub fn after_failure(self) -> Option<Self> {
        let attempt = self.attempt.checked_add(1)?;
        Some(Self { attempt, ..self })
    }

    /// What is attempted.
    pub fn id(self) -> TypeSafeId<K> {
        self.id
    }

    /// Which attempt: 1 is the first.
    pub fn attempt(self) -> u16 {
        self.attempt
    }
}

impl<K: StaticType> fmt::Display for AttemptRef<K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.attempt {
            1 => write!(f, "{}", self.id),
            later => write!(f, "{}-{later}", self.id),
        }
    }
}

impl<K: StaticType> FromStr for AttemptRef<K> {
    type Err = InvalidReference;

    /// Takes only what [`fmt::Display`] writes: one name per attempt.
    fn from_str(text: &str) -> Result<Self, InvalidReference> {
        let (id, attempt) = match text.split_once('-') {
            None => (text, 1),
            Some((id, digits)) => (id, digits.parse().map_err(|_| InvalidReference)?),
        };
        let id = id.parse().map_err(|_| InvalidReference)?;
        let reference = Self { id, attempt };
        if attempt > 0 && reference.to_string() == text {
            Ok(reference)
        } else {
            Err(InvalidReference)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use kernel::{Actor, Ctx, Payout, PayoutId, RefundId, Timestamp};

    #[test]
    fn every_attempt_has_one_name_and_no_other() {
        let ctx = Ctx::new(Timestamp(1_700_000_000_000_000), Actor::System, [3; 32]);
        let id: PayoutId = ctx.new_id();
        let first = AttemptRef::first(id);
        let second = first.after_failure().unwrap();
        assert_eq!(first.to_string(), id.to_string());
        assert_eq!(second.to_string(), format!("{id}-2"));
        assert_eq!(second.to_string().parse(), Ok(second));
        assert_eq!((second.id(), second.attempt()), (id, 2));

        let refund: RefundId = ctx.new_id();
        for wrong in [
            "",
            "-2",
            "pyo_",
            &format!("{id}-1"),
            &format!("{id}-0"),
            &format!("{id}-02"),
        ] {
            assert_eq!(
                wrong.parse::<AttemptRef<Payout>>(),
                Err(InvalidReference),
                "{wrong}"
            );
        }
        for wrong in [
            format!("{id}-+2"),
            format!("{id}-65536"),
            format!("{id}-2-2"),
            refund.to_string(),
        ] {
            assert_eq!(
                wrong.parse::<AttemptRef<Payout>>(),
                Err(InvalidReference),
                "{wrong}"
            );
        }
    }
}
