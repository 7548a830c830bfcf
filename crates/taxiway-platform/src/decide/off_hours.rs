//! When an environment is not used: its database server is stopped then, which is what can be stopped.
//!
//! A plan costs the same whether its sites are stopped or not, and the tiers that cost next to nothing have no slots, so that what
//! a rollout needs would have to be deleted each evening. A server's compute is not paid while it is stopped.

use super::Decisions;
use super::environments::Asked;
use crate::{Config, Database, DatabaseKind, Delivery, OffHours, Pipeline, Standby};

/// The hours, where they can be kept.
pub(super) fn off_hours(
    asked: &Asked<'_>,
    database: &Database,
    decisions: &mut Decisions,
) -> Option<OffHours> {
    let settings = asked.settings.off_hours.as_ref()?;
    let place = &settings.from.place;
    let table = format!("[environments.{}.off-hours]", asked.name);
    let objection = if asked.is_local {
        Some("this machine costs nothing")
    } else if asked.is_production {
        Some("production is used at all hours")
    } else if database.kind != DatabaseKind::New {
        Some("there is no database server of its own to stop, and nothing else stops to cost")
    } else {
        None
    };
    if let Some(objection) = objection {
        decisions.refuse(
            "no-off-hours",
            format!("{table} ({place}): {objection}"),
            "leave the table out",
        );
        return None;
    }
    if settings.from.value == settings.until.value {
        decisions.refuse(
            "no-off-hours",
            format!("{table} ({place}) ends when it begins"),
            "from = \"19:00\" and until = \"05:00\", for example; both are in UTC",
        );
    }
    if database.standby != Standby::None {
        decisions.warn(
            "standby-may-not-stop",
            format!(
                "{table} ({place}): whether Azure stops a server that has a standby is not certain"
            ),
            format!("[environments.{}.database] standby = false", asked.name),
        );
    }
    let (from, until) = (&settings.from.value, &settings.until.value);
    let reason = format!(
        "the workflow off-hours-{}.yml does it. No compute of {} is paid meanwhile, its storage is. The plan {} stays: a stopped \
         site costs the same, and tiers that cost next to nothing have no slots. A rollout needs the server: start it before, by hand, with that workflow",
        asked.name,
        database.sku,
        asked.size.facts().plan_sku
    );
    decisions.configured(
        asked.key("off-hours"),
        format!("stopped at {from} UTC, started at {until} UTC from Monday to Friday"),
        place,
        &reason,
    );
    Some(OffHours {
        from: from.clone(),
        until: until.clone(),
    })
}

/// A schedule of GitHub does it, as the identity that deploys there anyhow.
pub(super) fn need_a_pipeline(config: &Config, delivery: &Delivery, decisions: &mut Decisions) {
    if delivery.pipeline == Pipeline::Github {
        return;
    }
    for (name, environment) in &config.environments {
        if let Some(settings) = &environment.off_hours {
            decisions.refuse(
                "off-hours-without-a-pipeline",
                format!(
                    "[environments.{name}.off-hours] ({}): a workflow of GitHub stops and starts the server, and none are written",
                    settings.from.place
                ),
                "[delivery] pipeline = \"github\"",
            );
        }
    }
}
