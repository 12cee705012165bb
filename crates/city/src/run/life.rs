//! One life of one seed: every step is sent to every engine, its answer is held against the model's, and now and
//! then all figures are.

use std::collections::BTreeMap;

use attract::SearchIndex;
use kernel::{Actor, Ctx, Timestamp};
use sha2::{Digest, Sha256};
use store::testing::TestDatabase;
use store::{Answer, KEY_REUSED};

use super::audit::{audit, audit_provider, audit_search};
use super::directory::Directory;
use super::draw;
use super::model::{Answer as Expected, Model};
use super::op::{Fault, Forgery, No, Op, Step, Worker};
use super::platform::Platform;
use super::requests::{Reply, Scene, bytes_of, forge, job};
use super::world::{BEGIN, World};
use super::{Engines, found, work};

/// Steps that finish what the provider has not said yet are numbered from here on.
const DRAINED_FROM: No = 1_000_000;
/// And are never so many.
const MOST_DRAINED: No = 10_000;

/// What was seen.
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Totals {
    /// Requests that were sent to each engine and answered, without repetitions.
    pub operations: u64,
    /// Times that every figure was compared.
    pub audits: u64,
    /// What went wrong on purpose, by its name.
    pub faults: BTreeMap<String, u64>,
    /// Requests that were accepted, by the command.
    pub accepted: BTreeMap<String, u64>,
    /// Requests that were refused, by the code.
    pub refused: BTreeMap<String, u64>,
}

impl Totals {
    /// Adds another life's.
    pub fn add(&mut self, other: &Self) {
        self.operations += other.operations;
        self.audits += other.audits;
        for (mine, theirs) in [
            (&mut self.faults, &other.faults),
            (&mut self.accepted, &other.accepted),
            (&mut self.refused, &other.refused),
        ] {
            for (name, count) in theirs {
                *mine.entry(name.clone()).or_default() += count;
            }
        }
    }
}

pub(crate) struct Life {
    seed: u64,
    platforms: Vec<Platform>,
    pub model: Model,
    directory: Directory,
    /// Fed from the first engine's log.
    index: SearchIndex,
    now: Timestamp,
    /// Requests of the workers' own.
    worked: u32,
    /// Requests in the lane, with what must be answered.
    waiting: Vec<(Step, Expected)>,
    trace: Sha256,
    pub totals: Totals,
}

impl Life {
    /// The seed's world on fresh databases.
    pub fn begin(seed: u64, engines: &Engines) -> Result<Self, String> {
        let world = World::draw(&Ctx::new(BEGIN, Actor::System, bytes_of(seed, "world", 0)));
        let mut platforms = vec![Platform::open("SQLite", TestDatabase::sqlite())?];
        match engines {
            Engines::Sqlite => {}
            Engines::Both { server } => {
                platforms.push(Platform::open("PostgreSQL", TestDatabase::postgres_on(server))?);
            }
            Engines::WatchedSqlite { journal } => platforms[0].keep(journal)?,
        }
        let founded: Result<Vec<_>, String> = platforms
            .iter_mut()
            .map(|platform| found::found(platform, seed, &world))
            .collect();
        let (cast, founding) = founded?.swap_remove(0);
        Ok(Self {
            seed,
            platforms,
            model: Model::new(world, &founding),
            directory: Directory::new(cast),
            index: SearchIndex::in_memory().map_err(|error| error.to_string())?,
            now: BEGIN,
            worked: 0,
            waiting: Vec::new(),
            trace: Sha256::new(),
            totals: Totals::default(),
        })
    }

    /// Lives one step, unless what it names was never made. Whoever waits is sent with the next.
    pub fn step(&mut self, step: &Step) -> Result<(), String> {
        if !self.model.knows(&step.op) {
            return Ok(());
        }
        // What is made by a request that still waits has no id yet.
        if step.op.names().iter().any(|name| !self.directory.has(*name)) {
            self.flush()?;
        }
        let expected = self.model.live(step);
        self.now = step.at;
        if let Op::Forge(forgery) = step.op {
            self.forge(forgery)?;
        }
        if let Op::Work { worker, dies_after } = step.op {
            self.work(worker, dies_after)?;
        }
        let Some(expected) = expected else {
            return Ok(());
        };
        self.note(step, &expected);
        self.waiting.push((*step, expected));
        if step.waits { Ok(()) } else { self.flush() }
    }

    /// What is made up reaches no lane.
    fn forge(&mut self, forgery: Forgery) -> Result<(), String> {
        let scene = Scene {
            model: &self.model,
            directory: &self.directory,
        };
        forge(scene, self.now, forgery).map_err(|problem| format!("{forgery:?}: {problem}"))?;
        *self.totals.refused.entry("forged".to_owned()).or_default() += 1;
        Ok(())
    }

    /// A worker does all that there is to do, on every engine.
    fn work(&mut self, worker: Worker, dies_after: Option<usize>) -> Result<(), String> {
        self.flush()?;
        let (seed, now, worked) = (self.seed, self.now, self.worked);
        let ctx = |sent| Ctx::new(now, Actor::System, bytes_of(seed, "work", worked + sent));
        let mut sent = Vec::new();
        for platform in &mut self.platforms {
            let taken = work::work(platform, worker, dies_after, ctx);
            sent.push(taken.map_err(|problem| format!("{worker:?} on {}: {problem}", platform.engine))?);
        }
        if sent.iter().any(|count| *count != sent[0]) {
            return Err(format!("{worker:?} took {sent:?} requests on the engines"));
        }
        self.worked += sent[0];
        self.model.note_own_requests(now, sent[0] as usize);
        if worker == Worker::Reviews {
            self.model.withdraw_reviews();
        }
        Ok(())
    }

    /// Sends who waits, as one batch, and holds the answers against the model's.
    fn flush(&mut self) -> Result<(), String> {
        let waiting = std::mem::take(&mut self.waiting);
        let Some((last, _)) = waiting.last() else {
            return Ok(());
        };
        if last.fault != Fault::None {
            *self.totals.faults.entry(format!("{:?}", last.fault)).or_default() += 1;
        }
        let scene = Scene {
            model: &self.model,
            directory: &self.directory,
        };
        let steps: Vec<&Step> = waiting.iter().map(|(step, _)| step).collect();
        let mut answered = Vec::with_capacity(self.platforms.len());
        for platform in &mut self.platforms {
            let answers = send(platform, scene, self.seed, &steps, last.fault);
            let at = || format!("steps {} to {} on {}", steps[0].no, last.no, platform.engine);
            answered.push(answers.map_err(|problem| format!("{}: {problem}", at()))?);
        }
        for (platform, answers) in self.platforms.iter().zip(answered) {
            for ((step, expected), answer) in waiting.iter().zip(answers) {
                self.trace.update(format!("{} {answer:?}\n", step.no));
                let at = || format!("step {} {:?} on {}", step.no, step.op, platform.engine);
                let compared = compare(&mut self.directory, expected, answer);
                compared.map_err(|difference| format!("{}: {difference}", at()))?;
            }
        }
        Ok(())
    }

    fn note(&mut self, step: &Step, expected: &Expected) {
        let totals = &mut self.totals;
        totals.operations += 1;
        let op = if let Op::Hear { news, .. } = step.op {
            format!("Hear{news:?}")
        } else if matches!(step.op, Op::Place(place) if place.wallets[1].is_some()) {
            "PlaceWithCoupons".to_owned()
        } else if matches!(step.op, Op::Place(place) if place.group.is_some()) {
            "PlaceInGroup".to_owned()
        } else if matches!(step.op, Op::Book(book) if book.seats.is_some()) {
            "BookSeats".to_owned()
        } else if matches!(step.op, Op::Move { seats: Some(_), .. }) {
            "MoveSeats".to_owned()
        } else {
            format!("{:?}", step.op)
        };
        let name = op.split([' ', '(']).next().unwrap_or_default().to_owned();
        match expected {
            Ok(_) => *totals.accepted.entry(name).or_default() += 1,
            Err(code) => *totals.refused.entry((*code).to_owned()).or_default() += 1,
        }
        for rarity in &self.model.rarities {
            totals.accepted.insert((*rarity).to_owned(), 1);
        }
    }

    /// Compares every figure on every engine.
    pub fn audit(&mut self) -> Result<(), String> {
        self.work(Worker::Reviews, None)?;
        self.work(Worker::Messages, None)?;
        self.totals.audits += 1;
        for platform in &mut self.platforms {
            let compared = audit(platform, &self.model, &self.directory);
            compared.map_err(|difference| format!("audit on {}: {difference}", platform.engine))?;
        }
        let search = audit_search(
            &mut self.platforms[0],
            &self.index,
            &self.model,
            &self.directory,
            self.now,
        );
        search.map_err(|difference| format!("audit of the search: {difference}"))
    }

    /// Lets the provider say everything, and compares the books with its own.
    pub fn end(&mut self, last: &Step) -> Result<(), String> {
        let mut no = DRAINED_FROM;
        while let Some(op) = draw::drain(&self.model) {
            no += 1;
            if no > DRAINED_FROM + MOST_DRAINED {
                return Err(format!(
                    "the provider never comes to an end: {op:?} is still to be done"
                ));
            }
            let step = Step {
                no,
                at: last.at.plus_us(i64::from(no - DRAINED_FROM) * 1_000),
                fault: Fault::None,
                waits: false,
                op,
            };
            self.step(&step)?;
        }
        self.audit()?;
        self.audit_provider()
    }

    /// Compares the books with the provider's own.
    pub fn audit_provider(&mut self) -> Result<(), String> {
        for platform in &mut self.platforms {
            audit_provider(platform, &self.model)
                .map_err(|difference| format!("{}: {difference}", platform.engine))?;
        }
        Ok(())
    }

    /// The time of the last step.
    #[cfg(test)]
    pub fn now(&self) -> Timestamp {
        self.now
    }

    /// What each engine's auditor says of a damage, which is then taken back.
    #[cfg(test)]
    pub fn audit_damaged(&mut self, damage: &[store::Query]) -> Vec<(&'static str, String)> {
        let (seed, now, worked) = (self.seed, self.now, self.worked);
        self.worked += 1;
        let (mut heard, mut kept) = (Vec::new(), 0);
        for platform in &mut self.platforms {
            let ctx = Ctx::new(now, Actor::System, bytes_of(seed, "work", worked));
            let (says, keeps) =
                super::audit::audit_damaged(platform, &self.model, &self.directory, damage, ctx);
            heard.push((platform.engine, says));
            kept = usize::from(keeps);
        }
        self.model.note_own_requests(now, kept);
        heard
    }

    /// What tells two lives apart: every answer in its order, with all ids.
    pub fn trace(&self) -> String {
        hex::encode(self.trace.clone().finalize())
    }

    /// The next step of the seed's own life.
    pub fn draw(&self, no: No, last: Option<&Step>, with_faults: bool) -> Step {
        let dice = Ctx::new(BEGIN, Actor::System, bytes_of(self.seed, "dice", no));
        let at = draw::later(&dice, last.map_or(BEGIN, |last| last.at));
        let op = draw::op(&dice, &self.model, at, last.map(|last| last.op));
        let fault = draw::fault(&dice);
        Step {
            no,
            at,
            fault: if with_faults { fault } else { Fault::None },
            waits: draw::waits(&dice, op),
            op,
        }
    }
}

/// Sends the steps' requests as one batch, with what goes wrong around its commit.
fn send(
    platform: &mut Platform,
    scene: Scene<'_>,
    seed: u64,
    steps: &[&Step],
    fault: Fault,
) -> Result<Vec<Answer>, String> {
    let jobs = |altered| {
        let jobs = steps.iter().filter_map(|step| job(scene, seed, step, altered));
        jobs.collect::<Vec<_>>()
    };
    let answers = platform.submit(fault, &|| jobs(false))?;
    if fault == Fault::KeyReused {
        let refused =
            |answer: &Answer| matches!(answer, Answer::Rejected(why) if why.code == KEY_REUSED.code);
        let other = platform.send(&jobs(true))?;
        if !other.iter().all(refused) {
            return Err(format!("other bodies under their keys were answered {other:?}"));
        }
    }
    Ok(answers)
}

/// Holds an answer against what it must be, and learns the ids of what was made.
fn compare(directory: &mut Directory, expected: &Expected, answer: Answer) -> Result<(), String> {
    let (told, reply) = match (expected, answer) {
        (Err(code), Answer::Rejected(rejected)) if rejected.code == *code => return Ok(()),
        (Ok(told), Answer::Done(stored)) => (told, Reply::from_stored(&stored)),
        (expected, answer) => return Err(format!("answered {answer:?} instead of {expected:?}")),
    };
    if told.text != reply.text {
        return Err(format!("answered {:?} instead of {:?}", reply.text, told.text));
    }
    let bound = told
        .made
        .iter()
        .zip(&reply.made)
        .all(|(name, id)| directory.bind(*name, *id));
    if !bound || told.made.len() != reply.made.len() {
        let known: Vec<_> = reply.made.iter().map(|id| directory.name_of(*id)).collect();
        return Err(format!("answered with {known:?} instead of {:?}", told.made));
    }
    Ok(())
}
