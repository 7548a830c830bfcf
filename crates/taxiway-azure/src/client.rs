//! The client: requests with a token, pages, and long-running operations.

use std::{sync::Arc, time::Duration};

use http::{Method, StatusCode};
use serde_json::Value;
use tokio::time::Instant;
use url::Url;

use crate::{
    audience::Audience,
    clock,
    credential::{Credential, TokenCache},
    endpoints::Endpoints,
    error::Error,
    operation::{self, Progress, Style},
    secret::Secret,
    transport::{Answer, Request, Transport, read},
};

/// A signed-in client of one cloud. Cheap to clone; clones share connections and tokens.
///
/// Dropping a future of its methods stops waiting; what Azure has begun goes on there.
#[derive(Clone, Debug)]
pub struct Azure {
    shared: Arc<Shared>,
}

#[derive(Debug)]
struct Shared {
    endpoints: Endpoints,
    credential: Credential,
    transport: Transport,
    tokens: TokenCache,
}

impl Azure {
    /// A client that signs in when the first token is needed.
    pub fn new(endpoints: Endpoints, credential: Credential, transport: Transport) -> Self {
        Self {
            shared: Arc::new(Shared {
                endpoints,
                credential,
                transport,
                tokens: TokenCache::default(),
            }),
        }
    }

    /// The cloud that is spoken to.
    pub fn endpoints(&self) -> &Endpoints {
        &self.shared.endpoints
    }

    /// Signs in now, to learn early whether the credential works.
    ///
    /// # Errors
    /// As [`Error::SignIn`] says.
    pub async fn sign_in(&self) -> Result<(), Error> {
        self.token(Audience::ResourceManager).await.map(drop)
    }

    /// Reads a resource. `path` begins with `/`.
    ///
    /// # Errors
    /// When the service refuses or can't be reached.
    pub async fn get(&self, path: &str, api_version: &str) -> Result<Value, Error> {
        self.arm(Method::GET, path, api_version, None).await?.json()
    }

    /// Reads a resource as `T`, or `None` when it does not exist.
    ///
    /// # Errors
    /// When the service refuses for another reason, or can't be reached.
    pub async fn find(&self, path: &str, api_version: &str) -> Result<Option<Value>, Error> {
        match self.get(path, api_version).await {
            Ok(value) => Ok(Some(value)),
            Err(error) if error.is_not_found() => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Reads all pages of a list.
    ///
    /// # Errors
    /// When the service refuses, can't be reached, or a page leads to another host.
    pub async fn list(&self, path: &str, api_version: &str) -> Result<Vec<Value>, Error> {
        self.pages(self.arm_url(path, api_version)?, Audience::ResourceManager)
            .await
    }

    /// Creates or replaces a resource and waits until that is finished; returns the resource.
    ///
    /// # Errors
    /// When the service refuses, fails later on, or can't be reached.
    pub async fn put(&self, path: &str, api_version: &str, body: Value) -> Result<Value, Error> {
        self.change(Method::PUT, path, api_version, Some(body))
            .await
    }

    /// Merges into a resource and waits until that is finished; returns the resource.
    ///
    /// # Errors
    /// As [`Azure::put`].
    pub async fn patch(&self, path: &str, api_version: &str, body: Value) -> Result<Value, Error> {
        self.change(Method::PATCH, path, api_version, Some(body))
            .await
    }

    /// Calls an action and waits until it is finished; returns its result, `null` if it has none.
    ///
    /// # Errors
    /// As [`Azure::put`].
    pub async fn post(
        &self,
        path: &str,
        api_version: &str,
        body: Option<Value>,
    ) -> Result<Value, Error> {
        self.change(Method::POST, path, api_version, body).await
    }

    /// Deletes a resource and waits until it is gone; one that does not exist counts as deleted.
    ///
    /// # Errors
    /// As [`Azure::put`].
    pub async fn delete(&self, path: &str, api_version: &str) -> Result<(), Error> {
        match self.change(Method::DELETE, path, api_version, None).await {
            Err(error) if !error.is_not_found() => Err(error),
            Ok(_) | Err(_) => Ok(()),
        }
    }

    async fn change(
        &self,
        method: Method,
        path: &str,
        api_version: &str,
        body: Option<Value>,
    ) -> Result<Value, Error> {
        let url = self.arm_url(path, api_version)?;
        let mut request = Request::new(method, url);
        if let Some(body) = body {
            request = request.json(body);
        }
        let answer = self
            .send(&request, Audience::ResourceManager)
            .await?
            .accepted()?;
        self.wait(&request, answer, operation::limit(path)).await
    }

    /// Follows a long-running operation from its first answer to its result.
    pub(crate) async fn wait(
        &self,
        request: &Request,
        first: Answer,
        limit: Duration,
    ) -> Result<Value, Error> {
        let mut style = operation::style(&request.method, &request.url, &first)?;
        let unfinished = || Error::Unfinished {
            what: request.call(),
            limit,
        };
        let deadline = Instant::now() + limit;
        let mut answer = first;
        while style != Style::Finished {
            clock::pause(pause_of(&answer)).await;
            let url = match &style {
                Style::Status { url, .. } | Style::Location(url) | Style::Resource(url) => {
                    url.clone()
                }
                Style::Finished => break,
            };
            answer = self
                .send(&Request::new(Method::GET, url), Audience::ResourceManager)
                .await?;
            if request.method == Method::DELETE && answer.status == StatusCode::NOT_FOUND {
                return Ok(Value::Null);
            }
            match operation::progress(&style, &answer)? {
                Progress::Running if Instant::now() > deadline => return Err(unfinished()),
                Progress::Running => style = moved(style, &answer),
                Progress::Failed(error) => return Err(Error::Service(Box::new(error))),
                Progress::Finished => return self.result(style, answer).await,
            }
        }
        answer.json().or(Ok(Value::Null))
    }

    async fn result(&self, style: Style, last: Answer) -> Result<Value, Error> {
        match style {
            Style::Status {
                result: Some(url), ..
            } => self
                .send(&Request::new(Method::GET, url), Audience::ResourceManager)
                .await?
                .accepted()?
                .json(),
            Style::Status { result: None, .. } => Ok(Value::Null),
            Style::Location(_) | Style::Resource(_) | Style::Finished => {
                last.json().or(Ok(Value::Null))
            }
        }
    }

    /// A request to Resource Manager that is finished with its first answer.
    pub(crate) async fn arm(
        &self,
        method: Method,
        path: &str,
        api_version: &str,
        body: Option<Value>,
    ) -> Result<Answer, Error> {
        let mut request = Request::new(method, self.arm_url(path, api_version)?);
        if let Some(body) = body {
            request = request.json(body);
        }
        self.send(&request, Audience::ResourceManager)
            .await?
            .accepted()
    }

    /// Reads a list whose pages are linked by `nextLink`.
    pub(crate) async fn pages(&self, first: Url, audience: Audience) -> Result<Vec<Value>, Error> {
        let mut items = Vec::new();
        let mut next = Some(first.clone());
        while let Some(url) = next {
            let answer = self
                .send(&Request::new(Method::GET, url), audience)
                .await?
                .accepted()?;
            let page: Page = read(answer.json()?, &answer.call)?;
            items.extend(page.value);
            next = page
                .next_link
                .filter(|link| !link.is_empty())
                .map(|link| same_host(&first, &link, &answer.call))
                .transpose()?;
        }
        Ok(items)
    }

    /// Sends with a token; on a refused token once more with a new one.
    pub(crate) async fn send(
        &self,
        request: &Request,
        audience: Audience,
    ) -> Result<Answer, Error> {
        audience.check(self.endpoints(), request)?;
        let token = self.token(audience).await?;
        let answer = self.shared.transport.send(request, Some(&token)).await?;
        if answer.status != StatusCode::UNAUTHORIZED {
            return Ok(answer);
        }
        self.shared.tokens.forget(audience.scope(self.endpoints()));
        let token = self.token(audience).await?;
        self.shared.transport.send(request, Some(&token)).await
    }

    /// Opens a stream with a token.
    pub(crate) async fn open(
        &self,
        request: &Request,
        audience: Audience,
    ) -> Result<reqwest::Response, Error> {
        audience.check(self.endpoints(), request)?;
        let token = self.token(audience).await?;
        self.shared.transport.open(request, Some(&token)).await
    }

    async fn token(&self, audience: Audience) -> Result<Secret<String>, Error> {
        let shared = &self.shared;
        let scope = audience.scope(&shared.endpoints);
        if let Some(token) = shared.tokens.fresh(scope, clock::epoch_seconds()) {
            return Ok(token);
        }
        let token = shared
            .credential
            .token(&shared.transport, &shared.endpoints.authority, scope)
            .await?;
        Ok(shared.tokens.keep(scope, token))
    }

    pub(crate) fn arm_url(&self, path: &str, api_version: &str) -> Result<Url, Error> {
        let base = &self.endpoints().resource_manager;
        let mut url = base.join(path).map_err(|error| Error::Setup {
            reason: format!("`{path}` is no resource path ({error})"),
        })?;
        url.query_pairs_mut()
            .append_pair("api-version", api_version);
        Ok(url)
    }
}

#[derive(serde::Deserialize)]
#[serde(rename_all = "camelCase")]
struct Page {
    #[serde(default)]
    value: Vec<Value>,
    next_link: Option<String>,
}

fn same_host(first: &Url, link: &str, call: &str) -> Result<Url, Error> {
    let protocol = |reason: String| Error::Protocol {
        what: call.to_owned(),
        reason,
    };
    let next = first
        .join(link)
        .map_err(|error| protocol(format!("its `nextLink` is no address ({error})")))?;
    if next.origin() == first.origin() {
        Ok(next)
    } else {
        Err(protocol("its `nextLink` leads to another host".to_owned()))
    }
}

/// `Location` may move while the operation runs.
fn moved(style: Style, answer: &Answer) -> Style {
    match style {
        Style::Location(url) => Style::Location(
            answer
                .header("location")
                .and_then(|text| url.join(text).ok())
                .unwrap_or(url),
        ),
        Style::Status { .. } | Style::Resource(_) | Style::Finished => style,
    }
}

fn pause_of(answer: &Answer) -> Duration {
    answer
        .retry_after()
        .unwrap_or(operation::DEFAULT_PAUSE)
        .min(operation::LONGEST_PAUSE)
}
