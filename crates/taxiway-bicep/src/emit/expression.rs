//! Bicep expressions as expressions of the template language.

use super::Emitter;
use super::environment::Context;
use crate::arm::Arm;
use crate::ast::{
    ArrayItem, BinaryOperator, Expr, ExprKind, Ident, Object, ObjectItem, StringLiteral,
    UnaryOperator,
};
use crate::model::{DeclarationKind, LoadFunction, Target};

pub(super) fn null() -> Arm {
    Arm::call("null", [])
}

pub(super) fn boolean(value: bool) -> Arm {
    Arm::call(if value { "true" } else { "false" }, [])
}

impl Emitter<'_> {
    /// `expr` as it stands inside brackets.
    pub(super) fn arm(&self, context: &Context, expr: &Expr) -> Arm {
        match &expr.kind {
            ExprKind::Null | ExprKind::Missing | ExprKind::For(_) => null(),
            ExprKind::Bool(value) => boolean(*value),
            ExprKind::Int(value) => Arm::integer(i64::try_from(*value).unwrap_or(i64::MAX)),
            ExprKind::String(literal) => self.string(context, literal),
            ExprKind::Name(name) => self.name(context, name),
            ExprKind::Object(object) => self.object_call(context, object),
            ExprKind::Array(items) => self.array_call(context, items),
            ExprKind::Unary(operator, operand) => self.unary(context, *operator, operand),
            ExprKind::Binary(operator, left, right) => self.binary(context, *operator, left, right),
            ExprKind::Ternary(condition, then, otherwise) => Arm::call(
                "if",
                [
                    self.arm(context, condition),
                    self.arm(context, then),
                    self.arm(context, otherwise),
                ],
            ),
            ExprKind::Property { .. } | ExprKind::Index { .. } | ExprKind::Nested { .. } => {
                self.chain(context, expr)
            }
            ExprKind::Call { name, arguments } => self.call(context, expr, name, arguments),
            ExprKind::Method {
                base,
                name,
                arguments,
                ..
            } => self.method(context, expr, base, name, arguments),
            ExprKind::NonNull(inner) | ExprKind::Paren(inner) => self.arm(context, inner),
            ExprKind::Lambda { parameters, body } => self.lambda(context, parameters, body),
        }
    }

    /// An integer literal with its sign, if `expr` is one.
    pub(super) fn integer_literal(expr: &Expr) -> Option<i64> {
        match &expr.bare().kind {
            ExprKind::Int(value) => i64::try_from(*value).ok(),
            ExprKind::Unary(UnaryOperator::Minus, operand) => match &operand.kind {
                ExprKind::Int(value) => i64::try_from(-i128::from(*value)).ok(),
                _ => None,
            },
            _ => None,
        }
    }

    fn unary(&self, context: &Context, operator: UnaryOperator, operand: &Expr) -> Arm {
        match operator {
            UnaryOperator::Not => Arm::call("not", [self.arm(context, operand)]),
            UnaryOperator::Plus => self.arm(context, operand),
            UnaryOperator::Minus => match Self::integer_literal(operand).and_then(i64::checked_neg)
            {
                Some(negated) => Arm::integer(negated),
                None => Arm::call("sub", [Arm::Int(0), self.arm(context, operand)]),
            },
        }
    }

    fn binary(
        &self,
        context: &Context,
        operator: BinaryOperator,
        left: &Expr,
        right: &Expr,
    ) -> Arm {
        let operands = [self.arm(context, left), self.arm(context, right)];
        let lower = |operands: [Arm; 2]| {
            Arm::call(
                "equals",
                operands.map(|operand| Arm::call("toLower", [operand])),
            )
        };
        let name = match operator {
            BinaryOperator::NotEquals => {
                return Arm::call("not", [Arm::call("equals", operands)]);
            }
            BinaryOperator::EqualsInsensitive => return lower(operands),
            BinaryOperator::NotEqualsInsensitive => return Arm::call("not", [lower(operands)]),
            BinaryOperator::Coalesce => "coalesce",
            BinaryOperator::Or => "or",
            BinaryOperator::And => "and",
            BinaryOperator::Equals => "equals",
            BinaryOperator::Less => "less",
            BinaryOperator::LessOrEqual => "lessOrEquals",
            BinaryOperator::Greater => "greater",
            BinaryOperator::GreaterOrEqual => "greaterOrEquals",
            BinaryOperator::Add => "add",
            BinaryOperator::Subtract => "sub",
            BinaryOperator::Multiply => "mul",
            BinaryOperator::Divide => "div",
            BinaryOperator::Modulo => "mod",
        };
        Arm::call(name, operands)
    }

    /// A string; with interpolation, a call of `format`.
    pub(super) fn string(&self, context: &Context, literal: &StringLiteral) -> Arm {
        if let Some(text) = literal.plain() {
            return Arm::string(text);
        }
        let mut format = String::new();
        for (index, segment) in literal.segments.iter().enumerate() {
            if index > 0 {
                format.push('{');
                format.push_str(&(index - 1).to_string());
                format.push('}');
            }
            format.push_str(&segment.replace('{', "{{").replace('}', "}}"));
        }
        let mut arguments = vec![Arm::String(format)];
        arguments.extend(literal.parts.iter().map(|part| self.arm(context, part)));
        Arm::call("format", arguments)
    }

    fn name(&self, context: &Context, name: &Ident) -> Arm {
        match context.model.target(name) {
            Some(Target::Local(local)) => {
                context.environment.get(local).cloned().unwrap_or_else(null)
            }
            Some(Target::Declaration(id)) => {
                let declaration = &context.model.declarations[id];
                match &declaration.kind {
                    DeclarationKind::Parameter(_) => {
                        Arm::call("parameters", [Arm::string(&*declaration.name.text)])
                    }
                    DeclarationKind::Variable(variable) => {
                        if context.model.inlined.contains(&id) {
                            return self.arm(&Context::top(&context.model), &variable.value);
                        }
                        self.variable(context.model.file, &declaration.name.text)
                    }
                    DeclarationKind::Imported { source, name } => {
                        self.variable(source.file(), name)
                    }
                    DeclarationKind::Resource(_) | DeclarationKind::Module(_) => {
                        self.symbol_value(context, &declaration.kind, &[])
                    }
                    _ => null(),
                }
            }
            Some(Target::Namespace) | None => null(),
        }
    }

    /// `variables('name')` for a variable of any file.
    pub(super) fn variable(&self, file: u32, name: &str) -> Arm {
        Arm::call("variables", [Arm::String(self.emitted_name(file, name))])
    }

    fn lambda(&self, context: &Context, parameters: &[Ident], body: &Expr) -> Arm {
        let mut inner = context.clone();
        let mut arguments = Vec::new();
        for parameter in parameters {
            let name = Arm::string(&*parameter.text);
            let value = Arm::call("lambdaVariables", [name.clone()]);
            inner = inner.with(parameter.span.start, value);
            arguments.push(name);
        }
        arguments.push(self.arm(&inner, body));
        Arm::call("lambda", arguments)
    }

    /// An object as a call of `createObject`, with spreads a merge of several.
    pub(super) fn object_call(&self, context: &Context, object: &Object) -> Arm {
        let mut chunks: Vec<Arm> = Vec::new();
        let mut open: Vec<Arm> = Vec::new();
        let mut has_spread = false;
        for item in &object.items {
            match item {
                ObjectItem::Property(property) => {
                    open.push(self.string(context, &property.key));
                    open.push(self.arm(context, &property.value));
                }
                ObjectItem::Spread(value) => {
                    has_spread = true;
                    if !open.is_empty() {
                        chunks.push(Arm::call("createObject", std::mem::take(&mut open)));
                    }
                    chunks.push(self.arm(context, value));
                }
                ObjectItem::Resource(_) => {}
            }
        }
        if !has_spread {
            return Arm::call("createObject", open);
        }
        if !open.is_empty() {
            chunks.push(Arm::call("createObject", open));
        }
        Arm::call("shallowMerge", [Arm::call("createArray", chunks)])
    }

    /// An array as a call of `createArray`, with spreads `flatten` of several.
    pub(super) fn array_call(&self, context: &Context, items: &[ArrayItem]) -> Arm {
        let mut chunks: Vec<Arm> = Vec::new();
        let mut open: Vec<Arm> = Vec::new();
        let mut has_spread = false;
        for item in items {
            match item {
                ArrayItem::Value(value) => open.push(self.arm(context, value)),
                ArrayItem::Spread(value) => {
                    has_spread = true;
                    if !open.is_empty() {
                        chunks.push(Arm::call("createArray", std::mem::take(&mut open)));
                    }
                    chunks.push(self.arm(context, value));
                }
            }
        }
        if !has_spread {
            return Arm::call("createArray", open);
        }
        if !open.is_empty() {
            chunks.push(Arm::call("createArray", open));
        }
        Arm::call("flatten", [Arm::call("createArray", chunks)])
    }

    fn arguments(&self, context: &Context, arguments: &[Expr]) -> Vec<Arm> {
        arguments
            .iter()
            .map(|argument| self.arm(context, argument))
            .collect()
    }

    fn call(&self, context: &Context, expr: &Expr, name: &Ident, arguments: &[Expr]) -> Arm {
        match context.model.declaration(name).map(|declaration| {
            let own = (context.model.file, declaration.name.text.clone());
            match &declaration.kind {
                DeclarationKind::Imported { source, name } => (source.file(), name.clone()),
                _ => own,
            }
        }) {
            Some((file, function)) => Arm::call(
                self.emitted_function(file, &function),
                self.arguments(context, arguments),
            ),
            None => self.builtin(context, expr, &name.text, arguments),
        }
    }

    /// A call of a function of `sys` or `az`.
    fn builtin(&self, context: &Context, expr: &Expr, name: &str, arguments: &[Expr]) -> Arm {
        if let Some(load) = LoadFunction::of(&context.model, expr) {
            return self.loaded(context, expr, load);
        }
        match (name, arguments) {
            ("any", [value]) => self.arm(context, value),
            ("nameof", [value]) => Arm::string(nameof(value)),
            ("resourceGroup" | "subscription" | "managementGroup" | "tenant", [_, ..]) => {
                Arm::call("createObject", [])
            }
            _ => Arm::call(name, self.arguments(context, arguments)),
        }
    }

    fn loaded(&self, context: &Context, expr: &Expr, _load: LoadFunction<'_>) -> Arm {
        match context.model.loads.get(&expr.span.start) {
            Some(loaded) => match loaded.variable {
                Some(number) => self.variable(context.model.file, &format!("$fxv#{number}")),
                None => super::value::literal_arm(&loaded.value),
            },
            None => null(),
        }
    }

    fn method(
        &self,
        context: &Context,
        expr: &Expr,
        base: &Expr,
        name: &Ident,
        arguments: &[Expr],
    ) -> Arm {
        if let ExprKind::Name(namespace) = &base.kind {
            match context.model.target(namespace) {
                Some(Target::Namespace) if &*namespace.text == "this" => return this(&name.text),
                Some(Target::Namespace) => {
                    return self.builtin(context, expr, &name.text, arguments);
                }
                _ => {}
            }
            if let Some(DeclarationKind::Wildcard(source)) = context
                .model
                .declaration(namespace)
                .map(|declaration| &declaration.kind)
            {
                return Arm::call(
                    self.emitted_function(source.file(), &name.text),
                    self.arguments(context, arguments),
                );
            }
        }
        let Some(element) = self.element(context, base) else {
            return Arm::call(&*name.text, self.arguments(context, arguments));
        };
        let mut all = vec![self.reference_key(&element)];
        if arguments.is_empty() {
            all.push(Arm::string(self.api_version(&element)));
        } else {
            all.extend(self.arguments(context, arguments));
        }
        Arm::call(&*name.text, all)
    }
}

/// `this.exists()` and `this.existingResource()`
fn this(method: &str) -> Arm {
    let target = Arm::call("target", [Arm::string("full")]);
    if method == "exists" {
        Arm::call("not", [Arm::call("empty", [target])])
    } else {
        target
    }
}

/// The last name in an expression.
pub(crate) fn nameof(expr: &Expr) -> &str {
    match &expr.kind {
        ExprKind::Name(name)
        | ExprKind::Property { name, .. }
        | ExprKind::Nested { name, .. }
        | ExprKind::Method { name, .. } => &name.text,
        ExprKind::Index { base, index, .. } => index.plain_string().unwrap_or_else(|| nameof(base)),
        ExprKind::Paren(inner) | ExprKind::NonNull(inner) => nameof(inner),
        _ => "",
    }
}
