//! One HTTP client for everything: TLS, names, repetition; no credentials.
//!
//! Invariants: redirects are never followed, so a token never reaches another host; an error never
//! holds an address, which may carry a signature.

use std::{sync::Arc, time::Duration};

use bytes::Bytes;
use http::{HeaderMap, Method, StatusCode, header};
use serde_json::Value;
use url::Url;

use crate::{
    clock,
    error::Error,
    localhost::LocalhostResolver,
    retry::{self, Repeatable, RetryPolicy, Trouble},
    secret::Secret,
    service_error::ServiceError,
};

/// How long a request may take unless it says otherwise.
const REQUEST_LIMIT: Duration = Duration::from_secs(100);

/// How the client talks to the network.
#[derive(Clone, Debug, Default)]
pub struct TransportOptions {
    /// The only certificate authority to trust, as PEM (the local cloud's); otherwise the system's.
    pub certificate_authority: Option<Vec<u8>>,
    /// The limits of repetition.
    pub retry: RetryPolicy,
}

/// The HTTP client. Cheap to clone; clones share connections.
#[derive(Clone, Debug)]
pub struct Transport {
    client: reqwest::Client,
    retry: RetryPolicy,
}

/// What a request carries.
#[derive(Clone, Debug)]
pub(crate) enum Content {
    Empty,
    Json(Value),
    Form(Vec<(&'static str, Secret<String>)>),
    Octets(Bytes),
}

/// One request, ready to be sent as often as needed.
#[derive(Clone, Debug)]
pub(crate) struct Request {
    pub(crate) method: Method,
    pub(crate) url: Url,
    pub(crate) content: Content,
    pub(crate) headers: Vec<(&'static str, Secret<String>)>,
    pub(crate) repeatable: Repeatable,
    pub(crate) limit: Duration,
}

impl Request {
    pub(crate) fn new(method: Method, url: Url) -> Self {
        let repeatable = if method == Method::POST || method == Method::PATCH {
            Repeatable::No
        } else {
            Repeatable::Yes
        };
        Self {
            method,
            url,
            content: Content::Empty,
            headers: Vec::new(),
            repeatable,
            limit: REQUEST_LIMIT,
        }
    }

    pub(crate) fn json(mut self, body: Value) -> Self {
        self.content = Content::Json(body);
        self
    }

    pub(crate) fn content(mut self, content: Content) -> Self {
        self.content = content;
        self
    }

    pub(crate) fn header(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.headers.push((name, Secret::new(value.into())));
        self
    }

    pub(crate) fn repeatable(mut self) -> Self {
        self.repeatable = Repeatable::Yes;
        self
    }

    pub(crate) fn never_repeated(mut self) -> Self {
        self.repeatable = Repeatable::Never;
        self
    }

    pub(crate) fn limit(mut self, limit: Duration) -> Self {
        self.limit = limit;
        self
    }

    /// Method and path, as errors name the call.
    pub(crate) fn call(&self) -> String {
        format!("{} {}", self.method, self.url.path())
    }

    fn host(&self) -> String {
        self.url.host_str().unwrap_or_default().to_owned()
    }
}

/// A whole answer.
#[derive(Clone, Debug)]
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
    pub(crate) call: String,
}

impl Answer {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    pub(crate) fn retry_after(&self) -> Option<Duration> {
        retry::retry_after(self.header("retry-after")?, jiff::Timestamp::now())
    }

    /// The body as JSON; an empty body is `null`.
    pub(crate) fn json(&self) -> Result<Value, Error> {
        if self.body.iter().all(u8::is_ascii_whitespace) {
            return Ok(Value::Null);
        }
        serde_json::from_slice(&self.body).map_err(|error| Error::Protocol {
            what: self.call.clone(),
            reason: format!("the body is not JSON ({error})"),
        })
    }

    /// The body as `T`.
    pub(crate) fn read<T: serde::de::DeserializeOwned>(&self) -> Result<T, Error> {
        read(self.json()?, &self.call)
    }

    pub(crate) fn service_error(&self) -> ServiceError {
        let mut error = ServiceError::read(self.status.as_u16(), &self.body, &self.call);
        error.request_id = self.header("x-ms-request-id").map(str::to_owned);
        error
    }

    /// The answer itself when its status is 2xx, otherwise the error in it.
    pub(crate) fn accepted(self) -> Result<Self, Error> {
        if self.status.is_success() {
            Ok(self)
        } else {
            Err(Error::Service(Box::new(self.service_error())))
        }
    }
}

/// Turns a JSON value into `T`, or names the call whose answer did not fit.
pub(crate) fn read<T: serde::de::DeserializeOwned>(value: Value, call: &str) -> Result<T, Error> {
    serde_json::from_value(value).map_err(|error| Error::Protocol {
        what: call.to_owned(),
        reason: error.to_string(),
    })
}

impl Transport {
    /// Makes the client.
    ///
    /// # Errors
    /// When the certificate can't be read, or the system has no trusted roots.
    pub fn new(options: &TransportOptions) -> Result<Self, Error> {
        Ok(Self {
            client: http_client(options.certificate_authority.as_deref())?,
            retry: options.retry,
        })
    }

    /// Sends a request, repeating it as the policy says; the last answer is returned whatever its status.
    pub(crate) async fn send(
        &self,
        request: &Request,
        token: Option<&Secret<String>>,
    ) -> Result<Answer, Error> {
        let mut repeat = 0;
        loop {
            let outcome = self.once(request, token).await;
            let Some(pause) = self.pause_after(request, &outcome, repeat) else {
                return outcome;
            };
            tracing::debug!(call = %request.call(), repeat, ?pause, "asking again");
            clock::pause(pause).await;
            repeat += 1;
        }
    }

    /// Sends a request once and hands back the answer while its body is still coming.
    pub(crate) async fn open(
        &self,
        request: &Request,
        token: Option<&Secret<String>>,
    ) -> Result<reqwest::Response, Error> {
        self.prepare(request, token)
            .send()
            .await
            .map_err(|error| connection_error(request, error))
    }

    async fn once(
        &self,
        request: &Request,
        token: Option<&Secret<String>>,
    ) -> Result<Answer, Error> {
        let response = self.open(request, token).await?;
        let (status, headers) = (response.status(), response.headers().clone());
        let body = response
            .bytes()
            .await
            .map_err(|error| connection_error(request, error))?;
        tracing::debug!(call = %request.call(), status = status.as_u16(), "answered");
        Ok(Answer {
            status,
            headers,
            body,
            call: request.call(),
        })
    }

    fn prepare(
        &self,
        request: &Request,
        token: Option<&Secret<String>>,
    ) -> reqwest::RequestBuilder {
        let mut builder = self
            .client
            .request(request.method.clone(), request.url.clone())
            .timeout(request.limit)
            .header(header::ACCEPT, "application/json")
            .header("x-ms-client-request-id", request_id());
        if let Some(token) = token {
            builder = builder.bearer_auth(token.expose());
        }
        for (name, value) in &request.headers {
            builder = builder.header(*name, value.expose());
        }
        match &request.content {
            Content::Empty if request.method == Method::GET || request.method == Method::HEAD => {
                builder
            }
            Content::Empty => builder.header(header::CONTENT_LENGTH, "0"),
            Content::Json(value) => builder.json(value),
            Content::Form(pairs) => {
                let pairs: Vec<(&str, &str)> = pairs
                    .iter()
                    .map(|(key, value)| (*key, value.expose().as_str()))
                    .collect();
                builder.form(&pairs)
            }
            Content::Octets(bytes) => builder
                .header(header::CONTENT_TYPE, "application/octet-stream")
                .body(bytes.clone()),
        }
    }

    fn pause_after(
        &self,
        request: &Request,
        outcome: &Result<Answer, Error>,
        repeat: u32,
    ) -> Option<Duration> {
        let code;
        let (trouble, retry_after) = match outcome {
            Ok(answer) if answer.status.is_success() || answer.status.is_redirection() => {
                return None;
            }
            Ok(answer) => {
                code = busy_code(request, answer);
                let trouble = Trouble::Answer {
                    status: answer.status.as_u16(),
                    code: Some(&code),
                };
                (trouble, answer.retry_after())
            }
            Err(Error::Unreachable { source, .. }) if source.is_connect() => {
                (Trouble::Unreachable, None)
            }
            Err(Error::Unreachable { .. } | Error::Silent { .. }) => (Trouble::Interrupted, None),
            Err(_) => return None,
        };
        self.retry.pause(
            repeat,
            trouble,
            request.repeatable,
            retry_after,
            rand::random(),
        )
    }
}

/// The error's code; Microsoft.Web says plain `Conflict` while an operation of the site runs.
fn busy_code(request: &Request, answer: &Answer) -> String {
    let code = answer.service_error().code;
    let busy_site = answer.status == StatusCode::CONFLICT
        && request
            .url
            .path()
            .to_ascii_lowercase()
            .contains("/providers/microsoft.web/")
        && (code == "409" || code.eq_ignore_ascii_case("Conflict"));
    if busy_site {
        "OperationInProgress".to_owned()
    } else {
        code
    }
}

fn connection_error(request: &Request, error: reqwest::Error) -> Error {
    let error = error.without_url();
    if error.is_timeout() && !error.is_connect() {
        Error::Silent {
            host: request.host(),
            limit: request.limit,
        }
    } else {
        Error::Unreachable {
            host: request.host(),
            source: error,
        }
    }
}

/// A random GUID by which Azure's logs find the request.
fn request_id() -> String {
    let bits: u128 = rand::random();
    let hex = format!("{bits:032x}");
    format!(
        "{}-{}-4{}-a{}-{}",
        &hex[..8],
        &hex[8..12],
        &hex[13..16],
        &hex[17..20],
        &hex[20..]
    )
}

/// An HTTP client as all of Taxiway's use it: `*.localhost` leads to this machine, redirects are
/// not followed. Also for probing an app's own pages, without any token.
///
/// # Errors
/// When the certificate can't be read, or the system has no trusted roots.
pub fn http_client(certificate_authority: Option<&[u8]>) -> Result<reqwest::Client, Error> {
    let setup = |reason: String| Error::Setup { reason };
    // Another part of the process may have installed a provider already; either one will do.
    let _installed = rustls::crypto::ring::default_provider().install_default();
    let mut builder = reqwest::Client::builder()
        .user_agent(concat!("taxiway/", env!("CARGO_PKG_VERSION")))
        .redirect(reqwest::redirect::Policy::none())
        .connect_timeout(Duration::from_secs(20))
        .tcp_nodelay(true)
        .dns_resolver(Arc::new(LocalhostResolver));
    if let Some(pem) = certificate_authority {
        let roots = reqwest::Certificate::from_pem_bundle(pem)
            .map_err(|error| setup(format!("the certificate authority can't be read ({error})")))?;
        // A private authority means a cloud on this machine, which no proxy can reach.
        builder = builder.tls_certs_only(roots).no_proxy();
    }
    builder.build().map_err(|error| setup(chain(&error)))
}

/// An error and its causes in one line.
fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        text = format!("{text}: {cause}");
        source = cause.source();
    }
    text
}
