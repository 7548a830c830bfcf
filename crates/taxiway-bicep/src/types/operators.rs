//! What operators make of types.

use super::{Integer, Type, assignable, collapse, union, without_null};
use crate::ast::{BinaryOperator, UnaryOperator};

/// The type of an operator with one operand; `None` where they do not go together.
pub(crate) fn unary(operator: UnaryOperator, operand: &Type) -> Option<Type> {
    match operator {
        UnaryOperator::Not => assignable(operand, &Type::BOOL).then(|| match operand {
            Type::BoolLiteral(value) => Type::BoolLiteral(!value),
            Type::Bool(looseness) => Type::Bool(*looseness),
            _ => Type::BOOL,
        }),
        UnaryOperator::Minus => assignable(operand, &Type::INT).then(|| negated(operand)),
        UnaryOperator::Plus => None,
    }
}

/// The type of an operator with two operands; `None` where they do not go together.
pub(crate) fn binary(operator: BinaryOperator, left: &Type, right: &Type) -> Option<Type> {
    let both = |kind: &Type| assignable(left, kind) && assignable(right, kind);
    match operator {
        BinaryOperator::Coalesce => Some(coalesce(left, right)),
        BinaryOperator::Or => both(&Type::BOOL).then(|| match (left, right) {
            (Type::BoolLiteral(true), _) | (_, Type::BoolLiteral(true)) => Type::BoolLiteral(true),
            (Type::BoolLiteral(false), Type::BoolLiteral(false)) => Type::BoolLiteral(false),
            _ => Type::BOOL,
        }),
        BinaryOperator::And => both(&Type::BOOL).then(|| match (left, right) {
            (Type::BoolLiteral(false), _) | (_, Type::BoolLiteral(false)) => {
                Type::BoolLiteral(false)
            }
            (Type::BoolLiteral(true), Type::BoolLiteral(true)) => Type::BoolLiteral(true),
            _ => Type::BOOL,
        }),
        BinaryOperator::Equals => Some(equality(left, right, true)),
        BinaryOperator::NotEquals => Some(equality(left, right, false)),
        BinaryOperator::EqualsInsensitive | BinaryOperator::NotEqualsInsensitive => {
            both(&Type::string()).then_some(Type::BOOL)
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
        _ => return Type::BOOL,
    };
    Type::BoolLiteral(same == is_equal)
}

fn comparison(operator: BinaryOperator, left: &Type, right: &Type) -> Type {
    let ((least, greatest), (right_least, right_greatest)) = (limits(left), limits(right));
    let below = |one: Option<i64>, two: Option<i64>| one.zip(two).is_some_and(|(a, b)| a < b);
    let up_to = |one: Option<i64>, two: Option<i64>| one.zip(two).is_some_and(|(a, b)| a <= b);
    let (is_true, is_false) = match operator {
        BinaryOperator::Less => (below(greatest, right_least), up_to(right_greatest, least)),
        BinaryOperator::LessOrEqual => (up_to(greatest, right_least), below(right_greatest, least)),
        BinaryOperator::Greater => (below(right_greatest, least), up_to(greatest, right_least)),
        _ => (up_to(right_greatest, least), below(greatest, right_least)),
    };
    match (is_true, is_false) {
        (true, _) => Type::BoolLiteral(true),
        (_, true) => Type::BoolLiteral(false),
        _ => Type::BOOL,
    }
}

/// The least and the greatest number of a type.
pub(crate) fn limits(kind: &Type) -> (Option<i64>, Option<i64>) {
    match kind {
        Type::IntLiteral(value) => (Some(*value), Some(*value)),
        Type::Int(limits) => (limits.least, limits.greatest),
        Type::Union(members) => {
            let members = members.iter().map(limits);
            let both = members.reduce(|one, two| {
                let least = one.0.zip(two.0).map(|(one, two)| one.min(two));
                (least, one.1.zip(two.1).map(|(one, two)| one.max(two)))
            });
            both.unwrap_or((None, None))
        }
        _ => (None, None),
    }
}

fn negated(kind: &Type) -> Type {
    match kind {
        Type::IntLiteral(value) => value.checked_neg().map_or(Type::INT, Type::IntLiteral),
        Type::Int(limits) => Type::limited_integer(Integer {
            least: limits.greatest.and_then(i64::checked_neg),
            greatest: limits.least.and_then(i64::checked_neg),
            looseness: limits.looseness,
        }),
        Type::Union(members) => collapsed(members.iter().map(negated)),
        _ => Type::INT,
    }
}

fn collapsed(members: impl Iterator<Item = Type>) -> Type {
    let all = union(members);
    collapse(&all).unwrap_or(all)
}

fn arithmetic(operator: BinaryOperator, left: &Type, right: &Type) -> Type {
    let of = |left: &Type, right: &Type| arithmetic(operator, left, right);
    match (operator, left, right) {
        (_, Type::IntLiteral(left), Type::IntLiteral(right)) => {
            known(operator, *left, *right).map_or(Type::INT, Type::IntLiteral)
        }
        (BinaryOperator::Multiply | BinaryOperator::Divide, ..) => Type::INT,
        (_, Type::Union(members), _) => collapsed(members.iter().map(|left| of(left, right))),
        (_, _, Type::Union(members)) => collapsed(members.iter().map(|right| of(left, right))),
        (BinaryOperator::Add, ..) => sum(left, right),
        (BinaryOperator::Subtract, ..) => sum(left, &negated(right)),
        _ => remainder(left, right),
    }
}

fn known(operator: BinaryOperator, left: i64, right: i64) -> Option<i64> {
    match operator {
        BinaryOperator::Add => left.checked_add(right),
        BinaryOperator::Subtract => left.checked_sub(right),
        BinaryOperator::Multiply => left.checked_mul(right),
        BinaryOperator::Divide => left.checked_div(right),
        _ => left.checked_rem(right),
    }
}

fn sum(left: &Type, right: &Type) -> Type {
    let (one, two) = (limits(left), limits(right));
    let add = |one: Option<i64>, two: Option<i64>| one.zip(two).and_then(|(a, b)| a.checked_add(b));
    Type::integer(add(one.0, two.0), add(one.1, two.1))
}

/// What is left after a division is less than what it is divided by.
fn remainder(left: &Type, right: &Type) -> Type {
    let (least, greatest) = limits(right);
    let divisor = least.zip(greatest).and_then(|(least, greatest)| {
        Some(least.checked_abs()?.max(greatest.checked_abs()?)).filter(|divisor| *divisor > 0)
    });
    let Some(divisor) = divisor else {
        return Type::INT;
    };
    let (least, greatest) = limits(left);
    let is_positive = least.is_some_and(|least| least >= 0);
    let is_negative = greatest.is_some_and(|greatest| greatest <= 0);
    Type::integer(
        Some(if is_positive { 0 } else { 1 - divisor }),
        Some(if is_negative { 0 } else { divisor - 1 }),
    )
}
