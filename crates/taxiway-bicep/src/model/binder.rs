//! Resolves every name of a file and reports those that mean nothing.

mod names;
mod resources;
mod types;

use std::collections::{HashMap, HashSet};
use std::rc::Rc;

use camino::Utf8Path;
use taxiway_diagnostics::{Diagnostic, Location, Span};

use super::declarations::{Collected, Duplicate, target_scope};
use super::{Model, Target, TargetScope, Workspace, growth, imports, inlining, loading, mode};
use crate::ast::walk::children;
use crate::ast::{
    Body, Decorator, Expr, ExprKind, Ident, Object, ObjectItem, Statement, StringLiteral,
};
use crate::check::{self, Interface};

/// Resolves a parsed file.
pub(super) fn bind(
    workspace: &Workspace<'_>,
    path: &Utf8Path,
    file: u32,
    statements: Vec<Statement>,
    syntax_errors: Vec<Span>,
) -> Model {
    let mut collected = Collected::from_statements(&statements);
    imports::resolve(workspace, path, &statements, &mut collected);
    let is_parameters_file = path.extension() == Some("bicepparam");
    let mut binder = Binder {
        workspace,
        path,
        collected,
        bindings: HashMap::new(),
        scopes: Vec::new(),
        is_parameters_file,
        has_errors: false,
        compared: 0,
    };
    let declared = binder.collected.declarations.iter();
    let reserved: Vec<Ident> = declared
        .map(|declaration| &declaration.name)
        .filter(|name| is_reserved(name))
        .cloned()
        .collect();
    for name in reserved {
        binder.reserved(&name);
    }
    for statement in &statements {
        binder.statement(statement);
    }
    binder.scopes_declared(&statements);
    binder.parents();
    binder.extension_resources();
    report_duplicates(workspace, path, &binder.collected.duplicates);
    let Binder {
        collected,
        bindings,
        has_errors,
        ..
    } = binder;
    let scope = statements.iter().find_map(|statement| match statement {
        Statement::TargetScope { value, .. } => target_scope(value),
        _ => None,
    });
    let mut model = Model {
        file,
        path: path.to_owned(),
        statements,
        target_scope: scope.unwrap_or(TargetScope::ResourceGroup),
        declarations: collected.declarations,
        globals: collected.globals,
        bindings,
        resources: collected.resources,
        top_resources: collected.top_resources,
        modules: collected.modules,
        outputs: collected.outputs,
        extensions: collected.extensions,
        syntax_errors,
        interface: Interface::default(),
        texts: HashMap::new(),
        loads: HashMap::new(),
        inlined: HashSet::new(),
        reaching: HashSet::new(),
        size: 0,
        symbolic: false,
        experimental: Vec::new(),
        has_errors,
    };
    super::imports::modules(workspace, &mut model);
    loading::load_all(workspace, &mut model);
    let checked = check::run(workspace, &model);
    model.interface = checked.interface;
    model.texts = checked.texts;
    model.has_errors |= workspace.has_errors_in(path);
    if !model.has_errors {
        let (reaching, order) = super::reach::find(workspace, &model);
        model.reaching = reaching;
        model.inlined = inlining::inlined_variables(&model, &order);
        model.size = growth::measure(workspace, &model, &order);
        model.has_errors |= workspace.has_errors_in(path);
    }
    if !model.has_errors {
        mode::decide(workspace, &mut model);
    }
    model
}

fn report_duplicates(workspace: &Workspace<'_>, path: &Utf8Path, duplicates: &[Duplicate]) {
    for duplicate in duplicates {
        let (code, what) = match duplicate.apart {
            Some(what) => ("BCP145", format!("{what} ")),
            None => ("BCP028", String::new()),
        };
        let name = &duplicate.name;
        let mut diagnostic = Diagnostic::error(
            code,
            Location::new(path, name.span),
            format!("{what}`{}` is declared more than once", name.text),
        );
        if duplicate.first != name.span {
            let first = Location::new(path, duplicate.first);
            diagnostic = diagnostic.label(first, "first declared here");
        }
        workspace.report(diagnostic);
    }
}

/// Whether a name is that of a namespace.
fn is_reserved(name: &Ident) -> bool {
    matches!(&*name.text, "sys" | "az")
}

struct Binder<'a, 's> {
    workspace: &'a Workspace<'s>,
    path: &'a Utf8Path,
    collected: Collected,
    bindings: HashMap<u32, Target>,
    scopes: Vec<HashMap<Rc<str>, Target>>,
    is_parameters_file: bool,
    has_errors: bool,
    /// How many names were compared for suggestions.
    compared: usize,
}

/// Names that a file's suggestions may be looked for among, all together.
const MAX_COMPARED: usize = 1_000_000;

impl Binder<'_, '_> {
    fn error(&mut self, span: Span, code: &'static str, message: String) {
        self.has_errors = true;
        self.workspace.error(self.path, span, code, message);
    }

    fn find(&self, name: &str) -> Option<Target> {
        let local = self.scopes.iter().rev().find_map(|scope| scope.get(name));
        local.copied().or_else(|| {
            let global = self.collected.globals.get(name);
            global.copied().map(Target::Declaration)
        })
    }

    fn statement(&mut self, statement: &Statement) {
        match statement {
            Statement::TargetScope { value, .. } => self.expression(value),
            Statement::Metadata { value, .. } | Statement::Assert { value, .. } => {
                self.expression(value);
            }
            Statement::Parameter(parameter) => {
                self.decorators(&parameter.decorators);
                if let Some(kind) = &parameter.kind {
                    self.type_expression(kind);
                } else if !self.is_parameters_file {
                    let span = Span::at(parameter.name.span.end);
                    self.error(
                        span,
                        "BCP279",
                        "a parameter type is expected here".to_owned(),
                    );
                }
                if let Some(default) = &parameter.default {
                    self.expression(default);
                }
            }
            Statement::Variable(variable) => {
                self.decorators(&variable.decorators);
                if let Some(kind) = &variable.kind {
                    self.type_expression(kind);
                }
                self.expression(&variable.value);
            }
            Statement::Function(function) => {
                self.decorators(&function.decorators);
                for (_, kind) in &function.parameters {
                    self.type_expression(kind);
                }
                self.type_expression(&function.output);
                let locals = function.parameters.iter().map(|(name, _)| name);
                self.scoped(locals, |binder| binder.expression(&function.body));
            }
            Statement::Type(declaration) => {
                self.decorators(&declaration.decorators);
                self.type_expression(&declaration.value);
            }
            Statement::Resource(resource) => self.resource(resource),
            Statement::Module(module) => {
                self.decorators(&module.decorators);
                self.string(&module.path);
                self.body(&module.body);
            }
            Statement::Output(output) => {
                self.decorators(&output.decorators);
                self.type_expression(&output.kind);
                self.expression(&output.value);
            }
            Statement::Extension(extension) => {
                if let Some(config) = &extension.config {
                    self.object(config);
                }
            }
            Statement::Using {
                with: Some(object), ..
            } => self.object(object),
            Statement::Test(test) => {
                self.decorators(&test.decorators);
                self.body(&test.body);
            }
            Statement::Dangling(decorators) => self.decorators(decorators),
            Statement::Using { .. }
            | Statement::Import(_)
            | Statement::Extends { .. }
            | Statement::Ignored => {}
        }
    }

    /// One file has one scope.
    fn scopes_declared(&mut self, statements: &[Statement]) {
        let spans: Vec<Span> = statements
            .iter()
            .filter_map(|statement| match statement {
                Statement::TargetScope { span, .. } => Some(*span),
                _ => None,
            })
            .collect();
        if spans.len() > 1 {
            for span in spans {
                let message = "`targetScope` is given more than once".to_owned();
                self.error(span, "BCP112", message);
            }
        }
    }

    fn scoped<'n>(
        &mut self,
        names: impl Iterator<Item = &'n Ident>,
        within: impl FnOnce(&mut Self),
    ) {
        let mut scope = HashMap::new();
        let mut declared: Vec<&Ident> = Vec::new();
        for name in names {
            self.reserved(name);
            let same = |known: &&&Ident| known.text == name.text && !name.text.is_empty();
            if let Some(first) = declared.iter().find(same) {
                self.collected.duplicate(first, name, None);
            }
            declared.push(name);
            scope.insert(Rc::clone(&name.text), Target::Local(name.span.start));
        }
        self.scopes.push(scope);
        within(self);
        self.scopes.pop();
    }

    /// The namespaces of the language keep their names, so that what they hold can always be named in full.
    fn reserved(&mut self, name: &Ident) {
        if is_reserved(name) {
            let message = format!("`{}` is the name of a namespace; choose another", name.text);
            self.error(name.span, "BCP084", message);
        }
    }

    fn decorators(&mut self, decorators: &[Decorator]) {
        for decorator in decorators {
            match &decorator.expr.kind {
                ExprKind::Method { base, .. } | ExprKind::Property { base, .. } => {
                    self.expression(base);
                }
                ExprKind::Name(name) if self.is_named(&name.text) => self.name(name),
                _ => {}
            }
            let arguments = decorator.call().map_or(&[][..], |(_, arguments)| arguments);
            for argument in arguments {
                self.expression(argument);
            }
        }
    }

    fn body(&mut self, body: &Body) {
        let Some(head) = &body.for_loop else {
            return self.body_content(body);
        };
        self.expression(&head.collection);
        let locals = std::iter::once(&head.item).chain(&head.index);
        self.scoped(locals, |binder| binder.body_content(body));
    }

    fn body_content(&mut self, body: &Body) {
        if let Some(condition) = &body.condition {
            self.expression(condition);
        }
        if let Some(object) = &body.object {
            self.object(object);
        }
    }

    fn object(&mut self, object: &Object) {
        for item in &object.items {
            match item {
                ObjectItem::Property(property) => {
                    self.string(&property.key);
                    self.expression(&property.value);
                }
                ObjectItem::Spread(value) => self.expression(value),
                ObjectItem::Resource(resource) => self.resource(resource),
            }
        }
        for decorators in &object.dangling {
            self.decorators(decorators);
        }
    }

    fn string(&mut self, literal: &StringLiteral) {
        for part in &literal.parts {
            self.expression(part);
        }
    }

    fn expression(&mut self, expr: &Expr) {
        match &expr.kind {
            ExprKind::Name(name) => self.name(name),
            ExprKind::Object(object) => self.object(object),
            ExprKind::Call { name, arguments } => {
                self.function(name);
                for argument in arguments {
                    self.expression(argument);
                }
            }
            ExprKind::Nested { base, name } => {
                self.expression(base);
                self.nested_resource(base, name);
            }
            ExprKind::Lambda { parameters, body } => {
                self.scoped(parameters.iter(), |binder| binder.expression(body));
            }
            ExprKind::For(for_loop) => {
                if let Some(condition) = &for_loop.condition {
                    self.error(
                        condition.span,
                        "BCP018",
                        "only loops of resources and modules have conditions; use `filter()`"
                            .to_owned(),
                    );
                }
                self.expression(&for_loop.collection);
                let locals = std::iter::once(&for_loop.item).chain(&for_loop.index);
                self.scoped(locals, |binder| {
                    if let Some(condition) = &for_loop.condition {
                        binder.expression(condition);
                    }
                    binder.expression(&for_loop.body);
                });
            }
            _ => {
                let mut inner = Vec::new();
                children(expr, &mut |child| inner.push(child));
                for child in inner {
                    self.expression(child);
                }
            }
        }
    }
}
