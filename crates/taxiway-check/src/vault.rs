//! References of app settings to secrets in vaults of the template.

use crate::graph::Graph;
use crate::kinds::VAULTS;
use crate::node::{Node, Part};
use crate::site::Site;

const START: &str = "@Microsoft.KeyVault(";

/// Whether any setting refers to a secret.
pub(crate) fn has_references(site: &Site<'_, '_>) -> bool {
    site.settings_text().contains(START)
}

/// The vaults of the template that the settings refer to.
pub(crate) fn vaults_of<'g, 'e>(graph: &'g Graph<'e>, site: &Site<'_, '_>) -> Vec<&'g Node<'e>> {
    let text = site.settings_text().to_ascii_lowercase();
    graph
        .of(VAULTS)
        .filter(|vault| is_named(&text, vault))
        .collect()
}

fn is_named(text: &str, vault: &Node<'_>) -> bool {
    let name = vault.id().name().to_ascii_lowercase();
    crate::graph::mentions(text, vault.id())
        || text.contains(&format!("https://{name}.vault."))
        || text.contains(&format!("vaultname={name};"))
}

/// The secrets of vaults of the template that one setting refers to.
pub(crate) fn references<'g, 'e>(
    graph: &'g Graph<'e>,
    setting: &Part<'_>,
) -> Vec<(&'g Node<'e>, String)> {
    let text = setting.text_or_expression().unwrap_or_default();
    if !text.contains(START) {
        return Vec::new();
    }
    let lower = text.to_ascii_lowercase();
    let after = lower
        .split_once("secrets/")
        .or_else(|| lower.split_once("secretname="))
        .map_or("", |(_, rest)| rest);
    let name: String = after
        .chars()
        .take_while(|character| character.is_ascii_alphanumeric() || *character == '-')
        .collect();
    if name.is_empty() {
        return Vec::new();
    }
    graph
        .of(VAULTS)
        .filter(|vault| is_named(&lower, vault))
        .map(|vault| (vault, name.clone()))
        .collect()
}
