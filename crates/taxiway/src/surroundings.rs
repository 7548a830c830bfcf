//! What this process finds around it: environment variables, folders, whether somebody watches. Read here, once.

use camino::{Utf8Path, Utf8PathBuf};

/// The surroundings of this run.
#[derive(Clone, Debug)]
pub(crate) struct Surroundings {
    /// Where the local cloud keeps its state.
    pub(crate) state: Utf8PathBuf,
    /// Where tools that were fetched once are kept.
    pub(crate) cache: Utf8PathBuf,
    /// Whether nobody is there to answer: a pipeline, or a coding agent.
    pub(crate) is_automated: bool,
}

/// Variables that pipelines and coding agents set.
const AUTOMATION: [&str; 8] = [
    "CI",
    "GITHUB_ACTIONS",
    "TF_BUILD",
    "GITLAB_CI",
    "CLAUDECODE",
    "CODEX_SANDBOX",
    "CURSOR_AGENT",
    "TAXIWAY_AGENT",
];

impl Surroundings {
    /// Looks around.
    pub(crate) fn find() -> Self {
        let home = variable("HOME").unwrap_or_else(|| "/".to_owned());
        let is_root = nix::unistd::geteuid().is_root();
        Self {
            state: folder(
                "TAXIWAY_HOME",
                "XDG_STATE_HOME",
                is_root.then_some("/var/lib"),
                &home,
                ".local/state",
            ),
            cache: folder(
                "TAXIWAY_CACHE",
                "XDG_CACHE_HOME",
                is_root.then_some("/var/cache"),
                &home,
                ".cache",
            ),
            is_automated: AUTOMATION.iter().any(|name| variable(name).is_some()),
        }
    }
}

/// The value of an environment variable that is set, not empty and readable text.
#[expect(
    clippy::disallowed_methods,
    reason = "the one place that reads the environment"
)]
pub(crate) fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}

/// The variables that package managers of JavaScript need, and no other: what they install runs as it likes.
pub(crate) fn for_package_managers() -> Vec<(String, String)> {
    const NAMES: [&str; 14] = [
        "HOME",
        "USER",
        "LANG",
        "LC_ALL",
        "TMPDIR",
        "XDG_CACHE_HOME",
        "XDG_CONFIG_HOME",
        "HTTP_PROXY",
        "HTTPS_PROXY",
        "NO_PROXY",
        "SSL_CERT_FILE",
        "SSL_CERT_DIR",
        "NODE_OPTIONS",
        "NODE_EXTRA_CA_CERTS",
    ];
    let is_theirs = |name: &str| {
        let upper = name.to_uppercase();
        NAMES.contains(&upper.as_str())
            || ["NPM_CONFIG_", "YARN_", "COREPACK_", "BUN_"]
                .iter()
                .any(|start| upper.starts_with(start))
    };
    std::env::vars_os()
        .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)))
        .filter(|(name, _)| is_theirs(name))
        .collect()
}

/// The value of an environment variable that is set, be it empty.
#[expect(
    clippy::disallowed_methods,
    reason = "the one place that reads the environment"
)]
pub(crate) fn variable_or_empty(name: &str) -> Option<String> {
    std::env::var(name).ok()
}

/// The folder that `own` names, else `taxiway` below the machine's folder (for root, whose home is closed to the
/// unprivileged user that PostgreSQL needs), else below the user's.
fn folder(
    own: &str,
    shared: &str,
    machine: Option<&str>,
    home: &str,
    below_home: &str,
) -> Utf8PathBuf {
    if let Some(folder) = variable(own) {
        return absolute(folder.into());
    }
    let parent = match (machine, variable(shared)) {
        (Some(machine), _) => machine.into(),
        (None, Some(shared)) => absolute(shared.into()),
        (None, None) => Utf8Path::new(home).join(below_home),
    };
    parent.join("taxiway")
}

/// Where restored Bicep modules lie: in the folder that is named, else where the official tools keep them.
pub(crate) fn module_cache(named: Option<&Utf8Path>) -> Utf8PathBuf {
    absolute(named.map_or_else(
        || Utf8Path::new(&variable("HOME").unwrap_or_else(|| "/".to_owned())).join(".bicep"),
        Utf8Path::to_owned,
    ))
}

fn absolute(path: Utf8PathBuf) -> Utf8PathBuf {
    camino::absolute_utf8(&path).unwrap_or(path)
}
