//! The platform's own workers, a step after the other and without threads: they go on from where they are by the
//! database, and may die between any two of their commands.

use feedback::HideForRefund;
use kernel::{Ctx, RequestId};
use retain::WriteMessages;
use store::{Answer, Cursor, Fail, Job, ReadTx, StoredEvent};

use super::op::Worker;
use super::platform::Platform;

/// Events of a partition: few, so that a worker has to come back.
const AT_ONCE: i64 = 20;

enum Command {
    Hide(HideForRefund),
    Write(WriteMessages),
    Advance(&'static str, Cursor),
    CarryForward,
}

/// Does all that there is to do, and dies once after so many commands. Gives how many were sent.
pub(crate) fn work(
    platform: &mut Platform,
    worker: Worker,
    mut dies_after: Option<usize>,
    ctx: impl Fn(u32) -> Ctx,
) -> Result<u32, String> {
    let mut sent = 0;
    'lives: loop {
        let commands = platform.read(|read| next(read, worker))?;
        if commands.is_empty() {
            return Ok(sent);
        }
        for (n, command) in commands.into_iter().enumerate() {
            if dies_after == Some(n) {
                dies_after = None;
                platform.die();
                continue 'lives;
            }
            let answers = platform.send(&[command.job(ctx(sent))])?;
            if !matches!(answers[..], [Answer::Done(_)]) {
                return Err(format!("a worker was answered {answers:?}"));
            }
            sent += 1;
        }
    }
}

/// What a worker does next; nothing once it is done.
fn next(read: &mut ReadTx, worker: Worker) -> Result<Vec<Command>, Fail> {
    let consumer = match worker {
        Worker::Messages => WriteMessages::CONSUMER,
        Worker::Reviews => HideForRefund::CONSUMER,
        Worker::Balances => {
            let is_behind = ledger::queries::has_uncarried(read)?;
            return Ok(is_behind.then_some(Command::CarryForward).into_iter().collect());
        }
    };
    let (events, reached) = StoredEvent::unread(read, consumer, AT_ONCE)?;
    if events.is_empty() {
        return Ok(Vec::new());
    }
    let mut commands: Vec<Command> = if worker == Worker::Messages {
        vec![Command::Write(WriteMessages::about(read, &events)?)]
    } else {
        let hide = events.iter().filter_map(HideForRefund::called_for);
        hide.map(Command::Hide).collect()
    };
    commands.push(Command::Advance(consumer, reached));
    Ok(commands)
}

impl Command {
    fn job(self, ctx: Ctx) -> Job {
        let lane: RequestId = ctx.request;
        let locks = match &self {
            Self::Hide(cmd) => cmd.locks(),
            Self::Write(_) | Self::Advance(..) | Self::CarryForward => Vec::new(),
        };
        let run = Job::new("work", lane, ctx, move |tx, ctx| {
            match &self {
                Self::Hide(cmd) => drop(feedback::hide_for_refund(tx, ctx, cmd)?),
                Self::Write(cmd) => drop(retain::write_messages(tx, ctx, cmd)?),
                Self::Advance(consumer, reached) => StoredEvent::advance(tx, consumer, reached)?,
                Self::CarryForward => drop(ledger::carry_forward(tx, ctx)?),
            }
            Ok(String::new())
        });
        run.locking(locks)
    }
}
