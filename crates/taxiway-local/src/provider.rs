//! How a call to Resource Manager reaches the provider of its namespace.
//!
//! HTTP and deployments call the same [`dispatch`], which checks the caller's rights first: a deployment can do nothing
//! that its caller could not do by hand.

use std::collections::BTreeMap;

use http::{HeaderMap, Method, StatusCode};
use serde_json::Value;
use taxiway_arm::ResourceId;

use crate::{cloud::Cloud, error::ArmError, identity::Caller};

mod dispatch;
pub(crate) mod names;
pub(crate) mod rules;

pub(crate) use dispatch::{dispatch, route};

/// One call.
///
/// The path is cut into pairs of type and name. What is left over is `action`: of a POST its verb (`sites/shop` + `restart`,
/// `sites/shop/config/appsettings` + `list`), of a GET the collection (`sites/shop` + `slots`). At the top of a provider the
/// scope stands in `id` (`GET {group}/providers/Microsoft.Web/sites`: the group and `sites`), and the namespace in
/// `namespace` alone.
#[derive(Clone, Debug)]
pub(crate) struct Request {
    pub method: Method,
    pub id: ResourceId,
    /// The namespace of the last `providers` segment, as written.
    pub namespace: String,
    pub action: Option<String>,
    pub api_version: String,
    /// The query without `api-version`; names in lower case.
    pub query: BTreeMap<String, String>,
    pub headers: HeaderMap,
    /// `Null` where there was no body.
    pub body: Value,
    pub caller: Caller,
}

impl Request {
    /// `https://` and the host by which the client came; URLs in answers start with it. Without one (a deployment's own
    /// calls) the local host.
    pub(crate) fn base(&self, cloud: &Cloud) -> String {
        match self
            .headers
            .get(http::header::HOST)
            .map(|host| host.to_str())
        {
            Some(Ok(host)) => format!("https://{host}"),
            _ => cloud
                .endpoints
                .resource_manager()
                .trim_end_matches('/')
                .to_owned(),
        }
    }
}

/// An answer that is not an error.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Response {
    pub status: StatusCode,
    pub headers: Vec<(String, String)>,
    pub body: Option<Value>,
}

/// What a provider answers.
pub(crate) type Outcome = Result<Response, ArmError>;

impl Response {
    pub(crate) const fn new(status: StatusCode, body: Option<Value>) -> Self {
        Self {
            status,
            headers: Vec::new(),
            body,
        }
    }

    /// 200 with a body.
    pub(crate) const fn ok(body: Value) -> Self {
        Self::new(StatusCode::OK, Some(body))
    }

    /// 200 without a body.
    pub(crate) const fn done() -> Self {
        Self::new(StatusCode::OK, None)
    }

    /// 204.
    pub(crate) const fn no_content() -> Self {
        Self::new(StatusCode::NO_CONTENT, None)
    }

    /// 200 with `{"value": […]}`.
    pub(crate) fn list(items: Vec<Value>) -> Self {
        Self::ok(serde_json::json!({"value": items}))
    }

    #[must_use]
    pub(crate) fn with_header(mut self, name: &str, value: impl Into<String>) -> Self {
        self.headers.push((name.to_owned(), value.into()));
        self
    }

    /// The value of a header, found without regard to case.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers
            .iter()
            .find(|(key, _)| key.eq_ignore_ascii_case(name))
            .map(|(_, value)| value.as_str())
    }
}
