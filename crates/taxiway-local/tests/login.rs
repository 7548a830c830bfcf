//! Signing in, and what tokens are good for.

use reqwest::Method;
use serde_json::{Value, json};

use crate::harness::{TestCloud, answer};

#[tokio::test]
async fn discovery_leads_to_the_token_endpoint() {
    let cloud = TestCloud::start().await;
    let login = cloud.host("login.localhost");
    for (tenant, expected) in [
        (cloud.tenant(), "oauth2/v2.0/token"),
        ("adfs", "oauth2/token"),
    ] {
        let version = if tenant == "adfs" { "" } else { "/v2.0" };
        let url = format!("{login}/{tenant}{version}/.well-known/openid-configuration");
        let document = answer(cloud.client.get(url)).await.expect(200).body;
        let endpoint = format!("{login}/{tenant}/{expected}");
        assert_eq!(document["token_endpoint"], endpoint.as_str());
        let keys = document["jwks_uri"].as_str().expect("a URL");
        let keys = answer(cloud.client.get(keys)).await.expect(200).body;
        assert_eq!(keys["keys"][0]["alg"], "ES256");
        let form = [
            ("grant_type", "client_credentials"),
            ("client_id", cloud.credential("clientId")),
            ("client_secret", cloud.credential("clientSecret")),
            ("scope", "https://management.azure.com/.default"),
        ];
        answer(cloud.client.post(endpoint).form(&form))
            .await
            .expect(200);
    }
    cloud.stop().await;
}

#[tokio::test]
async fn wrong_credentials_are_refused_in_the_words_of_entra() {
    let cloud = TestCloud::start().await;
    let (id, secret) = (
        cloud.credential("clientId"),
        cloud.credential("clientSecret"),
    );
    let unknown = "00000000-0000-0000-0000-000000000001";
    let scope = "https://management.azure.com/.default";
    let grant = "client_credentials";
    let tenant = cloud.tenant();
    let cases = [
        (tenant, grant, id, "wrong", scope, 401, 7_000_215),
        (tenant, grant, id, "", scope, 401, 7_000_216),
        (tenant, grant, unknown, secret, scope, 400, 700_016),
        (tenant, "password", id, secret, scope, 400, 70_003),
        (tenant, grant, id, secret, "user.read", 400, 1_002_012),
        (unknown, grant, id, secret, scope, 400, 90_002),
    ];
    for (tenant, grant, id, secret, scope, status, code) in cases {
        let form = [
            ("grant_type", grant),
            ("client_id", id),
            ("client_secret", secret),
            ("scope", scope),
        ];
        let refused = cloud.token_request(tenant, &form).await.expect(status);
        assert_eq!(
            refused.body["error_codes"],
            json!([code]),
            "{:#}",
            refused.body
        );
    }
    cloud.stop().await;
}

#[tokio::test]
async fn calls_without_a_good_token_are_401() {
    let cloud = TestCloud::start().await;
    let url = format!(
        "{}/subscriptions?api-version=2022-12-01",
        cloud.host("management.localhost")
    );
    let refused = answer(cloud.client.get(&url))
        .await
        .expect_error(401, "AuthenticationFailed");
    let challenge = refused.headers["www-authenticate"]
        .to_str()
        .expect("a text");
    assert!(
        challenge.starts_with("Bearer authorization_uri=\"https://login.localhost:"),
        "{challenge}"
    );

    let for_vaults = cloud.sign_in("https://vault.azure.net/.default").await;
    for (token, code) in [
        (for_vaults.as_str(), "InvalidAuthenticationTokenAudience"),
        ("nonsense", "InvalidAuthenticationToken"),
    ] {
        cloud
            .call_as(token, Method::GET, "/subscriptions", Value::Null)
            .await
            .expect_error(401, code);
    }
    // The last character of a signature carries bits that do not count, so the one before it is changed.
    let mut forged: Vec<char> = cloud.token.chars().collect();
    let place = forged.len() - 5;
    forged[place] = if forged[place] == 'A' { 'B' } else { 'A' };
    let forged: String = forged.into_iter().collect();
    cloud
        .call_as(&forged, Method::GET, "/subscriptions", Value::Null)
        .await
        .expect_error(401, "InvalidAuthenticationToken");
    cloud.stop().await;
}

#[tokio::test]
async fn an_expired_token_is_401() {
    let cloud = TestCloud::start().await;
    let expired = expired_token(&cloud);
    cloud
        .call_as(&expired, Method::GET, "/subscriptions", Value::Null)
        .await
        .expect_error(401, "ExpiredAuthenticationToken");
    cloud.stop().await;
}

/// A token signed with the cloud's own key, of yesterday.
fn expired_token(cloud: &TestCloud) -> String {
    use base64::{
        Engine,
        engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD},
    };
    let path = cloud.folder.path().join("state/tokens.key");
    let pem = std::fs::read_to_string(path).expect("the key");
    let body: String = pem
        .lines()
        .filter(|line| !line.starts_with("-----"))
        .collect();
    let key = jsonwebtoken::EncodingKey::from_ec_der(&STANDARD.decode(body).expect("base64"));
    let payload = cloud.token.split('.').nth(1).expect("a payload");
    let bytes = URL_SAFE_NO_PAD.decode(payload).expect("base64");
    let mut claims: Value = serde_json::from_slice(&bytes).expect("JSON");
    for name in ["iat", "nbf", "exp"] {
        claims[name] = json!(claims[name].as_i64().expect("a time") - 86_400);
    }
    let header = jsonwebtoken::Header::new(jsonwebtoken::Algorithm::ES256);
    jsonwebtoken::encode(&header, &claims, &key).expect("a token")
}

#[tokio::test]
async fn federated_assertions_have_to_match_the_credential() {
    let cloud = TestCloud::start().await;
    cloud.make_group().await;
    let identity = cloud.make_identity("pipeline").await;
    let assertion = cloud.sign_in("api://AzureADTokenExchange/.default").await;
    let form = [
        ("grant_type", "client_credentials"),
        ("client_id", identity["clientId"].as_str().expect("an id")),
        (
            "client_assertion_type",
            "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
        ),
        ("client_assertion", &assertion),
        ("scope", "https://management.azure.com/.default"),
    ];
    let refused = cloud.token_request(cloud.tenant(), &form).await.expect(401);
    assert_eq!(refused.body["error_codes"], json!([700_213]));
    // With the credential it works, and the token is that of the identity.
    let token = cloud
        .identity_token("pipeline", "https://management.azure.com/.default")
        .await;
    assert_eq!(
        identity["principalId"],
        crate::harness::claim(&token, "oid").as_str()
    );
    cloud.stop().await;
}
