//! Only geo-redundant backups are restored in another region.

use crate::rules::prelude::*;

pub(crate) static RULE: Rule = Rule::new(
    "restore-across-regions",
    "only geo-redundant backups are restored in another region",
    include_str!("restore_across_regions.md"),
    look,
);

fn look(graph: &Graph<'_>, report: &mut Report<'_>) {
    for vault in graph.of(BACKUP_VAULTS) {
        let part = vault.at("properties/featureSettings/crossRegionRestoreSettings/state");
        let kinds: Vec<Part<'_>> = vault.at("properties/storageSettings").items().iter().map(|store| store.at("type")).collect();
        if let Some(kind) = kinds.iter().find(|kind| kind.text().is_some_and(|text| !text.eq_ignore_ascii_case("GeoRedundant")))
            && part.is("Enabled")
        {
            report.push(Found::at(&part, format!("the vault `{}` has nothing in another region", vault.name())).label(kind, "where its copies are").help("choose `GeoRedundant` when the vault is made"));
        }
    }
}
