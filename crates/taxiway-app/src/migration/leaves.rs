//! The migrations that no other comes after, and where there are too many of them.
//!
//! Django wants one for each application, Alembic one for each folder of revisions: with several, neither knows where to go, and
//! refuses to run. Source: Django, `migrate` ("Conflicting migrations detected"); Alembic, working with branches.

use std::collections::{BTreeMap, BTreeSet};

use camino::Utf8Path;

use super::{Migration, MigrationKey, alembic};
use crate::repository::folder_of;

/// Migrations of one application, or of one folder of revisions, that no other comes after.
#[derive(Debug)]
pub struct Rivals<'m> {
    /// Two or more, in the order of their files.
    pub heads: Vec<&'m Migration>,
}

impl Rivals<'_> {
    /// What goes wrong.
    #[must_use]
    pub fn reason(&self) -> String {
        let places: Vec<&str> = self.heads.iter().map(|it| it.path.as_str()).collect();
        let places = places.join(", ");
        match self.heads.first() {
            Some(first) if first.app != alembic::APP => format!(
                "the migrations of `{}` have several leaf nodes, so `manage.py migrate` would fail: {places}",
                first.app
            ),
            _ => {
                format!("Alembic has several heads, so `alembic upgrade head` would fail: {places}")
            }
        }
    }

    /// What to do, and the command for it.
    #[must_use]
    pub fn remedies(&self) -> &'static [(&'static str, &'static str)] {
        match self.heads.first() {
            Some(first) if first.app != alembic::APP => {
                &[("join them", "python manage.py makemigrations --merge")]
            }
            _ => &[
                ("join them", "alembic merge heads"),
                ("the same with Flask-Migrate", "flask db merge heads"),
            ],
        }
    }
}

/// The migrations between which the tool cannot choose.
#[must_use]
pub fn rivals(migrations: &[Migration]) -> Vec<Rivals<'_>> {
    groups(migrations)
        .into_values()
        .map(|group| group.leaves)
        .filter(|heads| heads.len() > 1)
        .map(|heads| Rivals { heads })
        .collect()
}

/// The migrations that no other of their application, or of their folder of revisions, comes after.
#[must_use]
pub fn newest(migrations: &[Migration]) -> Vec<&Migration> {
    let groups = groups(migrations).into_values();
    groups.flat_map(|group| group.leaves).collect()
}

/// The migrations of one folder.
#[derive(Default)]
struct Group<'m> {
    all: Vec<&'m Migration>,
    leaves: Vec<&'m Migration>,
}

fn groups(migrations: &[Migration]) -> BTreeMap<&Utf8Path, Group<'_>> {
    let mut groups: BTreeMap<&Utf8Path, Group<'_>> = BTreeMap::new();
    for migration in migrations {
        let folder = match alembic::versions(&migration.path) {
            Some(versions) if migration.app == alembic::APP => versions,
            _ => folder_of(&migration.path),
        };
        groups.entry(folder).or_default().all.push(migration);
    }
    for group in groups.values_mut() {
        group.leaves = leaves(&group.all);
    }
    groups
}

/// Those that no other of the group comes after. A squashed migration stands for those it replaces, which are not there then.
fn leaves<'m>(all: &[&'m Migration]) -> Vec<&'m Migration> {
    // Where no migration names the label that was read for them, theirs is another.
    let names_own = |migration: &&Migration| {
        migration
            .dependencies
            .iter()
            .any(|it| it.app == migration.app)
    };
    let is_label_sure = all.iter().any(names_own);
    let is_own =
        |key: &MigrationKey, migration: &Migration| !is_label_sure || key.app == migration.app;
    let mut replaced: BTreeMap<&str, &str> = BTreeMap::new();
    for migration in all {
        let names = migration.replaces.iter().filter(|it| is_own(it, migration));
        replaced.extend(names.map(|key| (key.name.as_str(), migration.name.as_str())));
    }
    let standing = |name: &'m str| {
        let mut name = name;
        // Squashed migrations may be squashed again; in a circle no more often than there are migrations.
        for _ in 0..all.len() {
            match replaced.get(name) {
                Some(by) => name = by,
                None => break,
            }
        }
        name
    };
    let there = all
        .iter()
        .filter(|migration| !replaced.contains_key(migration.name.as_str()));
    let followed: BTreeSet<&str> = there
        .clone()
        .flat_map(|migration| {
            let own = migration
                .dependencies
                .iter()
                .filter(|it| is_own(it, migration));
            own.map(|key| standing(key.name.as_str()))
        })
        .collect();
    let is_leaf = |migration: &&&Migration| !followed.contains(migration.name.as_str());
    there.filter(is_leaf).copied().collect()
}
