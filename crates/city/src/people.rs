//! The people of a city: the platform's own and those who buy. Each has an address that anybody can guess
//! and a session that nobody can: its token is not known even here.

use kernel::{Actor, Ctx, DAY_US, PersonId, Timestamp};
use party::{Contact, GrantOperator, OperatorRole, RequestCode, SignIn, SignInWithCode};
use store::{Fail, StorageError, Tx};

use crate::CityError;
use crate::works::{Script, Works, acting};

/// The platform's own people.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Operators {
    pub admin: PersonId,
    pub finance: PersonId,
    /// Approves what the first proposes.
    pub second: PersonId,
}

pub(crate) const ADMIN: &str = "admin@demo.example";
pub(crate) const FINANCE: &str = "finance@demo.example";
pub(crate) const SECOND_FINANCE: &str = "finance2@demo.example";
pub(crate) const OWNER: &str = "owner@demo.example";
pub(crate) const MANAGER: &str = "manager@demo.example";
pub(crate) const CASHIER: &str = "cashier@demo.example";
/// The number that documents use for "some mobile number in China".
pub(crate) const CONSUMER: &str = "+8613800138000";

/// Every sixth person writes in English.
pub(crate) fn writes_english(consumer: usize) -> bool {
    consumer % 6 == 5
}

const JOBS_OF: u64 = 50;

/// Engages the operators.
pub(crate) fn engage_operators(works: &mut Works, password_hash: &str) -> Result<Operators, CityError> {
    let at = works.calendar.at(75, 9 * 60);
    let hash = password_hash.to_owned();
    works.run_alone("an operator", 1, move |tx, ctx| {
        let mut grant = |login: &str, name: &str, role| {
            let cmd = GrantOperator {
                login: Contact::parse(login)?,
                password_hash: hash.clone(),
                name: name.to_owned(),
                role,
            };
            party::grant_operator(tx, &acting(ctx, Actor::System, at), &cmd)
        };
        Ok(Operators {
            admin: grant(ADMIN, "沈安", OperatorRole::Admin)?,
            finance: grant(FINANCE, "许清如", OperatorRole::Finance)?,
            second: grant(SECOND_FINANCE, "方正", OperatorRole::Finance)?,
        })
    })
}

/// Lets so many people sign in for the first time. The first of them is the one to sign in as.
pub(crate) fn invite_consumers(works: &mut Works, count: u64) -> Result<Vec<PersonId>, CityError> {
    let calendar = works.calendar;
    let starts = (0..count).step_by(JOBS_OF as usize);
    let people = works.run_all("a consumer", starts, |works, start| {
        let numbers = start..count.min(start + JOBS_OF);
        Script {
            lane: works.dice().request,
            ctx: works.dice(),
            work: numbers.end - start,
            run: move |tx: &mut Tx, ctx: &Ctx| {
                // One after the other, so that what is stored by time or number is only ever added to at its end.
                let apart_us = 11 * DAY_US / count as i64;
                let join = |n: u64| join(tx, ctx, n, calendar.at(74, 480).plus_us(n as i64 * apart_us));
                numbers.clone().map(join).collect::<Result<Vec<_>, _>>()
            },
        }
    })?;
    Ok(people.into_iter().flatten().collect())
}

fn join(tx: &mut Tx, ctx: &Ctx, n: u64, at: Timestamp) -> Result<PersonId, Fail> {
    // No mobile number in China starts with 100: these belong to nobody.
    let phone = if n == 0 {
        CONSUMER.to_owned()
    } else {
        format!("+86100{n:08}")
    };
    let contact = Contact::parse(&phone)?;
    let code_hash = ctx.random_bytes();
    let request = RequestCode {
        contact: contact.clone(),
        code_hash,
    };
    party::request_code(tx, &acting(ctx, Actor::Anonymous, at), &request)?;
    let sign_in = SignInWithCode {
        contact,
        code_hash,
        token_hash: ctx.random_bytes(),
        device: "demo".to_owned(),
        locale: if writes_english(n as usize) { "en" } else { "zh-CN" }.to_owned(),
    };
    match party::sign_in_with_code(tx, &acting(ctx, Actor::Anonymous, at), &sign_in)? {
        SignIn::In { person, .. } => Ok(person),
        SignIn::Declined { .. } => Err(StorageError::bug("a right code was declined").into()),
    }
}
