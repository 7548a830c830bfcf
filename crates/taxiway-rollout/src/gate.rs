//! The gate of the migrations: what would break the release that serves while they run is refused before anything changes.

use crate::{
    history::{self, History},
    migration::{self, MigrationRecord},
    phase::Refusal,
    release::ReleaseId,
};

/// Why `migrations` can't be run while `previous` serves, unless they are allowed by name. `before` are the migrations of
/// `previous`, where they are known.
pub(crate) fn refusal(
    previous: &ReleaseId,
    before: Option<&[MigrationRecord]>,
    migrations: &[MigrationRecord],
    allowed: &[String],
) -> Option<Refusal> {
    let added = migration::added(migrations, before.unwrap_or_default());
    let forbidden = migration::forbidden(&added, allowed);
    if forbidden.is_empty() {
        return None;
    }
    let count = forbidden.len();
    let reason = match before {
        Some(_) => format!(
            "{count} migration{} would break release {previous} while it still serves",
            if count == 1 { "" } else { "s" }
        ),
        None => format!(
            "which migrations release {previous} has is not known here, and {count} of this release's would break it if new"
        ),
    };
    let mut hints: Vec<String> = forbidden
        .iter()
        .flat_map(|migration| {
            migration
                .hazards
                .iter()
                .filter(|hazard| hazard.breaks_previous)
        })
        .map(|hazard| format!("split it: {}", hazard.instead))
        .collect();
    hints.dedup();
    hints.push(format!("or say: --allow {}", history::names(&forbidden)));
    Some(Refusal {
        reason,
        details: history::describe(&forbidden),
        hints,
    })
}

impl History {
    /// Why a release with these migrations would be refused as things stand, before anything is asked or changed.
    pub fn refusal(&self, migrations: &[MigrationRecord], allowed: &[String]) -> Option<Refusal> {
        let serving = self.serving()?;
        refusal(
            &serving.release,
            Some(&serving.migrations),
            migrations,
            allowed,
        )
    }
}
