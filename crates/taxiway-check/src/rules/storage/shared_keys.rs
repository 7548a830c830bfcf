//! A storage account can be opened with a key.

use crate::rules::prelude::*;

pub(crate) static RULE: Rule = Rule::new(
    "shared-keys",
    "a storage account can be opened with a key",
    include_str!("shared_keys.md"),
    look,
)
.warning()
.pedantic()
.gate(Gate::Security)
.benchmarks(&[Checkov("CKV2_AZURE_40"), Mcsb("IM-1")]);

fn look(graph: &Graph<'_>, report: &mut Report<'_>) {
    for account in graph.of(STORAGE) {
        let part = account.at("properties/allowSharedKeyAccess");
        if part.is_true() || part.is_absent() {
            report.push(Found::at(&part, format!("the account `{}` can be opened with a key", account.name())).help("set `allowSharedKeyAccess: false`, and use identities with roles").unsafe_fix(&part, false));
        }
    }
}
