//! The module cache: where restored modules lie, laid out as the official tools do, so that both find them.

use std::io;

use camino::Utf8Path;
use taxiway_bicep::RegistryReference;

use super::registry::Artifact;

/// Whether a module is there as a whole.
pub(super) fn holds(cache: &Utf8Path, reference: &RegistryReference) -> bool {
    let folder = reference.folder(cache);
    ["main.json", "manifest"]
        .iter()
        .all(|file| folder.join(file).is_file())
}

/// Puts a module into the cache: the template last, as it is what makes the module be there.
pub(super) fn keep(
    cache: &Utf8Path,
    reference: &RegistryReference,
    artifact: &Artifact,
) -> io::Result<()> {
    let folder = reference.folder(cache);
    std::fs::create_dir_all(&folder)?;
    let metadata = serde_json::json!({ "manifestDigest": artifact.digest }).to_string();
    let mut files = vec![
        ("manifest", artifact.manifest.as_slice()),
        ("metadata", metadata.as_bytes()),
        ("lock", &[]),
    ];
    if let Some(source) = &artifact.source {
        files.push(("source.tgz", source));
    }
    files.push(("main.json", &artifact.template));
    for (name, content) in files {
        let part = folder.join(format!(".{name}.{}", std::process::id()));
        std::fs::write(&part, content)?;
        std::fs::rename(&part, folder.join(name))?;
    }
    Ok(())
}
