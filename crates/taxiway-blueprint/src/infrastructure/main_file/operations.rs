//! What surrounds the site: scaling, alerts, the budget, the region policy, private addresses of the site itself.

use taxiway_bicep::build::{BinaryOperator, Document, Object, Value, conditional, name};

use super::super::shape::Shape;
use super::READY;
use super::modules::{is_given, optional, output, placed};
use super::names::named;

pub(super) fn declare(shape: Shape, document: &mut Document) {
    let workspace = || output("monitoring", "workspaceId");
    if shape.internal {
        document.module(optional(
            "siteEndpoints",
            ("site-endpoints", "site-endpoints"),
            name("networkProfile").equals("internal"),
            placed()
                .with("name", named("pep"))
                .with("networkId", name("networkId"))
                .with("subnetId", name("endpointSubnetId"))
                .with("siteId", output("appService", "siteId"))
                .with("slotName", output("appService", "slotName")),
            &["network"],
        ));
    }
    if shape.domains {
        document.module(optional(
            "siteDomains",
            ("domains", "domains"),
            name("bindsDomains"),
            placed()
                .with("siteName", output("appService", "siteName"))
                .with("planId", output("appService", "planId"))
                .with("hosts", name("domains")),
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
                .with("planId", output("appService", "planId"))
                .with("workspaceId", workspace())
                .with("leastInstances", name("instances"))
                .with("mostInstances", name("mostInstances")),
            &[],
        ));
    }
    if shape.alerts {
        alerts(shape, document);
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

fn alerts(shape: Shape, document: &mut Document) {
    let server = name("resourceId").call([
        "Microsoft.DBforPostgreSQL/flexibleServers".into(),
        name("databaseServerName"),
    ]);
    let (server, after): (Value, &[&str]) = if !shape.database {
        (Value::from(""), &[])
    } else if shape.external_database {
        let server = conditional(name("databaseIsExternal"), "", server);
        (server, &["database"])
    } else {
        (output("database", "id"), &[])
    };
    let connections = if shape.database {
        name("databaseConnectionAlert")
    } else {
        Value::from(0)
    };
    document.module(optional(
        "alerts",
        ("alerts", "alerts"),
        name("hasAlerts"),
        placed()
            .with("environmentName", name("environmentName"))
            .with("groupName", named("ag"))
            .with("recipients", name("alertRecipients"))
            .with("workspaceId", output("monitoring", "workspaceId"))
            .with("componentId", output("monitoring", "componentId"))
            .with("siteId", output("appService", "siteId"))
            .with("planId", output("appService", "planId"))
            .with("vaultId", output("keyVault", "id"))
            .with("databaseServerId", server)
            .with("databaseConnections", connections)
            .with("healthPath", READY)
            .with(
                "testHost",
                conditional(
                    name("hasAvailabilityTest"),
                    output("appService", "siteHostName"),
                    "",
                ),
            ),
        after,
    ));
    document.module(optional(
        "workbook",
        ("workbook", "workbook"),
        name("hasAlerts"),
        placed()
            .with("title", named("workbook"))
            .with("workspaceId", output("monitoring", "workspaceId"))
            .with("siteId", output("appService", "siteId")),
        &[],
    ));
}
