//! A connection that answers questions beside the writers. Of those that wait at the same moment, the ones
//! of a single statement are sent together, and the others are answered from one snapshot, which is taken
//! once all of them are there: opening one costs as much as a short question.

use std::iter;
use std::panic::{AssertUnwindSafe, catch_unwind};

use crossbeam_channel::Receiver;
use tokio::sync::oneshot;

use crate::error::Cause;
use crate::executor::Database;
use crate::{Fail, Query, ReadTx, Row, StorageError};

/// The most questions that share a snapshot or a round trip.
const MOST_TOGETHER: usize = 16;

/// Something to be answered, by whichever reader is free.
pub(crate) enum Question {
    /// Needs one state of the database for several statements.
    Long(Box<dyn FnOnce(&mut Reader) + Send>),
    /// A single statement.
    Short(ShortQuestion),
}

pub(crate) struct ShortQuestion {
    pub query: Query,
    pub reply: oneshot::Sender<Result<Vec<Row>, Fail>>,
}

/// How the rows of an answer are read.
type ReadRows<T> = Box<dyn FnOnce(Vec<Row>) -> Result<T, StorageError> + Send>;

/// A question of one statement, with how its answer is read.
pub struct Ask<T> {
    pub(crate) query: Query,
    pub(crate) read: ReadRows<T>,
}

impl<T> Ask<T> {
    /// Of a statement that only reads.
    pub fn new(
        query: Query,
        read: impl FnOnce(Vec<Row>) -> Result<T, StorageError> + Send + 'static,
    ) -> Self {
        let read = Box::new(read);
        Self { query, read }
    }
}

/// One reading connection.
pub(crate) struct Reader {
    database: Database,
    connection: Option<ReadTx>,
    in_snapshot: bool,
}

/// A question that sends its answer.
pub(crate) fn question<T: Send + 'static>(
    ask: impl Fn(&mut ReadTx) -> Result<T, Fail> + Send + 'static,
    reply: oneshot::Sender<Result<T, Fail>>,
) -> Question {
    Question::Long(Box::new(move |reader| {
        let answer = catch_unwind(AssertUnwindSafe(|| reader.answer(&ask)));
        let answer = answer.unwrap_or_else(|_| {
            reader.disconnect();
            Err(StorageError::bug("a query panicked").into())
        });
        // Whoever asked may have gone away.
        let _ = reply.send(answer);
    }))
}

impl Reader {
    /// Connects when it is first asked.
    pub fn new(database: Database) -> Self {
        Self {
            database,
            connection: None,
            in_snapshot: false,
        }
    }

    /// Answers until nobody can ask any more. `readers` is how many share the questions.
    pub fn serve(mut self, questions: &Receiver<Question>, readers: usize) {
        while let Ok(first) = questions.recv() {
            // The other readers take their share.
            let more = (questions.len() / readers).min(MOST_TOGETHER - 1);
            let (mut short, mut long) = (Vec::new(), Vec::new());
            for question in iter::once(first).chain(questions.try_iter().take(more)) {
                match question {
                    Question::Short(question) => short.push(question),
                    Question::Long(question) => long.push(question),
                }
            }
            self.answer_short(short);
            for question in long {
                question(&mut self);
            }
            self.end_snapshot();
        }
    }

    /// All of them in one round trip, or each by itself if that fails.
    fn answer_short(&mut self, questions: Vec<ShortQuestion>) {
        if questions.is_empty() {
            return;
        }
        let queries = questions.iter().map(|question| question.query.clone()).collect();
        let outcomes = self.connect().and_then(|read| read.driver.ask(queries));
        let Ok(outcomes) = outcomes else {
            self.disconnect();
            for ShortQuestion { query, reply } in questions {
                let answer = self.answer(&|read| Ok(read.many(query.clone())?));
                self.end_snapshot();
                let _ = reply.send(answer);
            }
            return;
        };
        for (question, outcome) in questions.into_iter().zip(outcomes) {
            let _ = question.reply.send(Ok(outcome.rows));
        }
    }

    fn connect(&mut self) -> Result<&mut ReadTx, StorageError> {
        match &mut self.connection {
            Some(read) => Ok(read),
            empty => Ok(empty.insert(ReadTx::new(self.database.connect_reader()?))),
        }
    }

    fn answer<T>(&mut self, ask: &impl Fn(&mut ReadTx) -> Result<T, Fail>) -> Result<T, Fail> {
        let mut tries = 0;
        loop {
            tries += 1;
            let answer = self.answer_once(ask);
            match &answer {
                Err(Fail::Storage(error)) => {
                    self.disconnect();
                    if error.cause == Cause::Bug || tries == 2 {
                        return answer;
                    }
                }
                Ok(_) | Err(Fail::Reject(_)) => return answer,
            }
        }
    }

    fn answer_once<T>(&mut self, ask: &impl Fn(&mut ReadTx) -> Result<T, Fail>) -> Result<T, Fail> {
        let is_new = !std::mem::replace(&mut self.in_snapshot, true);
        let read = self.connect()?;
        read.start_over();
        if is_new {
            read.driver.begin_snapshot()?;
        }
        let answer = ask(read);
        read.sound()?;
        answer
    }

    fn end_snapshot(&mut self) {
        let Some(read) = self.connection.as_mut().filter(|_| self.in_snapshot) else {
            return;
        };
        self.in_snapshot = false;
        let ended = read.driver.control("COMMIT").and_then(|()| read.driver.flush());
        if ended.is_err() {
            self.disconnect();
        }
    }

    fn disconnect(&mut self) {
        self.connection = None;
        self.in_snapshot = false;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::TestDatabase;
    use crate::{Row, sql};

    fn count(read: &mut ReadTx) -> Result<i64, Fail> {
        let row = read.one(sql!("SELECT COUNT(*) FROM timer"))?;
        Ok(row.map_or(Ok(-1), |mut row: Row| row.take())?)
    }

    #[test]
    fn questions_that_wait_together_do_not_spoil_each_other() {
        for test in TestDatabase::both() {
            test.open().close();
            let (ask, questions) = crossbeam_channel::bounded(8);
            let mut answers = Vec::new();
            for turn in 0..6 {
                let (reply, answer) = oneshot::channel();
                let odd = move |read: &mut ReadTx| match turn {
                    1 => panic!("planned"),
                    3 => Err(crate::KEY_REUSED.plain().into()),
                    4 => Err(StorageError::lost("planned").into()),
                    _ => count(read),
                };
                ask.send(question(odd, reply)).unwrap();
                answers.push(answer);
            }
            drop(ask);
            Reader::new(Database::from_url(&test.url).unwrap()).serve(&questions, 1);
            let answered: Vec<bool> = answers
                .into_iter()
                .map(|answer| matches!(answer.blocking_recv(), Ok(Ok(0))))
                .collect();
            assert_eq!(answered, [true, false, true, false, false, true]);
        }
    }

    #[test]
    fn short_questions_are_answered_beside_one_that_fails() {
        for test in TestDatabase::both() {
            test.open().close();
            let (ask, questions) = crossbeam_channel::bounded(8);
            let mut answers = Vec::new();
            for n in [1_i64, 0, 3] {
                let (reply, answer) = oneshot::channel();
                // Both engines refuse to take the absolute value of the least integer.
                let query = match n {
                    0 => sql!("SELECT abs($1)", i64::MIN),
                    n => sql!("SELECT CAST($1 AS BIGINT)", n),
                };
                ask.send(Question::Short(ShortQuestion { query, reply })).unwrap();
                answers.push(answer);
            }
            drop(ask);
            Reader::new(Database::from_url(&test.url).unwrap()).serve(&questions, 1);
            let mut answered = answers.into_iter().map(|answer| answer.blocking_recv().unwrap());
            let mut number = || {
                answered
                    .next()
                    .unwrap()
                    .map(|mut rows| rows[0].take::<i64>().unwrap())
            };
            assert_eq!(number().unwrap(), 1);
            assert!(number().is_err());
            assert_eq!(number().unwrap(), 3);
        }
    }
}
