//! Roles decide, at their scope and below.

use reqwest::Method;
use serde_json::{Value, json};

use crate::harness::TestCloud;

const READER: &str = "acdd72a7-3385-48ef-bd42-f606fba81ae7";
const CONTRIBUTOR: &str = "b24988ac-6180-42a0-ab88-20f7382dd24c";
const MANAGEMENT: &str = "https://management.azure.com/.default";

#[tokio::test]
async fn a_principal_can_do_what_its_role_allows_and_no_more() {
    let cloud = TestCloud::start().await;
    cloud.make_group().await;
    let identity = cloud.make_identity("worker").await;
    let token = cloud.identity_token("worker", MANAGEMENT).await;
    let group = cloud.group();
    let vault = format!("{group}/providers/Microsoft.KeyVault/vaults/kv-access");
    let call = |method, path: String, body| {
        let (cloud, token) = (&cloud, &token);
        async move { cloud.call_as(token, method, &path, body).await }
    };

    let seen = call(Method::GET, "/subscriptions".into(), Value::Null)
        .await
        .expect(200);
    assert_eq!(seen.body["value"], json!([]));
    let refused = call(Method::GET, group.clone(), Value::Null).await;
    let message = refused.body["error"]["message"]
        .as_str()
        .unwrap_or_default()
        .to_owned();
    refused.expect_error(403, "AuthorizationFailed");
    assert!(
        message.contains("does not have authorization to perform action 'Microsoft.Resources/subscriptions/resourceGroups/read' over scope"),
        "{message}"
    );

    let reader = cloud.assign(&identity["principalId"], READER, &group).await;
    call(Method::GET, group.clone(), Value::Null)
        .await
        .expect(200);
    let seen = call(Method::GET, "/subscriptions".into(), Value::Null)
        .await
        .expect(200);
    assert_eq!(seen.body["value"].as_array().map(Vec::len), Some(1));
    let body = json!({"location": "swedencentral", "properties": {"tenantId": cloud.tenant(), "sku": {"family": "A", "name": "standard"}}});
    call(Method::PUT, vault.clone(), body.clone())
        .await
        .expect_error(403, "AuthorizationFailed");

    cloud.delete(&reader).await.expect(200);
    call(Method::GET, group.clone(), Value::Null)
        .await
        .expect_error(403, "AuthorizationFailed");

    cloud
        .assign(&identity["principalId"], CONTRIBUTOR, &group)
        .await;
    call(Method::PUT, vault.clone(), body).await.expect(201);
    let other = format!("{}/resourceGroups/other", cloud.subscription());
    call(Method::PUT, other, json!({"location": "swedencentral"}))
        .await
        .expect_error(403, "AuthorizationFailed");
    let name = uuid::Uuid::new_v4();
    let grant = format!("{vault}/providers/Microsoft.Authorization/roleAssignments/{name}");
    call(Method::PUT, grant, json!({"properties": {}}))
        .await
        .expect_error(403, "AuthorizationFailed");
    cloud.stop().await;
}

#[tokio::test]
async fn role_assignments_follow_their_rules() {
    let cloud = TestCloud::start().await;
    cloud.make_group().await;
    let identity = cloud.make_identity("worker").await;
    let group = cloud.group();
    let path = cloud.assign(&identity["principalId"], READER, &group).await;
    let role = |guid: &str| {
        format!(
            "{}/providers/Microsoft.Authorization/roleDefinitions/{guid}",
            cloud.subscription()
        )
    };
    let assignments = format!("{group}/providers/Microsoft.Authorization/roleAssignments");
    let principal = &identity["principalId"];
    let nobody = json!("00000000-0000-0000-0000-000000000001");
    let fresh = format!("{assignments}/{}", uuid::Uuid::new_v4());
    let unknown_role = "00000000-0000-0000-0000-000000000002";
    let cases = [
        (
            &path,
            role(CONTRIBUTOR),
            principal,
            json!(null),
            400,
            "RoleAssignmentUpdateNotPermitted",
        ),
        (
            &fresh,
            role(READER),
            principal,
            json!(null),
            409,
            "RoleAssignmentExists",
        ),
        (
            &fresh,
            role(unknown_role),
            principal,
            json!(null),
            400,
            "RoleDefinitionDoesNotExist",
        ),
        (
            &fresh,
            role(READER),
            &nobody,
            json!(null),
            400,
            "PrincipalNotFound",
        ),
        (
            &fresh,
            role(CONTRIBUTOR),
            principal,
            json!("User"),
            400,
            "UnmatchedPrincipalType",
        ),
        (
            &format!("{assignments}/name"),
            role(CONTRIBUTOR),
            principal,
            json!(null),
            400,
            "InvalidRoleAssignmentId",
        ),
    ];
    for (path, role, principal, kind, status, code) in cases {
        let body = json!({"properties": {"roleDefinitionId": role, "principalId": principal, "principalType": kind}});
        cloud.put(path, body).await.expect_error(status, code);
    }
    let listed = cloud
        .get(&format!("{assignments}?$filter=atScope()"))
        .await
        .expect(200);
    // The reader's, and the deployer's above it.
    assert_eq!(listed.body["value"].as_array().map(Vec::len), Some(2));
    let owner = cloud
        .get(&format!(
            "{group}/providers/Microsoft.Authorization/roleDefinitions?$filter=roleName eq 'Owner'"
        ))
        .await
        .expect(200);
    assert_eq!(
        owner.body["value"][0]["properties"]["permissions"][0]["actions"],
        json!(["*"])
    );
    cloud.stop().await;
}

#[tokio::test]
async fn locks_forbid_what_roles_allow() {
    let cloud = TestCloud::start().await;
    cloud.make_group().await;
    cloud.make_identity("worker").await;
    let group = cloud.group();
    let identity =
        format!("{group}/providers/Microsoft.ManagedIdentity/userAssignedIdentities/worker");
    let lock = format!("{identity}/providers/Microsoft.Authorization/locks/keep");
    cloud
        .put(&lock, json!({"properties": {"level": "CanNotDelete"}}))
        .await
        .expect(201);
    cloud
        .delete(&identity)
        .await
        .expect_error(409, "ScopeLocked");
    cloud.delete(&group).await.expect_error(409, "ScopeLocked");
    cloud
        .put(&identity, json!({"location": "swedencentral"}))
        .await
        .expect(200);
    cloud
        .put(&lock, json!({"properties": {"level": "ReadOnly"}}))
        .await
        .expect(200);
    cloud
        .put(&identity, json!({"location": "swedencentral"}))
        .await
        .expect_error(409, "ScopeLocked");
    cloud.delete(&lock).await.expect(200);
    cloud.delete(&identity).await.expect(200);
    cloud.stop().await;
}
