//! The rules of an entry and of a settlement line. Pure: what breaks one is a mistake of the program,
//! not a "no" of the business, so the answer is a message for whoever repairs it.

use crate::{Leg, MAX_LEG, NewEntry, OwnerKind, SettlementLine};

/// Whether an entry may be written; what is wrong with it otherwise.
pub(crate) fn check_entry(entry: &NewEntry) -> Result<(), String> {
    if entry.legs.len() < 2 {
        return Err(format!("an entry has two legs or more, not {}", entry.legs.len()));
    }
    for leg in &entry.legs {
        check_leg(leg)?;
    }
    let sum: i128 = entry.legs.iter().map(|leg| i128::from(leg.amount)).sum();
    if sum != 0 {
        return Err(format!("the legs of an entry sum to zero, not to {sum}"));
    }
    Ok(())
}

fn check_leg(leg: &Leg) -> Result<(), String> {
    let account = leg.account.as_str();
    if leg.amount == 0 || leg.amount.unsigned_abs() > MAX_LEG.unsigned_abs() {
        return Err(format!(
            "{} is no amount for a leg of {account}: it is 1 to {MAX_LEG}",
            leg.amount
        ));
    }
    let owned = leg.account.owner_kind() != OwnerKind::Platform;
    if owned != leg.owner.is_some() {
        let kind = leg.account.owner_kind();
        return Err(format!(
            "{account} is kept by {kind:?}: its legs carry an owner of that kind"
        ));
    }
    Ok(())
}

/// Whether a settlement line adds up and its amounts point one way; what is wrong with it otherwise.
pub(crate) fn check_line(line: &SettlementLine) -> Result<(), String> {
    let amounts = [
        line.price,
        line.discount_platform,
        line.discount_merchant,
        line.due_at_store,
        line.commission,
        line.rebate,
    ];
    let too_large = |n: &i64| n.unsigned_abs() > MAX_LEG.unsigned_abs();
    if amounts.iter().chain([&line.payable]).any(too_large) {
        return Err(format!("an amount of a settlement line is over {MAX_LEG}"));
    }
    let payable = line.price - line.discount_merchant - line.due_at_store - line.commission - line.rebate;
    if payable != line.payable {
        return Err(format!(
            "a settlement line's payable is price - discount_merchant - due_at_store - commission - rebate, \
             {payable}, not {}",
            line.payable
        ));
    }
    if amounts.iter().any(|n| *n > 0) && amounts.iter().any(|n| *n < 0) {
        return Err("the amounts of a settlement line but for its payable all have one sign".to_owned());
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use kernel::Currency;
    use proptest::prelude::*;
    use uuid::Uuid;

    use super::*;
    use crate::{Account, Reason};

    fn entry(amounts: &[i64]) -> NewEntry {
        let owner = Some(Uuid::from_u128(1));
        let legs = amounts
            .iter()
            .map(|amount| Leg::debit(Account::MerchantPayable, owner, *amount));
        NewEntry {
            reason: Reason::Paid,
            reference: Uuid::from_u128(2),
            currency: Currency::CNY,
            legs: legs.collect(),
        }
    }

    proptest! {
        #[test]
        fn what_is_balanced_passes_and_one_minor_unit_off_does_not(
            mut amounts in prop::collection::vec(prop_oneof![-1_000_000_i64..0, 1..=1_000_000_i64], 1..12),
            off in 0..12_usize,
        ) {
            let sum: i64 = amounts.iter().sum();
            prop_assume!(sum != 0);
            amounts.push(-sum);
            prop_assert_eq!(check_entry(&entry(&amounts)), Ok(()));
            let off = off % amounts.len();
            amounts[off] += if amounts[off] == -1 { -1 } else { 1 };
            prop_assert!(check_entry(&entry(&amounts)).is_err());
        }

        #[test]
        fn no_legs_whatever_break_the_check(amounts in prop::collection::vec(any::<i64>(), 0..6)) {
            let sound = amounts.len() > 1
                && amounts.iter().all(|n| *n != 0 && n.unsigned_abs() <= MAX_LEG as u64)
                && amounts.iter().map(|n| i128::from(*n)).sum::<i128>() == 0;
            prop_assert_eq!(check_entry(&entry(&amounts)).is_ok(), sound);
        }
    }

    #[test]
    fn an_owner_is_there_exactly_where_the_account_has_owners() {
        for account in Account::ALL {
            for owner in [None, Some(Uuid::from_u128(1))] {
                let sound = owner.is_some() == (account.owner_kind() != OwnerKind::Platform);
                let checked = check_leg(&Leg::debit(account, owner, 5));
                assert_eq!(checked.is_ok(), sound, "{account:?} {owner:?}");
            }
        }
    }

    #[test]
    fn a_leg_has_a_largest_amount() {
        assert_eq!(check_entry(&entry(&[MAX_LEG, -MAX_LEG])), Ok(()));
        assert!(check_entry(&entry(&[MAX_LEG + 1, -MAX_LEG - 1])).is_err());
    }
}
