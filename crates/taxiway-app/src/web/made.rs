//! What one module makes: application objects, and functions that give one back.

use std::collections::BTreeMap;

use ruff_python_ast::{Expr, ExprCall, Stmt};
use ruff_text_size::Ranged;

use crate::document::FrameworkName;
use crate::python::Source;

/// What makes an application object, by dotted name.
const CONSTRUCTORS: [(&str, FrameworkName); 26] = [
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

/// What one module makes.
#[derive(Debug, Default)]
pub(super) struct Facts {
    pub(super) imports: BTreeMap<String, String>,
    /// Functions that make an application, with its framework.
    pub(super) factories: Vec<(String, FrameworkName, u32)>,
    /// Module-level names that hold one.
    pub(super) objects: Vec<(String, FrameworkName, u32)>,
    /// Module-level names that hold what some function gives.
    pub(super) calls: Vec<(String, String, u32)>,
    /// Functions that give back what another function or class makes, by the name it has here.
    pub(super) passing: Vec<(String, String, u32)>,
    /// Classes that are frameworks' applications.
    pub(super) classes: BTreeMap<String, FrameworkName>,
    /// Classes with the classes of other modules that they extend, by the names those have here.
    pub(super) extending: Vec<(String, String)>,
    /// What only runs when the file is the program: an application that its framework's own server serves.
    pub(super) script: Option<(FrameworkName, u32)>,
    pub(super) uses_streamlit: bool,
}

pub(super) fn facts(source: &Source) -> Facts {
    let mut facts = Facts::default();
    collect(source.body(), &mut facts, 0);
    facts.objects = without_wrapped(std::mem::take(&mut facts.objects));
    facts
}

/// Dash wraps a Flask application, which is what a server is pointed at: `app.server`, unless it has a name of its own.
fn without_wrapped(
    objects: Vec<(String, FrameworkName, u32)>,
) -> Vec<(String, FrameworkName, u32)> {
    let is_wrapper = |framework: &FrameworkName| *framework == FrameworkName::Dash;
    let wrapped: Vec<String> = objects
        .iter()
        .filter(|(_, framework, _)| is_wrapper(framework))
        .map(|(name, ..)| name.clone())
        .collect();
    objects
        .into_iter()
        .filter(|(name, framework, _)| is_wrapper(framework) || !wrapped.contains(name))
        .collect()
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
                } else {
                    let bases = class.arguments.iter().flat_map(|own| own.args.iter());
                    for base in bases.filter_map(own_name) {
                        let pair = (class.name.to_string(), base.to_owned());
                        facts.extending.push(pair);
                    }
                }
            }
            Stmt::FunctionDef(function) => {
                if let Some(framework) = made_in(&function.body, facts, 0) {
                    facts
                        .factories
                        .push((function.name.to_string(), framework, offset(statement)));
                } else {
                    note_script(&function.body, offset(statement), facts);
                    if let Some(called) = passed_by(&function.body) {
                        let name = function.name.to_string();
                        facts.passing.push((name, called, offset(statement)));
                    }
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
                    note_script(&branches.body, offset(statement), facts);
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

/// Notes an application that a function makes for its framework's own server, and gives nobody.
fn note_script(body: &[Stmt], offset: u32, facts: &mut Facts) {
    let made = made_in(body, facts, 1).filter(|framework| {
        matches!(
            framework,
            FrameworkName::Aiohttp | FrameworkName::Tornado | FrameworkName::Gradio
        )
    });
    if let Some(framework) = made {
        facts.script.get_or_insert((framework, offset));
    }
}

fn assigned(name: &str, value: &Expr, offset: u32, facts: &mut Facts) {
    match value {
        Expr::Call(call) => {
            if let Some(framework) = made_by_call(call, facts) {
                let name = match framework {
                    FrameworkName::Dash => served_by_dash(name, call),
                    _ => name.to_owned(),
                };
                facts.objects.push((name, framework, offset));
            } else if let Expr::Name(function) = &*call.func {
                facts
                    .calls
                    .push((name.to_owned(), function.id.to_string(), offset));
            }
        }
        // `server = app.server` gives the application that Dash wraps a name of its own.
        Expr::Attribute(attribute) if attribute.attr.as_str() == "server" => {
            if let Expr::Name(inner) = &*attribute.value {
                let own = format!("{}.server", inner.id);
                let known = facts.objects.iter_mut().find(|(known, framework, _)| {
                    *framework == FrameworkName::Dash && *known == own
                });
                if let Some(known) = known {
                    *known = (name.to_owned(), FrameworkName::Dash, offset);
                }
            }
        }
        _ => {}
    }
}

/// What a WSGI server is pointed at to serve a Dash application: the Flask application inside of it.
fn served_by_dash(name: &str, call: &ExprCall) -> String {
    let given = call
        .arguments
        .find_keyword("server")
        .and_then(|keyword| match &keyword.value {
            Expr::Name(server) => Some(server.id.to_string()),
            _ => None,
        });
    given.unwrap_or_else(|| format!("{name}.server"))
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
    // Few functions import something for themselves.
    let mut own: Option<Facts> = None;
    let mut found = None;
    for statement in body {
        if matches!(statement, Stmt::Import(_) | Stmt::ImportFrom(_)) {
            let own = own.get_or_insert_with(|| Facts {
                imports: facts.imports.clone(),
                classes: facts.classes.clone(),
                ..Facts::default()
            });
            collect(std::slice::from_ref(statement), own, 0);
            continue;
        }
        let local = own.as_ref().unwrap_or(facts);
        let made = match statement {
            Stmt::Assign(assign) => made_by(&assign.value, local),
            Stmt::AnnAssign(assign) => assign
                .value
                .as_ref()
                .and_then(|value| made_by(value, local)),
            Stmt::Return(result) => result
                .value
                .as_ref()
                .and_then(|value| made_by(value, local)),
            Stmt::With(with) => with
                .items
                .iter()
                .find_map(|item| made_by(&item.context_expr, local))
                .or_else(|| made_in(&with.body, local, depth + 1)),
            Stmt::If(branches) if depth < 3 => made_in(&branches.body, local, depth + 1),
            Stmt::Try(attempt) if depth < 3 => made_in(&attempt.body, local, depth + 1),
            _ => None,
        };
        found = found.or(made);
    }
    found
}

/// The function or class whose result a function gives back, where that is a name of the module.
fn passed_by(body: &[Stmt]) -> Option<String> {
    let last = body.iter().rev().find_map(|statement| match statement {
        Stmt::Return(result) => result.value.as_deref(),
        _ => None,
    })?;
    let called = |expression: &Expr| match expression {
        Expr::Call(call) => own_name(&call.func).map(str::to_owned),
        _ => None,
    };
    let Some(result) = own_name(last) else {
        return called(last);
    };
    let is_result = |target: &Expr| own_name(target) == Some(result);
    body.iter().find_map(|statement| match statement {
        Stmt::Assign(assign) if assign.targets.iter().any(is_result) => called(&assign.value),
        Stmt::AnnAssign(assign) if is_result(&assign.target) => called(assign.value.as_ref()?),
        _ => None,
    })
}

fn own_name(expression: &Expr) -> Option<&str> {
    match expression {
        Expr::Name(name) => Some(name.id.as_str()),
        _ => None,
    }
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
    match &*call.func {
        // Pyramid's `config.make_wsgi_app()`.
        Expr::Attribute(attribute) if attribute.attr.as_str() == "make_wsgi_app" => {
            Some(FrameworkName::Pyramid)
        }
        function => framework_of(function, facts),
    }
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
