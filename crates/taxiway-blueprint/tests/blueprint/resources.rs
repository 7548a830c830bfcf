//! The resources that production gets, evaluated from the generated Bicep.

use camino::Utf8Path;
use serde_json::{Map, Value, json};
use taxiway_arm::{Arguments, Context, ResourceGroup, Scope, Subscription, evaluate};
use taxiway_bicep::{compile, compile_parameters};
use taxiway_diagnostics::MemorySources;

use crate::sample::{SAMPLES, generate, platform};

/// What each secret is while the parameters are read; no resource may show it outside of the vault.
const SECRET: &str = "what nobody may see";

fn evaluated(sample: &str, environment: &str) -> Vec<Value> {
    let sources: MemorySources = generate(sample)
        .into_iter()
        .map(|file| (file.path, file.text))
        .collect();
    let main = Utf8Path::new("infrastructure/bicep/main.bicep");
    let template = compile(&sources, main).template.unwrap();
    let path = format!("infrastructure/bicep/main.{environment}.bicepparam");
    let variable = |name: &str| (name != "TAXIWAY_PYTHON").then(|| SECRET.to_owned());
    let compiled = compile_parameters(&sources, path.as_str().into(), &variable);
    assert_eq!(compiled.diagnostics, [], "{path}");
    let arguments = Arguments::from_json(&compiled.parameters.unwrap()["parameters"]).unwrap();
    let subscription = Subscription {
        id: "00000000-0000-0000-0000-000000000001".to_owned(),
        display_name: "Samples".to_owned(),
    };
    let group = ResourceGroup {
        name: format!("rg-{sample}-{environment}"),
        location: "westeurope".to_owned(),
        tags: Map::new(),
    };
    let context = Context::new(Scope::ResourceGroup(subscription, group));
    let evaluation = evaluate(&template, &arguments, &context);
    assert_eq!(evaluation.diagnostics, [], "{path}");
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
    let resources = evaluated("shop", "production");
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
