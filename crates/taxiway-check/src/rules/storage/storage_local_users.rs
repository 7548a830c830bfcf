//! A storage account has users of its own.

use crate::rules::prelude::*;

pub(crate) static RULE: Rule = Rule::new(
    "storage-local-users",
    "a storage account has users of its own",
    include_str!("storage_local_users.md"),
    look,
)
.warning()
.gate(Gate::Security)
.benchmarks(&[Checkov("CKV_AZURE_244"), Mcsb("IM-1")]);

fn look(graph: &Graph<'_>, report: &mut Report<'_>) {
    for account in graph.of(STORAGE) {
        let part = account.at("properties/isLocalUserEnabled");
        if part.is_true() && !account.at("properties/isSftpEnabled").is_true() {
            report.push(Found::at(&part, format!("the account `{}` has users with passwords and keys of their own", account.name())).help("set `isLocalUserEnabled: false`: only SFTP needs them").unsafe_fix(&part, false));
        }
    }
}
