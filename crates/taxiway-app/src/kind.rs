//! What a repository is.

use camino::Utf8PathBuf;

use crate::django::{Project, project};
use crate::document::{Kind, Rejected};
use crate::evidence::Origin;
use crate::manifest::pyproject::Pyproject;
use crate::manifest::setup;
use crate::repository::{Repository, folder_of, is_named, is_python, name_of};
use crate::web::{self, WebApp};

/// What generators of projects ask is in one of these.
const QUESTIONS: [&str; 3] = ["cookiecutter.json", "copier.yml", "copier.yaml"];

/// What a repository is, and the projects in it that one would deploy.
pub(crate) struct Verdict {
    pub(crate) kind: Kind,
    pub(crate) projects: Vec<Project>,
    /// Applications of other frameworks.
    pub(crate) apps: Vec<WebApp>,
    /// Why there is nothing to deploy.
    pub(crate) reason: Option<String>,
    /// What settled the kind.
    pub(crate) because: String,
    /// What looks like a service and is none.
    pub(crate) rejected: Vec<Rejected>,
}

/// Decides what a repository is.
pub(crate) fn of(repository: &Repository<'_>) -> Verdict {
    let has_python = repository.files().iter().any(|file| is_python(file));
    if !has_python {
        return nothing(Kind::Other, "there is no Python in this repository");
    }
    if repository
        .files()
        .iter()
        .any(|file| file.as_str().contains("{{"))
        && is_generator(repository)
    {
        return nothing(
            Kind::Template,
            "this repository is a template from which projects are made",
        );
    }
    let projects = project::find(repository);
    let (decoys, real): (Vec<Project>, Vec<Project>) =
        projects.into_iter().partition(|project| project.is_decoy);
    let packaging = Packaging::of(repository);
    let rejected: Vec<Rejected> = decoys.iter().map(decoy).collect();
    if !real.is_empty() {
        return Verdict {
            because: "there is a Django project in it that is no example and no test".to_owned(),
            rejected,
            ..deployable(real.clone(), apps_beside(repository, &real))
        };
    }
    let apps = web::find(repository);
    let service = if apps.is_empty() {
        None
    } else if !packaging.is_package {
        Some("its code makes a web application, and it is not packaged for others to install")
    } else if is_served(repository) {
        Some("its code makes a web application, and a file of it runs that as a service")
    } else if apps.iter().any(keeps_for_server) {
        Some("its code makes a web application, and a module of it keeps that for a server")
    } else if has_own_migrations(repository) {
        Some("its code makes a web application, and migrates a database of its own")
    } else if !packaging.is_library && apps.iter().any(|app| has_pages(repository, app)) {
        Some("its code makes a web application, with pages of its own")
    } else {
        None
    };
    if let Some(because) = service {
        return Verdict {
            because: because.to_owned(),
            rejected,
            ..deployable(Vec::new(), apps)
        };
    }
    Verdict {
        rejected: rejected
            .into_iter()
            .chain(apps.iter().map(|app| Rejected {
                value: app.file.to_string(),
                because: "an application in a package that nothing runs as a service".to_owned(),
                place: Some(app.place.clone()),
            }))
            .take(20)
            .collect(),
        ..without_services(repository, &packaging, decoys)
    }
}

fn decoy(project: &Project) -> Rejected {
    Rejected {
        value: crate::repository::shown(&project.app_dir).into_string(),
        because: "a Django project of examples or tests, by its folder".to_owned(),
        place: project
            .manage
            .as_ref()
            .map(|manage| taxiway_diagnostics::Place::new(manage, 1)),
    }
}

const fn deployable(projects: Vec<Project>, apps: Vec<WebApp>) -> Verdict {
    Verdict {
        kind: Kind::App,
        projects,
        apps,
        reason: None,
        because: String::new(),
        rejected: Vec::new(),
    }
}

fn without_services(
    repository: &Repository<'_>,
    packaging: &Packaging,
    decoys: Vec<Project>,
) -> Verdict {
    if packaging.is_package {
        if packaging.has_scripts && fills_template(repository) {
            return nothing(
                Kind::Template,
                "this repository is a program that makes projects from the template in it",
            );
        }
        if packaging.has_scripts && !packaging.is_library {
            return nothing(Kind::Cli, "this repository is a program for the terminal");
        }
        return nothing(
            Kind::Library,
            if decoys.is_empty() {
                "this repository is a library"
            } else {
                "this repository is a library; the Django project in it is an example or a test"
            },
        );
    }
    if !decoys.is_empty() {
        return Verdict {
            because: "the only Django project in it is in a folder for examples or tests"
                .to_owned(),
            ..deployable(decoys, Vec::new())
        };
    }
    if is_collection(repository) {
        return nothing(
            Kind::Collection,
            "this repository holds several unrelated projects",
        );
    }
    if is_of_another_language(repository) {
        return nothing(
            Kind::Other,
            "this repository is written in another language; what Python it has is beside that",
        );
    }
    nothing(Kind::App, "no web application was found")
}

/// Whether the manifest at the root is another language's, and most source is not Python.
fn is_of_another_language(repository: &Repository<'_>) -> bool {
    const MANIFESTS: [&str; 10] = [
        "Cargo.toml",
        "go.mod",
        "package.json",
        "pom.xml",
        "build.gradle",
        "build.gradle.kts",
        "Gemfile",
        "composer.json",
        "mix.exs",
        "CMakeLists.txt",
    ];
    const SOURCES: [&str; 19] = [
        "rs", "go", "js", "ts", "jsx", "tsx", "java", "kt", "rb", "php", "ex", "exs", "c", "cc",
        "cpp", "cs", "swift", "vue", "scala",
    ];
    let at_root = |name: &str| repository.is_file(camino::Utf8Path::new(name));
    let is_ours = [
        "pyproject.toml",
        "requirements.txt",
        "setup.py",
        "setup.cfg",
        "Pipfile",
    ]
    .iter()
    .any(|name| at_root(name));
    let count = |is: &dyn Fn(&str) -> bool| {
        let files = repository.files().iter();
        files
            .filter(|file| {
                !crate::evidence::role::is_vendored(file) && file.extension().is_some_and(is)
            })
            .count()
    };
    !is_ours
        && MANIFESTS.iter().any(|name| at_root(name))
        && count(&|extension| SOURCES.contains(&extension)) > count(&|extension| extension == "py")
}

/// Whether there are at least three projects in folders of their own, and none at the root.
fn is_collection(repository: &Repository<'_>) -> bool {
    let is_manifest = |file: &Utf8PathBuf| {
        matches!(
            name_of(file),
            "requirements.txt" | "pyproject.toml" | "Pipfile" | "setup.py" | "manage.py"
        )
    };
    let folders: std::collections::BTreeSet<_> = repository
        .files()
        .iter()
        .filter(|file| is_manifest(file) && !crate::evidence::role::is_vendored(file))
        .filter_map(|file| file.parent())
        .filter(|folder| !folder.as_str().is_empty())
        .collect();
    folders.len() >= 3
}

/// Applications of other frameworks in folders of their own, beside Django projects.
fn apps_beside(repository: &Repository<'_>, projects: &[Project]) -> Vec<WebApp> {
    let is_covered = |folder: &camino::Utf8Path| {
        projects.iter().any(|project| {
            project.app_dir.as_str().is_empty() || folder.starts_with(&project.app_dir)
        })
    };
    let has_other_root = repository.files().iter().any(|file| {
        let is_manifest = matches!(
            name_of(file),
            "requirements.txt" | "pyproject.toml" | "Pipfile"
        );
        let folder = folder_of(file);
        is_manifest
            && !folder.as_str().is_empty()
            && !is_covered(folder)
            && !project::is_decoy(folder)
    });
    if has_other_root {
        web::find(repository)
    } else {
        Vec::new()
    }
}

fn nothing(kind: Kind, reason: &str) -> Verdict {
    Verdict {
        kind,
        projects: Vec::new(),
        apps: Vec::new(),
        reason: Some(reason.to_owned()),
        because: reason.to_owned(),
        rejected: Vec::new(),
    }
}

fn is_generator(repository: &Repository<'_>) -> bool {
    QUESTIONS
        .iter()
        .any(|name| repository.is_file(&Utf8PathBuf::from(*name)))
}

/// Whether most Python of a program is the template that it fills, with what it asks beside that.
fn fills_template(repository: &Repository<'_>) -> bool {
    let is_filled = |file: &Utf8PathBuf| file.as_str().contains("{{");
    let python = || repository.files().iter().filter(|file| is_python(file));
    let filled = python().filter(|file| is_filled(file)).count();
    let questions = repository
        .files()
        .iter()
        .any(|file| QUESTIONS.contains(&name_of(file)));
    questions && filled * 2 > python().count()
}

/// Whether a module keeps an application under the names that servers and those who deploy look for.
fn keeps_for_server(app: &WebApp) -> bool {
    matches!(name_of(&app.file), "wsgi.py" | "asgi.py") && !app.is_factory
}

/// Whether templates and static files lie beside an application: those of a library are in its extension, and that makes none.
fn has_pages(repository: &Repository<'_>, app: &WebApp) -> bool {
    let folder = folder_of(&app.file);
    !app.is_factory
        && ["templates", "static"]
            .iter()
            .all(|name| repository.is_folder(&folder.join(name)))
}

/// Whether a package holds migrations of Alembic, which libraries leave to those who use them.
fn has_own_migrations(repository: &Repository<'_>) -> bool {
    repository.files().iter().any(|file| {
        is_named(file, "env.py")
            && matches!(name_of(folder_of(file)), "migrations" | "alembic")
            && !project::is_decoy(file)
            && !crate::evidence::role::is_vendored(file)
    })
}

/// Whether something in the repository runs it as a service: an image, a Procfile, a compose file with a build.
fn is_served(repository: &Repository<'_>) -> bool {
    let survey = crate::evidence::Survey::new(repository, "".into(), &[]);
    let folders = [Utf8PathBuf::new(), Utf8PathBuf::from("src")];
    let has_image = survey.dockerfiles.first().is_some_and(|file| {
        !crate::evidence::role::is_development_path(&file.path)
            && (file.last("CMD").is_some() || file.last("ENTRYPOINT").is_some())
            && (file.last("EXPOSE").is_some() || sets_port(&survey))
    });
    has_image
        || survey.procfile.is_some()
        || crate::start::find(repository, &survey, &folders).is_some()
}

/// Whether an image says by a variable on which port its program listens.
fn sets_port(survey: &crate::evidence::Survey) -> bool {
    survey
        .variables
        .iter()
        .any(|variable| variable.origin == Origin::Image && variable.name == "PORT")
}

/// How the root of a repository is packaged.
struct Packaging {
    is_package: bool,
    has_scripts: bool,
    /// Whether its classifiers say that others build upon it.
    is_library: bool,
}

impl Packaging {
    fn of(repository: &Repository<'_>) -> Self {
        let pyproject = Pyproject::read(repository, "pyproject.toml".into());
        let config = setup::read_config(repository, "setup.cfg".into());
        let script = setup::read_script(repository, "setup.py".into());
        let setups = || config.iter().chain(&script);
        let is_package = pyproject.as_ref().is_some_and(Pyproject::is_package)
            || script.is_some()
            || config.as_ref().is_some_and(|setup| setup.name.is_some());
        let has_scripts = pyproject.as_ref().is_some_and(Pyproject::has_scripts)
            || setups().any(|setup| setup.has_scripts);
        let is_library = ["pyproject.toml", "setup.cfg", "setup.py"]
            .iter()
            .any(|name| {
                repository.text((*name).into()).is_some_and(|text| {
                    text.contains("Software Development :: Libraries")
                        || text.contains("\"Framework :: ")
                        || text.contains("'Framework :: ")
                        || text.contains("    Framework :: ")
                })
            });
        Self {
            is_package,
            has_scripts,
            is_library,
        }
    }
}
