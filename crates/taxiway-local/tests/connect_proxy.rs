//! Stock clients: Azure's own host names through the CONNECT proxy.

use crate::harness::{TestCloud, answer};

#[tokio::test]
async fn azures_names_lead_here_and_nothing_leads_outside() {
    let cloud = TestCloud::start().await;
    let pem = std::fs::read(cloud.folder.path().join("state/ca.pem")).expect("the authority");
    let roots = reqwest::Certificate::from_pem_bundle(&pem).expect("a certificate");
    let proxy = reqwest::Proxy::https(format!("http://127.0.0.1:{}", cloud.ports.proxy));
    let client = reqwest::Client::builder()
        .tls_certs_only(roots)
        .proxy(proxy.expect("a proxy"))
        .build()
        .expect("a client");
    let login = format!(
        "https://login.microsoftonline.com/{}/oauth2/v2.0/token",
        cloud.tenant()
    );
    let form = [
        ("grant_type", "client_credentials"),
        ("client_id", cloud.credential("clientId")),
        ("client_secret", cloud.credential("clientSecret")),
        ("scope", "https://management.core.windows.net//.default"),
    ];
    let token = answer(client.post(login).form(&form)).await.expect(200);
    let token = token.body["access_token"].as_str().expect("a token");
    let subscriptions = "https://management.azure.com/subscriptions?api-version=2022-12-01";
    let listed = answer(client.get(subscriptions).bearer_auth(token))
        .await
        .expect(200);
    assert_eq!(
        listed.body["value"][0]["subscriptionId"],
        cloud.credential("subscriptionId")
    );
    answer(client.get("https://azcliprod.blob.core.windows.net/cli/setup.py"))
        .await
        .expect(404);
    let outside = client.get("https://example.org/").send().await;
    assert!(outside.is_err(), "{outside:?}");
    cloud.stop().await;
}
