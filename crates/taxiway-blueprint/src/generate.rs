//! The whole set of files for one platform.

use taxiway_app::App;
use taxiway_diagnostics::Sources;
use taxiway_platform::Platform;

use crate::{GeneratedFile, dotenv, infrastructure, overlay, requirements};

/// Keeps what Taxiway remembers between runs in the repository, and what it writes on one machine out of it.
const GITIGNORE: &str = "\
# generated/ is committed: the next version of each file is merged with your edits against it.
*
!.gitignore
!generated/
!generated/**
";

/// The files for `platform`, sorted by path. `sources` is read for the lock that production installs from, and for nothing
/// else. Empty where `platform` was decided for another app.
pub fn files(sources: &dyn Sources, app: &App, platform: &Platform) -> Vec<GeneratedFile> {
    let Some(service) = platform.service_of(app) else {
        return Vec::new();
    };
    let mut files = infrastructure::files(service, platform);
    files.extend(overlay::files(platform));
    files.push(requirements::file(sources, service, platform));
    files.extend(dotenv::file(service, platform));
    files.push(GeneratedFile::new(".taxiway/.gitignore", GITIGNORE));
    files.sort_by(|one, other| one.path.cmp(&other.path));
    files
}
