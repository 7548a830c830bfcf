//! A local cloud for one test, and a client of it.

use std::{
    net::{Ipv4Addr, SocketAddr},
    sync::Arc,
    time::Duration,
};

use reqwest::{
    Method, StatusCode,
    dns::{Addrs, Name, Resolve, Resolving},
};
use serde_json::{Value, json};
use taxiway_local::{Ports, Settings};
use tempfile::TempDir;
use tokio::{sync::oneshot, task::JoinHandle, time::timeout};

/// "Stuck", not "slow".
pub(crate) const DEADLINE: Duration = Duration::from_secs(30);

/// Between two looks at an operation.
const POLL: Duration = Duration::from_millis(30);

/// Every name leads to loopback; the port stays.
#[derive(Debug)]
struct Loopback;

impl Resolve for Loopback {
    fn resolve(&self, _: Name) -> Resolving {
        let address = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
        Box::pin(async move { Ok(Box::new(std::iter::once(address)) as Addrs) })
    }
}

/// Status and body of an answer.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: reqwest::header::HeaderMap,
    pub(crate) body: Value,
}

impl Answer {
    pub(crate) fn code(&self) -> &str {
        self.body["error"]["code"].as_str().unwrap_or_default()
    }

    /// Panics with the whole answer where the status is another one.
    #[track_caller]
    pub(crate) fn expect(self, status: u16) -> Self {
        assert_eq!(self.status.as_u16(), status, "{:#}", self.body);
        self
    }

    /// The same for an error, with its code.
    #[track_caller]
    pub(crate) fn expect_error(self, status: u16, code: &str) -> Self {
        assert_eq!(
            (self.status.as_u16(), self.code()),
            (status, code),
            "{:#}",
            self.body
        );
        self
    }
}

/// A running cloud, signed in as its deployer.
pub(crate) struct TestCloud {
    pub(crate) folder: TempDir,
    pub(crate) ports: Ports,
    pub(crate) credentials: Value,
    pub(crate) client: reqwest::Client,
    pub(crate) token: String,
    stop: Option<oneshot::Sender<()>>,
    running: JoinHandle<Result<(), taxiway_local::RunError>>,
}

/// Where the state is below a test's folder.
pub(crate) fn settings(folder: &TempDir) -> Settings {
    let folder = camino::Utf8Path::from_path(folder.path()).expect("a UTF-8 path");
    Settings {
        state: folder.join("state"),
        cache: folder.join("cache"),
        ports: Ports {
            front_door: 0,
            sites: 0,
            proxy: 0,
        },
    }
}

/// A client that trusts the cloud of this folder alone.
pub(crate) fn client(folder: &TempDir) -> reqwest::Client {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let pem = std::fs::read(settings(folder).state.join("ca.pem")).expect("the authority");
    let roots = reqwest::Certificate::from_pem_bundle(&pem).expect("a certificate");
    reqwest::Client::builder()
        .dns_resolver(Arc::new(Loopback))
        .tls_certs_only(roots)
        .no_proxy()
        .timeout(DEADLINE)
        .build()
        .expect("a client")
}

impl TestCloud {
    pub(crate) async fn start() -> Self {
        Self::start_in(TempDir::new().expect("a temporary folder")).await
    }

    /// Starts on what an earlier cloud left in the folder.
    pub(crate) async fn start_in(folder: TempDir) -> Self {
        let (stop, stopped) = oneshot::channel::<()>();
        let (ready, is_ready) = oneshot::channel();
        let settings = settings(&folder);
        let state = settings.state.clone();
        let running = tokio::spawn(async move {
            let shutdown = async {
                let _ = stopped.await;
            };
            taxiway_local::run(settings, shutdown, |ports| {
                let _ = ready.send(ports);
            })
            .await
        });
        let ports = match timeout(DEADLINE, is_ready).await.expect("ready in time") {
            Ok(ports) => ports,
            Err(_) => panic!("the cloud ended: {:?}", running.await),
        };
        let text = std::fs::read(state.join("credentials.json")).expect("the credentials");
        let mut cloud = Self {
            client: client(&folder),
            folder,
            ports,
            credentials: serde_json::from_slice(&text).expect("credentials in JSON"),
            token: String::new(),
            stop: Some(stop),
            running,
        };
        cloud.token = cloud.sign_in("https://management.azure.com/.default").await;
        cloud
    }

    /// Stops it and gives its folder back.
    pub(crate) async fn stop(mut self) -> TempDir {
        let _ = self.stop.take().map(|stop| stop.send(()));
        let ended = timeout(DEADLINE, self.running)
            .await
            .expect("it ends in time");
        ended.expect("no panic").expect("no error");
        self.folder
    }

    pub(crate) fn credential(&self, name: &str) -> &str {
        self.credentials[name].as_str().expect("a credential")
    }

    pub(crate) fn tenant(&self) -> &str {
        self.credential("tenantId")
    }

    /// `/subscriptions/…`.
    pub(crate) fn subscription(&self) -> String {
        format!("/subscriptions/{}", self.credential("subscriptionId"))
    }

    pub(crate) fn group(&self) -> String {
        format!("{}/resourceGroups/rg", self.subscription())
    }

    pub(crate) fn host(&self, name: &str) -> String {
        format!("https://{name}:{}", self.ports.front_door)
    }

    /// POST to the token endpoint.
    pub(crate) async fn token_request(&self, tenant: &str, form: &[(&str, &str)]) -> Answer {
        let url = format!(
            "{}/{tenant}/oauth2/v2.0/token",
            self.host("login.localhost")
        );
        answer(self.client.post(url).form(form)).await
    }

    /// The deployer's token for a scope.
    pub(crate) async fn sign_in(&self, scope: &str) -> String {
        let (id, secret) = (self.credential("clientId"), self.credential("clientSecret"));
        let form = [
            ("grant_type", "client_credentials"),
            ("client_id", id),
            ("client_secret", secret),
            ("scope", scope),
        ];
        let answer = self.token_request(self.tenant(), &form).await.expect(200);
        answer.body["access_token"]
            .as_str()
            .expect("a token")
            .to_owned()
    }

    /// A call to Resource Manager with the deployer's token. The version is 2025-04-01 unless the path has one.
    pub(crate) async fn call(&self, method: Method, path: &str, body: Value) -> Answer {
        self.call_as(&self.token, method, path, body).await
    }

    pub(crate) async fn call_as(
        &self,
        token: &str,
        method: Method,
        path: &str,
        body: Value,
    ) -> Answer {
        let separator = match path.contains('?') {
            true if path.contains("api-version") => "",
            true => "&api-version=2025-04-01",
            false => "?api-version=2025-04-01",
        };
        let url = format!("{}{path}{separator}", self.host("management.localhost"));
        let mut request = self.client.request(method, url).bearer_auth(token);
        if !body.is_null() {
            request = request.json(&body);
        }
        answer(request).await
    }

    pub(crate) async fn get(&self, path: &str) -> Answer {
        self.call(Method::GET, path, Value::Null).await
    }

    pub(crate) async fn put(&self, path: &str, body: Value) -> Answer {
        self.call(Method::PUT, path, body).await
    }

    pub(crate) async fn post(&self, path: &str, body: Value) -> Answer {
        self.call(Method::POST, path, body).await
    }

    pub(crate) async fn delete(&self, path: &str) -> Answer {
        self.call(Method::DELETE, path, Value::Null).await
    }

    /// Makes the group `rg`.
    pub(crate) async fn make_group(&self) {
        self.put(&self.group(), json!({"location": "swedencentral"}))
            .await
            .expect(201);
    }

    /// Polls the operation of an answer until it has ended; returns what its status says.
    pub(crate) async fn finished(&self, started: &Answer) -> Value {
        let url = started.headers["azure-asyncoperation"]
            .to_str()
            .expect("a URL")
            .to_owned();
        let polls = async {
            let mut pause = tokio::time::interval(POLL);
            loop {
                pause.tick().await;
                let status = answer(self.client.get(&url).bearer_auth(&self.token)).await;
                if status.expect_running().is_none() {
                    return status.body;
                }
            }
        };
        timeout(DEADLINE, polls).await.expect("it ends in time")
    }

    /// Polls `Location` until it no longer answers 202.
    pub(crate) async fn settled(&self, started: &Answer) -> Answer {
        let url = started.headers["location"]
            .to_str()
            .expect("a URL")
            .to_owned();
        let polls = async {
            let mut pause = tokio::time::interval(POLL);
            loop {
                pause.tick().await;
                let polled = answer(self.client.get(&url).bearer_auth(&self.token)).await;
                if polled.status != StatusCode::ACCEPTED {
                    return polled;
                }
            }
        };
        timeout(DEADLINE, polls).await.expect("it ends in time")
    }

    /// Makes a user-assigned identity and returns its properties.
    pub(crate) async fn make_identity(&self, name: &str) -> Value {
        let path = format!(
            "{}/providers/Microsoft.ManagedIdentity/userAssignedIdentities/{name}",
            self.group()
        );
        let made = self
            .put(&path, json!({"location": "swedencentral"}))
            .await
            .expect(201);
        made.body["properties"].clone()
    }

    /// A token of the identity, got by an assertion of this cloud itself, which its credential trusts.
    pub(crate) async fn identity_token(&self, name: &str, scope: &str) -> String {
        let path = format!(
            "{}/providers/Microsoft.ManagedIdentity/userAssignedIdentities/{name}",
            self.group()
        );
        let client_id = self.get(&path).await.expect(200).body["properties"]["clientId"].clone();
        let assertion = self.sign_in("api://AzureADTokenExchange/.default").await;
        let issuer = format!("{}/{}/v2.0", self.host("login.localhost"), self.tenant());
        let credential = json!({"properties": {
            "issuer": issuer,
            "subject": claim(&assertion, "sub"),
            "audiences": ["api://AzureADTokenExchange"],
        }});
        self.put(
            &format!("{path}/federatedIdentityCredentials/test"),
            credential,
        )
        .await;
        let form = [
            ("grant_type", "client_credentials"),
            ("client_id", client_id.as_str().expect("an id")),
            (
                "client_assertion_type",
                "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
            ),
            ("client_assertion", &assertion),
            ("scope", scope),
        ];
        let answer = self.token_request(self.tenant(), &form).await.expect(200);
        answer.body["access_token"]
            .as_str()
            .expect("a token")
            .to_owned()
    }

    /// Gives a principal a role by GUID at a scope; returns the assignment's path.
    pub(crate) async fn assign(&self, principal: &Value, role: &str, scope: &str) -> String {
        let name = uuid::Uuid::new_v4();
        let path = format!("{scope}/providers/Microsoft.Authorization/roleAssignments/{name}");
        let role = format!(
            "{}/providers/Microsoft.Authorization/roleDefinitions/{role}",
            self.subscription()
        );
        let body = json!({"properties": {"roleDefinitionId": role, "principalId": principal}});
        self.put(&path, body).await.expect(201);
        path
    }
}

impl Answer {
    fn expect_running(&self) -> Option<()> {
        assert_eq!(self.status, StatusCode::OK, "{:#}", self.body);
        (self.body["status"] == "Running").then_some(())
    }
}

/// One claim of a token.
pub(crate) fn claim(token: &str, name: &str) -> String {
    claims(token)[name].as_str().expect("a text").to_owned()
}

/// What a token says.
pub(crate) fn claims(token: &str) -> Value {
    use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
    let payload = token.split('.').nth(1).expect("a payload");
    let bytes = URL_SAFE_NO_PAD.decode(payload).expect("base64");
    serde_json::from_slice(&bytes).expect("JSON")
}

pub(crate) async fn answer(request: reqwest::RequestBuilder) -> Answer {
    let response = request.send().await.expect("an answer");
    let (status, headers) = (response.status(), response.headers().clone());
    let bytes = response.bytes().await.expect("a body");
    Answer {
        status,
        headers,
        body: serde_json::from_slice(&bytes)
            .unwrap_or_else(|_| Value::String(String::from_utf8_lossy(&bytes).into_owned())),
    }
}
