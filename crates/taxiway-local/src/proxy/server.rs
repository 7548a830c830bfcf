//! The listener of the sites.

use std::{io, sync::Arc, time::Duration};

use http::Request;
use hyper::{body::Incoming, server::conn::http1, service::service_fn};
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::{
    net::{TcpListener, TcpStream},
    task::JoinSet,
    time::timeout,
};

use super::{forward::answer, router::Router};
use crate::shutdown::Shutdown;

/// The most header fields of a request. Source: App Service answers 431 for large heads; its exact limits are not documented.
const MOST_HEADERS: usize = 128;

/// The most bytes of a request's head.
const LARGEST_HEAD: usize = 64 * 1024;

/// How long a client may take to send the head.
const HEAD_LIMIT: Duration = Duration::from_secs(60);

/// How long open connections may go on after the wish to stop.
const GRACE: Duration = Duration::from_secs(5);

/// Serves the sites on `listener` until the cloud stops.
pub(crate) async fn serve(router: Router, listener: TcpListener, mut shutdown: Shutdown) {
    let port = listener.local_addr().map_or(0, |address| address.port());
    let router = Arc::new(router);
    let mut connections = JoinSet::new();
    loop {
        tokio::select! {
            accepted = listener.accept() => match accepted {
                Ok((stream, client)) => {
                    let connection = Connection { router: router.clone(), client, port };
                    connections.spawn(connection.serve(stream, shutdown.clone()));
                }
                Err(error) => refused(&error).await,
            },
            // Keeps the set small; the results say nothing.
            Some(_) = connections.join_next() => {}
            () = shutdown.requested() => break,
        }
    }
    drop(listener);
    timeout(GRACE, async {
        while connections.join_next().await.is_some() {}
    })
    .await
    .ok();
}

/// Too many open files: the next attempt would fail at once and keep a core busy.
async fn refused(error: &io::Error) {
    tracing::warn!(%error, "a connection could not be accepted");
    timeout(Duration::from_millis(50), std::future::pending::<()>())
        .await
        .ok();
}

struct Connection {
    router: Arc<Router>,
    client: std::net::SocketAddr,
    port: u16,
}

impl Connection {
    async fn serve(self, stream: TcpStream, mut shutdown: Shutdown) {
        // Without it answers may wait for a full segment.
        stream.set_nodelay(true).ok();
        let service = service_fn(|request: Request<Incoming>| async {
            Ok::<_, std::convert::Infallible>(
                answer(&self.router, self.client, self.port, request).await,
            )
        });
        let connection = http1::Builder::new()
            .timer(TokioTimer::new())
            .header_read_timeout(HEAD_LIMIT)
            .max_headers(MOST_HEADERS)
            .max_buf_size(LARGEST_HEAD)
            .serve_connection(TokioIo::new(stream), service)
            .with_upgrades();
        let mut connection = std::pin::pin!(connection);
        tokio::select! {
            // A client that goes away is no news.
            _ = connection.as_mut() => return,
            () = shutdown.requested() => connection.as_mut().graceful_shutdown(),
        }
        connection.await.ok();
    }
}
