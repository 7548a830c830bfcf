//! JSONPath, as far as load functions use it: members, indices, wildcards, `..` and filters.

use serde_json::Value;

/// What `query` selects: one value as it is, several as an array, nothing as `None`.
pub(crate) fn select(value: &Value, query: &str) -> Option<Value> {
    let mut found = vec![value.clone()];
    let mut rest = query.trim().trim_start_matches('$');
    while !rest.is_empty() {
        let (step, after) = next_step(rest)?;
        found = found
            .iter()
            .flat_map(|value| step.apply(value))
            .cloned()
            .collect();
        rest = after;
    }
    match found.len() {
        0 => None,
        1 => found.pop(),
        _ => Some(Value::Array(found)),
    }
}

enum Step<'q> {
    Member(&'q str),
    Index(i64),
    Wildcard,
    Descendants(&'q str),
    Filter(Filter<'q>),
}

struct Filter<'q> {
    member: &'q str,
    comparison: Option<(&'q str, Value)>,
}

fn next_step(query: &str) -> Option<(Step<'_>, &str)> {
    if let Some(rest) = query.strip_prefix("..") {
        let (name, after) = split_name(rest);
        return Some((Step::Descendants(name), after));
    }
    if let Some(rest) = query.strip_prefix('[') {
        if let Some(filter) = rest.strip_prefix("?(") {
            let (text, after) = filter.split_once(")]")?;
            return Some((Step::Filter(parse_filter(text)?), after));
        }
        let (inner, after) = rest.split_once(']')?;
        let inner = inner.trim();
        let step = if inner == "*" {
            Step::Wildcard
        } else if let Ok(index) = inner.parse() {
            Step::Index(index)
        } else {
            Step::Member(inner.trim_matches(['\'', '"']))
        };
        return Some((step, after));
    }
    let (name, after) = split_name(query.strip_prefix('.').unwrap_or(query));
    if name.is_empty() {
        return None;
    }
    let step = if name == "*" {
        Step::Wildcard
    } else {
        Step::Member(name)
    };
    Some((step, after))
}

fn split_name(query: &str) -> (&str, &str) {
    let end = query.find(['.', '[']).unwrap_or(query.len());
    query.split_at(end)
}

fn parse_filter(text: &str) -> Option<Filter<'_>> {
    let text = text.trim().strip_prefix("@.")?;
    let end = text
        .find(|character: char| !character.is_alphanumeric() && character != '_')
        .unwrap_or(text.len());
    let (member, rest) = text.split_at(end);
    let rest = rest.trim();
    if rest.is_empty() {
        return Some(Filter {
            member,
            comparison: None,
        });
    }
    let operator = ["==", "!=", "<=", ">=", "<", ">"]
        .into_iter()
        .find(|operator| rest.starts_with(operator))?;
    let literal = rest[operator.len()..].trim();
    let value = match literal.strip_prefix('\'') {
        Some(quoted) => Value::String(quoted.trim_end_matches('\'').to_owned()),
        None => serde_json::from_str(literal).ok()?,
    };
    Some(Filter {
        member,
        comparison: Some((operator, value)),
    })
}

impl Step<'_> {
    fn apply<'v>(&self, value: &'v Value) -> Vec<&'v Value> {
        match self {
            Self::Member(name) => value.get(name).into_iter().collect(),
            Self::Index(index) => {
                let items = value.as_array().map_or(&[][..], Vec::as_slice);
                let index = if *index < 0 {
                    index + i64::try_from(items.len()).unwrap_or(0)
                } else {
                    *index
                };
                let position = usize::try_from(index).ok();
                position
                    .and_then(|index| items.get(index))
                    .into_iter()
                    .collect()
            }
            Self::Wildcard => children(value),
            Self::Descendants(name) => {
                let mut found = Vec::new();
                descend(value, name, &mut found);
                found
            }
            Self::Filter(filter) => children(value)
                .into_iter()
                .filter(|child| filter.accepts(child))
                .collect(),
        }
    }
}

fn children(value: &Value) -> Vec<&Value> {
    match value {
        Value::Array(items) => items.iter().collect(),
        Value::Object(members) => members.values().collect(),
        _ => Vec::new(),
    }
}

fn descend<'v>(value: &'v Value, name: &str, found: &mut Vec<&'v Value>) {
    if let Value::Object(members) = value {
        found.extend(members.get(name));
    }
    for child in children(value) {
        descend(child, name, found);
    }
}

impl Filter<'_> {
    fn accepts(&self, value: &Value) -> bool {
        let Some(actual) = value.get(self.member) else {
            return false;
        };
        let Some((operator, expected)) = &self.comparison else {
            return true;
        };
        let ordering = match (actual, expected) {
            (Value::Number(left), Value::Number(right)) => {
                left.as_f64().partial_cmp(&right.as_f64())
            }
            (Value::String(left), Value::String(right)) => Some(left.cmp(right)),
            _ => (actual == expected).then_some(std::cmp::Ordering::Equal),
        };
        match *operator {
            "==" => ordering.is_some_and(std::cmp::Ordering::is_eq),
            "!=" => !ordering.is_some_and(std::cmp::Ordering::is_eq),
            "<" => ordering.is_some_and(std::cmp::Ordering::is_lt),
            "<=" => ordering.is_some_and(std::cmp::Ordering::is_le),
            ">" => ordering.is_some_and(std::cmp::Ordering::is_gt),
            _ => ordering.is_some_and(std::cmp::Ordering::is_ge),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn queries_select_members_items_and_filtered_items() {
        let value = json!({"a": {"b": [1, 2]}, "items": [{"n": 1, "x": "p"}, {"n": 5, "x": "q"}, {"n": 7, "x": "r"}]});
        for (query, expected) in [
            ("$.a.b[1]", json!(2)),
            (".a", json!({"b": [1, 2]})),
            (".items[?(@.n > 3)].x", json!(["q", "r"])),
            ("..b", json!([1, 2])),
        ] {
            assert_eq!(select(&value, query), Some(expected), "{query}");
        }
        assert_eq!(select(&value, ".none"), None);
    }
}
