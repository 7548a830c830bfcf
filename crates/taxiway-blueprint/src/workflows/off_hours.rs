//! `off-hours-ENVIRONMENT.yml` stops the database server of an environment when nobody uses it, and starts it again.
//!
//! A schedule here and not a resource in Azure: whoever may deploy to the environment may do this too, so that nothing else gets
//! rights over the server, and its runs stand beside the deployments that they would be in the way of.

use taxiway_platform::{Environment, OffHours};

use super::azure_cli::sign_in;
use super::deploy::{group, script};
use super::step::{defaults, job, jobs, permissions};
use crate::yaml::{Map, Value};

/// The workflow of one environment.
pub(super) fn document(environment: &Environment, hours: &OffHours) -> Map {
    let (stop, start) = (cron(&hours.from, "*"), cron(&hours.until, "1-5"));
    let action = Map::new()
        .with("description", "What to do with the server")
        .with("type", "choice")
        .with("options", vec!["start", "stop"])
        .with("default", "start");
    let on = Map::new()
        .comment("UTC. It is stopped on days off too, in case somebody started it; Azure itself starts it after seven days.")
        .with(
            "schedule",
            vec![
                Map::new().with("cron", stop.as_str()),
                Map::new().with("cron", start.as_str()),
            ],
        )
        .with(
            "workflow_dispatch",
            Map::new().with("inputs", Map::new().with("action", action)),
        );
    Map::new()
        .with("name", format!("Off hours of {}", environment.name))
        .blank()
        .with("on", on)
        .blank()
        .with("permissions", Map::new())
        .blank()
        .with("jobs", jobs(vec![("server", server(environment, &start))]))
}

fn server(environment: &Environment, start: &str) -> Map {
    let action = format!(
        "${{{{ inputs.action || (github.event.schedule == '{start}' && 'start' || 'stop') }}}}"
    );
    job("Stop or start the server", 30)
        .comment("Its Azure identity is the one that deploys there. Required reviewers would hold every run up.")
        .with("environment", environment.name.as_str())
        .comment("Not while a release is rolled out.")
        .with("concurrency", group(&format!("deploy-{}", environment.name)))
        .with(
            "permissions",
            permissions(&[("id-token", "write", "signs in to Azure without a password")]),
        )
        .with("defaults", defaults("."))
        .with(
            "env",
            Map::new()
                .with("ACTION", action)
                .with("RESOURCE_GROUP", environment.resource_group.as_str()),
        )
        .with(
            "steps",
            Value::from(vec![
                sign_in(),
                script(
                    "Stop or start",
                    include_str!("../../files/workflows/off-hours.sh"),
                ),
            ]),
        )
}

/// `30 19 * * *` for 19:30.
fn cron(time: &str, days: &str) -> String {
    let part = |text: &str| text.trim_start_matches('0').to_owned();
    let (hours, minutes) = time.split_once(':').unwrap_or((time, "0"));
    let number = |text: &str| {
        let number = part(text);
        if number.is_empty() {
            "0".to_owned()
        } else {
            number
        }
    };
    format!("{} {} * * {days}", number(minutes), number(hours))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_written_as_schedules_are() {
        assert_eq!(cron("19:30", "*"), "30 19 * * *");
        assert_eq!(cron("00:05", "1-5"), "5 0 * * 1-5");
    }
}
