//! `qiao city run`: lives the lives of many seeds in the simulator and says where the platform and its auditor
//! part. It needs no server and leaves nothing behind but what it prints, and a file to resume from if it is
//! given one.

use std::fs;
use std::ops::Range;
use std::path::PathBuf;

use city::run::{Divergence, Engines, RunSettings, Totals, run_seed};
use clap::{Args, ValueEnum};
use indicatif::{ProgressBar, ProgressStyle};
use serde::{Deserialize, Serialize};

use crate::serve::Failure;

/// Which lives.
#[derive(Debug, Args)]
pub struct Run {
    /// Seeds, the second not included. The same seed lives the same life.
    #[arg(long, default_value = "1..101", value_name = "A..B", value_parser = seeds)]
    seeds: Range<u64>,
    /// Steps of each life.
    #[arg(long, default_value_t = 500, value_name = "N")]
    steps: u32,
    /// Compare every figure after so many steps; the answers are always compared.
    #[arg(long, default_value_t = 100, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    audit_every: u32,
    /// What goes wrong beside the people: commits, answers, the process.
    #[arg(long, default_value = "all", value_name = "WHICH")]
    faults: Faults,
    /// Live every life on this PostgreSQL server too, in databases of its own.
    #[arg(long, value_name = "URL")]
    postgres: Option<String>,
    /// Note here how far it came, and go on from there.
    #[arg(long, value_name = "FILE")]
    resume: Option<PathBuf>,
}

/// What goes wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Faults {
    /// Everything.
    All,
    /// Nothing.
    None,
}

/// How far a run came.
#[derive(Debug, Default, Serialize, Deserialize)]
struct Reached {
    next_seed: u64,
    lives: u64,
    totals: Totals,
}

impl Run {
    /// Runs to the end or to the first divergence.
    pub fn run(self) -> Result<(), Failure> {
        let settings = RunSettings {
            engines: match &self.postgres {
                Some(server) => Engines::Both {
                    server: server.clone(),
                },
                None => Engines::Sqlite,
            },
            steps: self.steps,
            audit_every: self.audit_every,
            faults: self.faults == Faults::All,
            shrink: true,
        };
        let mut reached = self.reached()?;
        let bar = ProgressBar::new(self.seeds.end.saturating_sub(self.seeds.start));
        bar.set_style(ProgressStyle::with_template(
            "{wide_bar} {pos}/{len} seeds, {elapsed}, {eta} left",
        )?);
        for seed in self.seeds.start.max(reached.next_seed)..self.seeds.end {
            bar.set_position(seed - self.seeds.start);
            match run_seed(seed, &settings) {
                Ok(lived) => reached.totals.add(&lived.totals),
                Err(divergence) => {
                    bar.finish_and_clear();
                    self.print_divergence(&divergence);
                    return Err(format!("seed {seed} diverges").into());
                }
            }
            reached.next_seed = seed + 1;
            reached.lives += 1;
            self.note(&reached)?;
        }
        bar.finish_and_clear();
        print_totals(&reached);
        Ok(())
    }

    fn reached(&self) -> Result<Reached, Failure> {
        match &self.resume {
            Some(file) if file.exists() => Ok(serde_json::from_str(&fs::read_to_string(file)?)?),
            Some(_) | None => Ok(Reached::default()),
        }
    }

    fn note(&self, reached: &Reached) -> Result<(), Failure> {
        match &self.resume {
            Some(file) => Ok(fs::write(file, serde_json::to_string(reached)?)?),
            None => Ok(()),
        }
    }

    fn print_divergence(&self, divergence: &Divergence) {
        let seed = divergence.seed;
        println!("Seed {seed} diverges: {}", divergence.problem);
        println!("\nThe shortest trace found, {} steps:", divergence.steps.len());
        for step in &divergence.steps {
            println!("{step}");
        }
        println!("ends in: {}", divergence.shrunk_problem);
        let (steps, every) = (self.steps, self.audit_every);
        let faults = if self.faults == Faults::All { "all" } else { "none" };
        let postgres = self
            .postgres
            .as_ref()
            .map_or(String::new(), |url| format!(" --postgres {url}"));
        println!(
            "\nAgain: qiao city run --seeds {seed}..{} --steps {steps} --audit-every {every} --faults {faults}{postgres}",
            seed + 1
        );
    }
}

fn print_totals(reached: &Reached) {
    let totals = &reached.totals;
    let (lives, operations, audits) = (reached.lives, totals.operations, totals.audits);
    println!("{lives} lives, {operations} operations, {audits} audits, no divergence");
    for (title, counts) in [
        ("faults", &totals.faults),
        ("accepted", &totals.accepted),
        ("refused", &totals.refused),
    ] {
        println!("{title}:");
        for (name, count) in counts {
            println!("  {count:>9} {name}");
        }
    }
}

fn seeds(text: &str) -> Result<Range<u64>, String> {
    let parse = |text: &str| text.parse::<u64>().map_err(|error| format!("{text:?}: {error}"));
    let (from, to) = text.split_once("..").ok_or("seeds are given as A..B")?;
    Ok(parse(from)?..parse(to)?)
}
