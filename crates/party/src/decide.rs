//! The rules of this crate that need no look at the data. Pure: no SQL.

use kernel::{DAY_US, HOUR_US, MINUTE_US, Timestamp};

use crate::model::{MerchantStatus, Role};

/// How long a one-time code can be used.
pub const CODE_LIFE_US: i64 = 10 * MINUTE_US;
/// How many tries a one-time code has.
pub const CODE_TRIES: i64 = 5;
/// How many codes are sent to one address within an hour.
pub const CODES_PER_HOUR: i64 = 5;
/// How many codes are sent to one address within a day.
pub const CODES_PER_DAY: i64 = 10;
/// How many wrong passwords lock a login.
pub const PASSWORD_MISSES: i64 = 10;
/// For how long.
pub const PASSWORD_LOCK_US: i64 = 15 * MINUTE_US;
/// How long a consumer stays signed in.
pub const CONSUMER_SESSION_US: i64 = 30 * DAY_US;
/// How long staff and operators stay signed in: a working day.
pub const STAFF_SESSION_US: i64 = 12 * HOUR_US;

/// How often codes were sent to an address: fixed windows that start with the first code in them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Sends {
    pub last: Timestamp,
    pub hour_start: Timestamp,
    pub hour_count: i64,
    pub day_start: Timestamp,
    pub day_count: i64,
}

impl Sends {
    /// When the next code may be sent. The guard of the statement that sends says the same.
    pub fn next_at(&self) -> Timestamp {
        let mut next = self.last.plus_us(MINUTE_US);
        if self.hour_count >= CODES_PER_HOUR {
            next = next.max(self.hour_start.plus_us(HOUR_US));
        }
        if self.day_count >= CODES_PER_DAY {
            next = next.max(self.day_start.plus_us(DAY_US));
        }
        next
    }
}

/// Whether somebody with one role may give another, or take it away: owners every one, managers
/// cashiers only.
pub(crate) fn may_grant(granter: Role, granted: Role) -> bool {
    match granter {
        Role::Owner => true,
        Role::Manager => granted == Role::Cashier,
        Role::Cashier => false,
    }
}

/// What a merchant is that the platform does not suspend.
pub(crate) fn status_by_certification(has_valid_certification: bool) -> MerchantStatus {
    if has_valid_certification {
        MerchantStatus::Certified
    } else {
        MerchantStatus::Registered
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn nobody_gives_more_than_they_have() {
        let roles = [Role::Cashier, Role::Manager, Role::Owner];
        for (granter, granted) in roles.iter().flat_map(|a| roles.map(|b| (*a, b))) {
            assert!(!may_grant(granter, granted) || granted <= granter);
        }
        assert!(!may_grant(Role::Manager, Role::Manager));
        assert!(!may_grant(Role::Cashier, Role::Cashier));
    }

    proptest! {
        #[test]
        fn the_next_code_waits_a_minute_and_never_over_a_day(
            since_last in 0..DAY_US, in_hour in 0..20_i64, in_day in 0..20_i64
        ) {
            let last = Timestamp(1_800_000_000_000_000);
            let start = last.plus_us(-since_last);
            let sends = Sends { last, hour_start: start, hour_count: in_hour, day_start: start, day_count: in_day };
            let wait = sends.next_at().since_us(last);
            prop_assert!((MINUTE_US..=DAY_US).contains(&wait));
            prop_assert!(in_day < CODES_PER_DAY || sends.next_at() >= start.plus_us(DAY_US));
        }
    }
}
