//! Vaults and secrets: the challenge, the roles, and the ways back from a deletion.

use reqwest::Method;
use serde_json::{Value, json};

use crate::harness::{Answer, TestCloud, answer};

const SECRETS_USER: &str = "4633458b-17de-408a-b874-0445c86b69e6";
const SECRETS_OFFICER: &str = "b86a8fe4-44ce-4948-aee5-eccb2c155cd7";
const VAULT_SCOPE: &str = "https://vault.azure.net/.default";

struct Vault<'a> {
    cloud: &'a TestCloud,
    name: &'static str,
    token: String,
}

impl Vault<'_> {
    async fn call(&self, method: Method, path: &str, body: Value) -> Answer {
        let host = self.cloud.host(&format!("{}.vault.localhost", self.name));
        let url = format!("{host}{path}?api-version=7.4");
        let mut request = self
            .cloud
            .client
            .request(method, url)
            .bearer_auth(&self.token);
        if !body.is_null() {
            request = request.json(&body);
        }
        answer(request).await
    }

    async fn get(&self, path: &str) -> Answer {
        self.call(Method::GET, path, Value::Null).await
    }
}

fn body(cloud: &TestCloud, more: &[(&str, Value)]) -> Value {
    let mut properties = json!({
        "tenantId": cloud.tenant(),
        "sku": {"family": "A", "name": "standard"},
        "enableRbacAuthorization": true,
        "softDeleteRetentionInDays": 7,
    });
    for (name, value) in more {
        properties[*name] = value.clone();
    }
    json!({"location": "swedencentral", "properties": properties})
}

fn path(cloud: &TestCloud, name: &str) -> String {
    format!(
        "{}/providers/Microsoft.KeyVault/vaults/{name}",
        cloud.group()
    )
}

async fn deployer(cloud: &TestCloud) -> Value {
    let token = cloud.sign_in("https://graph.microsoft.com/.default").await;
    json!(crate::harness::claim(&token, "oid"))
}

#[tokio::test]
async fn the_first_request_is_challenged_before_anything_else() {
    let cloud = TestCloud::start().await;
    cloud.make_group().await;
    cloud
        .put(&path(&cloud, "kv-a"), body(&cloud, &[]))
        .await
        .expect(201);
    let port = cloud.ports.front_door;
    for (host, resource) in [
        (
            cloud.host("kv-a.vault.localhost"),
            format!("https://vault.localhost:{port}"),
        ),
        (
            cloud.host("kv-a.vault.azure.net"),
            "https://vault.azure.net".to_owned(),
        ),
    ] {
        let url = format!("{host}/secrets/anything?api-version=7.4");
        let refused = answer(cloud.client.put(url)).await.expect(401);
        let challenge = refused.headers["www-authenticate"]
            .to_str()
            .expect("a text");
        assert!(
            challenge.contains(&format!("/{}\", resource=\"{resource}\"", cloud.tenant())),
            "{challenge}"
        );
    }
    cloud.stop().await;
}

#[tokio::test]
async fn secrets_need_data_roles_even_for_an_owner() {
    let cloud = TestCloud::start().await;
    cloud.make_group().await;
    cloud
        .put(&path(&cloud, "kv-a"), body(&cloud, &[]))
        .await
        .expect(201);
    cloud
        .put(&path(&cloud, "kv-b"), body(&cloud, &[]))
        .await
        .expect(201);
    let token = cloud.sign_in(VAULT_SCOPE).await;
    let vault = Vault {
        cloud: &cloud,
        name: "kv-a",
        token,
    };
    let value = json!({"value": "s3cret", "tags": {"k": "v"}});
    let refused = vault.call(Method::PUT, "/secrets/db", value.clone()).await;
    assert_eq!(
        refused.body["error"]["innererror"]["code"],
        "ForbiddenByRbac"
    );
    refused.expect_error(403, "Forbidden");

    let me = deployer(&cloud).await;
    cloud.assign(&me, SECRETS_USER, &path(&cloud, "kv-a")).await;
    vault
        .get("/secrets/db")
        .await
        .expect_error(404, "SecretNotFound");
    vault
        .call(Method::PUT, "/secrets/db", value.clone())
        .await
        .expect_error(403, "Forbidden");
    cloud
        .assign(&me, SECRETS_OFFICER, &path(&cloud, "kv-a"))
        .await;
    let set = vault
        .call(Method::PUT, "/secrets/db", value)
        .await
        .expect(200);
    assert_eq!(set.body["value"], "s3cret");
    let second = vault
        .call(Method::PUT, "/secrets/db", json!({"value": "new"}))
        .await
        .expect(200);
    assert_eq!(
        vault.get("/secrets/db/").await.expect(200).body["value"],
        "new"
    );
    let id = set.body["id"].as_str().unwrap_or_default();
    let version = id.rsplit('/').next().unwrap_or_default();
    assert_eq!(
        vault
            .get(&format!("/secrets/db/{version}"))
            .await
            .expect(200)
            .body["value"],
        "s3cret"
    );
    let versions = vault.get("/secrets/db/versions").await.expect(200).body;
    assert_eq!(versions["value"].as_array().map(Vec::len), Some(2));
    assert_eq!(versions["value"][1]["id"], second.body["id"]);
    assert!(!versions.to_string().contains("s3cret"));

    // The role is on one vault; the other one stays closed.
    let other = Vault {
        cloud: &cloud,
        name: "kv-b",
        token: vault.token.clone(),
    };
    other
        .get("/secrets/db")
        .await
        .expect_error(403, "Forbidden");
    // A token for another service opens nothing.
    let wrong = Vault {
        cloud: &cloud,
        name: "kv-a",
        token: cloud.token.clone(),
    };
    wrong.get("/secrets/db").await.expect(401);
    cloud.stop().await;
}

#[tokio::test]
async fn deleted_secrets_come_back_or_go() {
    let cloud = TestCloud::start().await;
    cloud.make_group().await;
    cloud
        .put(&path(&cloud, "kv-a"), body(&cloud, &[]))
        .await
        .expect(201);
    cloud
        .assign(&deployer(&cloud).await, SECRETS_OFFICER, &cloud.group())
        .await;
    let token = cloud.sign_in(VAULT_SCOPE).await;
    let vault = Vault {
        cloud: &cloud,
        name: "kv-a",
        token,
    };
    let value = json!({"value": "1"});
    vault
        .call(Method::PUT, "/secrets/a", value.clone())
        .await
        .expect(200);
    vault
        .call(Method::PUT, "/secrets/a_b", value.clone())
        .await
        .expect_error(400, "BadParameter");
    let large = json!({"value": "x".repeat(25 * 1024 + 1)});
    vault
        .call(Method::PUT, "/secrets/b", large)
        .await
        .expect_error(400, "BadParameter");

    let deleted = vault
        .call(Method::DELETE, "/secrets/a", Value::Null)
        .await
        .expect(200);
    assert!(
        deleted.body["scheduledPurgeDate"].is_i64(),
        "{:#}",
        deleted.body
    );
    vault
        .get("/secrets/a")
        .await
        .expect_error(404, "SecretNotFound");
    vault
        .call(Method::PUT, "/secrets/a", value.clone())
        .await
        .expect_error(409, "Conflict");
    vault
        .call(Method::POST, "/deletedsecrets/a/recover", Value::Null)
        .await
        .expect(200);
    vault.get("/secrets/a").await.expect(200);
    vault
        .call(Method::DELETE, "/secrets/a", Value::Null)
        .await
        .expect(200);
    vault
        .call(Method::DELETE, "/deletedsecrets/a", Value::Null)
        .await
        .expect(204);
    vault
        .get("/deletedsecrets/a")
        .await
        .expect_error(404, "SecretNotFound");

    vault
        .call(Method::PUT, "/secrets/c", value)
        .await
        .expect(200);
    let off = json!({"attributes": {"enabled": false}});
    vault
        .call(Method::PATCH, "/secrets/c", off)
        .await
        .expect(200);
    vault.get("/secrets/c").await.expect_error(403, "Forbidden");
    cloud.stop().await;
}

#[tokio::test]
async fn a_deleted_vault_keeps_its_name_until_it_is_purged() {
    let cloud = TestCloud::start().await;
    cloud.make_group().await;
    let vault = path(&cloud, "kv-a");
    cloud.put(&vault, body(&cloud, &[])).await.expect(201);
    let secret = format!("{vault}/secrets/from-template");
    let written = cloud
        .put(&secret, json!({"properties": {"value": "hidden"}}))
        .await
        .expect(201);
    assert!(!written.body.to_string().contains("hidden"));
    cloud.delete(&vault).await.expect(200);
    cloud
        .get(&vault)
        .await
        .expect_error(404, "ResourceNotFound");
    cloud
        .put(&vault, body(&cloud, &[]))
        .await
        .expect_error(409, "ConflictError");
    let recover = body(&cloud, &[("createMode", json!("recover"))]);
    cloud.put(&vault, recover).await.expect(200);
    cloud.get(&secret).await.expect(200);

    cloud.delete(&vault).await.expect(200);
    let deleted = format!(
        "{}/providers/Microsoft.KeyVault/locations/swedencentral/deletedVaults/kv-a",
        cloud.subscription()
    );
    cloud.get(&deleted).await.expect(200);
    let started = cloud
        .post(&format!("{deleted}/purge"), Value::Null)
        .await
        .expect(202);
    cloud.settled(&started).await.expect(204);
    cloud
        .get(&deleted)
        .await
        .expect_error(404, "DeletedVaultNotFound");
    cloud.put(&vault, body(&cloud, &[])).await.expect(201);
    cloud
        .get(&secret)
        .await
        .expect_error(404, "ResourceNotFound");
    cloud.stop().await;
}

#[tokio::test]
async fn vaults_are_held_to_their_rules() {
    let cloud = TestCloud::start().await;
    cloud.make_group().await;
    let vault = path(&cloud, "kv-a");
    let cases: [&[(&str, Value)]; 6] = [
        &[("tenantId", Value::Null)],
        &[("tenantId", json!("00000000-0000-0000-0000-000000000001"))],
        &[("sku", json!({"family": "A", "name": "gold"}))],
        &[("softDeleteRetentionInDays", json!(6))],
        &[("enablePurgeProtection", json!(false))],
        &[("enableSoftDelete", json!(false))],
    ];
    for case in cases {
        cloud
            .put(&vault, body(&cloud, case))
            .await
            .expect_error(400, "BadRequest");
    }
    let protected = body(&cloud, &[("enablePurgeProtection", json!(true))]);
    cloud.put(&vault, protected).await.expect(201);
    let longer = body(&cloud, &[("softDeleteRetentionInDays", json!(8))]);
    cloud
        .put(&vault, longer)
        .await
        .expect_error(400, "BadRequest");
    let again = cloud.put(&vault, body(&cloud, &[])).await.expect(200);
    assert_eq!(again.body["properties"]["enablePurgeProtection"], true);
    // Names are unique beyond the group.
    let other = format!("{}/resourceGroups/other", cloud.subscription());
    cloud
        .put(&other, json!({"location": "swedencentral"}))
        .await
        .expect(201);
    let twin = format!("{other}/providers/Microsoft.KeyVault/vaults/KV-A");
    cloud
        .put(&twin, body(&cloud, &[]))
        .await
        .expect_error(409, "VaultAlreadyExists");
    cloud.stop().await;
}
