//! From files to the document.

use taxiway_diagnostics::Sources;

use crate::document::{App, Kind, Reason, Rejected, Service};
use crate::repository::Repository;
use crate::{ahead, django_service, kind, reading, web_service};

/// Reads a repository. Never fails: what cannot be read is absent.
pub fn read(sources: &dyn Sources) -> App {
    let repository = Repository::new(sources);
    ahead::beside(&repository, || read_all(&repository))
}

/// As [`read`], for a process that ends soon: the memory that the files and their syntax take is left to it.
pub fn read_once(sources: &dyn Sources) -> App {
    // To give back one node after the other takes a tenth of the time that the reading takes.
    let repository = std::mem::ManuallyDrop::new(Repository::new(sources));
    ahead::beside(&repository, || read_all(&repository))
}

fn read_all(repository: &Repository<'_>) -> App {
    let verdict = kind::of(repository);
    let mut app = App::new(verdict.kind);
    app.warnings.extend(verdict.reason);
    let settled = |because: &str, rejected: Vec<Rejected>| Reason {
        because: because.to_owned(),
        rejected,
    };
    app.reasons
        .insert("kind".to_owned(), settled(&verdict.because, Vec::new()));
    if !verdict.rejected.is_empty() {
        let reason = settled(&verdict.because, verdict.rejected);
        app.reasons.insert("services".to_owned(), reason);
    }
    if matches!(verdict.kind, Kind::App | Kind::Collection) {
        let taken: Vec<camino::Utf8PathBuf> = verdict
            .projects
            .iter()
            .flat_map(|project| {
                [
                    project.app_dir.clone(),
                    reading::build_root(repository, &project.app_dir),
                ]
            })
            .collect();
        let beside = web_service::roots(repository, &verdict.apps, &taken);
        app.services = django_service::read(repository, &verdict.projects, &beside);
        app.services
            .extend(web_service::read(repository, &verdict.apps, &taken));
        if is_course(repository, &app.services) {
            app.services.clear();
            app.kind = Kind::Collection;
            app.warnings
                .push("this repository holds several unrelated projects".to_owned());
            return finished(app, repository);
        }
        app.frontends = django_service::own_frontends(repository, &mut app.services);
    }
    finished(app, repository)
}

fn finished(mut app: App, repository: &Repository<'_>) -> App {
    app.warnings.extend(repository.warnings());
    app
}

/// Whether services are the stages of a course or demonstrations: many of a kind, and nothing at the root deploys them.
fn is_course(repository: &Repository<'_>, services: &[Service]) -> bool {
    const MANY: usize = 5;
    let is_deployed_together = || {
        repository.directly_in("".into()).any(|file| {
            let name = file.file_name().unwrap_or_default().to_lowercase();
            name.contains("compose")
                || matches!(
                    name.as_str(),
                    "procfile"
                        | "render.yaml"
                        | "fly.toml"
                        | "azure.yaml"
                        | "skaffold.yaml"
                        | "tiltfile"
                        | "app.yaml"
                )
                || name.starts_with("dockerfile")
        })
    };
    let is_alike = |pair: &[Service]| {
        let name = |service: &Service| service.framework.as_ref().map(|framework| framework.name);
        name(&pair[0]) == name(&pair[1])
    };
    services.len() >= MANY
        && services.iter().all(|service| service.root != ".")
        && services.windows(2).all(is_alike)
        && !is_deployed_together()
}
