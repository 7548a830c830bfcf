//! YAML of workflows, with lines.

use saphyr::{LoadableYamlNode, MarkedYaml, Scalar, YamlData};

/// No workflow is nested deeper.
const MOST_LEVELS: u32 = 40;
/// GitHub reads no larger file. Source: GitHub Actions limits, workflow file size.
const MOST_BYTES: usize = 512 * 1024;

/// A node, and the line that it starts on.
#[derive(Clone, Debug)]
pub(crate) struct Node {
    pub(crate) line: u32,
    kind: Kind,
}

#[derive(Clone, Debug)]
enum Kind {
    Text(String),
    List(Vec<Node>),
    Map(Vec<(String, Node)>),
    Nothing,
}

impl Node {
    pub(crate) fn text(&self) -> Option<&str> {
        match &self.kind {
            Kind::Text(text) => Some(text),
            Kind::List(_) | Kind::Map(_) | Kind::Nothing => None,
        }
    }

    pub(crate) fn items(&self) -> &[Self] {
        match &self.kind {
            Kind::List(items) => items,
            Kind::Text(_) | Kind::Map(_) | Kind::Nothing => &[],
        }
    }

    pub(crate) fn entries(&self) -> &[(String, Self)] {
        match &self.kind {
            Kind::Map(entries) => entries,
            Kind::Text(_) | Kind::List(_) | Kind::Nothing => &[],
        }
    }

    pub(crate) fn get(&self, key: &str) -> Option<&Self> {
        let found = self.entries().iter().find(|(name, _)| name == key);
        found.map(|(_, node)| node)
    }

    /// One text, or a list of them.
    pub(crate) fn words(&self) -> Vec<&str> {
        let items = self.items().iter().filter_map(Self::text);
        self.text().into_iter().chain(items).collect()
    }

    /// Every text below, with its line.
    pub(crate) fn texts(&self) -> Vec<(u32, &str)> {
        match &self.kind {
            Kind::Text(text) => vec![(self.line, text)],
            Kind::List(items) => items.iter().flat_map(Self::texts).collect(),
            Kind::Map(entries) => entries.iter().flat_map(|(_, node)| node.texts()).collect(),
            Kind::Nothing => Vec::new(),
        }
    }
}

/// `None` for what GitHub would not read either, or what nobody writes.
pub(crate) fn parse(text: &str) -> Option<Node> {
    // An alias can stand for an alias, and so on; workflows that people write have none.
    let has_aliases = text.lines().any(|line| line.contains(": *"));
    if text.len() > MOST_BYTES || has_aliases || is_deep(text) {
        return None;
    }
    let documents = MarkedYaml::load_from_str(text).ok()?;
    documents.first().map(|document| convert(document, 0))
}

/// The parser takes a frame of the stack for each bracket.
fn is_deep(text: &str) -> bool {
    let mut depth = 0_usize;
    text.bytes().any(|byte| {
        match byte {
            b'[' | b'{' => depth += 1,
            b']' | b'}' => depth = depth.saturating_sub(1),
            _ => {}
        }
        depth > 100
    }) || text.lines().any(|line| {
        let indented = line.len() - line.trim_start_matches([' ', '-', '?', ':']).len();
        indented > 300
    })
}

fn convert(node: &MarkedYaml<'_>, level: u32) -> Node {
    let line = u32::try_from(node.span.start.line()).unwrap_or(1);
    let kind = match &node.data {
        _ if level > MOST_LEVELS => Kind::Nothing,
        YamlData::Value(Scalar::String(text)) => Kind::Text(text.to_string()),
        YamlData::Value(Scalar::Boolean(value)) => Kind::Text(value.to_string()),
        YamlData::Value(Scalar::Integer(value)) => Kind::Text(value.to_string()),
        YamlData::Value(Scalar::FloatingPoint(value)) => Kind::Text(value.to_string()),
        YamlData::Representation(text, ..) => Kind::Text(text.to_string()),
        YamlData::Sequence(items) => {
            Kind::List(items.iter().map(|item| convert(item, level + 1)).collect())
        }
        YamlData::Mapping(entries) => {
            let entry = |(key, value): (&MarkedYaml<'_>, &MarkedYaml<'_>)| {
                let key = convert(key, level + 1).text()?.to_owned();
                Some((key, convert(value, level + 1)))
            };
            Kind::Map(entries.iter().filter_map(entry).collect())
        }
        YamlData::Tagged(_, inner) => return convert(inner, level + 1),
        YamlData::Value(Scalar::Null) | YamlData::Alias(_) | YamlData::BadValue => Kind::Nothing,
    };
    Node { line, kind }
}
