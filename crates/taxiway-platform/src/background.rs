//! What runs beside the web process: workers of queues, and schedulers.

use serde::Serialize;
use taxiway_diagnostics::Place;

/// A process beside the web process. It runs for as long as the release is served, and never in the staging slot.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct BackgroundProcess {
    /// Its name: lower-case letters, digits and hyphens.
    pub name: String,
    /// The words of its command, the program first; none needs a shell.
    pub command: Vec<String>,
    /// Whether one instance runs it, however many there are.
    pub is_single: bool,
    /// The connections to the database that it may hold.
    pub connections: u32,
    /// Where it was seen or configured.
    pub place: Option<Place>,
}

impl BackgroundProcess {
    /// The command as people write it.
    pub fn command_line(&self) -> String {
        self.command.join(" ")
    }
}

/// Whether a name is good for a WebJob, a folder and a table. Source: App Service, WebJobs: letters, digits, `-` and `_`.
pub(crate) fn is_name(name: &str) -> bool {
    let is_part = |part: &str| {
        !part.is_empty()
            && part
                .bytes()
                .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit())
    };
    name.len() <= 32 && name.split('-').all(is_part)
}

/// Whether a command means the same without a shell.
pub(crate) fn is_plain(command: &str) -> bool {
    !command.contains(|character: char| {
        "\"'$`\\&|;<>(){}*?~#!".contains(character) || character.is_control()
    })
}
