//! What the compiler must bear, tried over a folder of Bicep files:
//!
//! - `bicep-torture time FOLDER`: compiles every file in one process, and says how long that took
//! - `bicep-torture cut FOLDER [COUNT]`: every file cut off at every character, and without each of its tokens; with
//!   COUNT, about so many cuts, evenly spread
//! - `bicep-torture fuzz FOLDER COUNT [SEED]`: so many files changed at random, the same ones for the same seed; what
//!   breaks a rule is made small and kept in `found/` below the current folder
//!
//! Exit code 1 where a rule was broken; the rules stand in `rules.rs`.
#![expect(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "this is a command"
)]

mod cut;
mod files;
mod fuzz;
mod mutation;
mod rules;
mod timing;

use std::process::ExitCode;

use camino::Utf8Path;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let is_clean = match words.as_slice() {
        ["time", folder] => timing::run(Utf8Path::new(folder)),
        ["cut", folder] => cut::run(Utf8Path::new(folder), None),
        ["cut", folder, count] if is_number(count) => {
            cut::run(Utf8Path::new(folder), count.parse().ok())
        }
        ["fuzz", folder, count] if is_number(count) => {
            fuzz::run(Utf8Path::new(folder), count.parse().unwrap_or(0), 1)
        }
        ["fuzz", folder, count, seed] if is_number(count) && is_number(seed) => fuzz::run(
            Utf8Path::new(folder),
            count.parse().unwrap_or(0),
            seed.parse().unwrap_or(1),
        ),
        _ => {
            eprintln!(
                "usage: bicep-torture time FOLDER | cut FOLDER [COUNT] | fuzz FOLDER COUNT [SEED]"
            );
            return ExitCode::from(2);
        }
    };
    if is_clean {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}

fn is_number(text: &str) -> bool {
    text.parse::<usize>().is_ok()
}
