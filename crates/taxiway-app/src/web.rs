//! Web applications other than Django's: where their objects are made.
//!
//! Files are looked at only when their text names a framework; modules are parsed and never run.

mod made;
mod module_name;
mod passed_on;

use std::panic::resume_unwind;
use std::sync::atomic::{AtomicUsize, Ordering};

use aho_corasick::AhoCorasick;
use camino::{Utf8Path, Utf8PathBuf};
use memchr::memmem::Finder;
use memchr::{memrchr, memrchr_iter};
use taxiway_diagnostics::Place;

use made::Facts;
pub(crate) use module_name::module_of;
use passed_on::Modules;

use crate::ahead::{STACK, processors};
use crate::django::project::{is_decoy, is_template};
use crate::document::FrameworkName;
use crate::evidence::role::is_vendored;
use crate::repository::{Repository, folder_of, is_python, name_of, parts_of};

/// A thread more is worth its start for so many files.
const FILES_OF_A_THREAD: usize = 50;

/// More threads than this wait for each other.
const MOST_THREADS: usize = 7;

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

/// How the names of classes end that extend those of frameworks.
const CLASSES: [&str; 4] = ["Flask", "FastAPI", "Quart", "App"];

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
    let files = repository.files().iter().map(Utf8PathBuf::as_path);
    let files: Vec<&Utf8Path> = files
        .filter(|file| is_python(file) && !is_out_of_question(file))
        .collect();
    let mut modules = Modules::new(repository);
    for (file, facts) in candidates(repository, &files) {
        modules.insert(file, facts);
    }
    modules.all()
}

/// The files that may make an application, with what they make, in no order. All processors look through them.
fn candidates<'r>(
    repository: &Repository<'_>,
    files: &[&'r Utf8Path],
) -> Vec<(&'r Utf8Path, Option<Facts>)> {
    let signs = Signs::new();
    let next = AtomicUsize::new(0);
    let look = || {
        let mut found = Vec::new();
        while let Some(file) = files.get(next.fetch_add(1, Ordering::Relaxed)) {
            if repository.holds(file, |text| signs.are_in(text)) {
                found.push((*file, repository.module(file).map(made::facts)));
            }
        }
        found
    };
    let more = (processors() - 1)
        .min(MOST_THREADS)
        .min(files.len() / FILES_OF_A_THREAD);
    std::thread::scope(|scope| {
        let spawn = || {
            let thread = std::thread::Builder::new().stack_size(STACK);
            thread.spawn_scoped(scope, look).ok()
        };
        let threads: Vec<_> = (0..more).filter_map(|_| spawn()).collect();
        let mut found = look();
        for thread in threads {
            found.extend(thread.join().unwrap_or_else(|panic| resume_unwind(panic)));
        }
        found
    })
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
            .filter(|at| {
                let value = &text.as_bytes()[at + " = ".len()..];
                FACTORIES
                    .iter()
                    .any(|factory| value.starts_with(factory.as_bytes()))
                    || is_own_class(value)
            })
            .any(|at| !is_in_definition(&text.as_bytes()[..at]))
    }
}

/// Whether what follows is a call of a class that extends a framework's, by its name.
fn is_own_class(value: &[u8]) -> bool {
    let is_part = |byte: &&u8| byte.is_ascii_alphanumeric() || **byte == b'_';
    let length = value.iter().take_while(is_part).count();
    value.first().is_some_and(u8::is_ascii_uppercase)
        && value.get(length) == Some(&b'(')
        && CLASSES
            .iter()
            .any(|class| value[..length].ends_with(class.as_bytes()))
}

/// Whether a function may make an application, by its name.
pub(crate) fn is_factory(name: &str) -> bool {
    FACTORIES
        .iter()
        .any(|factory| name.starts_with(factory.trim_end_matches('(')))
}

/// Whether what follows stands in the body of a function or a class: then it makes nothing that a module keeps.
fn is_in_definition(before: &[u8]) -> bool {
    let starts = memrchr_iter(b'\n', before).map(|end| end + 1).chain([0]);
    let outermost = starts
        .map(|start| &before[start..])
        .find(|line| matches!(line.first(), Some(b'a'..=b'z' | b'A'..=b'Z' | b'_')));
    let definitions: [&[u8]; 3] = [b"def ", b"async def ", b"class "];
    outermost.is_some_and(|line| definitions.iter().any(|word| line.starts_with(word)))
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_a_module_keeps_is_worth_parsing() {
        let cases = [
            ("app = create_app()\n", true),
            ("import x\n\nif True:\n    app = create_app()\n", true),
            ("try:\n    pass\nfinally:\n    app = make_app()\n", true),
            ("def f():\n    app = create_app()\n", false),
            (
                "async def f(\n    a,\n):\n\n    # Later.\n    app = create_app()\n",
                false,
            ),
            (
                "class A:\n    def f(self):\n        app = create_app()\n",
                false,
            ),
            (
                "def f():\n    app = create_app()\n\napp = build_app()\n",
                true,
            ),
            ("definition = 1\nif x:\n    app = create_app()\n", true),
            ("app = other()\n", false),
            ("application = ShopFlask('shop')\n", true),
            ("application = Shop('shop')\n", false),
        ];
        for (text, expected) in cases {
            assert_eq!(Signs::new().keeps_made(text), expected, "{text}");
        }
    }
}
