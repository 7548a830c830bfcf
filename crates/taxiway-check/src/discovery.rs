//! What there is to judge in a repository: parameters files, templates that nobody else uses, ARM templates.

use std::collections::BTreeSet;

use camino::{Utf8Path, Utf8PathBuf};
use taxiway_diagnostics::Sources;

use crate::evaluated::Entry;

/// The entries below a folder; all of them for an empty path. A module is judged through what uses it.
pub fn discover(sources: &dyn Sources, folder: &Utf8Path) -> Vec<Entry> {
    let files: Vec<Utf8PathBuf> = sources
        .files()
        .into_iter()
        .filter(|file| file.starts_with(folder) && !file.starts_with(".taxiway"))
        .collect();
    let mut entries = Vec::new();
    let mut used = BTreeSet::new();
    for file in files.iter().filter(|file| is_bicep(file)) {
        let text = sources.read_text(file).unwrap_or_default();
        used.extend(references(file, &text));
        // Parameters for a template that is elsewhere cannot be judged here.
        let is_for_file =
            text.contains("using '") && !text.contains("using 'br") && !text.contains("using 'ts");
        if file.extension() == Some("bicepparam") && is_for_file {
            entries.push(Entry::new(file));
        }
    }
    for file in files
        .iter()
        .filter(|file| file.extension() == Some("bicep") && !used.contains(*file))
    {
        entries.push(with_parameters(sources, file));
    }
    for file in files.iter().filter(|file| file.extension() == Some("json")) {
        let is_compiled = files.contains(&file.with_extension("bicep"));
        if !is_compiled && !used.contains(file) && is_template(sources, file) {
            entries.push(with_parameters(sources, file));
        }
    }
    entries.sort();
    entries
}

fn is_bicep(file: &Utf8Path) -> bool {
    matches!(file.extension(), Some("bicep" | "bicepparam"))
}

fn with_parameters(sources: &dyn Sources, file: &Utf8Path) -> Entry {
    let parameters = [
        file.with_extension("parameters.json"),
        named(file, "azuredeploy.parameters.json"),
    ];
    Entry {
        file: file.to_owned(),
        parameters: parameters.into_iter().find(|path| {
            (path.file_stem() != Some("azuredeploy.parameters")
                || file.file_stem() == Some("azuredeploy"))
                && sources.is_file(path)
        }),
    }
}

fn named(file: &Utf8Path, name: &str) -> Utf8PathBuf {
    file.with_file_name(name)
}

fn is_template(sources: &dyn Sources, file: &Utf8Path) -> bool {
    sources.read_text(file).is_ok_and(|text| {
        text.contains("eploymentTemplate.json#") && text.contains("\"resources\"")
    })
}

/// The files that a text names in quotes, relative to it. Comments may hold single apostrophes.
fn references(file: &Utf8Path, text: &str) -> Vec<Utf8PathBuf> {
    text.split('\'')
        .filter(|quoted| {
            [".bicep", ".json"].iter().any(|end| quoted.ends_with(end)) && !quoted.contains('\n')
        })
        .filter_map(|quoted| joined(file, quoted))
        .collect()
}

/// A path relative to the folder of a file.
pub(crate) fn joined(file: &Utf8Path, name: &str) -> Option<Utf8PathBuf> {
    let folder = file.parent().unwrap_or(Utf8Path::new(""));
    let mut parts: Vec<&str> = folder.as_str().split('/').collect();
    for part in name.split('/') {
        match part {
            "." => {}
            ".." => {
                parts.pop()?;
            }
            part => parts.push(part),
        }
    }
    let joined = parts.join("/");
    let is_absolute = file.as_str().starts_with('/');
    Some(if is_absolute {
        joined.into()
    } else {
        joined.trim_start_matches('/').into()
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use taxiway_diagnostics::MemorySources;

    #[test]
    fn modules_are_judged_through_what_uses_them() {
        let sources = MemorySources::from_text(
            "--- infra/main.bicep\n// it's the whole\nmodule a 'modules/a.bicep' = {\n}\n--- infra/modules/a.bicep\n--- infra/main.prod.bicepparam\nusing './main.bicep'\n\
             --- other/alone.bicep\n--- other/alone.parameters.json\n{}\n--- old/azuredeploy.json\n{\"$schema\": \"https://x/deploymentTemplate.json#\", \"resources\": []}\n\
             --- package.json\n{}\n--- .taxiway/generated/infra/main.bicep\n",
        );
        let found: Vec<String> = discover(&sources, "".into())
            .iter()
            .map(|entry| format!("{} {}", entry.file, entry.name()))
            .collect();
        assert_eq!(
            found,
            [
                "infra/main.prod.bicepparam infra/main.prod.bicepparam",
                "old/azuredeploy.json old/azuredeploy.json",
                "other/alone.bicep other/alone.parameters.json",
            ]
        );
    }
}
