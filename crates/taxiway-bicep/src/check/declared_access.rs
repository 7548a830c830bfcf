//! Parts of written types, and types derived from resources.

use taxiway_diagnostics::{Diagnostic, Span};

use super::Checker;
use crate::ast::{Expr, ExprKind, Ident, TypeExpr, TypeKind, UnaryOperator};
use crate::model::{DeclarationKind, Target};
use crate::types::{self, BodyUse, Type, without_null};

impl<'a> Checker<'a> {
    /// `base.name`, in a type.
    pub(super) fn type_member(
        &mut self,
        kind: &'a TypeExpr,
        base: &'a TypeExpr,
        name: &'a Ident,
        arguments: &'a [TypeExpr],
        is_base: bool,
    ) -> Type {
        if let TypeKind::Name(space, _) = &base.kind {
            match self.model.target(space) {
                Some(Target::Namespace) => {
                    return self.type_of_namespace(kind, space, name, arguments, is_base);
                }
                Some(Target::Declaration(id)) => {
                    if let DeclarationKind::Wildcard(source) = &self.model.declarations[id].kind {
                        let interface = source.interface();
                        return match interface.types.get(&name.text) {
                            Some(kind) => kind.clone(),
                            None => {
                                let message =
                                    format!("`{}` exports no type `{}`", source.path(), name.text);
                                self.error(name.span, "BCP052", message)
                            }
                        };
                    }
                }
                _ => {}
            }
        }
        let Some(base) = self.accessed(base) else {
            return Type::Error;
        };
        match &base {
            Type::Object(object) => match object.members.get(&name.text) {
                Some(member) => member.kind.clone(),
                None => self.unknown_type_member(object, &base, name),
            },
            Type::Tagged(tagged) => self.property_of_tagged(tagged, &name.text),
            other => {
                let message = format!("only objects have properties, and this is `{other}`");
                self.error(name.span, "BCP055", message)
            }
        }
    }

    fn unknown_type_member(&mut self, object: &types::Object, base: &Type, name: &Ident) -> Type {
        let mut known: Vec<&str> = object.members.keys().map(|name| &**name).collect();
        known.sort_unstable();
        let similar = super::spelling::similar(&name.text, known.iter().copied());
        let (code, help) = match similar {
            _ if known.is_empty() => ("BCP052", None),
            Some(similar) => ("BCP083", Some(format!("did you mean `{similar}`?"))),
            None => ("BCP053", Some(super::access::available(&known))),
        };
        let message = format!("`{base}` has no property `{}`", name.text);
        let mut diagnostic = Diagnostic::error(code, self.location(name.span), message);
        diagnostic.help = help;
        self.push(diagnostic);
        Type::Error
    }

    fn type_of_namespace(
        &mut self,
        kind: &'a TypeExpr,
        space: &Ident,
        name: &'a Ident,
        arguments: &'a [TypeExpr],
        is_base: bool,
    ) -> Type {
        if &*space.text == "sys" && crate::functions::is_known_type(&name.text) {
            return self.ambient_type(kind, name, arguments, is_base);
        }
        let message = format!("`{}` has no type `{}`", space.text, name.text);
        self.error(name.span, "BCP053", message)
    }

    /// What a part is taken of; null is none of it.
    fn accessed(&mut self, base: &'a TypeExpr) -> Option<Type> {
        let kind = self.type_at(base, true);
        let kind = without_null(&kind).unwrap_or(kind);
        (!kind.is_error()).then(|| kind.open())
    }

    pub(super) fn type_additional(&mut self, span: Span, base: &'a TypeExpr) -> Type {
        let Some(base) = self.accessed(base) else {
            return Type::Error;
        };
        if let Type::Object(object) = &base
            && let Some(additional) = &object.additional
            && !additional.kind.is_any()
        {
            return additional.kind.clone();
        }
        let message = format!("`{base}` does not say what its other members are");
        self.error(Span::at(span.end.saturating_sub(1)), "BCP389", message)
    }

    pub(super) fn type_item(&mut self, span: Span, base: &'a TypeExpr) -> Type {
        let Some(base) = self.accessed(base) else {
            return Type::Error;
        };
        if let Type::Array(array) = &base
            && !array.is_untyped
        {
            return array.item.clone();
        }
        let message = format!("`{base}` does not say what its items are");
        self.error(Span::at(span.end.saturating_sub(1)), "BCP390", message)
    }

    pub(super) fn type_index(&mut self, base: &'a TypeExpr, index: &'a Expr) -> Type {
        let Some(base) = self.accessed(base) else {
            return Type::Error;
        };
        match &index.kind {
            ExprKind::Int(position) => {
                let Type::Tuple(items) = &base else {
                    let message =
                        format!("only the items of a tuple have numbers, and this is `{base}`");
                    return self.error(index.span, "BCP388", message);
                };
                let item = usize::try_from(*position)
                    .ok()
                    .and_then(|position| items.get(position));
                match item {
                    Some(item) => item.clone(),
                    None => {
                        let message =
                            format!("there is no item {position}: the tuple has {}", items.len());
                        self.error(index.span, "BCP311", message)
                    }
                }
            }
            ExprKind::Unary(UnaryOperator::Minus, _) => self.error(
                index.span,
                "BCP387",
                "the number of an item is not negative",
            ),
            _ => match (index.plain_string(), &base) {
                (Some(name), Type::Object(object)) if object.members.contains_key(name) => {
                    object.members[name].kind.clone()
                }
                (Some(name), Type::Object(object)) => {
                    let name = Ident {
                        text: std::rc::Rc::from(name),
                        span: index.span,
                    };
                    self.unknown_type_member(object, &base, &name)
                }
                _ => {
                    let message = "the index of a type is written out, not computed";
                    self.error(index.span, "BCP032", message)
                }
            },
        }
    }

    /// `resourceInput<'type@version'>` and `resourceOutput<…>`
    pub(super) fn derived_type(
        &mut self,
        kind: &'a TypeExpr,
        name: &Ident,
        arguments: &'a [TypeExpr],
        is_base: bool,
    ) -> Type {
        let has_list = kind.span.end > name.span.end;
        if !has_list {
            let message = format!("`{}` takes the type of a resource in `<>`", name.text);
            return self.error(kind.span, "BCP384", message);
        }
        let inside = Span::new(name.span.end, kind.span.end);
        let [argument] = arguments else {
            for argument in arguments {
                self.written_type(argument);
            }
            let message = format!(
                "`{}` takes 1 argument, and {} are given",
                name.text,
                arguments.len()
            );
            return self.error(inside, "BCP071", message);
        };
        let text = match &argument.kind {
            TypeKind::Literal(literal) => match &literal.kind {
                ExprKind::String(text) if text.parts.is_empty() => text.plain().unwrap_or(""),
                ExprKind::String(_) => {
                    let message = "the type of a resource is written out, not computed";
                    return self.error(inside, "BCP032", message);
                }
                _ => return self.no_resource_type(argument),
            },
            TypeKind::Missing => return Type::Error,
            _ => return self.no_resource_type(argument),
        };
        let Some((resource, version)) = self.resource_reference(text, inside) else {
            return Type::Error;
        };
        let usage = BodyUse {
            is_existing: false,
            is_nested: false,
            has_parent: false,
            is_derived: true,
        };
        let body = self.resource_body(&resource, &version, usage);
        if !body.is_known {
            self.unknown_resource_type(&resource, &version, inside);
        }
        if !is_base {
            let message = "a whole resource is no type of a value; take one of its properties";
            self.error(kind.span, "BCP394", message);
        }
        body.kind.body.clone()
    }

    fn no_resource_type(&mut self, argument: &'a TypeExpr) -> Type {
        let kind = self.written_type(argument);
        if kind.is_error() {
            return Type::Error;
        }
        let message = format!("the type of a resource is a string, and this is `{kind}`");
        self.error(argument.span, "BCP070", message)
    }
}
