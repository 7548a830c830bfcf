//! A pipeline migrates the production database from its runner.

use crate::rules::prelude::*;

pub(crate) static RULE: Rule = Rule::of_files(
    "migrations-from-runner",
    "a pipeline migrates a live database from its runner",
    include_str!("migrations_from_runner.md"),
    look,
)
.confidence(Confidence::Medium)
.gate(Gate::Operations);

fn look(files: &Files, marks: &mut Marks<'_>) {
    for workflow in &files.workflows {
        for job in &workflow.jobs {
            for step in &job.steps {
                let Some((script, command)) = commands_of(step).find(|(_, command)| is_migration(command)) else { continue };
                let variables = environment(workflow, job, Some(step));
                let secret = variables.into_iter().find(|(name, node)| {
                    let value = node.text().unwrap_or_default();
                    is_database_variable(name) && contexts(value, false).iter().any(|reference| reference.is(&["secrets"]))
                });
                // A secret for a database that the job starts by itself is for tests.
                if let Some((name, node)) = secret && job.node.get("services").is_none() && !job.steps.iter().any(|step| commands_of(step).any(|(_, command)| is_test(&command))) {
                    let message = format!("this migrates the database of `{name}` from the runner of the pipeline, while the old release serves");
                    marks.push(
                        Mark::at(script.place(&command), message)
                            .label(workflow.value(node), "the live database")
                            .help("run migrations where the app runs: the database then needs no public access, and the release that follows can be held back"),
                    );
                }
            }
        }
    }
}
