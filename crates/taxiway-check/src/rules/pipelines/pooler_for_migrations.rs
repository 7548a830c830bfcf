//! Migrations run through a pooler of transactions.

use crate::rules::prelude::*;

pub(crate) static RULE: Rule = Rule::of_files(
    "pooler-for-migrations",
    "migrations run through a pooler of transactions",
    include_str!("pooler_for_migrations.md"),
    look,
)
.gate(Gate::Operations);

fn look(files: &Files, marks: &mut Marks<'_>) {
    for workflow in &files.workflows {
        for job in &workflow.jobs {
            for step in job.steps.iter().filter(|step| commands_of(step).any(|(_, command)| is_migration(&command))) {
                for (name, node) in environment(workflow, job, Some(step)) {
                    if node.text().is_some_and(is_pooler) {
                        marks.push(Mark::at(workflow.value(node), message(name)).help(HELP));
                    }
                }
            }
        }
    }
    for script in files.all_scripts() {
        let commands = script.commands();
        for command in commands.iter().filter(|command| is_migration(command)) {
            let given = commands.iter().filter(|given| given.start <= command.start).flat_map(|given| &given.words);
            if let Some(word) = given.into_iter().rfind(|word| word.text.contains('=') && is_pooler(&word.text)) {
                let name = word.text.split('=').next().unwrap_or_default();
                marks.push(Mark::at(script.location(word.start, word.end), message(name)).help(HELP));
            }
        }
    }
}

const HELP: &str = "give migrations the direct address, or the pooler of sessions: port 5432";

/// Source: Supabase, connecting to Postgres: the pooler of transactions listens on 6543.
fn is_pooler(value: &str) -> bool {
    value.contains("postgres") && value.contains(":6543/")
}

fn message(name: &str) -> String {
    format!("`{name}` goes through a pooler of transactions, where the lock of a migration is lost or never given back")
}
