//! The ways of signing in, and what a refusal says.

use serde_json::json;
use taxiway_azure::{Assertion, Credential, Endpoints, IdentityIssuer, Secret};

use crate::server::{Server, json, reply};

const TOKEN: &str = "POST login.localhost /tenant/oauth2/v2.0/token";

fn federated(assertion: Assertion) -> Credential {
    Credential::Federated {
        tenant: "tenant".to_owned(),
        client_id: "client".to_owned(),
        assertion,
    }
}

#[tokio::test]
async fn a_secret_becomes_a_token_that_is_kept() {
    let server = Server::start().await;
    let azure = server.azure();
    azure.sign_in().await.unwrap();
    azure.sign_in().await.unwrap();
    let asked = server.asked();
    assert_eq!(asked.len(), 1);
    assert_eq!(
        asked[0].body,
        "grant_type=client_credentials&client_id=client&scope=https%3A%2F%2Fmanagement.localhost%2F.default&client_secret=s3cret"
    );
}

#[tokio::test]
async fn a_token_that_ends_soon_is_renewed() {
    let server = Server::start().await;
    server.on(
        TOKEN,
        [json(json!({"access_token": "t", "expires_in": 299}))],
    );
    let azure = server.azure();
    azure.sign_in().await.unwrap();
    azure.sign_in().await.unwrap();
    assert_eq!(server.asked().len(), 2);
}

#[tokio::test]
async fn a_wrong_secret_says_what_to_do_and_not_what_it_was() {
    let server = Server::start().await;
    let refusal = json!({"error": "invalid_client", "error_description": "AADSTS7000215: Invalid client secret provided.\r\nTrace ID: 1", "error_codes": [7000215]});
    server.on(TOKEN, [reply(401, &refusal.to_string())]);
    let error = server.azure().sign_in().await.unwrap_err();
    assert_eq!(
        error.to_string(),
        "cannot sign in: AADSTS7000215: Invalid client secret provided"
    );
    assert!(error.hint().unwrap().contains("not its id"));
    assert!(!format!("{error:?}").contains("s3cret"));
}

#[tokio::test]
async fn github_and_files_give_assertions() {
    let server = Server::start().await;
    server.on(
        "GET identity.localhost /request",
        [json(json!({"value": "github-jwt"}))],
    );
    let url = server.at("identity", "/request?a=b").parse().unwrap();
    let credential = federated(Assertion::GitHub {
        url,
        token: Secret::new("runner".to_owned()),
    });
    server.client(credential).sign_in().await.unwrap();
    let asked = server.asked();
    assert_eq!(asked[0].token.as_deref(), Some("Bearer runner"));
    assert_eq!(
        asked[0].query,
        "a=b&audience=api%3A%2F%2FAzureADTokenExchange"
    );
    assert!(
        asked[1].body.ends_with("&client_assertion=github-jwt"),
        "{}",
        asked[1].body
    );

    let file = tempfile::NamedTempFile::new().unwrap();
    let azure = server.client(federated(Assertion::File(file.path().to_owned())));
    std::fs::write(file.path(), "file-jwt\n").unwrap();
    azure.sign_in().await.unwrap();
    assert!(
        server.asked()[2]
            .body
            .ends_with("&client_assertion=file-jwt")
    );
}

#[tokio::test]
async fn a_managed_identity_needs_its_header_alone() {
    let server = Server::start().await;
    server.on(
        "GET identity.localhost /token",
        [json(
            json!({"access_token": "t", "expires_on": "4102444800", "token_type": "Bearer"}),
        )],
    );
    let endpoint: url::Url = server.at("identity", "/token").parse().unwrap();
    for (issuer, expected) in [
        (
            IdentityIssuer::AppService {
                endpoint: endpoint.clone(),
                header: Secret::new("h".to_owned()),
            },
            "api-version=2019-08-01&resource=https%3A%2F%2Fmanagement.localhost&client_id=c",
        ),
        (
            IdentityIssuer::VirtualMachine {
                endpoint: endpoint.clone(),
            },
            "api-version=2018-02-01&resource=https%3A%2F%2Fmanagement.localhost&client_id=c",
        ),
    ] {
        let azure = server.client(Credential::ManagedIdentity {
            issuer,
            client_id: Some("c".to_owned()),
        });
        azure.sign_in().await.unwrap();
        azure.sign_in().await.unwrap();
        assert_eq!(server.asked().last().unwrap().query, expected);
    }
    assert_eq!(server.asked().len(), 2);
}

#[tokio::test]
async fn a_cloud_tells_where_it_answers() {
    let server = Server::start().await;
    let document = json!({
        "name": "Local", "resourceManager": server.at("management", "/"),
        "authentication": {"loginEndpoint": server.at("login", ""), "audiences": ["https://management.localhost"]},
        "suffixes": {"keyVaultDns": "vault.localhost:8443"},
    });
    server.on(
        "GET management.localhost /metadata/endpoints",
        [json(document)],
    );
    let asked: url::Url = server.at("management", "").parse().unwrap();
    let endpoints = Endpoints::discover(&asked, &server.transport())
        .await
        .unwrap();
    assert_eq!(
        endpoints.resource_manager_scope,
        "https://management.localhost/.default"
    );
    assert_eq!(
        endpoints.key_vault_scope,
        "https://vault.localhost:8443/.default"
    );
    assert_eq!(server.asked()[0].token, None);
}
