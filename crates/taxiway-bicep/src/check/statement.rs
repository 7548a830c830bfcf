//! Statements one by one.

use std::rc::Rc;

use taxiway_diagnostics::{Diagnostic, Span};

use super::Checker;
use super::decorator::On;
use super::function_place::Allowed;
use super::narrow::Against;
use crate::ast::walk::descendants;
use crate::ast::{
    ArrayItem, Decorator, Expr, ExprKind, Function, Ident, Output, Parameter, Statement,
    TypeDeclaration, Variable, decorator,
};
use crate::model::{DeclarationKind, Target};
use crate::types::{Lambda, Looseness, Type, assignable, nullable, union, without_null};

/// How many declarations in a row are looked through; beyond that, a value can be anything.
const MAX_CHAIN: usize = 32;

impl<'a> Checker<'a> {
    /// Works out what is declared, each after what it uses: chains of declarations may be long.
    fn in_order(&mut self) {
        let model = self.model;
        let edges: Vec<Vec<usize>> = (0..model.declarations.len())
            .map(|id| {
                let mut edges = crate::model::references(model, id);
                edges.extend(self.types_needed(id));
                edges
            })
            .collect();
        let mut depths = vec![0usize; edges.len()];
        for id in crate::model::order_of(&edges) {
            let inner = edges[id].iter().map(|used| depths[*used]).max();
            depths[id] = inner.map_or(0, |depth| depth + 1);
            match &model.declarations[id].kind {
                DeclarationKind::Parameter(_) | DeclarationKind::Variable(_) => {
                    self.declaration_type(id);
                    if depths[id] > MAX_CHAIN && !self.known_declaration(id).is_error() {
                        self.declarations.insert(id, Type::Any);
                        depths[id] = 0;
                    }
                }
                DeclarationKind::Type(_) => {
                    self.type_of_declaration(id);
                }
                _ => {}
            }
        }
    }

    fn known_declaration(&self, id: usize) -> Type {
        self.declarations.get(&id).cloned().unwrap_or(Type::Error)
    }

    pub(super) fn statements(&mut self) {
        self.in_order();
        let model = self.model;
        for (id, declaration) in model.declarations.iter().enumerate() {
            match &declaration.kind {
                DeclarationKind::Parameter(parameter) => {
                    self.declaration_type(id);
                    self.parameter(parameter);
                }
                DeclarationKind::Variable(variable) => {
                    self.declaration_type(id);
                    self.variable(variable);
                }
                DeclarationKind::Type(declared) => {
                    let kind = self.type_of_declaration(id);
                    self.type_declaration(declared, &kind);
                }
                DeclarationKind::Function(function) => self.function(function),
                DeclarationKind::Resource(resource) => self.resource(*resource),
                DeclarationKind::Module(module) => self.module(*module),
                _ => {}
            }
        }
        for statement in &model.statements {
            self.statement(statement);
        }
    }

    fn statement(&mut self, statement: &'a Statement) {
        match statement {
            Statement::TargetScope {
                decorators, value, ..
            } => {
                if let Some(first) = decorators.first() {
                    let message = "`targetScope` takes no decorators";
                    self.error(first.expr.span, "BCP130", message);
                }
                self.target_scope(value);
            }
            Statement::Metadata {
                decorators,
                name,
                value,
            } => self.metadata(decorators, name, value),
            Statement::Output(output) => self.output(output),
            Statement::Assert { value, .. } => {
                self.allowed = Allowed::NOTHING;
                let kind = self.infer(value);
                if !kind.is_error() && !assignable(&kind, &Type::BOOL) {
                    let message = format!("an assertion is a `bool`, and this is `{kind}`");
                    self.error(value.span, "BCP350", message);
                }
            }
            Statement::Dangling(decorators) => self.dangling(decorators),
            Statement::Test(test) => self.test(test),
            Statement::Extension(extension) => {
                for item in extension.config.iter().flat_map(|config| &config.items) {
                    if let crate::ast::ObjectItem::Property(property) = item {
                        self.infer(&property.value);
                    }
                }
            }
            _ => {}
        }
    }

    fn target_scope(&mut self, value: &'a Expr) {
        if matches!(value.kind, ExprKind::Missing) {
            return;
        }
        self.must_be_constant(value);
        let scopes = ["tenant", "managementGroup", "subscription", "resourceGroup"];
        let known = union(scopes.into_iter().map(Type::literal));
        self.narrow(value, &known, Against::default());
    }

    fn metadata(&mut self, decorators: &'a [Decorator], name: &Ident, value: &'a Expr) {
        self.allowed = Allowed::NOTHING;
        if name.text.starts_with('_') {
            let message = format!(
                "`{}` cannot be used: names with `_` in front are reserved",
                name.text
            );
            self.error(name.span, "BCP268", message);
        }
        let kind = self.infer(value);
        self.check_decorators(decorators, On::Metadata, &kind, None);
        if !kind.is_error() {
            self.must_be_constant(value);
        }
    }

    /// What a parameter is to the file itself: what may be one of some values later goes where literals are expected.
    pub(super) fn parameter_type(&mut self, parameter: &'a Parameter) -> Type {
        if self.is_parameters_file {
            self.allowed = Allowed::NOTHING;
            return parameter
                .default
                .as_ref()
                .map_or(Type::Any, |value| self.infer(value));
        }
        let Some(kind) = &parameter.kind else {
            return Type::Any;
        };
        let written = self.decorated_type(kind, &parameter.decorators, Looseness::Loose);
        if written.is_error() {
            return Type::Error;
        }
        self.allowed_values(parameter).unwrap_or(written)
    }

    /// What `@allowed` leaves of a parameter's type. Source: Azure/bicep, the assigned type of a parameter.
    pub(super) fn allowed_values(&mut self, parameter: &'a Parameter) -> Option<Type> {
        let arguments = decorator(&parameter.decorators, "allowed")?;
        let [only] = arguments else {
            return None;
        };
        let ExprKind::Array(items) = &only.kind else {
            return None;
        };
        if items.is_empty() {
            let message = "at least one value has to be allowed";
            return Some(self.error(only.span, "BCP099", message));
        }
        let mut values = Vec::new();
        for item in items {
            let ArrayItem::Value(value) = item else {
                return None;
            };
            let kind = self.quietly(|checker| checker.infer(value));
            if kind.is_error() {
                // What is wrong is said when the decorators are looked at.
                descendants(value, &mut |inner| {
                    self.expressions.remove(&Self::key(inner));
                });
            }
            values.push(kind);
        }
        if values.iter().any(|value| !value.is_literal()) {
            return None;
        }
        let written = self.quietly(|checker| match &parameter.kind {
            Some(kind) => checker.written_type(kind),
            None => Type::Any,
        });
        let all = |is: fn(&Type) -> bool| values.iter().all(is);
        let one_of_them = || Some(union(values.clone()));
        if assignable(&written, &Type::string()) {
            all(|value| matches!(value, Type::StringLiteral(_))).then(one_of_them)?
        } else if assignable(&written, &Type::INT) {
            all(|value| matches!(value, Type::IntLiteral(_))).then(one_of_them)?
        } else if assignable(&written, &Type::BOOL) {
            all(|value| matches!(value, Type::BoolLiteral(_))).then(one_of_them)?
        } else if !assignable(&written, &Type::array()) {
            None
        } else if values.iter().any(|value| matches!(value, Type::Tuple(_))) {
            all(|value| matches!(value, Type::Tuple(_))).then(one_of_them)?
        } else {
            // Any of the values may be in the array.
            Some(Type::array_of(union(values)))
        }
    }

    fn parameter(&mut self, parameter: &'a Parameter) {
        if self.is_parameters_file {
            if let Some(first) = parameter.decorators.first() {
                let message = "parameters files have no decorators";
                self.error(first.expr.span, "BCP130", message);
            }
            self.assigned_parameter(parameter);
            return;
        }
        let written = self.quietly(|checker| match &parameter.kind {
            Some(kind) => checker.decorated_type(kind, &parameter.decorators, Looseness::Loose),
            None => Type::Error,
        });
        self.check_decorators(
            &parameter.decorators,
            On::Parameter,
            &written,
            parameter.kind.as_ref(),
        );
        let Some(default) = &parameter.default else {
            return;
        };
        self.only_parameters(default);
        if without_null(&written).is_some() {
            let message = "a parameter that may be null has no other default";
            self.error(default.span, "BCP326", message);
        }
        self.allowed = Allowed::PARAMETER_DEFAULT;
        let value = self.infer(default);
        let id = self.model.globals.get(&parameter.name.text);
        let target = id.map_or(written, |id| {
            self.declarations.get(id).cloned().unwrap_or(Type::Error)
        });
        if !value.is_error() && !target.is_error() {
            self.narrow(default, &target, Against::default());
        }
    }

    /// Holds what a parameters file assigns against the type of the template's parameter.
    fn assigned_parameter(&mut self, parameter: &'a Parameter) {
        let Some(value) = &parameter.default else {
            return;
        };
        let source = crate::model::using(self.workspace, self.model);
        let target = source.and_then(|source| {
            let parameters = &source.interface().parameters;
            let found = parameters.get(&parameter.name.text)?;
            Some(found.kind.clone())
        });
        let actual = self.infer(value);
        if let Some(target) = target.filter(|_| !actual.is_error()) {
            let target = match (&parameter.default, target) {
                // Null stands for the default value.
                (Some(value), target) if matches!(value.kind, ExprKind::Null) => nullable(target),
                (_, target) => target,
            };
            self.narrow(value, &target, Against::default());
        }
    }

    /// Default values know nothing but other parameters.
    fn only_parameters(&mut self, default: &'a Expr) {
        let mut found = Vec::new();
        descendants(default, &mut |expr| {
            let ExprKind::Name(name) = &expr.kind else {
                return;
            };
            let Some(Target::Declaration(id)) = self.model.target(name) else {
                return;
            };
            if matches!(
                self.model.declarations[id].kind,
                DeclarationKind::Variable(_)
                    | DeclarationKind::Resource(_)
                    | DeclarationKind::Module(_)
            ) {
                found.push(expr.span);
            }
        });
        for span in found {
            let message = "the default of a parameter can only use other parameters";
            self.error(span, "BCP072", message);
        }
    }

    pub(super) fn variable_type(&mut self, variable: &'a Variable) -> Type {
        self.allowed = Allowed::RUNTIME;
        let written = variable
            .kind
            .as_ref()
            .map(|kind| self.decorated_type(kind, &variable.decorators, Looseness::Strict));
        let value = self.infer(&variable.value);
        match written {
            None if self.is_parameters_file => value,
            None => match value {
                Type::Lambda(_) => Type::Any,
                value => value,
            },
            Some(Type::Error) => Type::Error,
            Some(written) => {
                self.narrow(&variable.value, &written, Against::default());
                written
            }
        }
    }

    fn variable(&mut self, variable: &'a Variable) {
        let kind = self.known(&variable.value);
        self.check_decorators(
            &variable.decorators,
            On::Variable,
            &kind,
            variable.kind.as_ref(),
        );
        if variable.name.text.eq_ignore_ascii_case("copy") && !self.is_parameters_file {
            let message = "`copy` is reserved, so a variable cannot have this name";
            self.error(variable.name.span, "BCP239", message);
        }
    }

    fn type_declaration(&mut self, declared: &'a TypeDeclaration, kind: &Type) {
        if &*declared.name.text == "resource" {
            let message = "`resource` is reserved, so a type cannot have this name";
            self.error(declared.name.span, "BCP301", message);
        }
        self.check_decorators(&declared.decorators, On::Type, kind, Some(&declared.value));
    }

    fn function(&mut self, function: &'a Function) {
        self.allowed = Allowed::RUNTIME;
        let mut parameters = Vec::new();
        for (name, kind) in &function.parameters {
            let kind = self.written_type(kind);
            self.locals.insert(name.span.start, kind.clone());
            parameters.push(kind);
        }
        let result = self.written_type(&function.output);
        let body = self.infer(&function.body);
        if !body.is_error() && !result.is_error() {
            self.narrow(&function.body, &result, Against::default());
        }
        let kind = Type::Lambda(Rc::new(Lambda {
            required: parameters.len(),
            parameters,
            result,
        }));
        self.check_decorators(&function.decorators, On::Function, &kind, None);
    }

    fn output(&mut self, output: &'a Output) {
        self.allowed = Allowed::RUNTIME;
        let kind = self.decorated_type(&output.kind, &output.decorators, Looseness::Strict);
        self.check_decorators(&output.decorators, On::Output, &kind, Some(&output.kind));
        let value = self.infer(&output.value);
        if !value.is_error() && !kind.is_error() {
            self.narrow(&output.value, &kind, Against::default());
        }
    }

    fn test(&mut self, test: &'a crate::ast::Module) {
        let configuration = self.workspace.configuration(&self.model.path);
        if !configuration.enables("testFramework") {
            let message = "`test` is experimental; switch `testFramework` on in `bicepconfig.json`";
            self.error(
                Span::new(test.span.start, test.name.span.end),
                "BCP348",
                message,
            );
        }
        if let Some(object) = &test.body.object {
            self.object(object);
        }
        let Some(path) = test.path.plain() else {
            let message = "the path of a test cannot be computed";
            self.error(test.path.span, "BCP092", message);
            return;
        };
        if test.path.span.is_empty() {
            return;
        }
        let target = crate::model::join(&self.model.path, path);
        if path.is_empty() {
            self.error(test.path.span, "BCP050", "the path is empty");
        } else if self.workspace.text(&target).is_err() {
            let location = self.location(test.path.span);
            let message = format!("there is no file `{path}`");
            self.push(Diagnostic::error("BCP091", location, message));
        }
        self.check_decorators(&test.decorators, On::Metadata, &Type::Error, None);
    }
}
