//! Paths relative to a folder of the repository, where `.` is the repository itself.

use camino::{Utf8Path, Utf8PathBuf};

/// `path` inside `folder`, both relative to the repository.
pub(crate) fn join(folder: &Utf8Path, path: &str) -> Utf8PathBuf {
    if folder == "." {
        path.into()
    } else {
        folder.join(path)
    }
}

/// `path` as seen from `folder`, which holds it; `.` where they are the same.
pub(crate) fn below(path: &Utf8Path, folder: &Utf8Path) -> Utf8PathBuf {
    let inner = if folder == "." {
        path
    } else {
        path.strip_prefix(folder).unwrap_or(path)
    };
    if inner.as_str().is_empty() {
        ".".into()
    } else {
        inner.to_owned()
    }
}
