//! Takes a Python web application from its repository to production, and keeps it there.
//!
//! This is the command line: arguments, dispatch, what is printed, exit codes. What is done stands in the libraries.

mod acceptance;
mod arguments;
mod cloud_process;
mod commands;
mod connection;
mod exit;
mod failure;
mod findings;
mod front_end;
mod infrastructure;
mod left_behind;
mod ownership;
mod programs;
mod progress;
mod project;
mod repository;
mod rollout_conclusion;
mod rollout_progress;
mod site;
mod surroundings;
mod terminal;
mod wording;
mod writing;

use std::process::ExitCode;

use clap::Parser as _;

use crate::arguments::{Arguments, Command, Doctor, Format};
use crate::failure::{Failure, Outcome};
use crate::surroundings::Surroundings;
use crate::terminal::Terminal;

/// To read a repository is to make some hundred thousand small things, in two threads and more.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let surroundings = Surroundings::find();
    let terminal = Terminal::new(&arguments.global, surroundings.is_automated);
    log_to_stderr(arguments.global.verbose);
    match run(&arguments, &surroundings, &terminal) {
        Ok(exit) => exit.into(),
        Err(failure) => {
            let root = repository::root(arguments.global.repository.as_deref()).unwrap_or_default();
            terminal.report(&failure, &taxiway_diagnostics::DiskSources::new(root, []));
            failure.exit.into()
        }
    }
}

/// What services log, for developers and operators; users read [`Terminal`].
fn log_to_stderr(is_verbose: bool) {
    let usual = if is_verbose {
        "taxiway=debug"
    } else {
        "taxiway_local=info,error"
    };
    let filter = surroundings::variable("TAXIWAY_LOG").unwrap_or_else(|| usual.to_owned());
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .with_ansi(false)
        .init();
}

fn run(arguments: &Arguments, surroundings: &Surroundings, terminal: &Terminal) -> Outcome {
    if terminal.format() == Format::Sarif
        && !matches!(arguments.command, Command::Bicep(_) | Command::Check(_))
    {
        return Err(Failure::usage("only `check` and `bicep` print SARIF")
            .next("findings as SARIF", "taxiway check --format sarif"));
    }
    let repository = arguments.global.repository.as_deref();
    match &arguments.command {
        Command::Detect(detect) => commands::detect::run(detect, repository, terminal),
        Command::Explain(explain) => commands::explain::run(explain, repository, terminal),
        Command::Generate(generate) => commands::generate::run(generate, repository, terminal),
        Command::Check(check) => commands::check::run(check, repository, terminal),
        Command::Doctor(Doctor::Github(github)) => {
            commands::doctor::github(github, repository, terminal)
        }
        Command::Bicep(bicep) => commands::bicep::run(bicep, terminal),
        Command::Schema(schema) => commands::schema::schema(schema, terminal),
        Command::Completions { shell } => commands::schema::completions(*shell, terminal),
        Command::Up(up) => wait(commands::up::run(up, repository, surroundings, terminal)),
        Command::Rollback(rollback) => wait(commands::rollback::run(
            rollback,
            repository,
            surroundings,
            terminal,
        )),
        Command::Status(status) => wait(commands::status::run(
            status,
            repository,
            surroundings,
            terminal,
        )),
        Command::Open(open) => wait(commands::status::open(
            open,
            repository,
            surroundings,
            terminal,
        )),
        Command::Logs(logs) => wait(commands::logs::run(
            logs,
            repository,
            surroundings,
            terminal,
        )),
        Command::Down(down) => wait(commands::down::run(
            down,
            repository,
            surroundings,
            terminal,
        )),
        Command::Cloud(cloud) => wait(commands::cloud::run(cloud, surroundings, terminal)),
    }
}

/// Runs a command that talks to a cloud.
fn wait(command: impl Future<Output = Outcome>) -> Outcome {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(|error| Failure::failed("no threads can be started").because(&error))?;
    runtime.block_on(command)
}
