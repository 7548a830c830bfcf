//! YAML with the line of each node.

use saphyr::{LoadableYamlNode, MarkedYaml, Scalar, YamlData};

/// A document with more aliases than this is not something that people write.
const MOST_ALIASES: usize = 60;

/// A node and its line, from 0.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Node {
    pub(crate) line: usize,
    kind: Kind,
}

#[derive(Clone, Debug, PartialEq)]
enum Kind {
    Scalar(String),
    List(Vec<Node>),
    Map(Vec<(String, Node)>),
    Nothing,
}

impl Node {
    /// The text of a scalar.
    pub(crate) fn text(&self) -> Option<&str> {
        match &self.kind {
            Kind::Scalar(text) => Some(text),
            Kind::List(_) | Kind::Map(_) | Kind::Nothing => None,
        }
    }

    /// A command as text: a scalar, or a list of words.
    pub(crate) fn command(&self) -> Option<String> {
        if let Some(text) = self.text() {
            return Some(text.to_owned());
        }
        let words: Vec<&str> = self.items().iter().filter_map(Self::text).collect();
        let json = serde_json::to_string(&words).ok()?;
        (!words.is_empty()).then(|| super::dockerfile::as_shell(&json))
    }

    /// The items of a list.
    pub(crate) fn items(&self) -> &[Self] {
        match &self.kind {
            Kind::List(items) => items,
            Kind::Scalar(_) | Kind::Map(_) | Kind::Nothing => &[],
        }
    }

    /// The entries of a mapping.
    pub(crate) fn entries(&self) -> &[(String, Self)] {
        match &self.kind {
            Kind::Map(entries) => entries,
            Kind::Scalar(_) | Kind::List(_) | Kind::Nothing => &[],
        }
    }

    /// The value under a key.
    pub(crate) fn get(&self, key: &str) -> Option<&Self> {
        let found = self.entries().iter().find(|(name, _)| name == key);
        found.map(|(_, node)| node)
    }

    /// Every scalar below this node, with its key.
    pub(crate) fn walk<'a>(&'a self, visit: &mut dyn FnMut(&'a str, &'a Self)) {
        for (key, node) in self.entries() {
            visit(key, node);
            node.walk(visit);
        }
        for item in self.items() {
            visit("", item);
            item.walk(visit);
        }
    }
}

/// The first document of a text; `None` where it is no YAML.
pub(crate) fn parse(text: &str) -> Option<Node> {
    documents(text).into_iter().next()
}

/// All documents of a text, as far as it is YAML.
pub(crate) fn documents(text: &str) -> Vec<Node> {
    let aliases = text
        .split_whitespace()
        .filter(|word| word.trim_start_matches(['[', ',', '{']).starts_with('*'))
        .count();
    if aliases > MOST_ALIASES || text.len() > 1 << 20 || is_deep(text) {
        return Vec::new();
    }
    let anchored = text
        .lines()
        .any(|line| line.matches('*').count() > 6 && line.contains('&'));
    if anchored {
        return Vec::new();
    }
    let Ok(documents) = MarkedYaml::load_from_str(text) else {
        return Vec::new();
    };
    documents
        .iter()
        .map(|document| convert(document, 0))
        .collect()
}

fn is_deep(text: &str) -> bool {
    let mut depth = 0usize;
    for byte in text.bytes() {
        match byte {
            b'[' | b'{' => depth += 1,
            b']' | b'}' => depth = depth.saturating_sub(1),
            _ => {}
        }
        if depth > 100 {
            return true;
        }
    }
    text.lines()
        .any(|line| line.len() - line.trim_start_matches([' ', '-']).len() > 300)
}

fn convert(node: &MarkedYaml<'_>, depth: u32) -> Node {
    let line = node.span.start.line().saturating_sub(1);
    if depth > 60 {
        return Node {
            line,
            kind: Kind::Nothing,
        };
    }
    let kind = match &node.data {
        YamlData::Value(scalar) => match scalar {
            Scalar::Null => Kind::Nothing,
            Scalar::Boolean(value) => Kind::Scalar(value.to_string()),
            Scalar::Integer(value) => Kind::Scalar(value.to_string()),
            Scalar::FloatingPoint(value) => Kind::Scalar(value.to_string()),
            Scalar::String(text) => Kind::Scalar(text.to_string()),
        },
        YamlData::Representation(text, ..) => Kind::Scalar(text.to_string()),
        YamlData::Sequence(items) => {
            Kind::List(items.iter().map(|item| convert(item, depth + 1)).collect())
        }
        YamlData::Mapping(entries) => {
            let mut converted: Vec<(String, Node)> = Vec::new();
            for (key, value) in entries {
                let key_node = convert(key, depth + 1);
                let Some(name) = key_node.text() else {
                    continue;
                };
                let value = convert(value, depth + 1);
                if name == "<<" {
                    let merged: Vec<Node> = match &value.kind {
                        Kind::List(items) => items.clone(),
                        _ => vec![value],
                    };
                    for (name, node) in merged.iter().flat_map(Node::entries) {
                        if !converted.iter().any(|(known, _)| known == name) {
                            converted.push((name.clone(), node.clone()));
                        }
                    }
                } else {
                    converted.retain(|(known, _)| known != name);
                    converted.push((
                        name.to_owned(),
                        Node {
                            line: key_node.line,
                            kind: value.kind,
                        },
                    ));
                }
            }
            Kind::Map(converted)
        }
        YamlData::Tagged(_, inner) => return convert(inner, depth + 1),
        YamlData::Alias(_) | YamlData::BadValue => Kind::Nothing,
    };
    Node { line, kind }
}
