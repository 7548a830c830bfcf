//! The Bicep files below a folder.

use camino::{Utf8Path, Utf8PathBuf};
use taxiway_diagnostics::DiskSources;

/// Every file below `folder`, sorted.
pub(crate) fn below(folder: &Utf8Path) -> Vec<Utf8PathBuf> {
    let Ok(entries) = folder.read_dir_utf8() else {
        return Vec::new();
    };
    let mut paths: Vec<_> = entries.flatten().map(|entry| entry.into_path()).collect();
    paths.sort();
    paths
        .into_iter()
        .flat_map(|path| {
            if path.is_dir() {
                below(&path)
            } else {
                vec![path]
            }
        })
        .collect()
}

/// The `.bicep` and `.bicepparam` files below `folder`, with their text.
pub(crate) fn bicep(folder: &Utf8Path) -> Vec<(Utf8PathBuf, String)> {
    below(folder)
        .into_iter()
        .filter(|path| matches!(path.extension(), Some("bicep" | "bicepparam")))
        .filter_map(|path| {
            let text = std::fs::read_to_string(&path).ok()?;
            Some((path, text))
        })
        .collect()
}

/// Everything below `folder` as sources.
pub(crate) fn sources(folder: &Utf8Path) -> DiskSources {
    DiskSources::new("", below(folder))
}
