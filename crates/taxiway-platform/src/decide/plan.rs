//! The App Service plan: its size, how far it scales, and over how many zones.

use super::Decisions;
use super::environments::Asked;
use crate::{Plan, Size, Source, regions};

pub(super) fn plan(asked: &Asked<'_>, decisions: &mut Decisions) -> Plan {
    let facts = asked.size.facts();
    let (sku, instances) = if asked.is_local {
        (Size::Dev.facts().plan_sku, 1)
    } else {
        (facts.plan_sku, facts.instances)
    };
    let value = if instances == 1 {
        format!("{sku}, 1 instance")
    } else {
        format!("{sku}, {instances} instances")
    };
    let reason = format!(
        "size = \"{}\"; deployment slots, which a rollout needs, start at Standard",
        asked.size
    );
    decisions.choose(asked.key("plan"), value, Source::Default, reason);
    let (most_instances, zone_redundant) = if asked.is_local {
        (instances, false)
    } else {
        (
            most_instances(asked, instances, decisions),
            zone_redundant(asked, instances, decisions),
        )
    };
    Plan {
        sku: sku.to_owned(),
        instances,
        most_instances,
        zone_redundant,
    }
}

fn most_instances(asked: &Asked<'_>, least: u32, decisions: &mut Decisions) -> u32 {
    let key = asked.key("most-instances");
    if let Some(most) = &asked.settings.most_instances {
        if most.value < least {
            decisions.refuse(
                "fewer-than-least",
                format!(
                    "`most-instances = {}` ({}) is below the {least} that size = \"{}\" starts with",
                    most.value, most.place, asked.size
                ),
                format!("it is {least} at least"),
            );
        }
        decisions.configured(key, most.value.to_string(), &most.place, "configured");
        return most.value;
    }
    if !asked.is_production {
        return least;
    }
    let most = asked.size.facts().most_instances;
    decisions.choose(
        key,
        most.to_string(),
        Source::Default,
        "one more above 70 % CPU for 10 minutes, one less below 35 % for 15",
    );
    most
}

/// It costs nothing from the second instance on. Source: Reliability in Azure App Service.
fn zone_redundant(asked: &Asked<'_>, instances: u32, decisions: &mut Decisions) -> bool {
    let key = asked.key("zone-redundant");
    if let Some(wanted) = &asked.settings.zone_redundant {
        if wanted.value && instances < 2 {
            decisions.refuse(
                "zones-without-instances",
                format!(
                    "`zone-redundant` ({}) needs two instances, and size = \"{}\" has one",
                    wanted.place, asked.size
                ),
                format!("[environments.{}] size = \"small\"", asked.name),
            );
        }
        decisions.configured(key, wanted.value.to_string(), &wanted.place, "configured");
        return wanted.value;
    }
    if !asked.is_production {
        return false;
    }
    let has_zones = regions::facts(asked.region).is_some();
    let (value, reason) = match (instances, has_zones) {
        (1, _) => (false, "there is one instance only"),
        (_, true) => (true, "it costs nothing from the second instance on"),
        (_, false) => (false, "whether this region has zones is not known here"),
    };
    decisions.choose(key, value.to_string(), Source::Default, reason);
    value
}
