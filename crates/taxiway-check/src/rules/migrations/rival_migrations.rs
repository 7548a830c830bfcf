//! Several migrations have nothing after them, and the tool does not know where to go.

use crate::rules::prelude::*;

pub(crate) static RULE: Rule = Rule::of_files(
    "rival-migrations",
    "several migrations have nothing after them, and none can be run",
    include_str!("rival_migrations.md"),
    look,
)
.gate(Gate::Operations);

fn look(files: &Files, marks: &mut Marks<'_>) {
    for service in &files.migrations.services {
        for rivals in taxiway_app::rivals(service) {
            let Some((last, others)) = rivals.heads.split_last() else { continue };
            let remedies: Vec<String> = rivals.remedies().iter().map(|(what, command)| format!("{what}: {command}")).collect();
            let mark = Mark::at(files.migrations.location(last), rivals.reason()).help(remedies.join("; "));
            marks.push(others.iter().fold(mark, |mark, other| mark.label(files.migrations.location(other), "nothing comes after this either")));
        }
    }
}
