//! The `qiao` binary: reads the command line and hands it to the subcommand that it names.
//! It does no work of its own.

use std::process::ExitCode;

use clap::{Parser, Subcommand};
use qiao::serve::Failure;
use qiao::{backup, bench, city, demo, import, operator, reindex, serve, story};

/// The open platform for online-to-offline commerce.
#[derive(Parser)]
#[command(version, arg_required_else_help = true)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Serve the platform.
    Serve(qiao::config::Flags),
    /// Serve a generated city, a small one unless --city says otherwise, with a sandbox payment provider: the quickest way to look around.
    Demo(demo::Demo),
    /// Play the whole O2O loop against a running demo, as eight people, and check every figure.
    Story(story::Story),
    /// Read data of others into Qiao.
    #[command(subcommand)]
    Import(Import),
    /// Write a backup of the whole database; the signing keys go beside it.
    Backup(backup::Backup),
    /// Restore a backup into an empty database of either engine.
    Restore(backup::Restore),
    /// Let payments, refunds and messages go out again after a restore.
    Resume(backup::Resume),
    /// Simulate a city to prove the platform, or to load a running demo.
    #[command(subcommand)]
    City(city::City),
    /// Measure a whole server beside the raw engine, in one run.
    #[command(subcommand)]
    Bench(bench::Bench),
    /// Build the search index anew. The server must be stopped.
    Reindex(qiao::config::Flags),
    /// Give one of the platform's own people a role.
    #[command(subcommand)]
    Operator(operator::Operator),
}

#[derive(Subcommand)]
enum Import {
    /// Merchants from a CSV or GeoJSON file (also .zst), row by row, with a reason for every refused row.
    Merchants(import::cli::ImportMerchants),
}

fn main() -> ExitCode {
    let Cli { command } = Cli::parse();
    let outcome = match command {
        Command::Serve(flags) => with_runtime(serve::run(flags)),
        Command::Demo(demo) => with_runtime(demo.run()),
        Command::Story(story) => with_runtime(story.run()),
        Command::Import(Import::Merchants(arguments)) => return arguments.run_to_exit(),
        Command::Backup(backup) => backup.run(),
        Command::Restore(restore) => restore.run(),
        Command::Resume(resume) => resume.run(),
        Command::City(city) => with_runtime(city.run()),
        Command::Bench(bench) => bench.run(),
        Command::Reindex(flags) => with_runtime(reindex::run(flags)),
        Command::Operator(operator) => with_runtime(operator.run()),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

fn with_runtime(work: impl Future<Output = Result<(), Failure>>) -> Result<(), Failure> {
    tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()?
        .block_on(work)
}
