//! Groups, lists, tags, generic records, and refusals of what is not there.

use reqwest::Method;
use serde_json::{Value, json};

use crate::harness::{TestCloud, answer};

#[tokio::test]
async fn groups_are_made_changed_and_deleted_with_what_is_in_them() {
    let cloud = TestCloud::start().await;
    let group = cloud.group();
    cloud
        .call(Method::HEAD, &group, Value::Null)
        .await
        .expect(404);
    cloud
        .get(&group)
        .await
        .expect_error(404, "ResourceGroupNotFound");
    cloud
        .put(&group, json!({}))
        .await
        .expect_error(400, "LocationRequired");
    cloud
        .put(&group, json!({"location": "atlantis"}))
        .await
        .expect_error(400, "LocationNotAvailableForResourceType");
    let body = json!({"location": "Sweden Central", "tags": {"a": "b"}});
    let made = cloud
        .put(&group.replace("resourceGroups", "resourcegroups"), body)
        .await
        .expect(201);
    assert_eq!(made.body["id"], group.as_str());
    assert_eq!(made.body["location"], "swedencentral");
    cloud
        .put(&group, json!({"location": "westeurope"}))
        .await
        .expect_error(409, "InvalidResourceGroupLocation");
    cloud
        .call(Method::HEAD, &group, Value::Null)
        .await
        .expect(204);

    let identity = cloud.make_identity("worker").await;
    cloud
        .assign(
            &identity["principalId"],
            "acdd72a7-3385-48ef-bd42-f606fba81ae7",
            &group,
        )
        .await;
    let started = cloud.delete(&group).await.expect(202);
    assert!(
        started.headers.contains_key("retry-after"),
        "{:?}",
        started.headers
    );
    cloud.settled(&started).await.expect(204);
    cloud
        .get(&group)
        .await
        .expect_error(404, "ResourceGroupNotFound");
    let listed = cloud
        .get(&format!("{}/resources", cloud.subscription()))
        .await
        .expect(200);
    assert_eq!(listed.body["value"], json!([]));
    cloud.stop().await;
}

#[tokio::test]
async fn lists_are_filtered_as_clients_ask() {
    let cloud = TestCloud::start().await;
    cloud.make_group().await;
    cloud.make_identity("one").await;
    let workspace = format!(
        "{}/providers/Microsoft.OperationalInsights/workspaces/logs",
        cloud.group()
    );
    let body = json!({"location": "swedencentral", "tags": {"Team": "shop"}});
    cloud.put(&workspace, body).await.expect(201);
    let cases = [
        ("", 2),
        (
            "resourceType eq 'microsoft.operationalinsights/workspaces'",
            1,
        ),
        ("name eq 'ONE'", 1),
        ("tagname eq 'team' and tagvalue eq 'shop'", 1),
        ("tagname eq 'team' and tagvalue eq 'other'", 0),
        ("resourceGroup eq 'other'", 0),
    ];
    for (filter, count) in cases {
        let path = format!("{}/resources?$filter={filter}", cloud.subscription());
        let listed = cloud.get(&path).await.expect(200);
        assert_eq!(
            listed.body["value"].as_array().map(Vec::len),
            Some(count),
            "{filter}"
        );
    }
    let path = format!("{}/resources?$filter=owner eq 'x'", cloud.group());
    cloud
        .get(&path)
        .await
        .expect_error(400, "InvalidFilterInQueryString");
    cloud.stop().await;
}

#[tokio::test]
async fn monitoring_records_get_keys_that_stay() {
    let cloud = TestCloud::start().await;
    cloud.make_group().await;
    let workspace = format!(
        "{}/providers/Microsoft.OperationalInsights/workspaces/logs",
        cloud.group()
    );
    let component = format!(
        "{}/providers/microsoft.insights//components/app",
        cloud.group()
    );
    let body = |workspace: &str| json!({"location": "swedencentral", "kind": "web", "properties": {"Application_Type": "web", "WorkspaceResourceId": workspace}});
    cloud
        .put(&component, body(&workspace))
        .await
        .expect_error(400, "BadRequest");
    let made = cloud
        .put(&workspace, json!({"location": "swedencentral"}))
        .await
        .expect(201);
    assert_eq!(made.body["properties"]["retentionInDays"], 30);
    let first = cloud
        .put(&component, body(&workspace))
        .await
        .expect(201)
        .body;
    let second = cloud
        .put(&component, body(&workspace))
        .await
        .expect(200)
        .body;
    assert_eq!(
        first["properties"]["ConnectionString"],
        second["properties"]["ConnectionString"]
    );
    let text = first["properties"]["ConnectionString"]
        .as_str()
        .unwrap_or_default();
    assert!(
        text.contains("InstrumentationKey=")
            && text.contains("IngestionEndpoint=http://127.0.0.1:"),
        "{text}"
    );

    let setting = format!("{workspace}/providers/Microsoft.Insights/diagnosticSettings/all");
    cloud
        .put(&setting, json!({"properties": {"logs": []}}))
        .await
        .expect_error(400, "BadRequest");
    let body = json!({"properties": {"workspaceId": workspace, "logs": [{"categoryGroup": "audit", "enabled": true}]}});
    cloud.put(&setting, body).await.expect(201);
    cloud.delete(&workspace).await.expect(200);
    cloud
        .get(&setting)
        .await
        .expect_error(404, "ResourceNotFound");
    cloud.stop().await;
}

#[tokio::test]
async fn what_is_not_there_is_refused_in_azures_shape() {
    let cloud = TestCloud::start().await;
    cloud.make_group().await;
    let group = cloud.group();
    let subscription = cloud.subscription();
    let put = |kind: &str, name: &str| format!("{group}/providers/{kind}/{name}");
    let located = json!({"location": "swedencentral"});
    let cases = [
        (
            put("Microsoft.Nowhere/things", "x"),
            404,
            "InvalidResourceNamespace",
        ),
        (
            put("Microsoft.Web/certificateOrders", "x"),
            404,
            "InvalidResourceType",
        ),
        (
            put("Microsoft.KeyVault/vaults", "k_v"),
            400,
            "VaultNameNotValid",
        ),
        (
            put("Microsoft.OperationalInsights/workspaces", "log"),
            400,
            "InvalidResourceName",
        ),
        (
            put(
                "Microsoft.ManagedIdentity/userAssignedIdentities",
                "none/federatedIdentityCredentials/abc",
            ),
            404,
            "ParentResourceNotFound",
        ),
        (
            format!("{subscription}/resourceGroups/none/providers/Microsoft.KeyVault/vaults/kv1"),
            404,
            "ResourceGroupNotFound",
        ),
        (
            "/subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/rg".to_owned(),
            404,
            "SubscriptionNotFound",
        ),
    ];
    for (path, status, code) in cases {
        cloud
            .put(&path, located.clone())
            .await
            .expect_error(status, code);
    }
    let url = format!("{}{group}", cloud.host("management.localhost"));
    answer(cloud.client.get(&url).bearer_auth(&cloud.token))
        .await
        .expect_error(400, "MissingApiVersionParameter");
    let provider = cloud
        .get(&format!("{subscription}/providers/microsoft.web"))
        .await
        .expect(200);
    assert_eq!(provider.body["registrationState"], "Registered");
    cloud.stop().await;
}

#[tokio::test]
async fn tags_are_kept_apart_from_the_rest() {
    let cloud = TestCloud::start().await;
    cloud.make_group().await;
    let tags = format!(
        "{}/providers/Microsoft.Resources/tags/default",
        cloud.group()
    );
    let body = |tags: Value| json!({"properties": {"tags": tags}});
    cloud.put(&tags, body(json!({"a": "1"}))).await.expect(200);
    let patch = json!({"operation": "Merge", "properties": {"tags": {"b": "2"}}});
    let merged = cloud.call(Method::PATCH, &tags, patch).await.expect(200);
    assert_eq!(
        merged.body["properties"]["tags"],
        json!({"a": "1", "b": "2"})
    );
    let many: serde_json::Map<String, Value> = (0..51)
        .map(|number| (number.to_string(), json!("x")))
        .collect();
    cloud
        .put(&tags, body(Value::Object(many)))
        .await
        .expect_error(400, "TooManyTags");
    cloud.stop().await;
}
