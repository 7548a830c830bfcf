//! `taxiway bicep`: the compiler on its own.

mod build;
mod formatting;
mod inputs;
mod linting;
mod module_cache;
mod registry;
mod registry_login;
mod report;
mod restore;
mod rules;
mod sarif;

use crate::arguments::Bicep;
use crate::failure::Outcome;
use crate::terminal::Terminal;

/// Runs one command of the compiler.
pub(crate) fn run(command: &Bicep, terminal: &Terminal) -> Outcome {
    match command {
        Bicep::Build(built) => build::run(built, build::Kind::ByExtension, terminal),
        Bicep::BuildParams(built) => build::run(built, build::Kind::Parameters, terminal),
        Bicep::Lint(linted) => linting::run(linted, terminal),
        Bicep::Rules { code } => rules::run(code.as_deref(), terminal),
        Bicep::Format(formatted) => formatting::run(formatted, terminal),
        Bicep::Restore(restored) => restore::run(restored, terminal),
    }
}
