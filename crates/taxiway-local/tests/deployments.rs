//! Deployments: order, outputs, secrets, failures.

use reqwest::Method;
use serde_json::{Value, json};

use crate::harness::{TestCloud, answer};

const SCHEMA: &str =
    "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#";

fn path(cloud: &TestCloud, name: &str) -> String {
    format!(
        "{}/providers/Microsoft.Resources/deployments/{name}",
        cloud.group()
    )
}

fn template(parts: Value) -> Value {
    let mut template = json!({"$schema": SCHEMA, "contentVersion": "1.0.0.0"});
    for (name, value) in parts.as_object().expect("an object") {
        template[name] = value.clone();
    }
    template
}

fn deployment(template: &Value, parameters: Value) -> Value {
    json!({"properties": {"mode": "Incremental", "template": template, "parameters": parameters}})
}

/// A vault, a secret in it from a secure parameter, and a nested deployment of an alert's receiver.
fn vault_template(cloud: &TestCloud) -> Value {
    let vault_id = "[resourceId('Microsoft.KeyVault/vaults', 'kv-deploy')]";
    template(json!({
        "parameters": {"password": {"type": "secureString"}, "size": {"type": "int", "defaultValue": 2}},
        "resources": [
            {
                "type": "Microsoft.KeyVault/vaults/secrets", "apiVersion": "2023-07-01", "name": "kv-deploy/password",
                "properties": {"value": "[parameters('password')]"}, "dependsOn": [vault_id]
            },
            {
                "type": "Microsoft.KeyVault/vaults", "apiVersion": "2023-07-01", "name": "kv-deploy",
                "location": "[resourceGroup().location]",
                "properties": {"tenantId": cloud.tenant(), "sku": {"family": "A", "name": "standard"}, "enabledForTemplateDeployment": true}
            },
            {
                "type": "Microsoft.Resources/deployments", "apiVersion": "2025-04-01", "name": "inner",
                "properties": {
                    "mode": "Incremental", "expressionEvaluationOptions": {"scope": "inner"},
                    "parameters": {"password": {"value": "[parameters('password')]"}},
                    "template": template(json!({
                        "parameters": {"password": {"type": "secureString"}},
                        "resources": [{
                            "type": "Microsoft.Insights/actionGroups", "apiVersion": "2023-01-01", "name": "receivers",
                            "location": "global", "properties": {"groupShortName": "ops"}
                        }],
                        "outputs": {"length": {"type": "int", "value": "[length(parameters('password'))]"}}
                    }))
                }
            }
        ],
        "outputs": {
            "uri": {"type": "string", "value": "[reference(resourceId('Microsoft.KeyVault/vaults', 'kv-deploy'), '2023-07-01').vaultUri]"},
            "length": {"type": "int", "value": "[reference(resourceId('Microsoft.Resources/deployments', 'inner'), '2025-04-01').outputs.length.value]"},
            "password": {"type": "secureString", "value": "[parameters('password')]"}
        }
    }))
}

#[tokio::test]
async fn a_template_is_deployed_and_its_secrets_stay_hidden() {
    let cloud = TestCloud::start().await;
    cloud.make_group().await;
    let template = vault_template(&cloud);
    let body = deployment(&template, json!({"password": {"value": "very-secret"}}));
    let validated = cloud
        .post(&format!("{}/validate", path(&cloud, "first")), body.clone())
        .await
        .expect(200);
    assert_eq!(
        validated.body["properties"]["validatedResources"]
            .as_array()
            .map(Vec::len),
        Some(3)
    );
    cloud
        .get(&path(&cloud, "first"))
        .await
        .expect_error(404, "DeploymentNotFound");

    let started = cloud
        .put(&path(&cloud, "first"), body.clone())
        .await
        .expect(201);
    assert!(
        started.headers.contains_key("retry-after"),
        "{:?}",
        started.headers
    );
    assert!(
        !started.headers.contains_key("location"),
        "{:?}",
        started.headers
    );
    let status = cloud.finished(&started).await;
    assert_eq!(status["status"], "Succeeded", "{status:#}");
    let done = cloud.get(&path(&cloud, "first")).await.expect(200).body;
    let outputs = &done["properties"]["outputs"];
    let uri = format!(
        "https://kv-deploy.vault.localhost:{}/",
        cloud.ports.front_door
    );
    assert_eq!(outputs["uri"]["value"], uri.as_str());
    assert_eq!(outputs["length"]["value"], 11);
    assert_eq!(outputs["password"], json!({"type": "SecureString"}));
    assert_eq!(
        done["properties"]["parameters"]["size"],
        json!({"type": "Int", "value": 2})
    );
    let operations = cloud
        .get(&format!("{}/deployments/first/operations", cloud.group()))
        .await
        .expect(200)
        .body;
    assert_eq!(operations["value"].as_array().map(Vec::len), Some(3));
    let exported = cloud
        .post(
            &format!("{}/exportTemplate", path(&cloud, "first")),
            Value::Null,
        )
        .await
        .expect(200);
    assert_eq!(exported.body["template"], template);
    let nested = cloud.get(&path(&cloud, "inner")).await.expect(200).body;
    for shown in [&done, &operations, &nested] {
        assert!(!shown.to_string().contains("very-secret"), "{shown:#}");
    }

    // Later deployments take the value from the vault, and what-if sees no change.
    let vault = format!(
        "{}/providers/Microsoft.KeyVault/vaults/kv-deploy",
        cloud.group()
    );
    let reference =
        json!({"password": {"reference": {"keyVault": {"id": vault}, "secretName": "password"}}});
    let started = cloud
        .put(
            &path(&cloud, "second"),
            deployment(&template, reference.clone()),
        )
        .await
        .expect(201);
    assert_eq!(cloud.finished(&started).await["status"], "Succeeded");
    let started = cloud
        .post(
            &format!("{}/whatIf", path(&cloud, "third")),
            deployment(&template, reference),
        )
        .await
        .expect(202);
    let answer = cloud.settled(&started).await.expect(200).body;
    let changes: Vec<&str> = answer["properties"]["changes"]
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(|change| change["changeType"].as_str())
        .collect();
    assert_eq!(changes, ["NoChange", "NoChange", "NoChange"], "{answer:#}");
    cloud.stop().await;
}

#[tokio::test]
async fn a_body_as_az_writes_it_is_read() {
    let cloud = TestCloud::start().await;
    cloud.make_group().await;
    let body = format!(
        "{{\"properties\": {{\"parameters\": {{}}, \"mode\": \"Incremental\", template:{{\n  // nothing yet\n  \"$schema\": \"{SCHEMA}\",\n  \"contentVersion\": \"1.0.0.0\", /* really */ \"resources\": [],\n}}}}}}"
    );
    let url = format!(
        "{}{}?api-version=2025-04-01",
        cloud.host("management.localhost"),
        path(&cloud, "az")
    );
    let request = cloud.client.put(url).bearer_auth(&cloud.token).body(body);
    let started = answer(request).await.expect(201);
    assert_eq!(cloud.finished(&started).await["status"], "Succeeded");
    cloud.stop().await;
}

#[tokio::test]
async fn bad_templates_are_refused_before_anything_is_made() {
    let cloud = TestCloud::start().await;
    cloud.make_group().await;
    let resource = |kind: &str, name: &str| {
        template(
            json!({"resources": [{"type": kind, "apiVersion": "2023-01-01", "name": name, "location": "swedencentral", "properties": {}}]}),
        )
    };
    let cases = [
        (
            resource("Microsoft.KeyVault/vaults", "[parameters('missing')]"),
            "InvalidTemplate",
        ),
        (
            resource("Microsoft.Nowhere/things", "x"),
            "InvalidTemplateDeployment",
        ),
        (
            resource("Microsoft.KeyVault/vaults", "k_v"),
            "InvalidTemplateDeployment",
        ),
    ];
    for (template, code) in cases {
        let body = deployment(&template, json!({}));
        cloud
            .put(&path(&cloud, "bad"), body.clone())
            .await
            .expect_error(400, code);
        cloud
            .post(&format!("{}/validate", path(&cloud, "bad")), body)
            .await
            .expect_error(400, code);
    }
    let secret = vault_template(&cloud);
    cloud
        .put(&path(&cloud, "bad"), deployment(&secret, json!({})))
        .await
        .expect(400);
    let vault = format!("{}/providers/Microsoft.KeyVault/vaults/none", cloud.group());
    let reference =
        json!({"password": {"reference": {"keyVault": {"id": vault}, "secretName": "x"}}});
    cloud
        .put(&path(&cloud, "bad"), deployment(&secret, reference))
        .await
        .expect_error(400, "KeyVaultParameterReferenceNotFound");
    let listed = cloud
        .get(&format!(
            "{}/providers/Microsoft.Resources/deployments/",
            cloud.group()
        ))
        .await
        .expect(200);
    assert_eq!(listed.body["value"], json!([]));
    cloud.stop().await;
}

#[tokio::test]
async fn a_failure_names_the_resource_and_stops_what_depends_on_it() {
    let cloud = TestCloud::start().await;
    cloud.make_group().await;
    let workspace = "[resourceId('Microsoft.OperationalInsights/workspaces', 'logs')]";
    let template = template(json!({"resources": [
        {"type": "Microsoft.OperationalInsights/workspaces", "apiVersion": "2025-02-01", "name": "logs", "location": "swedencentral", "properties": {"retentionInDays": 5}},
        {"type": "Microsoft.Insights/components", "apiVersion": "2020-02-02", "name": "app", "location": "swedencentral", "kind": "web",
         "properties": {"Application_Type": "web", "WorkspaceResourceId": workspace}, "dependsOn": [workspace]}
    ]}));
    let started = cloud
        .put(&path(&cloud, "fails"), deployment(&template, json!({})))
        .await
        .expect(201);
    let status = cloud.finished(&started).await;
    assert_eq!(status["status"], "Failed");
    assert_eq!(status["error"]["code"], "DeploymentFailed");
    let cause = &status["error"]["details"][0];
    assert_eq!(cause["code"], "InvalidParameter");
    assert!(
        cause["target"]
            .as_str()
            .is_some_and(|target| target.ends_with("/workspaces/logs")),
        "{status:#}"
    );
    let done = cloud.get(&path(&cloud, "fails")).await.expect(200).body;
    assert_eq!(done["properties"]["provisioningState"], "Failed");
    let component = format!(
        "{}/providers/Microsoft.Insights/components/app",
        cloud.group()
    );
    cloud.get(&component).await.expect(404);
    cloud
        .post(&format!("{}/cancel", path(&cloud, "fails")), Value::Null)
        .await
        .expect_error(409, "DeploymentCannotBeCancelled");
    cloud
        .call(Method::DELETE, &path(&cloud, "fails"), Value::Null)
        .await
        .expect(204);
    cloud.stop().await;
}

#[tokio::test]
async fn complete_mode_removes_what_the_template_lacks() {
    let cloud = TestCloud::start().await;
    cloud.make_group().await;
    cloud.make_identity("gone").await;
    let template = template(json!({"resources": [
        {"type": "Microsoft.ManagedIdentity/userAssignedIdentities", "apiVersion": "2024-11-30", "name": "kept", "location": "swedencentral"}
    ]}));
    let mut body = deployment(&template, json!({}));
    body["properties"]["mode"] = json!("Complete");
    let started = cloud.put(&path(&cloud, "whole"), body).await.expect(201);
    assert_eq!(cloud.finished(&started).await["status"], "Succeeded");
    let listed = cloud
        .get(&format!("{}/resources", cloud.group()))
        .await
        .expect(200)
        .body;
    let names: Vec<&str> = listed["value"]
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(|item| item["name"].as_str())
        .collect();
    assert_eq!(names, ["kept"]);
    cloud.stop().await;
}

/// What names follow from, what a GET leaves out, and what is linked by a tag: none of it is a change.
#[tokio::test]
async fn a_second_plan_is_empty() {
    let cloud = TestCloud::start().await;
    cloud.make_group().await;
    let identity = "resourceId('Microsoft.ManagedIdentity/userAssignedIdentities', 'id-shop')";
    let principal = format!("reference({identity}, '2024-11-30').principalId");
    let web = "2025-03-01";
    let template = template(json!({"resources": [
        {
            "type": "Microsoft.ManagedIdentity/userAssignedIdentities", "apiVersion": "2024-11-30", "name": "id-shop",
            "location": "swedencentral"
        },
        {
            "type": "Microsoft.Resources/deployments", "apiVersion": "2025-04-01", "name": "role",
            "dependsOn": [format!("[{identity}]")],
            "properties": {
                "mode": "Incremental", "expressionEvaluationOptions": {"scope": "inner"},
                "parameters": {"principal": {"value": format!("[{principal}]")}},
                "template": template(json!({
                    "parameters": {"principal": {"type": "string"}},
                    "resources": [{
                        "type": "Microsoft.Authorization/roleAssignments", "apiVersion": "2022-04-01",
                        "name": "[guid(resourceGroup().id, parameters('principal'))]",
                        "properties": {
                            "roleDefinitionId": "[subscriptionResourceId('Microsoft.Authorization/roleDefinitions', 'acdd72a7-3385-48ef-bd42-f606fba81ae7')]",
                            "principalId": "[parameters('principal')]", "principalType": "ServicePrincipal"
                        }
                    }]
                }))
            }
        },
        {
            "type": "Microsoft.Web/serverfarms", "apiVersion": web, "name": "plan", "location": "swedencentral",
            "kind": "linux", "sku": {"name": "B1"}, "properties": {"reserved": true}
        },
        {
            "type": "Microsoft.Web/sites", "apiVersion": web, "name": "shop-plan", "location": "swedencentral", "kind": "app,linux",
            "dependsOn": ["[resourceId('Microsoft.Web/serverfarms', 'plan')]"],
            "properties": {
                "serverFarmId": "[resourceId('Microsoft.Web/serverfarms', 'plan')]",
                "siteConfig": {"linuxFxVersion": "PYTHON|3.12", "alwaysOn": true, "acrUserManagedIdentityID": null}
            }
        },
        {
            "type": "Microsoft.Insights/webtests", "apiVersion": "2022-06-15", "name": "test", "location": "swedencentral", "kind": "standard",
            "tags": {"[format('hidden-link:{0}', resourceId('Microsoft.Insights/components', 'appi'))]": "Resource"},
            "properties": {"Kind": "standard", "Name": "test", "SyntheticMonitorId": "test", "Locations": []}
        }
    ]}));
    let body = deployment(&template, json!({}));
    let started = cloud
        .put(&path(&cloud, "main"), body.clone())
        .await
        .expect(201);
    let status = cloud.finished(&started).await;
    assert_eq!(status["status"], "Succeeded", "{status:#}");

    let started = cloud
        .post(&format!("{}/whatIf", path(&cloud, "main")), body)
        .await
        .expect(202);
    let answer = cloud.settled(&started).await.expect(200).body;
    let changes: Vec<&str> = answer["properties"]["changes"]
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(|change| change["changeType"].as_str())
        .collect();
    assert_eq!(changes, ["NoChange"; 5], "{answer:#}");
    cloud.stop().await;
}
