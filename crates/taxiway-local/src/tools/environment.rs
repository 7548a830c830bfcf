//! The part of the cloud's own environment that tools may see, and the search path.

use std::{collections::BTreeMap, os::unix::fs::PermissionsExt};

use camino::{Utf8Path, Utf8PathBuf};

/// Names that installers need to reach their index and their caches.
const PASSED: [&str; 14] = [
    "PATH",
    "HOME",
    "LANG",
    "TMPDIR",
    "HTTP_PROXY",
    "HTTPS_PROXY",
    "NO_PROXY",
    "http_proxy",
    "https_proxy",
    "no_proxy",
    "SSL_CERT_FILE",
    "SSL_CERT_DIR",
    "REQUESTS_CA_BUNDLE",
    "XDG_CONFIG_HOME",
];

/// Names of settings of pip, uv and pyenv; a user's index and certificates stand there.
const PASSED_PREFIXES: [&str; 3] = ["PIP_", "UV_", "PYENV_"];

/// What a tool gets of the cloud's own environment.
pub(crate) fn inherited() -> BTreeMap<String, String> {
    std::env::vars_os()
        .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)))
        .filter(|(name, _)| {
            PASSED.contains(&name.as_str())
                || PASSED_PREFIXES
                    .iter()
                    .any(|prefix| name.starts_with(prefix))
        })
        .collect()
}

/// The folders in which executables are looked for.
pub(crate) fn search_path() -> Vec<Utf8PathBuf> {
    let environment = inherited();
    let path = environment.get("PATH").map_or("", String::as_str);
    path.split(':')
        .filter(|folder| folder.starts_with('/'))
        .map(Utf8PathBuf::from)
        .collect()
}

/// The executable of this name on PATH.
pub(super) fn on_path(name: &str) -> Option<Utf8PathBuf> {
    search_path()
        .into_iter()
        .map(|folder| folder.join(name))
        .find(|path| is_executable(path))
}

pub(super) fn is_executable(path: &Utf8Path) -> bool {
    path.metadata()
        .is_ok_and(|metadata| metadata.is_file() && metadata.permissions().mode() & 0o111 != 0)
}
