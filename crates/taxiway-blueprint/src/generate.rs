//! The whole set of files for one platform.

use camino::Utf8Path;
use taxiway_app::App;
use taxiway_diagnostics::Sources;
use taxiway_platform::{Container, Pipeline, Platform};

use crate::infrastructure::Site;
use crate::overlay::ServerFile;
use crate::{
    GeneratedFile, Handwritten, containers, dotenv, hygiene, infrastructure, overlay, requirements,
    source_folder, workflows,
};

/// Keeps what Taxiway remembers between runs in the repository, and what it writes on one machine out of it.
const GITIGNORE: &str = "\
# generated/ is committed: the next version of each file is merged with your edits against it.
*
!.gitignore
!generated/
!generated/**
";

/// For a project without one: secrets, and what a machine makes by itself.
const PROJECT_GITIGNORE: &str = "\
# Secrets. .env.example says which there are.
.env
.env.*
!.env.example

__pycache__/
*.py[cod]
.venv/
";

/// The files for `platform`, sorted by path. Empty where `platform` was decided for another app.
///
/// `sources` is the repository as it is. It is read for the requirements that production installs, and for what the project
/// has of its own.
pub fn files(sources: &dyn Sources, app: &App, platform: &Platform) -> Vec<GeneratedFile> {
    let sites: Option<Vec<Site<'_>>> = platform
        .services()
        .map(|platform| {
            let service = platform.service_of(app)?;
            Some(Site {
                service,
                platform,
                server_file: ServerFile::find(service, &platform.service),
            })
        })
        .collect();
    let Some(sites) = sites else {
        return Vec::new();
    };
    let mut files = infrastructure::files(&sites, platform);
    for site in &sites {
        let (service, platform) = (site.service, site.platform);
        let overlay = overlay::files(service, platform, site.server_file);
        files.extend(source_folder::on_path(sources, &platform.service, overlay));
        files.push(requirements::file(sources, service, platform));
        files.extend(dotenv::file(service, platform));
    }
    // What is refused where there are further services is written for the first one.
    let Site {
        service,
        server_file,
        ..
    } = sites[0];
    if platform.delivery.pipeline == Pipeline::Github {
        files.extend(workflows::files(sources, &sites, platform));
        files.extend(hygiene::files(sources, &sites, platform));
    }
    if platform.delivery.pipeline == Pipeline::CloudBuild {
        files.extend(workflows::on_google(
            sources,
            service,
            platform,
            server_file,
        ));
    }
    if platform.delivery.container == Container::Docker {
        files.extend(containers::files(sources, service, platform, server_file));
    }
    // One that is there is the project's; `taxiway check` says whether it keeps `.env` out.
    if !Handwritten::new(sources).is_file(Utf8Path::new(".gitignore")) {
        files.push(GeneratedFile::new(".gitignore", PROJECT_GITIGNORE));
    }
    files.push(GeneratedFile::new(".taxiway/.gitignore", GITIGNORE));
    files.sort_by(|one, other| one.path.cmp(&other.path));
    files
}
