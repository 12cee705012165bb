//! Questions about people: their sessions, grants, passwords and profiles, and a merchant's staff.

use std::collections::{BTreeMap, BTreeSet};

use kernel::{MerchantId, PersonId, Timestamp};
use store::{Ask, Fail, Query, ReadTx, Row, StorageError, sql};

use super::{all, below, first, page};
use crate::Contact;
use crate::model::{
    Grants, Identity, Membership, OperatorRole, OperatorView, Profile, Role, Session, SessionView,
    StaffGrant, StaffMember, StoredPassword,
};
use crate::rows::{named, take_staff_store};

fn read_session(row: &mut Row) -> Result<Session, StorageError> {
    Ok(Session {
        person: row.take()?,
        expires_at: row.take()?,
    })
}

fn read_grant(row: &mut Row) -> Result<StaffGrant, StorageError> {
    Ok(StaffGrant {
        merchant: row.take()?,
        store: take_staff_store(row)?,
        role: named(row, Role::from_name)?,
    })
}

fn read_operator(row: &mut Row) -> Result<OperatorRole, StorageError> {
    named(row, OperatorRole::from_name)
}

fn session_query(token_hash: [u8; 32], now: Timestamp) -> Query {
    sql!(
        "SELECT person_id, expires_at FROM session WHERE token_hash = $1 AND expires_at > $2",
        token_hash,
        now
    )
}

/// The live session of a token, by the SHA-256 of the token.
pub fn session(token_hash: [u8; 32], now: Timestamp) -> Ask<Option<Session>> {
    Ask::new(session_query(token_hash, now), |rows| {
        rows.into_iter()
            .next()
            .map(|mut row| read_session(&mut row))
            .transpose()
    })
}

/// A person's live sessions, newest first, at most 200; `current` is the hash of the token that asks.
pub fn sessions_of(
    read: &mut ReadTx,
    person: PersonId,
    current: [u8; 32],
    now: Timestamp,
) -> Result<Vec<SessionView>, Fail> {
    let rows = read.many(sql!(
        "SELECT token_hash, id, device, created_at, expires_at FROM session
         WHERE person_id = $1 AND expires_at > $2 ORDER BY id DESC LIMIT 200",
        person,
        now
    ))?;
    let read_row = |mut row: Row| -> Result<SessionView, StorageError> {
        let token_hash: Vec<u8> = row.take()?;
        Ok(SessionView {
            id: row.take()?,
            device: row.take()?,
            created_at: row.take()?,
            expires_at: row.take()?,
            is_current: token_hash == current,
        })
    };
    Ok(rows.into_iter().map(read_row).collect::<Result<_, _>>()?)
}

/// What a person may do beyond being a consumer.
pub fn grants(read: &mut ReadTx, person: PersonId) -> Result<Grants, Fail> {
    let [operator, staff] = read.ask([
        sql!("SELECT role FROM operator WHERE person_id = $1", person),
        sql!(
            "SELECT merchant_id, store_id, role FROM staff WHERE person_id = $1 ORDER BY merchant_id, store_id",
            person
        ),
    ])?;
    Ok(Grants {
        operator: all(operator, read_operator)?.pop(),
        staff: all(staff, read_grant)?,
    })
}

/// The live session of a token with its person's grants, in one round trip.
pub fn identity(read: &mut ReadTx, token_hash: [u8; 32], now: Timestamp) -> Result<Option<Identity>, Fail> {
    let [sessions, operator, staff] = read.ask([
        session_query(token_hash, now),
        sql!(
            "SELECT o.role FROM session s JOIN operator o ON o.person_id = s.person_id WHERE s.token_hash = $1",
            token_hash
        ),
        sql!(
            "SELECT f.merchant_id, f.store_id, f.role FROM session s JOIN staff f ON f.person_id = s.person_id
             WHERE s.token_hash = $1 ORDER BY f.merchant_id, f.store_id",
            token_hash
        ),
    ])?;
    let grants = Grants {
        operator: all(operator, read_operator)?.pop(),
        staff: all(staff, read_grant)?,
    };
    let session = all(sessions, read_session)?.pop();
    Ok(session.map(|session| Identity { session, grants }))
}

/// The stored password of a login. Only for checking a password; the check itself runs outside.
pub fn password(read: &mut ReadTx, login: &Contact) -> Result<Option<StoredPassword>, Fail> {
    let row = read.one(sql!(
        "SELECT person_id, hash, locked_until FROM password WHERE login = $1",
        login.address()
    ))?;
    first(row, |row| {
        Ok(StoredPassword {
            person: row.take()?,
            hash: row.take()?,
            locked_until: row.take()?,
        })
    })
}

/// What a person sees of themself.
pub fn profile(read: &mut ReadTx, person: PersonId) -> Result<Option<Profile>, Fail> {
    let [people, contacts] = read.ask([
        sql!(
            "SELECT p.id, p.locale, n.name, p.created_at FROM person p
             LEFT JOIN person_profile n ON n.person_id = p.id WHERE p.id = $1",
            person
        ),
        sql!(
            "SELECT kind, address FROM person_contact WHERE person_id = $1 ORDER BY kind, address",
            person
        ),
    ])?;
    let contacts = all(contacts, |row| {
        let (kind, address): (String, String) = (row.take()?, row.take()?);
        Contact::from_stored(&kind, address).ok_or_else(|| StorageError::bug("a stored contact has no kind"))
    })?;
    let person = all(people, |row| {
        Ok(Profile {
            person: row.take()?,
            locale: row.take()?,
            name: row.take()?,
            contacts: Vec::new(),
            created_at: row.take()?,
        })
    })?;
    Ok(person
        .into_iter()
        .next()
        .map(|profile| Profile { contacts, ..profile }))
}

/// The names that these people gave themselves, in one round trip. Who gave none is left out.
pub fn names_of(read: &mut ReadTx, people: &[PersonId]) -> Result<BTreeMap<PersonId, String>, Fail> {
    let people: BTreeSet<PersonId> = people.iter().copied().collect();
    let questions = people.into_iter().map(|person| {
        sql!(
            "SELECT person_id, name FROM person_profile WHERE person_id = $1",
            person
        )
    });
    let answers = read.ask_all(questions.collect())?;
    let names = all(answers.into_iter().flatten().collect(), |row| {
        Ok((row.take()?, row.take()?))
    })?;
    Ok(names.into_iter().collect())
}

/// Everybody with a role at the merchant, owners first. Merchants have few; there are no pages.
pub fn staff_of(read: &mut ReadTx, merchant: MerchantId) -> Result<Vec<StaffMember>, Fail> {
    let rows = read.many(sql!(
        "SELECT f.person_id, n.name, p.login, f.store_id, f.role, f.granted_at FROM staff f
         JOIN person_profile n ON n.person_id = f.person_id JOIN password p ON p.person_id = f.person_id
         WHERE f.merchant_id = $1 ORDER BY f.store_id, f.granted_at, f.person_id",
        merchant
    ))?;
    let mut members = all(rows, |row| {
        Ok(StaffMember {
            person: row.take()?,
            name: row.take()?,
            login: row.take()?,
            store: take_staff_store(row)?,
            role: named(row, Role::from_name)?,
            granted_at: row.take()?,
        })
    })?;
    members.sort_by_key(|member| std::cmp::Reverse(member.role));
    Ok(members)
}

/// The platform's own people, those with the oldest role first. There are few; there are no pages.
pub fn operators(read: &mut ReadTx) -> Result<Vec<OperatorView>, Fail> {
    let rows = read.many(sql!(
        "SELECT o.person_id, n.name, p.login, o.role, o.granted_at FROM operator o
         JOIN person_profile n ON n.person_id = o.person_id JOIN password p ON p.person_id = o.person_id
         ORDER BY o.granted_at, o.person_id"
    ))?;
    all(rows, |row| {
        Ok(OperatorView {
            person: row.take()?,
            name: row.take()?,
            login: row.take()?,
            role: read_operator(row)?,
            granted_at: row.take()?,
        })
    })
}

/// Who proved this address, and who signs in with it: one person, two, or none.
pub fn people_at(read: &mut ReadTx, contact: &Contact) -> Result<Vec<PersonId>, Fail> {
    let answers = read.ask([
        sql!(
            "SELECT person_id FROM person_contact WHERE kind = $1 AND address = $2",
            contact.kind().as_str(),
            contact.address()
        ),
        sql!(
            "SELECT person_id FROM password WHERE login = $1",
            contact.address()
        ),
    ])?;
    all(answers.into_iter().flatten().collect(), |row| row.take())
}

/// Whether a person is a member of a merchant. One statement.
pub fn is_member(read: &mut ReadTx, person: PersonId, merchant: MerchantId) -> Result<bool, Fail> {
    let row = read.one(sql!(
        "SELECT joined_at FROM member WHERE person_id = $1 AND merchant_id = $2",
        person,
        merchant
    ))?;
    Ok(row.is_some())
}

/// Of whom a person is a member: the newest merchants first.
pub fn memberships_of(
    read: &mut ReadTx,
    person: PersonId,
    after: Option<MerchantId>,
    limit: i64,
) -> Result<Vec<Membership>, Fail> {
    let rows = read.many(sql!(
        "SELECT merchant_id, joined_at FROM member WHERE person_id = $1 AND merchant_id < $2
         ORDER BY merchant_id DESC LIMIT $3",
        person,
        below(after),
        page(limit)
    ))?;
    all(rows, |row| {
        Ok(Membership {
            merchant: row.take()?,
            joined_at: row.take()?,
        })
    })
}

/// Whether two people signed in on one device. One statement.
pub fn share_a_device(read: &mut ReadTx, one: PersonId, other: PersonId) -> Result<bool, Fail> {
    let row = read.one(sql!(
        "SELECT a.person_id FROM person_device a JOIN person_device b ON b.device_hash = a.device_hash
         WHERE a.person_id = $1 AND b.person_id = $2 LIMIT 1",
        one,
        other
    ))?;
    Ok(row.is_some())
}

/// Whether a person signed in on this device. One statement.
pub fn signed_in_on(read: &mut ReadTx, person: PersonId, device_hash: [u8; 32]) -> Result<bool, Fail> {
    let row = read.one(sql!(
        "SELECT person_id FROM person_device WHERE person_id = $1 AND device_hash = $2",
        person,
        device_hash.to_vec()
    ))?;
    Ok(row.is_some())
}
