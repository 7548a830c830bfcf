//! The CONNECT proxy: stock clients reach the local cloud under Azure's own names with `HTTPS_PROXY` alone.
//!
//! Every tunnel ends at the front door's TLS. Hosts that the local cloud does not serve are refused; nothing is ever
//! forwarded to the outside. The same port takes telemetry without TLS, from the sites of this machine.

use std::{convert::Infallible, time::Duration};

use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    task::JoinSet,
    time::timeout,
};

use super::{is_served, serve_connection, without_port};
use crate::{cloud::Cloud, ingestion, shutdown::Shutdown};

const MAX_HEAD: usize = 16 * 1024;
const HEAD_DEADLINE: Duration = Duration::from_secs(10);

/// Serves until shutdown.
pub(crate) async fn serve_connect(cloud: Cloud, listener: TcpListener, mut shutdown: Shutdown) {
    let mut tunnels = JoinSet::new();
    loop {
        tokio::select! {
            accepted = listener.accept() => if let Ok((stream, _)) = accepted {
                tunnels.spawn(tunnel(cloud.clone(), stream, shutdown.clone()));
            },
            () = shutdown.requested() => break,
            Some(_) = tunnels.join_next(), if !tunnels.is_empty() => {}
        }
    }
}

async fn tunnel(cloud: Cloud, mut stream: TcpStream, shutdown: Shutdown) {
    match timeout(HEAD_DEADLINE, is_for_ourselves(&stream)).await {
        Ok(Ok(true)) => return serve_plain(cloud, stream, shutdown).await,
        Ok(Ok(false)) => {}
        Ok(Err(_)) | Err(_) => return,
    }
    let head = match timeout(HEAD_DEADLINE, read_head(&mut stream)).await {
        Ok(Ok(head)) => head,
        Ok(Err(_)) | Err(_) => return,
    };
    match connect_target(&head) {
        Ok(host) => {
            tracing::debug!(host, "a tunnel to the front door");
            if stream
                .write_all(b"HTTP/1.1 200 Connection established\r\n\r\n")
                .await
                .is_ok()
            {
                serve_connection(cloud, stream, shutdown).await;
            }
        }
        Err(message) => {
            tracing::debug!(message, "a tunnel was refused");
            let answer = format!(
                "HTTP/1.1 403 Forbidden\r\nContent-Type: text/plain\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{message}",
                message.len()
            );
            let _ = stream.write_all(answer.as_bytes()).await;
            let _ = stream.shutdown().await;
        }
    }
}

/// Whether the request line has a path (`POST /v2.1/track`): telemetry, sent to this port as to a server.
async fn is_for_ourselves(stream: &TcpStream) -> std::io::Result<bool> {
    let mut start = [0_u8; 32];
    loop {
        stream.readable().await?;
        let length = stream.peek(&mut start).await?;
        let mut words = start[..length].splitn(2, |byte| *byte == b' ');
        let _method = words.next();
        match words.next().and_then(|target| target.first()) {
            Some(first) => return Ok(*first == b'/'),
            None if length == 0 || length == start.len() => return Ok(false),
            None => tokio::task::yield_now().await,
        }
    }
}

/// Telemetry without TLS.
async fn serve_plain(cloud: Cloud, stream: TcpStream, mut shutdown: Shutdown) {
    let service = service_fn(move |request| {
        let cloud = cloud.clone();
        async move { Ok::<_, Infallible>(ingestion::respond(&cloud, request).await) }
    });
    let connection = hyper::server::conn::http1::Builder::new()
        .timer(TokioTimer::new())
        .serve_connection(TokioIo::new(stream), service);
    let mut connection = std::pin::pin!(connection);
    let result = tokio::select! {
        result = connection.as_mut() => result,
        () = shutdown.requested() => {
            connection.as_mut().graceful_shutdown();
            connection.await
        }
    };
    if let Err(error) = result {
        tracing::debug!(%error, "a telemetry connection ended early");
    }
}

/// Reads up to the empty line. A client sends nothing more before it has its answer.
async fn read_head(stream: &mut TcpStream) -> std::io::Result<String> {
    let mut head = Vec::new();
    let mut byte = [0_u8; 1];
    while !head.ends_with(b"\r\n\r\n") {
        if head.len() >= MAX_HEAD {
            return Err(std::io::Error::other("the request head is too long"));
        }
        stream.read_exact(&mut byte).await?;
        head.push(byte[0]);
    }
    Ok(String::from_utf8_lossy(&head).into_owned())
}

/// The host that a CONNECT asks for, or why it is refused.
fn connect_target(head: &str) -> Result<&str, String> {
    let line = head.lines().next().unwrap_or_default();
    let mut words = line.split(' ');
    let (method, target) = (
        words.next().unwrap_or_default(),
        words.next().unwrap_or_default(),
    );
    if method != "CONNECT" {
        return Err(format!(
            "the local cloud's proxy only takes HTTPS (CONNECT), not {method} {target}\n"
        ));
    }
    let host = without_port(target);
    if is_served(host) {
        Ok(host)
    } else {
        Err(format!(
            "the local cloud does not serve `{host}` and forwards nothing to the outside; exclude it with NO_PROXY\n"
        ))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_served_hosts_are_tunnelled() {
        let cases = [
            (
                "CONNECT management.azure.com:443 HTTP/1.1\r\n\r\n",
                Some("management.azure.com"),
            ),
            (
                "CONNECT kv.vault.azure.net:443 HTTP/1.1\r\n\r\n",
                Some("kv.vault.azure.net"),
            ),
            ("CONNECT pypi.org:443 HTTP/1.1\r\n\r\n", None),
            ("GET http://management.azure.com/ HTTP/1.1\r\n\r\n", None),
            ("\r\n\r\n", None),
        ];
        for (head, expected) in cases {
            assert_eq!(connect_target(head).ok(), expected, "{head}");
        }
    }
}
