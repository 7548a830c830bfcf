//! Python interpreters of this machine. None is ever downloaded unasked.

use std::io;

use camino::{Utf8Path, Utf8PathBuf};

use super::{
    environment::{inherited, on_path},
    install::InstallError,
    uv::find_uv,
};
use crate::process::{Child, Log, Program, Records, StopPlan};

/// A Python of the wanted version can't be found.
#[derive(Debug, thiserror::Error)]
pub(crate) enum PythonError {
    #[error(transparent)]
    Uv(#[from] InstallError),
    #[error("Python {version} is not on this machine; get it with: {command}")]
    Missing { version: String, command: String },
    #[error("uv could not be run")]
    Run(#[from] io::Error),
}

/// The interpreter for a version such as `3.12`.
///
/// # Errors
/// When this machine has none; the message names the command that gets it.
pub(crate) async fn find_python(
    cache: &Utf8Path,
    version: &str,
    records: &Records,
) -> Result<Utf8PathBuf, PythonError> {
    let uv = find_uv(cache).await?;
    let mut environment = inherited();
    environment.insert("UV_PYTHON_DOWNLOADS".to_owned(), "never".to_owned());
    environment.insert("UV_NO_PROGRESS".to_owned(), "1".to_owned());
    // A project around the working directory must not narrow the search.
    let arguments = ["python", "find", "--no-project", "--system", version];
    let program = Program {
        name: format!("search for Python {version}"),
        executable: uv.clone(),
        arguments: arguments.map(ToOwned::to_owned).to_vec(),
        environment,
        directory: "/".into(),
        account: None,
        stop: StopPlan::default(),
    };
    let mut child = Child::spawn(&program, &Log::nowhere(), records)?;
    let exit = child.wait().await?;
    let found = child
        .last_lines()
        .into_iter()
        .map(Utf8PathBuf::from)
        .find(|path| path.is_absolute() && path.exists());
    match found {
        Some(path) if exit.is_success() => Ok(path),
        _ => Err(PythonError::Missing {
            version: version.to_owned(),
            command: format!("{} python install {version}", uv_command(&uv)),
        }),
    }
}

/// How a person types it.
fn uv_command(uv: &Utf8Path) -> &str {
    match on_path("uv") {
        Some(_) => "uv",
        None => uv.as_str(),
    }
}
