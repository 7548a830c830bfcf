//! The whole set of files for one platform.

use taxiway_app::App;
use taxiway_diagnostics::Sources;
use taxiway_platform::Platform;

use crate::GeneratedFile;

/// The files for `platform`, sorted by path. `sources` is read for the lock that production installs from only.
pub fn files(sources: &dyn Sources, app: &App, platform: &Platform) -> Vec<GeneratedFile> {
    let _ = (sources, app, platform);
    let mut files = vec![GeneratedFile::new(".taxiway/.gitignore", "")];
    files.push(GeneratedFile::executable("run.sh", ""));
    files
}
