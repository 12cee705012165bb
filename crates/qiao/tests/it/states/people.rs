//! Signing in and out, operators, and what Qiao forgets: commands that meet no state.

use convert::ErasePerson;
use kernel::{Actor, LocalText, PersonId};
use party::testing::{NOW, PASSWORD_HASH, consumer, ctx, mail, operator, registered_shop, sha_like};
use party::{
    CodeSent, Contact, CountPasswordMiss, EndSession, EndSessions, GrantOperator, ImportMerchants,
    ImportOutcome, ImportRow, JoinMembership, LeaveMembership, OperatorRole, RequestCode, RevokeOperator,
    SignIn, SignInWithCode, SignInWithPassword, SignOut, UpdatePerson, queries,
};

use super::act::{Act, act};
use super::world::World;

const CODE_HASH: [u8; 32] = [7; 32];

impl World {
    pub fn request_code(&self, contact: Contact) -> Act<CodeSent> {
        let code_hash = CODE_HASH;
        act(
            ctx(Actor::Anonymous),
            party::request_code,
            RequestCode { contact, code_hash },
        )
    }

    /// A mail address to which a code goes.
    pub fn new_contact(&self) -> Contact {
        mail("guest", self.next())
    }

    /// For the first time.
    pub fn sign_in_with_code(&self) -> Act<SignIn> {
        let contact = self.new_contact();
        self.done(self.request_code(contact.clone()));
        let input = SignInWithCode {
            contact,
            code_hash: CODE_HASH,
            token_hash: sha_like(0x51, self.next()),
            device: "test".to_owned(),
            locale: "zh-CN".to_owned(),
        };
        act(ctx(Actor::Anonymous), party::sign_in_with_code, input)
    }

    pub fn sign_in_with_password(&self) -> Act<PersonId> {
        let n = self.next();
        registered_shop(&self.store, n);
        let input = SignInWithPassword {
            login: mail("owner", n),
            verified_hash: PASSWORD_HASH.to_owned(),
            token_hash: sha_like(0x52, n),
            device: "test".to_owned(),
        };
        act(ctx(Actor::Anonymous), party::sign_in_with_password, input)
    }

    pub fn count_password_miss(&self) -> Act<()> {
        let n = self.next();
        registered_shop(&self.store, n);
        let login = mail("owner", n);
        act(
            ctx(Actor::Anonymous),
            party::count_password_miss,
            CountPasswordMiss { login },
        )
    }

    pub fn sign_out(&self) -> Act<()> {
        let n = self.next();
        let person = consumer(&self.store, n);
        let token_hash = sha_like(0xc0, n);
        act(
            ctx(Actor::Consumer(person)),
            party::sign_out,
            SignOut { token_hash },
        )
    }

    pub fn end_session(&self) -> Act<()> {
        let n = self.next();
        let (person, token_hash) = (consumer(&self.store, n), sha_like(0xc0, n));
        let sessions = self.read(move |read| queries::sessions_of(read, person, token_hash, NOW));
        let session = sessions[0].id;
        act(
            ctx(Actor::Consumer(person)),
            party::end_session,
            EndSession { session },
        )
    }

    pub fn end_sessions(&self) -> Act<u64> {
        let person = self.consumer();
        act(
            ctx(Actor::Consumer(person)),
            party::end_sessions,
            EndSessions { person },
        )
    }

    pub fn update_person(&self) -> Act<()> {
        let input = UpdatePerson {
            name: Some("小桥".to_owned()),
            locale: Some("en".to_owned()),
        };
        act(ctx(Actor::Consumer(self.consumer())), party::update_person, input)
    }

    pub fn join_membership(&self, person: PersonId) -> Act<()> {
        let merchant = self.shop.merchant;
        act(
            ctx(Actor::Consumer(person)),
            party::join_membership,
            JoinMembership { merchant },
        )
    }

    pub fn leave_membership(&self, person: PersonId) -> Act<()> {
        let merchant = self.shop.merchant;
        act(
            ctx(Actor::Consumer(person)),
            party::leave_membership,
            LeaveMembership { merchant },
        )
    }

    /// Who has nothing open.
    pub fn erase_person(&self) -> Act<()> {
        let give_up_open = false;
        act(
            ctx(Actor::Consumer(self.consumer())),
            retain::erase_person,
            ErasePerson { give_up_open },
        )
    }

    pub fn prune_sessions(&self) -> Act<u64> {
        Act {
            path: "party::prune_sessions",
            variant: "",
            ctx: ctx(Actor::System),
            run: Box::new(|tx, ctx| party::prune_sessions(tx, ctx, ctx.now, 500)),
        }
    }

    pub fn grant_operator(&self) -> Act<PersonId> {
        let input = GrantOperator {
            login: mail("finance", self.next()),
            password_hash: PASSWORD_HASH.to_owned(),
            name: "Finance".to_owned(),
            role: OperatorRole::Finance,
        };
        act(ctx(self.admin), party::grant_operator, input)
    }

    pub fn revoke_operator(&self) -> Act<()> {
        let person = operator(&self.store, OperatorRole::Finance, self.next());
        act(ctx(self.admin), party::revoke_operator, RevokeOperator { person })
    }

    /// One row.
    pub fn import_merchants(&self) -> Act<ImportOutcome> {
        let n = self.next();
        let row = ImportRow {
            source: format!("list:{n}"),
            name: LocalText::one("zh-CN", "桥头餐饮"),
            details: party::testing::store_details(n),
        };
        let rows = vec![row];
        act(
            ctx(Actor::System),
            party::import_merchants,
            ImportMerchants { rows },
        )
    }
}
