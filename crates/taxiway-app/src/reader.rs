//! From files to the document.

use taxiway_diagnostics::Sources;

use crate::document::{App, Kind};
use crate::repository::Repository;
use crate::{django_service, kind, reading, web_service};

/// Reads a repository. Never fails: what cannot be read is absent.
pub fn read(sources: &dyn Sources) -> App {
    let repository = Repository::new(sources);
    let verdict = kind::of(&repository);
    let mut app = App::new(verdict.kind);
    app.warnings.extend(verdict.reason);
    if matches!(verdict.kind, Kind::App | Kind::Collection) {
        let taken: Vec<camino::Utf8PathBuf> = verdict
            .projects
            .iter()
            .flat_map(|project| {
                [
                    project.app_dir.clone(),
                    reading::build_root(&repository, &project.app_dir),
                ]
            })
            .collect();
        let beside = web_service::roots(&repository, &verdict.apps, &taken);
        app.services = django_service::read(&repository, &verdict.projects, &beside);
        app.services
            .extend(web_service::read(&repository, &verdict.apps, &taken));
        app.frontends = django_service::own_frontends(&repository, &mut app.services);
    }
    app.warnings.extend(repository.warnings());
    app
}
