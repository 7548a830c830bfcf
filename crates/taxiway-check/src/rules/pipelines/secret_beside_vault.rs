//! The address of a live database is a secret of the pipeline, although there is a vault.

use crate::rules::prelude::*;

pub(crate) static RULE: Rule = Rule::of_files(
    "secret-beside-vault",
    "a live database's address is kept in the pipeline, beside the vault",
    include_str!("secret_beside_vault.md"),
    look,
)
.warning()
.confidence(Confidence::Medium)
.gate(Gate::Security)
.benchmarks(&[Mcsb("IM-8")]);

fn look(files: &Files, marks: &mut Marks<'_>) {
    if !files.mention(&["Microsoft.KeyVault/vaults", "azurerm_key_vault", "@Microsoft.KeyVault", "az keyvault"]) {
        return;
    }
    for workflow in &files.workflows {
        workflow.root.scalars(&mut |node| {
            let raw = &workflow.text[node.start..node.end];
            for reference in contexts(raw, false) {
                let Some(name) = reference.parts.get(1).filter(|_| reference.is(&["secrets"])) else { continue };
                let upper = name.to_uppercase();
                let is_live = ["PROD", "STAGING", "LIVE"].iter().any(|word| upper.split('_').any(|part| part.starts_with(word)));
                if is_live && is_database_variable(&upper) {
                    let message = format!("`{name}` is kept in the pipeline, while the secrets of this app belong into its vault");
                    marks.push(Mark::at(workflow.place(node.start + reference.start, node.start + reference.end), message).help("let what needs it read it from the vault, as its identity"));
                }
            }
        });
    }
}
