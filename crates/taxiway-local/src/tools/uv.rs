//! uv: virtual environments and packages.

use camino::{Utf8Path, Utf8PathBuf};

use super::{
    environment::on_path,
    install::{InstallError, Installation},
};

/// The uv of this machine, or the one in the cache, which is installed if need be.
///
/// # Errors
/// When it can't be installed.
pub(crate) async fn find_uv(cache: &Utf8Path) -> Result<Utf8PathBuf, InstallError> {
    if let Some(path) = on_path("uv") {
        return Ok(path);
    }
    let installation = Installation {
        package: "uv",
        tools: &cache.join("tools"),
        proof: "bin/uv",
    };
    Ok(installation.folder().await?.join("bin/uv"))
}
