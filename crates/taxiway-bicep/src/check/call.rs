//! Calls of functions, of the language, of files and of resources.

use std::rc::Rc;

use taxiway_diagnostics::{Diagnostic, Span};

use super::function_place::{is_in_scope, is_of_azure, replaced};
use super::narrow::Against;
use super::signatures::{self, Place, Signature, Takes};
use super::{Checker, FunctionType, literal, results};
use crate::ast::{Expr, ExprKind, Ident};
use crate::functions;
use crate::model::{DeclarationId, DeclarationKind, ImportSource, LoadFunction, Target};
use crate::types::{Type, assignable, assignable_without_null, nullable, union};

/// A call: where, and of what.
#[derive(Clone, Copy)]
struct Call<'a> {
    expr: &'a Expr,
    name: &'a Ident,
    arguments: &'a [Expr],
}

/// An overload as types.
struct Overload {
    parameters: Vec<Type>,
    required: usize,
    rest: Option<Type>,
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

    fn takes(&self, index: usize) -> Option<&Type> {
        self.parameters.get(index).or(self.rest.as_ref())
    }

    fn takes_count(&self, count: usize) -> bool {
        count >= self.required && (self.rest.is_some() || count <= self.parameters.len())
    }

    /// The first argument that does not go.
    fn mismatch(&self, arguments: &[Type]) -> Option<usize> {
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

    fn result(
        &mut self,
        call: Call<'a>,
        overloads: &[&Signature],
        types: &[Overload],
        arguments: &[Type],
    ) -> Type {
        let fits = |overload: &Overload| {
            overload.takes_count(arguments.len()) && overload.mismatch(arguments).is_none()
        };
        let matches: Vec<usize> = (0..types.len())
            .filter(|index| fits(&types[*index]))
            .collect();
        let has_any = arguments.iter().any(Type::is_any);
        let index = match matches.as_slice() {
            [] => return Type::Any,
            [only] => *only,
            [first, ..] if !has_any => *first,
            _ => return Type::Any,
        };
        let signature = overloads[index];
        if matches!(signature.place, Place::ParametersFile)
            && signature.name != "readEnvironmentVariable"
        {
            for argument in call.arguments {
                self.must_be_constant(argument);
            }
        }
        for (position, argument) in call.arguments.iter().enumerate() {
            if let Some(takes) = types[index].takes(position)
                && !takes.is_any()
                && !matches!(signature.takes(position), Some(Takes::Lambda(..)))
            {
                self.narrow(argument, takes, Against::default());
            }
        }
        if literal::fails(signature.name, arguments) {
            let message = format!("`{}` fails with these arguments", signature.name);
            self.warning(call.expr.span, "BCP234", message);
        }
        self.special_result(call, signature, arguments)
            .or_else(|| literal::fold(signature.name, arguments))
            .unwrap_or_else(|| signatures::result(signature.gives, arguments))
    }

    /// What depends on more than the types of the arguments.
    fn special_result(
        &mut self,
        call: Call<'a>,
        signature: &Signature,
        arguments: &[Type],
    ) -> Option<Type> {
        match signature.name {
            "nameof" => {
                let argument = call.arguments.first()?;
                if !is_named(argument) {
                    let message = "only what has a name can stand in `nameof`";
                    return Some(self.error(argument.span, "BCP408", message));
                }
                Some(Type::string())
            }
            "deployment" => Some(self.deployment_type()),
            "first" | "last" if arguments.iter().all(Type::is_any) => Some(Type::Any),
            "json" => match arguments.first()? {
                Type::StringLiteral(text) => match serde_json::from_str(text) {
                    Ok(value) => Some(literal::of_value(&value)),
                    Err(_) => {
                        let argument = call.arguments.first()?;
                        let message = "this is no JSON";
                        Some(self.error(argument.span, "BCP186", message))
                    }
                },
                _ => None,
            },
            _ => {
                LoadFunction::of(self.model, call.expr)?;
                let loaded = self.model.loads.get(&call.expr.span.start);
                Some(match loaded {
                    Some(loaded) if functions::is_document(signature.name) => {
                        literal::of_value(&loaded.value)
                    }
                    Some(_) => Type::string(),
                    // Why nothing could be loaded has been reported.
                    None => Type::Error,
                })
            }
        }
    }

    fn deployment_type(&self) -> Type {
        let scoped = self.model.target_scope == crate::model::TargetScope::ResourceGroup;
        match results::deployment(&[]) {
            Type::Object(object) if !scoped => {
                let mut members: Vec<(&str, Type)> = object
                    .members
                    .iter()
                    .map(|(name, member)| (&**name, member.kind.clone()))
                    .collect();
                members.push(("location", Type::string()));
                Type::object_of("deployment", members)
            }
            other => other,
        }
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

/// What the parameters of a lambda are, as far as the arguments before it tell.
fn lambda_parameters(name: &str, index: usize, before: &[Type]) -> Vec<Type> {
    let first = before.first().cloned().unwrap_or(Type::Any);
    let item = results::item(&first);
    match name {
        "map" | "filter" => vec![item, Type::INT],
        "sort" => vec![item.clone(), item],
        "reduce" if index == 2 => {
            let start = before.get(1).map_or(Type::Any, widened);
            vec![start, item, Type::INT]
        }
        "toObject" | "groupBy" => vec![item],
        "mapValues" => vec![results::member_values(&first)],
        _ => Vec::new(),
    }
}

/// A value that is to be replaced by others is not just what it is at first.
fn widened(kind: &Type) -> Type {
    match kind {
        Type::StringLiteral(_) => Type::string(),
        Type::IntLiteral(_) => Type::INT,
        Type::BoolLiteral(_) => Type::BOOL,
        Type::Object(_) => Type::object(),
        Type::Tuple(_) => Type::array(),
        _ => Type::Any,
    }
}

fn is_named(expr: &Expr) -> bool {
    match &expr.kind {
        ExprKind::Name(_) | ExprKind::Nested { .. } => true,
        ExprKind::Property { .. } => true,
        ExprKind::Index { index, .. } => index.plain_string().is_some(),
        ExprKind::NonNull(inner) => is_named(inner),
        _ => false,
    }
}
