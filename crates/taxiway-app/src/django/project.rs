//! Where Django projects are.

use std::collections::BTreeSet;

use camino::{Utf8Path, Utf8PathBuf};

use crate::evidence::role::is_vendored;
use crate::repository::{Repository, folder_of, is_named, parts_of};

/// A Django project: the folder it runs from, and its `manage.py`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Project {
    pub(crate) app_dir: Utf8PathBuf,
    pub(crate) manage: Option<Utf8PathBuf>,
    /// Whether its folder says that it is an example, a test or a demonstration.
    pub(crate) is_decoy: bool,
}

/// The Django projects of a repository, sorted by folder.
pub(crate) fn find(repository: &Repository<'_>) -> Vec<Project> {
    let mut found: Vec<Project> = Vec::new();
    let mut folders = BTreeSet::new();
    for file in repository.files() {
        if !is_named(file, "manage.py") || is_vendored(file) || is_template(file) {
            continue;
        }
        let is_django = repository.text(file).is_some_and(|text| {
            text.contains("DJANGO_SETTINGS_MODULE")
                || text.contains("execute_from_command_line")
                || text.contains("django.core.management")
        });
        let folder = folder_of(file).to_owned();
        if is_django && folders.insert(folder.clone()) {
            found.push(Project {
                is_decoy: is_decoy(&folder) || is_for_tests(repository, file),
                app_dir: folder,
                manage: Some(file.clone()),
            });
        }
    }
    for file in repository.files() {
        let keeps = is_named(file, "wsgi.py") || is_named(file, "asgi.py");
        if !keeps || is_vendored(file) || is_template(file) {
            continue;
        }
        let is_django = repository.text(file).is_some_and(|text| {
            (text.contains("get_wsgi_application") || text.contains("get_asgi_application"))
                && (text.contains("DJANGO_SETTINGS_MODULE")
                    || keeps_application(repository, file, text))
        });
        if !is_django
            || found
                .iter()
                .any(|project| file.starts_with(&project.app_dir))
        {
            continue;
        }
        let folder = import_root(repository, file);
        if folders.insert(folder.clone()) {
            found.push(Project {
                is_decoy: is_decoy(&folder) || is_decoy(file),
                app_dir: folder,
                manage: None,
            });
        }
    }
    found
}

/// Whether a module beside settings keeps Django's application, though something else names those.
fn keeps_application(repository: &Repository<'_>, file: &Utf8Path, text: &str) -> bool {
    let settings = folder_of(file).join("settings");
    let mut lines = text.lines();
    lines.any(|line| line.starts_with("application = get_") && line.contains("_application("))
        && (repository.is_file(&settings.with_extension("py"))
            || repository.is_file(&settings.join("__init__.py")))
}

/// Whether a `manage.py` runs with settings of tests or examples: a library's, for those who work on it.
fn is_for_tests(repository: &Repository<'_>, manage: &Utf8Path) -> bool {
    let Some(text) = repository.text(manage) else {
        return false;
    };
    let settings = text
        .split_once("DJANGO_SETTINGS_MODULE")
        .and_then(|(_, rest)| rest.get(1..))
        .and_then(|rest| rest.split(['"', '\'']).nth(1));
    settings.is_some_and(|module| {
        let (package, _) = module.split_once('.').unwrap_or((module, ""));
        module.contains('.') && is_decoy(Utf8Path::new(package))
    })
}

/// The folder from which a module is imported: the first above it that is no package.
pub(crate) fn import_root(repository: &Repository<'_>, module: &Utf8Path) -> Utf8PathBuf {
    let mut folder = module.parent().unwrap_or("".into());
    while repository.is_file(&folder.join("__init__.py")) {
        match folder.parent() {
            Some(above) => folder = above,
            None => break,
        }
    }
    // A project's own package may be a namespace package.
    if folder == module.parent().unwrap_or("".into())
        && repository.is_file(&folder.join("settings.py"))
        && let Some(above) = folder.parent()
    {
        return above.to_owned();
    }
    folder.to_owned()
}

/// The folder from which a folder is imported that is a package; `None` where it is none.
pub(crate) fn above_package(repository: &Repository<'_>, folder: &Utf8Path) -> Option<Utf8PathBuf> {
    let is_package = |folder: &Utf8Path| {
        !folder.as_str().is_empty() && repository.is_file(&folder.join("__init__.py"))
    };
    let outer = folder.ancestors().take_while(|folder| is_package(folder));
    outer.last().map(|outer| folder_of(outer).to_owned())
}

/// Whether a path belongs to a template of projects.
pub(crate) fn is_template(path: &Utf8Path) -> bool {
    path.as_str().contains("{{")
        || path.as_str().contains("project_template")
        || path.as_str().contains("project_name/")
}

/// Whether a folder is for examples, tests or demonstrations.
pub(crate) fn is_decoy(path: &Utf8Path) -> bool {
    const FOLDERS: [&str; 34] = [
        "example",
        "examples",
        "example_project",
        "exampleproject",
        "exampleproj",
        "test",
        "tests",
        "testing",
        "testproject",
        "testproj",
        "test_project",
        "test-project",
        "testapp",
        "test_app",
        "demo",
        "demos",
        "demo_project",
        "demoproj",
        "demoproject",
        "devproject",
        "dev_project",
        "dev-project",
        "sandbox",
        "sample",
        "samples",
        "sampleproject",
        "sample_project",
        "docs",
        "doc",
        "benchmarks",
        "fixtures",
        "tutorial",
        "tutorials",
        "playground",
    ];
    parts_of(path).any(|part| {
        FOLDERS
            .iter()
            .any(|folder| part.eq_ignore_ascii_case(folder))
    })
}
