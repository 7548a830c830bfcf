//! The platform: everything that was decided, as plain data.

use camino::Utf8PathBuf;
use indexmap::IndexMap;
use serde::Serialize;
use taxiway_app::{App, Entrypoint, Interface, Service};
use taxiway_diagnostics::{Diagnostic, Place};

use crate::infrastructure::{
    Alerts, Budget, Cache, DatabaseKind, Hosting, Network, OffHours, SignIn, Standby, Storage,
};
use crate::{BackgroundProcess, Choice, Delivery, Size, Workers, naming};

/// The name of the schema of a printed [`Platform`].
pub const PLATFORM_SCHEMA: &str = "taxiway.platform/v1";

/// What an app gets to run on, in every environment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Platform {
    /// Always [`PLATFORM_SCHEMA`].
    pub schema: String,
    /// The application's name, as people write it.
    pub name: String,
    /// The name as resource names contain it: lower-case letters, digits, hyphens; cut to fit.
    pub workload: String,
    /// The web service; of several, the one of `[app]`.
    pub service: WebService,
    /// What runs beside the service, wherever [`Environment::runs_background`] says so.
    pub background: Vec<BackgroundProcess>,
    /// How the service is hosted in Azure. The local cloud runs its code.
    pub hosting: Hosting,
    /// The regions that data may be in; empty is without a limit.
    pub data_residency: Vec<String>,
    /// What is kept in the vault of each environment.
    pub secrets: Vec<Secret>,
    /// The environments: `local` first, the others as `taxiway.toml` orders them.
    pub environments: Vec<Environment>,
    /// How commits get there.
    pub delivery: Delivery,
    /// The further services of the repository, as `taxiway.toml` orders them: each as the platform that it would be by itself,
    /// with its own service, processes, secrets, workers and variables, and with the same plan, vault, network and database
    /// server as this one. They have no further services, and what was chosen for them stands in `choices` here.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub further: Vec<Platform>,
    /// Every decision with its source and reason, those about the service first.
    pub choices: Vec<Choice>,
    /// What will hurt, but stops nothing.
    pub warnings: Vec<Diagnostic>,
}

impl Platform {
    /// The environment of this name.
    pub fn environment(&self, name: &str) -> Option<&Environment> {
        self.environments
            .iter()
            .find(|environment| environment.name == name)
    }

    /// The decision under this key.
    pub fn choice(&self, key: &str) -> Option<&Choice> {
        self.choices.iter().find(|choice| choice.key == key)
    }

    /// This platform, and those of the further services: what is done for one service is done for each of them, in this order.
    pub fn services(&self) -> impl Iterator<Item = &Self> {
        std::iter::once(self).chain(&self.further)
    }

    /// What is kept in the vault for all services, each secret once.
    pub fn all_secrets(&self) -> Vec<&Secret> {
        let mut secrets: Vec<&Secret> = Vec::new();
        for secret in self.services().flat_map(|platform| &platform.secrets) {
            if !secrets.iter().any(|it| it.parameter == secret.parameter) {
                secrets.push(secret);
            }
        }
        secrets
    }

    /// What is kept in the vault of an environment.
    pub fn secrets_of<'a>(
        &'a self,
        environment: &'a Environment,
    ) -> impl Iterator<Item = &'a Secret> {
        self.all_secrets()
            .into_iter()
            .filter(|secret| secret.is_in(environment))
    }

    /// What was read about the service that this platform is for; `None` for the app of another repository.
    pub fn service_of<'a>(&self, app: &'a App) -> Option<&'a Service> {
        app.services.iter().find(|service| {
            service.root == self.service.root && service.app_dir == self.service.app_dir
        })
    }
}

/// How the web service runs; the same in every environment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct WebService {
    /// The name of a further service: that of its table in `taxiway.toml`. The service of `[app]` has none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// The folder that is packaged and published, relative to the repository.
    pub root: Utf8PathBuf,
    /// The folder it runs from, relative to the repository; `root` or below.
    pub app_dir: Utf8PathBuf,
    /// What the server loads.
    pub entrypoint: Entrypoint,
    /// How the server talks to it.
    pub interface: Interface,
    /// The project's own application, where what the server loads wraps it: every framework's but Django's.
    pub wrapped: Option<Entrypoint>,
    /// Whether the platform gives it a database.
    pub has_database: bool,
    /// Whether that is the database of the service of `[app]`.
    pub shares_database: bool,
    /// Django: the settings module of the project that the overlay imports.
    pub settings_module: Option<String>,
    /// The variable that holds the key that the framework signs with: the one that the project reads, or Django's for the
    /// overlay alone.
    pub key_setting: String,
    /// The framework as people write it, with its version where the repository says which: `Django 5.2`.
    pub framework: String,
    /// `major.minor` of Django, where the repository says which.
    pub django: Option<String>,
    /// The program that serves.
    pub server: Server,
    /// The one port: bind, `EXPOSE`, probes, and what App Service is told of an image.
    pub port: u16,
    /// The file of Paste that makes the application, relative to [`Self::root`]: Pyramid's.
    pub paste: Option<Utf8PathBuf>,
    /// Who serves the static files.
    pub static_files: StaticServing,
    /// Whether the front end that it serves is built before its code is published.
    pub builds_frontend: bool,
    /// The variables that the project's settings read, and where each gets its value.
    pub variables: Vec<Variable>,
}

impl WebService {
    /// What people and programs call it: `app`, or the name of its table.
    pub fn title(&self) -> &str {
        self.name.as_deref().unwrap_or("app")
    }

    /// What belongs to it in the Bicep: `siteName`, and `gatewaySiteName` of the service `gateway`.
    pub fn symbol(&self, what: &str) -> String {
        match &self.name {
            Some(name) => naming::symbol(&format!("{name}-{what}")),
            None => what.to_owned(),
        }
    }
}

/// The program that serves.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Server {
    /// gunicorn with threads.
    Gunicorn,
    /// gunicorn with uvicorn's worker.
    Uvicorn,
    /// gunicorn with aiohttp's worker.
    Aiohttp,
}

/// Who serves the static files.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum StaticServing {
    /// WhiteNoise in the project's own settings.
    Project,
    /// WhiteNoise, which the overlay adds unless the settings turn out to use object storage.
    Overlay,
    /// There are none.
    None,
}

/// A variable that the project's settings read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Variable {
    /// Its name.
    pub name: String,
    /// Whether its value is a credential.
    pub secret: bool,
    /// Whether startup fails without it.
    pub required: bool,
    /// What the code uses without it, where that is known.
    pub default: Option<String>,
    /// Where it is read.
    pub places: Vec<Place>,
    /// Where its value comes from.
    pub supply: Supply,
}

/// Where the value of a variable comes from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "from", rename_all = "lowercase")]
pub enum Supply {
    /// The address of the database, or a part of it, which the overlay takes from `DATABASE_URL`.
    Database {
        /// Which part.
        part: Part,
    },
    /// The hosts that the site answers to, which the overlay knows.
    Hosts,
    /// A plain value that the platform sets.
    Platform {
        /// The value.
        value: String,
    },
    /// A secret of [`Platform::secrets`], by the name of its parameter.
    Secret {
        /// The parameter.
        parameter: String,
    },
    /// Plain values of `taxiway.toml`, shared or per environment.
    Configured,
    /// App Service, the server or the interpreter sets it.
    Runtime,
    /// Nobody: the code has a default, or does without.
    Default,
    /// Nobody, and startup fails without it. [`Environment::missing`] says what to do.
    Missing,
}

/// A part of the address of a database.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Part {
    /// The whole URL.
    Url,
    /// The whole address as words of libpq: `dbname=… host=…`, as Azure's Service Connector writes it. Source: Azure documentation,
    /// "Integrate Azure Database for PostgreSQL with Service Connector".
    Keywords,
    /// The kind of database, in the project's own spelling.
    Engine,
    /// The server's host name.
    Host,
    /// The server's port.
    Port,
    /// The database's name.
    Name,
    /// The role.
    User,
    /// The role's password.
    Password,
    /// How TLS is used: libpq's `sslmode`.
    SslMode,
}

/// Something kept in the vault.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Secret {
    /// The `@secure()` parameter of `main.bicep` that brings it: `djangoSecretKey`.
    pub parameter: String,
    /// Its name in the vault: `django-secret-key`.
    pub name: String,
    /// The variable in the deployer's environment that `main.<environment>.bicepparam` reads: `DJANGO_SECRET_KEY`.
    pub variable: String,
    /// The app setting that refers to it; `None` where only the infrastructure uses it.
    pub setting: Option<String>,
    /// Who thinks of its value.
    pub origin: Origin,
    /// What needs it.
    pub needed_for: SecretUse,
}

/// What needs a secret.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum SecretUse {
    /// The app, in every environment.
    App,
    /// The login of a server that the platform makes.
    DatabasePassword,
    /// A database that is somebody else's.
    DatabaseUrl,
    /// Migrations of such a database past its pooler.
    DatabaseDirectUrl,
}

impl Secret {
    /// Whether an environment has it.
    pub fn is_in(&self, environment: &Environment) -> bool {
        let database = &environment.database;
        match self.needed_for {
            SecretUse::App => true,
            SecretUse::DatabasePassword => {
                database.kind == DatabaseKind::New && database.sign_in == SignIn::Password
            }
            SecretUse::DatabaseUrl => database.kind == DatabaseKind::External,
            SecretUse::DatabaseDirectUrl => {
                database.kind == DatabaseKind::External && database.pooler
            }
        }
    }
}

/// Who thinks of a secret's value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Origin {
    /// Generated on the first deployment of an environment, and kept.
    Generated {
        /// How many characters; letters, digits, `-` and `_`, with at least one each of upper case, lower case and digits.
        length: usize,
    },
    /// A person; read from [`Secret::variable`] on the first deployment, and kept.
    Supplied,
}

/// One place where the app runs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Environment {
    /// Its name: `local`, `staging`, `production`.
    pub name: String,
    /// Whether it is this machine.
    pub kind: EnvironmentKind,
    /// The Azure region.
    pub region: String,
    /// The resource group.
    pub resource_group: String,
    /// The tags that its owner wants besides those that every resource gets.
    pub tags: IndexMap<String, String>,
    /// How much it gets.
    pub size: Size,
    /// The interpreter.
    pub python: Python,
    /// The App Service plan.
    pub plan: Plan,
    /// The processes and threads that serve.
    pub workers: Workers,
    /// Whether the processes beside the web process run here.
    pub runs_background: bool,
    /// The database server.
    pub database: Database,
    /// Who reaches what. `None` is this machine: the local cloud has no networks.
    pub network: Option<Network>,
    /// Redis.
    pub cache: Option<Cache>,
    /// Object storage for media and static files.
    pub storage: Option<Storage>,
    /// Who is told, and when. `None`: nobody watches.
    pub alerts: Option<Alerts>,
    /// What it may cost in a month.
    pub budget: Option<Budget>,
    /// When its database server is stopped.
    pub off_hours: Option<OffHours>,
    /// Whether what holds data can't be deleted until a lock is removed.
    pub is_locked: bool,
    /// Whether browsers must use HTTPS.
    pub https: bool,
    /// Its own host names, besides the one that App Service gives.
    pub domains: Vec<String>,
    /// Whether these are bound to the site, with certificates that App Service manages.
    pub binds_domains: bool,
    /// How long logs are kept, in days.
    pub log_retention_days: u32,
    /// How much may be logged in a day, in GB; `None` is without a limit.
    pub log_quota_gb: Option<u32>,
    /// Whether a deleted vault is safe from being purged. Can't be taken back.
    pub purge_protection: bool,
    /// How long a deleted vault can be recovered, in days.
    pub soft_delete_days: u32,
    /// Plain values for variables of the app, from `taxiway.toml`.
    pub variables: IndexMap<String, String>,
    /// The variables that startup needs and nobody gives. Nothing may be deployed while there are any.
    pub missing: Vec<MissingVariable>,
}

impl Environment {
    /// The parameters of this environment, relative to the repository.
    pub fn parameters_path(&self) -> Utf8PathBuf {
        format!("infrastructure/bicep/main.{}.bicepparam", self.name).into()
    }
}

/// Whether an environment is this machine.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum EnvironmentKind {
    /// The local cloud.
    Local,
    /// Azure.
    Azure,
}

/// The interpreter.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Python {
    /// `major.minor` as App Service offers it.
    pub version: String,
    /// What the project accepts at all, as a version specifier. `version` satisfies it.
    pub constraint: Option<String>,
}

impl Python {
    /// Whether the project may run on this other version (`major.minor`).
    pub fn accepts(&self, version: &str) -> bool {
        self.constraint
            .as_deref()
            .is_none_or(|constraint| crate::python::satisfies(version, constraint))
    }
}

/// The App Service plan.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Plan {
    /// Its size, such as `P0v3`.
    pub sku: String,
    /// How many instances at least.
    pub instances: u32,
    /// How many under load; the same number where it does not scale by itself.
    pub most_instances: u32,
    /// Whether the instances are spread over availability zones.
    pub zone_redundant: bool,
}

/// The database server and the database.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Database {
    /// Whose it is. All else here is about a server of the platform's own.
    pub kind: DatabaseKind,
    /// How the app signs in. The URL of somebody else's database brings its password.
    pub sign_in: SignIn,
    /// Whether the app comes by a connection pooler, and migrations past it.
    pub pooler: bool,
    /// How a standby takes over.
    pub standby: Standby,
    /// Whether backups are copied to the region's pair. Chosen when the server is made, for good.
    pub geo_redundant_backup: bool,
    /// The major version of PostgreSQL.
    pub version: String,
    /// The compute size, such as `Standard_D2ds_v5`.
    pub sku: String,
    /// `Burstable`, `GeneralPurpose` or `MemoryOptimized`; follows from `sku`.
    pub tier: String,
    /// The storage in GiB.
    pub storage_gb: u32,
    /// How far back it can be restored, in days.
    pub backup_days: u32,
    /// The database's name.
    pub name: String,
    /// The administrator's login, where there is a password.
    pub login: String,
}

impl Database {
    /// How many connections the size takes besides those that the service keeps for itself. Source: Azure Database for
    /// PostgreSQL, limits.
    pub fn connections(&self) -> u32 {
        let size = self.sku.strip_prefix("Standard_").unwrap_or_default();
        let cores: String = size
            .chars()
            .skip(1)
            .take_while(char::is_ascii_digit)
            .collect();
        let cores: u32 = cores.parse().unwrap_or(2);
        // Memory-optimised sizes have as much memory as others with twice the processors.
        let cores = if size.starts_with('E') {
            cores * 2
        } else {
            cores
        };
        match (size, cores) {
            ("B1ms", _) => 35,
            ("B2s", _) => 414,
            (_, 0..=3) => 844,
            (_, 4..=7) => 1703,
            (_, 8..=11) => 3422,
            _ => 4985,
        }
    }
}

/// A variable that startup needs and nobody gives.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct MissingVariable {
    /// Its name.
    pub name: String,
    /// Whether its value is a credential.
    pub secret: bool,
    /// Where it is read.
    pub places: Vec<Place>,
    /// What to do: the line for `taxiway.toml`, or the variable to set where `taxiway` runs.
    pub help: String,
}

/// The major versions of PostgreSQL for new servers. Source: Azure Database for PostgreSQL, supported versions.
pub(crate) const DATABASE_VERSIONS: [&str; 5] = ["14", "15", "16", "17", "18"];

/// The disk sizes in GiB. Source: Azure Database for PostgreSQL, storage options, Premium SSD.
pub(crate) const STORAGE_SIZES: [u32; 12] = [
    32, 64, 128, 256, 512, 1024, 2048, 4095, 4096, 8192, 16384, 32767,
];

/// The tier of a compute size of PostgreSQL, by its family.
pub(crate) fn database_tier(sku: &str) -> Option<&'static str> {
    let mut characters = sku.strip_prefix("Standard_")?.chars();
    let family = characters.next()?;
    if !characters.next()?.is_ascii_digit() {
        return None;
    }
    match family {
        'B' => Some("Burstable"),
        'D' => Some("GeneralPurpose"),
        'E' => Some("MemoryOptimized"),
        _ => None,
    }
}
