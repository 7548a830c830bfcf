//! Chains of accesses: `a.b[0].?c`, above all those that start at a resource or module.

use super::Emitter;
use super::environment::Context;
use super::expression::{boolean, null};
use super::identity::{Element, Symbol};
use crate::arm::Arm;
use crate::ast::{Expr, ExprKind};
use crate::model::{DeclarationKind, Target};

#[derive(Clone, Copy)]
enum Key<'a> {
    Name(&'a str),
    Index(&'a Expr),
}

/// One step of a chain.
#[derive(Clone, Copy)]
pub(super) struct Access<'a> {
    key: Key<'a>,
    safe: bool,
    from_end: bool,
}

impl<'a> Access<'a> {
    /// The name of the property, where it is known.
    fn name(&self) -> Option<&'a str> {
        match self.key {
            Key::Name(name) => Some(name),
            Key::Index(index) if !self.from_end => index.plain_string(),
            Key::Index(_) => None,
        }
    }

    /// The index of an element of a collection.
    fn element_index(&self) -> Option<&'a Expr> {
        match self.key {
            Key::Index(index) if !self.safe && !self.from_end => Some(index),
            _ => None,
        }
    }
}

/// Takes a chain apart: what it starts from, and its steps in order. `!` and `any()` do not interrupt it.
fn unroll<'a>(context: &Context, expr: &'a Expr) -> (&'a Expr, Vec<Access<'a>>) {
    let mut current = expr;
    let mut accesses = Vec::new();
    loop {
        match &current.kind {
            ExprKind::Property { base, name, safe } => {
                accesses.push(Access {
                    key: Key::Name(&name.text),
                    safe: *safe,
                    from_end: false,
                });
                current = base;
            }
            ExprKind::Index {
                base,
                index,
                safe,
                from_end,
            } => {
                accesses.push(Access {
                    key: Key::Index(index),
                    safe: *safe,
                    from_end: *from_end,
                });
                current = base;
            }
            ExprKind::NonNull(inner) => current = inner,
            ExprKind::Call { name, arguments }
                if &*name.text == "any"
                    && arguments.len() == 1
                    && context.model.target(name).is_none() =>
            {
                current = &arguments[0];
            }
            _ => break,
        }
    }
    accesses.reverse();
    (current, accesses)
}

impl Emitter<'_> {
    pub(super) fn chain(&self, context: &Context, expr: &Expr) -> Arm {
        let (base, accesses) = unroll(context, expr);
        if let Some(kind) = symbol_kind(context, base) {
            match kind {
                DeclarationKind::Resource(_) | DeclarationKind::Module(_) => {
                    return self.symbol_value(context, kind, &accesses);
                }
                DeclarationKind::Wildcard(source) => {
                    if let Some((first, rest)) = accesses.split_first()
                        && let Some(name) = first.name()
                    {
                        let variable = self.variable(source.file(), name);
                        return self.apply(context, variable, rest);
                    }
                }
                _ => {}
            }
        }
        if matches!(base.kind, ExprKind::Nested { .. }) {
            return null();
        }
        let start = self.arm(context, base);
        self.apply(context, start, &accesses)
    }

    /// The element that an expression names: a resource or module, indexed where it is a collection.
    pub(super) fn element(&self, context: &Context, expr: &Expr) -> Option<Element> {
        let (base, accesses) = unroll(context, expr.bare());
        let symbol = Symbol::of(symbol_kind(context, base.bare())?)?;
        let index = match accesses.as_slice() {
            [] => None,
            [access] if symbol.is_collection(&context.model) => Some(access.element_index()?),
            _ => return None,
        };
        Some(self.element_at(context, symbol, index))
    }

    fn element_at(&self, context: &Context, symbol: Symbol, index: Option<&Expr>) -> Element {
        let index = index.map(|index| self.arm(context, index));
        self.indexed(&context.model, symbol, index)
    }

    fn key(&self, context: &Context, access: &Access<'_>) -> Arm {
        match access.key {
            Key::Name(name) => Arm::string(name),
            Key::Index(index) => self.arm(context, index),
        }
    }

    /// Applies accesses to a value. After a safe one, plain ones become further arguments of it.
    fn apply(&self, context: &Context, start: Arm, accesses: &[Access<'_>]) -> Arm {
        let mut value = start;
        let mut after_safe = false;
        for access in accesses {
            let key = self.key(context, access);
            value = match (access.safe, access.from_end) {
                (true, true) => Arm::call("tryIndexFromEnd", [value, key]),
                (true, false) => Arm::call("tryGet", [value, key]),
                (false, from_end) if after_safe => push_argument(value, key, from_end),
                (false, true) => Arm::call("indexFromEnd", [value, key]),
                (false, false) => value.access(key),
            };
            after_safe |= access.safe;
        }
        value
    }

    /// A resource or module with accesses behind it.
    pub(super) fn symbol_value(
        &self,
        context: &Context,
        kind: &DeclarationKind,
        accesses: &[Access<'_>],
    ) -> Arm {
        let Some(symbol) = Symbol::of(kind) else {
            return null();
        };
        let mut accesses = accesses;
        let mut index = None;
        if symbol.is_collection(&context.model) {
            match accesses.split_first() {
                Some((first, rest)) if first.element_index().is_some() => {
                    index = first.element_index();
                    accesses = rest;
                }
                _ => {
                    let collection = self.collection_value(context, symbol);
                    return self.apply(context, collection, accesses);
                }
            }
        }
        let element = self.element_at(context, symbol, index);
        match symbol {
            Symbol::Resource(_) => self.resource_value(context, &element, accesses),
            Symbol::Module(_) => self.module_value(context, &element, accesses),
        }
    }

    fn collection_value(&self, context: &Context, symbol: Symbol) -> Arm {
        let mut arguments = vec![Arm::string(symbol.name(&context.model))];
        if matches!(symbol, Symbol::Resource(_)) {
            arguments.push(Arm::string("full"));
        }
        Arm::call("references", arguments)
    }

    fn resource_value(&self, context: &Context, element: &Element, accesses: &[Access<'_>]) -> Arm {
        let key = || self.reference_key(element);
        let version = || Arm::string(self.api_version(element));
        let full = || Arm::call("reference", [key(), version(), Arm::string("full")]);
        let Some((first, rest)) = accesses.split_first() else {
            return full();
        };
        let identity = match first.name() {
            Some("id") => Some(self.element_id(element)),
            Some("name") => Some(self.own_name(element)),
            Some("type") => Some(Arm::string(self.kind(element))),
            Some("apiVersion") => Some(version()),
            _ => None,
        };
        if let Some(identity) = identity {
            let value = if first.safe {
                self.unless_absent(element, identity)
            } else {
                identity
            };
            return self.apply(context, value, rest);
        }
        if first.name() == Some("properties") && !first.safe {
            let mut arguments = vec![key()];
            if !self.is_symbolic_reference(element) {
                arguments.push(version());
            }
            return self.apply(context, Arm::call("reference", arguments), rest);
        }
        let base = if first.safe {
            self.unless_absent(element, full())
        } else {
            full()
        };
        self.apply(context, base, accesses)
    }

    /// `value`, or null where the element's condition does not hold.
    fn unless_absent(&self, element: &Element, value: Arm) -> Arm {
        match self.condition_of(element) {
            Some(condition) => Arm::call("if", [condition, value, null()]),
            None => value,
        }
    }

    fn module_value(&self, context: &Context, element: &Element, accesses: &[Access<'_>]) -> Arm {
        let mut arguments = vec![self.reference_key(element)];
        if !self.is_symbolic_reference(element) {
            arguments.push(Arm::string(super::DEPLOYMENTS_VERSION));
        }
        let reference = Arm::call("reference", arguments);
        let Some((first, rest)) = accesses.split_first() else {
            return reference;
        };
        if first.name() == Some("name") {
            let name = self.own_name(element);
            let value = if first.safe {
                self.unless_absent(element, name)
            } else {
                name
            };
            return self.apply(context, value, rest);
        }
        if first.name() != Some("outputs") {
            return self.apply(context, reference, accesses);
        }
        let base = if first.safe {
            self.unless_absent(element, reference)
        } else {
            reference
        };
        let Some((output, rest)) = rest.split_first() else {
            return self.apply(context, base, accesses);
        };
        if let Some(name) = output.name()
            && self.is_secure_output(element, name)
        {
            let secure = Arm::call(
                "listOutputsWithSecureValues",
                [
                    self.reference_key(element),
                    Arm::string(super::DEPLOYMENTS_VERSION),
                ],
            );
            let mut all = vec![*output];
            all.extend(rest);
            return self.apply(context, secure, &all);
        }
        self.output_value(context, base, *first, *output, rest)
    }

    /// An output of a module: behind its name comes `value`.
    fn output_value(
        &self,
        context: &Context,
        base: Arm,
        outputs: Access<'_>,
        output: Access<'_>,
        rest: &[Access<'_>],
    ) -> Arm {
        let value = |safe| Access {
            key: Key::Name("value"),
            safe,
            from_end: false,
        };
        if output.safe {
            let inner = self.apply(context, base, &[outputs, output]);
            let mut accesses = vec![value(true)];
            accesses.extend(rest);
            return self.apply(context, inner, &accesses);
        }
        let mut accesses = vec![outputs, output, value(false)];
        accesses.extend(rest);
        self.apply(context, base, &accesses)
    }
}

/// What the start of a chain refers to.
fn symbol_kind<'c>(context: &'c Context, base: &Expr) -> Option<&'c DeclarationKind> {
    let (ExprKind::Name(name) | ExprKind::Nested { name, .. }) = &base.kind else {
        return None;
    };
    match context.model.target(name)? {
        Target::Declaration(id) => Some(&context.model.declarations[id].kind),
        Target::Local(_) | Target::Namespace => None,
    }
}

fn push_argument(call: Arm, key: Arm, from_end: bool) -> Arm {
    let key = if from_end {
        Arm::call(
            "createObject",
            [
                Arm::string("value"),
                key,
                Arm::string("fromEnd"),
                boolean(true),
            ],
        )
    } else {
        key
    };
    match call {
        Arm::Call {
            name,
            mut arguments,
            accesses,
        } => {
            arguments.push(key);
            Arm::Call {
                name,
                arguments,
                accesses,
            }
        }
        literal => literal.access(key),
    }
}
