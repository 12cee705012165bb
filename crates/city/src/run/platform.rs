//! The platform under test: one lane on one database, in this thread, that fails where it is told to. What died
//! starts again on the same database, as a process does.

use std::path::Path;
use std::sync::Arc;

use store::testing::TestDatabase;
use store::{Answer, Database, Fail, FaultPoint, Faults, Job, Lane, NoAnswer, ReadTx, Store};

use super::journal::{Journal, Reply};
use super::op::Fault;

/// How often the client of a failing disk asks for an answer.
const MOST_TRIES: u32 = 100;

/// One engine with what was committed on it.
pub(crate) struct Platform {
    pub engine: &'static str,
    database: Database,
    faults: Arc<Faults>,
    lane: Lane,
    journal: Option<Journal>,
    _home: TestDatabase,
}

impl Platform {
    /// Makes the tables of an empty database.
    pub fn open(engine: &'static str, home: TestDatabase) -> Result<Self, String> {
        let text = |error: store::StorageError| error.to_string();
        Store::open(&store::Settings::new(&home.url))
            .map_err(text)?
            .close();
        let database = Database::from_url(&home.url)?;
        let faults = Arc::<Faults>::default();
        let lane = Lane::new(database.clone(), Arc::clone(&faults));
        Ok(Self {
            engine,
            database,
            faults,
            lane,
            journal: None,
            _home: home,
        })
    }

    /// Writes every answer down from here on, and asks again where there is none.
    pub fn keep(&mut self, journal: &Path) -> Result<(), String> {
        self.journal = Some(Journal::begin(journal)?);
        Ok(())
    }

    /// Sends requests as one batch until they are answered, whatever goes wrong on the way. Every sending must
    /// be answered alike.
    pub fn submit(&mut self, fault: Fault, jobs: &dyn Fn() -> Vec<Job>) -> Result<Vec<Answer>, String> {
        let (points, expected): (&[FaultPoint], _) = match fault {
            Fault::None | Fault::Repeated | Fault::KeyReused => (&[], None),
            Fault::CommitFails => (&[FaultPoint::BeforeCommit], None),
            Fault::AnswerLost => (&[FaultPoint::AfterCommit], None),
            Fault::CrashBefore => (
                &[FaultPoint::BeforeCommit, FaultPoint::Connecting],
                Some(NoAnswer::Busy),
            ),
            Fault::CrashAfter => (
                &[FaultPoint::AfterCommit, FaultPoint::Connecting],
                Some(NoAnswer::Unknown),
            ),
        };
        for point in points {
            self.faults.plan(*point);
        }
        if let Some(expected) = expected {
            let answers = self.lane.run_batch(&jobs());
            if answers.iter().any(|answer| *answer != Err(expected.clone())) {
                return Err(format!(
                    "a process that died answered {answers:?} instead of {expected:?}"
                ));
            }
            self.die();
        }
        let answers = self.send(&jobs())?;
        if fault == Fault::Repeated {
            let again = self.send(&jobs())?;
            if again != answers {
                return Err(format!(
                    "repeated under its key it answered {again:?} instead of {answers:?}"
                ));
            }
        }
        Ok(answers)
    }

    /// The process dies between two batches, and starts again.
    pub fn die(&mut self) {
        self.lane = Lane::new(self.database.clone(), Arc::clone(&self.faults));
    }

    /// Sends requests as one batch: once, or on a disk that may fail until all are answered.
    pub fn send(&mut self, jobs: &[Job]) -> Result<Vec<Answer>, String> {
        let mut answers = self.lane.run_batch(jobs);
        if let Some(journal) = &mut self.journal {
            journal.note(jobs, &answers)?;
            for _ in 0..MOST_TRIES {
                if answers.iter().all(Result::is_ok) {
                    break;
                }
                let again = self.lane.run_batch(jobs);
                journal.note(jobs, &again)?;
                let changed =
                    |(first, then): (&Reply, &Reply)| first.is_ok() && then.is_ok() && first != then;
                if answers.iter().zip(&again).any(changed) {
                    return Err(format!("{again:?} was {answers:?} before"));
                }
                answers = again;
            }
        }
        let answers = answers.into_iter().collect::<Result<_, _>>();
        answers.map_err(|no_answer| no_answer.to_string())
    }

    /// Asks a question between two requests: once, or on a disk that may fail until it is answered. Opening a log
    /// writes it too.
    pub fn read<T>(&mut self, question: impl Fn(&mut ReadTx) -> Result<T, Fail>) -> Result<T, String> {
        let mut answer = self.lane.read(&question);
        if self.journal.is_some() {
            for _ in 0..MOST_TRIES {
                if !matches!(answer, Err(Fail::Storage(_))) {
                    break;
                }
                answer = self.lane.read(&question);
            }
        }
        answer.map_err(|fail| match fail {
            Fail::Reject(reject) => reject.to_string(),
            Fail::Storage(error) => error.to_string(),
        })
    }
}
