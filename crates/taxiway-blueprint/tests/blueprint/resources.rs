//! The resources that production gets, evaluated from the generated Bicep.

use serde_json::Value;
use taxiway_diagnostics::MemorySources;

use crate::evaluated::{SECRET, evaluated as evaluated_sources, template};
use crate::sample::{SAMPLES, generate, platform};

fn evaluated(sample: &str, environment: &str) -> Vec<Value> {
    let sources: MemorySources = generate(sample)
        .into_iter()
        .map(|file| (file.path, file.text))
        .collect();
    evaluated_sources(&template(&sources), &sources, sample, environment)
}

fn only<'a>(resources: &'a [Value], kind: &str) -> &'a Value {
    let mut found = resources.iter().filter(|resource| {
        resource["type"]
            .as_str()
            .unwrap()
            .starts_with(&format!("{kind}@"))
    });
    let first = found.next().unwrap_or_else(|| panic!("there is no {kind}"));
    assert!(found.next().is_none(), "there are several {kind}");
    first
}

#[test]
fn every_resource_is_there_after_what_it_needs() {
    let resources = evaluated("shop", "production");
    let lines = resources.iter().map(|resource| {
        let name = resource["name"].as_str().unwrap();
        let name = if name.contains('[') {
            "(known while it is deployed)"
        } else {
            name
        };
        format!("{} {name}", resource["type"].as_str().unwrap())
    });
    insta::assert_snapshot!(lines.collect::<Vec<_>>().join("\n"), @r"
    Microsoft.ManagedIdentity/userAssignedIdentities@2024-11-30 id-shop-production
    Microsoft.OperationalInsights/workspaces@2025-07-01 log-shop-production
    Microsoft.Insights/components@2020-02-02 appi-shop-production
    Microsoft.Insights/diagnosticSettings@2021-05-01-preview to-workspace
    Microsoft.Network/networkSecurityGroups@2025-05-01 nsg-vnet-shop-production-app
    Microsoft.Network/networkSecurityGroups@2025-05-01 nsg-vnet-shop-production-database
    Microsoft.Network/networkSecurityGroups@2025-05-01 nsg-vnet-shop-production-endpoints
    Microsoft.Network/virtualNetworks@2025-05-01 vnet-shop-production
    Microsoft.Network/privateDnsZones@2024-06-01 shop-production.private.postgres.database.azure.com
    Microsoft.Network/privateDnsZones/virtualNetworkLinks@2024-06-01 shop-production.private.postgres.database.azure.com/network
    Microsoft.Insights/diagnosticSettings@2021-05-01-preview to-workspace
    Microsoft.KeyVault/vaults@2026-02-01 kv-sho-production-qizgqk
    Microsoft.Authorization/roleAssignments@2022-04-01 (known while it is deployed)
    Microsoft.Insights/diagnosticSettings@2021-05-01-preview to-workspace
    Microsoft.Authorization/locks@2020-05-01 keep
    Microsoft.DBforPostgreSQL/flexibleServers@2025-08-01 psql-shop-production-qizgqk
    Microsoft.DBforPostgreSQL/flexibleServers/databases@2025-08-01 psql-shop-production-qizgqk/shop
    Microsoft.DBforPostgreSQL/flexibleServers/configurations@2025-08-01 psql-shop-production-qizgqk/azure.extensions
    Microsoft.DBforPostgreSQL/flexibleServers/configurations@2025-08-01 psql-shop-production-qizgqk/idle_in_transaction_session_timeout
    Microsoft.DBforPostgreSQL/flexibleServers/configurations@2025-08-01 psql-shop-production-qizgqk/log_lock_waits
    Microsoft.DBforPostgreSQL/flexibleServers/configurations@2025-08-01 psql-shop-production-qizgqk/log_connections
    Microsoft.DBforPostgreSQL/flexibleServers/configurations@2025-08-01 psql-shop-production-qizgqk/log_disconnections
    Microsoft.DBforPostgreSQL/flexibleServers/configurations@2025-08-01 psql-shop-production-qizgqk/log_checkpoints
    Microsoft.DBforPostgreSQL/flexibleServers/administrators@2025-08-01 (known while it is deployed)
    Microsoft.KeyVault/vaults/secrets@2026-02-01 kv-sho-production-qizgqk/database-url
    Microsoft.Insights/diagnosticSettings@2021-05-01-preview to-workspace
    Microsoft.Authorization/locks@2020-05-01 keep
    Microsoft.KeyVault/vaults/secrets@2026-02-01 kv-sho-production-qizgqk/django-secret-key
    Microsoft.KeyVault/vaults/secrets@2026-02-01 kv-sho-production-qizgqk/stripe-secret-key
    Microsoft.Web/serverfarms@2025-03-01 asp-shop-production
    Microsoft.Web/sites@2025-03-01 app-shop-production-qizgqk
    Microsoft.Web/sites/slots@2025-03-01 app-shop-production-qizgqk/staging
    Microsoft.Web/sites/config@2025-03-01 app-shop-production-qizgqk/slotConfigNames
    Microsoft.Web/sites/config@2025-03-01 app-shop-production-qizgqk/appsettings
    Microsoft.Web/sites/slots/config@2025-03-01 app-shop-production-qizgqk/staging/appsettings
    Microsoft.Web/sites/basicPublishingCredentialsPolicies@2025-03-01 app-shop-production-qizgqk/ftp
    Microsoft.Web/sites/basicPublishingCredentialsPolicies@2025-03-01 app-shop-production-qizgqk/scm
    Microsoft.Web/sites/slots/basicPublishingCredentialsPolicies@2025-03-01 app-shop-production-qizgqk/staging/ftp
    Microsoft.Web/sites/slots/basicPublishingCredentialsPolicies@2025-03-01 app-shop-production-qizgqk/staging/scm
    Microsoft.Insights/diagnosticSettings@2021-05-01-preview to-workspace
    Microsoft.Insights/diagnosticSettings@2021-05-01-preview to-workspace
    Microsoft.Insights/diagnosticSettings@2021-05-01-preview to-workspace
    Microsoft.Insights/autoscalesettings@2022-10-01 as-shop-production
    Microsoft.Insights/diagnosticSettings@2021-05-01-preview to-workspace
    Microsoft.Insights/actionGroups@2023-01-01 ag-shop-production
    Microsoft.Insights/scheduledQueryRules@2023-12-01 alert-production-errors
    Microsoft.Insights/scheduledQueryRules@2023-12-01 alert-production-latency
    Microsoft.Insights/metricAlerts@2018-03-01 alert-production-unhealthy
    Microsoft.Insights/metricAlerts@2018-03-01 alert-production-cpu
    Microsoft.Insights/metricAlerts@2018-03-01 alert-production-memory
    Microsoft.Insights/metricAlerts@2018-03-01 alert-production-vault
    Microsoft.Insights/metricAlerts@2018-03-01 alert-production-database-down
    Microsoft.Insights/metricAlerts@2018-03-01 alert-production-database-cpu
    Microsoft.Insights/metricAlerts@2018-03-01 alert-production-database-storage
    Microsoft.Insights/metricAlerts@2018-03-01 alert-production-database-connections
    Microsoft.Insights/metricAlerts@2018-03-01 alert-production-database-refusals
    Microsoft.Insights/activityLogAlerts@2020-10-01 alert-production-failed-deployment
    Microsoft.Insights/webtests@2022-06-15 test-production
    Microsoft.Insights/metricAlerts@2018-03-01 alert-production-unreachable
    microsoft.alertsManagement/smartDetectorAlertRules@2021-04-01 Failure Anomalies - appi-shop-production
    Microsoft.Insights/workbooks@2023-06-01 63521888-2fd2-58b2-9e64-85422ff99230
    ");
}

#[test]
fn what_protects_the_site_protects_the_slot() {
    let resources = evaluated("shop", "production");
    let site = &only(&resources, "Microsoft.Web/sites")["body"];
    let slot = &only(&resources, "Microsoft.Web/sites/slots")["body"];
    assert_eq!(site["identity"], slot["identity"]);
    assert_eq!(site["properties"], slot["properties"]);
    let slot_settings = &only(&resources, "Microsoft.Web/sites/slots/config")["body"];
    let settings = slot_settings["properties"].to_string();
    assert!(settings.contains("database-url"), "{settings}");
    let all = Value::from(resources.clone()).to_string();
    assert!(!all.contains(SECRET), "a secret is in the open");
}

#[test]
fn every_environment_of_every_sample_evaluates() {
    for sample in SAMPLES {
        let (_, platform) = platform(sample);
        for environment in &platform.environments {
            let resources = evaluated(sample, &environment.name);
            let plan = &only(&resources, "Microsoft.Web/serverfarms")["body"]["sku"];
            assert_eq!(
                plan["name"], *environment.plan.sku,
                "{sample} {}",
                environment.name
            );
            assert_eq!(plan["capacity"], environment.plan.instances);
            if !platform.service.has_database {
                continue;
            }
            let server = &only(&resources, "Microsoft.DBforPostgreSQL/flexibleServers")["body"];
            assert_eq!(server["sku"]["name"], *environment.database.sku);
        }
    }
}

#[test]
fn names_keep_azures_limits() {
    let resources = evaluated("shop", "production");
    for (kind, limit) in [
        ("Microsoft.KeyVault/vaults", 24),
        ("Microsoft.Web/sites", 51),
        ("Microsoft.DBforPostgreSQL/flexibleServers", 63),
    ] {
        let name = only(&resources, kind)["name"].as_str().unwrap();
        assert!(name.len() <= limit, "{name}");
        assert!(name.contains("-production-"), "{name}");
    }
}

/// Each environment has a deployer that only its own jobs become; one reader reads them all.
#[test]
fn the_pipelines_are_who_their_workflows_sign_in_as() {
    let sources = generate("shop")
        .into_iter()
        .map(|file| (file.path, file.text))
        .collect::<MemorySources>();
    let template = crate::evaluated::template_of(&sources, "pipeline");
    let lines: Vec<String> = ["staging", "production"]
        .into_iter()
        .flat_map(|environment| {
            let resources = crate::evaluated::evaluated_with(
                &template,
                &sources,
                "shop",
                ("pipeline", environment),
            );
            resources.into_iter().map(move |resource| {
                let kind = resource["type"].as_str().unwrap().to_owned();
                let kind = kind.rsplit('/').next().unwrap().split('@').next().unwrap();
                let body = &resource["body"]["properties"];
                let what = ["subject", "roleName", "description"]
                    .iter()
                    .find_map(|name| body[*name].as_str())
                    .or(resource["name"].as_str())
                    .unwrap();
                format!("{environment} {kind}: {what}")
            })
        })
        .collect();
    insta::assert_snapshot!(lines.join("\n"), @"
    staging userAssignedIdentities: id-shop-staging-deploy
    staging federatedIdentityCredentials: repo:shop-team@4711/shop@815:environment:staging
    staging userAssignedIdentities: id-shop-plan
    staging federatedIdentityCredentials: repo:shop-team@4711/shop@815:pull_request
    staging federatedIdentityCredentials: repo:shop-team@4711/shop@815:ref:refs/heads/main
    staging roleDefinitions: Taxiway deployer of rg-shop-staging
    staging roleAssignments: The pipeline deploys to this group, and to no other.
    staging roleAssignments: The pipeline gives the app the roles of main.bicep.
    staging roleDefinitions: Taxiway reader of rg-shop-staging
    staging roleAssignments: Pull requests show what they would change; a schedule finds what was changed by hand.
    production userAssignedIdentities: id-shop-production-deploy
    production federatedIdentityCredentials: repo:shop-team@4711/shop@815:environment:production
    production roleDefinitions: Taxiway deployer of rg-shop-production
    production roleAssignments: The pipeline deploys to this group, and to no other.
    production roleAssignments: The pipeline gives the app the roles of main.bicep.
    production roleDefinitions: Taxiway reader of rg-shop-production
    production roleAssignments: Pull requests show what they would change; a schedule finds what was changed by hand.
    ");
}
