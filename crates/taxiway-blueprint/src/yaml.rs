//! YAML as a person writes it: comments that stay where they belong, blank lines, quotes only where they are needed.
//!
//! A tree of [`Map`]s is built; this printer alone knows quotes, indents and order. Invariant: what is printed reads back as
//! the tree, scalars as the types they were.

/// A value.
#[derive(Clone, Debug)]
pub(crate) enum Value {
    /// A string, quoted where a reader would take it for something else.
    Text(String),
    /// `true` or `false`.
    Bool(bool),
    /// A whole number.
    Number(u32),
    /// A script or another text of several lines, as it is.
    Block(String),
    /// `[a, b]`.
    Flow(Vec<String>),
    /// One item below the other.
    List(Vec<Value>),
    /// Keys and values.
    Map(Map),
    /// A map that others refer to by this name.
    Anchored(String, Map),
    /// A reference to an anchored map.
    Alias(String),
    /// Nothing at all, behind a key that says everything.
    Nothing,
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<String> for Value {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl From<bool> for Value {
    fn from(value: bool) -> Self {
        Self::Bool(value)
    }
}

impl From<u32> for Value {
    fn from(value: u32) -> Self {
        Self::Number(value)
    }
}

impl From<Map> for Value {
    fn from(map: Map) -> Self {
        Self::Map(map)
    }
}

impl<T: Into<Value>> From<Vec<T>> for Value {
    fn from(items: Vec<T>) -> Self {
        Self::List(items.into_iter().map(Into::into).collect())
    }
}

/// Keys and values in the order in which they are written, with what is said about them.
#[derive(Clone, Debug, Default)]
pub(crate) struct Map {
    entries: Vec<Entry>,
    comments: Vec<String>,
    is_blank: bool,
}

#[derive(Clone, Debug)]
struct Entry {
    is_after_blank: bool,
    comments: Vec<String>,
    key: String,
    value: Value,
    note: Option<String>,
}

impl Map {
    /// An empty map, `{}`.
    pub(crate) fn new() -> Self {
        Self::default()
    }

    /// Says `text` above the next key, or before it in a list.
    pub(crate) fn comment(mut self, text: impl Into<String>) -> Self {
        self.comments.extend(text.into().lines().map(str::to_owned));
        self
    }

    /// Leaves a line free before the next key.
    pub(crate) fn blank(mut self) -> Self {
        self.is_blank = true;
        self
    }

    /// Adds a key.
    pub(crate) fn with(self, key: impl Into<String>, value: impl Into<Value>) -> Self {
        self.entry(key.into(), value.into(), None)
    }

    /// Adds a key with a note behind its value.
    pub(crate) fn with_note(
        self,
        key: impl Into<String>,
        value: impl Into<Value>,
        note: impl Into<String>,
    ) -> Self {
        self.entry(key.into(), value.into(), Some(note.into()))
    }

    /// Adds a key where there is a value.
    pub(crate) fn with_some(self, key: impl Into<String>, value: Option<impl Into<Value>>) -> Self {
        match value {
            Some(value) => self.with(key, value),
            None => self,
        }
    }

    /// Sorts the keys of every map inside this one, and those of maps in its lists: the keys named in `order` come first, in
    /// that order, and the others stay behind them. Comments go with their keys.
    pub(crate) fn with_sorted_values(mut self, order: &[&str]) -> Self {
        for entry in &mut self.entries {
            sort(&mut entry.value, order);
        }
        self
    }

    /// Whether it has no key.
    pub(crate) const fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    fn entry(mut self, key: String, value: Value, note: Option<String>) -> Self {
        let entry = Entry {
            is_after_blank: std::mem::take(&mut self.is_blank),
            comments: std::mem::take(&mut self.comments),
            key,
            value,
            note,
        };
        self.entries.push(entry);
        self
    }
}

fn sort(value: &mut Value, order: &[&str]) {
    match value {
        Value::Map(map) | Value::Anchored(_, map) => {
            map.entries
                .iter_mut()
                .for_each(|entry| sort(&mut entry.value, order));
            let position = |entry: &Entry| order.iter().position(|key| *key == entry.key);
            map.entries
                .sort_by_key(|entry| position(entry).unwrap_or(order.len()));
        }
        Value::List(items) => items.iter_mut().for_each(|item| sort(item, order)),
        Value::Text(_)
        | Value::Bool(_)
        | Value::Number(_)
        | Value::Block(_)
        | Value::Flow(_)
        | Value::Alias(_)
        | Value::Nothing => {}
    }
}

/// The document with this map at its root, and one final line break.
pub(crate) fn print(document: &Map) -> String {
    let mut printer = Printer::default();
    printer.map(document, 0, false);
    printer.text
}

#[derive(Default)]
struct Printer {
    text: String,
}

impl Printer {
    /// With `is_begun`, the first key goes on in the line that a list item began.
    fn map(&mut self, map: &Map, indent: usize, is_begun: bool) {
        for (index, entry) in map.entries.iter().enumerate() {
            let goes_on = is_begun && index == 0;
            if !goes_on {
                if entry.is_after_blank {
                    self.text.push('\n');
                }
                self.comments(&entry.comments, indent);
                self.indent(indent);
            }
            let is_merge = entry.key == "<<";
            self.text.push_str(&if is_merge {
                entry.key.clone()
            } else {
                scalar(&entry.key)
            });
            self.text.push(':');
            self.value(&entry.value, indent, entry.note.as_deref());
        }
    }

    /// The value of a key, from behind its colon to the end of its last line.
    fn value(&mut self, value: &Value, indent: usize, note: Option<&str>) {
        match value {
            Value::Map(map) if !map.is_empty() => {
                self.end(note);
                self.map(map, indent + 2, false);
            }
            Value::List(items) if !items.is_empty() => {
                self.end(note);
                for (index, item) in items.iter().enumerate() {
                    self.item(item, indent + 2, index == 0);
                }
            }
            Value::Block(text) => {
                self.text.push_str(" |");
                self.end(note);
                self.block(text, indent + 2);
            }
            Value::Anchored(name, map) => {
                self.text.extend([" &", name]);
                self.end(note);
                self.map(map, indent + 2, false);
            }
            Value::Nothing => self.end(note),
            inline => {
                self.text.push(' ');
                self.inline(inline);
                self.end(note);
            }
        }
    }

    fn item(&mut self, item: &Value, indent: usize, is_first: bool) {
        if let Value::Map(map) = item
            && let Some(first) = map.entries.first()
        {
            if first.is_after_blank && !is_first {
                self.text.push('\n');
            }
            self.comments(&first.comments, indent);
            self.indent(indent);
            self.text.push_str("- ");
            self.map(map, indent + 2, true);
        } else {
            self.indent(indent);
            self.text.push_str("- ");
            self.inline(item);
            self.end(None);
        }
    }

    /// A value that fits behind a colon or a dash.
    fn inline(&mut self, value: &Value) {
        match value {
            Value::Text(text) => self.text.push_str(&scalar(text)),
            Value::Bool(value) => self.text.push_str(if *value { "true" } else { "false" }),
            Value::Number(value) => self.text.push_str(&value.to_string()),
            Value::Flow(items) => {
                let items: Vec<String> = items.iter().map(|item| flow_scalar(item)).collect();
                self.text.extend(["[", &items.join(", "), "]"]);
            }
            Value::Block(text) => self.text.push_str(&double_quoted(text)),
            Value::Alias(name) => self.text.extend(["*", name]),
            Value::Map(_) | Value::Anchored(..) => self.text.push_str("{}"),
            Value::Nothing => self.text.push_str("null"),
            Value::List(_) => self.text.push_str("[]"),
        }
    }

    fn block(&mut self, text: &str, indent: usize) {
        for line in text.trim_end().lines() {
            if !line.is_empty() {
                self.indent(indent);
                self.text.push_str(line);
            }
            self.text.push('\n');
        }
    }

    fn comments(&mut self, comments: &[String], indent: usize) {
        for line in comments {
            self.indent(indent);
            self.text.extend(["# ", line, "\n"]);
        }
    }

    fn indent(&mut self, indent: usize) {
        self.text.extend(std::iter::repeat_n(' ', indent));
    }

    fn end(&mut self, note: Option<&str>) {
        if let Some(note) = note {
            self.text.extend([" # ", note]);
        }
        self.text.push('\n');
    }
}

/// A string, quoted where it would else be read as something different.
fn scalar(text: &str) -> String {
    if is_plain(text) {
        text.to_owned()
    } else if text.chars().any(char::is_control) {
        double_quoted(text)
    } else {
        format!("'{}'", text.replace('\'', "''"))
    }
}

/// As [`scalar`], between brackets, where commas and brackets separate.
fn flow_scalar(text: &str) -> String {
    if text.contains([',', '[', ']', '{', '}']) && is_plain(text) {
        format!("'{}'", text.replace('\'', "''"))
    } else {
        scalar(text)
    }
}

fn double_quoted(text: &str) -> String {
    let mut quoted = String::from("\"");
    for character in text.chars() {
        match character {
            '"' => quoted.push_str("\\\""),
            '\\' => quoted.push_str("\\\\"),
            '\n' => quoted.push_str("\\n"),
            '\t' => quoted.push_str("\\t"),
            other if other.is_control() => {
                quoted.extend(["\\U", &hexadecimal(other)]);
            }
            other => quoted.push(other),
        }
    }
    quoted.push('"');
    quoted
}

fn hexadecimal(character: char) -> String {
    format!("{:08X}", u32::from(character))
}

/// Whether a string may stand without quotes. Source: YAML 1.2.2, plain style; YAML 1.1's booleans count as well.
fn is_plain(text: &str) -> bool {
    const WORDS: [&str; 8] = ["true", "false", "yes", "no", "off", "null", "y", "n"];
    let Some(first) = text.chars().next() else {
        return false;
    };
    let is_spaced = text.trim() != text;
    // A dash begins an item, or a number; before a letter it is a dash.
    let is_option =
        first == '-' && text[1..].starts_with(|next: char| next == '-' || next.is_alphabetic());
    let is_special = !is_option && "-?:,[]{}#&*!|>'\"%@`~=".contains(first);
    let has_meaning = text.contains(": ") || text.contains(" #") || text.ends_with(':');
    let is_word = WORDS.contains(&text.to_lowercase().as_str());
    !(is_spaced
        || is_special
        || has_meaning
        || is_word
        || is_number(text)
        || text.chars().any(char::is_control))
}

/// Whether a reader could take it for a number, a date or a time.
fn is_number(text: &str) -> bool {
    let has_digit = text.contains(|character: char| character.is_ascii_digit());
    let only_digits = text
        .chars()
        .all(|character| character.is_ascii_hexdigit() || "+-._:xoT".contains(character));
    let begins = text.starts_with(|first: char| first.is_ascii_digit() || "+-.".contains(first));
    has_digit && only_digits && begins
}

#[cfg(test)]
mod tests {
    use saphyr::{LoadableYamlNode as _, Yaml};

    use super::*;

    #[test]
    fn it_is_printed_as_a_person_writes_it() {
        let steps = vec![
            Map::new()
                .comment("The whole history.")
                .with("name", "Check out")
                .with_note("uses", "actions/checkout@abc", "v7.0.1")
                .with("with", Map::new().with("fetch-depth", 0_u32)),
            Map::new()
                .blank()
                .with("run", Value::Block("set -e\n\necho \"$A\"\n".to_owned())),
        ];
        let document = Map::new()
            .comment("Why this is here.")
            .with("name", "CI: all of it")
            .with(
                "on",
                Map::new().with(
                    "push",
                    Map::new().with("branches", Value::Flow(vec!["main".into()])),
                ),
            )
            .blank()
            .with("permissions", Map::new())
            .with("python", "3.12")
            .with("cache", true)
            .with("steps", steps);
        insta::assert_snapshot!(print(&document), @r#"
        # Why this is here.
        name: 'CI: all of it'
        on:
          push:
            branches: [main]

        permissions: {}
        python: '3.12'
        cache: true
        steps:
          # The whole history.
          - name: Check out
            uses: actions/checkout@abc # v7.0.1
            with:
              fetch-depth: 0

          - run: |
              set -e

              echo "$A"
        "#);
    }

    #[test]
    fn every_string_reads_back_as_itself() {
        for text in [
            "",
            "plain",
            "3.12",
            "0x1F",
            "1e3",
            "-1",
            "- item",
            "-x",
            "yes",
            "No",
            "~",
            "null",
            "a: b",
            "a #b",
            "a:",
            " a",
            "a ",
            "'",
            "\"",
            "it's",
            "${{ github.ref }}",
            "*/5",
            "[a]",
            "a, b",
            "2026-01-01",
            "12:30",
            "\ttab",
            "two\nlines",
            "@x",
            "`",
            "%a",
            "&a",
            "!a",
            "|",
            ">",
            "{a}",
            "?",
            "=",
            "on",
            "\u{7}",
            ".5",
            "+1",
            "0o7",
            "--flag",
        ] {
            for value in [
                Value::from(text),
                Value::Flow(vec![text.to_owned(), "z".to_owned()]),
            ] {
                let printed = print(&Map::new().with("key", value.clone()));
                let read = Yaml::load_from_str(&printed).unwrap();
                let read = &read[0]["key"];
                let read = if matches!(value, Value::Flow(_)) {
                    &read[0]
                } else {
                    read
                };
                assert_eq!(read.as_str(), Some(text), "{printed}");
            }
        }
    }
}
