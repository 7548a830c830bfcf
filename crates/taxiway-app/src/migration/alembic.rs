//! Alembic's revisions, read statically: their graph, and what `upgrade()` does.
//!
//! A revision is a module with `revision` and `down_revision` in a folder `versions` beside an `env.py`, as Alembic and
//! Flask-Migrate make it; folders that only `version_locations` names are not looked for. Source: Alembic, tutorial and
//! operation reference.

mod judge;
mod script;

use std::collections::BTreeMap;

use camino::{Utf8Path, Utf8PathBuf};

use super::{Migration, MigrationKey};
use crate::document::Service;
use crate::python::Source;
use crate::repository::{Repository, folder_of, is_python, name_of};

/// What stands for the label of an application, of which Alembic has none: `--allow alembic.1f2e3d`.
pub(super) const APP: &str = "alembic";

/// A revision: its identifier and those that it comes after, as they are written.
struct Revision {
    id: String,
    after: Vec<String>,
    migration: Migration,
}

/// The revisions of the project, in the order of their files.
pub(super) fn migrations(repository: &Repository<'_>, service: &Service) -> Vec<Migration> {
    let mut revisions: Vec<Revision> = Vec::new();
    for path in files(repository, service) {
        let source = repository.text(&path).and_then(Source::parse);
        revisions.extend(source.and_then(|source| script::read(&source, &path)));
    }
    let names: BTreeMap<String, String> = revisions
        .iter()
        .map(|revision| (revision.id.clone(), revision.migration.name.clone()))
        .collect();
    revisions
        .into_iter()
        .map(|revision| {
            let key = |id: &String| MigrationKey {
                app: APP.to_owned(),
                name: names.get(id).unwrap_or(id).clone(),
            };
            let mut migration = revision.migration;
            migration.dependencies = revision.after.iter().map(key).collect();
            migration.initial = migration.dependencies.is_empty();
            migration
        })
        .collect()
}

/// The folder `versions` that a file lies in, at any depth.
pub(super) fn versions(file: &Utf8Path) -> Option<&Utf8Path> {
    file.ancestors()
        .skip(1)
        .find(|folder| name_of(folder) == "versions")
}

fn files(repository: &Repository<'_>, service: &Service) -> Vec<Utf8PathBuf> {
    let root = match service.root.as_str() {
        "." => Utf8Path::new(""),
        folder => Utf8Path::new(folder),
    };
    let mut found: Vec<Utf8PathBuf> = repository
        .below(root)
        .filter(|file| is_python(file) && name_of(file) != "__init__.py")
        .filter(|file| !crate::evidence::role::is_vendored(file))
        .filter(|file| {
            versions(file)
                .is_some_and(|folder| repository.is_file(&folder_of(folder).join("env.py")))
        })
        .map(Utf8Path::to_owned)
        .collect();
    found.sort();
    found
}
