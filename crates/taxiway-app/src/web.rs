//! Web applications other than Django's: where their objects are made.
//!
//! Files are looked at only when their text names a framework; modules are parsed and never run.

use std::collections::BTreeMap;

use camino::{Utf8Path, Utf8PathBuf};
use ruff_python_ast::{Expr, ExprCall, Stmt};
use ruff_text_size::Ranged;
use taxiway_diagnostics::Place;

use crate::django::project::{import_root, is_decoy, is_template};
use crate::document::FrameworkName;
use crate::evidence::role::is_vendored;
use crate::python::{Arena, Source};
use crate::repository::{Repository, join};

/// What makes an application object, by dotted name.
const CONSTRUCTORS: [(&str, FrameworkName); 27] = [
    ("fastapi.FastAPI", FrameworkName::Fastapi),
    ("fastapi.applications.FastAPI", FrameworkName::Fastapi),
    ("flask.Flask", FrameworkName::Flask),
    ("flask_openapi3.OpenAPI", FrameworkName::Flask),
    ("apiflask.APIFlask", FrameworkName::Flask),
    ("connexion.FlaskApp", FrameworkName::Flask),
    ("connexion.App", FrameworkName::Flask),
    ("starlette.applications.Starlette", FrameworkName::Starlette),
    ("litestar.Litestar", FrameworkName::Litestar),
    ("litestar.app.Litestar", FrameworkName::Litestar),
    ("starlite.Starlite", FrameworkName::Litestar),
    ("quart.Quart", FrameworkName::Quart),
    ("quart_trio.QuartTrio", FrameworkName::Quart),
    ("sanic.Sanic", FrameworkName::Sanic),
    ("sanic.app.Sanic", FrameworkName::Sanic),
    ("aiohttp.web.Application", FrameworkName::Aiohttp),
    ("tornado.web.Application", FrameworkName::Tornado),
    ("pyramid.config.Configurator", FrameworkName::Pyramid),
    ("dash.Dash", FrameworkName::Dash),
    ("dash_extensions.enrich.DashProxy", FrameworkName::Dash),
    ("gradio.Blocks", FrameworkName::Gradio),
    ("gradio.Interface", FrameworkName::Gradio),
    ("gradio.ChatInterface", FrameworkName::Gradio),
    ("gradio.TabbedInterface", FrameworkName::Gradio),
    ("nicegui.app", FrameworkName::Fastapi),
    ("fasthtml.common.FastHTML", FrameworkName::Starlette),
    ("flask_appbuilder.Flask", FrameworkName::Flask),
];

/// Words that a file must hold to be worth parsing.
const WORDS: [&str; 22] = [
    "FastAPI(",
    "Flask(",
    "Starlette(",
    "Litestar(",
    "Quart(",
    "Sanic(",
    "web.Application(",
    "Configurator(",
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

/// What one module makes.
#[derive(Default)]
struct Facts {
    imports: BTreeMap<String, String>,
    /// Functions that make an application, with its framework.
    factories: Vec<(String, FrameworkName, u32)>,
    /// Module-level names that hold one.
    objects: Vec<(String, FrameworkName, u32)>,
    /// Module-level names that hold what some function gives.
    calls: Vec<(String, String, u32)>,
    /// Classes that are frameworks' applications.
    classes: BTreeMap<String, FrameworkName>,
    uses_streamlit: bool,
}

/// The applications of a repository, sorted by file.
pub(crate) fn find(repository: &Repository<'_>) -> Vec<WebApp> {
    let arena = Arena::default();
    let mut modules: BTreeMap<Utf8PathBuf, (Facts, &Source)> = BTreeMap::new();
    let mut callers: Vec<Utf8PathBuf> = Vec::new();
    for file in repository.files() {
        if file.extension() != Some("py") || is_out_of_question(file) {
            continue;
        }
        let Some(text) = repository.text(file) else {
            continue;
        };
        let (imports, calls_factory) = first_look(&text);
        let is_candidate = imports && WORDS.iter().any(|word| text.contains(word));
        if !is_candidate && !calls_factory {
            continue;
        }
        if let Some(source) = arena.parse(text) {
            modules.insert(file.clone(), (facts(source), source));
            if calls_factory {
                callers.push(file.clone());
            }
        }
    }
    let mut found = Vec::new();
    for (file, (facts, source)) in &modules {
        let mut push = |symbol: &str, framework: FrameworkName, is_factory: bool, offset: u32| {
            found.push(WebApp {
                framework,
                file: file.clone(),
                symbol: symbol.to_owned(),
                is_factory,
                place: Place::new(file, source.lines.line(offset)),
            });
        };
        for (name, framework, offset) in &facts.objects {
            push(name, *framework, false, *offset);
        }
        for (name, framework, offset) in &facts.factories {
            push(name, *framework, true, *offset);
        }
        for (name, function, offset) in &facts.calls {
            let local = facts.factories.iter().find(|(own, ..)| own == function);
            let framework = local.map(|(_, framework, _)| *framework).or_else(|| {
                let dotted = facts.imports.get(function)?;
                imported_factory(repository, &modules, file, dotted)
            });
            if let Some(framework) = framework {
                push(name, framework, false, *offset);
            }
        }
        if facts.uses_streamlit && facts.objects.is_empty() {
            push("", FrameworkName::Streamlit, false, 0);
        }
    }
    found
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

/// The framework of a factory that a module imports from another one of the project.
fn imported_factory(
    repository: &Repository<'_>,
    modules: &BTreeMap<Utf8PathBuf, (Facts, &Source)>,
    file: &Utf8Path,
    dotted: &str,
) -> Option<FrameworkName> {
    let (module, name) = dotted.rsplit_once('.')?;
    let relative = module.trim_start_matches('.').replace('.', "/");
    let mut folder = file.parent();
    while let Some(base) = folder {
        let path = join(base, &relative)?;
        for candidate in [
            Utf8PathBuf::from(format!("{path}.py")),
            path.join("__init__.py"),
        ] {
            if let Some((facts, _)) = modules.get(&candidate) {
                let factory = facts.factories.iter().find(|(own, ..)| own == name);
                if let Some((_, framework, _)) = factory {
                    return Some(*framework);
                }
                // A package may pass on what one of its modules defines.
                if let Some(passed) = facts.imports.get(name)
                    && passed != dotted
                    && !passed.is_empty()
                {
                    return imported_factory_once(repository, modules, &candidate, passed);
                }
            }
        }
        folder = base.parent();
    }
    None
}

fn imported_factory_once(
    _repository: &Repository<'_>,
    modules: &BTreeMap<Utf8PathBuf, (Facts, &Source)>,
    file: &Utf8Path,
    dotted: &str,
) -> Option<FrameworkName> {
    let (module, name) = dotted.rsplit_once('.')?;
    let relative = module.trim_start_matches('.').replace('.', "/");
    let last = relative.rsplit('/').next().unwrap_or(&relative);
    let base = file.parent()?;
    let (facts, _) = modules
        .get(&Utf8PathBuf::from(format!("{}.py", base.join(last))))
        .or_else(|| modules.get(&base.join(last).join("__init__.py")))?;
    facts
        .factories
        .iter()
        .find(|(own, ..)| own == name)
        .map(|(_, framework, _)| *framework)
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

fn facts(source: &Source) -> Facts {
    let mut facts = Facts::default();
    collect(source.body(), &mut facts, 0);
    facts
}

/// Module-level statements, also inside of conditions.
fn collect(body: &[Stmt], facts: &mut Facts, depth: u8) {
    if depth > 6 {
        return;
    }
    for statement in body {
        match statement {
            Stmt::Import(import) => {
                for alias in &import.names {
                    let name = alias.name.as_str();
                    facts.uses_streamlit |= name == "streamlit";
                    let bound = match &alias.asname {
                        Some(asname) => asname.as_str(),
                        None => name.split('.').next().unwrap_or(name),
                    };
                    let target = if alias.asname.is_some() { name } else { bound };
                    facts.imports.insert(bound.to_owned(), target.to_owned());
                }
            }
            Stmt::ImportFrom(import) => {
                let module = import.module.as_ref().map_or("", |name| name.as_str());
                facts.uses_streamlit |= module == "streamlit";
                let dots = ".".repeat(import.level as usize);
                for alias in &import.names {
                    let bound = alias.asname.as_ref().unwrap_or(&alias.name).as_str();
                    facts.imports.insert(
                        bound.to_owned(),
                        format!("{dots}{module}.{}", alias.name.as_str()),
                    );
                }
            }
            Stmt::ClassDef(class) => {
                let base = class
                    .arguments
                    .iter()
                    .flat_map(|arguments| arguments.args.iter())
                    .find_map(|base| framework_of(base, facts));
                if let Some(framework) = base {
                    facts.classes.insert(class.name.to_string(), framework);
                }
            }
            Stmt::FunctionDef(function) => {
                let made = made_in(&function.body, facts, 0);
                if let Some(framework) = made {
                    facts
                        .factories
                        .push((function.name.to_string(), framework, offset(statement)));
                }
            }
            Stmt::Assign(assign) => {
                for target in &assign.targets {
                    if let Expr::Name(name) = target {
                        assigned(name.id.as_str(), &assign.value, offset(statement), facts);
                    }
                }
            }
            Stmt::AnnAssign(assign) => {
                if let (Expr::Name(name), Some(value)) = (&*assign.target, &assign.value) {
                    assigned(name.id.as_str(), value, offset(statement), facts);
                }
            }
            Stmt::With(with) => {
                for item in &with.items {
                    if let (Some(target), Expr::Call(call)) =
                        (&item.optional_vars, &item.context_expr)
                        && let Expr::Name(name) = &**target
                        && let Some(framework) = framework_of(&call.func, facts)
                    {
                        facts
                            .objects
                            .push((name.id.to_string(), framework, offset(statement)));
                    }
                }
                collect(&with.body, facts, depth + 1);
            }
            Stmt::If(branches) => {
                if is_main(&branches.test) {
                    continue;
                }
                collect(&branches.body, facts, depth + 1);
                for clause in &branches.elif_else_clauses {
                    collect(&clause.body, facts, depth + 1);
                }
            }
            Stmt::Try(attempt) => collect(&attempt.body, facts, depth + 1),
            _ => {}
        }
    }
}

fn assigned(name: &str, value: &Expr, offset: u32, facts: &mut Facts) {
    match value {
        Expr::Call(call) => {
            if let Some(framework) = framework_of(&call.func, facts) {
                facts.objects.push((name.to_owned(), framework, offset));
            } else if let Expr::Name(function) = &*call.func {
                facts
                    .calls
                    .push((name.to_owned(), function.id.to_string(), offset));
            }
        }
        // Dash: `server = app.server` is what a WSGI server is pointed at.
        Expr::Attribute(attribute) if attribute.attr.as_str() == "server" => {
            if let Expr::Name(inner) = &*attribute.value {
                let known = facts
                    .objects
                    .iter()
                    .find(|(own, ..)| own == inner.id.as_str())
                    .map(|(_, framework, _)| *framework);
                if known == Some(FrameworkName::Dash) {
                    facts
                        .objects
                        .insert(0, (name.to_owned(), FrameworkName::Dash, offset));
                }
            }
        }
        _ => {}
    }
}

fn is_main(test: &Expr) -> bool {
    matches!(test, Expr::Compare(comparison)
        if matches!(&*comparison.left, Expr::Name(name) if name.id.as_str() == "__name__"))
}

fn offset(statement: &Stmt) -> u32 {
    statement.range().start().into()
}

/// The framework whose application a function makes and gives back.
fn made_in(body: &[Stmt], facts: &Facts, depth: u8) -> Option<FrameworkName> {
    let returns = body.iter().any(returns_something);
    if !returns && depth == 0 {
        return None;
    }
    let mut local = Facts {
        imports: facts.imports.clone(),
        classes: facts.classes.clone(),
        ..Facts::default()
    };
    let mut found = None;
    for statement in body {
        let made = match statement {
            Stmt::Import(_) | Stmt::ImportFrom(_) => {
                collect(std::slice::from_ref(statement), &mut local, 0);
                None
            }
            Stmt::Assign(assign) => made_by(&assign.value, &local),
            Stmt::AnnAssign(assign) => assign
                .value
                .as_ref()
                .and_then(|value| made_by(value, &local)),
            Stmt::Return(result) => result
                .value
                .as_ref()
                .and_then(|value| made_by(value, &local)),
            Stmt::With(with) => with
                .items
                .iter()
                .find_map(|item| made_by(&item.context_expr, &local))
                .or_else(|| made_in(&with.body, &local, depth + 1)),
            Stmt::If(branches) if depth < 3 => made_in(&branches.body, &local, depth + 1),
            Stmt::Try(attempt) if depth < 3 => made_in(&attempt.body, &local, depth + 1),
            _ => None,
        };
        found = found.or(made);
    }
    found
}

fn returns_something(statement: &Stmt) -> bool {
    match statement {
        Stmt::Return(result) => result.value.is_some(),
        Stmt::If(branches) => branches.body.iter().any(returns_something),
        Stmt::With(with) => with.body.iter().any(returns_something),
        Stmt::Try(attempt) => attempt.body.iter().any(returns_something),
        _ => false,
    }
}

fn made_by(expression: &Expr, facts: &Facts) -> Option<FrameworkName> {
    match expression {
        Expr::Call(call) => made_by_call(call, facts),
        Expr::Await(waiting) => made_by(&waiting.value, facts),
        _ => None,
    }
}

fn made_by_call(call: &ExprCall, facts: &Facts) -> Option<FrameworkName> {
    framework_of(&call.func, facts)
}

/// The framework whose constructor an expression names.
fn framework_of(expression: &Expr, facts: &Facts) -> Option<FrameworkName> {
    if let Expr::Name(name) = expression
        && let Some(framework) = facts.classes.get(name.id.as_str())
    {
        return Some(*framework);
    }
    let dotted = dotted(expression, facts)?;
    CONSTRUCTORS
        .iter()
        .find(|(constructor, _)| *constructor == dotted)
        .map(|(_, framework)| *framework)
}

fn dotted(expression: &Expr, facts: &Facts) -> Option<String> {
    match expression {
        Expr::Name(name) => facts.imports.get(name.id.as_str()).cloned(),
        Expr::Attribute(attribute) => Some(format!(
            "{}.{}",
            dotted(&attribute.value, facts)?,
            attribute.attr.as_str()
        )),
        _ => None,
    }
}

/// The dotted name of a file's module, and the folder it is imported from: the one from which the file's own imports work.
pub(crate) fn module_of(
    repository: &Repository<'_>,
    root: &Utf8Path,
    file: &Utf8Path,
) -> (Utf8PathBuf, String) {
    let mut folder = import_root(repository, file);
    if let Some(text) = repository.text(file) {
        let mut candidates: Vec<Utf8PathBuf> = Vec::new();
        let mut current = file.parent();
        while let Some(path) = current {
            let is_package = repository.is_file(&path.join("__init__.py"));
            if (path.starts_with(root) || path == root) && !is_package {
                candidates.push(path.to_owned());
            }
            current = path.parent();
        }
        // The farthest folder from which an absolute import of the file can be found.
        let imports: Vec<String> = text
            .lines()
            .filter_map(|line| {
                let rest = line
                    .trim_start()
                    .strip_prefix("from ")
                    .or_else(|| line.trim_start().strip_prefix("import "))?;
                let module = rest.split([' ', ',', ';']).next()?;
                (!module.starts_with('.')).then(|| module.replace('.', "/"))
            })
            .collect();
        let resolves = |folder: &Utf8Path| {
            imports
                .iter()
                .filter(|module| {
                    join(folder, module).is_some_and(|base| {
                        repository.is_file(&Utf8PathBuf::from(format!("{base}.py")))
                            || repository.is_file(&base.join("__init__.py"))
                            || (module.contains('/') && repository.is_folder(&base))
                    })
                })
                .count()
        };
        let best = candidates
            .iter()
            .map(|candidate| (resolves(candidate), candidate))
            .max_by_key(|(count, candidate)| {
                (*count, std::cmp::Reverse(candidate.components().count()))
            });
        if let Some((count, candidate)) = best
            && count > resolves(&folder)
        {
            folder.clone_from(candidate);
        }
    }
    let relative = file.strip_prefix(&folder).unwrap_or(file);
    let dotted = relative.as_str().trim_end_matches(".py").replace('/', ".");
    let dotted = dotted
        .strip_suffix(".__init__")
        .unwrap_or(&dotted)
        .to_owned();
    (folder, dotted)
}
