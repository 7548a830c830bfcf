//! A storage account lets containers be public.

use crate::rules::prelude::*;

pub(crate) static RULE: Rule = Rule::new(
    "public-blobs",
    "a storage account lets containers be public",
    include_str!("public_blobs.md"),
    look,
)
.gate(Gate::Security)
.benchmarks(&[Checkov("CKV2_AZURE_47"), Checkov("CKV_AZURE_59"), Mcsb("NS-2"), Cis("3.7")]);

fn look(graph: &Graph<'_>, report: &mut Report<'_>) {
    for account in graph.of(STORAGE) {
        let part = account.at("properties/allowBlobPublicAccess");
        if part.is_true() {
            report.push(Found::at(&part, format!("containers of the account `{}` can be made public", account.name())).help("set `allowBlobPublicAccess: false`").unsafe_fix(&part, false));
        }
    }
}
