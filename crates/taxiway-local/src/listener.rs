//! Binding the ports, and who has one that is taken.

use std::{
    io,
    net::{Ipv4Addr, Ipv6Addr, SocketAddr},
};

use tokio::net::TcpListener;

/// A port of loopback can't be had.
#[derive(Debug, thiserror::Error)]
pub enum BindError {
    /// Another process listens there.
    #[error("port {port} is in use{}; choose another with `{flag}`", owner.as_ref().map(|owner| format!(" by {owner}")).unwrap_or_default())]
    InUse {
        /// The port.
        port: u16,
        /// Name and process id, where they can be found out.
        owner: Option<String>,
        /// The option that takes another port.
        flag: &'static str,
    },
    /// Something else.
    #[error("cannot listen on 127.0.0.1:{port}")]
    Other {
        /// The port.
        port: u16,
        /// What the system says.
        source: io::Error,
    },
}

/// Listens on 127.0.0.1.
pub(crate) async fn bind(port: u16, flag: &'static str) -> Result<(TcpListener, u16), BindError> {
    let address = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
    let other = |source| BindError::Other { port, source };
    match TcpListener::bind(address).await {
        Ok(listener) => {
            let port = listener.local_addr().map_err(other)?.port();
            Ok((listener, port))
        }
        Err(error) if error.kind() == io::ErrorKind::AddrInUse => Err(BindError::InUse {
            port,
            owner: owner(port),
            flag,
        }),
        Err(error) => Err(other(error)),
    }
}

/// Listens on [::1] too, for clients that resolve a name to it first. It can be absent.
pub(crate) async fn bind_ipv6(port: u16) -> Option<TcpListener> {
    let address = SocketAddr::from((Ipv6Addr::LOCALHOST, port));
    TcpListener::bind(address)
        .await
        .inspect_err(|error| tracing::debug!(port, %error, "not on [::1]"))
        .ok()
}

/// `name (process 123)` of whoever listens on the port. Source: Linux manual page proc(5), `/proc/net/tcp`.
fn owner(port: u16) -> Option<String> {
    let inode = ["/proc/net/tcp", "/proc/net/tcp6"]
        .iter()
        .filter_map(|table| std::fs::read_to_string(table).ok())
        .find_map(|table| listening_inode(&table, port))?;
    let wanted = format!("socket:[{inode}]");
    for process in std::fs::read_dir("/proc").ok()?.flatten() {
        let Ok(files) = std::fs::read_dir(process.path().join("fd")) else {
            continue;
        };
        let is_owner = files.flatten().any(|file| {
            std::fs::read_link(file.path())
                .is_ok_and(|target| target.as_os_str() == wanted.as_str())
        });
        if is_owner {
            let name = std::fs::read_to_string(process.path().join("comm")).unwrap_or_default();
            let id = process.file_name().to_string_lossy().into_owned();
            return Some(format!("`{}` (process {id})", name.trim()));
        }
    }
    None
}

fn listening_inode(table: &str, port: u16) -> Option<String> {
    const LISTENING: &str = "0A";
    table.lines().skip(1).find_map(|line| {
        let fields: Vec<&str> = line.split_whitespace().collect();
        let (_, local_port) = fields.get(1)?.rsplit_once(':')?;
        let is_port = u16::from_str_radix(local_port, 16).ok()? == port;
        (is_port && *fields.get(3)? == LISTENING)
            .then(|| fields.get(9).map(|inode| (*inode).to_owned()))?
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_of_sockets_is_read() {
        let table = "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n   0: 0100007F:20FB 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 4711 1 0 100 0 0 10 0\n";
        assert_eq!(listening_inode(table, 8443).as_deref(), Some("4711"));
        assert_eq!(listening_inode(table, 8444), None);
    }

    #[tokio::test]
    async fn a_taken_port_names_its_owner() {
        let (_listener, port) = bind(0, "--port").await.expect("a free port");
        let error = bind(port, "--port").await.expect_err("it is taken");
        let text = error.to_string();
        assert!(
            text.contains(&format!("port {port} is in use by `")),
            "{text}"
        );
        assert!(text.ends_with("choose another with `--port`"), "{text}");
    }
}
