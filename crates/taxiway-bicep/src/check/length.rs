//! How long values are once they are text.

use crate::types::{Type, length_of};

/// The least and the greatest length of a value of this type as text.
/// Source: Azure/bicep, the types of interpolated strings.
pub(super) fn as_text(kind: &Type) -> (i64, Option<i64>) {
    match kind {
        Type::StringLiteral(text) => exactly(text),
        Type::IntLiteral(value) => exactly(&value.to_string()),
        Type::String(limits) => (limits.least.unwrap_or(0), limits.greatest),
        Type::Int(limits) => integer(
            limits.least.unwrap_or(i64::MIN),
            limits.greatest.unwrap_or(i64::MAX),
        ),
        Type::Bool(_) | Type::BoolLiteral(_) => (4, Some(5)),
        // At least the brackets.
        Type::Array(_) | Type::Tuple(_) | Type::Object(_) | Type::Tagged(_) => (2, None),
        Type::Union(members) => members
            .iter()
            .map(|member| as_text(&member.open()))
            .reduce(|one, two| {
                let greatest = one.1.zip(two.1).map(|(one, two)| one.max(two));
                (one.0.min(two.0), greatest)
            })
            .unwrap_or((0, None)),
        _ => (0, None),
    }
}

fn exactly(text: &str) -> (i64, Option<i64>) {
    let length = length_of(text);
    (length, Some(length))
}

fn integer(least: i64, greatest: i64) -> (i64, Option<i64>) {
    let (one, two) = (
        length_of(&least.to_string()),
        length_of(&greatest.to_string()),
    );
    let shortest = if least < 0 && greatest >= 0 {
        1
    } else {
        one.min(two)
    };
    (shortest, Some(one.max(two)))
}
