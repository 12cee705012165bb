//! `qiao city`: a simulated city as a proof, without a server or against one.

mod load;
mod run;

use clap::Subcommand;

use crate::serve::Failure;

/// What to do with a simulated city.
#[derive(Debug, Subcommand)]
pub enum City {
    /// Live random lives by the platform's own commands, with faults, beside an independent model.
    Run(run::Run),
    /// Let simulated people trade and cheat against a running demo on this machine, and judge every answer.
    Load(load::Load),
}

impl City {
    /// Runs to the end. An error if the platform did what it must not.
    pub async fn run(self) -> Result<(), Failure> {
        match self {
            Self::Run(run) => run.run(),
            Self::Load(load) => load.run().await,
        }
    }
}
