//! Web applications other than Django's: where their objects are made.
//!
//! Files are looked at only when their text names a framework; modules are parsed and never run.

mod made;
mod module_name;
mod passed_on;

use camino::{Utf8Path, Utf8PathBuf};
use taxiway_diagnostics::Place;

pub(crate) use module_name::module_of;
use passed_on::Modules;

use crate::django::project::{is_decoy, is_template};
use crate::document::FrameworkName;
use crate::evidence::role::is_vendored;
use crate::repository::Repository;

/// Words that a file must hold to be worth parsing.
const WORDS: [&str; 24] = [
    "FastAPI(",
    "Flask(",
    "Starlette(",
    "Litestar(",
    "Quart(",
    "Sanic(",
    "web.Application(",
    "Configurator(",
    "make_wsgi_app(",
    "(tornado.web.Application)",
    "Dash(",
    "gr.Blocks(",
    "gr.Interface(",
    "gr.ChatInterface(",
    "APIFlask(",
    "OpenAPI(",
    "import streamlit",
    "gradio",
    "(Flask)",
    "(FastAPI)",
    "(Quart)",
    "(Starlette)",
    "(Sanic)",
    "(Litestar)",
];

/// An application object, or a function that makes one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct WebApp {
    pub(crate) framework: FrameworkName,
    pub(crate) file: Utf8PathBuf,
    pub(crate) symbol: String,
    pub(crate) is_factory: bool,
    pub(crate) place: Place,
}

/// The applications of a repository, sorted by file.
pub(crate) fn find(repository: &Repository<'_>) -> Vec<WebApp> {
    let mut modules = Modules::new(repository, repository.arena());
    let mut candidates: Vec<&Utf8Path> = Vec::new();
    for file in repository.files() {
        if file.extension() != Some("py") || is_out_of_question(file) {
            continue;
        }
        let Some(text) = repository.text(file) else {
            continue;
        };
        let (imports, calls_factory) = first_look(&text);
        let is_candidate = (imports && WORDS.iter().any(|word| text.contains(word)))
            || text.contains(".make_wsgi_app(");
        if is_candidate || calls_factory {
            candidates.push(file);
        }
    }
    candidates
        .into_iter()
        .flat_map(|file| modules.apps(file))
        .collect()
}

/// Whether a text imports a framework, and whether it keeps what a factory gives, in one pass.
fn first_look(text: &str) -> (bool, bool) {
    const MODULES: [&str; 22] = [
        "fastapi",
        "flask",
        "flask_openapi3",
        "apiflask",
        "connexion",
        "starlette",
        "litestar",
        "starlite",
        "quart",
        "quart_trio",
        "sanic",
        "aiohttp",
        "tornado",
        "pyramid",
        "dash",
        "dash_extensions",
        "gradio",
        "nicegui",
        "fasthtml",
        "flask_appbuilder",
        "streamlit",
        "fasthtml.common",
    ];
    const FACTORIES: [&str; 7] = [
        "create_",
        "get_app",
        "make_",
        "build_",
        "init_",
        "app_factory",
        "factory(",
    ];
    let mut imports = false;
    let mut calls_factory = false;
    for line in text.lines() {
        let bare = line.trim_start();
        if let Some(rest) = bare
            .strip_prefix("from ")
            .or_else(|| bare.strip_prefix("import "))
        {
            imports |= rest.split(',').any(|module| {
                MODULES.contains(&module.trim().split(['.', ' ']).next().unwrap_or_default())
            });
        } else if let Some((_, value)) = line.split_once(" = ") {
            calls_factory |= FACTORIES.iter().any(|factory| value.starts_with(factory));
        }
    }
    (imports, calls_factory)
}

/// Whether a file can't be where a deployable app is made.
fn is_out_of_question(file: &Utf8Path) -> bool {
    let name = file.file_name().unwrap_or_default();
    is_vendored(file)
        || is_template(file)
        || is_decoy(file.parent().unwrap_or("".into()))
        || name.starts_with("test_")
        || name.ends_with("_test.py")
        || matches!(name, "conftest.py" | "setup.py" | "noxfile.py")
        || file.components().any(|part| {
            matches!(
                part.as_str(),
                "migrations"
                    | "alembic"
                    | "scripts"
                    | "notebooks"
                    | "docs_src"
                    | "snippets"
                    | "sdk"
            )
        })
}
