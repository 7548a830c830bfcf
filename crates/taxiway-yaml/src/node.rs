//! A node of a document.

/// A node of a document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Node {
    /// Its first byte.
    pub start: usize,
    /// The byte behind it.
    pub end: usize,
    /// The line that it starts on, from 0.
    pub line: usize,
    /// First byte and the one behind of the key that it stands under; its own where it has none.
    pub key: (usize, usize),
    /// The line of that key, from 0; its own where it has none.
    pub key_line: usize,
    pub(crate) kind: Kind,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Scalar(String),
    List(Vec<Node>),
    Map(Vec<(String, Node)>),
    Nothing,
}

/// What kept a text from being read, and the byte that shows it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct Malformed {
    /// The byte; never behind the end of the text.
    pub at: usize,
    /// What is wrong there, in one sentence without a full stop.
    pub message: String,
}

impl Malformed {
    /// What is wrong at a byte.
    pub fn new(at: usize, message: impl Into<String>) -> Self {
        Self {
            at,
            message: message.into(),
        }
    }

    /// The line of a text that shows it, from 1.
    pub fn line(&self, text: &str) -> u32 {
        let before = text.bytes().take(self.at).filter(|it| *it == b'\n').count();
        u32::try_from(before).map_or(u32::MAX, |before| before.saturating_add(1))
    }
}

impl Node {
    /// The text of a scalar, as it is written; `None` for `null` and what is empty.
    pub fn text(&self) -> Option<&str> {
        match &self.kind {
            Kind::Scalar(text) => Some(text),
            Kind::List(_) | Kind::Map(_) | Kind::Nothing => None,
        }
    }

    /// The items of a list.
    pub fn items(&self) -> &[Self] {
        match &self.kind {
            Kind::List(items) => items,
            Kind::Scalar(_) | Kind::Map(_) | Kind::Nothing => &[],
        }
    }

    /// The entries of a mapping, in the order in which they are written; merged ones last.
    pub fn entries(&self) -> &[(String, Self)] {
        match &self.kind {
            Kind::Map(entries) => entries,
            Kind::Scalar(_) | Kind::List(_) | Kind::Nothing => &[],
        }
    }

    /// The value under a key.
    pub fn get(&self, key: &str) -> Option<&Self> {
        let found = self.entries().iter().find(|(name, _)| name == key);
        found.map(|(_, node)| node)
    }

    /// The value under the keys.
    pub fn at(&self, keys: &[&str]) -> Option<&Self> {
        keys.iter().try_fold(self, |node, key| node.get(key))
    }

    /// A scalar, or the items of a list: `on: push` and `on: [push]` mean the same.
    pub fn one_or_more(&self) -> Vec<&Self> {
        match &self.kind {
            Kind::Scalar(_) => vec![self],
            Kind::List(items) => items.iter().collect(),
            Kind::Map(_) | Kind::Nothing => Vec::new(),
        }
    }

    /// The texts of a scalar or of a list of them.
    pub fn words(&self) -> Vec<&str> {
        let nodes = self.one_or_more().into_iter();
        nodes.filter_map(Self::text).collect()
    }

    /// Every scalar in it, in the order in which they are written.
    pub fn scalars<'n>(&'n self, visit: &mut dyn FnMut(&'n Self)) {
        match &self.kind {
            Kind::Scalar(_) => visit(self),
            Kind::List(items) => items.iter().for_each(|item| item.scalars(visit)),
            Kind::Map(entries) => entries.iter().for_each(|(_, node)| node.scalars(visit)),
            Kind::Nothing => {}
        }
    }

    /// Every node below this one, with the key that it stands under; items have none.
    pub fn walk<'n>(&'n self, visit: &mut dyn FnMut(&'n str, &'n Self)) {
        for (key, node) in self.entries() {
            visit(key, node);
            node.walk(visit);
        }
        for item in self.items() {
            visit("", item);
            item.walk(visit);
        }
    }

    pub(crate) fn into_entries(self) -> Vec<(String, Self)> {
        match self.kind {
            Kind::Map(entries) => entries,
            Kind::Scalar(_) | Kind::List(_) | Kind::Nothing => Vec::new(),
        }
    }
}
