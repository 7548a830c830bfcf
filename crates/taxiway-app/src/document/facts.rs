//! The facts about a service, one type each.

use camino::{Utf8Path, Utf8PathBuf};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use taxiway_diagnostics::Place;

/// The outermost web framework the app is written in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Framework {
    /// Which one.
    pub name: FrameworkName,
    /// `major.minor` that a manifest or lock gives.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version: Option<String>,
}

/// A web framework.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "lowercase")]
#[expect(missing_docs, reason = "each variant is the name of its framework")]
pub enum FrameworkName {
    Django,
    Flask,
    Fastapi,
    Starlette,
    Litestar,
    Quart,
    Pyramid,
    Aiohttp,
    Sanic,
    Tornado,
    Streamlit,
    Gradio,
    Dash,
}

/// How the server talks to the application.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Interface {
    /// WSGI. Source: PEP 3333.
    Wsgi,
    /// ASGI.
    Asgi,
    /// The framework's own server.
    Other,
}

/// The production server.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Server {
    /// Its distribution, such as `gunicorn`.
    pub name: String,
    /// Whether the production requirements install it.
    pub declared: bool,
}

/// The project's own configuration of gunicorn.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ServerConfiguration {
    /// The file.
    #[schemars(with = "String")]
    pub path: Utf8PathBuf,
    /// What it says, as far as gunicorn knows the names.
    pub settings: Vec<ServerSetting>,
}

impl ServerConfiguration {
    /// The setting of this name.
    pub fn setting(&self, name: &str) -> Option<&ServerSetting> {
        self.settings.iter().find(|setting| setting.name == name)
    }
}

/// One of its settings, or a hook.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ServerSetting {
    /// Its name.
    pub name: String,
    /// Its value as the code writes it; that of variables for the application is left out.
    pub value: String,
    /// Its value, where that is a text, a number or a switch.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub literal: Option<serde_json::Value>,
    /// Where it is said.
    #[schemars(with = "String")]
    pub place: Place,
}

/// A port by the project's own files.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Port {
    /// The number.
    Number(u16),
    /// The variable that holds it, as `$NAME`.
    Variable(String),
}

/// The database of a service.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Database {
    /// What to provision for production.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub engine: Option<DatabaseEngine>,
    /// All that the code allows.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub engines: Vec<DatabaseEngine>,
    /// How the code learns where it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub config: Option<DatabaseConfig>,
    /// The variables that configure it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub env: Vec<String>,
}

/// A database engine.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "lowercase")]
pub enum DatabaseEngine {
    /// PostgreSQL.
    Postgresql,
    /// PostgreSQL with PostGIS.
    Postgis,
    /// MySQL.
    Mysql,
    /// MariaDB.
    Mariadb,
    /// SQLite.
    Sqlite,
    /// Microsoft SQL Server.
    Mssql,
    /// Oracle.
    Oracle,
    /// MongoDB.
    Mongodb,
}

/// How the code learns where its database is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum DatabaseConfig {
    /// One variable holds a URL.
    Url,
    /// Host, name, user and password have a variable each.
    Parts,
    /// It stands in the code.
    Hardcoded,
    /// A file that is not in the repository.
    File,
}

/// Another service that the production settings can use.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Backing {
    /// `redis`, `memcached`, `rabbitmq`, `elasticsearch`, `opensearch`, `mongodb` and so on.
    pub kind: String,
    /// What for: `cache`, `broker`, `results`, `channels`, `sessions`, `search`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub roles: Vec<String>,
    /// Whether the app does not work without it as configured for production.
    pub required: bool,
    /// The variables that configure it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub env: Vec<String>,
    /// Where it is configured.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(with = "Vec<String>")]
    pub places: Vec<Place>,
}

/// What runs beside the web process.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Process {
    /// What it does.
    pub kind: ProcessKind,
    /// `celery`, `celery-beat`, `rq`, `huey`, `dramatiq`, `saq`, `arq`, `django-q`, `flower` or `custom`.
    pub tool: String,
    /// What the tool is pointed at, such as Celery's `-A`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub app: Option<String>,
    /// The command, as some file of the project runs it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub command: Option<String>,
    /// Where it was seen.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(with = "Vec<String>")]
    pub places: Vec<Place>,
}

/// What a process beside the web process does.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "lowercase")]
pub enum ProcessKind {
    /// Works off a queue.
    Worker,
    /// Starts jobs by the clock.
    Scheduler,
    /// Shows what the workers do.
    Monitor,
}

/// Schema migrations.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Migrations {
    /// The tool.
    pub tool: MigrationTool,
}

/// A tool for schema migrations.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum MigrationTool {
    /// Django's own.
    Django,
    /// Alembic.
    Alembic,
    /// Flask-Migrate.
    FlaskMigrate,
}

/// Static files in production.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct StaticFiles {
    /// Who serves them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub strategy: Option<StaticStrategy>,
    /// Whether Django's `collectstatic` must run.
    pub collectstatic: bool,
    /// Its output folder.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<String>")]
    pub root: Option<Utf8PathBuf>,
    /// The address below which they are asked for, such as `/static/`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
}

/// Who serves static files.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum StaticStrategy {
    /// WhiteNoise, in the app's process.
    Whitenoise,
    /// A web server in front: nginx, uWSGI's static maps.
    Server,
    /// Object storage.
    Storage,
    /// The framework's own static route.
    Framework,
}

/// Uploads.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Media {
    /// Where they are kept.
    pub storage: MediaStorage,
    /// Django's `MEDIA_ROOT`, where it lies inside the repository.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<String>")]
    pub root: Option<Utf8PathBuf>,
}

/// Where uploads are kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum MediaStorage {
    /// The local disk.
    Local,
    /// Amazon S3, or what speaks its protocol.
    S3,
    /// Google Cloud Storage.
    Gcs,
    /// Azure Blob Storage.
    Azure,
    /// Chosen by the environment.
    Configurable,
}

/// A JavaScript or CSS build.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Frontend {
    /// The folder of its `package.json`.
    #[schemars(with = "String")]
    pub dir: Utf8PathBuf,
    /// `npm`, `yarn`, `pnpm` or `bun`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub package_manager: Option<String>,
    /// The name of the build script.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub build: Option<String>,
    /// The folder it writes to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<String>")]
    pub output: Option<Utf8PathBuf>,
    /// Whether the Python service serves what it makes.
    pub bundled: bool,
}

impl Frontend {
    /// Whether what it makes lies in `root`, the folder of the service that serves it.
    pub fn is_built_into(&self, root: &Utf8Path) -> bool {
        let is_inside = |path: &Utf8Path| root == "." || path.starts_with(root);
        is_inside(&self.dir) || self.output.as_deref().is_some_and(is_inside)
    }
}

/// A variable that the production settings read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct EnvironmentVariable {
    /// Its name.
    pub name: String,
    /// Whether startup fails without it.
    pub required: bool,
    /// What is used without it, where that is a literal and the variable holds no secret.
    #[serde(default)]
    pub default: Option<String>,
    /// Whether its value is a credential.
    pub secret: bool,
    /// Where it is read.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(with = "Vec<String>")]
    pub places: Vec<Place>,
}

/// Deployment files that the repository already has.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct Artifacts {
    /// The production image.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<String>")]
    pub dockerfile: Option<Utf8PathBuf>,
    /// Compose files, the main one first.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schemars(with = "Vec<String>")]
    pub compose: Vec<Utf8PathBuf>,
    /// The Procfile.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<String>")]
    pub procfile: Option<Utf8PathBuf>,
    /// `github-actions`, `gitlab`, `circleci`, `azure-pipelines` and so on.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub ci: Vec<String>,
    /// The service in `azure.yaml`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub azure: Option<AzureDeveloper>,
}

/// A service as `azure.yaml` names it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct AzureDeveloper {
    /// Its name.
    pub service: String,
    /// What it is deployed to: `appservice`, `containerapp` and so on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub host: Option<String>,
    /// Where the file names it.
    #[schemars(with = "String")]
    pub place: Place,
}

/// How the tests run.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Tests {
    /// `pytest`, `django`, `unittest` or `tox`.
    pub runner: String,
}

/// Something dangerous in the production settings.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Finding {
    /// A stable name, such as `debug-default-on`.
    pub id: String,
    /// Where.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(with = "Vec<String>")]
    pub places: Vec<Place>,
}

/// E-mail.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Email {
    /// `smtp`, `console`, `ses`, `sendgrid`, `mailgun`, `anymail` or `configurable`.
    pub backend: String,
    /// The variables that configure it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub env: Vec<String>,
}
