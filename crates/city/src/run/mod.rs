//! The simulator: the platform's commands in one thread, with a clock that jumps, people who err and cheat, a
//! provider that is slow and repeats itself, and a process that dies between any two steps. An auditor with a
//! model of its own predicts every answer and every figure. The same seed lives the same life, on either engine.
//! It reaches no network and reads no clock; HTTP, and races between two servers, are for other tests.

mod audit;
mod booked;
mod directory;
mod draw;
mod found;
mod journal;
mod life;
mod model;
mod op;
mod platform;
mod requests;
mod shrink;
mod work;
mod world;

use std::path::PathBuf;

use life::Life;
use op::{Step, number_of};

pub use life::Totals;

/// Where the same steps are lived.
#[derive(Debug, Clone)]
pub enum Engines {
    /// On the embedded engine, beside the model.
    Sqlite,
    /// On both, which must give the same answers with the same ids.
    Both {
        /// A PostgreSQL server on which databases can be created.
        server: String,
    },
    /// On the embedded engine, on a disk that may fail: whoever gets no answer asks again.
    WatchedSqlite {
        /// Every answer is added to this file, a line to each, once it is heard.
        journal: PathBuf,
    },
}

/// How long and how hard a life is.
#[derive(Debug, Clone)]
pub struct RunSettings {
    /// Where it is lived.
    pub engines: Engines,
    /// Steps before the provider is let finish.
    pub steps: u32,
    /// Every figure is compared after so many steps, and at the end.
    pub audit_every: u32,
    /// Whether commits fail, answers are lost and the process dies.
    pub faults: bool,
    /// Whether a failing life is lived again, hundreds of times, to find a short one that fails too.
    pub shrink: bool,
}

/// A life that went as it must.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lived {
    /// SHA-256 over every answer.
    pub trace: String,
    /// What was seen.
    pub totals: Totals,
}

/// A life in which platform and model parted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Divergence {
    /// Of which seed.
    pub seed: u64,
    /// What differed first.
    pub problem: String,
    /// The shortest trace found that still differs, a step to a line; the whole one, if it was not shrunk.
    pub steps: Vec<String>,
    /// What differs at its end.
    pub shrunk_problem: String,
}

/// Lives the life of a seed.
pub fn run_seed(seed: u64, settings: &RunSettings) -> Result<Lived, Box<Divergence>> {
    let mut steps = Vec::new();
    let problem = match live(seed, settings, &mut steps) {
        Ok(lived) => return Ok(lived),
        Err(problem) => problem,
    };
    let short = |steps: &[Step]| {
        if steps.len() <= 60 {
            1
        } else {
            settings.audit_every
        }
    };
    let fails = |steps: &[Step]| replay(seed, &settings.engines, short(steps), steps).err();
    let (shrunk, shrunk_problem) = if settings.shrink {
        shrink::shrink(steps, problem.clone(), fails)
    } else {
        (steps, problem.clone())
    };
    let line = |step: &Step| {
        let end = if step.waits {
            "waits".to_owned()
        } else {
            format!("{:?}", step.fault)
        };
        format!("{:>6} {} {:?} {end}", step.no, step.at, step.op)
    };
    Err(Box::new(Divergence {
        seed,
        problem,
        steps: shrunk.iter().map(line).collect(),
        shrunk_problem,
    }))
}

fn live(seed: u64, settings: &RunSettings, steps: &mut Vec<Step>) -> Result<Lived, String> {
    let mut life = Life::begin(seed, &settings.engines)?;
    for n in 1..=settings.steps {
        let step = life.draw(number_of(n), steps.last(), settings.faults);
        steps.push(step);
        life.step(&step)?;
        if n % settings.audit_every == 0 {
            life.audit()?;
        }
    }
    if let Some(last) = steps.last() {
        life.end(last)?;
    }
    Ok(Lived {
        trace: life.trace(),
        totals: life.totals,
    })
}

fn replay(seed: u64, engines: &Engines, audit_every: u32, steps: &[Step]) -> Result<(), String> {
    let mut life = Life::begin(seed, engines)?;
    for (n, step) in steps.iter().enumerate() {
        life.step(step)?;
        if (n as u32 + 1).is_multiple_of(audit_every) {
            life.audit()?;
        }
    }
    match steps.last() {
        Some(last) => life.end(last),
        None => Ok(()),
    }
}
