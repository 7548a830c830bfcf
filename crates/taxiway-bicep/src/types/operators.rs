//! What operators make of types.

use super::{Type, assignable, union, without_null};
use crate::ast::{BinaryOperator, UnaryOperator};

/// The type of an operator with one operand; `None` where they do not go together.
pub(crate) fn unary(operator: UnaryOperator, operand: &Type) -> Option<Type> {
    match operator {
        UnaryOperator::Not => assignable(operand, &Type::Bool).then(|| match operand {
            Type::BoolLiteral(value) => Type::BoolLiteral(!value),
            _ => Type::Bool,
        }),
        UnaryOperator::Minus => assignable(operand, &Type::INT).then(|| match operand {
            Type::IntLiteral(value) => value.checked_neg().map_or(Type::INT, Type::IntLiteral),
            Type::Int(least, greatest) => Type::Int(
                greatest.and_then(i64::checked_neg),
                least.and_then(i64::checked_neg),
            ),
            _ => Type::INT,
        }),
        UnaryOperator::Plus => None,
    }
}

/// The type of an operator with two operands; `None` where they do not go together.
pub(crate) fn binary(operator: BinaryOperator, left: &Type, right: &Type) -> Option<Type> {
    let both = |kind: &Type| assignable(left, kind) && assignable(right, kind);
    match operator {
        BinaryOperator::Coalesce => Some(coalesce(left, right)),
        BinaryOperator::Or => both(&Type::Bool).then(|| match (left, right) {
            (Type::BoolLiteral(true), _) | (_, Type::BoolLiteral(true)) => Type::BoolLiteral(true),
            (Type::BoolLiteral(false), Type::BoolLiteral(false)) => Type::BoolLiteral(false),
            _ => Type::Bool,
        }),
        BinaryOperator::And => both(&Type::Bool).then(|| match (left, right) {
            (Type::BoolLiteral(false), _) | (_, Type::BoolLiteral(false)) => {
                Type::BoolLiteral(false)
            }
            (Type::BoolLiteral(true), Type::BoolLiteral(true)) => Type::BoolLiteral(true),
            _ => Type::Bool,
        }),
        BinaryOperator::Equals => Some(equality(left, right, true)),
        BinaryOperator::NotEquals => Some(equality(left, right, false)),
        BinaryOperator::EqualsInsensitive | BinaryOperator::NotEqualsInsensitive => {
            both(&Type::string()).then_some(Type::Bool)
        }
        BinaryOperator::Less
        | BinaryOperator::LessOrEqual
        | BinaryOperator::Greater
        | BinaryOperator::GreaterOrEqual => {
            (both(&Type::INT) || both(&Type::string())).then(|| comparison(operator, left, right))
        }
        BinaryOperator::Add
        | BinaryOperator::Subtract
        | BinaryOperator::Multiply
        | BinaryOperator::Divide
        | BinaryOperator::Modulo => both(&Type::INT).then(|| arithmetic(operator, left, right)),
    }
}

fn coalesce(left: &Type, right: &Type) -> Type {
    match left {
        Type::Null => right.clone(),
        Type::Any => Type::Any,
        _ => match without_null(left) {
            Some(rest) => union([rest, right.clone()]),
            None => left.clone(),
        },
    }
}

fn equality(left: &Type, right: &Type, is_equal: bool) -> Type {
    let same = match (left, right) {
        (Type::StringLiteral(left), Type::StringLiteral(right)) => left == right,
        (Type::IntLiteral(left), Type::IntLiteral(right)) => left == right,
        (Type::BoolLiteral(left), Type::BoolLiteral(right)) => left == right,
        (Type::Null, Type::Null) => true,
        _ => return Type::Bool,
    };
    Type::BoolLiteral(same == is_equal)
}

fn comparison(operator: BinaryOperator, left: &Type, right: &Type) -> Type {
    let (Type::IntLiteral(left), Type::IntLiteral(right)) = (left, right) else {
        return Type::Bool;
    };
    Type::BoolLiteral(match operator {
        BinaryOperator::Less => left < right,
        BinaryOperator::LessOrEqual => left <= right,
        BinaryOperator::Greater => left > right,
        _ => left >= right,
    })
}

fn arithmetic(operator: BinaryOperator, left: &Type, right: &Type) -> Type {
    let (Type::IntLiteral(left), Type::IntLiteral(right)) = (left, right) else {
        return Type::INT;
    };
    let value = match operator {
        BinaryOperator::Add => left.checked_add(*right),
        BinaryOperator::Subtract => left.checked_sub(*right),
        BinaryOperator::Multiply => left.checked_mul(*right),
        BinaryOperator::Divide => left.checked_div(*right),
        _ => left.checked_rem(*right),
    };
    value.map_or(Type::INT, Type::IntLiteral)
}
