//! The types of expressions.

use std::rc::Rc;

use super::{Checker, Text};
use crate::ast::{BinaryOperator, Expr, ExprKind, For, Ident, StringLiteral, UnaryOperator};
use crate::types::{
    self, Lambda, Type, assignable, assignable_without_null, length_of, union, without_null,
};

/// How long a string or an array may be whose value is known; what is longer is only known to be one.
pub(super) const MAX_LITERAL: usize = 1 << 14;

/// Whether a type is one of strings.
fn text_of(kind: &Type) -> Option<Text> {
    match kind {
        Type::String(_) | Type::StringLiteral(_) => Some(Text::Always),
        Type::Union(_) if assignable(kind, &Type::string()) => Some(Text::Always),
        Type::Union(_) => {
            let rest = without_null(kind)?;
            (!rest.is_any() && assignable(&rest, &Type::string())).then_some(Text::OrNull)
        }
        _ => None,
    }
}

impl<'a> Checker<'a> {
    /// The type of an expression. What is wrong in it is reported the first time.
    pub(super) fn infer(&mut self, expr: &'a Expr) -> Type {
        let key = Self::key(expr);
        if let Some(known) = self.expressions.get(&key) {
            return known.clone();
        }
        let kind = self.infer_new(expr);
        if !matches!(expr.kind, ExprKind::String(_))
            && let Some(text) = text_of(&kind)
        {
            self.texts.insert(expr.span, text);
        }
        self.expressions.insert(key, kind.clone());
        kind
    }

    fn infer_new(&mut self, expr: &'a Expr) -> Type {
        match &expr.kind {
            ExprKind::Null => Type::Null,
            ExprKind::Bool(value) => Type::BoolLiteral(*value),
            ExprKind::Int(value) => i64::try_from(*value).map_or(Type::INT, Type::IntLiteral),
            ExprKind::String(literal) => self.string(literal),
            ExprKind::Name(name) => self.name(expr, name),
            ExprKind::Object(object) => self.object(object),
            ExprKind::Array(items) => self.array(items),
            ExprKind::Unary(operator, operand) => self.unary(expr, *operator, operand),
            ExprKind::Binary(operator, left, right) => self.binary(expr, *operator, left, right),
            ExprKind::Ternary(condition, then, otherwise) => {
                self.ternary(condition, then, otherwise)
            }
            ExprKind::Property { .. } | ExprKind::Index { .. } => self.access(expr),
            ExprKind::Nested { base, name } => self.nested(base, name),
            ExprKind::Call { name, arguments } => self.call(expr, name, arguments),
            ExprKind::Method {
                base,
                name,
                arguments,
            } => self.method(expr, base, name, arguments),
            ExprKind::NonNull(base) => {
                let kind = self.infer(base);
                without_null(&kind).unwrap_or(kind)
            }
            ExprKind::Paren(inner) => self.infer(inner),
            ExprKind::Lambda { parameters, body } => self.lambda(parameters, body),
            ExprKind::For(for_loop) => self.for_loop(for_loop),
            ExprKind::Missing => Type::Error,
        }
    }

    pub(super) fn string(&mut self, literal: &'a StringLiteral) -> Type {
        if let Some(text) = literal.plain() {
            return Type::literal(text);
        }
        let mut text = literal.segments.first().cloned();
        let mut least = length_of(&literal.segments.concat());
        let mut greatest = Some(least);
        let mut is_error = false;
        for (index, part) in literal.parts.iter().enumerate() {
            let kind = self.infer(part);
            is_error |= kind.is_error();
            let written = match &kind {
                Type::StringLiteral(text) => Some(text.to_string()),
                Type::IntLiteral(value) => Some(value.to_string()),
                Type::BoolLiteral(true) => Some("True".to_owned()),
                Type::BoolLiteral(false) => Some("False".to_owned()),
                _ => None,
            };
            let (low, high) = match &written {
                Some(written) => (length_of(written), Some(length_of(written))),
                None => super::length::as_text(&kind),
            };
            least += low;
            greatest = greatest.zip(high).map(|(one, two)| one + two);
            let known = text
                .zip(written)
                .filter(|(text, _)| text.len() <= MAX_LITERAL);
            text = known.map(|(mut text, written)| {
                text.push_str(&written);
                text.push_str(literal.segments.get(index + 1).map_or("", String::as_str));
                text
            });
        }
        match text {
            _ if is_error => Type::Error,
            Some(text) if text.len() <= MAX_LITERAL => Type::literal(&text),
            _ => Type::String(types::Text {
                least: (least > 0).then_some(least),
                greatest,
                ..types::Text::default()
            }),
        }
    }

    fn ternary(&mut self, condition: &'a Expr, then: &'a Expr, otherwise: &'a Expr) -> Type {
        let tested = self.infer(condition);
        self.ternary_depth += 1;
        let then = self.infer(then);
        let otherwise = self.infer(otherwise);
        self.ternary_depth -= 1;
        if tested.is_error() || then.is_error() || otherwise.is_error() {
            return Type::Error;
        }
        let tested = match assignable_without_null(&tested, &Type::BOOL) {
            Some(rest) => {
                self.possible_null(condition, &tested, &Type::BOOL);
                rest
            }
            None => tested,
        };
        if !assignable(&tested, &Type::BOOL) {
            let message = format!("a condition is a `bool`, and this is {tested}");
            return self.error(condition.span, "BCP046", message);
        }
        match tested {
            Type::BoolLiteral(true) => then,
            Type::BoolLiteral(false) => otherwise,
            _ => {
                let both = union([then, otherwise]);
                types::collapse(&both).unwrap_or(both)
            }
        }
    }

    fn unary(&mut self, expr: &'a Expr, operator: UnaryOperator, operand: &'a Expr) -> Type {
        let kind = self.infer(operand);
        if kind.is_error() {
            return Type::Error;
        }
        if let Some(result) = types::unary(operator, &kind) {
            return result;
        }
        if self.ternary_depth > 0
            && let Some(rest) = without_null(&kind)
            && let Some(result) = types::unary(operator, &rest)
        {
            self.possible_null(expr, &kind, &rest);
            return result;
        }
        let symbol = match operator {
            UnaryOperator::Not => "!",
            UnaryOperator::Minus => "-",
            UnaryOperator::Plus => "+",
        };
        let message = format!("`{symbol}` does not go with `{kind}`");
        self.error(expr.span, "BCP044", message)
    }

    fn binary(
        &mut self,
        expr: &'a Expr,
        operator: BinaryOperator,
        left: &'a Expr,
        right: &'a Expr,
    ) -> Type {
        let one = self.infer(left);
        let two = self.infer(right);
        if one.is_error() || two.is_error() {
            return Type::Error;
        }
        if operator == BinaryOperator::Divide && matches!(two, Type::IntLiteral(0)) {
            self.error(expr.span, "BCP410", "this divides by zero");
        }
        if let Some(result) = types::binary(operator, &one, &two) {
            if matches!(
                (&one, &two, &result),
                (Type::IntLiteral(_), Type::IntLiteral(_), Type::Int(_))
            ) && !matches!(two, Type::IntLiteral(0))
            {
                let message = "this is worked out when it is compiled, and the result is too large";
                self.warning(expr.span, "BCP234", message);
            }
            return result;
        }
        if self.ternary_depth > 0 {
            let first = without_null(&one).unwrap_or_else(|| one.clone());
            let second = without_null(&two).unwrap_or_else(|| two.clone());
            if let Some(result) = types::binary(operator, &first, &second) {
                self.possible_null(expr, &one, &first);
                return result;
            }
        }
        let symbol = symbol(operator);
        let message = format!("`{symbol}` does not go with `{one}` and `{two}`");
        let mut diagnostic =
            taxiway_diagnostics::Diagnostic::error("BCP045", self.location(expr.span), message);
        let texts = assignable(&one, &Type::string()) && assignable(&two, &Type::string());
        if operator == BinaryOperator::Add && texts {
            diagnostic = diagnostic.help("join strings by interpolation: `'${first}${second}'`");
        }
        self.push(diagnostic);
        Type::Error
    }

    fn nested(&mut self, base: &'a Expr, name: &'a Ident) -> Type {
        if self.infer(base).is_error() {
            return Type::Error;
        }
        let Some((id, _)) = self.declaration(name) else {
            return Type::Error;
        };
        match self.cycle_at(id, name.span) {
            Some(error) => error,
            None => self.declaration_type(id),
        }
    }

    fn lambda(&mut self, parameters: &'a [Ident], body: &'a Expr) -> Type {
        let kinds = parameters
            .iter()
            .map(|name| {
                self.lambda_locals.insert(name.span.start);
                let known = self.locals.get(&name.span.start).cloned();
                known.unwrap_or(Type::Any)
            })
            .collect::<Vec<Type>>();
        let result = self.infer(body);
        Type::Lambda(Rc::new(Lambda {
            required: kinds.len(),
            parameters: kinds,
            result,
        }))
    }

    fn for_loop(&mut self, for_loop: &'a For) -> Type {
        let collection = self.infer(&for_loop.collection);
        self.loop_locals(&collection, &for_loop.item, for_loop.index.as_ref());
        if let Some(condition) = &for_loop.condition {
            self.infer(condition);
        }
        let body = self.infer(&for_loop.body);
        if collection.is_error() || body.is_error() {
            return Type::Error;
        }
        if !self.is_walkable(&for_loop.collection, &collection) {
            return Type::Error;
        }
        Type::array_of(body)
    }

    /// Gives the variables of a loop their types.
    pub(super) fn loop_locals(&mut self, collection: &Type, item: &Ident, index: Option<&Ident>) {
        let kind = super::results::item(collection);
        self.locals.insert(item.span.start, kind);
        if let Some(index) = index {
            self.locals
                .insert(index.span.start, Type::integer(Some(0), Some(799)));
        }
    }

    /// Whether a loop can walk a value of this type; reports it if not.
    pub(super) fn is_walkable(&mut self, expr: &Expr, kind: &Type) -> bool {
        if assignable(kind, &Type::array()) {
            return true;
        }
        if assignable_without_null(kind, &Type::array()).is_some() {
            self.possible_null(expr, kind, &Type::array());
            return true;
        }
        let message = format!("a loop walks an array, and this is `{kind}`");
        self.error(expr.span, "BCP137", message);
        false
    }

    /// Warns of a value that may be null where it must not be.
    pub(super) fn possible_null(&mut self, expr: &Expr, kind: &Type, target: &Type) {
        let message =
            format!("`{target}` is expected here, and this is `{kind}`, which may be null");
        let diagnostic =
            taxiway_diagnostics::Diagnostic::warning("BCP321", self.location(expr.span), message);
        self.push(
            diagnostic.help("write `!` after it if it cannot be null, or give a value with `??`"),
        );
    }
}

pub(super) const fn symbol(operator: BinaryOperator) -> &'static str {
    match operator {
        BinaryOperator::Coalesce => "??",
        BinaryOperator::Or => "||",
        BinaryOperator::And => "&&",
        BinaryOperator::Equals => "==",
        BinaryOperator::NotEquals => "!=",
        BinaryOperator::EqualsInsensitive => "=~",
        BinaryOperator::NotEqualsInsensitive => "!~",
        BinaryOperator::Less => "<",
        BinaryOperator::LessOrEqual => "<=",
        BinaryOperator::Greater => ">",
        BinaryOperator::GreaterOrEqual => ">=",
        BinaryOperator::Add => "+",
        BinaryOperator::Subtract => "-",
        BinaryOperator::Multiply => "*",
        BinaryOperator::Divide => "/",
        BinaryOperator::Modulo => "%",
    }
}
