//! YAML with the bytes that each node stands on.

use std::borrow::Cow;
use std::collections::BTreeMap;

use saphyr_parser::{Event, Marker, Parser, ScalarStyle};

/// What a document may hold, what its aliases stand for included. Nothing that people write comes near.
const MOST_NODES: usize = 100_000;
const MOST_LEVELS: usize = 60;

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

/// What kept a text from being read, and the byte that shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Malformed {
    pub(crate) at: usize,
    pub(crate) message: String,
}

impl Malformed {
    pub(crate) fn new(at: usize, message: impl Into<String>) -> Self {
        Self {
            at,
            message: message.into(),
        }
    }
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

    fn into_entries(self) -> Vec<(String, Self)> {
        match self.kind {
            Kind::Map(entries) => entries,
            Kind::Scalar(_) | Kind::List(_) | Kind::Nothing => Vec::new(),
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

/// The first document of a text, with its aliases replaced and its merge keys merged.
///
/// # Errors
/// [`Malformed`] where it is no YAML, has no document, says a key twice, or is larger or deeper than what people write.
pub(crate) fn parse(text: &str) -> Result<YamlNode, Malformed> {
    let mut indented = Indented::new(text);
    loop {
        match document(&indented) {
            Err(Failed::Indentation(at)) if indented.indent(at) => {}
            Err(Failed::Indentation(at)) => {
                return Err(Malformed::new(at, "this is no YAML: invalid indentation"));
            }
            Err(Failed::Malformed(why)) => return Err(why),
            Ok(node) => return Ok(node),
        }
    }
}

/// Why there is no document.
enum Failed {
    /// Inside of brackets something stands too far to the left; its byte.
    Indentation(usize),
    Malformed(Malformed),
}

impl From<Malformed> for Failed {
    fn from(why: Malformed) -> Self {
        Self::Malformed(why)
    }
}

fn document(text: &Indented<'_>) -> Result<YamlNode, Failed> {
    let mut reader = Reader::default();
    for event in Parser::new_from_str(&text.shown) {
        let (event, span) = event.map_err(|error| {
            let at = text.byte(*error.marker());
            match error.info() {
                "invalid indentation" | "invalid indentation in flow construct" => {
                    Failed::Indentation(at)
                }
                info => Malformed::new(at, format!("this is no YAML: {info}")).into(),
            }
        })?;
        let start = text.byte(span.start);
        let end = text.byte(span.end).max(start);
        reader.take(event, start, end)?;
    }
    let made = reader.document.map(|document| document.node);
    Ok(made.ok_or_else(|| Malformed::new(0, "it is empty"))?)
}

/// A node, how many it holds with itself, and how many levels.
#[derive(Clone)]
struct Made {
    node: YamlNode,
    nodes: usize,
    levels: usize,
}

/// A list or a mapping that is not at its end.
struct Open {
    anchor: usize,
    start: usize,
    is_map: bool,
    children: Vec<Made>,
}

/// Puts the events of a parser together.
#[derive(Default)]
struct Reader {
    open: Vec<Open>,
    anchors: BTreeMap<usize, Made>,
    nodes: usize,
    document: Option<Made>,
}

impl Reader {
    fn take(&mut self, event: Event<'_>, start: usize, end: usize) -> Result<(), Malformed> {
        match event {
            Event::Scalar(text, style, anchor, _) => {
                let is_nothing = style == ScalarStyle::Plain
                    && matches!(&*text, "" | "~" | "null" | "Null" | "NULL");
                let kind = if is_nothing {
                    Kind::Nothing
                } else {
                    Kind::Scalar(text.into_owned())
                };
                self.add(made(start, end, kind, &[]), anchor, start)
            }
            Event::SequenceStart(anchor, _) => self.open(anchor, start, false),
            Event::MappingStart(anchor, _) => self.open(anchor, start, true),
            Event::SequenceEnd | Event::MappingEnd => self.close(end),
            Event::Alias(anchor) => match self.anchors.get(&anchor) {
                Some(known) => {
                    let known = known.clone();
                    self.add(known, 0, start)
                }
                None => Err(Malformed::new(
                    start,
                    "this alias stands inside of what it names",
                )),
            },
            Event::Nothing
            | Event::StreamStart
            | Event::StreamEnd
            | Event::DocumentStart(_)
            | Event::DocumentEnd => Ok(()),
        }
    }

    fn open(&mut self, anchor: usize, start: usize, is_map: bool) -> Result<(), Malformed> {
        if self.open.len() >= MOST_LEVELS {
            let message = format!("it has more than {MOST_LEVELS} levels");
            return Err(Malformed::new(start, message));
        }
        self.open.push(Open {
            anchor,
            start,
            is_map,
            children: Vec::new(),
        });
        Ok(())
    }

    fn close(&mut self, end: usize) -> Result<(), Malformed> {
        let Some(open) = self.open.pop() else {
            return Ok(());
        };
        // A parser may end a collection before the blanks and comments in front of what follows, or behind them.
        let last = open.children.last().map_or(end, |made| made.node.end);
        let end = end.max(open.start).max(last);
        let measured = made(open.start, end, Kind::Nothing, &open.children);
        let kind = if open.is_map {
            Kind::Map(entries(open.children)?)
        } else {
            Kind::List(open.children.into_iter().map(|made| made.node).collect())
        };
        let node = YamlNode {
            kind,
            ..measured.node
        };
        self.add(Made { node, ..measured }, open.anchor, open.start)
    }

    fn add(&mut self, made: Made, anchor: usize, at: usize) -> Result<(), Malformed> {
        self.nodes += made.nodes;
        if self.nodes > MOST_NODES || made.levels > MOST_LEVELS {
            let message =
                format!("it stands for more than {MOST_NODES} values or {MOST_LEVELS} levels");
            return Err(Malformed::new(at, message));
        }
        if anchor > 0 {
            self.anchors.insert(anchor, made.clone());
        }
        match self.open.last_mut() {
            Some(open) => open.children.push(made),
            None if self.document.is_none() => self.document = Some(made),
            None => {}
        }
        Ok(())
    }
}

fn made(start: usize, end: usize, kind: Kind, children: &[Made]) -> Made {
    let node = YamlNode {
        start,
        end,
        key: (start, end),
        kind,
    };
    Made {
        node,
        nodes: 1 + children.iter().map(|made| made.nodes).sum::<usize>(),
        levels: 1 + children.iter().map(|made| made.levels).max().unwrap_or(0),
    }
}

/// Keys and values by turns; what is written comes before what is merged in.
fn entries(children: Vec<Made>) -> Result<Vec<(String, YamlNode)>, Malformed> {
    let mut written: Vec<(String, YamlNode)> = Vec::new();
    let mut merged: Vec<(String, YamlNode)> = Vec::new();
    let mut children = children.into_iter().map(|made| made.node);
    while let (Some(key), Some(mut value)) = (children.next(), children.next()) {
        let Some(name) = key.text() else { continue };
        value.key = (key.start, key.end);
        if name == "<<" {
            match value.kind {
                Kind::List(items) => {
                    merged.extend(items.into_iter().flat_map(YamlNode::into_entries));
                }
                _ => merged.extend(value.into_entries()),
            }
        } else if written.iter().any(|(known, _)| known == name) {
            let message = format!("the key `{name}` is there twice");
            return Err(Malformed::new(key.start, message));
        } else {
            written.push((name.to_owned(), value));
        }
    }
    written.extend(merged);
    Ok(written)
}

/// A text as the parser gets it.
///
/// A closing bracket may stand as far to the left as the key of its list for GitHub, and for everybody who follows `libyaml`. The
/// YAML specification 1.2.2, 7.4, wants it further to the right, and so does this parser: such places get blanks in front.
struct Indented<'t> {
    text: &'t str,
    shown: Cow<'t, str>,
    /// The bytes of the text that have blanks in front, in their order.
    indented: Vec<usize>,
    /// The byte of each character of what is shown; `None` where each is one byte.
    bytes: Option<Vec<usize>>,
}

impl<'t> Indented<'t> {
    /// More than any key is indented, and how often it is tried.
    const BLANKS: &'static str =
        "                                                                                ";
    const MOST: usize = 100;

    fn new(text: &'t str) -> Self {
        Self {
            text,
            shown: Cow::Borrowed(text),
            indented: Vec::new(),
            bytes: characters(text),
        }
    }

    /// Puts blanks in front of what is the first on its line; whether that may help.
    fn indent(&mut self, at: usize) -> bool {
        let line = self.text[..at].rfind('\n').map_or(0, |end| end + 1);
        let is_first = self.text[line..at]
            .trim_start_matches([' ', '\t'])
            .is_empty();
        let Err(place) = self.indented.binary_search(&at) else {
            return false;
        };
        if !is_first || self.indented.len() >= Self::MOST {
            return false;
        }
        self.indented.insert(place, at);
        let mut shown = String::with_capacity(self.text.len() + self.indented.len() * 80);
        let mut from = 0;
        for &at in &self.indented {
            shown.push_str(&self.text[from..at]);
            shown.push_str(Self::BLANKS);
            from = at;
        }
        shown.push_str(&self.text[from..]);
        self.bytes = characters(&shown);
        self.shown = Cow::Owned(shown);
        true
    }

    /// From characters of what is shown, which the parser counts, to bytes of the text.
    fn byte(&self, marker: Marker) -> usize {
        let index = marker.index();
        let shown = match &self.bytes {
            None => index.min(self.shown.len()),
            Some(bytes) => bytes.get(index).copied().unwrap_or(self.shown.len()),
        };
        let mut before = 0;
        for &at in &self.indented {
            if shown <= at + before {
                break;
            }
            if shown < at + before + Self::BLANKS.len() {
                return at;
            }
            before += Self::BLANKS.len();
        }
        shown - before
    }
}

fn characters(text: &str) -> Option<Vec<usize>> {
    (!text.is_ascii()).then(|| text.char_indices().map(|(at, _)| at).collect())
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
    fn values_are_what_is_written() {
        let text = "a: &a { version: 3.10, no: null, yes: 'null' }\nb: *a\nc: { <<: *a, version: 4 }\nd: { <<: [*a] }\n";
        let root = parse(text).unwrap();
        for (keys, expected) in [
            (["b", "version"], Some("3.10")),
            (["b", "no"], None),
            (["b", "yes"], Some("null")),
            (["c", "version"], Some("4")),
            (["d", "version"], Some("3.10")),
        ] {
            assert_eq!(
                root.at(&keys).and_then(YamlNode::text),
                expected,
                "{keys:?}"
            );
        }
    }

    #[test]
    fn brackets_may_close_below_their_key() {
        let text =
            "on:\n    push: [\n      é, # ]\n    ]\n    schedule: {\n    a: 1\n  }\n    end: x\n";
        let root = parse(text).unwrap();
        for (keys, expected) in [
            (["on", "end"], "x"),
            (["on", "schedule"], "{\n    a: 1\n  }"),
        ] {
            let node = root.at(&keys).unwrap();
            assert_eq!(&text[node.start..node.end], expected);
        }
        let item = &root.at(&["on", "push"]).unwrap().items()[0];
        assert_eq!(&text[item.start..item.end], "é");
    }

    #[test]
    fn what_cannot_be_read_says_where_and_why() {
        let bomb = (1..40).fold("a0: &a0 [1]\n".to_owned(), |text, level| {
            let below = level - 1;
            format!("{text}a{level}: &a{level} [*a{below}, *a{below}]\n")
        });
        for (text, line, why) in [
            ("", 1, "empty"),
            ("# only a comment\n", 1, "empty"),
            ("a: [\n", 2, "no YAML"),
            ("a: 1\n b: 2\n", 2, "no YAML"),
            ("a: 1\nb: 2\na: 3\n", 3, "`a` is there twice"),
            ("a: &a [*a]\n", 1, "inside of what it names"),
            (&"[".repeat(1000), 1, "no YAML"),
            (&"- ".repeat(100), 1, "60 levels"),
            (&bomb, 15, "stands for more than"),
        ] {
            let error = parse(text).unwrap_err();
            let found = text[..error.at].matches('\n').count() + 1;
            assert_eq!(found, line, "{text}: {error:?}");
            assert!(error.message.contains(why), "{text}: {error:?}");
        }
    }
}
