//! A walk through a template, from a pointer's token to the next.

use crate::json::{Json, JsonValue, Origin};

/// Variables that stand for variables: how many in a row are followed.
const MAX_HOPS: u32 = 32;

/// Where the walk is.
pub(super) struct Place<'json> {
    json: &'json Json,
    /// The origin of the nearest part that has one.
    pub(super) origin: Option<Origin>,
    /// The templates around it, the outermost first, each with the properties of the deployment that it is in.
    templates: Vec<(&'json Json, Option<&'json Json>)>,
    /// Whether the next token may be the number of a repetition, of which the template has only one.
    is_repeated: bool,
}

impl<'json> Place<'json> {
    pub(super) fn at_root(root: &'json Json) -> Self {
        Self {
            json: root,
            origin: root.origin,
            templates: vec![(root, None)],
            is_repeated: false,
        }
    }

    fn go(&mut self, json: &'json Json) {
        self.json = json;
        self.origin = json.origin.or(self.origin);
    }

    /// Goes on to the part `key`; `false` where nothing is known of it.
    pub(super) fn enter(&mut self, key: &str) -> bool {
        if std::mem::take(&mut self.is_repeated) && key.parse::<usize>().is_ok() {
            return true;
        }
        for _ in 0..MAX_HOPS {
            if let Some(next) = step(self.json, key) {
                let around = self.json;
                self.go(next);
                if key == "template" && step(next, "resources").is_some() {
                    self.templates.push((next, Some(around)));
                }
                return true;
            }
            if let Some(input) = repeated(self.json, key) {
                self.go(input);
                self.is_repeated = true;
                return true;
            }
            if !self.follow() {
                return false;
            }
        }
        false
    }

    /// Goes to the value that an expression names, if it names one.
    fn follow(&mut self) -> bool {
        let Some(named) = text(self.json).and_then(Named::parse) else {
            return false;
        };
        let Some((template, deployment)) = self.templates.last().copied() else {
            return false;
        };
        let found = if named.function == "variables" {
            step(template, "variables").and_then(|variables| {
                step(variables, named.name).or_else(|| repeated(variables, named.name))
            })
        } else {
            let given = deployment
                .and_then(|deployment| step(step(deployment, "parameters")?, named.name))
                .and_then(|given| step(given, "value"));
            if given.is_some() {
                self.templates.pop();
            }
            given
        };
        let Some(mut json) = found else {
            return false;
        };
        for key in &named.path {
            match step(json, key) {
                Some(next) => json = next,
                None => return false,
            }
        }
        self.go(json);
        true
    }
}

fn step<'json>(json: &'json Json, key: &str) -> Option<&'json Json> {
    match &json.value {
        JsonValue::Object(members) => members.get(key),
        JsonValue::Array(items) => items.get(key.parse::<usize>().ok()?),
        JsonValue::Shared(shared) => step(shared, key),
        JsonValue::Null | JsonValue::Bool(_) | JsonValue::Number(_) | JsonValue::String(_) => None,
    }
}

fn text(json: &Json) -> Option<&str> {
    match &json.value {
        JsonValue::String(text) => Some(text),
        JsonValue::Shared(shared) => text(shared),
        _ => None,
    }
}

/// What the copy loop `name` of an object repeats.
fn repeated<'json>(object: &'json Json, name: &str) -> Option<&'json Json> {
    let JsonValue::Array(loops) = &step(object, "copy")?.value else {
        return None;
    };
    let of_name = |each: &&Json| step(each, "name").and_then(text) == Some(name);
    step(loops.iter().find(of_name)?, "input")
}

/// `[variables('name').a.b]`, or the same of a parameter.
struct Named<'text> {
    function: &'text str,
    name: &'text str,
    path: Vec<&'text str>,
}

impl<'text> Named<'text> {
    fn parse(expression: &'text str) -> Option<Self> {
        let inner = expression.strip_prefix('[')?.strip_suffix(']')?;
        let (function, rest) = inner.split_once("('")?;
        let (name, rest) = rest.split_once("')")?;
        let is_known = matches!(function, "variables" | "parameters");
        let mut path = rest.split('.');
        let is_plain = path.next()?.is_empty();
        let path: Vec<&str> = path.collect();
        let is_word = |word: &&str| {
            !word.is_empty()
                && word
                    .chars()
                    .all(|letter| letter == '_' || letter.is_alphanumeric())
        };
        (is_known && is_plain && path.iter().all(is_word)).then_some(Self {
            function,
            name,
            path,
        })
    }
}
