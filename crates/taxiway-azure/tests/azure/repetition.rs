//! What is sent again, when, and with which token.

use std::time::{Duration, Instant};

use serde_json::json;

use crate::server::{Server, json, reply};

const X: &str = "/subscriptions/s/resourceGroups/g";

#[tokio::test]
async fn a_busy_service_is_asked_again_after_the_time_it_names() {
    let server = Server::start().await;
    let busy = |status: u16| reply(status, "").header("retry-after", "0.15");
    server.on(
        &format!("GET management.localhost {X}"),
        [busy(429), busy(503), json(json!({"name": "g"}))],
    );
    let begun = Instant::now();
    let found = server.azure().get(X, "2025-04-01").await.unwrap();
    assert_eq!(found["name"], "g");
    assert!(
        begun.elapsed() >= Duration::from_millis(300),
        "{:?}",
        begun.elapsed()
    );
    assert_eq!(server.calls().len(), 3);
}

#[tokio::test]
async fn a_service_that_stays_busy_is_given_up() {
    let server = Server::start().await;
    server.on(
        &format!("GET management.localhost {X}"),
        [reply(503, "Service Unavailable")],
    );
    let error = server.azure().get(X, "2025-04-01").await.unwrap_err();
    assert_eq!(
        error.to_string(),
        format!("`GET {X}` answered 503: Service Unavailable")
    );
    assert_eq!(server.calls().len(), 9);
}

#[tokio::test]
async fn an_action_is_not_sent_again_when_it_may_have_been_done() {
    let server = Server::start().await;
    server.on(
        &format!("POST management.localhost {X}/act"),
        [reply(503, "")],
    );
    server
        .azure()
        .post(&format!("{X}/act"), "2025-04-01", None)
        .await
        .unwrap_err();
    assert_eq!(server.calls().len(), 1);
}

#[tokio::test]
async fn a_site_that_is_busy_is_waited_for_and_a_vault_is_not() {
    let server = Server::start().await;
    let site = format!("{X}/providers/Microsoft.Web/sites/shop");
    let conflict = reply(
        409,
        r#"{"Code":"Conflict","Message":"Another operation is in progress."}"#,
    );
    server.on(
        &format!("PUT management.localhost {site}"),
        [conflict.clone(), json(json!({}))],
    );
    server
        .azure()
        .put(&site, "2025-03-01", json!({}))
        .await
        .unwrap();
    let vault = format!("{X}/providers/Microsoft.KeyVault/vaults/kv");
    server.on(
        &format!("PUT management.localhost {vault}"),
        [conflict, json(json!({}))],
    );
    server
        .azure()
        .put(&vault, "2025-05-01", json!({}))
        .await
        .unwrap_err();
}

#[tokio::test]
async fn a_refused_token_is_renewed_once() {
    let server = Server::start().await;
    let refused = reply(
        401,
        r#"{"error":{"code":"ExpiredAuthenticationToken","message":"The access token expired."}}"#,
    );
    server.on(
        &format!("GET management.localhost {X}"),
        [refused.clone(), json(json!({}))],
    );
    let azure = server.azure();
    azure.get(X, "2025-04-01").await.unwrap();
    let tokens: Vec<Option<String>> = server
        .asked()
        .into_iter()
        .filter(|asked| asked.call.starts_with("GET"))
        .map(|asked| asked.token)
        .collect();
    assert_eq!(
        tokens,
        [
            Some("Bearer token-1".to_owned()),
            Some("Bearer token-2".to_owned())
        ]
    );
    server.on(&format!("GET management.localhost {X}"), [refused]);
    let error = azure.get(X, "2025-04-01").await.unwrap_err();
    assert_eq!(error.service().unwrap().status, 401);
}

#[tokio::test]
async fn a_redirect_is_not_followed_with_the_token() {
    let server = Server::start().await;
    server.on(
        &format!("GET management.localhost {X}"),
        [reply(302, "").header("location", server.at("elsewhere", "/steal"))],
    );
    server.on("GET elsewhere.localhost /steal", [json(json!({}))]);
    server.azure().get(X, "2025-04-01").await.unwrap_err();
    assert_eq!(server.calls(), [format!("GET management.localhost {X}")]);
}

#[tokio::test]
async fn pages_are_followed_on_the_same_host_alone() {
    let server = Server::start().await;
    let page = |name: &str, next: Option<String>| {
        json(json!({"value": [{"id": name, "name": name, "type": "T"}], "nextLink": next}))
    };
    let group = taxiway_azure::ResourceGroupId::new("s", "g");
    let list = format!("GET management.localhost {X}/resources");
    server.on(
        &list,
        [
            page("a", Some(server.at("management", "/next"))),
            page("a", Some(server.at("elsewhere", "/next"))),
        ],
    );
    server.on("GET management.localhost /next", [page("b", None)]);
    let azure = server.azure();
    let names: Vec<String> = azure
        .resources(&group)
        .await
        .unwrap()
        .into_iter()
        .map(|resource| resource.name)
        .collect();
    assert_eq!(names, ["a", "b"]);
    assert!(
        azure
            .resources(&group)
            .await
            .unwrap_err()
            .to_string()
            .contains("another host")
    );
}

#[tokio::test]
async fn a_host_that_is_not_there_is_named() {
    let server = Server::start().await;
    let mut endpoints = server.endpoints();
    // Port 1 on loopback is closed.
    endpoints.resource_manager = "https://management.localhost:1/".parse().unwrap();
    let credential = taxiway_azure::Credential::Given(taxiway_azure::Secret::new("t".to_owned()));
    let error = taxiway_azure::Azure::new(endpoints, credential, server.transport())
        .get(X, "2025-04-01")
        .await
        .unwrap_err();
    assert_eq!(error.to_string(), "cannot reach `management.localhost`");
    assert_eq!(
        error.hint().as_deref(),
        Some("start the local cloud: taxiway cloud start")
    );
}
