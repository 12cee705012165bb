//! Where everything is tried: a database with a shop that sells, and the people who act.

use std::cell::Cell;

use kernel::{Actor, DAY_US, OfferId, PersonId};
use offer::testing::{on_sale, terms};
use offer::{CreateOffer, GroupTerms};
use party::OperatorRole;
use party::testing::{Shop, certified_shop, consumer, operator};
use store::{Cost, Fail, ReadTx, Rejected, Settings, Store, StoredEvent};

use super::act::Act;

/// An open database.
pub struct World {
    pub store: Store,
    pub shop: Shop,
    /// An offer of the shop's, of one use.
    pub offer: OfferId,
    /// Another, of two uses.
    pub card: OfferId,
    pub admin: Actor,
    /// Approves what the first one proposed.
    pub second_admin: Actor,
    made: Cell<u64>,
}

impl World {
    /// Fills an empty database. It has one lane, so that one connection prepares every statement.
    pub fn open(url: &str) -> Self {
        let settings = Settings {
            lanes: 1,
            readers: 1,
            ..Settings::new(url)
        };
        let store = Store::open(&settings).unwrap();
        let shop = certified_shop(&store, 1);
        let [offer, card] = [1, 2].map(|uses| {
            let enough = |draft: &mut CreateOffer| {
                draft.uses = uses as i64;
                draft.stock = 1_000;
                draft.group = Some(GroupTerms {
                    price: 6_000,
                    size: 2,
                    window_us: DAY_US,
                });
            };
            on_sale(&store, shop, terms(), uses, enough).offer
        });
        let [admin, second_admin] = [1, 2].map(|n| Actor::Operator(operator(&store, OperatorRole::Admin, n)));
        Self {
            store,
            shop,
            offer,
            card,
            admin,
            second_admin,
            made: Cell::new(2),
        }
    }

    /// A number that nothing else here was made with.
    pub fn next(&self) -> u64 {
        self.made.set(self.made.get() + 1);
        self.made.get()
    }

    /// A consumer who has nothing yet.
    pub fn consumer(&self) -> PersonId {
        consumer(&self.store, self.next())
    }

    /// Runs a command, whatever comes of it.
    pub fn attempt<T: Send + 'static>(&self, act: Act<T>) -> Result<T, Rejected> {
        self.run("-", act)
    }

    /// Runs a command that has to succeed.
    pub fn done<T: Send + 'static>(&self, act: Act<T>) -> T {
        let path = act.path;
        self.attempt(act)
            .unwrap_or_else(|rejected| panic!("{path}: {rejected:?}"))
    }

    /// Runs a command under its own path, for the first time, and gives what it cost.
    pub fn cost<T: Send + 'static>(&self, act: Act<T>) -> Cost {
        let path = act.path;
        assert!(!self.store.costs().contains_key(path), "{path} was run before");
        self.run(path, act)
            .unwrap_or_else(|rejected| panic!("{path}: {rejected:?}"));
        self.store.costs()[path]
    }

    fn run<T: Send + 'static>(&self, name: &'static str, act: Act<T>) -> Result<T, Rejected> {
        let (lane, run) = (act.ctx.request, act.run);
        self.store
            .run_blocking(name, lane, act.ctx, move |tx, ctx| run(tx, ctx))
            .unwrap()
    }

    /// Asks the database.
    pub fn read<T: Send + 'static>(
        &self,
        question: impl Fn(&mut ReadTx) -> Result<T, Fail> + Send + 'static,
    ) -> T {
        self.store.read_blocking(question).unwrap()
    }

    /// How much has happened.
    pub fn events(&self) -> i64 {
        self.read(|read| Ok(StoredEvent::heads(read)?.values().sum()))
    }
}
