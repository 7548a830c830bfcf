//! A Python app leaves its start to a guess.

use crate::rules::prelude::*;

pub(crate) static RULE: Rule = Rule::new(
    "no-startup-command",
    "a Python app leaves its start to a guess",
    include_str!("no_startup_command.md"),
    look,
)
.info()
.pedantic()
.confidence(Confidence::Medium);

fn look(graph: &Graph<'_>, report: &mut Report<'_>) {
    for site in sites(graph).filter(Site::is_builtin_python) {
        let part = site.config("appCommandLine");
        if part.is_absent() || part.text().is_some_and(str::is_empty) {
            let message = format!("{} has no start command, so the platform guesses one", site.title());
            report.push(Found::at(&part, message).help("set `appCommandLine`"));
        }
    }
}
