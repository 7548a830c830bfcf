//! Resolves every name of a file and reports those that mean nothing.

use std::collections::{HashMap, HashSet};
use std::rc::Rc;

use camino::Utf8Path;
use taxiway_diagnostics::{Diagnostic, Location, Span};

use super::declarations::{Collected, Duplicate, target_scope};
use super::{
    DeclarationKind, Model, Parent, ResourceId, Target, TargetScope, Workspace, imports, inlining,
    loading, mode,
};
use crate::ast::walk::children;
use crate::ast::{
    Body, Decorator, Expr, ExprKind, Ident, Object, ObjectItem, Resource, Statement, StringLiteral,
    TypeExpr, TypeKind,
};
use crate::check::{self, Interface};
use crate::functions;
use crate::suggestion;

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
    };
    for declaration in binder.collected.declarations.clone() {
        binder.reserved(&declaration.name);
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
        loads: HashMap::new(),
        inlined: HashSet::new(),
        reaching: HashSet::new(),
        symbolic: false,
        experimental: Vec::new(),
        has_errors,
    };
    super::imports::modules(workspace, &mut model);
    loading::load_all(workspace, &mut model);
    model.interface = check::run(workspace, &model);
    model.has_errors |= workspace.has_errors_in(path);
    if !model.has_errors {
        let (reaching, order) = super::reach::find(workspace, &model);
        model.reaching = reaching;
        model.inlined = inlining::inlined_variables(&model, &order);
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

struct Binder<'a, 's> {
    workspace: &'a Workspace<'s>,
    path: &'a Utf8Path,
    collected: Collected,
    bindings: HashMap<u32, Target>,
    scopes: Vec<HashMap<Rc<str>, Target>>,
    is_parameters_file: bool,
    has_errors: bool,
}

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
        if matches!(&*name.text, "sys" | "az") {
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

    fn resource_of(&self, syntax: &Resource) -> Option<ResourceId> {
        self.collected
            .resources
            .iter()
            .position(|resource| std::ptr::eq(Rc::as_ptr(&resource.syntax), syntax))
    }

    fn resource(&mut self, resource: &Rc<Resource>) {
        self.decorators(&resource.decorators);
        if let Some(part) = resource.kind.parts.first() {
            self.error(
                part.span,
                "BCP047",
                "the type of a resource cannot be computed".to_owned(),
            );
        }
        let scope = self.nested_scope(resource);
        if scope.is_empty() {
            return self.body(&resource.body);
        }
        self.scopes.push(scope);
        self.body(&resource.body);
        self.scopes.pop();
    }

    /// The resources in the body of `resource`, visible within it.
    fn nested_scope(&self, resource: &Resource) -> HashMap<Rc<str>, Target> {
        let has_nested = resource.body.object.as_ref().is_some_and(|object| {
            object
                .items
                .iter()
                .any(|item| matches!(item, ObjectItem::Resource(_)))
        });
        let id = has_nested.then(|| self.resource_of(resource)).flatten();
        id.map_or_else(HashMap::new, |id| {
            self.collected.resources[id]
                .nested
                .iter()
                .map(|nested| {
                    let name = &self.collected.resources[*nested].syntax.name.text;
                    let declaration = self.collected.resource_declarations[*nested];
                    (Rc::clone(name), Target::Declaration(declaration))
                })
                .collect()
        })
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

    fn name(&mut self, name: &Ident) {
        if let Some(target) = self.find(&name.text) {
            self.bindings.insert(name.span.start, target);
        } else if matches!(&*name.text, "sys" | "az" | "this")
            || (self.is_parameters_file && &*name.text == "base")
        {
            self.bindings.insert(name.span.start, Target::Namespace);
        } else {
            if functions::is_known(&name.text) || check::is_known_decorator(&name.text) {
                let message = format!("`{}` is a function; it has to be called", name.text);
                return self.error(name.span, "BCP063", message);
            }
            let known = self.known_names();
            self.unknown(name, &known, false);
        }
    }

    /// Whether something that is no function has this name.
    fn is_named(&self, name: &str) -> bool {
        self.find(name).is_some() || matches!(name, "sys" | "az")
    }

    fn known_names(&self) -> Vec<Rc<str>> {
        let locals = self.scopes.iter().flat_map(HashMap::keys);
        let mut names: Vec<_> = locals
            .chain(self.collected.globals.keys())
            .map(Rc::clone)
            .collect();
        names.sort_unstable();
        names
    }

    /// Reports a name that means nothing. Where what was meant is a function of the language, the code says so.
    fn unknown(&mut self, name: &Ident, known: &[Rc<str>], is_call: bool) {
        if name.text.is_empty() {
            return;
        }
        let builtin = is_call
            .then(|| check::similar_name(&name.text, functions::names()))
            .flatten();
        let declared = || suggestion::closest(&name.text, known.iter().map(|known| &**known));
        let code = if builtin.is_some() {
            "BCP082"
        } else {
            "BCP057"
        };
        let message = format!("nothing is called `{}` here", name.text);
        let mut diagnostic = Diagnostic::error(code, Location::new(self.path, name.span), message);
        if let Some(similar) = builtin.or_else(declared) {
            diagnostic = diagnostic.help(format!("did you mean `{similar}`?"));
        }
        self.has_errors = true;
        self.workspace.report(diagnostic);
    }

    /// Values may have the names of types.
    fn find_type(&self, name: &str) -> Option<Target> {
        let id = *self.collected.globals.get(name)?;
        let is_type = matches!(
            self.collected.declarations[id].kind,
            DeclarationKind::Type(_)
                | DeclarationKind::Imported { .. }
                | DeclarationKind::Wildcard(_)
                | DeclarationKind::Unknown
        );
        is_type.then_some(Target::Declaration(id))
    }

    fn unknown_type(&mut self, name: &Ident) {
        let types = self.collected.globals.iter().filter(|(_, declaration)| {
            matches!(
                self.collected.declarations[**declaration].kind,
                DeclarationKind::Type(_)
            )
        });
        let mut known: Vec<&str> = types.map(|(name, _)| &**name).collect();
        known.extend(functions::TYPES);
        known.sort_unstable();
        let hint = suggestion::closest(&name.text, known).map_or_else(String::new, |similar| {
            format!("; did you mean `{similar}`?")
        });
        let message = format!("there is no type `{}`{hint}", name.text);
        self.error(name.span, "BCP302", message);
    }

    fn function(&mut self, name: &Ident) {
        if let Some(Target::Declaration(id)) = self.find(&name.text) {
            let kind = &self.collected.declarations[id].kind;
            let callable = matches!(
                kind,
                DeclarationKind::Function(_)
                    | DeclarationKind::Imported { .. }
                    | DeclarationKind::Unknown
            );
            if callable {
                self.bindings
                    .insert(name.span.start, Target::Declaration(id));
                return;
            }
        }
        if let Some(target) = self.find(&name.text) {
            self.bindings.insert(name.span.start, target);
            let (code, message) = if functions::is_known(&name.text) {
                let message = format!(
                    "`{}` hides the function of this name, and is none itself",
                    name.text
                );
                ("BCP265", message)
            } else {
                ("BCP059", format!("`{}` is no function", name.text))
            };
            return self.error(name.span, code, message);
        }
        if functions::is_known(&name.text) || check::replaced(&name.text).is_some() {
            return;
        }
        let known = self.known_names();
        self.unknown(name, &known, true);
    }

    fn nested_resource(&mut self, base: &Expr, name: &Ident) {
        let Some(parent) = self.resource_at(base) else {
            if !self.has_errors {
                let message = "only resources hold other resources".to_owned();
                self.error(name.span, "BCP158", message);
            }
            return;
        };
        let nested = self.collected.resources[parent]
            .nested
            .iter()
            .copied()
            .find(|nested| self.collected.resources[*nested].syntax.name.text == name.text);
        match nested {
            Some(nested) => {
                let declaration = self.collected.resource_declarations[nested];
                self.bindings
                    .insert(name.span.start, Target::Declaration(declaration));
            }
            None => {
                let parent = &self.collected.resources[parent].syntax.name.text;
                let message = format!("`{parent}` holds no resource called `{}`", name.text);
                self.error(name.span, "BCP159", message);
            }
        }
    }

    /// The resource that an expression names, indexed or not.
    fn resource_at(&self, expr: &Expr) -> Option<ResourceId> {
        let name = match &expr.kind {
            ExprKind::Name(name) | ExprKind::Nested { name, .. } => name,
            ExprKind::Paren(inner) | ExprKind::NonNull(inner) => return self.resource_at(inner),
            ExprKind::Index { base, .. } => return self.resource_at(base),
            _ => return None,
        };
        match self.bindings.get(&name.span.start)? {
            Target::Declaration(id) => match self.collected.declarations[*id].kind {
                DeclarationKind::Resource(resource) => Some(resource),
                _ => None,
            },
            Target::Local(_) | Target::Namespace => None,
        }
    }

    /// Links children to the resources that their `parent` property names.
    fn parents(&mut self) {
        for id in 0..self.collected.resources.len() {
            if self.collected.resources[id].parent.is_some() {
                continue;
            }
            let syntax = Rc::clone(&self.collected.resources[id].syntax);
            let property = syntax
                .body
                .object
                .as_ref()
                .and_then(|object| object.get("parent"));
            let parent = property.and_then(|property| self.resource_at(&property.value));
            self.collected.resources[id].parent =
                parent.filter(|parent| *parent != id).map(Parent::Property);
        }
    }

    /// Marks the resources whose types are those of an extension.
    fn extension_resources(&mut self) {
        let kubernetes = self
            .collected
            .extensions
            .iter()
            .find(|extension| super::extension_name(extension) == "kubernetes");
        let Some(kubernetes) = kubernetes else {
            return;
        };
        let symbol = match &kubernetes.alias {
            Some(alias) => alias.text.to_string(),
            None => "kubernetes".to_owned(),
        };
        for resource in &mut self.collected.resources {
            let namespace = resource.kind.split('/').next().unwrap_or("");
            if !namespace.to_lowercase().starts_with("microsoft.") {
                resource.extension = Some(symbol.clone());
            }
        }
    }

    fn type_expression(&mut self, kind: &TypeExpr) {
        match &kind.kind {
            TypeKind::Name(name, arguments) => {
                if let Some(target) = self.find_type(&name.text) {
                    self.bindings.insert(name.span.start, target);
                } else if matches!(&*name.text, "sys" | "az") {
                    self.bindings.insert(name.span.start, Target::Namespace);
                } else if functions::is_known_type(&name.text) {
                    // Needs no declaration.
                } else if self.find(&name.text).is_some() {
                    let message =
                        format!("`{}` is a value, and a type is expected here", name.text);
                    self.error(name.span, "BCP287", message);
                } else {
                    self.unknown_type(name);
                }
                for argument in arguments {
                    self.type_expression(argument);
                }
            }
            TypeKind::Property(base, _, arguments) => {
                self.type_expression(base);
                for argument in arguments {
                    self.type_expression(argument);
                }
            }
            TypeKind::AdditionalOf(base)
            | TypeKind::ItemOf(base)
            | TypeKind::Array(base)
            | TypeKind::Nullable(base)
            | TypeKind::NonNull(base)
            | TypeKind::Paren(base) => self.type_expression(base),
            TypeKind::IndexOf(base, index) => {
                self.type_expression(base);
                self.expression(index);
            }
            TypeKind::Union(members) => {
                for member in members {
                    self.type_expression(member);
                }
            }
            TypeKind::Object {
                members,
                additional,
            } => {
                for member in members {
                    self.decorators(&member.decorators);
                    self.type_expression(&member.kind);
                }
                if let Some(additional) = additional {
                    self.decorators(&additional.decorators);
                    self.type_expression(&additional.kind);
                }
            }
            TypeKind::Tuple(items) => {
                for (decorators, item) in items {
                    self.decorators(decorators);
                    self.type_expression(item);
                }
            }
            TypeKind::Literal(value) => self.expression(value),
            TypeKind::Missing => {}
        }
    }
}
