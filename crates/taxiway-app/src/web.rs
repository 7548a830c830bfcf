//! Web applications other than Django's: where their objects are made.
//!
//! Files are looked at only when their text names a framework; modules are parsed and never run.

mod made;
mod module_name;
mod passed_on;

use aho_corasick::AhoCorasick;
use camino::{Utf8Path, Utf8PathBuf};
use memchr::memmem::Finder;
use memchr::memrchr;
use taxiway_diagnostics::Place;

pub(crate) use module_name::module_of;
use passed_on::Modules;

use crate::django::project::{is_decoy, is_template};
use crate::document::FrameworkName;
use crate::evidence::role::is_vendored;
use crate::repository::{Repository, folder_of, is_python, name_of, parts_of};

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

/// Packages of frameworks.
const MODULES: [&str; 21] = [
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
];

/// How calls begin whose result may be an application.
const FACTORIES: [&str; 7] = [
    "create_",
    "get_app",
    "make_",
    "build_",
    "init_",
    "app_factory",
    "factory(",
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
    let signs = Signs::new();
    let mut candidates: Vec<&Utf8Path> = Vec::new();
    for file in repository.files() {
        if !is_python(file) || is_out_of_question(file) {
            continue;
        }
        let Some(text) = repository.text(file) else {
            continue;
        };
        if signs.are_in(&text) {
            candidates.push(file);
        }
    }
    candidates
        .into_iter()
        .flat_map(|file| modules.apps(file))
        .collect()
}

/// Looks through a text for signs that it makes an application.
struct Signs {
    words: AhoCorasick,
    imports: Finder<'static>,
    assignments: Finder<'static>,
    pyramid: Finder<'static>,
}

impl Signs {
    fn new() -> Self {
        Self {
            words: AhoCorasick::new(WORDS).expect("the words are few and short"),
            imports: Finder::new("import"),
            assignments: Finder::new(" = "),
            pyramid: Finder::new(".make_wsgi_app("),
        }
    }

    /// Whether a text makes an application, or keeps what a function gives that may make one.
    fn are_in(&self, text: &str) -> bool {
        self.keeps_made(text)
            || (self.imports_framework(text) && self.words.is_match(text))
            || self.pyramid.find(text.as_bytes()).is_some()
    }

    fn imports_framework(&self, text: &str) -> bool {
        let lines = self.imports.find_iter(text.as_bytes()).map(|at| {
            let start = memrchr(b'\n', &text.as_bytes()[..at]).map_or(0, |before| before + 1);
            text[start..].lines().next().unwrap_or_default()
        });
        lines.map(str::trim_start).any(|line| {
            let names = line
                .strip_prefix("from ")
                .or_else(|| line.strip_prefix("import "));
            names.is_some_and(|names| {
                names.split(',').any(|module| {
                    let top = module.trim().split(['.', ' ']).next();
                    MODULES.contains(&top.unwrap_or_default())
                })
            })
        })
    }

    fn keeps_made(&self, text: &str) -> bool {
        let values = self.assignments.find_iter(text.as_bytes());
        values
            .map(|at| &text.as_bytes()[at + " = ".len()..])
            .any(|value| {
                FACTORIES
                    .iter()
                    .any(|factory| value.starts_with(factory.as_bytes()))
            })
    }
}

/// Whether a file can't be where a deployable app is made.
fn is_out_of_question(file: &Utf8Path) -> bool {
    let name = name_of(file);
    is_vendored(file)
        || is_template(file)
        || is_decoy(folder_of(file))
        || name.starts_with("test_")
        || name.ends_with("_test.py")
        || matches!(name, "conftest.py" | "setup.py" | "noxfile.py")
        || parts_of(file).any(|part| {
            matches!(
                part,
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
