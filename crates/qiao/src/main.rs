//! The `qiao` binary: reads the command line and hands it to the subcommand that it names.
//! It does no work of its own.

use std::process::ExitCode;

use clap::{Parser, Subcommand};
use qiao::import::cli::ImportMerchants;

/// Open platform for local services: from online to the store and back.
#[derive(Parser)]
#[command(version, arg_required_else_help = true)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Read data of others into Qiao.
    #[command(subcommand)]
    Import(Import),
}

#[derive(Subcommand)]
enum Import {
    /// Merchants from a CSV or GeoJSON file (also .zst), row by row, with a reason for every refused row.
    Merchants(ImportMerchants),
}

fn main() -> ExitCode {
    let Cli { command } = Cli::parse();
    let outcome = match command {
        Command::Import(Import::Merchants(arguments)) => arguments.run(),
    };
    match outcome {
        Ok(code) => code,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}
