//! One line for each request: time, client, method, path, status, bytes, milliseconds.
//!
//! The query is left out, since it may carry secrets.

use std::{net::SocketAddr, sync::Arc};

use http::{Method, StatusCode};
use jiff::Timestamp;
use tokio::time::Instant;

use super::router::Front;

/// A line that is written when it goes.
#[derive(Debug)]
pub(super) struct Entry {
    front: Arc<Front>,
    client: SocketAddr,
    method: Method,
    path: String,
    started: Instant,
    pub status: StatusCode,
    pub bytes: u64,
}

impl Entry {
    pub(super) fn new(front: &Arc<Front>, client: SocketAddr, method: Method, path: &str) -> Self {
        Self {
            front: front.clone(),
            client,
            method,
            path: path.to_owned(),
            started: Instant::now(),
            status: StatusCode::OK,
            bytes: 0,
        }
    }
}

impl Drop for Entry {
    fn drop(&mut self) {
        self.front.access.raw(&format!(
            "{:.3} {} {} {} {} {} {}",
            Timestamp::now(),
            self.client.ip(),
            self.method,
            self.path,
            self.status.as_u16(),
            self.bytes,
            self.started.elapsed().as_millis()
        ));
    }
}
