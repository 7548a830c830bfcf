//! Operators and accesses on values.

use serde_json::Value;
use taxiway_diagnostics::Span;

use super::Evaluated;
use super::interpreter::{Outcome, fail};
use crate::arm::Arm;
use crate::ast::BinaryOperator;

/// A value as part of a text.
pub(super) fn to_text(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Bool(true) => "True".to_owned(),
        Value::Bool(false) => "False".to_owned(),
        Value::Null => String::new(),
        other => other.to_string(),
    }
}

pub(super) fn binary(
    span: Span,
    operator: BinaryOperator,
    left: Evaluated,
    right: Evaluated,
) -> Outcome {
    let (left, right) = match (left, right) {
        (Evaluated::Known(left), Evaluated::Known(right)) => (left, right),
        (left, right) => {
            let arm = deferred(operator, left.into_arm(), right.into_arm());
            return Ok(Evaluated::Deferred(arm));
        }
    };
    let value = match operator {
        BinaryOperator::Equals => Value::Bool(left == right),
        BinaryOperator::NotEquals => Value::Bool(left != right),
        BinaryOperator::EqualsInsensitive => Value::Bool(same_text(&left, &right)),
        BinaryOperator::NotEqualsInsensitive => Value::Bool(!same_text(&left, &right)),
        BinaryOperator::Coalesce => {
            if left.is_null() {
                right
            } else {
                left
            }
        }
        BinaryOperator::And | BinaryOperator::Or => match (left.as_bool(), right.as_bool()) {
            (Some(left), Some(right)) if operator == BinaryOperator::And => {
                Value::Bool(left && right)
            }
            (Some(left), Some(right)) => Value::Bool(left || right),
            _ => return fail(span, "`&&` and `||` go with `true` and `false`"),
        },
        BinaryOperator::Less
        | BinaryOperator::LessOrEqual
        | BinaryOperator::Greater
        | BinaryOperator::GreaterOrEqual => return compare(span, operator, &left, &right),
        BinaryOperator::Add
        | BinaryOperator::Subtract
        | BinaryOperator::Multiply
        | BinaryOperator::Divide
        | BinaryOperator::Modulo => return arithmetic(span, operator, &left, &right),
    };
    Ok(value.into())
}

fn same_text(left: &Value, right: &Value) -> bool {
    match (left.as_str(), right.as_str()) {
        (Some(left), Some(right)) => left.to_lowercase() == right.to_lowercase(),
        _ => left == right,
    }
}

fn compare(span: Span, operator: BinaryOperator, left: &Value, right: &Value) -> Outcome {
    let ordering = match (left, right) {
        (Value::Number(_), Value::Number(_)) => left.as_i64().cmp(&right.as_i64()),
        (Value::String(left), Value::String(right)) => left.cmp(right),
        _ => return fail(span, "only two integers or two strings can be compared"),
    };
    Ok(Value::Bool(match operator {
        BinaryOperator::Less => ordering.is_lt(),
        BinaryOperator::LessOrEqual => ordering.is_le(),
        BinaryOperator::Greater => ordering.is_gt(),
        _ => ordering.is_ge(),
    })
    .into())
}

fn arithmetic(span: Span, operator: BinaryOperator, left: &Value, right: &Value) -> Outcome {
    let (Some(left), Some(right)) = (left.as_i64(), right.as_i64()) else {
        return fail(span, "this operator goes with integers");
    };
    let result = match operator {
        BinaryOperator::Add => left.checked_add(right),
        BinaryOperator::Subtract => left.checked_sub(right),
        BinaryOperator::Multiply => left.checked_mul(right),
        BinaryOperator::Divide => left.checked_div(right),
        _ => left.checked_rem(right),
    };
    match result {
        Some(result) => Ok(Value::from(result).into()),
        None => fail(span, "the result is no integer of 64 bits"),
    }
}

/// The call that an operator is emitted as.
fn deferred(operator: BinaryOperator, left: Arm, right: Arm) -> Arm {
    let name = match operator {
        BinaryOperator::NotEquals => {
            return Arm::call("not", [Arm::call("equals", [left, right])]);
        }
        BinaryOperator::EqualsInsensitive | BinaryOperator::NotEqualsInsensitive => {
            let sides = [left, right].map(|side| Arm::call("toLower", [side]));
            let equal = Arm::call("equals", sides);
            return if operator == BinaryOperator::EqualsInsensitive {
                equal
            } else {
                Arm::call("not", [equal])
            };
        }
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
    Arm::call(name, [left, right])
}

/// `base[index]`
pub(super) fn index(
    span: Span,
    base: Evaluated,
    index: Evaluated,
    safe: bool,
    from_end: bool,
) -> Outcome {
    let (base, index) = match (base, index) {
        (Evaluated::Known(base), Evaluated::Known(index)) => (base, index),
        (base, index) => {
            let (base, index) = (base.into_arm(), index.into_arm());
            return Ok(Evaluated::Deferred(match (safe, from_end) {
                (true, true) => Arm::call("tryIndexFromEnd", [base, index]),
                (true, false) => Arm::call("tryGet", [base, index]),
                (false, true) => Arm::call("indexFromEnd", [base, index]),
                (false, false) => base.access(index),
            }));
        }
    };
    match lookup(&base, &index, from_end) {
        Some(found) => Ok(found.clone().into()),
        None if safe => Ok(Value::Null.into()),
        None => fail(
            span,
            format!("there is no `{}` in this value", to_text(&index)),
        ),
    }
}

fn lookup<'v>(base: &'v Value, index: &Value, from_end: bool) -> Option<&'v Value> {
    match (base, index) {
        (Value::Object(_), Value::String(name)) => member(base, name),
        (Value::Array(items), Value::Number(position)) => {
            let position = usize::try_from(position.as_i64()?).ok()?;
            let position = if from_end {
                items.len().checked_sub(position)?
            } else {
                position
            };
            items.get(position)
        }
        _ => None,
    }
}

/// The member `name`, whatever its case.
pub(super) fn member<'v>(value: &'v Value, name: &str) -> Option<&'v Value> {
    let members = value.as_object()?;
    members.get(name).or_else(|| {
        members
            .iter()
            .find(|(key, _)| key.to_lowercase() == name.to_lowercase())
            .map(|(_, value)| value)
    })
}
