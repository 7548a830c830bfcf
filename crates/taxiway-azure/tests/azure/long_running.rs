//! The three styles of long-running operations, from first answer to result.

use serde_json::json;
use taxiway_azure::{DeploymentId, Mode, NewDeployment, ResourceGroupId, SiteId};

use crate::server::{Server, json, reply};

const X: &str = "/subscriptions/s/resourceGroups/g/providers/Microsoft.Test/things/x";

#[tokio::test]
async fn a_status_is_followed_and_the_resource_is_read_afterwards() {
    let server = Server::start().await;
    let status = server.at("management", "/status");
    server.on(
        &format!("PUT management.localhost {X}"),
        [reply(201, "")
            .header("azure-asyncoperation", status)
            .at_once()],
    );
    let running = json(json!({"status": "InProgress"})).at_once();
    server.on(
        "GET management.localhost /status",
        [
            running.clone(),
            running,
            json(json!({"status": "Succeeded"})),
        ],
    );
    server.on(
        &format!("GET management.localhost {X}"),
        [json(json!({"id": X}))],
    );
    let made = server
        .azure()
        .put(X, "2025-01-01", json!({}))
        .await
        .unwrap();
    assert_eq!(made["id"], X);
    assert_eq!(
        server
            .calls()
            .iter()
            .filter(|call| call.ends_with("/status"))
            .count(),
        3
    );
}

#[tokio::test]
async fn a_location_is_followed_where_it_moves_and_gives_the_result() {
    let server = Server::start().await;
    server.on(
        &format!("POST management.localhost {X}/act"),
        [reply(202, "")
            .header("location", server.at("management", "/one"))
            .at_once()],
    );
    server.on(
        "GET management.localhost /one",
        [reply(202, "").header("location", "/two").at_once()],
    );
    server.on(
        "GET management.localhost /two",
        [json(json!({"done": true}))],
    );
    let result = server
        .azure()
        .post(&format!("{X}/act"), "2025-01-01", None)
        .await
        .unwrap();
    assert_eq!(result, json!({"done": true}));
}

#[tokio::test]
async fn a_resource_that_is_being_made_is_read_until_it_is() {
    let server = Server::start().await;
    let state = |state: &str| json(json!({"properties": {"provisioningState": state}})).at_once();
    server.on(
        &format!("PUT management.localhost {X}"),
        [state("Creating")],
    );
    server.on(
        &format!("GET management.localhost {X}"),
        [state("Creating"), state("Succeeded")],
    );
    server
        .azure()
        .put(X, "2025-01-01", json!({}))
        .await
        .unwrap();
    assert_eq!(server.calls().len(), 3);
}

#[tokio::test]
async fn a_failed_operation_tells_its_leaf_cause() {
    let server = Server::start().await;
    server.on(
        &format!("PUT management.localhost {X}"),
        [reply(202, "")
            .header("azure-asyncoperation", "/status")
            .at_once()],
    );
    let nested = json!({"status": "Failed", "error": {"code": "DeploymentFailed", "message": "At least one resource failed.", "details": [
        {"code": "BadRequest", "message": json!({"error": {"code": "VaultAlreadyExists", "message": "The vault name 'kv' is already in use."}}).to_string()}]}});
    server.on("GET management.localhost /status", [json(nested)]);
    let error = server
        .azure()
        .put(X, "2025-01-01", json!({}))
        .await
        .unwrap_err();
    assert_eq!(
        error.to_string(),
        "VaultAlreadyExists: The vault name 'kv' is already in use"
    );
    assert!(error.hint().unwrap().contains("soft-deleted"));
}

#[tokio::test]
async fn a_token_is_not_sent_where_an_operation_leads_astray() {
    let server = Server::start().await;
    server.on(
        &format!("PUT management.localhost {X}"),
        [reply(202, "")
            .header("location", server.at("elsewhere", "/steal"))
            .at_once()],
    );
    let error = server
        .azure()
        .put(X, "2025-01-01", json!({}))
        .await
        .unwrap_err();
    assert!(
        error
            .to_string()
            .contains("a token is not sent to `https://elsewhere.localhost`"),
        "{error}"
    );
    assert!(!server.calls().iter().any(|call| call.contains("elsewhere")));
}

#[tokio::test]
async fn deleting_what_is_gone_is_fine() {
    let server = Server::start().await;
    server.azure().delete(X, "2025-01-01").await.unwrap();
    server.on(
        &format!("DELETE management.localhost {X}"),
        [reply(202, "").header("location", "/gone").at_once()],
    );
    server.azure().delete(X, "2025-01-01").await.unwrap();
}

#[tokio::test]
async fn a_swap_is_waited_for_and_never_sent_twice() {
    let server = Server::start().await;
    let site = SiteId::new(ResourceGroupId::new("s", "g"), "shop");
    let path = "/subscriptions/s/resourceGroups/g/providers/Microsoft.Web/sites/shop";
    let swap = format!("POST management.localhost {path}/slotsswap");
    server.on(
        &swap,
        [reply(202, "").header("location", "/swap").at_once()],
    );
    server.on(
        "GET management.localhost /swap",
        [reply(202, "").at_once(), reply(200, "")],
    );
    server.azure().swap_slot(&site, "staging").await.unwrap();
    let asked = server.asked();
    let sent = asked.iter().find(|asked| asked.call == swap).unwrap();
    assert_eq!(sent.body, r#"{"targetSlot":"staging","preserveVnet":true}"#);
    for status in [503, 409, 429] {
        let server = Server::start().await;
        server.on(&swap, [reply(status, ""), reply(200, "")]);
        server
            .azure()
            .swap_slot(&site, "staging")
            .await
            .unwrap_err();
        assert_eq!(server.calls().len(), 1, "{status}");
    }
}

#[tokio::test]
async fn a_deployment_reports_each_operation_and_the_first_cause() {
    let server = Server::start().await;
    let id = DeploymentId::new(ResourceGroupId::new("s", "g"), "taxiway");
    let path =
        "/subscriptions/s/resourceGroups/g/providers/Microsoft.Resources/deployments/taxiway";
    let operations =
        "GET management.localhost /subscriptions/s/resourceGroups/g/deployments/taxiway/operations";
    let state = |state: &str| {
        json(json!({"name": "taxiway", "properties": {"provisioningState": state, "error": {"code": "DeploymentFailed", "message": "outer"}}})).at_once()
    };
    let operation = |name: &str, state: &str, message: serde_json::Value| {
        json!({"operationId": name, "properties": {"provisioningOperation": "Create", "provisioningState": state, "statusMessage": message,
            "targetResource": {"id": format!("/r/{name}"), "resourceType": "T", "resourceName": name}}})
    };
    server.on(
        &format!("PUT management.localhost {path}"),
        [
            reply(
                409,
                r#"{"error":{"code":"DeploymentActive","message":"running"}}"#,
            ),
            reply(201, "{}"),
        ],
    );
    server.on(
        &format!("GET management.localhost {path}"),
        [state("Succeeded"), state("Running"), state("Failed")],
    );
    server.on(operations, [
        json(json!({"value": []})),
        json(json!({"value": [operation("plan", "Succeeded", json!(null)), operation("site", "Running", json!(null))]})),
        json(json!({"value": [operation("plan", "Succeeded", json!(null)), operation("site", "Failed", json!({"error": {"code": "WebsiteAlreadyExists", "message": "taken"}}))]})),
    ]);
    let seen = std::sync::Mutex::new(Vec::new());
    let new = NewDeployment {
        template: json!({}),
        parameters: serde_json::Map::new(),
        mode: Mode::Incremental,
    };
    let error = server
        .azure()
        .deploy(&id, &new, &|operation| {
            seen.lock().unwrap().push(format!(
                "{} {}",
                operation.resource_name.as_deref().unwrap(),
                operation.state
            ))
        })
        .await
        .unwrap_err();
    assert_eq!(error.to_string(), "WebsiteAlreadyExists: taken");
    assert_eq!(error.service().unwrap().target.as_deref(), Some("/r/site"));
    assert_eq!(
        seen.into_inner().unwrap(),
        ["plan Succeeded", "site Running", "site Failed"]
    );
}
