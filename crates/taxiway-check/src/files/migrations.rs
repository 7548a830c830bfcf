//! The migrations of a repository's services, as the rollout reads them, with a place for each.

use std::collections::BTreeMap;

use camino::{Utf8Path, Utf8PathBuf};
use taxiway_app::{Migration, Operation};
use taxiway_diagnostics::{Location, Sources};

use super::{is_foreign, span};

/// The migrations of each service that has any.
#[derive(Debug, Default)]
pub(crate) struct Migrations {
    pub(crate) services: Vec<Vec<Migration>>,
    texts: BTreeMap<Utf8PathBuf, String>,
}

impl Migrations {
    /// Reads them; nothing is looked at where no file may be one.
    pub(crate) fn read(sources: &dyn Sources, listed: &[Utf8PathBuf]) -> Self {
        if !listed.iter().any(|path| may_be(path)) {
            return Self::default();
        }
        let app = taxiway_app::read(sources);
        let mut services: Vec<Vec<Migration>> = Vec::new();
        for service in &app.services {
            let mut migrations = taxiway_app::migrations(sources, service);
            migrations.retain(|migration| !is_foreign(&migration.path));
            // A worker has the migrations of the web service beside it.
            if !migrations.is_empty() && !services.contains(&migrations) {
                services.push(migrations);
            }
        }
        let newest = services
            .iter()
            .flat_map(|service| taxiway_app::newest(service));
        let texts = newest
            .filter_map(|migration| {
                let text = sources.read_text(&migration.path).ok()?;
                Some((migration.path.clone(), text))
            })
            .collect();
        Self { services, texts }
    }

    /// Where a migration says what it comes after.
    pub(crate) fn location(&self, migration: &Migration) -> Location {
        let text = self.texts.get(&migration.path).map_or("", String::as_str);
        let says = |line: &str| {
            ["dependencies", "down_revision"]
                .iter()
                .any(|name| line.trim_start().starts_with(name))
        };
        let number = text.lines().position(says).unwrap_or_default();
        self.line(&migration.path, number)
    }

    /// Where an operation of a migration stands.
    pub(crate) fn location_of(&self, migration: &Migration, operation: &Operation) -> Location {
        let number = usize::try_from(operation.place.line()).unwrap_or_default();
        self.line(&migration.path, number.saturating_sub(1))
    }

    /// A line without its indentation, counted from 0.
    fn line(&self, path: &Utf8Path, number: usize) -> Location {
        let text = self.texts.get(path).map_or("", String::as_str);
        let before: usize = text.split_inclusive('\n').take(number).map(str::len).sum();
        let line = text.lines().nth(number).unwrap_or_default();
        let start = before + line.len() - line.trim_start().len();
        Location::new(path, span(start, before + line.trim_end().len()))
    }
}

/// Whether a file may be a migration, by its path.
fn may_be(path: &Utf8Path) -> bool {
    path.extension() == Some("py")
        && path.file_name() != Some("__init__.py")
        && path
            .components()
            .any(|part| matches!(part.as_str(), "migrations" | "versions"))
}
