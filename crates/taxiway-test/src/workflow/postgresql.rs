//! A PostgreSQL server in place of a service container: the machine's own programs, a folder that goes with it.

use std::io::Write as _;
use std::net::TcpListener;
use std::os::unix::process::CommandExt as _;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use tempfile::TempDir;

/// PostgreSQL refuses to run as root, and this user owns nothing else.
const NOBODY: u32 = 65534;

/// How long a start may take before it counts as stuck.
const STUCK: Duration = Duration::from_secs(60);

/// A running server with the role `postgres` and the database `test`; it is stopped when this value is dropped.
#[derive(Debug)]
pub struct PostgreSql {
    server: Child,
    port: u16,
    _folder: TempDir,
}

impl PostgreSql {
    /// Starts one; its programs are on PATH.
    #[must_use]
    pub fn start() -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let data = folder.path().join("data");
        if is_root() {
            std::os::unix::fs::chown(folder.path(), Some(NOBODY), Some(NOBODY))
                .expect("root may give a folder away");
        }
        let data = data.to_str().expect("a UTF-8 path").to_owned();
        let made = program("initdb")
            .args([
                "--pgdata",
                &data,
                "--username=postgres",
                "--auth=trust",
                "--no-sync",
                "--encoding=UTF8",
                "--locale=C",
            ])
            .status();
        let made = made.expect("initdb is on PATH");
        assert!(made.success(), "initdb makes a cluster");
        let single = program("postgres")
            .args(["--single", "-D", &data, "template1"])
            .stdin(Stdio::piped())
            .spawn();
        let mut single = single.expect("postgres is on PATH");
        let mut input = single.stdin.take().expect("stdin is piped above");
        input
            .write_all(b"CREATE DATABASE test\n")
            .expect("it reads its input");
        drop(input);
        assert!(
            single.wait().is_ok_and(|status| status.success()),
            "the database can be made"
        );
        // Somebody may take the port between our look and the server's start.
        for _ in 0..5 {
            let free = TcpListener::bind("127.0.0.1:0").and_then(|free| free.local_addr());
            let port = free.expect("a free port").port();
            let mut server = serve(&data, port);
            if answers(&mut server, &data) {
                return Self {
                    server,
                    port,
                    _folder: folder,
                };
            }
        }
        panic!("PostgreSQL does not start")
    }

    /// Where it listens.
    #[must_use]
    pub const fn port(&self) -> u16 {
        self.port
    }
}

fn serve(data: &str, port: u16) -> Child {
    let port = port.to_string();
    let options = [
        "-D",
        data,
        "-p",
        &port,
        "-k",
        data,
        "-c",
        "listen_addresses=127.0.0.1",
        "-c",
        "fsync=off",
    ];
    program("postgres")
        .args(options)
        .spawn()
        .expect("postgres is on PATH")
}

/// Waits for what the server writes when it takes connections. Source: PostgreSQL, `postmaster.pid`.
fn answers(server: &mut Child, data: &str) -> bool {
    let started = Instant::now();
    while started.elapsed() < STUCK && matches!(server.try_wait(), Ok(None)) {
        let status = std::fs::read_to_string(format!("{data}/postmaster.pid")).unwrap_or_default();
        if status.lines().any(|line| line.trim() == "ready") {
            return true;
        }
        std::thread::park_timeout(Duration::from_millis(20));
    }
    false
}

impl Drop for PostgreSql {
    fn drop(&mut self) {
        let _ = self.server.kill();
        let _ = self.server.wait();
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "the server and its tools are what this is about"
)]
fn program(name: &str) -> Command {
    let mut command = Command::new(name);
    command
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .current_dir("/");
    if is_root() {
        command.uid(NOBODY).gid(NOBODY);
    }
    command
}

fn is_root() -> bool {
    std::fs::metadata("/proc/self").is_ok_and(|own| std::os::unix::fs::MetadataExt::uid(&own) == 0)
}
