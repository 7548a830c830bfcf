//! The text that is left of an expression whose values only a running deployment knows.

use serde_json::Value;

use super::{Expression, TemplateString, classify, parse};

/// The text that an expression puts together by `format` and `concat`, each unknown value as `stand_in` gives it for the
/// property that is asked for (`vaultUri` of a `reference(…).vaultUri`, else `None`).
///
/// `None` for a text that is no expression, or an expression of another form.
///
/// ```
/// let text = "[format('{0}secrets/{1}', reference('/a/b', '1').vaultUri, 'key')]";
/// let composed = taxiway_arm::composed_text(text, &|property| Some(format!("<{}>", property?)));
/// assert_eq!(composed.as_deref(), Some("<vaultUri>secrets/key"));
/// ```
pub fn composed_text(
    text: &str,
    stand_in: &dyn Fn(Option<&str>) -> Option<String>,
) -> Option<String> {
    let TemplateString::Expression(inner) = classify(text) else {
        return None;
    };
    composed(&parse(inner).ok()?, stand_in)
}

fn composed(
    expression: &Expression,
    stand_in: &dyn Fn(Option<&str>) -> Option<String>,
) -> Option<String> {
    if let Some(parts) = expression.arguments_of("concat") {
        return parts.iter().map(|part| composed(part, stand_in)).collect();
    }
    if let Some([pattern, values @ ..]) = expression.arguments_of("format") {
        let mut text = pattern.as_literal()?.as_str()?.to_owned();
        for (index, value) in values.iter().enumerate() {
            text = text.replace(&format!("{{{index}}}"), &composed(value, stand_in)?);
        }
        return Some(text);
    }
    match expression {
        Expression::Literal(Value::String(text)) => Some(text.clone()),
        Expression::Literal(value) => Some(value.to_string()),
        Expression::Member { key, .. } => stand_in(key.as_literal().and_then(Value::as_str)),
        Expression::Call { .. } => stand_in(None),
    }
}
