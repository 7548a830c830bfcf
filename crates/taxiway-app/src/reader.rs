//! From files to the document.

use taxiway_diagnostics::Sources;

use crate::document::{App, Kind, Reason, Rejected, Service};
use crate::repository::Repository;
use crate::{ahead, django_service, kind, reading, web_service};

/// Reads a repository. Never fails: what cannot be read is absent.
pub fn read(sources: &dyn Sources) -> App {
    Reader::new(sources).read()
}

/// Reads a repository of which it may not be known yet which files there are.
///
/// To list the files of a repository takes a good part of the time that it takes to read it. So whoever knows which files
/// there probably are begins with those, lists them meanwhile, and where there are others, reads on [over](Reader::over)
/// those: only what was concluded is lost.
pub struct Reader<'s> {
    repository: Repository<'s>,
}

impl<'s> Reader<'s> {
    /// For the files of `sources`.
    pub fn new(sources: &'s dyn Sources) -> Self {
        Self {
            repository: Repository::new(sources),
        }
    }

    /// What the repository is, as [`read()`] says.
    pub fn read(&self) -> App {
        ahead::beside(&self.repository, || read_all(&self.repository))
    }

    /// Ends a reading that goes on in another thread. Its answer is of no use then.
    pub fn give_up(&self) {
        self.repository.give_up();
    }

    /// For other files. Of those with the same path, what was read and parsed is kept.
    #[must_use]
    pub fn over<'t>(self, sources: &'t dyn Sources) -> Reader<'t> {
        Reader {
            repository: self.repository.over(sources),
        }
    }
}

impl std::fmt::Debug for Reader<'_> {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Reader").finish_non_exhaustive()
    }
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

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use camino::{Utf8Path, Utf8PathBuf};
    use taxiway_diagnostics::{MemorySources, ReadError};

    use super::*;

    /// Files that are counted when they are read.
    struct Counted {
        files: MemorySources,
        reads: AtomicUsize,
    }

    impl Counted {
        fn new(text: &str) -> Self {
            Self {
                files: MemorySources::from_text(text),
                reads: AtomicUsize::new(0),
            }
        }

        fn reads(&self) -> usize {
            self.reads.load(Ordering::Relaxed)
        }
    }

    impl Sources for Counted {
        fn read(&self, path: &Utf8Path) -> Result<Vec<u8>, ReadError> {
            self.reads.fetch_add(1, Ordering::Relaxed);
            self.files.read(path)
        }

        fn files(&self) -> Vec<Utf8PathBuf> {
            self.files.files()
        }
    }

    const SHOP: &str = "--- requirements.txt\nDjango==5.2\n--- manage.py\nimport os\n\
        os.environ.setdefault('DJANGO_SETTINGS_MODULE', 'shop.settings')\n\
        from django.core.management import execute_from_command_line\n--- shop/__init__.py\n\
        --- shop/settings.py\nimport os\nSECRET_KEY = os.environ['KEY']\nROOT_URLCONF = 'shop.urls'\n--- shop/wsgi.py\n\
        from django.core.wsgi import get_wsgi_application\napplication = get_wsgi_application()\n";

    #[test]
    fn other_files_than_expected_are_read_as_if_known_from_the_beginning() {
        let likely = Counted::new(&format!("{SHOP}--- gone.py\n--- Procfile\nweb: lost\n"));
        let there = Counted::new(&format!(
            "{SHOP}--- Procfile.dev\n--- a.py\n--- .env\nKEY=1\n"
        ));
        let reader = Reader::new(&likely);
        let first = reader.read();
        let again = reader.over(&there).read();
        assert_eq!(again, read(&there.files));
        assert_ne!(again, first);
        let alone = Counted::new("");
        let alone = Counted {
            files: there.files.clone(),
            ..alone
        };
        read(&alone);
        assert!(
            there.reads() < alone.reads(),
            "{} of {}",
            there.reads(),
            alone.reads()
        );
    }

    #[test]
    fn who_gave_up_reads_nothing_more_until_there_are_other_files() {
        let likely = Counted::new(SHOP);
        let reader = Reader::new(&likely);
        reader.give_up();
        assert_eq!(reader.read().services, []);
        assert_eq!(likely.reads(), 0);
        assert_eq!(reader.over(&likely).read(), read(&likely.files));
    }
}
