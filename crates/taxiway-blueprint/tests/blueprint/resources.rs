//! The resources that production gets, evaluated from the generated Bicep.

use camino::Utf8Path;
use serde_json::{Map, Value, json};
use taxiway_arm::{Arguments, Context, ResourceGroup, Scope, Subscription, evaluate};
use taxiway_bicep::compile;
use taxiway_diagnostics::MemorySources;

use crate::sample::generate;

fn evaluated() -> Vec<Value> {
    let sources: MemorySources = generate("shop")
        .into_iter()
        .map(|file| (file.path, file.text))
        .collect();
    let main = Utf8Path::new("infrastructure/bicep/main.bicep");
    let template = compile(&sources, main).template.unwrap();
    let mut arguments = Arguments::new();
    for (name, value) in [
        ("environmentName", json!("production")),
        ("planSku", json!("P0v3")),
        ("instances", json!(2)),
        ("pythonVersion", json!("3.12")),
        ("domains", json!(["shop.example.com"])),
        ("databaseVersion", json!("16")),
        ("databaseSku", json!("Standard_D2ds_v5")),
        ("databaseTier", json!("GeneralPurpose")),
        ("databaseStorageGb", json!(32)),
        ("databaseBackupDays", json!(14)),
        ("databaseName", json!("shop")),
        ("databaseLogin", json!("shop_owner")),
        ("logRetentionDays", json!(90)),
        ("logDailyQuotaGb", json!(-1)),
        ("vaultSoftDeleteDays", json!(90)),
        ("vaultPurgeProtection", json!(true)),
        ("databasePassword", json!("a password")),
        ("djangoSecretKey", json!("a key")),
        ("secretStripeSecretKey", json!("another key")),
    ] {
        arguments.set(name, value);
    }
    let subscription = Subscription {
        id: "00000000-0000-0000-0000-000000000001".to_owned(),
        display_name: "Samples".to_owned(),
    };
    let group = ResourceGroup {
        name: "rg-shop-production".to_owned(),
        location: "westeurope".to_owned(),
        tags: Map::new(),
    };
    let context = Context::new(Scope::ResourceGroup(subscription, group));
    let evaluation = evaluate(&template, &arguments, &context);
    assert_eq!(evaluation.diagnostics, []);
    let resources = evaluation.resources.into_iter();
    resources
        .map(|resource| {
            json!({
                "type": format!("{}@{}", resource.resource_type, resource.api_version),
                "name": resource.name,
                "body": resource.body,
            })
        })
        .collect()
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
    let resources = evaluated();
    let lines = resources.iter().map(|resource| {
        let name = resource["name"].as_str().unwrap();
        let name = if name.starts_with('[') {
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
    Microsoft.KeyVault/vaults@2026-02-01 kv-sho-production-qizgqk
    Microsoft.Authorization/roleAssignments@2022-04-01 (known while it is deployed)
    Microsoft.Insights/diagnosticSettings@2021-05-01-preview to-workspace
    Microsoft.DBforPostgreSQL/flexibleServers@2025-08-01 psql-shop-production-qizgqk
    Microsoft.DBforPostgreSQL/flexibleServers/databases@2025-08-01 psql-shop-production-qizgqk/shop
    Microsoft.DBforPostgreSQL/flexibleServers/configurations@2025-08-01 psql-shop-production-qizgqk/azure.extensions
    Microsoft.DBforPostgreSQL/flexibleServers/configurations@2025-08-01 psql-shop-production-qizgqk/idle_in_transaction_session_timeout
    Microsoft.DBforPostgreSQL/flexibleServers/configurations@2025-08-01 psql-shop-production-qizgqk/log_lock_waits
    Microsoft.DBforPostgreSQL/flexibleServers/firewallRules@2025-08-01 psql-shop-production-qizgqk/azure-services
    Microsoft.Insights/diagnosticSettings@2021-05-01-preview to-workspace
    Microsoft.KeyVault/vaults/secrets@2026-02-01 kv-sho-production-qizgqk/database-url
    Microsoft.KeyVault/vaults/secrets@2026-02-01 kv-sho-production-qizgqk/database-password
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
    ");
}

#[test]
fn what_protects_the_site_protects_the_slot() {
    let resources = evaluated();
    let site = &only(&resources, "Microsoft.Web/sites")["body"];
    let slot = &only(&resources, "Microsoft.Web/sites/slots")["body"];
    assert_eq!(site["identity"], slot["identity"]);
    assert_eq!(site["properties"], slot["properties"]);
    let site_settings = &only(&resources, "Microsoft.Web/sites/slots/config")["body"];
    let settings = site_settings["properties"].to_string();
    assert!(settings.contains("database-url"), "{settings}");
    for secret in ["a password", "a key", "another key"] {
        assert!(!settings.contains(secret), "{secret} is among the settings");
    }
}

#[test]
fn names_keep_azures_limits() {
    let resources = evaluated();
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
