//! What a text of a workflow comes to, as far as the files say.

use std::collections::BTreeMap;

/// A text without expressions, or one that nobody knows before the run.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Value {
    Known(String),
    /// The text as it is written.
    Unknown(String),
}

/// `inputs.NAME` and `matrix.NAME`, each with what it may be.
pub(crate) type Values = BTreeMap<String, Vec<Value>>;

/// Everything that `text` may be.
pub(crate) fn resolve(text: &str, values: &Values) -> Vec<Value> {
    let Some((before, rest)) = text.split_once("${{") else {
        return vec![Value::Known(text.to_owned())];
    };
    let Some((expression, after)) = rest.split_once("}}") else {
        return vec![Value::Unknown(text.to_owned())];
    };
    let path = expression
        .trim()
        .replace("github.event.inputs.", "inputs.")
        .to_lowercase();
    let unknown = vec![Value::Unknown(format!("${{{{ {} }}}}", expression.trim()))];
    let middle = values.get(&path).unwrap_or(&unknown);
    let mut found = Vec::new();
    for tail in resolve(after, values) {
        for value in middle {
            found.push(match (value, &tail) {
                (Value::Known(value), Value::Known(tail)) => {
                    Value::Known(format!("{before}{value}{tail}"))
                }
                (
                    Value::Known(value) | Value::Unknown(value),
                    Value::Known(tail) | Value::Unknown(tail),
                ) => Value::Unknown(format!("{before}{value}{tail}")),
            });
        }
    }
    found.sort();
    found.dedup();
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn expressions_come_to_every_value_they_may_have() {
        let known = |text: &str| Value::Known(text.to_owned());
        let unknown = |text: &str| Value::Unknown(text.to_owned());
        let values: Values = [
            (
                "inputs.where".to_owned(),
                vec![known("blue"), known("green")],
            ),
            ("matrix.size".to_owned(), vec![known("small")]),
        ]
        .into();
        let cases = [
            ("plain", vec![known("plain")]),
            ("${{ inputs.where }}", vec![known("blue"), known("green")]),
            (
                "${{ github.event.inputs.WHERE }}-${{matrix.size}}",
                vec![known("blue-small"), known("green-small")],
            ),
            ("x-${{ vars.X }}", vec![unknown("x-${{ vars.X }}")]),
            ("${{ inputs.where", vec![unknown("${{ inputs.where")]),
        ];
        for (text, expected) in cases {
            assert_eq!(resolve(text, &values), expected, "{text}");
        }
    }
}
