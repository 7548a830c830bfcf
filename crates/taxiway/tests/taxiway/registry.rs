//! A registry of modules on loopback: as much of the OCI distribution API as a pull takes, on plain HTTP.

use std::io::{BufRead as _, BufReader, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread::JoinHandle;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest as _, Sha256};

/// A module that the registry has.
#[derive(Debug)]
pub(crate) struct Published {
    repository: String,
    tag: String,
    manifest: Vec<u8>,
    layer: String,
    template: Vec<u8>,
}

fn digest(content: &[u8]) -> String {
    let digits: String = Sha256::digest(content)
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect();
    format!("sha256:{digits}")
}

impl Published {
    pub(crate) fn new(repository: &str, tag: &str, template: &str) -> Self {
        let layer = digest(template.as_bytes());
        let manifest = serde_json::json!({
            "schemaVersion": 2,
            "artifactType": "application/vnd.ms.bicep.module.artifact",
            "config": { "mediaType": "application/vnd.ms.bicep.module.config.v1+json", "digest": digest(b""), "size": 0 },
            "layers": [{ "mediaType": "application/vnd.ms.bicep.module.layer.v1+json", "digest": layer, "size": template.len() }],
        });
        Self {
            repository: repository.to_owned(),
            tag: tag.to_owned(),
            manifest: manifest.to_string().into_bytes(),
            layer,
            template: template.as_bytes().to_vec(),
        }
    }

    /// The same length with another content than the manifest says.
    pub(crate) fn damaged(mut self) -> Self {
        self.template.reverse();
        self
    }
}

/// Serves until it is dropped.
#[derive(Debug)]
pub(crate) struct ModuleRegistry {
    address: SocketAddr,
    state: Arc<State>,
    thread: Option<JoinHandle<()>>,
}

#[derive(Debug)]
struct State {
    modules: Vec<Published>,
    /// Whether a token is needed, and whose it must be.
    asks_token: bool,
    login: Option<String>,
    requests: AtomicUsize,
    is_over: AtomicBool,
}

impl ModuleRegistry {
    pub(crate) fn serve(modules: Vec<Published>) -> Self {
        Self::start(modules, false, None)
    }

    /// With tokens; `login` is `name:password`, and without one everybody gets a token.
    pub(crate) fn serve_with_tokens(modules: Vec<Published>, login: Option<&str>) -> Self {
        Self::start(modules, true, login)
    }

    fn start(modules: Vec<Published>, asks_token: bool, login: Option<&str>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port on loopback");
        let address = listener.local_addr().expect("it is bound");
        let state = Arc::new(State {
            modules,
            asks_token,
            login: login.map(str::to_owned),
            requests: AtomicUsize::new(0),
            is_over: AtomicBool::new(false),
        });
        let shared = Arc::clone(&state);
        let thread = std::thread::spawn(move || {
            for stream in listener.incoming() {
                if shared.is_over.load(Ordering::SeqCst) {
                    break;
                }
                if let Ok(stream) = stream {
                    shared.answer(stream, address);
                }
            }
        });
        Self {
            address,
            state,
            thread: Some(thread),
        }
    }

    pub(crate) fn host(&self) -> String {
        self.address.to_string()
    }

    pub(crate) fn requests(&self) -> usize {
        self.state.requests.load(Ordering::SeqCst)
    }

    /// Writes a login as `docker login` does.
    pub(crate) fn store_login(&self, folder: &Path, name: &str, password: &str) {
        std::fs::create_dir_all(folder).expect("a folder");
        let auth = STANDARD.encode(format!("{name}:{password}"));
        let stored = serde_json::json!({ "auths": { self.host(): { "auth": auth } } });
        std::fs::write(folder.join("config.json"), stored.to_string()).expect("a file");
    }
}

impl Drop for ModuleRegistry {
    fn drop(&mut self) {
        self.state.is_over.store(true, Ordering::SeqCst);
        // Wakes the loop, which then ends.
        drop(TcpStream::connect(self.address));
        if let Some(thread) = self.thread.take() {
            thread.join().expect("the registry does not panic");
        }
    }
}

impl State {
    fn answer(&self, mut stream: TcpStream, address: SocketAddr) {
        let mut reader = BufReader::new(stream.try_clone().expect("a stream"));
        let mut request = String::new();
        let mut authorization = None;
        if reader.read_line(&mut request).is_err() {
            return;
        }
        loop {
            let mut line = String::new();
            if reader.read_line(&mut line).unwrap_or(0) == 0 || line.trim().is_empty() {
                break;
            }
            if let Some((name, value)) = line.split_once(':')
                && name.eq_ignore_ascii_case("authorization")
            {
                authorization = Some(value.trim().to_owned());
            }
        }
        self.requests.fetch_add(1, Ordering::SeqCst);
        let path = request.split(' ').nth(1).unwrap_or("/");
        let (status, headers, body) = self.content(path, authorization.as_deref(), address);
        let head = format!(
            "HTTP/1.1 {status}\r\n{headers}Content-Length: {}\r\nConnection: close\r\n\r\n",
            body.len()
        );
        // The client may have gone.
        let _ = stream
            .write_all(head.as_bytes())
            .and_then(|()| stream.write_all(&body));
    }

    fn content(
        &self,
        path: &str,
        authorization: Option<&str>,
        address: SocketAddr,
    ) -> (&'static str, String, Vec<u8>) {
        if path.starts_with("/token?") {
            let basic = self
                .login
                .as_ref()
                .map(|login| format!("Basic {}", STANDARD.encode(login)));
            let is_known = basic.as_deref() == authorization;
            let scope = path.contains("scope=repository%3Aweb%2Fsite%3Apull");
            return if is_known && scope {
                (
                    "200 OK",
                    String::new(),
                    br#"{"token":"token-of-the-registry"}"#.to_vec(),
                )
            } else {
                ("401 Unauthorized", String::new(), Vec::new())
            };
        }
        if self.asks_token && authorization != Some("Bearer token-of-the-registry") {
            let challenge = format!(
                "WWW-Authenticate: Bearer realm=\"http://{address}/token\",service=\"own\",scope=\"repository:web/site:pull\"\r\n"
            );
            return ("401 Unauthorized", challenge, Vec::new());
        }
        for module in &self.modules {
            if path == format!("/v2/{}/manifests/{}", module.repository, module.tag) {
                return ("200 OK", String::new(), module.manifest.clone());
            }
            if path == format!("/v2/{}/blobs/{}", module.repository, module.layer) {
                return ("200 OK", String::new(), module.template.clone());
            }
        }
        ("404 Not Found", String::new(), Vec::new())
    }
}
