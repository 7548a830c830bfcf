//! Tests need a database that the job does not have.

use crate::rules::prelude::*;

pub(crate) static RULE: Rule = Rule::of_files(
    "database-without-service",
    "tests need a database that the job does not have",
    include_str!("database_without_service.md"),
    look,
)
.confidence(Confidence::Medium);

fn look(files: &Files, marks: &mut Marks<'_>) {
    for workflow in &files.workflows {
        for job in &workflow.jobs {
            let Some(step) = job.steps.iter().find(|step| commands_of(step).any(|(_, command)| is_test(&command))) else { continue };
            if job.node.get("container").is_some() || starts_its_own(job) {
                continue;
            }
            let variables = environment(workflow, job, Some(step));
            let local = variables.iter().find(|(name, node)| is_database_variable(name) && is_local(name, node.text().unwrap_or_default()));
            let Some((name, node)) = local else { continue };
            let services = job.node.get("services").map(YamlNode::entries).unwrap_or_default();
            let database = services.iter().find(|(_, service)| {
                let image = service.get("image").or(Some(service)).and_then(YamlNode::text).unwrap_or_default();
                ["postgres", "postgis", "timescale", "pgvector", "${{"].iter().any(|part| image.contains(part))
            });
            match database {
                None if services.is_empty() => {
                    let message = format!("`{name}` names a database on the runner, where nothing serves one");
                    marks.push(Mark::at(workflow.value(node), message).help("add it to the job's `services`, with `ports: [\"5432:5432\"]`"));
                }
                None => {}
                Some((id, service)) if service.get("ports").is_none() && service.get("image").is_some() => {
                    let message = format!("service `{id}` publishes no port: nothing on the runner reaches it");
                    let location = service.get("image").map_or_else(|| workflow.location(service), |image| workflow.value(image));
                    marks.push(Mark::at(location, message).label(workflow.value(node), "it is asked for here").help("ports: [\"5432:5432\"]"));
                }
                Some(_) => {}
            }
        }
    }
}

fn is_local(name: &str, value: &str) -> bool {
    let is_host = name.to_uppercase().ends_with("HOST");
    let is_postgres = value.starts_with("postgres") || value.starts_with("postgis");
    if is_host {
        return matches!(value, "localhost" | "127.0.0.1");
    }
    is_postgres && ["@localhost", "@127.0.0.1", "//localhost", "//127.0.0.1"].iter().any(|host| value.contains(host))
}

/// Whether a step starts the database itself, or an action may.
fn starts_its_own(job: &Job) -> bool {
    job.steps.iter().any(|step| {
        let action = step.action();
        let is_known = ["actions/", "astral-sh/", "codecov/", "docker/", "github/"].iter().any(|owner| action.starts_with(owner));
        let script = step.run.as_ref().map_or("", |script| script.text.as_str());
        !action.is_empty() && !is_known
            || ["docker", "compose", "podman", "postgresql", "pg_ctl", "systemctl", "service ", "supabase", "kubectl", "vagrant", "nix"].iter().any(|word| script.contains(word))
            || commands_of(step).any(|(_, command)| matches!(command.program(), "make" | "just" | "task") && !is_test(&command))
    })
}
