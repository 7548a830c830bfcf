//! `taxiway bicep`: the compiler on its own.

mod build;
mod formatting;
mod inputs;
mod linting;
mod module_cache;
mod parameters;
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
        Bicep::BuildParams(parameters) => {
            let template = parameters.bicep_file.as_deref();
            build::run(
                &parameters.built,
                build::Kind::Parameters(template),
                terminal,
            )
        }
        Bicep::Lint(linted) => linting::run(linted, terminal),
        Bicep::Rules { code } => rules::run(code.as_deref(), terminal),
        Bicep::Format(formatted) => formatting::run(formatted, terminal),
        Bicep::Restore(restored) => restore::run(restored, terminal),
    }
}
