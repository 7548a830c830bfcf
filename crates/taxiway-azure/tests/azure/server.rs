//! A server that answers each call with the next of its recorded answers, and notes what it was asked.

use std::{
    collections::{BTreeMap, VecDeque},
    convert::Infallible,
    sync::{Arc, Mutex},
    time::Duration,
};

use http_body_util::{BodyExt, Full};
use hyper::{Request, Response, body::Bytes, body::Incoming, service::service_fn};
use hyper_util::rt::TokioIo;
use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair};
use serde_json::Value;
use taxiway_azure::{
    Azure, Credential, Endpoints, RetryPolicy, Secret, Transport, TransportOptions,
};
use tokio::net::TcpListener;
use tokio_rustls::{TlsAcceptor, rustls};
use url::Url;

/// A recorded answer.
#[derive(Clone, Debug)]
pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) headers: Vec<(&'static str, String)>,
    pub(crate) body: String,
}

/// What the server was asked.
#[derive(Clone, Debug)]
pub(crate) struct Asked {
    /// `GET management.localhost /subscriptions/…`, without port and query.
    pub(crate) call: String,
    pub(crate) query: String,
    pub(crate) token: Option<String>,
    pub(crate) body: String,
}

#[derive(Debug, Default)]
struct Script {
    replies: BTreeMap<String, VecDeque<Reply>>,
    asked: Vec<Asked>,
    tokens: u32,
}

pub(crate) struct Server {
    script: Arc<Mutex<Script>>,
    port: u16,
    authority: Vec<u8>,
}

pub(crate) fn reply(status: u16, body: &str) -> Reply {
    Reply {
        status,
        headers: Vec::new(),
        body: body.to_owned(),
    }
}

pub(crate) fn json(body: Value) -> Reply {
    reply(200, &body.to_string())
}

impl Reply {
    pub(crate) fn header(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }

    /// No waiting in tests.
    pub(crate) fn at_once(self) -> Self {
        self.header("retry-after", "0.01")
    }
}

impl Server {
    pub(crate) async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let script = Arc::new(Mutex::new(Script::default()));
        let (authority, acceptor) = certificates();
        tokio::spawn(serve(listener, acceptor, script.clone()));
        Self {
            script,
            port,
            authority,
        }
    }

    /// `https://<name>.localhost:<port><path>`.
    pub(crate) fn at(&self, name: &str, path: &str) -> String {
        format!("https://{name}.localhost:{}{path}", self.port)
    }

    pub(crate) fn endpoints(&self) -> Endpoints {
        let url = |name: &str| Url::parse(&self.at(name, "/")).unwrap();
        Endpoints {
            resource_manager: url("management"),
            authority: url("login"),
            resource_manager_scope: "https://management.localhost/.default".to_owned(),
            kudu_scope: "https://management.localhost/.default".to_owned(),
            key_vault_suffix: format!("vault.localhost:{}", self.port),
            key_vault_scope: "https://vault.localhost/.default".to_owned(),
        }
    }

    pub(crate) fn transport(&self) -> Transport {
        let retry = RetryPolicy {
            first: Duration::from_millis(2),
            longest: Duration::from_millis(5),
            ..RetryPolicy::default()
        };
        Transport::new(&TransportOptions {
            certificate_authority: Some(self.authority.clone()),
            retry,
        })
        .unwrap()
    }

    pub(crate) fn client(&self, credential: Credential) -> Azure {
        Azure::new(self.endpoints(), credential, self.transport())
    }

    /// A client whose application signs in with a secret.
    pub(crate) fn azure(&self) -> Azure {
        self.client(Credential::ClientSecret {
            tenant: "tenant".to_owned(),
            client_id: "client".to_owned(),
            secret: Secret::new("s3cret".to_owned()),
        })
    }

    /// Plays `replies` for a call, in order; the last one stays.
    pub(crate) fn on(&self, call: &str, replies: impl IntoIterator<Item = Reply>) {
        self.script
            .lock()
            .unwrap()
            .replies
            .insert(call.to_owned(), replies.into_iter().collect());
    }

    pub(crate) fn asked(&self) -> Vec<Asked> {
        self.script.lock().unwrap().asked.clone()
    }

    /// The calls without those for tokens.
    pub(crate) fn calls(&self) -> Vec<String> {
        let asked = self.asked().into_iter().map(|asked| asked.call);
        asked
            .filter(|call| !call.ends_with("/oauth2/v2.0/token"))
            .collect()
    }
}

async fn serve(listener: TcpListener, acceptor: TlsAcceptor, script: Arc<Mutex<Script>>) {
    loop {
        let (stream, _) = listener.accept().await.unwrap();
        let (acceptor, script) = (acceptor.clone(), script.clone());
        tokio::spawn(async move {
            let Ok(stream) = acceptor.accept(stream).await else {
                return;
            };
            let service = service_fn(move |request| answer(request, script.clone()));
            let _ended = hyper::server::conn::http1::Builder::new()
                .serve_connection(TokioIo::new(stream), service)
                .await;
        });
    }
}

async fn answer(
    request: Request<Incoming>,
    script: Arc<Mutex<Script>>,
) -> Result<Response<Full<Bytes>>, Infallible> {
    let header = |name: &str| {
        request
            .headers()
            .get(name)
            .and_then(|value| value.to_str().ok())
            .map(str::to_owned)
    };
    let host = header("host").unwrap_or_default();
    let host = host.split(':').next().unwrap_or_default();
    let call = format!("{} {host} {}", request.method(), request.uri().path());
    let token = header("authorization");
    let query = request.uri().query().unwrap_or_default().to_owned();
    let body = request
        .into_body()
        .collect()
        .await
        .map(|body| body.to_bytes())
        .unwrap_or_default();
    let body = String::from_utf8_lossy(&body).into_owned();
    let mut script = script.lock().unwrap();
    script.asked.push(Asked {
        call: call.clone(),
        query,
        token,
        body,
    });
    let reply = script.reply(&call);
    let mut response = Response::builder().status(reply.status);
    for (name, value) in reply.headers {
        response = response.header(name, value);
    }
    Ok(response.body(Full::from(reply.body)).unwrap())
}

impl Script {
    fn reply(&mut self, call: &str) -> Reply {
        if let Some(replies) = self.replies.get_mut(call) {
            let last = replies.len() == 1;
            return if last {
                replies[0].clone()
            } else {
                replies.pop_front().unwrap()
            };
        }
        if call.ends_with("/oauth2/v2.0/token") {
            self.tokens += 1;
            let token = serde_json::json!({"token_type": "Bearer", "expires_in": 3600, "access_token": format!("token-{}", self.tokens)});
            return reply(200, &token.to_string());
        }
        reply(
            404,
            r#"{"error":{"code":"NotRecorded","message":"no answer is recorded"}}"#,
        )
    }
}

fn certificates() -> (Vec<u8>, TlsAcceptor) {
    let authority_key = KeyPair::generate().unwrap();
    let mut parameters = CertificateParams::new(Vec::new()).unwrap();
    parameters.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let authority = parameters.self_signed(&authority_key).unwrap();
    let issuer = Issuer::new(parameters, authority_key);
    let names = [
        "management",
        "login",
        "shop.scm",
        "elsewhere",
        "kv.vault",
        "identity",
    ];
    let key = KeyPair::generate().unwrap();
    let names: Vec<String> = names
        .iter()
        .map(|name| format!("{name}.localhost"))
        .collect();
    let certificate = CertificateParams::new(names)
        .unwrap()
        .signed_by(&key, &issuer)
        .unwrap();
    let config = rustls::ServerConfig::builder_with_provider(Arc::new(
        rustls::crypto::ring::default_provider(),
    ))
    .with_safe_default_protocol_versions()
    .unwrap()
    .with_no_client_auth()
    .with_single_cert(vec![certificate.der().clone()], key.into())
    .unwrap();
    (
        authority.pem().into_bytes(),
        TlsAcceptor::from(Arc::new(config)),
    )
}
