//! Migration files of Django and Alembic, read statically.
//!
//! For Django, the models of each application are rebuilt migration by migration, so that a change of a field is judged by what changes.
//! Source of the judgement: Django's schema editor for PostgreSQL, and PostgreSQL's documentation on locks.

mod alembic;
mod file;
mod judge;
mod leaves;
mod state;
mod unmigrated;

use camino::{Utf8Path, Utf8PathBuf};
pub use leaves::{Rivals, newest, rivals};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use taxiway_diagnostics::{Place, Sources};
pub use unmigrated::{Unmigrated, unmigrated};

use crate::document::{MigrationTool, Service};
use crate::python::Source;
use crate::repository::{Repository, folder_of, is_python, name_of};

/// One migration file of the project itself.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Migration {
    /// The label of its application; `alembic` for Alembic's, which have none.
    pub app: String,
    /// Its name: the file's, without `.py`.
    pub name: String,
    /// The file.
    #[schemars(with = "String")]
    pub path: Utf8PathBuf,
    /// The migrations it comes after.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub dependencies: Vec<MigrationKey>,
    /// The migrations it stands for.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub replaces: Vec<MigrationKey>,
    /// Whether it is the first of its application.
    pub initial: bool,
    /// Whether it runs in one transaction.
    pub atomic: bool,
    /// What it does, in order.
    pub operations: Vec<Operation>,
    /// Whether `operations` is the whole list; false where some of it is computed.
    pub complete: bool,
}

/// Names a migration.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
pub struct MigrationKey {
    /// The label of its application.
    pub app: String,
    /// Its name.
    pub name: String,
}

/// One operation of a migration.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Operation {
    /// Django's class, such as `AddField`, or Alembic's function, such as `add_column`.
    pub kind: String,
    /// Django's model, in lower case as it is compared, or Alembic's table.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub model: Option<String>,
    /// The field or column, index or constraint.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub field: Option<String>,
    /// Whether the previous release keeps working beside it.
    pub safety: Safety,
    /// Whether it can be taken back without losing anything.
    pub reversible: bool,
    /// Where it stands.
    #[schemars(with = "String")]
    pub place: Place,
}

impl Operation {
    /// What it is and what it is about: `RemoveField order.note`.
    #[must_use]
    pub fn subject(&self) -> String {
        let subject: Vec<&str> = [self.model.as_deref(), self.field.as_deref()]
            .into_iter()
            .flatten()
            .collect();
        if subject.is_empty() {
            return self.kind.clone();
        }
        format!("{} {}", self.kind, subject.join("."))
    }
}

/// Whether the previous release keeps working while and after an operation runs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "verdict", rename_all = "lowercase")]
pub enum Safety {
    /// It does.
    Safe,
    /// It may fail, or wait for a lock.
    Unsafe {
        /// What goes wrong.
        reason: String,
        /// Whether the previous release breaks, or merely waits.
        breaks_previous: bool,
        /// How to get there in steps that are safe.
        instead: String,
    },
}

/// The migrations of the project's own applications, by application and name.
pub fn migrations(sources: &dyn Sources, service: &Service) -> Vec<Migration> {
    let repository = Repository::new(sources);
    match service.migrations.as_ref().map(|found| found.tool) {
        Some(MigrationTool::Alembic | MigrationTool::FlaskMigrate) => {
            return alembic::migrations(&repository, service);
        }
        Some(MigrationTool::Django) | None => {}
    }
    let mut found: Vec<Migration> = Vec::new();
    let mut by_app: std::collections::BTreeMap<String, Vec<Utf8PathBuf>> =
        std::collections::BTreeMap::new();
    for path in files(&repository, service) {
        if let Some(app) = label(&repository, &path) {
            by_app.entry(app).or_default().push(path);
        }
    }
    for (app, mut paths) in by_app {
        paths.sort();
        let mut state = state::State::default();
        for path in paths {
            let Some(text) = repository.text(&path) else {
                continue;
            };
            let Some(source) = Source::parse(text) else {
                continue;
            };
            found.extend(file::read(&source, &app, &path, &mut state));
        }
    }
    found
}

/// The migration files of the installed applications.
fn files(repository: &Repository<'_>, service: &Service) -> Vec<Utf8PathBuf> {
    let app_dir = match service.app_dir.as_str() {
        "." => Utf8Path::new(""),
        folder => Utf8Path::new(folder),
    };
    let all: Vec<&Utf8Path> = repository
        .below(app_dir)
        .filter(|file| {
            is_python(file)
                && name_of(file) != "__init__.py"
                && name_of(folder_of(file)) == "migrations"
                && !crate::evidence::role::is_vendored(file)
        })
        .collect();
    let is_installed = |file: &Utf8Path| {
        let Some(folder) = file.parent().and_then(Utf8Path::parent) else {
            return false;
        };
        let dotted = folder.as_str().replace('/', ".");
        service.installed_apps.iter().any(|app| {
            // `shop`, `shop.apps.ShopConfig`, or either below a folder of the search path.
            let module = app.split(".apps.").next().unwrap_or(app);
            dotted == module || dotted.ends_with(&format!(".{module}"))
        })
    };
    let installed: Vec<Utf8PathBuf> = all
        .iter()
        .filter(|file| is_installed(file))
        .map(|file| (*file).to_owned())
        .collect();
    if installed.is_empty() {
        return all.into_iter().map(Utf8Path::to_owned).collect();
    }
    installed
}

/// The label of the application that a migration file belongs to.
fn label(repository: &Repository<'_>, path: &Utf8Path) -> Option<String> {
    let folder = path.parent()?.parent()?;
    if let Some(text) = repository.text(&folder.join("apps.py")) {
        let named = text.lines().find_map(|line| {
            let value = line
                .trim()
                .strip_prefix("label")?
                .trim()
                .strip_prefix('=')?;
            let value = value.trim();
            let quote = value
                .chars()
                .next()
                .filter(|first| matches!(first, '"' | '\''))?;
            Some(value[1..].split_once(quote)?.0.to_owned())
        });
        if named.is_some() {
            return named;
        }
    }
    folder.file_name().map(str::to_owned)
}
