//! `taxiway schema` and `taxiway completions`: what other tools need to know of Taxiway.

use clap::CommandFactory as _;
use clap_complete::Shell;

use crate::arguments::{Arguments, Schema, SchemaOf};
use crate::exit::Exit;
use crate::failure::Outcome;
use crate::terminal::Terminal;

/// Prints a JSON Schema.
pub(crate) fn schema(arguments: &Schema, terminal: &Terminal) -> Outcome {
    match arguments.of {
        SchemaOf::Config => terminal.print_json(&taxiway_platform::Config::schema()),
        SchemaOf::Detect => terminal.print_json(&taxiway_app::schema()),
    }
    Ok(Exit::Done)
}

/// Prints a completion script.
pub(crate) fn completions(shell: Shell, terminal: &Terminal) -> Outcome {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut Arguments::command(), "taxiway", &mut script);
    terminal.print(String::from_utf8_lossy(&script).trim_end());
    Ok(Exit::Done)
}
