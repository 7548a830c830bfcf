//! One request: find its site, send it to the backend, bring the answer back.

use std::{error::Error as _, io, net::SocketAddr, sync::Arc, time::Duration};

use http::{Method, Request, Response, StatusCode, Uri, Version, header, request::Parts};
use http_body_util::BodyExt;
use hyper::{body::Incoming, upgrade::OnUpgrade};
use hyper_util::rt::TokioIo;
use tokio::{
    io::copy_bidirectional,
    time::{Instant, timeout_at},
};

use super::{
    access_log::Entry,
    backend::{Connection, InFlight},
    body::{Payload, ResponseBody, Tracked, is_too_long},
    headers, pages,
    router::{Front, Match, PATIENCE, Router},
};

/// How often a request is sent at most.
const ATTEMPTS: u32 = 6;

/// How long an attempt waits for the traffic to go elsewhere after a backend refused the connection.
const REFUSED_PAUSE: Duration = Duration::from_millis(200);

/// Answers one request of a client.
pub(super) async fn answer(
    router: &Router,
    client: SocketAddr,
    port: u16,
    request: Request<Incoming>,
) -> Response<ResponseBody> {
    let host = request
        .headers()
        .get(header::HOST)
        .and_then(|host| host.to_str().ok())
        .or_else(|| request.uri().authority().map(http::uri::Authority::as_str));
    let Some(host) = host else {
        return pages::bad_request("The request names no host.");
    };
    match router.find(host) {
        Match::Front(front) => forward(&front, client, request).await,
        Match::Unknown(labels) => pages::unknown_host(host, &labels, port),
    }
}

async fn forward(
    front: &Arc<Front>,
    client: SocketAddr,
    mut request: Request<Incoming>,
) -> Response<ResponseBody> {
    let method = request.method().clone();
    let mut entry = Entry::new(front, client, method.clone(), request.uri().path());
    let upgrade = headers::upgrade(request.headers());
    let client_upgrade = upgrade.as_ref().map(|_| hyper::upgrade::on(&mut request));
    let (mut parts, body) = request.into_parts();
    let closes = headers::closes(&parts.headers);
    headers::remove_hop_by_hop(&mut parts.headers);
    headers::add_forwarded(&mut parts.headers, client);
    if let Some(protocol) = upgrade {
        headers::set_upgrade(&mut parts.headers, protocol);
    }
    let outcome = match Payload::read(body).await {
        Ok(payload) => send(front, &parts, payload, closes).await,
        Err(error) if is_too_long(&*error) => Err(pages::bad_request("The body is too long.")),
        Err(_) => Err(pages::bad_request("The request was not sent in full.")),
    };
    match outcome {
        Ok((response, in_flight)) => {
            entry.status = response.status();
            deliver(response, in_flight, entry, client_upgrade)
        }
        Err(page) => {
            entry.status = page.status();
            page
        }
    }
}

/// Sends the request until an answer begins.
async fn send(
    front: &Front,
    parts: &Parts,
    mut payload: Payload,
    closes: bool,
) -> Result<(Response<Incoming>, InFlight), Response<ResponseBody>> {
    let is_repeatable = is_repeatable(parts);
    let is_streamed = matches!(payload, Payload::Stream(_));
    // A client that keeps no connection wants to meet another worker each time: a kept one would lead to the same.
    let mut connection = if is_repeatable && !is_streamed && !closes {
        Connection::Pooled
    } else {
        Connection::Fresh
    };
    let deadline = Instant::now() + PATIENCE;
    let mut attempt = 1;
    loop {
        let in_flight = front
            .enter(deadline)
            .await
            .map_err(|target| pages::target(&front.label, &target))?;
        let request = outgoing(parts, in_flight.address(), &mut payload);
        let sent = timeout_at(deadline, in_flight.send(request, connection)).await;
        let error = match sent {
            Ok(Ok(response)) => return Ok((response, in_flight)),
            Ok(Err(error)) => error,
            Err(_) => return Err(pages::timed_out(&front.label)),
        };
        drop(in_flight);
        let was_refused = error.is_connect();
        if attempt == ATTEMPTS || !payload.is_left() || !(was_refused || is_repeatable) {
            return Err(pages::bad_gateway(&front.label, &reason(&error)));
        }
        tracing::debug!(site = front.label, attempt, error = %reason(&error), "a request is sent again");
        if was_refused {
            front.redirected(REFUSED_PAUSE * attempt).await;
        }
        connection = Connection::Fresh;
        attempt += 1;
    }
}

/// Whether sending it twice has the same effect as once. Source: RFC 9110 section 9.2.2.
fn is_repeatable(parts: &Parts) -> bool {
    let is_idempotent = [
        Method::GET,
        Method::HEAD,
        Method::OPTIONS,
        Method::TRACE,
        Method::PUT,
        Method::DELETE,
    ]
    .contains(&parts.method);
    is_idempotent || parts.headers.contains_key("idempotency-key")
}

fn outgoing(
    parts: &Parts,
    address: SocketAddr,
    payload: &mut Payload,
) -> Request<super::body::RequestBody> {
    let path = parts
        .uri
        .path_and_query()
        .map_or("/", http::uri::PathAndQuery::as_str);
    // `OPTIONS *` has no place in a URI with a host.
    let path = if path.starts_with('/') { path } else { "/" };
    let uri = Uri::builder()
        .scheme("http")
        .authority(address.to_string())
        .path_and_query(path)
        .build()
        .expect("an address and a path that was parsed before make a URI");
    let mut request = Request::new(payload.take());
    *request.method_mut() = parts.method.clone();
    *request.uri_mut() = uri;
    *request.version_mut() = Version::HTTP_11;
    *request.headers_mut() = parts.headers.clone();
    request
}

fn reason(error: &hyper_util::client::legacy::Error) -> String {
    let mut source = error.source();
    let mut text = error.to_string();
    while let Some(cause) = source {
        text = match cause.downcast_ref::<io::Error>() {
            Some(error) if error.kind() == io::ErrorKind::ConnectionRefused => {
                "nothing listens on its port".to_owned()
            }
            _ => cause.to_string(),
        };
        source = cause.source();
    }
    text
}

/// Passes the answer on, as a stream.
fn deliver(
    response: Response<Incoming>,
    in_flight: InFlight,
    entry: Entry,
    client_upgrade: Option<OnUpgrade>,
) -> Response<ResponseBody> {
    let mut response = response;
    let switches = response.status() == StatusCode::SWITCHING_PROTOCOLS;
    let protocol = headers::upgrade(response.headers());
    if let (true, Some(client), Some(protocol)) = (switches, client_upgrade, protocol) {
        let backend = hyper::upgrade::on(&mut response);
        let (mut parts, _) = response.into_parts();
        headers::remove_hop_by_hop(&mut parts.headers);
        headers::set_upgrade(&mut parts.headers, protocol);
        tokio::spawn(tunnel(client, backend, in_flight, entry));
        return Response::from_parts(parts, super::body::full(""));
    }
    let (mut parts, body) = response.into_parts();
    parts.version = Version::HTTP_11;
    headers::remove_hop_by_hop(&mut parts.headers);
    Response::from_parts(parts, Tracked::new(body, in_flight, entry).boxed_unsync())
}

/// Carries bytes both ways after a change of protocol. It ends with either side; a backend that goes away ends it too.
async fn tunnel(client: OnUpgrade, backend: OnUpgrade, in_flight: InFlight, mut entry: Entry) {
    let (Ok(client), Ok(backend)) = tokio::join!(client, backend) else {
        return;
    };
    let carried = copy_bidirectional(&mut TokioIo::new(client), &mut TokioIo::new(backend)).await;
    if let Ok((_, to_client)) = carried {
        entry.bytes = to_client;
    }
    drop(in_flight);
}
