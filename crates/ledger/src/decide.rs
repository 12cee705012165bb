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
        line.commission,
        line.rebate,
        line.payable,
    ];
    if amounts.iter().any(|n| n.unsigned_abs() > MAX_LEG.unsigned_abs()) {
        return Err(format!("an amount of a settlement line is over {MAX_LEG}"));
    }
    let payable = line.price - line.discount_merchant - line.commission - line.rebate;
    if payable != line.payable {
        return Err(format!(
            "a settlement line's payable is price - discount_merchant - commission - rebate, {payable}, not {}",
            line.payable
        ));
    }
    if amounts.iter().any(|n| *n > 0) && amounts.iter().any(|n| *n < 0) {
        return Err("the amounts of a settlement line all have one sign".to_owned());
    }
    Ok(())
}
