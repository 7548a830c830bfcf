//! ARCHITECTURE.md names every crate, and none that does not exist; files that a document names are there.

use anyhow::Context as _;
use cargo_metadata::Metadata;

/// The documents whose paths are followed.
const DOCUMENTS: [&str; 2] = ["README.md", "ARCHITECTURE.md"];

/// Every name in a document that leads nowhere, and every crate that no document names.
///
/// # Errors
/// Where a document cannot be read.
pub(crate) fn violations(metadata: &Metadata) -> anyhow::Result<Vec<String>> {
    let root = &metadata.workspace_root;
    let mut found = Vec::new();
    let packages: Vec<String> = metadata
        .workspace_packages()
        .iter()
        .map(|package| package.name.to_string())
        .collect();
    for document in DOCUMENTS {
        let text = std::fs::read_to_string(root.join(document))
            .with_context(|| format!("cannot read {document}"))?;
        for name in code_spans(&text) {
            if name.starts_with("taxiway-")
                && !name.contains([' ', '/', '.'])
                && !packages.contains(&name.to_owned())
            {
                found.push(format!(
                    "{document} names the crate `{name}`, which does not exist"
                ));
            }
            let is_path = ["crates/", "examples/", "scripts/", ".ci/"]
                .iter()
                .any(|folder| name.starts_with(folder));
            if is_path && !name.contains(['*', '<', ' ']) && !root.join(name).exists() {
                found.push(format!("{document} names `{name}`, which does not exist"));
            }
        }
        if document == "ARCHITECTURE.md" {
            found.extend(
                packages
                    .iter()
                    .filter(|package| !code_spans(&text).any(|name| name == package.as_str()))
                    .map(|package| format!("{document} does not name the crate `{package}`")),
            );
        }
    }
    Ok(found)
}

fn code_spans(text: &str) -> impl Iterator<Item = &str> {
    text.split('`').skip(1).step_by(2)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn code_spans_are_what_stands_between_backticks() {
        assert_eq!(
            code_spans("a `b` c `d e` f").collect::<Vec<_>>(),
            ["b", "d e"]
        );
    }
}
