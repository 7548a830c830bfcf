//! Decorators: which may stand where, what they take, and what they mean together with what they decorate.

use std::collections::HashMap;

use taxiway_diagnostics::Span;

use super::Checker;
use super::declared::integer;
use crate::ast::{Decorator, Expr, ExprKind, Ident, TypeExpr, TypeKind};
use crate::functions;
use crate::model::Target;
use crate::types::{Type, assignable, union, without_null};

/// What is decorated.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum On {
    Parameter,
    Output,
    Type,
    /// A member of an object type, or an item of a tuple.
    Member,
    Variable,
    Resource,
    Module,
    Function,
    Metadata,
    Nothing,
}

impl On {
    const fn bit(self) -> u8 {
        match self {
            Self::Parameter => 1,
            Self::Output => 2,
            Self::Type | Self::Member => 4,
            Self::Variable => 8,
            Self::Resource => 16,
            Self::Module => 32,
            Self::Function => 64,
            Self::Metadata => 128,
            Self::Nothing => 0,
        }
    }

    /// The code of a decorator that belongs elsewhere, and what this is called.
    const fn wrong(self) -> (&'static str, &'static str) {
        match self {
            Self::Parameter => ("BCP125", "a parameter"),
            Self::Output => ("BCP129", "an output"),
            Self::Type | Self::Member => ("BCP297", "a type"),
            Self::Variable => ("BCP126", "a variable"),
            Self::Resource => ("BCP127", "a resource"),
            Self::Module => ("BCP128", "a module"),
            Self::Metadata => ("BCP269", "metadata"),
            Self::Function | Self::Nothing => ("BCP152", "this"),
        }
    }
}

const VALUE: u8 = 1 | 2 | 4;
const DEPLOYED: u8 = 16 | 32;

/// What a decorator is attached to, by the type of that.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Attached {
    Anything,
    TextOrObject,
    TextOrArray,
    Int,
    Object,
}

struct Known {
    name: &'static str,
    on: u8,
    attached: Attached,
    /// What it takes, the last of them left out or not.
    takes: &'static [Argument],
    required: usize,
    is_constant: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Argument {
    Text,
    Int,
    Array,
    Object,
    Texts,
    Any,
}

const fn known(
    name: &'static str,
    on: u8,
    attached: Attached,
    takes: &'static [Argument],
) -> Known {
    Known {
        name,
        on,
        attached,
        takes,
        required: takes.len(),
        is_constant: true,
    }
}

/// Source: Bicep decorators, documentation of the language.
const KNOWN: &[Known] = &[
    known("description", 255, Attached::Anything, &[Argument::Text]),
    known("secure", VALUE, Attached::TextOrObject, &[]),
    known("allowed", 1, Attached::Anything, &[Argument::Array]),
    known("minValue", VALUE, Attached::Int, &[Argument::Int]),
    known("maxValue", VALUE, Attached::Int, &[Argument::Int]),
    known("minLength", VALUE, Attached::TextOrArray, &[Argument::Int]),
    known("maxLength", VALUE, Attached::TextOrArray, &[Argument::Int]),
    known("metadata", VALUE, Attached::Anything, &[Argument::Object]),
    Known {
        is_constant: false,
        ..known("batchSize", DEPLOYED, Attached::Anything, &[Argument::Int])
    },
    Known {
        required: 1,
        ..known(
            "retryOn",
            DEPLOYED,
            Attached::Anything,
            &[Argument::Texts, Argument::Int],
        )
    },
    known("onlyIfNotExists", DEPLOYED, Attached::Anything, &[]),
    known("nullIfNotFound", 16, Attached::Anything, &[]),
    known("patch", 16, Attached::Anything, &[]),
    Known {
        is_constant: false,
        ..known(
            "waitUntil",
            16,
            Attached::Anything,
            &[Argument::Any, Argument::Text],
        )
    },
    known("sealed", VALUE, Attached::Object, &[]),
    known("discriminator", VALUE, Attached::Object, &[Argument::Text]),
    known("export", 4 | 8 | 64, Attached::Anything, &[]),
    Known {
        required: 1,
        is_constant: false,
        ..known(
            "validate",
            VALUE,
            Attached::Anything,
            &[Argument::Any, Argument::Text],
        )
    },
];

/// Decorators that are there without being declared.
pub(crate) fn is_known_decorator(name: &str) -> bool {
    KNOWN.iter().any(|known| known.name == name)
}

fn find(name: &str) -> Option<&'static Known> {
    KNOWN.iter().find(|known| known.name == name)
}

fn takes(argument: Argument) -> Type {
    match argument {
        Argument::Text => Type::string(),
        Argument::Int => Type::INT,
        Argument::Array => Type::array(),
        Argument::Object => Type::object(),
        Argument::Texts => Type::array_of(Type::string()),
        Argument::Any => Type::Any,
    }
}

impl<'a> Checker<'a> {
    /// Checks the decorators of what is of type `kind`, written as `written` if a type is written.
    pub(super) fn check_decorators(
        &mut self,
        decorators: &'a [Decorator],
        on: On,
        kind: &Type,
        written: Option<&'a TypeExpr>,
    ) {
        let mut seen: HashMap<&str, Vec<Span>> = HashMap::new();
        for decorator in decorators {
            let Some(known) = self.decorator(decorator, on) else {
                continue;
            };
            seen.entry(known.name)
                .or_default()
                .push(decorator.expr.span);
            self.attached(decorator, known, kind, written);
        }
        for known in KNOWN {
            let spans = seen.get(known.name).filter(|spans| spans.len() > 1);
            for span in spans.into_iter().flatten() {
                let message = format!("`{}` is given more than once", known.name);
                self.error(*span, "BCP166", message);
            }
        }
    }

    /// Decorators with nothing after them.
    pub(super) fn dangling(&mut self, decorators: &'a [Decorator]) {
        let Some(last) = decorators.last() else {
            return;
        };
        let mut meant = None;
        for decorator in decorators {
            self.decorator(decorator, On::Nothing);
            meant = decorator.call().and_then(|(name, _)| find(name));
        }
        if self.has_syntax_error(last.expr.span) {
            return;
        }
        let (code, what) = match meant.map(|known| known.on) {
            Some(VALUE) => ("BCP292", "a parameter, output or type"),
            Some(1) => ("BCP147", "a parameter"),
            Some(DEPLOYED) => ("BCP153", "a resource or module"),
            Some(16) => ("BCP149", "a resource"),
            _ => ("BCP132", "a declaration"),
        };
        let message = format!("{what} is expected after the decorator");
        self.error(last.expr.span, code, message);
    }

    /// The decorator that is meant, if it may stand here and takes what it is given.
    fn decorator(&mut self, decorator: &'a Decorator, on: On) -> Option<&'static Known> {
        let expr = &decorator.expr;
        let is_qualified = matches!(expr.kind, ExprKind::Method { .. });
        let (name, arguments) = match &expr.kind {
            ExprKind::Call { name, arguments } => (name, arguments),
            ExprKind::Method {
                base,
                name,
                arguments,
            } => {
                let ExprKind::Name(space) = &base.kind else {
                    return None;
                };
                if self.model.target(space) != Some(Target::Namespace) {
                    self.infer(base);
                    return None;
                }
                if &*space.text != "sys" {
                    let message = format!("`{}` has no decorator `{}`", space.text, name.text);
                    self.error(name.span, "BCP107", message);
                    return None;
                }
                (name, arguments)
            }
            ExprKind::Name(name) => {
                self.uncalled(name);
                return None;
            }
            ExprKind::Missing => return None,
            ExprKind::Property { name, .. } if name.text.is_empty() => return None,
            _ => {
                self.error(expr.span, "BCP141", "a decorator is a call");
                return None;
            }
        };
        // Source: Azure/bicep, the type checker: a decorator that is named in full may stand on any member or function.
        let is_anywhere = is_qualified && matches!(on, On::Member | On::Function);
        let on = if is_anywhere { On::Nothing } else { on };
        let known = self.known_decorator(name, on);
        for argument in arguments {
            self.infer(argument);
        }
        let known = known?;
        self.takes_arguments(expr, name, arguments, known)
            .then_some(known)
    }

    fn uncalled(&mut self, name: &Ident) {
        if self.model.target(name).is_some() {
            let message = format!("`{}` is no decorator", name.text);
            self.error(name.span, "BCP141", message);
        } else if is_known_decorator(&name.text) || functions::is_known(&name.text) {
            let message = format!("`{}` has to be called: `@{}()`", name.text, name.text);
            self.error(name.span, "BCP063", message);
        } else {
            let message = format!("nothing is called `{}` here", name.text);
            self.error(name.span, "BCP057", message);
        }
    }

    fn known_decorator(&mut self, name: &Ident, on: On) -> Option<&'static Known> {
        if name.text.is_empty() {
            return None;
        }
        let Some(known) = find(&name.text) else {
            if self.model.target(name).is_some() {
                let message = format!("`{}` is no decorator", name.text);
                self.error(name.span, "BCP152", message);
            } else if functions::is_known(&name.text) {
                let message = format!("`{}` is a function, and no decorator", name.text);
                self.error(name.span, "BCP152", message);
            } else {
                let similar =
                    super::spelling::similar(&name.text, KNOWN.iter().map(|known| known.name));
                let (code, hint) = match similar {
                    Some(similar) => ("BCP082", format!("; did you mean `{similar}`?")),
                    None => ("BCP057", String::new()),
                };
                let message = format!("there is no decorator `{}`{hint}", name.text);
                self.error(name.span, code, message);
            }
            return None;
        };
        if on != On::Nothing && known.on & on.bit() == 0 {
            let (code, what) = on.wrong();
            let message = format!("`{}` cannot decorate {what}", name.text);
            self.error(name.span, code, message);
            return None;
        }
        Some(known)
    }

    fn takes_arguments(
        &mut self,
        expr: &Expr,
        name: &Ident,
        arguments: &'a [Expr],
        known: &Known,
    ) -> bool {
        if arguments.len() < known.required || arguments.len() > known.takes.len() {
            let message = format!(
                "`{}` takes {} argument(s), and {} are given",
                name.text,
                known.takes.len(),
                arguments.len()
            );
            self.error(Span::new(name.span.end, expr.span.end), "BCP071", message);
            return false;
        }
        let mut fits = true;
        for (argument, wanted) in arguments.iter().zip(known.takes) {
            let kind = self.infer(argument);
            if kind.is_error() {
                fits = false;
                continue;
            }
            let wanted = takes(*wanted);
            if !assignable(&kind, &wanted) {
                let message = format!("`{}` takes `{wanted}`, and this is `{kind}`", name.text);
                self.error(argument.span, "BCP070", message);
                fits = false;
            } else if known.is_constant {
                self.must_be_constant(argument);
            }
        }
        fits
    }

    fn attached(
        &mut self,
        decorator: &'a Decorator,
        known: &Known,
        kind: &Type,
        written: Option<&'a TypeExpr>,
    ) {
        let span = decorator.expr.span;
        let arguments = decorator.call().map_or(&[][..], |(_, arguments)| arguments);
        if kind.is_error() {
            return;
        }
        let target = without_null(kind).unwrap_or_else(|| kind.clone()).open();
        let fits = match known.attached {
            Attached::Anything => true,
            Attached::TextOrObject => assignable(&target, &union([Type::string(), Type::object()])),
            Attached::TextOrArray => assignable(&target, &union([Type::string(), Type::array()])),
            Attached::Int => assignable(&target, &Type::INT),
            Attached::Object => assignable(&target, &Type::object()),
        };
        if !fits {
            let message = format!("`{}` does not go with `{target}`", known.name);
            self.error(span, "BCP124", message);
        }
        match known.name {
            "secure" if fits => self.not_on_alias(span, known.name, written),
            "minValue" | "maxValue" => self.not_on_alias(span, known.name, written),
            "minLength" | "maxLength" => {
                self.not_on_alias(span, known.name, written);
                if fits && (matches!(target, Type::Union(_)) || target.is_literal()) {
                    self.not_on_literal(span, known.name);
                }
                let length = arguments.first().and_then(integer);
                if let (Some(argument), Some(..0)) = (arguments.first(), length) {
                    self.error(argument.span, "BCP168", "a length is not negative");
                }
            }
            "allowed" => self.allowed_decorator(span, arguments, &target, written),
            "metadata" => self.metadata_decorator(arguments),
            "batchSize" => self.batch_size(span, arguments, &target),
            "sealed" => self.sealed(span, written),
            "discriminator" => self.discriminator_decorator(span, arguments, &target),
            "export" => self.export(span, written),
            _ => {}
        }
    }

    pub(super) fn not_on_literal(&mut self, span: Span, name: &str) {
        let message = format!("`{name}` cannot decorate a type that says all its values");
        self.error(span, "BCP295", message);
    }

    pub(super) fn not_on_alias(&mut self, span: Span, name: &str, written: Option<&TypeExpr>) {
        if written.is_some_and(|written| self.is_alias(written)) {
            let message = format!("`{name}` belongs where the type is declared");
            self.error(span, "BCP308", message);
        }
    }

    fn is_alias(&self, written: &TypeExpr) -> bool {
        match &written.kind {
            TypeKind::Nullable(inner) => self.is_alias(inner),
            TypeKind::Name(name, _) => self.declaration(name).is_some(),
            TypeKind::Property(base, ..)
            | TypeKind::AdditionalOf(base)
            | TypeKind::ItemOf(base)
            | TypeKind::IndexOf(base, _) => self.is_alias(base),
            _ => false,
        }
    }
}
