//! One machine of a test: a copy of the shop, a local cloud of its own, and the program.

use std::process::{Child, Command, Output, Stdio};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use camino::{Utf8Path, Utf8PathBuf};
use serde_json::Value;
use taxiway_test::Fixture;
use tempfile::TempDir;

/// How long anything may take before it counts as stuck.
const STUCK: Duration = Duration::from_secs(240);

/// One world at a time: each is a whole cloud, and what they prove under load must not be the load of another.
static TURN: Mutex<()> = Mutex::new(());

/// A repository and a local cloud; both go with it.
#[derive(Debug)]
pub(crate) struct World {
    pub(crate) shop: Fixture,
    folder: TempDir,
    is_mounted: bool,
    _turn: MutexGuard<'static, ()>,
}

/// A finished run of the program.
#[derive(Debug)]
pub(crate) struct Ran {
    pub(crate) code: i32,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
    pub(crate) took: Duration,
}

impl World {
    /// A shop that nothing has been done to.
    pub(crate) fn new() -> Self {
        Self::of(Fixture::shop())
    }

    /// Any application that nothing has been done to.
    pub(crate) fn of(fixture: Fixture) -> Self {
        let turn = TURN.lock().unwrap_or_else(PoisonError::into_inner);
        let folder = tempfile::Builder::new()
            .permissions(std::os::unix::fs::PermissionsExt::from_mode(0o755))
            .tempdir()
            .expect("a temporary folder");
        Self {
            shop: fixture,
            folder,
            is_mounted: false,
            _turn: turn,
        }
    }

    /// A shop that is served.
    pub(crate) fn up() -> Self {
        let world = Self::new();
        world.run(&["up", "--yes"]).succeeds();
        world
    }

    /// A shop whose local cloud has a disk of its own, of so many MiB; `None` where that takes rights that we don't have.
    #[expect(clippy::disallowed_methods, reason = "mounting has no safe call")]
    pub(crate) fn on_a_disk_of(mebibytes: u32) -> Option<Self> {
        if !nix::unistd::Uid::effective().is_root() {
            return None;
        }
        let mut world = Self::new();
        let options = format!("size={mebibytes}m,mode=755");
        let mounted = Command::new("mount")
            .args(["-t", "tmpfs", "-o", &options, "tmpfs"])
            .arg(world.folder.path())
            .status();
        assert!(
            mounted.is_ok_and(|status| status.success()),
            "root can mount"
        );
        world.is_mounted = true;
        Some(world)
    }

    /// The folder in which the local cloud keeps its state, and nothing else lies.
    pub(crate) fn disk(&self) -> &Utf8Path {
        Utf8Path::from_path(self.folder.path()).expect("a UTF-8 path")
    }

    /// The state directory of the local cloud.
    pub(crate) fn state(&self) -> Utf8PathBuf {
        Utf8PathBuf::from_path_buf(self.folder.path().join("state")).expect("a UTF-8 path")
    }

    /// A command of the program in the shop. Ports are free ones, and stay the same for this world.
    #[expect(clippy::disallowed_methods, reason = "the program under test")]
    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_taxiway"));
        command
            .args(arguments)
            .current_dir(self.shop.path())
            .env("TAXIWAY_HOME", self.state())
            .env(
                "TAXIWAY_CACHE",
                Utf8Path::new(env!("CARGO_TARGET_TMPDIR")).join("taxiway-cache"),
            )
            .env_remove("TAXIWAY_REPOSITORY")
            .stdin(Stdio::null());
        if !self.state().join("cloud.json").exists() {
            for port in [
                "TAXIWAY_CLOUD_PORT",
                "TAXIWAY_SITES_PORT",
                "TAXIWAY_PROXY_PORT",
            ] {
                command.env(port, "0");
            }
        }
        command
    }

    /// Runs the program to its end.
    pub(crate) fn run(&self, arguments: &[&str]) -> Ran {
        Ran::of(&mut self.command(arguments))
    }

    /// Starts the program, its output kept for [`World::wait`].
    pub(crate) fn spawn(&self, arguments: &[&str]) -> Child {
        let mut command = self.command(arguments);
        command
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the program starts")
    }

    /// The process id of the local cloud.
    pub(crate) fn cloud_pid(&self) -> Option<i32> {
        let text = std::fs::read_to_string(self.state().join("cloud.json")).ok()?;
        let status: Value = serde_json::from_str(&text).ok()?;
        status["pid"]
            .as_i64()
            .and_then(|pid| i32::try_from(pid).ok())
    }

    /// The address of the applications on loopback.
    pub(crate) fn sites(&self) -> String {
        let text = std::fs::read_to_string(self.state().join("cloud.json"))
            .expect("the local cloud was started");
        let status: Value = serde_json::from_str(&text).expect("it writes JSON");
        format!("http://127.0.0.1:{}", status["ports"]["sites"])
    }

    /// The text of a page of production, and its status.
    pub(crate) fn page(&self, path: &str) -> (u16, String) {
        let url = format!("{}{path}", self.sites());
        runtime().block_on(async {
            match client().get(url).send().await {
                Ok(answer) => (
                    answer.status().as_u16(),
                    answer.text().await.unwrap_or_default(),
                ),
                Err(error) => (0, error.to_string()),
            }
        })
    }

    /// The release that production says it serves.
    pub(crate) fn serving(&self) -> String {
        let (_, text) = self.page("/healthz/ready");
        let health: Value =
            serde_json::from_str(&text).unwrap_or_else(|error| panic!("{error}: {text}"));
        health["release"].as_str().unwrap_or_default().to_owned()
    }
}

impl Drop for World {
    #[expect(clippy::disallowed_methods, reason = "unmounting has no safe call")]
    fn drop(&mut self) {
        let stopped = self.run(&["cloud", "reset", "--yes"]);
        if self.is_mounted {
            let _ = Command::new("umount")
                .args(["--lazy"])
                .arg(self.folder.path())
                .status();
        }
        if stopped.code != 0 && !std::thread::panicking() {
            panic!("the local cloud could not be removed: {stopped:?}");
        }
    }
}

impl Ran {
    /// Runs a command to its end.
    pub(crate) fn of(command: &mut Command) -> Self {
        let started = Instant::now();
        let output = command.output().expect("the program starts");
        Self::new(output, started.elapsed())
    }

    fn new(output: Output, took: Duration) -> Self {
        Self {
            code: output.status.code().unwrap_or(-1),
            stdout: String::from_utf8_lossy(&output.stdout).into_owned(),
            stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
            took,
        }
    }

    /// Insists on success.
    #[track_caller]
    pub(crate) fn succeeds(self) -> Self {
        self.ends_with(0)
    }

    /// Insists on an exit code.
    #[track_caller]
    pub(crate) fn ends_with(self, code: i32) -> Self {
        assert_eq!(
            self.code, code,
            "stdout:\n{}\nstderr:\n{}",
            self.stdout, self.stderr
        );
        self
    }

    /// Standard output as JSON.
    #[track_caller]
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.stdout)
            .unwrap_or_else(|error| panic!("{error} in:\n{}\n{}", self.stdout, self.stderr))
    }
}

/// Waits until `condition` gives something, looking again after a moment; `None` when that takes too long.
pub(crate) fn wait_until<T>(mut condition: impl FnMut() -> Option<T>) -> Option<T> {
    let started = Instant::now();
    while started.elapsed() < STUCK {
        if let Some(value) = condition() {
            return Some(value);
        }
        std::thread::park_timeout(Duration::from_millis(2));
    }
    None
}

/// A runtime for the test's own requests.
pub(crate) fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .expect("a runtime")
}

/// What an address answers to a request with a header.
pub(crate) fn text_of(url: &str, (header, value): (&str, &str)) -> String {
    runtime().block_on(async {
        let answer = client().get(url).header(header, value).send().await;
        answer.expect("an answer").text().await.expect("a text")
    })
}

/// A client for the applications, which are plain HTTP on loopback.
pub(crate) fn client() -> reqwest::Client {
    taxiway_azure::http_client(None).expect("a client")
}
