//! What the compiler must bear, tried over a folder of Bicep files:
//!
//! - `bicep-torture time FOLDER`: compiles every file in one process, and says how long that took
//! - `bicep-torture cut FOLDER [SECONDS]`: every file cut off at every character, and without each of its tokens
//! - `bicep-torture fuzz FOLDER SECONDS [SEED]`: files changed at random; what breaks a rule is made small and kept
//!   in `found/` below the current folder
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
use std::time::Duration;

use camino::Utf8PathBuf;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let seconds = |text: &str| text.parse().map(Duration::from_secs).ok();
    let is_clean = match words.as_slice() {
        ["time", folder] => timing::run(&Utf8PathBuf::from(*folder)),
        ["cut", folder] => cut::run(&Utf8PathBuf::from(*folder), Duration::MAX),
        ["cut", folder, limit] => cut::run(
            &Utf8PathBuf::from(*folder),
            seconds(limit).unwrap_or(Duration::MAX),
        ),
        ["fuzz", folder, limit, rest @ ..] => {
            let seed = rest.first().and_then(|seed| seed.parse().ok()).unwrap_or(1);
            fuzz::run(
                &Utf8PathBuf::from(*folder),
                seconds(limit).unwrap_or(Duration::from_secs(60)),
                seed,
            )
        }
        _ => {
            eprintln!(
                "usage: bicep-torture time FOLDER | cut FOLDER [SECONDS] | fuzz FOLDER SECONDS [SEED]"
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
