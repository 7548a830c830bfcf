//! The text as the parser gets it.

use std::borrow::Cow;

use saphyr_parser::Marker;

/// A text as the parser gets it.
///
/// A closing bracket may stand as far to the left as the key of its list for GitHub, and for everybody who follows `libyaml`. The
/// YAML specification 1.2.2, 7.4, wants it further to the right, and so does this parser: such places get blanks in front.
pub(crate) struct Indented<'t> {
    text: &'t str,
    pub(crate) shown: Cow<'t, str>,
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

    pub(crate) fn new(text: &'t str) -> Self {
        Self {
            text,
            shown: Cow::Borrowed(text),
            indented: Vec::new(),
            bytes: characters(text),
        }
    }

    /// Puts blanks in front of what is the first on its line; whether that may help.
    pub(crate) fn indent(&mut self, at: usize) -> bool {
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
    pub(crate) fn byte(&self, marker: Marker) -> usize {
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
