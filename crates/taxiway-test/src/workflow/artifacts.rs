//! What steps keep with `actions/upload-artifact`, in a folder for each name.
//!
//! Paths in an artifact are as seen from the folder that all of what is kept has in common. Source: actions/upload-artifact,
//! "Upload using multiple paths".

use std::fs;
use std::io;

use camino::{Utf8Path, Utf8PathBuf};

/// Keeps what there is of `paths` in `folder`, in the place of what was kept there before, and says whether there is any.
pub(super) fn keep(paths: &[Utf8PathBuf], folder: &Utf8Path) -> io::Result<bool> {
    let found: Vec<&Utf8PathBuf> = paths.iter().filter(|path| path.exists()).collect();
    if folder.exists() {
        fs::remove_dir_all(folder)?;
    }
    let Some(root) = common(&found) else {
        return Ok(false);
    };
    for path in found {
        copy(path, &root, folder)?;
    }
    Ok(true)
}

fn common(paths: &[&Utf8PathBuf]) -> Option<Utf8PathBuf> {
    let (first, others) = paths.split_first()?;
    let is_common = |folder: &&Utf8Path| others.iter().all(|path| path.starts_with(folder));
    let mut folders = first.ancestors().filter(|folder| folder.is_dir());
    folders.find(is_common).map(Utf8Path::to_owned)
}

fn copy(path: &Utf8Path, root: &Utf8Path, folder: &Utf8Path) -> io::Result<()> {
    let to = folder.join(path.strip_prefix(root).map_err(io::Error::other)?);
    if path.is_dir() {
        fs::create_dir_all(&to)?;
        for entry in path.read_dir_utf8()? {
            copy(entry?.path(), root, folder)?;
        }
    } else {
        if let Some(parent) = to.parent() {
            fs::create_dir_all(parent)?;
        }
        fs::copy(path, to)?;
    }
    Ok(())
}
