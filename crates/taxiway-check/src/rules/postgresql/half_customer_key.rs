//! A server has a key of its own without the identity that reads it, or the identity without the key.

use crate::rules::prelude::*;

pub(crate) static RULE: Rule = Rule::new(
    "half-customer-key",
    "a server is to be encrypted with a key and nobody to read it",
    include_str!("half_customer_key.md"),
    look,
);

fn look(graph: &Graph<'_>, report: &mut Report<'_>) {
    for server in graph.of(POSTGRESQL) {
        let encryption = server.at("properties/dataEncryption");
        if encryption.at("type").is("SystemManaged") {
            continue;
        }
        let both = |key: &str, reader: &str, report: &mut Report<'_>| {
            let (key_part, reader_part) = (encryption.at(key), encryption.at(reader));
            if key_part.is_present() != reader_part.is_present() {
                let (there, lacks) = if key_part.is_present() { (key_part, reader) } else { (reader_part, key) };
                report.push(Found::at(&there, format!("`{}` lacks `{lacks}` beside it", server.name())).help("a key and the identity that reads it belong together"));
            }
        };
        both("primaryKeyURI", "primaryUserAssignedIdentityId", report);
        both("geoBackupKeyURI", "geoBackupUserAssignedIdentityId", report);
        let (own, backup) = (encryption.at("primaryKeyURI"), server.at("properties/backup/geoRedundantBackup"));
        if own.is_present() && backup.is("Enabled") && encryption.at("geoBackupKeyURI").is_absent() {
            let message = format!("`{}` has a key of its own, and its backup in the other region has none", server.name());
            report.push(Found::at(&backup, message).label(&own, "the key").help("set `geoBackupKeyURI` and `geoBackupUserAssignedIdentityId` too: a key and an identity of the other region"));
        }
    }
}
