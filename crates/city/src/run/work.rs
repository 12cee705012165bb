//! The platform's own workers, a step after the other and without threads: they read the log from where their
//! cursors are, and may die between any two of their commands.

use feedback::HideForRefund;
use kernel::{Ctx, RequestId};
use retain::WriteMessages;
use store::{Answer, Cursor, Fail, Job, ReadTx, StoredEvent};

use super::op::Worker;
use super::platform::Platform;

/// Events of a partition: few, so that a worker has to come back.
const AT_ONCE: i64 = 20;

/// What a worker does next, and how far it then is.
struct Batch {
    commands: Vec<Command>,
    reached: Cursor,
}

enum Command {
    Hide(HideForRefund),
    Write(WriteMessages),
    Advance(Cursor),
}

/// Takes in the log to its end, and dies once after so many commands. Gives how many were sent.
pub(crate) fn take_in(
    platform: &mut Platform,
    worker: Worker,
    mut dies_after: Option<usize>,
    ctx: impl Fn(u32) -> Ctx,
) -> Result<u32, String> {
    let mut sent = 0;
    'lives: loop {
        let mut batch = platform.read(|read| batch(read, worker))?;
        if batch.reached.is_empty() {
            return Ok(sent);
        }
        batch.commands.push(Command::Advance(batch.reached));
        for (n, command) in batch.commands.into_iter().enumerate() {
            if dies_after == Some(n) {
                dies_after = None;
                platform.die();
                continue 'lives;
            }
            let answers = platform.send(&[command.job(worker, ctx(sent))])?;
            if !matches!(answers[..], [Answer::Done(_)]) {
                return Err(format!("a worker was answered {answers:?}"));
            }
            sent += 1;
        }
    }
}

fn batch(read: &mut ReadTx, worker: Worker) -> Result<Batch, Fail> {
    let (mut commands, mut reached) = (Vec::new(), Cursor::new());
    for (partition, after) in StoredEvent::behind(read, consumer(worker))? {
        let events = StoredEvent::after(read, partition, after, AT_ONCE)?;
        match worker {
            Worker::Reviews => {
                commands.extend(
                    events
                        .iter()
                        .filter_map(HideForRefund::called_for)
                        .map(Command::Hide),
                );
            }
            Worker::Messages => commands.push(Command::Write(WriteMessages::about(read, &events)?)),
        }
        reached.extend(events.last().map(|event| (partition, event.seq)));
    }
    Ok(Batch { commands, reached })
}

/// Whose cursor it moves.
fn consumer(worker: Worker) -> &'static str {
    match worker {
        Worker::Messages => "messages",
        Worker::Reviews => "reviews",
    }
}

impl Command {
    fn job(self, worker: Worker, ctx: Ctx) -> Job {
        let lane: RequestId = ctx.request;
        let locks = match &self {
            Self::Hide(cmd) => cmd.locks(),
            Self::Write(_) | Self::Advance(_) => Vec::new(),
        };
        let run = Job::new("work", lane, ctx, move |tx, ctx| {
            match &self {
                Self::Hide(cmd) => drop(feedback::hide_for_refund(tx, ctx, cmd)?),
                Self::Write(cmd) => drop(retain::write_messages(tx, ctx, cmd)?),
                Self::Advance(reached) => {
                    for (partition, seq) in reached {
                        StoredEvent::advance(tx, consumer(worker), *partition, *seq)?;
                    }
                }
            }
            Ok(String::new())
        });
        run.locking(locks)
    }
}
