//! The HTTPS listener, and which service answers which host.
//!
//! HTTP/1.1 with keep-alive; every connection is a task that ends with the cloud. What a service answers is its own module's
//! business; this one only knows TLS and host names.

mod connect_proxy;
mod host;

use std::{convert::Infallible, time::Duration};

use http::{Request, Response, StatusCode};
use hyper::{body::Incoming, service::service_fn};
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::{
    net::{TcpListener, TcpStream},
    task::JoinSet,
    time::timeout,
};
use tokio_rustls::TlsAcceptor;

use crate::{
    body::{self, HttpBody},
    cloud::Cloud,
    graph, ingestion, key_vault, login, resource_manager,
    shutdown::Shutdown,
    web,
};

pub(crate) use connect_proxy::serve_connect;
pub(crate) use host::{Service, is_served};

/// How long a client may take for its TLS handshake.
const HANDSHAKE_DEADLINE: Duration = Duration::from_secs(10);

/// How long open requests may go on once the cloud is to stop.
const DRAIN_DEADLINE: Duration = Duration::from_secs(2);

/// Serves TLS connections until shutdown, then lets open requests end.
pub(crate) async fn serve(cloud: Cloud, listener: TcpListener, mut shutdown: Shutdown) {
    let mut connections = JoinSet::new();
    loop {
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            () = shutdown.requested() => break,
            Some(_) = connections.join_next(), if !connections.is_empty() => continue,
        };
        match accepted {
            Ok((stream, _)) => {
                connections.spawn(serve_connection(cloud.clone(), stream, shutdown.clone()));
            }
            Err(error) => {
                tracing::warn!(%error, "cannot accept a connection");
                // Out of file descriptors: let open connections end first.
                tokio::task::yield_now().await;
            }
        }
    }
    let drained = timeout(DRAIN_DEADLINE, async {
        while connections.join_next().await.is_some() {}
    });
    let _ = drained.await;
}

/// Ends the TLS of one connection and answers its requests.
async fn serve_connection(cloud: Cloud, stream: TcpStream, mut shutdown: Shutdown) {
    let _ = stream.set_nodelay(true);
    let acceptor = TlsAcceptor::from(cloud.authority.tls());
    let stream = match timeout(HANDSHAKE_DEADLINE, acceptor.accept(stream)).await {
        Ok(Ok(stream)) => stream,
        Ok(Err(error)) => {
            tracing::debug!(%error, "a TLS handshake failed");
            return;
        }
        Err(_) => return,
    };
    let service = service_fn(move |request| {
        let cloud = cloud.clone();
        async move { Ok::<_, Infallible>(respond(&cloud, request).await) }
    });
    let connection = hyper::server::conn::http1::Builder::new()
        .timer(TokioTimer::new())
        .serve_connection(TokioIo::new(stream), service)
        .with_upgrades();
    let mut connection = std::pin::pin!(connection);
    let result = tokio::select! {
        result = connection.as_mut() => result,
        () = shutdown.requested() => {
            connection.as_mut().graceful_shutdown();
            connection.await
        }
    };
    if let Err(error) = result {
        tracing::debug!(%error, "a connection ended early");
    }
}

async fn respond(cloud: &Cloud, request: Request<Incoming>) -> Response<HttpBody> {
    let host = host_of(&request);
    let name = without_port(&host);
    let Some(service) = Service::of_host(name) else {
        return plain(
            StatusCode::MISDIRECTED_REQUEST,
            &format!("the local cloud does not serve the host `{name}`\n"),
        );
    };
    let path = request.uri().path().to_owned();
    let method = request.method().clone();
    let response = match service {
        Service::ResourceManager => resource_manager::respond(cloud, request).await,
        Service::Login => login::respond(cloud, &host, request).await,
        Service::Graph => graph::respond(cloud, request).await,
        Service::Vault(vault) => key_vault::respond(cloud, &vault, &host, request).await,
        Service::Scm(label) => web::scm_handle(cloud, &label, request).await,
        Service::Ingestion => ingestion::respond(cloud, request).await,
        Service::Absent => plain(StatusCode::NOT_FOUND, ""),
    };
    tracing::debug!(%method, host, path, status = response.status().as_u16(), "answered");
    response
}

fn host_of(request: &Request<Incoming>) -> String {
    let header = request
        .headers()
        .get(http::header::HOST)
        .and_then(|host| host.to_str().ok());
    header
        .or_else(|| request.uri().authority().map(http::uri::Authority::as_str))
        .unwrap_or_default()
        .to_ascii_lowercase()
}

/// The host of `host:port`, also where it is an IPv6 address.
pub(crate) fn without_port(host: &str) -> &str {
    match host.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => name,
        _ => host,
    }
}

/// A short text.
pub(crate) fn plain(status: StatusCode, text: &str) -> Response<HttpBody> {
    let mut response = Response::new(body::full(text.to_owned()));
    *response.status_mut() = status;
    response.headers_mut().insert(
        http::header::CONTENT_TYPE,
        http::HeaderValue::from_static("text/plain"),
    );
    response
}
