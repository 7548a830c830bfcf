//! `bicepconfig.json`: the settings that change what is emitted.

use serde_json::Value;

/// What a `bicepconfig.json` says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Configuration {
    /// Experimental features that are switched on.
    pub(crate) features: Vec<String>,
    /// Registries and paths by alias.
    registry_aliases: Vec<(String, String)>,
    /// `analyzers.core`.
    linter: Value,
    /// `formatting`.
    pub(crate) formatting: Value,
}

impl Configuration {
    /// Reads the settings; a file that is no JSON has none.
    pub(crate) fn parse(text: &str) -> Self {
        let value = parse_json_with_comments(text).unwrap_or(Value::Null);
        let features = value
            .get("experimentalFeaturesEnabled")
            .and_then(Value::as_object)
            .into_iter()
            .flatten()
            .filter(|(_, enabled)| **enabled == Value::Bool(true))
            .map(|(name, _)| name.clone())
            .collect();
        let registry_aliases = value
            .pointer("/moduleAliases/br")
            .and_then(Value::as_object)
            .into_iter()
            .flatten()
            .filter_map(|(alias, target)| {
                let registry = target.get("registry")?.as_str()?;
                let target = match target.get("modulePath").and_then(Value::as_str) {
                    Some(path) => format!("{registry}/{}", path.trim_matches('/')),
                    None => registry.to_owned(),
                };
                Some((alias.clone(), target))
            })
            .collect();
        let part = |pointer| value.pointer(pointer).cloned().unwrap_or(Value::Null);
        Self {
            features,
            registry_aliases,
            linter: part("/analyzers/core"),
            formatting: part("/formatting"),
        }
    }

    /// The registry, and perhaps the path in it, that an alias stands for.
    pub(crate) fn registry_alias(&self, alias: &str) -> Option<&str> {
        let own = self
            .registry_aliases
            .iter()
            .find(|(known, _)| known == alias);
        match own {
            Some((_, target)) => Some(target),
            None => (alias == "public").then_some("mcr.microsoft.com/bicep"),
        }
    }

    /// Whether the linter runs.
    pub(crate) fn lints(&self) -> bool {
        self.linter.get("enabled") != Some(&Value::Bool(false))
    }

    /// What is set for a rule of the linter.
    pub(crate) fn rule(&self, code: &str) -> Option<&Value> {
        self.linter.get("rules")?.get(code)
    }

    pub(crate) fn enables(&self, feature: &str) -> bool {
        self.features.iter().any(|enabled| enabled == feature)
    }
}

/// JSON that may hold `//` and `/* */` comments and trailing commas.
pub(crate) fn parse_json_with_comments(text: &str) -> Result<Value, serde_json::Error> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    serde_json::from_str(text).or_else(|_| serde_json::from_str(&strip_comments(text)))
}

/// JSON that is read as leniently as the official compiler reads it: what is open at the end of the text ends there.
/// Source: Json.NET, which the official compiler reads JSON with.
pub(crate) fn parse_lenient_json(text: &str) -> Result<Value, serde_json::Error> {
    parse_json_with_comments(text).or_else(|error| {
        let closed = with_closers(&strip_comments(text));
        serde_json::from_str(&closed).map_err(|_| error)
    })
}

/// The text with what closes the brackets that are open at its end.
fn with_closers(text: &str) -> String {
    let mut open = Vec::new();
    let mut characters = text.chars();
    while let Some(character) = characters.next() {
        match character {
            '"' => {
                while let Some(inner) = characters.next() {
                    match inner {
                        '"' => break,
                        '\\' => {
                            characters.next();
                        }
                        _ => {}
                    }
                }
            }
            '{' => open.push('}'),
            '[' => open.push(']'),
            '}' | ']' => {
                open.pop();
            }
            _ => {}
        }
    }
    let mut closed = text.trim_end_matches('\u{feff}').to_owned();
    closed.extend(open.into_iter().rev());
    closed
}

fn strip_comments(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut characters = text.char_indices().peekable();
    let mut pending_comma: Option<usize> = None;
    while let Some((position, character)) = characters.next() {
        let rest = &text[position..];
        if character == '"' {
            pending_comma = None;
            out.push(character);
            let mut escaped = false;
            for (_, inner) in characters.by_ref() {
                out.push(inner);
                if inner == '"' && !escaped {
                    break;
                }
                escaped = inner == '\\' && !escaped;
            }
        } else if rest.starts_with("//") || rest.starts_with("/*") {
            let length = if rest.starts_with("//") {
                rest.find('\n').unwrap_or(rest.len())
            } else {
                rest.find("*/").map_or(rest.len(), |end| end + 2)
            };
            while characters
                .peek()
                .is_some_and(|(next, _)| *next < position + length)
            {
                characters.next();
            }
        } else {
            match character {
                ',' => pending_comma = Some(out.len()),
                '}' | ']' => {
                    if let Some(comma) = pending_comma.take() {
                        out.replace_range(comma..=comma, " ");
                    }
                }
                other if !other.is_whitespace() => pending_comma = None,
                _ => {}
            }
            out.push(character);
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn comments_and_trailing_commas_are_allowed() {
        let text = "{ // why\n \"a\": \"//x\", /* b */ \"c\": [1, 2,],\n}";
        let value = parse_json_with_comments(text).unwrap();
        assert_eq!(value, serde_json::json!({"a": "//x", "c": [1, 2]}));
    }
}
