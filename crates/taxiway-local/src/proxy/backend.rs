//! One process of an application as the proxy sees it: an address, connections, requests in flight.

use std::{net::SocketAddr, sync::Arc, time::Duration};

use http::{Request, Response};
use hyper::body::Incoming;
use hyper_util::{
    client::legacy::{Client, Error, connect::HttpConnector},
    rt::{TokioExecutor, TokioTimer},
};
use tokio::{sync::watch, time::timeout};

use super::body::RequestBody;

/// Idle connections are closed after this time; shorter than what servers keep open for long, longer than their shortest.
const IDLE: Duration = Duration::from_secs(15);

/// A process that answers HTTP on loopback.
#[derive(Debug)]
pub(crate) struct Backend {
    address: SocketAddr,
    /// Keeps connections for the next request.
    pooled: Client<HttpConnector, RequestBody>,
    /// Makes a connection for each request: one that must not be sent twice never meets a connection that is just being closed.
    fresh: Client<HttpConnector, RequestBody>,
    in_flight: watch::Sender<usize>,
}

impl Backend {
    pub(crate) fn new(address: SocketAddr) -> Arc<Self> {
        let mut connector = HttpConnector::new();
        connector.set_nodelay(true);
        let mut builder = Client::builder(TokioExecutor::new());
        builder
            .pool_timer(TokioTimer::new())
            .pool_idle_timeout(IDLE)
            .set_host(false);
        let pooled = builder.build(connector.clone());
        let fresh = builder.pool_max_idle_per_host(0).build(connector);
        Arc::new(Self {
            address,
            pooled,
            fresh,
            in_flight: watch::Sender::new(0),
        })
    }

    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }

    /// Counts a request in, until the value that is returned goes.
    pub(super) fn enter(self: &Arc<Self>) -> InFlight {
        self.in_flight.send_modify(|count| *count += 1);
        InFlight(self.clone())
    }

    /// Waits until no request is in flight. Returns how many are cut off when `limit` is over.
    pub(crate) async fn drained(&self, limit: Duration) -> usize {
        let mut in_flight = self.in_flight.subscribe();
        let drained = timeout(limit, in_flight.wait_for(|count| *count == 0)).await;
        match drained {
            Ok(_) => 0,
            Err(_) => *self.in_flight.borrow(),
        }
    }

    pub(super) async fn send(
        &self,
        request: Request<RequestBody>,
        connection: Connection,
    ) -> Result<Response<Incoming>, Error> {
        match connection {
            Connection::Pooled => self.pooled.request(request).await,
            Connection::Fresh => self.fresh.request(request).await,
        }
    }
}

/// Which connection a request goes out on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Connection {
    Pooled,
    Fresh,
}

/// A request that the backend has not finished.
#[derive(Debug)]
pub(super) struct InFlight(Arc<Backend>);

impl std::ops::Deref for InFlight {
    type Target = Backend;

    fn deref(&self) -> &Backend {
        &self.0
    }
}

impl Drop for InFlight {
    fn drop(&mut self) {
        self.0.in_flight.send_modify(|count| *count -= 1);
    }
}
