//! What an application is started with: its environment, its command, and when it counts as started.
//!
//! Sources: App Service application settings reference; App Service documentation, "Configure a Linux Python app".

use std::{
    collections::{BTreeMap, BTreeSet},
    net::SocketAddr,
    sync::Arc,
    time::Duration,
};

use camino::{Utf8Path, Utf8PathBuf};

use super::{
    deployment::Folder,
    probe::Probe,
    record::{SiteRecord, SlotRecord},
    references,
    slot_id::SlotId,
    start_command::start_command,
};
use crate::{cloud::Cloud, process::Readiness};

/// The path that the start-up probe asks when `WEBSITE_WARMUP_PATH` names no other.
const WARMUP_PATH: &str = "/robots933456.txt";

/// The address under which App Service's own probes come. Source: public logs of Linux sites.
const INTERNAL_HOST: &str = "169.254.129.2:8000";

const SYSTEM_PATH: &str = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

/// The file of certificates that applications trust, among the sites' files.
const CERTIFICATES: &str = "certificates.pem";

/// Where systems keep the certificates that they trust.
const SYSTEM_CERTIFICATES: [&str; 3] = [
    "/etc/ssl/certs/ca-certificates.crt",
    "/etc/pki/tls/certs/ca-bundle.crt",
    "/etc/ssl/cert.pem",
];

/// Everything that decides how a process of a slot runs; two equal ones need no restart.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct Launch {
    pub deployment: String,
    pub environment: BTreeMap<String, String>,
    pub command: String,
    pub directory: Utf8PathBuf,
    pub warmup: Probe,
    pub start_limit: Duration,
    pub stop_grace: Duration,
}

impl std::fmt::Debug for Launch {
    /// Without the environment, which holds secrets.
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter
            .debug_struct("Launch")
            .field("deployment", &self.deployment)
            .field("command", &self.command)
            .finish_non_exhaustive()
    }
}

/// Why a slot can't be started at all.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum LaunchError {
    #[error("has nothing deployed")]
    Empty,
    #[error("has the runtime `{0}`; the local cloud runs `PYTHON|3.x`")]
    Runtime(String),
    #[error("has no start command, and its files show no Django, FastAPI or Flask application")]
    NoCommand,
}

impl Launch {
    /// What a slot is started with, secrets included.
    ///
    /// # Errors
    /// What is missing.
    pub(super) fn prepare(
        cloud: &Cloud,
        record: &SiteRecord,
        id: &SlotId,
        slot: &SlotRecord,
        tools: &Utf8Path,
    ) -> Result<Self, LaunchError> {
        let deployment = slot.content.active.clone().ok_or(LaunchError::Empty)?;
        let folder = Folder::new(&cloud.paths, id, &deployment);
        let minor = python_minor(slot)?;
        let root = folder.application();
        let command = start_command(slot.web_text("appCommandLine"), &root, minor)
            .ok_or(LaunchError::NoCommand)?;
        let environment = environment(cloud, record, id, slot, &folder, tools);
        Ok(Self {
            warmup: Probe {
                path: path_setting(slot, "WEBSITE_WARMUP_PATH", WARMUP_PATH),
                host: INTERNAL_HOST.to_owned(),
                statuses: Probe::statuses(slot.setting("WEBSITE_WARMUP_STATUSES")),
                limit: Duration::from_secs(30),
            },
            start_limit: seconds(slot, "WEBSITES_CONTAINER_START_TIME_LIMIT", 230, 10..=1800),
            stop_grace: seconds(slot, "WEBSITES_CONTAINER_STOP_TIME_LIMIT", 5, 0..=120),
            deployment,
            environment,
            command,
            directory: root,
        })
    }

    /// When the process on this address counts as started.
    pub(super) fn readiness(&self, address: SocketAddr) -> Readiness {
        let probe = self.warmup.clone();
        Readiness {
            probe: Arc::new(move || {
                let probe = probe.clone();
                Box::pin(async move { probe.ask(address).await.map_err(|error| error.to_string()) })
            }),
            interval: Duration::from_millis(50),
            limit: self.start_limit,
        }
    }
}

/// The warm-up of a swap. Source: App Service documentation, "Set up staging environments", specify custom warm-up.
pub(super) fn swap_warmup(slot: &SlotRecord, host: &str) -> Probe {
    Probe {
        path: path_setting(slot, "WEBSITE_SWAP_WARMUP_PING_PATH", "/"),
        host: host.to_owned(),
        statuses: Probe::statuses(slot.setting("WEBSITE_SWAP_WARMUP_PING_STATUSES")),
        limit: Duration::from_secs(90),
    }
}

/// The wanted Python of a slot, such as `3.12`.
///
/// # Errors
/// When the runtime is none that the local cloud runs.
pub(super) fn python_version(slot: &SlotRecord) -> Result<String, LaunchError> {
    let runtime = slot.web_text("linuxFxVersion").unwrap_or_default();
    runtime
        .split_once('|')
        .filter(|(kind, _)| kind.eq_ignore_ascii_case("python"))
        .map(|(_, version)| version.trim().to_owned())
        .filter(|version| version.starts_with("3."))
        .ok_or_else(|| LaunchError::Runtime(runtime.to_owned()))
}

fn python_minor(slot: &SlotRecord) -> Result<u32, LaunchError> {
    let version = python_version(slot)?;
    let minor = version
        .split('.')
        .nth(1)
        .and_then(|minor| minor.parse().ok());
    minor.ok_or(LaunchError::Runtime(version))
}

fn path_setting(slot: &SlotRecord, name: &str, default: &str) -> String {
    let path = slot.setting(name).unwrap_or(default).trim();
    match path.starts_with('/') {
        true => path.to_owned(),
        false => format!("/{path}"),
    }
}

fn seconds(
    slot: &SlotRecord,
    name: &str,
    default: u64,
    range: std::ops::RangeInclusive<u64>,
) -> Duration {
    let value = slot
        .setting(name)
        .and_then(|value| value.trim().parse().ok());
    let value: u64 = value.unwrap_or(default);
    Duration::from_secs(value.clamp(*range.start(), *range.end()))
}

/// The environment of the application: the platform's variables, the settings, and the virtual environment.
fn environment(
    cloud: &Cloud,
    record: &SiteRecord,
    id: &SlotId,
    slot: &SlotRecord,
    folder: &Folder,
    tools: &Utf8Path,
) -> BTreeMap<String, String> {
    let mut environment = BTreeMap::from([
        ("LANG".to_owned(), "C.UTF-8".to_owned()),
        ("PYTHONUNBUFFERED".to_owned(), "1".to_owned()),
    ]);
    for (name, value) in settings(cloud, slot) {
        // Linux variables have no dots. Source: App Service documentation, "Configure an App Service app".
        let name = name.replace('.', "_");
        environment.insert(format!("APPSETTING_{name}"), value.clone());
        environment.insert(name, value);
    }
    for (name, value) in platform(cloud, record, id, slot) {
        environment.insert(name, value);
    }
    if let Some(endpoint) = cloud
        .sites
        .identities()
        .url()
        .filter(|_| slot.identity.is_some())
    {
        environment.insert("IDENTITY_ENDPOINT".to_owned(), endpoint);
    }
    // The certificates of this cloud are trusted beside the system's, unless the application says which ones it trusts.
    let bundle = cloud.paths.sites().join(CERTIFICATES);
    if bundle.exists() {
        for name in ["SSL_CERT_FILE", "REQUESTS_CA_BUNDLE"] {
            environment
                .entry(name.to_owned())
                .or_insert_with(|| bundle.to_string());
        }
    }
    let has_environment = folder.environment().join("bin/python").exists();
    let mut path = format!("{tools}:{SYSTEM_PATH}");
    if has_environment {
        let root = folder.environment();
        path = format!("{root}/bin:{SYSTEM_PATH}");
        environment.insert("VIRTUAL_ENV".to_owned(), root.into_string());
    }
    environment.insert("PATH".to_owned(), path);
    environment
}

/// Puts the system's certificates and this cloud's own into one file. Without the system's there is none: an application that
/// trusts this cloud alone reaches nothing else.
pub(super) fn write_certificates(cloud: &Cloud) -> std::io::Result<()> {
    let own = std::fs::read_to_string(cloud.authority.certificate_path())?;
    let configured = crate::tools::inherited().remove("SSL_CERT_FILE");
    let system = configured
        .iter()
        .map(String::as_str)
        .chain(SYSTEM_CERTIFICATES)
        .find_map(|path| std::fs::read_to_string(path).ok());
    let path = cloud.paths.sites().join(CERTIFICATES);
    match system {
        Some(system) => crate::files::write_private(&path, format!("{system}\n{own}").as_bytes()),
        None => Ok(()),
    }
}

/// What the platform says about the place; an app setting of the same name does not count.
fn platform(
    cloud: &Cloud,
    record: &SiteRecord,
    id: &SlotId,
    slot: &SlotRecord,
) -> BTreeMap<String, String> {
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    BTreeMap::from([
        (
            "WEBSITE_HOSTNAME".to_owned(),
            cloud.endpoints.site_host(&id.label()),
        ),
        ("WEBSITE_SITE_NAME".to_owned(), record.id.name().to_owned()),
        ("WEBSITE_SLOT_NAME".to_owned(), slot_name(slot)),
        (
            "WEBSITE_RESOURCE_GROUP".to_owned(),
            record.id.resource_group().unwrap_or_default().to_owned(),
        ),
        (
            "WEBSITE_OWNER_NAME".to_owned(),
            record.id.subscription().unwrap_or_default().to_owned(),
        ),
        ("WEBSITE_INSTANCE_ID".to_owned(), super::instance_id(cloud)),
        ("REGION_NAME".to_owned(), record.location.clone()),
        ("NUM_CORES".to_owned(), cores.to_string()),
        ("HOME".to_owned(), home(cloud, id, slot).into_string()),
    ])
}

/// `Production`, as Azure spells it, or the slot's name.
fn slot_name(slot: &SlotRecord) -> String {
    match slot.name.as_str() {
        "production" => "Production".to_owned(),
        name => name.to_owned(),
    }
}

/// The folder that plays `/home`.
pub(super) fn home(cloud: &Cloud, id: &SlotId, slot: &SlotRecord) -> Utf8PathBuf {
    id.site_folder(&cloud.paths)
        .join("homes")
        .join(&slot.content.home)
}

/// App settings and connection strings by variable name, references resolved where they can be.
fn settings(cloud: &Cloud, slot: &SlotRecord) -> BTreeMap<String, String> {
    let resolved = |value: &String| {
        let resolution = references::resolve(cloud, slot, value);
        resolution
            .and_then(|resolution| resolution.value)
            .unwrap_or_else(|| value.clone())
    };
    let app_settings = slot
        .app_settings
        .iter()
        .map(|(name, value)| (name.clone(), resolved(value)));
    let connection_strings = slot.connection_strings.iter().map(|(name, string)| {
        let prefix = connection_string_prefix(&string.kind);
        (format!("{prefix}CONNSTR_{name}"), resolved(&string.value))
    });
    app_settings.chain(connection_strings).collect()
}

/// Source: App Service documentation, "Configure an App Service app", connection strings.
fn connection_string_prefix(kind: &str) -> String {
    let known: BTreeSet<&str> = BTreeSet::from([
        "MYSQL",
        "POSTGRESQL",
        "REDISCACHE",
        "SQLAZURE",
        "CUSTOM",
        "SERVICEBUS",
        "EVENTHUB",
        "NOTIFICATIONHUB",
        "DOCDB",
        "APIHUB",
    ]);
    let kind = kind.to_ascii_uppercase();
    match kind.as_str() {
        "SQLSERVER" => "SQL".to_owned(),
        kind if known.contains(kind) => kind.to_owned(),
        _ => "CUSTOM".to_owned(),
    }
}
