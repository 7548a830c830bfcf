//! A site signs in to PostgreSQL with the token of its identity.

use reqwest::Method;
use serde_json::{Value, json};

use crate::harness::TestCloud;
use crate::postgresql::{connect_as, done, server_path};
use crate::web::{Sites, cloud};

/// A server without a password, with a database, and the identity `worker` as its administrator.
async fn make(cloud: &TestCloud, identity: &Value) -> String {
    let path = server_path(cloud, "pg-entra");
    let body = json!({
        "location": "swedencentral",
        "sku": {"name": "Standard_B1ms", "tier": "Burstable"},
        "properties": {
            "version": "16",
            "authConfig": {"activeDirectoryAuth": "Enabled", "passwordAuth": "Disabled"},
            "storage": {"storageSizeGB": 32},
        },
    });
    let administrator = json!({"properties": {
        "principalType": "ServicePrincipal", "principalName": "worker", "tenantId": cloud.tenant(),
    }});
    let principal = identity["principalId"].as_str().expect("an id");
    for (path, body) in [
        (path.clone(), body),
        (format!("{path}/databases/shop"), json!({})),
        (
            format!("{path}/configurations/require_secure_transport"),
            json!({"properties": {"value": "off", "source": "user-override"}}),
        ),
        (format!("{path}/administrators/{principal}"), administrator),
    ] {
        done(cloud, Method::PUT, &path, body).await;
    }
    path
}

async fn refusal(cloud: &TestCloud, path: &str, password: &str) -> String {
    let refused = connect_as(cloud, path, "worker", password).await;
    let refused = refused.expect_err("it is refused");
    refused.code().expect("an answer").code().to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_is_a_password_until_it_expires() {
    let cloud = cloud().await;
    let identity = cloud.make_identity("worker").await;
    let path = make(&cloud, &identity).await;
    let id = format!(
        "{}/providers/Microsoft.ManagedIdentity/userAssignedIdentities/worker",
        cloud.group()
    );
    let settings = [("SCM_DO_BUILD_DURING_DEPLOYMENT", "true")];
    cloud.make_site(&settings, json!({"id": id})).await;
    cloud.publish("one").await;
    let client = identity["clientId"].as_str().expect("an id");
    let ask = async |resource: &str| {
        let (status, token) = cloud
            .page(&format!("/token?client_id={client}&resource={resource}"))
            .await;
        assert_eq!(status, 200, "{token}");
        token
    };
    let other = ask("https://vault.azure.net").await;
    assert_eq!(
        refusal(&cloud, &path, "").await,
        "28P01",
        "nobody asked yet"
    );

    let token = ask("https://ossrdbms-aad.database.windows.net").await;
    for wrong in [other.as_str(), "", &token[1..]] {
        assert_eq!(refusal(&cloud, &path, wrong).await, "28P01");
    }
    let database = connect_as(&cloud, &path, "worker", &token)
        .await
        .expect("the token is good");
    database
        .batch_execute("CREATE TABLE orders (id int)")
        .await
        .expect("the identity may make tables");
    let end: i64 = database
        .query_one(
            "SELECT extract(epoch FROM rolvaliduntil)::bigint FROM pg_roles WHERE rolname = current_user",
            &[],
        )
        .await
        .expect("its own role")
        .get(0);
    assert_eq!(end, crate::harness::claims(&token)["exp"]);
    assert_eq!(
        ask("https://ossrdbms-aad.database.windows.net").await,
        token,
        "the same until it is about to expire"
    );

    database
        .batch_execute("ALTER ROLE worker VALID UNTIL '2020-01-01'")
        .await
        .expect("its own role");
    assert_eq!(refusal(&cloud, &path, &token).await, "28P01", "expired");
    ask("https://ossrdbms-aad.database.windows.net").await;
    connect_as(&cloud, &path, "worker", &token)
        .await
        .expect("asking brings it back");

    let principal = identity["principalId"].as_str().expect("an id");
    let administrator = format!("{path}/administrators/{principal}");
    done(&cloud, Method::DELETE, &administrator, Value::Null).await;
    ask("https://ossrdbms-aad.database.windows.net").await;
    let refused = refusal(&cloud, &path, &token).await;
    assert!(["28P01", "28000"].contains(&refused.as_str()), "{refused}");
    cloud.stop().await;
}
