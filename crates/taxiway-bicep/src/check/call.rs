//! Calls of functions, of the language, of files and of resources.

use std::rc::Rc;

use taxiway_diagnostics::{Diagnostic, Span};

use super::call_result::lambda_parameters;
use super::function_place::{is_in_scope, is_of_azure, replaced};
use super::narrow::Against;
use super::signatures::{self, Place, Signature};
use super::{Checker, FunctionType};
use crate::ast::{Expr, ExprKind, Ident};
use crate::functions;
use crate::model::{DeclarationId, DeclarationKind, ImportSource, Target};
use crate::types::{Type, assignable, assignable_without_null, nullable, union};

/// A call: where, and of what.
#[derive(Clone, Copy)]
pub(super) struct Call<'a> {
    pub(super) expr: &'a Expr,
    pub(super) name: &'a Ident,
    pub(super) arguments: &'a [Expr],
}

/// An overload as types.
pub(super) struct Overload {
    pub(super) parameters: Vec<Type>,
    pub(super) required: usize,
    pub(super) rest: Option<Type>,
}

impl Overload {
    fn of(signature: &Signature) -> Self {
        Self {
            parameters: signature
                .parameters
                .iter()
                .map(|takes| signatures::type_of(*takes))
                .collect(),
            required: signature.required,
            rest: signature.rest.map(signatures::type_of),
        }
    }

    pub(super) fn takes(&self, index: usize) -> Option<&Type> {
        self.parameters.get(index).or(self.rest.as_ref())
    }

    pub(super) fn takes_count(&self, count: usize) -> bool {
        count >= self.required && (self.rest.is_some() || count <= self.parameters.len())
    }

    /// The first argument that does not go.
    pub(super) fn mismatch(&self, arguments: &[Type]) -> Option<usize> {
        arguments.iter().enumerate().find_map(|(index, argument)| {
            let takes = self.takes(index)?;
            (!assignable(argument, takes)).then_some(index)
        })
    }
}

impl<'a> Checker<'a> {
    pub(super) fn call(&mut self, expr: &'a Expr, name: &'a Ident, arguments: &'a [Expr]) -> Type {
        let call = Call {
            expr,
            name,
            arguments,
        };
        match self.model.target(name) {
            Some(Target::Declaration(id)) => self.call_of_declared(call, id),
            Some(_) => {
                self.arguments(call);
                Type::Error
            }
            None => self.call_of_builtin(call, None),
        }
    }

    fn call_of_declared(&mut self, call: Call<'a>, id: DeclarationId) -> Type {
        if let Some(error) = self.cycle_at(id, call.expr.span) {
            self.arguments(call);
            return error;
        }
        match self.function_type(id) {
            Some(function) => self.call_of_function(call, &function),
            None => {
                self.arguments(call);
                Type::Error
            }
        }
    }

    /// What a declared or imported function takes and gives.
    fn function_type(&mut self, id: DeclarationId) -> Option<Rc<FunctionType>> {
        if let Some(known) = self.functions.get(&id) {
            return Some(Rc::clone(known));
        }
        let model = self.model;
        let function = match &model.declarations[id].kind {
            DeclarationKind::Function(function) => Rc::new(self.signature_of(function)),
            DeclarationKind::Imported { source, name } => {
                Rc::clone(source.interface().functions.get(name)?)
            }
            _ => return None,
        };
        self.functions.insert(id, Rc::clone(&function));
        Some(function)
    }

    fn call_of_function(&mut self, call: Call<'a>, function: &FunctionType) -> Type {
        let overload = Overload {
            parameters: function.parameters.clone(),
            required: function.parameters.len(),
            rest: None,
        };
        let (arguments, is_error) = self.arguments(call);
        if !self.resolve(call, std::slice::from_ref(&overload), &arguments) || is_error {
            return Type::Error;
        }
        for (argument, kind) in call.arguments.iter().zip(&function.parameters) {
            self.narrow(argument, kind, Against::default());
        }
        function.result.clone()
    }

    /// The types of the arguments, those with errors as `any`; and whether there were errors.
    fn arguments(&mut self, call: Call<'a>) -> (Vec<Type>, bool) {
        let mut is_error = false;
        let mut kinds: Vec<Type> = Vec::new();
        for (index, argument) in call.arguments.iter().enumerate() {
            if let ExprKind::Lambda { parameters, .. } = &argument.bare().kind {
                let known = lambda_parameters(&call.name.text, index, &kinds);
                for (parameter, kind) in parameters.iter().zip(known) {
                    self.locals.insert(parameter.span.start, kind);
                }
            }
            let kind = self.infer(argument);
            is_error |= kind.is_error();
            kinds.push(if kind.is_error() { Type::Any } else { kind });
        }
        (kinds, is_error)
    }

    /// A call of a function of the language, of `sys.` or `az.` where that is written.
    fn call_of_builtin(&mut self, call: Call<'a>, namespace: Option<&str>) -> Type {
        let name = &*call.name.text;
        if let Some((code, help)) = replaced(name)
            && namespace != Some("az")
        {
            self.arguments(call);
            let message = format!("there is no function `{name}` in this language");
            let location = self.location(call.name.span);
            self.push(Diagnostic::error(code, location, message).help(help));
            return Type::Error;
        }
        let is_known = functions::is_known(name) && self.is_there(name, namespace);
        if !is_known {
            self.arguments(call);
            return self.unknown_function(call, namespace);
        }
        if name == "getSecret" {
            self.arguments(call);
            return Type::string();
        }
        let overloads: Vec<&Signature> = signatures::overloads(name)
            .iter()
            .filter(|signature| is_in_scope(signature, self.model.target_scope))
            .collect();
        let place = overloads
            .first()
            .map_or(Place::Anywhere, |signature| signature.place);
        if name == "providers" {
            let message = "`providers` is about to be removed from the language";
            self.warning(call.name.span, "BCP241", message);
        }
        let is_allowed = self.may_stand_here(name, place, call.name.span);
        let (arguments, is_error) = self.arguments(call);
        if !is_allowed {
            return Type::Error;
        }
        let types: Vec<Overload> = overloads
            .iter()
            .map(|signature| Overload::of(signature))
            .collect();
        let arguments = self.without_possible_null(call, &types, arguments);
        if !self.resolve(call, &types, &arguments) || is_error {
            return Type::Error;
        }
        self.result(call, &overloads, &types, &arguments)
    }

    fn is_there(&self, name: &str, namespace: Option<&str>) -> bool {
        let of_azure = is_of_azure(name);
        if self.is_parameters_file && of_azure && name != "getSecret" {
            return false;
        }
        match namespace {
            Some("az") => of_azure,
            Some(_) => !of_azure,
            None => true,
        }
    }

    fn unknown_function(&mut self, call: Call<'a>, namespace: Option<&str>) -> Type {
        let name = &call.name.text;
        let known: Vec<&str> = functions::names()
            .filter(|name| self.is_there(name, namespace))
            .collect();
        let similar = super::spelling::similar(name, known);
        let (code, message) = match (namespace, similar) {
            (Some(space), None) => ("BCP107", format!("`{space}` has no function `{name}`")),
            (Some(space), Some(_)) => ("BCP108", format!("`{space}` has no function `{name}`")),
            // What is not known at all was reported where names are resolved.
            (None, _) if !functions::is_known(name) => return Type::Error,
            (None, _) => (
                "BCP057",
                format!("`{name}` cannot be called in parameters files"),
            ),
        };
        let mut diagnostic = Diagnostic::error(code, self.location(call.name.span), message);
        if let Some(similar) = similar {
            diagnostic = diagnostic.help(format!("did you mean `{similar}`?"));
        }
        self.push(diagnostic);
        Type::Error
    }

    /// Takes null off arguments that would go without it, with a warning.
    fn without_possible_null(
        &mut self,
        call: Call<'a>,
        overloads: &[Overload],
        mut arguments: Vec<Type>,
    ) -> Vec<Type> {
        let fits = |arguments: &[Type]| {
            overloads.iter().any(|overload| {
                overload.takes_count(arguments.len()) && overload.mismatch(arguments).is_none()
            })
        };
        if fits(&arguments) {
            return arguments;
        }
        for (index, argument) in call.arguments.iter().enumerate() {
            let stripped = overloads.iter().find_map(|overload| {
                let takes = overload.takes(index)?;
                let rest = assignable_without_null(&arguments[index], takes)?;
                Some((rest, takes.clone()))
            });
            if let Some((rest, takes)) = stripped {
                let kind = std::mem::replace(&mut arguments[index], rest);
                self.possible_null(argument, &kind, &takes);
            }
        }
        arguments
    }

    /// Whether an overload takes these arguments; reports it if none does.
    fn resolve(&mut self, call: Call<'a>, overloads: &[Overload], arguments: &[Type]) -> bool {
        let mut mismatches: Vec<(usize, &Overload)> = Vec::new();
        for overload in overloads {
            if !overload.takes_count(arguments.len()) {
                continue;
            }
            match overload.mismatch(arguments) {
                None => return true,
                Some(index) => mismatches.push((index, overload)),
            }
        }
        let Some((first, _)) = mismatches.first() else {
            self.wrong_count(call, overloads, arguments.len());
            return false;
        };
        let same = mismatches.len() > 1 && mismatches.iter().all(|(index, _)| index == first);
        let Some((index, overload)) = mismatches.iter().max_by_key(|(index, _)| *index) else {
            return false;
        };
        let span = call.arguments[*index].span;
        let actual = &arguments[*index];
        let name = &call.name.text;
        if same {
            let takes: Vec<Type> = mismatches
                .iter()
                .filter_map(|(index, overload)| overload.takes(*index).cloned())
                .collect();
            let message = format!(
                "`{name}` takes {} here, and this is `{actual}`",
                union(takes)
            );
            self.error(span, "BCP048", message);
        } else if let Some(takes) = overload.takes(*index) {
            let message = format!("`{name}` takes `{takes}` here, and this is `{actual}`");
            self.error(span, "BCP070", message);
        }
        false
    }

    fn wrong_count(&mut self, call: Call<'a>, overloads: &[Overload], given: usize) {
        let least = overloads.iter().map(|overload| overload.required).min();
        let most = overloads
            .iter()
            .map(|overload| match overload.rest {
                Some(_) => usize::MAX,
                None => overload.parameters.len(),
            })
            .max();
        let (Some(least), Some(most)) = (least, most) else {
            return;
        };
        let takes = match most {
            usize::MAX => format!("at least {least}"),
            most if most == least => most.to_string(),
            most => format!("{least} to {most}"),
        };
        let plural = if takes == "1" { "" } else { "s" };
        let name = &call.name.text;
        let message = format!("`{name}` takes `{takes}` argument{plural}, and {given} are given");
        let span = Span::new(call.name.span.end, call.expr.span.end);
        self.error(span, "BCP071", message);
    }

    /// `base.name(…)`
    pub(super) fn method(
        &mut self,
        expr: &'a Expr,
        base: &'a Expr,
        name: &'a Ident,
        arguments: &'a [Expr],
    ) -> Type {
        let call = Call {
            expr,
            name,
            arguments,
        };
        let kind = self.infer(base);
        if kind.is_error() || call.name.text.is_empty() {
            self.arguments(call);
            return Type::Error;
        }
        if let ExprKind::Name(space) = &base.bare().kind {
            match self.model.target(space) {
                Some(Target::Namespace) if matches!(&*space.text, "sys" | "az") => {
                    return self.call_of_builtin(call, Some(&space.text));
                }
                Some(Target::Namespace) => {
                    self.arguments(call);
                    return Type::Any;
                }
                Some(Target::Declaration(id)) => {
                    if let DeclarationKind::Wildcard(source) = &self.model.declarations[id].kind {
                        return self.call_of_imported(call, source);
                    }
                }
                _ => {}
            }
        }
        if self.is_conditional(base) {
            let message = "what this belongs to is only deployed under a condition";
            self.warning(name.span, "BCP422", message);
        }
        self.call_of_method(call, &kind)
    }

    fn call_of_imported(&mut self, call: Call<'a>, source: &ImportSource) -> Type {
        let function = source.interface().functions.get(&call.name.text).cloned();
        match function {
            Some(function) => self.call_of_function(call, &function),
            None => {
                self.arguments(call);
                let message = format!(
                    "`{}` exports no function `{}`",
                    source.path(),
                    call.name.text
                );
                self.error(call.name.span, "BCP107", message)
            }
        }
    }

    fn call_of_method(&mut self, call: Call<'a>, base: &Type) -> Type {
        let (arguments, is_error) = self.arguments(call);
        let name = &*call.name.text;
        if base.is_any() {
            return Type::Any;
        }
        if !matches!(
            base.body(),
            Type::Object(_) | Type::Tagged(_) | Type::Scope(..) | Type::Namespace(_)
        ) {
            let message = format!("`{base}` has no functions");
            return self.error(call.name.span, "BCP067", message);
        }
        let (parameters, required, result) = match base {
            Type::Resource(_) if name.starts_with("list") => {
                (vec![Type::string(), Type::object()], 0, Type::Any)
            }
            Type::Resource(resource)
                if name == "getSecret"
                    && resource
                        .kind
                        .eq_ignore_ascii_case("Microsoft.KeyVault/vaults") =>
            {
                let secret = Type::String(crate::types::Text {
                    is_secret: true,
                    looseness: crate::types::Looseness::Loose,
                    ..crate::types::Text::default()
                });
                (vec![Type::string(), Type::string()], 1, secret)
            }
            _ if name.is_empty() => return Type::Error,
            _ => {
                let message = format!("`{base}` has no function `{name}`");
                return self.error(call.name.span, "BCP109", message);
            }
        };
        let overload = Overload {
            parameters: parameters.into_iter().map(nullable).collect(),
            required,
            rest: None,
        };
        if !self.resolve(call, &[overload], &arguments) || is_error {
            return Type::Error;
        }
        result
    }
}

pub(super) fn is_named(expr: &Expr) -> bool {
    match &expr.kind {
        ExprKind::Name(_) | ExprKind::Nested { .. } => true,
        ExprKind::Property { .. } => true,
        ExprKind::Index { index, .. } => index.plain_string().is_some(),
        ExprKind::NonNull(inner) => is_named(inner),
        _ => false,
    }
}
