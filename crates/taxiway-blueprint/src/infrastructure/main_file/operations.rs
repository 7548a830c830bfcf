//! What surrounds the site: scaling, alerts, the budget, the region policy, private addresses of the site itself.

use taxiway_bicep::build::{
    BinaryOperator, Document, Module, Object, Value, conditional, name, text,
};

use super::super::shape::Shape;
use super::super::site::Site;
use super::READY;
use super::endpoints::{Zone, zone};
use super::modules::{is_given, optional, output, placed, placed_for};
use super::names::named;

pub(super) fn declare(sites: &[Site<'_>], shape: Shape, document: &mut Document) {
    let has_plan = sites.len() > 1;
    let plan_id = || output(if has_plan { "plan" } else { "appService" }, "planId");
    let workspace = || output("monitoring", "workspaceId");
    if shape.internal {
        let internal = || name("networkProfile").equals("internal");
        if has_plan {
            let named = Zone::Fixed("privatelink.azurewebsites.net");
            document.module(zone("site", named, internal()));
        }
        for site in sites {
            document.module(endpoints(site, internal(), has_plan));
        }
    }
    for site in sites.iter().filter(|site| site.shape().domains) {
        let module = site.symbol("appService");
        document.module(optional(
            &site.symbol("siteDomains"),
            ("domains", &site.deployment("domains")),
            name(site.symbol("bindsDomains")),
            placed_for(site)
                .with("siteName", output(&module, "siteName"))
                .with("planId", plan_id())
                .with("hosts", name(site.symbol("domains"))),
            &[],
        ));
    }
    if shape.autoscale {
        document.module(optional(
            "autoscale",
            ("autoscale", "autoscale"),
            name("mostInstances").binary(BinaryOperator::Greater, name("instances")),
            placed()
                .with("name", named("as"))
                .with("planId", plan_id())
                .with("workspaceId", workspace())
                .with("leastInstances", name("instances"))
                .with("mostInstances", name("mostInstances")),
            &[],
        ));
    }
    if shape.alerts {
        alerts(sites, shape, document);
    }
    if shape.budget {
        document.module(optional(
            "budget",
            ("budget", "budget"),
            name("budgetAmount").binary(BinaryOperator::Greater, Value::from(0)),
            Object::new()
                .with("name", named("budget"))
                .with("amount", name("budgetAmount"))
                .with("startDate", name("budgetStart"))
                .with("recipients", name("alertRecipients")),
            &[],
        ));
    }
    if shape.residency {
        document.module(optional(
            "residency",
            ("residency", "residency"),
            is_given("allowedLocations"),
            Object::new().with("allowedLocations", name("allowedLocations")),
            &[],
        ));
    }
}

fn endpoints(site: &Site<'_>, condition: Value, has_zone: bool) -> Module {
    let module = site.symbol("appService");
    let prefix = match site.name() {
        Some(service) => named("pep").literal(format!("-{service}")),
        None => named("pep"),
    };
    let mut parameters = placed_for(site).with("name", prefix);
    if !has_zone {
        parameters = parameters.with("networkId", name("networkId"));
    }
    optional(
        &site.symbol("siteEndpoints"),
        ("site-endpoints", &site.deployment("site-endpoints")),
        condition,
        parameters
            .with("subnetId", name("endpointSubnetId"))
            .with("siteId", output(&module, "siteId"))
            .with("slotName", output(&module, "slotName")),
        if has_zone {
            &["network", "siteZone"]
        } else {
            &["network"]
        },
    )
}

fn alerts(sites: &[Site<'_>], shape: Shape, document: &mut Document) {
    let (server, after): (Value, &[&str]) = if !shape.database {
        (Value::from(""), &[])
    } else if shape.external_database {
        let server = conditional(name("databaseIsExternal"), "", name("ownServerId"));
        (server, &["database"])
    } else {
        (output("database", "id"), &[])
    };
    let connections = if shape.database {
        name("databaseConnectionAlert")
    } else {
        Value::from(0)
    };
    let several = sites.len() > 1;
    let placed_here = if several {
        Object::new().with("tags", name("tags"))
    } else {
        placed()
    };
    let mut parameters = placed_here
        .with("environmentName", name("environmentName"))
        .with("groupName", named("ag"))
        .with("recipients", name("alertRecipients"));
    if !several {
        parameters = parameters.with("workspaceId", output("monitoring", "workspaceId"));
    }
    parameters = parameters.with("componentId", output("monitoring", "componentId"));
    if !several {
        parameters = parameters.with("siteId", output("appService", "siteId"));
    }
    let plan = if several { "plan" } else { "appService" };
    parameters = parameters
        .with("planId", output(plan, "planId"))
        .with("vaultId", output("keyVault", "id"))
        .with("databaseServerId", server)
        .with("databaseConnections", connections);
    if let [only] = sites {
        parameters = visitors(only, parameters);
    }
    document.module(optional(
        "alerts",
        ("alerts", "alerts"),
        name("hasAlerts"),
        parameters,
        after,
    ));
    for site in sites.iter().filter(|_| several) {
        document.module(site_alerts(site));
    }
    let ids: Vec<Value> = sites
        .iter()
        .map(|site| output(&site.symbol("appService"), "siteId"))
        .collect();
    let shown = placed()
        .with("title", named("workbook"))
        .with("workspaceId", output("monitoring", "workspaceId"));
    document.module(optional(
        "workbook",
        ("workbook", "workbook"),
        name("hasAlerts"),
        if several {
            shown.with("siteIds", Value::Array(ids))
        } else {
            shown.with("siteId", output("appService", "siteId"))
        },
        &[],
    ));
}

/// What is asked from outside, where anybody outside can.
fn visitors(site: &Site<'_>, parameters: Object) -> Object {
    let host = output(&site.symbol("appService"), "siteHostName");
    parameters.with("healthPath", READY).with(
        "testHost",
        conditional(name("hasAvailabilityTest"), host, ""),
    )
}

/// What is wrong with one of several sites. Its alerts are called after the environment, those of a further one after it too.
fn site_alerts(site: &Site<'_>) -> Module {
    let called = match site.name() {
        Some(service) => text()
            .value(name("environmentName"))
            .literal(format!("-{service}"))
            .into(),
        None => name("environmentName"),
    };
    let parameters = placed_for(site)
        .with("environmentName", called)
        .with("groupName", named("ag"))
        .with("workspaceId", output("monitoring", "workspaceId"))
        .with("componentId", output("monitoring", "componentId"))
        .with("siteId", output(&site.symbol("appService"), "siteId"));
    optional(
        &site.symbol("siteAlerts"),
        ("site-alerts", &site.deployment("site-alerts")),
        name("hasAlerts"),
        visitors(site, parameters),
        &["alerts"],
    )
}
