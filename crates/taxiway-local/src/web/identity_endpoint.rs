//! The endpoint inside a site's environment that hands out tokens of the site's managed identities.
//!
//! Source: App Service documentation, "Use managed identities", REST endpoint reference: `IDENTITY_ENDPOINT`, `IDENTITY_HEADER`,
//! api-version 2019-08-01.
//!
//! As in Azure, an identity gets the same token again until it is about to expire.

use std::{
    collections::BTreeMap,
    convert::Infallible,
    sync::{Arc, Mutex, OnceLock, PoisonError},
};

use http::{Request, Response, StatusCode};
use hyper::{body::Incoming, server::conn::http1, service::service_fn};
use hyper_util::rt::{TokioIo, TokioTimer};
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use taxiway_arm::ResourceId;
use tokio::{
    net::TcpListener,
    task::{AbortHandle, JoinSet},
};

use super::{
    record::{self, Identity},
    slot_id::SlotId,
};
use crate::{
    body::{self, HttpBody},
    cloud::Cloud,
    error::ArmError,
    identity::{Audience, IssuedToken},
    postgresql,
};

/// How long a token must still be good to be given out again.
const RENEWAL: SignedDuration = SignedDuration::from_mins(5);

/// The headers that were given out, each with its slot.
#[derive(Clone, Debug, Default)]
pub(super) struct Identities {
    shared: Arc<Shared>,
}

#[derive(Debug, Default)]
struct Shared {
    port: OnceLock<u16>,
    server: OnceLock<AbortHandle>,
    slots: Mutex<BTreeMap<String, SlotId>>,
    /// The tokens that were given out, by principal and resource.
    tokens: Mutex<BTreeMap<(String, String), IssuedToken>>,
}

impl Drop for Shared {
    fn drop(&mut self) {
        if let Some(server) = self.server.get() {
            server.abort();
        }
    }
}

/// A process may ask for tokens while this exists.
pub(super) struct Admission {
    /// Proves which slot asks: the value of `IDENTITY_HEADER`.
    header: String,
    identities: Identities,
}

impl std::fmt::Debug for Admission {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("Admission(***)")
    }
}

impl Admission {
    /// Tells a process its header, where the endpoint is one of its variables.
    pub(super) fn tell(&self, environment: &mut BTreeMap<String, String>) {
        if environment.contains_key("IDENTITY_ENDPOINT") {
            environment.insert("IDENTITY_HEADER".to_owned(), self.header.clone());
        }
    }
}

impl Drop for Admission {
    fn drop(&mut self) {
        self.identities.lock().remove(&self.header);
    }
}

impl Identities {
    /// Starts to listen on a free port of loopback.
    ///
    /// # Errors
    /// When there is none.
    pub(super) async fn listen(&self, cloud: &Cloud) -> std::io::Result<()> {
        let listener = TcpListener::bind((std::net::Ipv4Addr::LOCALHOST, 0)).await?;
        let port = listener.local_addr()?.port();
        if self.shared.port.set(port).is_ok() {
            let server = tokio::spawn(serve(cloud.clone(), listener));
            // Set once, as the port is.
            self.shared.server.set(server.abort_handle()).ok();
        }
        Ok(())
    }

    /// The value of `IDENTITY_ENDPOINT`.
    pub(super) fn url(&self) -> Option<String> {
        let port = self.shared.port.get()?;
        Some(format!("http://127.0.0.1:{port}/msi/token"))
    }

    /// Lets a process of a slot ask for tokens, until what is returned goes.
    pub(super) fn admit(&self, slot: &SlotId) -> Admission {
        let header = uuid::Uuid::new_v4().simple().to_string();
        self.lock().insert(header.clone(), slot.clone());
        Admission {
            header,
            identities: self.clone(),
        }
    }

    fn slot(&self, header: &str) -> Option<SlotId> {
        self.lock().get(header).cloned()
    }

    pub(super) fn stop(&self) {
        if let Some(server) = self.shared.server.get() {
            server.abort();
        }
    }

    /// The token of a principal for a resource: the one that it has, or a new one.
    fn token(
        &self,
        cloud: &Cloud,
        principal: &str,
        resource: &str,
    ) -> Result<IssuedToken, ArmError> {
        let key = (principal.to_owned(), resource.to_owned());
        let mut tokens = self
            .shared
            .tokens
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = tokens.get(&key)
            && Timestamp::now() + RENEWAL < known.expires
        {
            return Ok(known.clone());
        }
        let issued = cloud.tokens.managed_identity(principal, resource)?;
        tokens.insert(key, issued.clone());
        Ok(issued)
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, BTreeMap<String, SlotId>> {
        self.shared
            .slots
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }
}

async fn serve(cloud: Cloud, listener: TcpListener) {
    let mut connections = JoinSet::new();
    loop {
        tokio::select! {
            accepted = listener.accept() => {
                let Ok((stream, _)) = accepted else { continue };
                let cloud = cloud.clone();
                connections.spawn(async move {
                    let service = service_fn(|request: Request<Incoming>| {
                        let cloud = cloud.clone();
                        async move { Ok::<_, Infallible>(respond(&cloud, &request).await) }
                    });
                    let connection = http1::Builder::new()
                        .timer(TokioTimer::new())
                        .serve_connection(TokioIo::new(stream), service);
                    // A client that goes away is no news.
                    connection.await.ok();
                });
            }
            Some(_) = connections.join_next() => {}
        }
    }
}

async fn respond(cloud: &Cloud, request: &Request<Incoming>) -> Response<HttpBody> {
    let header = request
        .headers()
        .get("x-identity-header")
        .and_then(|value| value.to_str().ok());
    let slot = header.and_then(|header| cloud.sites.identities().slot(header));
    let Some(slot) = slot else {
        return answer(
            StatusCode::UNAUTHORIZED,
            "The header X-IDENTITY-HEADER is missing or wrong.",
        );
    };
    let query = request.uri().query().unwrap_or_default();
    let query: BTreeMap<String, String> = url::form_urlencoded::parse(query.as_bytes())
        .map(|(name, value)| (name.to_ascii_lowercase(), value.into_owned()))
        .collect();
    match token(cloud, &slot, &query).await {
        Ok(token) => {
            let mut response = Response::new(body::json(&token));
            response.headers_mut().insert(
                http::header::CONTENT_TYPE,
                http::HeaderValue::from_static("application/json"),
            );
            response
        }
        Err(reason) => answer(StatusCode::BAD_REQUEST, &reason),
    }
}

async fn token(
    cloud: &Cloud,
    slot: &SlotId,
    query: &BTreeMap<String, String>,
) -> Result<Value, String> {
    let resource = query
        .get("resource")
        .filter(|resource| !resource.is_empty());
    let resource = resource.ok_or("The query parameter 'resource' is missing.")?;
    let (_, found) = record::load_slot(cloud, slot).map_err(|error| error.message)?;
    let identity = found
        .identity
        .ok_or("No managed identity is assigned to the site.")?;
    let principal = principal(&identity, query)?;
    let client = cloud
        .tokens
        .principals()
        .by_object_id(&principal)
        .map_err(|error| error.to_string())?
        .map(|principal| principal.app_id)
        .ok_or("The identity no longer exists.")?;
    let issued = cloud
        .sites
        .identities()
        .token(cloud, &principal, resource)
        .map_err(|error| error.message)?;
    if Audience::Database.accepts(resource) {
        postgresql::admit(cloud, &principal, &issued)
            .await
            .map_err(|error| error.message)?;
    }
    Ok(json!({
        "access_token": issued.token,
        "expires_on": issued.expires.as_second().to_string(),
        "resource": resource,
        "token_type": "Bearer",
        "client_id": client,
    }))
}

/// The object id of the identity that is asked for.
fn principal(identity: &Identity, query: &BTreeMap<String, String>) -> Result<String, String> {
    let get = |name: &str| query.get(name).filter(|value| !value.is_empty());
    let (client, object) = (
        get("client_id"),
        get("object_id").or_else(|| get("principal_id")),
    );
    let resource = get("mi_res_id").and_then(|id| ResourceId::parse(id).ok());
    let is_unspecific = client.is_none() && object.is_none() && resource.is_none();
    if is_unspecific || (object.is_some() && object == identity.system.as_ref()) {
        let system = identity.system.clone();
        return system.ok_or_else(|| {
            "The site has no system-assigned identity; name one by client_id.".to_owned()
        });
    }
    identity
        .user
        .iter()
        .find(|(id, user)| {
            client.is_some_and(|client| client.eq_ignore_ascii_case(&user.client_id))
                || object.is_some_and(|object| object.eq_ignore_ascii_case(&user.principal_id))
                || ResourceId::parse(id)
                    .ok()
                    .is_some_and(|id| Some(id) == resource)
        })
        .map(|(_, user)| user.principal_id.clone())
        .ok_or_else(|| "No such managed identity is assigned to the site.".to_owned())
}

fn answer(status: StatusCode, message: &str) -> Response<HttpBody> {
    let body = json!({"statusCode": status.as_u16(), "message": message});
    let mut response = Response::new(body::json(&body));
    *response.status_mut() = status;
    response
}
