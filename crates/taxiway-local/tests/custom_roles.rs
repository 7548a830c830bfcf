//! Roles of one's own: what may be written, and what they give.

use reqwest::Method;
use serde_json::{Value, json};

use crate::harness::TestCloud;

const MANAGEMENT: &str = "https://management.azure.com/.default";
const VAULTS: &str = "https://vault.azure.net/.default";
const ROLE: &str = "6e2a4b4e-5c4b-4f0d-9d0b-0d6b6a1f0001";
const READER: &str = "acdd72a7-3385-48ef-bd42-f606fba81ae7";
const OWNER: &str = "8e3af657-a8ff-443c-a75c-2fe8c4bcb635";
const ROLE_ADMINISTRATOR: &str = "f58310d9-a9f6-439a-9e8d-f62e7b41a168";
const SECRETS_USER: &str = "4633458b-17de-408a-b874-0445c86b69e6";

fn definition(scope: &str, guid: &str) -> String {
    format!("{scope}/providers/Microsoft.Authorization/roleDefinitions/{guid}")
}

fn role(name: &str, scopes: &[&str], permissions: Value) -> Value {
    json!({"properties": {
        "roleName": name, "type": "CustomRole", "description": "A test.",
        "assignableScopes": scopes, "permissions": [permissions],
    }})
}

#[tokio::test]
async fn a_custom_role_gives_what_it_says_and_no_more() {
    let cloud = TestCloud::start().await;
    cloud.make_group().await;
    let group = cloud.group();
    let identity = cloud.make_identity("pipeline").await;
    let principal = &identity["principalId"];
    let vault = format!("{group}/providers/Microsoft.KeyVault/vaults/kv-roles");
    let body = json!({"location": "swedencentral", "properties": {"tenantId": cloud.tenant(), "sku": {"family": "A", "name": "standard"}, "enableRbacAuthorization": true}});
    let permissions = json!({
        "actions": ["Microsoft.KeyVault/vaults/*", "Microsoft.Resources/subscriptions/resourceGroups/read"],
        "notActions": ["Microsoft.KeyVault/vaults/delete"],
        "dataActions": ["Microsoft.KeyVault/vaults/secrets/*"],
        "notDataActions": ["Microsoft.KeyVault/vaults/secrets/getSecret/action"],
    });
    let path = definition(&group, ROLE);
    let made = cloud
        .put(&path, role("Vault keeper", &[&group], permissions.clone()))
        .await
        .expect(201);
    let under_subscription = definition(&cloud.subscription(), ROLE);
    assert_eq!(made.body["id"], under_subscription.as_str());
    let assignment = cloud.assign(principal, ROLE, &group).await;

    let token = cloud.identity_token("pipeline", MANAGEMENT).await;
    let call = |method, path: &str, body| {
        let (cloud, token, path) = (&cloud, &token, path.to_owned());
        async move { cloud.call_as(token, method, &path, body).await }
    };
    call(Method::PUT, &vault, body).await.expect(201);
    call(Method::GET, &group, Value::Null).await.expect(200);
    call(Method::DELETE, &vault, Value::Null)
        .await
        .expect_error(403, "AuthorizationFailed");
    let site = format!("{group}/providers/Microsoft.Web/sites/shop");
    call(Method::DELETE, &site, Value::Null)
        .await
        .expect_error(403, "AuthorizationFailed");
    let mine = format!("{group}/providers/Microsoft.Authorization/permissions");
    call(Method::GET, &mine, Value::Null)
        .await
        .expect_error(403, "AuthorizationFailed");

    let token = cloud.identity_token("pipeline", VAULTS).await;
    let secret = format!(
        "{}/secrets/key?api-version=7.4",
        cloud.host("kv-roles.vault.localhost")
    );
    let data = |method| cloud.client.request(method, &secret).bearer_auth(&token);
    crate::harness::answer(data(Method::PUT).json(&json!({"value": "x"})))
        .await
        .expect(200);
    crate::harness::answer(data(Method::GET))
        .await
        .expect_error(403, "Forbidden");

    // What is assigned stays; what changes counts at once.
    cloud
        .delete(&under_subscription)
        .await
        .expect_error(400, "RoleDefinitionHasAssignments");
    let mut fewer = permissions;
    fewer["actions"] = json!(["*/read"]);
    cloud
        .put(&path, role("Vault keeper", &[&group], fewer))
        .await
        .expect(201);
    crate::harness::answer(data(Method::PUT).json(&json!({"value": "y"})))
        .await
        .expect(200);
    let token = cloud.identity_token("pipeline", MANAGEMENT).await;
    cloud
        .call_as(&token, Method::PUT, &vault, json!({}))
        .await
        .expect_error(403, "AuthorizationFailed");
    let listed = cloud
        .get(&format!(
            "{group}/providers/Microsoft.Authorization/roleDefinitions?$filter=type eq 'CustomRole'"
        ))
        .await
        .expect(200);
    assert_eq!(listed.body["value"][0]["name"], ROLE);
    assert_eq!(listed.body["value"].as_array().map(Vec::len), Some(1));
    cloud.delete(&assignment).await.expect(200);
    cloud.delete(&path).await.expect(200);
    cloud.delete(&path).await.expect(204);
    cloud
        .get(&path)
        .await
        .expect_error(404, "RoleDefinitionDoesNotExist");
    cloud.stop().await;
}

#[tokio::test]
async fn a_role_definition_follows_its_rules() {
    let cloud = TestCloud::start().await;
    cloud.make_group().await;
    let (group, subscription) = (cloud.group(), cloud.subscription());
    let group = group.as_str();
    let reads = || json!({"actions": ["*/read"]});
    let of_actions = |action: &str| role("Other", &[group], json!({"actions": [action]}));
    let path = definition(group, ROLE);
    cloud
        .put(&path, role("Mine", &[group], reads()))
        .await
        .expect(201);
    let fresh = definition(group, "6e2a4b4e-5c4b-4f0d-9d0b-0d6b6a1f0002");
    let long = "x".repeat(513);
    let elsewhere = "/subscriptions/00000000-0000-0000-0000-000000000009";
    #[rustfmt::skip]
    let cases = [
        (definition(group, "name"), role("Other", &[group], reads()), 400, "InvalidRoleDefinitionId"),
        (definition(group, READER), role("Other", &[group], reads()), 403, "BuiltInRoleDefinitionNotChangeable"),
        (fresh.clone(), role("mine", &[group], reads()), 409, "RoleDefinitionWithSameNameExists"),
        (fresh.clone(), role("Reader", &[group], reads()), 409, "RoleDefinitionWithSameNameExists"),
        (fresh.clone(), role(&long, &[group], reads()), 400, "InvalidRoleDefinition"),
        (fresh.clone(), role("", &[group], reads()), 400, "InvalidRoleDefinition"),
        (fresh.clone(), role("Other", &[], reads()), 400, "InvalidRoleDefinition"),
        (fresh.clone(), role("Other", &["/"], reads()), 400, "InvalidRoleDefinition"),
        (fresh.clone(), role("Other", &[elsewhere], reads()), 404, "SubscriptionNotFound"),
        (fresh.clone(), of_actions("Microsoft.Web/sites"), 400, "InvalidActionOrNotAction"),
        (fresh.clone(), of_actions("read"), 400, "InvalidActionOrNotAction"),
        (fresh.clone(), json!({"properties": {"roleName": "Other", "assignableScopes": [group], "permissions": []}}), 400, "InvalidRoleDefinition"),
    ];
    for (path, body, status, code) in cases {
        cloud.put(&path, body).await.expect_error(status, code);
    }
    // Only where it is meant to be assigned.
    let identity = cloud.make_identity("worker").await;
    let above = format!(
        "{subscription}/providers/Microsoft.Authorization/roleAssignments/{}",
        uuid::Uuid::new_v4()
    );
    let body =
        json!({"properties": {"roleDefinitionId": path, "principalId": identity["principalId"]}});
    cloud
        .put(&above, body)
        .await
        .expect_error(400, "RoleAssignmentScopeNotAssignableToRoleDefinition");
    // Who may write roles in a group can't make one for the whole subscription.
    let writes = json!({"actions": ["Microsoft.Authorization/roleDefinitions/write"]});
    cloud
        .put(&path, role("Mine", &[group], writes))
        .await
        .expect(201);
    cloud.assign(&identity["principalId"], ROLE, group).await;
    let token = cloud.identity_token("worker", MANAGEMENT).await;
    let wide = role("Other", &[&subscription], reads());
    cloud
        .call_as(&token, Method::PUT, &fresh, wide)
        .await
        .expect_error(403, "LinkedAuthorizationFailed");
    cloud.stop().await;
}

#[tokio::test]
async fn a_condition_limits_which_roles_are_given() {
    let cloud = TestCloud::start().await;
    cloud.make_group().await;
    let group = cloud.group();
    let delegate = cloud.make_identity("delegate").await;
    let app = cloud.make_identity("app").await;
    let assignment = |role: &str, principal: &Value, condition: Value| {
        json!({"properties": {
            "roleDefinitionId": definition(&cloud.subscription(), role), "principalId": principal,
            "principalType": "ServicePrincipal", "condition": condition, "conditionVersion": "2.0",
        }})
    };
    let path = || {
        format!(
            "{group}/providers/Microsoft.Authorization/roleAssignments/{}",
            uuid::Uuid::new_v4()
        )
    };
    let condition = format!(
        "(!(ActionMatches{{'Microsoft.Authorization/roleAssignments/write'}})) OR (@Request[Microsoft.Authorization/roleAssignments:RoleDefinitionId] ForAnyOfAnyValues:GuidEquals {{{SECRETS_USER}}})"
    );
    let of_blobs = "@Resource[Microsoft.Storage/storageAccounts/blobServices/containers:name] StringEquals 'a'";
    let delegate_id = &delegate["principalId"];
    for refused in ["(", of_blobs] {
        let body = assignment(ROLE_ADMINISTRATOR, delegate_id, json!(refused));
        cloud
            .put(&path(), body)
            .await
            .expect_error(400, "InvalidRoleAssignmentCondition");
    }
    let body = assignment(ROLE_ADMINISTRATOR, delegate_id, json!(condition));
    cloud.put(&path(), body).await.expect(201);

    let token = cloud.identity_token("delegate", MANAGEMENT).await;
    for (role, status) in [(SECRETS_USER, 201), (OWNER, 403)] {
        let body = assignment(role, &app["principalId"], Value::Null);
        cloud
            .call_as(&token, Method::PUT, &path(), body)
            .await
            .expect(status);
    }
    cloud.stop().await;
}
