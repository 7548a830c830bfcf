//! A resource as rules see it, and the parts of its body.
//!
//! A part is absent, unknown (only a running deployment knows it) or known. Comparisons with a known value are false for the
//! other two, so that a rule that asks `is_true` never speaks about what it cannot see.

use serde_json::Value;
use taxiway_arm::{EvaluatedResource, ResourceId};

use crate::placeholder;

/// A resource of the template.
#[derive(Debug)]
pub(crate) struct Node<'e> {
    pub(crate) index: usize,
    pub(crate) resource: &'e EvaluatedResource,
    /// The full type in lower case.
    pub(crate) kind: String,
}

impl<'e> Node<'e> {
    pub(crate) const fn id(&self) -> &'e ResourceId {
        &self.resource.id
    }

    /// The last segment of the name, as people may read it.
    pub(crate) fn name(&self) -> String {
        match &self.resource.unresolved {
            Some(_) => self
                .resource
                .symbolic_name
                .clone()
                .unwrap_or_else(|| "…".to_owned()),
            None => placeholder::readable(self.resource.id.name()),
        }
    }

    /// The last segment of the name, where all of it is known.
    pub(crate) fn known_name(&self) -> Option<&'e str> {
        let name = self.resource.id.name();
        (self.resource.unresolved.is_none() && !placeholder::is_in(name)).then_some(name)
    }

    pub(crate) fn is(&self, kind: &str) -> bool {
        self.kind.eq_ignore_ascii_case(kind)
    }

    /// The part of the body at a path such as `properties/siteConfig/alwaysOn`; names are compared without case.
    pub(crate) fn at(&self, path: &str) -> Part<'e> {
        let root = Part {
            node: self.index,
            path: String::new(),
            state: State::Known(&self.resource.body),
        };
        root.at(path)
    }

    /// The resource as a whole.
    pub(crate) fn whole(&self) -> Part<'e> {
        self.at("")
    }
}

/// A part of a resource's body.
#[derive(Clone, Debug)]
pub(crate) struct Part<'e> {
    pub(crate) node: usize,
    /// The path from the body, with the names as they are in the body.
    pub(crate) path: String,
    state: State<'e>,
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum State<'e> {
    Absent,
    Unknown(&'e str),
    Known(&'e Value),
}

impl<'e> Part<'e> {
    fn state_of(value: Option<&'e Value>) -> State<'e> {
        match value {
            None | Some(Value::Null) => State::Absent,
            Some(Value::String(text)) if is_open(text) => State::Unknown(text),
            Some(value) => State::Known(value),
        }
    }

    pub(crate) fn at(&self, path: &str) -> Self {
        let mut current = self.clone();
        for name in path.split('/').filter(|name| !name.is_empty()) {
            current = current.member(name);
        }
        current
    }

    fn member(&self, name: &str) -> Self {
        let mut name = name;
        let state = match self.state {
            State::Known(Value::Object(members)) => {
                match members.get_key_value(name).or_else(|| {
                    members
                        .iter()
                        .find(|(key, _)| key.eq_ignore_ascii_case(name))
                }) {
                    Some((key, value)) => {
                        name = key;
                        Self::state_of(Some(value))
                    }
                    None => State::Absent,
                }
            }
            State::Known(Value::Array(items)) => Self::state_of(
                name.parse::<usize>()
                    .ok()
                    .and_then(|index| items.get(index)),
            ),
            State::Known(_) | State::Absent => State::Absent,
            State::Unknown(text) => State::Unknown(text),
        };
        let token = name.replace('~', "~0").replace('/', "~1");
        Self {
            node: self.node,
            path: format!("{}/{token}", self.path),
            state,
        }
    }

    /// The elements of a list; none where it is no list that is known.
    pub(crate) fn items(&self) -> Vec<Self> {
        match self.state {
            State::Known(Value::Array(items)) => (0..items.len())
                .map(|index| self.member(&index.to_string()))
                .collect(),
            _ => Vec::new(),
        }
    }

    /// The members of an object with their names.
    pub(crate) fn members(&self) -> Vec<(&'e str, Self)> {
        match self.state {
            State::Known(Value::Object(members)) => members
                .keys()
                .map(|key| (key.as_str(), self.member(key)))
                .collect(),
            _ => Vec::new(),
        }
    }

    pub(crate) fn is_absent(&self) -> bool {
        self.state == State::Absent
    }

    pub(crate) const fn is_unknown(&self) -> bool {
        matches!(self.state, State::Unknown(_))
    }

    pub(crate) const fn is_present(&self) -> bool {
        matches!(self.state, State::Known(_) | State::Unknown(_))
    }

    pub(crate) fn is_true(&self) -> bool {
        self.flag() == Some(true)
    }

    pub(crate) fn is_false(&self) -> bool {
        self.flag() == Some(false)
    }

    pub(crate) fn is_false_or_absent(&self) -> bool {
        self.is_absent() || self.is_false()
    }

    fn flag(&self) -> Option<bool> {
        match self.state {
            State::Known(Value::Bool(value)) => Some(*value),
            State::Known(Value::String(text)) if text.eq_ignore_ascii_case("true") => Some(true),
            State::Known(Value::String(text)) if text.eq_ignore_ascii_case("false") => Some(false),
            _ => None,
        }
    }

    /// The text, where it is known.
    pub(crate) const fn text(&self) -> Option<&'e str> {
        match self.state {
            State::Known(Value::String(text)) => Some(text.as_str()),
            _ => None,
        }
    }

    /// The text, or the text of the expression.
    pub(crate) const fn text_or_expression(&self) -> Option<&'e str> {
        match self.state {
            State::Known(Value::String(text)) => Some(text.as_str()),
            State::Unknown(text) => Some(text),
            _ => None,
        }
    }

    /// A number, also one written as text, as several resource types want it.
    pub(crate) fn number(&self) -> Option<f64> {
        match self.state {
            State::Known(Value::Number(number)) => number.as_f64(),
            State::Known(Value::String(text)) => text.trim().parse().ok(),
            _ => None,
        }
    }

    /// Whether it is this text, without case.
    pub(crate) fn is(&self, text: &str) -> bool {
        self.text()
            .is_some_and(|known| known.eq_ignore_ascii_case(text))
    }

    pub(crate) fn is_any(&self, texts: &[&str]) -> bool {
        texts.iter().any(|text| self.is(text))
    }

    /// Known, and no number in this range.
    pub(crate) fn is_outside(&self, least: f64, most: f64) -> bool {
        self.number()
            .is_some_and(|number| number < least || number > most)
    }

    /// The value as people may read it in a message.
    pub(crate) fn shown(&self) -> String {
        match self.state {
            State::Absent => "nothing".to_owned(),
            State::Unknown(text) => placeholder::readable(text),
            State::Known(Value::String(text)) => text.clone(),
            State::Known(value) => value.to_string(),
        }
    }

    /// The known value.
    pub(crate) const fn value(&self) -> Option<&'e Value> {
        match self.state {
            State::Known(value) => Some(value),
            _ => None,
        }
    }
}

/// Whether a text is an expression that was not reduced, or holds a value that nobody gave.
fn is_open(text: &str) -> bool {
    (text.starts_with('[') && !text.starts_with("[[") && text.ends_with(']'))
        || placeholder::is_in(text)
}
