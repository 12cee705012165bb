//! The books as sums: every account of every owner, final and pending. Legs are debits, so credits are negative.

use std::collections::BTreeMap;

use super::No;

/// Whose an account is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Owner {
    Platform,
    Order(No),
    Shop(usize),
    Person(usize),
}

/// Account, owner, amount.
pub(crate) type Leg = (&'static str, Owner, i128);

/// What is on an account: final, and pending.
pub(crate) type Balance = (i128, i128);

/// All accounts that are not at zero, by name, owner and currency.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Books(pub BTreeMap<(&'static str, Owner, &'static str), Balance>);

impl Books {
    /// Final at once.
    pub fn post(&mut self, currency: &'static str, legs: &[Leg]) {
        self.add(currency, legs, |balance, amount| balance.0 += amount);
    }

    /// Pending until [`Self::settle`] or [`Self::void`] is given the same legs.
    pub fn reserve(&mut self, currency: &'static str, legs: &[Leg]) {
        self.add(currency, legs, |balance, amount| balance.1 += amount);
    }

    pub fn void(&mut self, currency: &'static str, legs: &[Leg]) {
        self.add(currency, legs, |balance, amount| balance.1 -= amount);
    }

    pub fn settle(&mut self, currency: &'static str, legs: &[Leg]) {
        self.void(currency, legs);
        self.post(currency, legs);
    }

    fn add(&mut self, currency: &'static str, legs: &[Leg], add: fn(&mut Balance, i128)) {
        for (account, owner, amount) in legs {
            let key = (*account, *owner, currency);
            let balance = self.0.entry(key).or_default();
            add(balance, *amount);
            if *balance == (0, 0) {
                self.0.remove(&key);
            }
        }
    }
}
