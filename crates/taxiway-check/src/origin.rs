//! Where a value of a resource was written: through variables, modules, parameters and loops, back to the text.

use serde_json::Value;
use taxiway_arm::EvaluatedResource;
use taxiway_diagnostics::Location;

use crate::evaluated::{Evaluated, Positions};

/// How many names may stand between a property and its value.
const MAX_HOPS: usize = 32;

/// The way from a property to the text of its value.
#[derive(Clone, Debug)]
pub(crate) struct Origin {
    /// Where the value, or what should hold it, is written. All of it, over several lines.
    pub(crate) place: Option<Location>,
    /// Where it is taken over on the way, from the resource on.
    pub(crate) hops: Vec<Location>,
    /// The names of the path that are not written anywhere.
    pub(crate) missing: Vec<String>,
    /// The place as a pointer into the template.
    pub(crate) pointer: String,
    /// Whether the place is the resource itself, and not a part of it.
    pub(crate) is_resource: bool,
    /// Whether a literal stands at the place.
    pub(crate) is_literal: bool,
}

/// The way from a part of a resource to where it is written.
pub(crate) fn origin(evaluated: &Evaluated, resource: &EvaluatedResource, path: &str) -> Origin {
    let mut cursor = Cursor {
        evaluated,
        at: resource.pointer.clone(),
        rest: segments(path),
        index: resource.copy_index,
        loops: Vec::new(),
        is_given: None,
    };
    let mut hops = Vec::new();
    for _ in 0..MAX_HOPS {
        cursor.descend();
        let place = cursor.place();
        if !cursor.follow() {
            break;
        }
        hops.extend(place);
        if cursor.is_given.is_some() {
            break;
        }
    }
    let depth = cursor
        .at
        .strip_prefix(&resource.pointer)
        .map(|rest| rest.matches('/').count());
    let value = cursor.value();
    Origin {
        is_resource: depth == Some(0) || (depth == Some(1) && !cursor.rest.is_empty()),
        is_literal: cursor.is_given.is_some()
            || value.is_some_and(|value| match value {
                Value::String(text) => !text.starts_with('['),
                Value::Bool(_)
                | Value::Number(_)
                | Value::Object(_)
                | Value::Array(_)
                | Value::Null => true,
            }),
        place: cursor.place(),
        hops,
        pointer: cursor.at,
        missing: cursor.rest,
    }
}

fn segments(path: &str) -> Vec<String> {
    path.split('/')
        .filter(|name| !name.is_empty())
        .map(|name| name.replace("~1", "/").replace("~0", "~"))
        .collect()
}

struct Cursor<'e> {
    evaluated: &'e Evaluated,
    /// A pointer into the template.
    at: String,
    /// The names still to go, the next first.
    rest: Vec<String>,
    /// The element of the resource's own loop.
    index: Option<usize>,
    /// Elements of property loops, by name.
    loops: Vec<(String, usize)>,
    /// The location in the parameters file, where the value comes from there.
    is_given: Option<Location>,
}

impl<'e> Cursor<'e> {
    fn value(&self) -> Option<&'e Value> {
        self.evaluated.template.pointer(&self.at)
    }

    fn place(&self) -> Option<Location> {
        self.is_given
            .clone()
            .or_else(|| self.evaluated.positions.locate(&self.at))
    }

    /// Goes down as far as the template has what the path names.
    fn descend(&mut self) {
        while let (Some(name), Some(value)) = (self.rest.first().cloned(), self.value()) {
            let next = match value {
                Value::Object(members) => members
                    .get_key_value(&name)
                    .or_else(|| {
                        members
                            .iter()
                            .find(|(key, _)| key.eq_ignore_ascii_case(&name))
                    })
                    .map(|(key, _)| key.clone()),
                Value::Array(items) => name
                    .parse::<usize>()
                    .ok()
                    .filter(|index| *index < items.len())
                    .map(|index| index.to_string()),
                Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => None,
            };
            match next {
                Some(next) => {
                    self.enter(&next);
                    self.rest.remove(0);
                }
                None if self.enter_loop(value, &name) => {}
                None => return,
            }
        }
    }

    fn enter(&mut self, name: &str) {
        self.at.push('/');
        self.at
            .push_str(&name.replace('~', "~0").replace('/', "~1"));
    }

    /// A property that is a loop stands in `copy`, once for all elements.
    fn enter_loop(&mut self, value: &Value, name: &str) -> bool {
        let loops = value.get("copy").and_then(Value::as_array);
        let found = loops.and_then(|loops| {
            loops.iter().position(|one| {
                one.get("name")
                    .and_then(Value::as_str)
                    .is_some_and(|known| known.eq_ignore_ascii_case(name))
            })
        });
        let Some(position) = found else {
            return false;
        };
        self.enter("copy");
        self.enter(&position.to_string());
        self.enter("input");
        self.rest.remove(0);
        if let Some(index) = self.rest.first().and_then(|index| index.parse().ok()) {
            self.loops.push((name.to_owned(), index));
            self.rest.remove(0);
        }
        true
    }

    /// Goes from the use of a name to what it names.
    fn follow(&mut self) -> bool {
        let Some(Value::String(text)) = self.value() else {
            return false;
        };
        let Some((function, name, suffix)) = reference(text) else {
            return false;
        };
        let Some(mut path) = self.suffix(suffix) else {
            return false;
        };
        let root = template_root(&self.at).to_owned();
        if function == "variables" {
            let Some(at) = self.variable(&root, name, &mut path) else {
                return false;
            };
            self.at = at;
        } else if !self.parameter(&root, name) {
            return false;
        }
        path.append(&mut self.rest);
        self.rest = path;
        true
    }

    fn variable(&mut self, root: &str, name: &str, path: &mut Vec<String>) -> Option<String> {
        let template = &self.evaluated.template;
        let variables = template
            .pointer(&format!("{root}/variables"))?
            .as_object()?;
        if let Some((key, _)) = variables
            .iter()
            .find(|(key, _)| key.eq_ignore_ascii_case(name))
        {
            return Some(format!(
                "{root}/variables/{}",
                key.replace('~', "~0").replace('/', "~1")
            ));
        }
        let loops = variables.get("copy")?.as_array()?;
        let position = loops
            .iter()
            .position(|one| one.get("name").and_then(Value::as_str) == Some(name))?;
        if let Some(index) = path.first().and_then(|index| index.parse().ok()) {
            self.loops.push((name.to_owned(), index));
            path.remove(0);
        }
        Some(format!("{root}/variables/copy/{position}/input"))
    }

    /// To the value of a parameter: in the parameters file, at the module's use, or the default.
    fn parameter(&mut self, root: &str, name: &str) -> bool {
        let template = &self.evaluated.template;
        let default = format!("{root}/parameters/{name}/defaultValue");
        let module = root.strip_suffix("/properties/template");
        let given = match module {
            Some(module) => {
                let value = format!("{module}/properties/parameters/{name}/value");
                template.pointer(&value).is_some().then_some(value)
            }
            None => {
                let is_given = self.evaluated.parameters.contains_key(name);
                self.is_given = is_given
                    .then(|| self.evaluated.given.as_ref()?.locate(name))
                    .flatten();
                None
            }
        };
        if self.is_given.is_some() {
            return true;
        }
        match given {
            Some(value) => self.at = value,
            None if template.pointer(&default).is_some() => self.at = default,
            None => return false,
        }
        // What the index of a loop means ends with the template that has the loop.
        self.index = None;
        self.loops.clear();
        true
    }

    /// The names behind a reference: `.a`, `['a']`, `[0]`, `[copyIndex()]`.
    fn suffix(&self, text: &str) -> Option<Vec<String>> {
        let mut names = Vec::new();
        let mut text = text;
        while !text.is_empty() {
            if let Some(rest) = text.strip_prefix('.') {
                let end = rest
                    .find(|character: char| !(character.is_alphanumeric() || character == '_'))
                    .unwrap_or(rest.len());
                names.push(rest[..end].to_owned());
                text = &rest[end..];
            } else {
                let (inner, rest) = text.strip_prefix('[')?.split_once(']')?;
                names.push(self.index_name(inner)?);
                text = rest;
            }
        }
        Some(names)
    }

    fn index_name(&self, inner: &str) -> Option<String> {
        if let Some(quoted) = inner.strip_prefix('\'') {
            return quoted.strip_suffix('\'').map(str::to_owned);
        }
        if inner == "copyIndex()" {
            return self.index.map(|index| index.to_string());
        }
        if let Some(name) = inner
            .strip_prefix("copyIndex('")
            .and_then(|rest| rest.strip_suffix("')"))
        {
            let of_property = self.loops.iter().rev().find(|(known, _)| known == name);
            return of_property
                .map(|(_, index)| *index)
                .or(self.index)
                .map(|index| index.to_string());
        }
        inner.parse::<usize>().ok().map(|index| index.to_string())
    }
}

/// `[variables('x').y]` in its parts.
fn reference(text: &str) -> Option<(&str, &str, &str)> {
    let inner = text.strip_prefix('[')?.strip_suffix(']')?;
    let (function, rest) = inner.split_once("('")?;
    if !matches!(function, "variables" | "parameters") {
        return None;
    }
    let (name, suffix) = rest.split_once("')")?;
    Some((function, name, suffix))
}

/// The pointer of the template that a pointer lies in.
pub(crate) fn template_root(pointer: &str) -> &str {
    const TEMPLATE: &str = "/properties/template";
    pointer
        .rfind(&format!("{TEMPLATE}/"))
        .map_or("", |start| &pointer[..start + TEMPLATE.len()])
}

/// The statements that declare a resource: its own, and those of the modules around it, from the inside out.
pub(crate) fn declarations(evaluated: &Evaluated, resource: &EvaluatedResource) -> Vec<Location> {
    let mut pointers = vec![resource.pointer.as_str()];
    let mut root = template_root(&resource.pointer);
    while let Some(module) = root.strip_suffix("/properties/template") {
        pointers.push(module);
        root = template_root(module);
    }
    pointers
        .into_iter()
        .filter_map(|pointer| evaluated.positions.locate(pointer))
        .collect()
}

/// All text that an expression is made of, names replaced by what they stand for; for questions such as "is there a hash in it?".
pub(crate) fn closure(evaluated: &Evaluated, resource: &EvaluatedResource, path: &str) -> String {
    let mut at = resource.pointer.clone();
    for name in segments(path) {
        at.push('/');
        at.push_str(&name.replace('~', "~0").replace('/', "~1"));
    }
    let mut open = vec![at];
    let mut seen: Vec<String> = Vec::new();
    let mut text = String::new();
    while let Some(at) = open.pop() {
        if seen.contains(&at) || seen.len() > 200 {
            continue;
        }
        let Some(value) = evaluated.template.pointer(&at) else {
            continue;
        };
        let root = template_root(&at).to_owned();
        let own = value.to_string();
        for (function, name) in names(&own) {
            open.extend(targets(evaluated, &root, function, name));
        }
        text.push_str(&own);
        text.push('\n');
        seen.push(at);
    }
    text
}

fn names(text: &str) -> Vec<(&str, &str)> {
    let mut found = Vec::new();
    for function in ["variables", "parameters"] {
        for (start, _) in text.match_indices(function) {
            let rest = &text[start + function.len()..];
            if let Some((name, _)) = rest
                .strip_prefix("('")
                .and_then(|rest| rest.split_once('\''))
            {
                found.push((function, name));
            }
        }
    }
    found
}

fn targets(evaluated: &Evaluated, root: &str, function: &str, name: &str) -> Vec<String> {
    if function == "variables" {
        return vec![format!("{root}/variables/{name}")];
    }
    match root.strip_suffix("/properties/template") {
        Some(module) => vec![
            format!("{module}/properties/parameters/{name}/value"),
            format!("{root}/parameters/{name}/defaultValue"),
        ],
        None if evaluated.parameters.contains_key(name) => Vec::new(),
        None => vec![format!("/parameters/{name}/defaultValue")],
    }
}

/// Whether fixes can be written into the source.
pub(crate) const fn is_bicep(evaluated: &Evaluated) -> bool {
    matches!(evaluated.positions, Positions::Bicep(_))
}
