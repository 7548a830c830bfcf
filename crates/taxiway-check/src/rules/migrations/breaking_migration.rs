//! The newest migration does what the previous release cannot work with.

use taxiway_app::Safety;

use crate::rules::prelude::*;

pub(crate) static RULE: Rule = Rule::of_files(
    "breaking-migration",
    "the newest migration does what the previous release cannot work with",
    include_str!("breaking_migration.md"),
    look,
)
.info()
.pedantic()
.gate(Gate::Operations);

fn look(files: &Files, marks: &mut Marks<'_>) {
    for service in &files.migrations.services {
        for migration in taxiway_app::newest(service) {
            for operation in &migration.operations {
                if let Safety::Unsafe { reason, breaks_previous: true, instead } = &operation.safety {
                    let message = format!("{}.{}: {}: {reason}", migration.app, migration.name, operation.subject());
                    let place = files.migrations.location_of(migration, operation);
                    marks.push(Mark::at(place, message).help(format!("split it: {instead}")));
                }
            }
        }
    }
}
