//! Sites, settings, Kudu, Key Vault and PostgreSQL, as they answer.

use std::collections::BTreeMap;

use serde_json::json;
use taxiway_azure::{
    Azure, KuduStatus, PostgresqlServerId, ResourceGroupId, Secret, SiteId, WebJobStatus,
};

use crate::server::{Server, json, reply};

const SITE: &str = "/subscriptions/s/resourceGroups/g/providers/Microsoft.Web/sites/shop";

fn group() -> ResourceGroupId {
    ResourceGroupId::new("s", "g")
}

fn site() -> SiteId {
    SiteId::new(group(), "shop")
}

/// A server with a site, and a client of it.
async fn shop() -> (Server, Azure) {
    let server = Server::start().await;
    let scm = server
        .at("shop.scm", "")
        .trim_start_matches("https://")
        .to_owned();
    let found = json!({"id": SITE, "name": "shop", "properties": {
        "state": "Running", "defaultHostName": "shop.localhost:8080", "httpsOnly": false,
        "hostNameSslStates": [{"name": "shop.localhost:8080", "hostType": "Standard"}, {"name": scm, "hostType": "Repository"}],
        "slotSwapStatus": {"timestampUtc": "2026-11-22T08:00:00Z", "sourceSlotName": "staging", "destinationSlotName": "production"},
        "targetSwapSlot": null}});
    server.on(&format!("GET management.localhost {SITE}"), [json(found)]);
    let azure = server.azure();
    (server, azure)
}

#[tokio::test]
async fn a_site_tells_its_addresses_and_its_last_swap() {
    let (_server, azure) = shop().await;
    let found = azure.site(&site()).await.unwrap().unwrap();
    assert_eq!(found.url.as_str(), "http://shop.localhost:8080/");
    assert_eq!(found.kudu.host_str(), Some("shop.scm.localhost"));
    assert_eq!(
        found.last_swap.unwrap().timestamp_utc,
        "2026-11-22T08:00:00Z"
    );
    assert_eq!(azure.site(&site().slot("staging")).await.unwrap(), None);
}

#[tokio::test]
async fn settings_are_merged_and_written_only_when_they_change() {
    let (server, azure) = shop().await;
    let slot = site().slot("staging");
    let path = format!("{SITE}/slots/staging/config/appsettings");
    server.on(
        &format!("POST management.localhost {path}/list"),
        [json(json!({"properties": {"A": "1", "B": "2", "C": "3"}}))],
    );
    server.on(
        &format!("PUT management.localhost {path}"),
        [json(json!({"properties": {}}))],
    );
    let set = |value: &str| BTreeMap::from([("B".to_owned(), Secret::new(value.to_owned()))]);
    assert!(
        !azure
            .change_app_settings(&slot, &set("2"), &[])
            .await
            .unwrap()
    );
    assert!(
        azure
            .change_app_settings(&slot, &set("9"), &["C"])
            .await
            .unwrap()
    );
    let put: Vec<String> = server
        .asked()
        .into_iter()
        .filter(|asked| asked.call.starts_with("PUT"))
        .map(|asked| asked.body)
        .collect();
    assert_eq!(put, [r#"{"properties":{"A":"1","B":"9"}}"#]);
}

#[tokio::test]
async fn a_package_is_published_and_its_build_is_read() {
    let (server, azure) = shop().await;
    server.on(
        "POST shop.scm.localhost /api/publish",
        [reply(202, "").header("scm-deployment-id", "d1")],
    );
    let deployment = |status: u8| {
        json(
            json!({"id": "d1", "status": status, "progress": "Building", "complete": status == 4, "active": status == 4, "end_time": "2026-11-22T08:00:00.5Z"}),
        )
    };
    server.on(
        "GET shop.scm.localhost /api/deployments/d1",
        [deployment(1), deployment(4)],
    );
    server.on("GET shop.scm.localhost /api/deployments/d1/log", [json(json!([
        {"id": "l1", "message": "Running oryx build...", "type": 0, "details_url": "https://shop.scm.localhost/api/deployments/d1/log/l1"},
        {"id": "l2", "message": "Failed", "type": 2, "details_url": null}]))]);
    server.on(
        "GET shop.scm.localhost /api/deployments/d1/log/l1",
        [json(
            json!([{"id": "x", "message": "Installed 38 packages", "type": 0}]),
        )],
    );
    let kudu = azure.kudu(&site()).await.unwrap();
    let published = kudu.publish_zip("zip".into()).await.unwrap();
    assert_eq!(published.deployment.as_deref(), Some("d1"));
    assert_eq!(
        kudu.deployment("d1").await.unwrap().unwrap().status,
        KuduStatus::Building
    );
    assert!(kudu.deployment("d1").await.unwrap().unwrap().has_ended());
    let log = kudu.deployment_log("d1").await.unwrap();
    let lines: Vec<(&str, bool)> = log
        .iter()
        .map(|entry| (entry.message.as_str(), entry.is_error))
        .collect();
    assert_eq!(
        lines,
        [
            ("Running oryx build...", false),
            ("Installed 38 packages", false),
            ("Failed", true)
        ]
    );
    let sent = server
        .asked()
        .into_iter()
        .find(|asked| asked.call.ends_with("/api/publish"))
        .unwrap();
    assert_eq!(
        (sent.body.as_str(), sent.query.as_str()),
        ("zip", "type=zip&async=true&restart=true&clean=true")
    );
}

#[tokio::test]
async fn a_conflict_of_kudu_is_told_at_once_and_a_cold_kudu_is_waited_for() {
    let (server, azure) = shop().await;
    server.on(
        "POST shop.scm.localhost /api/publish",
        [
            reply(502, "starting"),
            reply(409, "There is a deployment currently in progress."),
        ],
    );
    let kudu = azure.kudu(&site()).await.unwrap();
    let error = kudu.publish_zip("zip".into()).await.unwrap_err();
    assert!(
        error.is_conflict() && error.to_string().contains("currently in progress"),
        "{error}"
    );
}

#[tokio::test]
async fn a_web_job_runs_and_tells_what_it_wrote() {
    let (server, azure) = shop().await;
    let history = server.at(
        "shop.scm",
        "/api/triggeredwebjobs/migrate/history/202611220800",
    );
    server.on(
        "POST shop.scm.localhost /api/triggeredwebjobs/migrate/run",
        [reply(202, "").header("location", history)],
    );
    server.on("GET shop.scm.localhost /api/triggeredwebjobs/migrate/history/202611220800", [json(json!({
        "id": "202611220800", "status": "Success", "duration": "00:00:01", "output_url": server.at("shop.scm", "/api/vfs/data/out.txt"), "error_url": null}))]);
    server.on(
        "GET shop.scm.localhost /api/vfs/data/out.txt",
        [reply(200, "applied")],
    );
    let kudu = azure.kudu(&site()).await.unwrap();
    let id = kudu.run_web_job("migrate").await.unwrap();
    let run = kudu.web_job_run("migrate", &id).await.unwrap().unwrap();
    assert_eq!(run.status, WebJobStatus::Succeeded);
    assert_eq!(kudu.web_job_output(&run).await.unwrap(), "applied");
    assert_eq!(kudu.web_job_run("migrate", "other").await.unwrap(), None);
}

#[tokio::test]
async fn an_output_on_another_host_gets_no_token() {
    let (server, azure) = shop().await;
    server.on(
        "GET shop.scm.localhost /api/triggeredwebjobs/migrate/history/1",
        [json(json!({
        "id": "1", "status": "Failed", "output_url": server.at("elsewhere", "/steal")}))],
    );
    let kudu = azure.kudu(&site()).await.unwrap();
    let run = kudu.web_job_run("migrate", "1").await.unwrap().unwrap();
    assert!(
        kudu.web_job_output(&run)
            .await
            .unwrap_err()
            .to_string()
            .contains("another host")
    );
}

#[tokio::test]
async fn the_log_comes_line_by_line() {
    let (server, azure) = shop().await;
    server.on(
        "GET shop.scm.localhost /api/logstream",
        [reply(200, "one\r\ntwo\nthree")],
    );
    let mut stream = azure
        .kudu(&site())
        .await
        .unwrap()
        .log_stream()
        .await
        .unwrap();
    let mut lines = Vec::new();
    while let Some(line) = stream.next_line().await.unwrap() {
        lines.push(line);
    }
    assert_eq!(lines, ["one", "two", "three"]);
}

#[tokio::test]
async fn secrets_are_read_set_listed_and_deleted() {
    let server = Server::start().await;
    let id = server.at("kv.vault", "/secrets/database-url/v1");
    let bundle =
        json!({"value": "postgresql://", "id": id, "attributes": {"enabled": true, "created": 1}});
    server.on(
        "GET kv.vault.localhost /secrets/database-url",
        [json(bundle.clone())],
    );
    server.on(
        "PUT kv.vault.localhost /secrets/database-url",
        [json(bundle)],
    );
    server.on("GET kv.vault.localhost /secrets", [json(json!({"value": [{"id": server.at("kv.vault", "/secrets/database-url"), "attributes": {"enabled": false}}]}))]);
    let denied = json!({"error": {"code": "Forbidden", "message": "Caller is not authorized", "innererror": {"code": "ForbiddenByRbac"}}});
    server.on(
        "DELETE kv.vault.localhost /secrets/database-url",
        [reply(403, &denied.to_string())],
    );
    let vault = server.azure().vault("kv").unwrap();
    assert_eq!(
        vault.get("database-url").await.unwrap().unwrap().expose(),
        "postgresql://"
    );
    assert_eq!(vault.get("other").await.unwrap(), None);
    let set = vault
        .set(
            "database-url",
            &Secret::new("postgresql://".to_owned()),
            None,
        )
        .await
        .unwrap();
    assert_eq!(
        (set.name.as_str(), set.version.as_deref()),
        ("database-url", Some("v1"))
    );
    let listed = vault.list().await.unwrap();
    assert_eq!(
        (
            listed[0].name.as_str(),
            listed[0].version.as_deref(),
            listed[0].enabled
        ),
        ("database-url", None, false)
    );
    let error = vault.delete("database-url").await.unwrap_err();
    assert!(error.is_forbidden() && error.hint().unwrap().contains("Key Vault Secrets User"));
    let scopes: Vec<String> = server
        .asked()
        .into_iter()
        .filter(|asked| asked.call.contains("oauth2"))
        .map(|asked| asked.body)
        .collect();
    assert_eq!(scopes.len(), 1);
    assert!(scopes[0].contains("scope=https%3A%2F%2Fvault.localhost%2F.default"));
}

#[tokio::test]
async fn a_server_tells_what_it_can_be_restored_to() {
    let server = Server::start().await;
    let id = PostgresqlServerId::new(group(), "db");
    let path = id.path();
    let found = |tier: &str| {
        json(
            json!({"id": path, "name": "db", "sku": {"name": "x", "tier": tier}, "properties": {
        "state": "Ready", "fullyQualifiedDomainName": "127.0.0.1:5433", "backup": {"earliestRestoreDate": "2026-11-22T08:00:00.123+00:00", "backupRetentionDays": 7}}}),
        )
    };
    server.on(
        &format!("GET management.localhost {path}"),
        [found("Burstable"), found("GeneralPurpose")],
    );
    let backup = json!({"name": "b1", "properties": {"backupType": "Customer On-Demand", "completedTime": "2026-11-22T08:01:00Z", "source": "x"}});
    server.on(
        &format!("PUT management.localhost {path}/backups/b1"),
        [reply(202, "")
            .header("azure-asyncoperation", "/status")
            .at_once()],
    );
    server.on(
        "GET management.localhost /status",
        [json(json!({"status": "Succeeded"}))],
    );
    server.on(
        &format!("GET management.localhost {path}/backups/b1"),
        [json(backup.clone())],
    );
    server.on(
        &format!("GET management.localhost {path}/backups"),
        [json(json!({"value": [backup]}))],
    );
    let azure = server.azure();
    let burstable = azure.postgresql_server(&id).await.unwrap().unwrap();
    assert!(!burstable.takes_backups_on_demand());
    assert_eq!(
        burstable.earliest_restore.unwrap().to_string(),
        "2026-11-22T08:00:00.123Z"
    );
    assert!(
        azure
            .postgresql_server(&id)
            .await
            .unwrap()
            .unwrap()
            .takes_backups_on_demand()
    );
    let made = azure.back_up(&id, "b1").await.unwrap();
    assert!(made.completed.is_some());
    assert_eq!(azure.backups(&id).await.unwrap(), [made]);
}

#[tokio::test]
async fn key_vault_references_tell_their_state() {
    let (server, azure) = shop().await;
    server.on(&format!("GET management.localhost {SITE}/config/configreferences/appsettings"), [json(json!({"value": [
        {"name": "DATABASE_URL", "properties": {"reference": "@Microsoft.KeyVault(…)", "status": "AccessToKeyVaultDenied", "details": "no role"}}]}))]);
    let statuses = azure.reference_statuses(&site()).await.unwrap();
    assert_eq!(statuses[0].name, "DATABASE_URL");
    assert!(!statuses[0].is_resolved());
}
