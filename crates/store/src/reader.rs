//! A connection that answers questions beside the writers. Questions that wait at the same moment are
//! answered from one snapshot, which is taken once all of them are there: opening one costs as much as a
//! short question.

use std::iter;
use std::panic::{AssertUnwindSafe, catch_unwind};

use crossbeam_channel::Receiver;
use tokio::sync::oneshot;

use crate::error::Cause;
use crate::executor::Database;
use crate::{Fail, ReadTx, StorageError};

/// The most questions that share a snapshot.
const MOST_TOGETHER: usize = 16;

/// Something to be answered, by whichever reader is free.
pub(crate) type Question = Box<dyn FnOnce(&mut Reader) + Send>;

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
    Box::new(move |reader| {
        let answer = catch_unwind(AssertUnwindSafe(|| reader.answer(&ask)));
        let answer = answer.unwrap_or_else(|_| {
            reader.disconnect();
            Err(StorageError::bug("a query panicked").into())
        });
        // Whoever asked may have gone away.
        let _ = reply.send(answer);
    })
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
            let together: Vec<Question> = iter::once(first).chain(questions.try_iter().take(more)).collect();
            for question in together {
                question(&mut self);
            }
            self.end_snapshot();
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
        let read = match &mut self.connection {
            Some(read) => read,
            empty => empty.insert(ReadTx::new(self.database.connect_reader()?)),
        };
        read.start_over();
        if !self.in_snapshot {
            read.driver.begin_snapshot()?;
            self.in_snapshot = true;
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
}
