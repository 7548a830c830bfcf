//! YAML with the bytes that each node stands on.

use saphyr::{LoadableYamlNode, MarkedYaml, Marker, Scalar, YamlData};

/// A document with more aliases, or more levels, is not something that people write.
const MOST_ALIASES: usize = 60;
const MOST_LEVELS: u32 = 60;

/// A node of a document.
#[derive(Clone, Debug)]
pub(crate) struct YamlNode {
    /// Its first byte, and the one behind it.
    pub(crate) start: usize,
    pub(crate) end: usize,
    /// Those of the key that it stands under; its own where it has none.
    pub(crate) key: (usize, usize),
    kind: Kind,
}

#[derive(Clone, Debug)]
enum Kind {
    Scalar(String),
    List(Vec<YamlNode>),
    Map(Vec<(String, YamlNode)>),
    Nothing,
}

impl YamlNode {
    /// The text of a scalar.
    pub(crate) fn text(&self) -> Option<&str> {
        match &self.kind {
            Kind::Scalar(text) => Some(text),
            Kind::List(_) | Kind::Map(_) | Kind::Nothing => None,
        }
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

    /// The value under the keys.
    pub(crate) fn at(&self, keys: &[&str]) -> Option<&Self> {
        keys.iter().try_fold(self, |node, key| node.get(key))
    }

    /// The words of a scalar or of a list of them.
    pub(crate) fn words(&self) -> Vec<&Self> {
        match &self.kind {
            Kind::Scalar(_) => vec![self],
            Kind::List(items) => items.iter().collect(),
            Kind::Map(_) | Kind::Nothing => Vec::new(),
        }
    }

    /// Every scalar in it.
    pub(crate) fn scalars<'n>(&'n self, visit: &mut dyn FnMut(&'n Self)) {
        match &self.kind {
            Kind::Scalar(_) => visit(self),
            Kind::List(items) => items.iter().for_each(|item| item.scalars(visit)),
            Kind::Map(entries) => entries.iter().for_each(|(_, node)| node.scalars(visit)),
            Kind::Nothing => {}
        }
    }
}

/// The first document of a text; `None` where it is no YAML, or none that people write.
pub(crate) fn parse(text: &str) -> Option<YamlNode> {
    if is_hostile(text) {
        return None;
    }
    let documents = MarkedYaml::load_from_str(text).ok()?;
    let offsets = Offsets::new(text);
    Some(convert(documents.first()?, &offsets, 0))
}

fn is_hostile(text: &str) -> bool {
    let aliases = text
        .split_whitespace()
        .filter(|word| word.trim_start_matches(['[', ',', '{']).starts_with('*'))
        .count();
    let mut depth = 0usize;
    let is_deep = text.bytes().any(|byte| {
        match byte {
            b'[' | b'{' => depth += 1,
            b']' | b'}' => depth = depth.saturating_sub(1),
            _ => {}
        }
        depth > 100
    });
    let is_indented = |line: &str| line.len() - line.trim_start_matches([' ', '-']).len() > 300;
    let is_dense = |line: &str| line.matches('*').count() > 6 && line.contains('&');
    is_deep
        || aliases > MOST_ALIASES
        || text.lines().any(|line| is_indented(line) || is_dense(line))
}

/// From characters, which the parser counts, to bytes.
struct Offsets {
    bytes: Option<Vec<usize>>,
    length: usize,
}

impl Offsets {
    fn new(text: &str) -> Self {
        let bytes = (!text.is_ascii()).then(|| text.char_indices().map(|(at, _)| at).collect());
        Self {
            bytes,
            length: text.len(),
        }
    }

    fn byte(&self, marker: Marker) -> usize {
        let index = marker.index();
        match &self.bytes {
            None => index.min(self.length),
            Some(bytes) => bytes.get(index).copied().unwrap_or(self.length),
        }
    }
}

fn convert(node: &MarkedYaml<'_>, offsets: &Offsets, depth: u32) -> YamlNode {
    let start = offsets.byte(node.span.start);
    let end = offsets.byte(node.span.end).max(start);
    let made = |kind| YamlNode {
        start,
        end,
        key: (start, end),
        kind,
    };
    if depth > MOST_LEVELS {
        return made(Kind::Nothing);
    }
    match &node.data {
        YamlData::Value(scalar) => made(match scalar {
            Scalar::Null => Kind::Nothing,
            Scalar::Boolean(value) => Kind::Scalar(value.to_string()),
            Scalar::Integer(value) => Kind::Scalar(value.to_string()),
            Scalar::FloatingPoint(value) => Kind::Scalar(value.to_string()),
            Scalar::String(text) => Kind::Scalar(text.to_string()),
        }),
        YamlData::Representation(text, ..) => made(Kind::Scalar(text.to_string())),
        YamlData::Sequence(items) => {
            let items = items.iter();
            made(Kind::List(
                items
                    .map(|item| convert(item, offsets, depth + 1))
                    .collect(),
            ))
        }
        YamlData::Mapping(entries) => {
            let mut converted: Vec<(String, YamlNode)> = Vec::new();
            for (key, value) in entries {
                let key = convert(key, offsets, depth + 1);
                let Some(name) = key.text() else { continue };
                let mut value = convert(value, offsets, depth + 1);
                value.key = (key.start, key.end);
                if name == "<<" {
                    let merged = if value.items().is_empty() {
                        value.entries().to_vec()
                    } else {
                        let items = value.items().iter();
                        items.flat_map(|item| item.entries().to_vec()).collect()
                    };
                    converted.extend(merged);
                } else {
                    converted.insert(0, (name.to_owned(), value));
                }
            }
            // What is written comes before what is merged in, and in the order of the text.
            converted.sort_by_key(|(_, node)| node.key.0);
            made(Kind::Map(converted))
        }
        YamlData::Tagged(_, inner) => convert(inner, offsets, depth + 1),
        YamlData::Alias(_) | YamlData::BadValue => made(Kind::Nothing),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_node_stands_on_its_bytes() {
        let text = "é: 1\non: [push]\njobs:\n  a:\n    run: |\n      echo ü\n      two\n    name: \"x y\"\n";
        let root = parse(text).unwrap();
        let name = root.at(&["jobs", "a", "name"]).unwrap();
        assert_eq!(&text[name.start..name.end], "\"x y\"");
        let (start, end) = root.at(&["jobs", "a", "run"]).unwrap().key;
        assert_eq!(&text[start..end], "run");
        let push = &root.get("on").unwrap().items()[0];
        assert_eq!(&text[push.start..push.end], "push");
    }

    #[test]
    fn what_nobody_writes_is_not_read() {
        assert!(parse(&"[".repeat(1000)).is_none());
        assert!(parse("a: &a [1]\nb: &b [*a, *a, *a, *a, *a, *a, *a, *a]\n").is_none());
        assert!(parse("a: [").is_none());
    }
}
