//! Repository checks that no compiler does: `cargo xtask check`.

mod documents;
mod layers;

use std::process::ExitCode;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    if arguments != ["check"] {
        say("usage: cargo xtask check");
        return ExitCode::from(2);
    }
    match check() {
        Ok(violations) if violations.is_empty() => {
            say("xtask check: layers, engines and documents are as they should be");
            ExitCode::SUCCESS
        }
        Ok(violations) => {
            for violation in &violations {
                say(violation);
            }
            ExitCode::FAILURE
        }
        Err(error) => {
            say(&format!("{error:#}"));
            ExitCode::FAILURE
        }
    }
}

fn check() -> anyhow::Result<Vec<String>> {
    let metadata = cargo_metadata::MetadataCommand::new().exec()?;
    let mut violations = layers::violations(&metadata);
    violations.extend(documents::violations(&metadata)?);
    Ok(violations)
}

#[expect(clippy::print_stderr, reason = "a command line for developers")]
fn say(text: &str) {
    eprintln!("{text}");
}
