//! The migrations of a release, as far as a rollout cares: their names, and what is unsafe about them.

use serde::{Deserialize, Serialize};
use taxiway_app::{Migration, Safety};

/// A migration that a release brings.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MigrationRecord {
    /// `orders.0007_drop_note`: application label and name.
    pub name: String,
    /// What it does to a release that does not know it. Empty when nothing.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub hazards: Vec<Hazard>,
}

/// An operation that is unsafe while the previous release runs, or after it is back.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hazard {
    /// The operation: `RemoveField order.note`.
    pub operation: String,
    /// What goes wrong.
    pub reason: String,
    /// Whether the previous release breaks for as long as it runs; otherwise it merely waits for a while.
    pub breaks_previous: bool,
    /// How to get there in safe steps.
    pub instead: String,
    /// Where it stands, as `path:line`.
    pub place: String,
}

impl From<&Migration> for MigrationRecord {
    fn from(migration: &Migration) -> Self {
        let hazards = migration
            .operations
            .iter()
            .filter_map(|operation| match &operation.safety {
                Safety::Safe => None,
                Safety::Unsafe {
                    reason,
                    breaks_previous,
                    instead,
                } => Some(Hazard {
                    operation: operation.subject(),
                    reason: reason.clone(),
                    breaks_previous: *breaks_previous,
                    instead: instead.clone(),
                    place: operation.place.to_string(),
                }),
            })
            .collect();
        Self {
            name: format!("{}.{}", migration.app, migration.name),
            hazards,
        }
    }
}

impl MigrationRecord {
    /// Whether the user named it: in full, or by application and number (`orders.0007`).
    pub(crate) fn is_named_by(&self, name: &str) -> bool {
        self.name
            .strip_prefix(name)
            .is_some_and(|rest| rest.is_empty() || rest.starts_with('_'))
    }
}

/// The migrations of `new` that `old` does not have.
pub(crate) fn added<'a>(
    new: &'a [MigrationRecord],
    old: &[MigrationRecord],
) -> Vec<&'a MigrationRecord> {
    new.iter()
        .filter(|migration| !old.iter().any(|known| known.name == migration.name))
        .collect()
}

/// Those among `migrations` that would break the other release and are not allowed by name.
///
/// An operation that merely makes the other release wait for a lock is no reason to refuse: the
/// migration runs with a short `lock_timeout` and is repeated.
pub(crate) fn forbidden<'a>(
    migrations: &[&'a MigrationRecord],
    allowed: &[String],
) -> Vec<&'a MigrationRecord> {
    migrations
        .iter()
        .copied()
        .filter(|migration| {
            migration
                .hazards
                .iter()
                .any(|hazard| hazard.breaks_previous)
        })
        .filter(|migration| !allowed.iter().any(|name| migration.is_named_by(name)))
        .collect()
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    pub(crate) fn record(name: &str, hazard: Option<&str>) -> MigrationRecord {
        let hazards = hazard.map(|reason| Hazard {
            operation: "RemoveField order.note".to_owned(),
            reason: reason.to_owned(),
            breaks_previous: true,
            instead: "drop it one release later".to_owned(),
            place: "orders/migrations/0007.py:8".to_owned(),
        });
        MigrationRecord {
            name: name.to_owned(),
            hazards: hazards.into_iter().collect(),
        }
    }

    #[test]
    fn new_breaking_migrations_are_forbidden_unless_named() {
        let old = [record("orders.0001_initial", Some("old"))];
        let new = [
            old[0].clone(),
            record("orders.0002_add", None),
            record("orders.0003_drop", Some("drops a column")),
        ];
        let added = added(&new, &old);
        let table: [(&[&str], usize); 5] = [
            (&[], 1),
            (&["orders.0003"], 0),
            (&["orders.0003_drop"], 0),
            (&["orders.000"], 1),
            (&["orders"], 1),
        ];
        for (allowed, expected) in table {
            let allowed: Vec<String> = allowed.iter().map(|name| (*name).to_owned()).collect();
            assert_eq!(forbidden(&added, &allowed).len(), expected, "{allowed:?}");
        }
    }
}
