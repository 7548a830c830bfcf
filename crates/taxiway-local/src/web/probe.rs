//! Asks an application over loopback.

use std::{collections::BTreeSet, net::SocketAddr, time::Duration};

use bytes::Bytes;
use http::{Request, StatusCode, header};
use http_body_util::{BodyExt, Empty};
use hyper_util::rt::TokioIo;
use tokio::{net::TcpStream, time::timeout};

/// A question to an application.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Probe {
    /// Begins with a slash.
    pub path: String,
    pub host: String,
    /// The statuses that count; empty: every one does.
    pub statuses: BTreeSet<u16>,
    /// How long one answer may take.
    pub limit: Duration,
}

impl Probe {
    /// Reads `200,202` and the like; what is no status is ignored.
    pub(super) fn statuses(text: Option<&str>) -> BTreeSet<u16> {
        text.unwrap_or_default()
            .split([',', ';'])
            .filter_map(|status| status.trim().parse().ok())
            .collect()
    }

    /// Asks once.
    ///
    /// # Errors
    /// What came instead of a good answer.
    pub(super) async fn ask(&self, address: SocketAddr) -> Result<(), ProbeError> {
        let path = || self.path.clone();
        let status = match timeout(self.limit, self.status(address)).await {
            Ok(status) => status?.as_u16(),
            Err(_) => {
                return Err(ProbeError::TimedOut {
                    path: path(),
                    seconds: self.limit.as_secs(),
                });
            }
        };
        if self.statuses.is_empty() || self.statuses.contains(&status) {
            Ok(())
        } else {
            Err(ProbeError::Status {
                path: path(),
                status,
            })
        }
    }

    async fn status(&self, address: SocketAddr) -> Result<StatusCode, ProbeError> {
        let stream = TcpStream::connect(address)
            .await
            .map_err(|_| ProbeError::Refused)?;
        let broken = |source| ProbeError::Broken {
            path: self.path.clone(),
            source,
        };
        let (mut sender, connection) = hyper::client::conn::http1::handshake(TokioIo::new(stream))
            .await
            .map_err(broken)?;
        let request = Request::get(&self.path)
            .header(header::HOST, &self.host)
            .header(header::USER_AGENT, "AlwaysOn")
            .header(header::CONNECTION, "close")
            .body(Empty::<Bytes>::new())
            .map_err(|source| ProbeError::Path {
                path: self.path.clone(),
                source,
            })?;
        let asked = async {
            let response = sender.send_request(request).await.map_err(broken)?;
            let status = response.status();
            response.into_body().collect().await.map_err(broken)?;
            Ok(status)
        };
        // Both, because the answer only comes while the connection is driven.
        let (status, _) = tokio::join!(asked, connection);
        status
    }
}

/// Why a probe got no good answer.
#[derive(Debug, thiserror::Error)]
pub(super) enum ProbeError {
    #[error("nothing listens on its port yet")]
    Refused,
    #[error("{path} did not answer within {seconds} seconds")]
    TimedOut { path: String, seconds: u64 },
    #[error("{path} answered {status}")]
    Status { path: String, status: u16 },
    #[error("{path} was not answered: {source}")]
    Broken { path: String, source: hyper::Error },
    #[error("`{path}` is no path: {source}")]
    Path { path: String, source: http::Error },
}
