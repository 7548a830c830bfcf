//! Tests run on SQLite, and production on PostgreSQL.

use crate::rules::prelude::*;

pub(crate) static RULE: Rule = Rule::of_files(
    "sqlite-for-postgresql",
    "tests run on SQLite, and production on PostgreSQL",
    include_str!("sqlite_for_postgresql.md"),
    look,
)
.warning()
.confidence(Confidence::Medium);

fn look(files: &Files, marks: &mut Marks<'_>) {
    let drivers = ["psycopg", "asyncpg", "pg8000"];
    let manifest = files.texts.iter().find(|text| {
        let name = text.path.file_name().unwrap_or_default();
        (name.contains("requirements") || name == "pyproject.toml") && drivers.iter().any(|driver| text.text.contains(driver))
    });
    let Some(manifest) = manifest else { return };
    for workflow in &files.workflows {
        for job in &workflow.jobs {
            // A matrix tests on several, and PostgreSQL is likely one of them.
            if job.node.at(&["strategy", "matrix"]).is_some() || job.node.get("services").is_some() {
                continue;
            }
            for step in job.steps.iter().filter(|step| commands_of(step).any(|(_, command)| is_test(&command))) {
                let variables = environment(workflow, job, Some(step));
                let sqlite = variables.into_iter().find(|(name, node)| is_database_variable(name) && node.text().is_some_and(|value| value.starts_with("sqlite")));
                if let Some((name, node)) = sqlite && !tests_on_postgresql(files) {
                    let message = format!("`{name}` lets the tests run on SQLite, and the app runs on PostgreSQL ({})", manifest.path);
                    marks.push(Mark::at(workflow.value(node), message).help("SQLite forgives what PostgreSQL refuses: give the job a service with the version that production has"));
                    break;
                }
            }
        }
    }
}

/// Whether another job does.
fn tests_on_postgresql(files: &Files) -> bool {
    let jobs = files.workflows.iter().flat_map(|workflow| &workflow.jobs);
    jobs.filter_map(|job| job.node.get("services")).any(|services| {
        let images = services.entries().iter().filter_map(|(_, service)| service.get("image").and_then(YamlNode::text));
        images.into_iter().any(|image| image.contains("postg"))
    })
}
