//! From the events of a parser to documents.

use std::collections::BTreeMap;

use saphyr_parser::{Event, Parser, ScalarStyle, Span};

use crate::indented::Indented;
use crate::node::{Kind, Malformed, Node};

/// What a text may hold, what its aliases stand for included. Nothing that people write comes near.
const MOST_NODES: usize = 100_000;
const MOST_LEVELS: usize = 60;

/// The first document of a text, with its aliases replaced and its merge keys merged.
///
/// # Errors
/// [`Malformed`] where it is no YAML, has no document, says a key twice, or is larger or deeper than what people write.
pub fn parse(text: &str) -> Result<Node, Malformed> {
    let documents = read(text, Twice::Refused)?;
    let first = documents.into_iter().next();
    first.ok_or_else(|| Malformed::new(0, "it is empty"))
}

/// All documents of a text; of a key that is there twice, the last value counts, as with most readers.
///
/// # Errors
/// [`Malformed`] where it is no YAML, or is larger or deeper than what people write.
pub fn documents(text: &str) -> Result<Vec<Node>, Malformed> {
    read(text, Twice::LastCounts)
}

/// What becomes of a key that is there twice.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Twice {
    Refused,
    LastCounts,
}

fn read(text: &str, twice: Twice) -> Result<Vec<Node>, Malformed> {
    let mut indented = Indented::new(text);
    loop {
        match try_read(&indented, twice) {
            Err(Failed::Indentation(at)) if indented.indent(at) => {}
            Err(Failed::Indentation(at)) => {
                return Err(Malformed::new(at, "this is no YAML: invalid indentation"));
            }
            Err(Failed::Malformed(why)) => return Err(why),
            Ok(documents) => return Ok(documents),
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

fn try_read(text: &Indented<'_>, twice: Twice) -> Result<Vec<Node>, Failed> {
    let mut reader = Reader::new(twice);
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
        reader.take(event, At::new(span, text))?;
    }
    Ok(reader.documents)
}

/// Where an event stands.
#[derive(Clone, Copy)]
struct At {
    start: usize,
    end: usize,
    line: usize,
}

impl At {
    fn new(span: Span, text: &Indented<'_>) -> Self {
        let start = text.byte(span.start);
        Self {
            start,
            end: text.byte(span.end).max(start),
            line: span.start.line().saturating_sub(1),
        }
    }
}

/// A node, how many it holds with itself, and how many levels.
#[derive(Clone)]
struct Made {
    node: Node,
    nodes: usize,
    levels: usize,
}

/// A list or a mapping that is not at its end.
struct Open {
    anchor: usize,
    at: At,
    is_map: bool,
    children: Vec<Made>,
}

/// Puts the events of a parser together.
struct Reader {
    twice: Twice,
    open: Vec<Open>,
    anchors: BTreeMap<usize, Made>,
    nodes: usize,
    documents: Vec<Node>,
}

impl Reader {
    const fn new(twice: Twice) -> Self {
        Self {
            twice,
            open: Vec::new(),
            anchors: BTreeMap::new(),
            nodes: 0,
            documents: Vec::new(),
        }
    }

    fn take(&mut self, event: Event<'_>, at: At) -> Result<(), Malformed> {
        match event {
            Event::Scalar(text, style, anchor, _) => {
                let is_nothing = style == ScalarStyle::Plain
                    && matches!(&*text, "" | "~" | "null" | "Null" | "NULL");
                let kind = if is_nothing {
                    Kind::Nothing
                } else {
                    Kind::Scalar(text.into_owned())
                };
                self.add(made(at, kind, &[]), anchor, at.start)
            }
            Event::SequenceStart(anchor, _) => self.open(anchor, at, false),
            Event::MappingStart(anchor, _) => self.open(anchor, at, true),
            Event::SequenceEnd | Event::MappingEnd => self.close(at.end),
            Event::Alias(anchor) => match self.anchors.get(&anchor) {
                Some(known) => {
                    let known = known.clone();
                    self.add(known, 0, at.start)
                }
                None => Err(Malformed::new(
                    at.start,
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

    fn open(&mut self, anchor: usize, at: At, is_map: bool) -> Result<(), Malformed> {
        if self.open.len() >= MOST_LEVELS {
            let message = format!("it has more than {MOST_LEVELS} levels");
            return Err(Malformed::new(at.start, message));
        }
        self.open.push(Open {
            anchor,
            at,
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
        let at = At {
            end: end.max(open.at.start).max(last),
            ..open.at
        };
        let measured = made(at, Kind::Nothing, &open.children);
        let kind = if open.is_map {
            Kind::Map(entries(open.children, self.twice)?)
        } else {
            Kind::List(open.children.into_iter().map(|made| made.node).collect())
        };
        let node = Node {
            kind,
            ..measured.node
        };
        self.add(Made { node, ..measured }, open.anchor, at.start)
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
            None => self.documents.push(made.node),
        }
        Ok(())
    }
}

fn made(at: At, kind: Kind, children: &[Made]) -> Made {
    let node = Node {
        start: at.start,
        end: at.end,
        line: at.line,
        key: (at.start, at.end),
        key_line: at.line,
        kind,
    };
    Made {
        node,
        nodes: 1 + children.iter().map(|made| made.nodes).sum::<usize>(),
        levels: 1 + children.iter().map(|made| made.levels).max().unwrap_or(0),
    }
}

/// Keys and values by turns; what is written comes before what is merged in.
fn entries(children: Vec<Made>, twice: Twice) -> Result<Vec<(String, Node)>, Malformed> {
    let mut written: Vec<(String, Node)> = Vec::new();
    let mut merged: Vec<(String, Node)> = Vec::new();
    let mut places: BTreeMap<String, usize> = BTreeMap::new();
    let mut children = children.into_iter().map(|made| made.node);
    while let (Some(key), Some(mut value)) = (children.next(), children.next()) {
        let Some(name) = key.text() else { continue };
        value.key = (key.start, key.end);
        value.key_line = key.line;
        if name == "<<" {
            match value.kind {
                Kind::List(items) => {
                    merged.extend(items.into_iter().flat_map(Node::into_entries));
                }
                _ => merged.extend(value.into_entries()),
            }
        } else if let Some(&at) = places.get(name) {
            if twice == Twice::Refused {
                let message = format!("the key `{name}` is there twice");
                return Err(Malformed::new(key.start, message));
            }
            written[at].1 = value;
        } else {
            places.insert(name.to_owned(), written.len());
            written.push((name.to_owned(), value));
        }
    }
    written.extend(merged);
    Ok(written)
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
            assert_eq!(root.at(&keys).and_then(Node::text), expected, "{keys:?}");
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

    #[test]
    fn what_people_left_is_read_as_most_readers_do() {
        let found = documents("a: 1\na: 2\nb:\n  - x\n---\nc: |\n  1\n  2\n").unwrap();
        assert_eq!(found.len(), 2);
        assert_eq!(found[0].get("a").and_then(Node::text), Some("2"));
        let list = found[0].get("b").unwrap();
        assert_eq!((list.key_line, list.line), (2, 3));
        assert_eq!(found[1].get("c").map(|it| it.key_line), Some(5));
        assert_eq!(documents("").unwrap(), []);
        assert!(documents("a: {{ x }}-{{ y }}\n---\nb: 1\n").is_err());
    }
}
