//! Runs the city's commands one job after another, each job's contexts drawn from the city's seed, and
//! tells how far the work has come. A refused command ends the build: nothing is skipped silently.

use std::ops::ControlFlow;

use kernel::{Actor, Ctx, Timestamp};
use sha2::{Digest, Sha256};
use store::{Fail, Store, Tx};
use type_safe_id::{StaticType, TypeSafeId};

use crate::CityError;
use crate::calendar::Calendar;

/// Scripts that are handed over together.
const SCRIPTS_AT_ONCE: usize = 256;

/// What each takes, where inviting a person takes 1: measured, so that the time that is left is told truly.
pub(crate) mod work {
    /// Opening a merchant.
    pub(crate) const MERCHANT: u64 = 20;
    /// An order with its visits, refunds and review.
    pub(crate) const ORDER: u64 = 30;
    /// A timer that came due: one of each merchant, and of a third of the orders.
    pub(crate) const TIMER: u64 = 5;
    /// A payout to a merchant: about one for two orders.
    pub(crate) const PAYOUT: u64 = 8;
    /// What follows from an order at the end.
    pub(crate) const AFTER_ORDER: u64 = TIMER / 3 + PAYOUT / 2;
}

/// Commands that are one transaction.
pub(crate) struct Script<K: StaticType, F> {
    /// What they are drawn from.
    pub ctx: Ctx,
    pub lane: TypeSafeId<K>,
    /// How much of the whole it is.
    pub work: u64,
    pub run: F,
}

/// A city under construction.
pub(crate) struct Works<'a> {
    pub store: &'a Store,
    pub calendar: Calendar,
    seed: u64,
    drawn: u64,
    done: u64,
    total: u64,
    progress: &'a mut dyn FnMut(u64, u64) -> ControlFlow<()>,
}

impl<'a> Works<'a> {
    pub fn new(
        store: &'a Store,
        seed: u64,
        now: Timestamp,
        total: u64,
        progress: &'a mut dyn FnMut(u64, u64) -> ControlFlow<()>,
    ) -> Self {
        Self {
            store,
            calendar: Calendar::new(now),
            seed,
            drawn: 0,
            done: 0,
            total,
            progress,
        }
    }

    /// A new well of ids and random numbers.
    pub fn dice(&mut self) -> Ctx {
        self.drawn += 1;
        let mut hash = Sha256::new();
        hash.update(b"city");
        hash.update(self.seed.to_le_bytes());
        hash.update(self.drawn.to_le_bytes());
        Ctx::new(self.calendar.now, Actor::System, hash.finalize().into())
    }

    /// Runs a script of commands as one transaction in the lane `lane`. The script draws its commands'
    /// contexts with [`acting`]. `step` names it in errors; `work` is how much of the whole it is.
    pub fn run<K: StaticType, T: Send + 'static>(
        &mut self,
        step: &'static str,
        lane: TypeSafeId<K>,
        work: u64,
        script: impl Fn(&mut Tx, &Ctx) -> Result<T, Fail> + Send + 'static,
    ) -> Result<T, CityError> {
        let ctx = self.dice();
        let answer = self.store.run_blocking(step, lane, ctx, script)?;
        let result = answer.map_err(|rejected| CityError::Refused { step, rejected })?;
        self.tell(work)?;
        Ok(result)
    }

    /// Runs a script for each of the items, many of them in one commit. None may rest on what another one does.
    pub fn run_all<I, K: StaticType, T: Send + 'static, F>(
        &mut self,
        step: &'static str,
        items: impl IntoIterator<Item = I>,
        mut script_of: impl FnMut(&mut Self, I) -> Script<K, F>,
    ) -> Result<Vec<T>, CityError>
    where
        F: Fn(&mut Tx, &Ctx) -> Result<T, Fail> + Send + 'static,
    {
        let mut items = items.into_iter();
        let mut results = Vec::new();
        loop {
            let scripts: Vec<_> = items
                .by_ref()
                .take(SCRIPTS_AT_ONCE)
                .map(|item| script_of(self, item))
                .collect();
            if scripts.is_empty() {
                return Ok(results);
            }
            let work = scripts.iter().map(|script| script.work).sum();
            let commands = scripts
                .into_iter()
                .map(|script| (script.lane, script.ctx, script.run));
            for answer in self.store.run_all_blocking(step, commands) {
                results.push(answer?.map_err(|rejected| CityError::Refused { step, rejected })?);
            }
            self.tell(work)?;
        }
    }

    /// What has not been done yet.
    pub fn left(&self) -> u64 {
        self.total.saturating_sub(self.done)
    }

    /// So much more is done.
    pub fn tell(&mut self, work: u64) -> Result<(), CityError> {
        self.done += work;
        match (self.progress)(self.done.min(self.total), self.total) {
            ControlFlow::Continue(()) => Ok(()),
            ControlFlow::Break(()) => Err(CityError::Interrupted),
        }
    }

    /// The same in a lane of its own.
    pub fn run_alone<T: Send + 'static>(
        &mut self,
        step: &'static str,
        work: u64,
        script: impl Fn(&mut Tx, &Ctx) -> Result<T, Fail> + Send + 'static,
    ) -> Result<T, CityError> {
        let lane = self.dice().request;
        self.run(step, lane, work, script)
    }
}

/// The context of one command of a script: somebody, at some time of the past.
pub(crate) fn acting(ctx: &Ctx, actor: Actor, at: Timestamp) -> Ctx {
    Ctx::new(at, actor, ctx.random_bytes())
}
