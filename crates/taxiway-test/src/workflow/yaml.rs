//! YAML as far as workflows need it: texts, lists, mappings.

use saphyr::{LoadableYamlNode, Scalar, Yaml};

/// A node.
#[derive(Clone, Debug)]
pub(super) enum Node {
    Text(String),
    List(Vec<Node>),
    Map(Vec<(String, Node)>),
    Nothing,
}

impl Node {
    pub(super) fn text(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            Self::List(_) | Self::Map(_) | Self::Nothing => None,
        }
    }

    pub(super) fn items(&self) -> &[Self] {
        match self {
            Self::List(items) => items,
            Self::Text(_) | Self::Map(_) | Self::Nothing => &[],
        }
    }

    pub(super) fn entries(&self) -> &[(String, Self)] {
        match self {
            Self::Map(entries) => entries,
            Self::Text(_) | Self::List(_) | Self::Nothing => &[],
        }
    }

    pub(super) fn get(&self, key: &str) -> Option<&Self> {
        let found = self.entries().iter().find(|(name, _)| name == key);
        found.map(|(_, node)| node)
    }

    /// One text, or a list of them.
    pub(super) fn words(&self) -> Vec<&str> {
        let items = self.items().iter().filter_map(Self::text);
        self.text().into_iter().chain(items).collect()
    }
}

pub(super) fn parse(text: &str) -> Option<Node> {
    let documents = Yaml::load_from_str(text).ok()?;
    documents.first().map(convert)
}

fn convert(node: &Yaml<'_>) -> Node {
    match node {
        Yaml::Value(Scalar::String(text)) => Node::Text(text.to_string()),
        Yaml::Value(Scalar::Boolean(value)) => Node::Text(value.to_string()),
        Yaml::Value(Scalar::Integer(value)) => Node::Text(value.to_string()),
        Yaml::Value(Scalar::FloatingPoint(value)) => Node::Text(value.to_string()),
        Yaml::Representation(text, ..) => Node::Text(text.to_string()),
        Yaml::Sequence(items) => Node::List(items.iter().map(convert).collect()),
        Yaml::Mapping(entries) => Node::Map(
            entries
                .iter()
                .filter_map(|(key, value)| match convert(key) {
                    Node::Text(key) => Some((key, convert(value))),
                    Node::List(_) | Node::Map(_) | Node::Nothing => None,
                })
                .collect(),
        ),
        Yaml::Tagged(_, inner) => convert(inner),
        Yaml::Value(Scalar::Null) | Yaml::Alias(_) | Yaml::BadValue => Node::Nothing,
    }
}
