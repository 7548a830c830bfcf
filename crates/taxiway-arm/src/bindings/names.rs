//! Which parameters and variables an expression mentions, and the order that follows from it.

use std::collections::{BTreeSet, HashMap};

use serde_json::Value;

use crate::expression::{Expression, TemplateString, classify, parse};

/// The names that a part of a template mentions, in lower case.
#[derive(Default)]
pub(super) struct Mentions {
    pub(super) names: BTreeSet<String>,
    /// Whether a name is computed, so that any may be meant.
    pub(super) is_dynamic: bool,
}

/// The names in calls of `function` (`variables`, `parameters`).
pub(super) fn mentions(value: &Value, function: &str) -> Mentions {
    let mut mentions = Mentions::default();
    visit_strings(value, &mut |text| {
        if let TemplateString::Expression(inner) = classify(text)
            && let Ok(expression) = parse(inner)
        {
            visit_calls(&expression, function, &mut mentions);
        }
    });
    mentions
}

fn visit_strings(value: &Value, visit: &mut dyn FnMut(&str)) {
    match value {
        Value::String(text) => visit(text),
        Value::Array(elements) => {
            for element in elements {
                visit_strings(element, visit);
            }
        }
        Value::Object(members) => {
            for (name, member) in members {
                visit(name);
                visit_strings(member, visit);
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

fn visit_calls(expression: &Expression, wanted: &str, mentions: &mut Mentions) {
    match expression {
        Expression::Literal(_) => {}
        Expression::Member { base, key } => {
            visit_calls(base, wanted, mentions);
            visit_calls(key, wanted, mentions);
        }
        Expression::Call {
            function,
            arguments,
        } => {
            if function.eq_ignore_ascii_case(wanted) {
                match arguments.first().and_then(Expression::as_literal) {
                    Some(Value::String(name)) => {
                        mentions.names.insert(name.to_lowercase());
                    }
                    _ => mentions.is_dynamic = true,
                }
            }
            // A function of the template may mention variables in its body.
            mentions.is_dynamic |= function.contains('.') && wanted == "variables";
            for argument in arguments {
                visit_calls(argument, wanted, mentions);
            }
        }
    }
}

/// The order in which values are evaluated, and those that depend on themselves.
pub(super) struct Order {
    pub(super) order: Vec<usize>,
    pub(super) cyclic: Vec<usize>,
}

/// Puts each name after those it mentions; those with computed names come last.
pub(super) fn order(names: &[String], mentions: &[Mentions]) -> Order {
    let positions: HashMap<&str, usize> = names
        .iter()
        .enumerate()
        .map(|(index, name)| (name.as_str(), index))
        .collect();
    let mut dependents: Vec<Vec<usize>> = vec![Vec::new(); names.len()];
    let mut open: Vec<usize> = vec![0; names.len()];
    for (index, mentions) in mentions.iter().enumerate() {
        for name in &mentions.names {
            if let Some(position) = positions.get(name.as_str()) {
                dependents[*position].push(index);
                open[index] += 1;
            }
        }
    }
    let mut ready: BTreeSet<(bool, usize)> = (0..names.len())
        .filter(|index| open[*index] == 0)
        .map(|index| (mentions[index].is_dynamic, index))
        .collect();
    let mut order = Vec::with_capacity(names.len());
    while let Some((_, index)) = ready.pop_first() {
        order.push(index);
        for dependent in &dependents[index] {
            open[*dependent] -= 1;
            if open[*dependent] == 0 {
                ready.insert((mentions[*dependent].is_dynamic, *dependent));
            }
        }
    }
    let cyclic = (0..names.len()).filter(|index| open[*index] > 0).collect();
    Order { order, cyclic }
}
