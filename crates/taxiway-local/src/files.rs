//! Files that only the owner may read, written so that a crash leaves the old content or the new one.

use std::{
    fs::{File, OpenOptions},
    io::{self, Write},
    os::unix::fs::OpenOptionsExt,
};

use camino::Utf8Path;

/// Replaces `path` with `content`, mode 600, through a temporary file beside it.
///
/// # Errors
/// When the file or its folder can't be written.
pub(crate) fn write_private(path: &Utf8Path, content: &[u8]) -> io::Result<()> {
    let temporary = path.with_extension(format!("{}.tmp", std::process::id()));
    let mut file = OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(true)
        .mode(0o600)
        .open(&temporary)?;
    file.write_all(content)?;
    file.sync_all()?;
    std::fs::rename(&temporary, path)?;
    if let Some(folder) = path.parent() {
        File::open(folder)?.sync_all()?;
    }
    Ok(())
}
