//! From documents to text.

use super::document::Document;
use super::options::FormatOptions;

/// Writes documents, one under the other as they say.
pub(super) struct Printer<'a> {
    options: &'a FormatOptions,
    line_ending: &'static str,
    out: String,
    /// White space that is written once something follows it on its line.
    pending: String,
    /// How much of the line is taken.
    occupied: usize,
}

/// A part of a line.
enum Flat<'a> {
    Text(&'a str),
    Suffix(&'a str),
    Tail(&'a [Document]),
}

impl<'a> Printer<'a> {
    pub(super) const fn new(options: &'a FormatOptions, line_ending: &'static str) -> Self {
        Self {
            options,
            line_ending,
            out: String::new(),
            pending: String::new(),
            occupied: 0,
        }
    }

    pub(super) fn finish(self) -> String {
        self.out
    }

    pub(super) fn print(&mut self, level: usize, document: &Document) {
        match document {
            Document::Text(text) => self.write(text),
            Document::Suffix(text) => self.write_suffix(text),
            Document::Either { broken, .. } => self.write(broken),
            Document::Line(_) | Document::SoftLine | Document::HardLine => self.end_line(level),
            Document::Glue(parts) | Document::Tail(parts) => self.print_all(level, parts),
            Document::Indent(parts) => self.print_all(level + 1, parts),
            Document::Group(parts) => {
                let mut flat = Vec::new();
                let mut left = self.options.width.checked_sub(self.occupied);
                let fits = left.is_some() && flatten(parts, &mut left, &mut flat);
                if !fits {
                    return self.print_all(level, parts);
                }
                for part in flat {
                    match part {
                        Flat::Text(text) => self.write(text),
                        Flat::Suffix(text) => self.write_suffix(text),
                        Flat::Tail(parts) => self.print_all(level, parts),
                    }
                }
            }
        }
    }

    fn print_all(&mut self, level: usize, parts: &[Document]) {
        for part in parts {
            self.print(level, part);
        }
    }

    fn write(&mut self, text: &str) {
        self.occupied += width(text);
        if text.trim().is_empty() {
            self.pending.push_str(text);
            return;
        }
        self.out.push_str(&self.pending);
        self.pending.clear();
        self.out.push_str(text);
    }

    fn write_suffix(&mut self, text: &str) {
        let occupied = self.occupied;
        self.write(text);
        self.occupied = occupied;
    }

    pub(super) fn end_line(&mut self, level: usize) {
        self.out.push_str(self.line_ending);
        self.pending.clear();
        for _ in 0..level {
            self.pending.push_str(&self.options.indent);
        }
        self.occupied = width(&self.options.indent) * level;
    }
}

/// Widths are counted as editors count columns, in UTF-16 code units.
fn width(text: &str) -> usize {
    if text.is_ascii() {
        text.len()
    } else {
        text.encode_utf16().count()
    }
}

/// Collects `parts` as they stand on one line; `false` where `left` is not enough, or a line must break. A tail needs
/// room for its bracket only, and what follows it none at all (`left` is `None` then).
fn flatten<'a>(parts: &'a [Document], left: &mut Option<usize>, out: &mut Vec<Flat<'a>>) -> bool {
    parts.iter().all(|part| {
        let (flat, needed) = match part {
            Document::Text(text) => (Flat::Text(text), width(text)),
            Document::Suffix(text) => (Flat::Suffix(text), 0),
            Document::Either { flat, .. } => (Flat::Text(flat), width(flat)),
            Document::Line(flat) => (Flat::Text(flat), width(flat)),
            Document::SoftLine | Document::HardLine => return false,
            Document::Tail(parts) => (Flat::Tail(parts), 1),
            Document::Glue(parts) | Document::Group(parts) | Document::Indent(parts) => {
                return flatten(parts, left, out);
            }
        };
        if let Some(room) = left {
            match room.checked_sub(needed) {
                Some(rest) => *room = rest,
                None => return false,
            }
        }
        if matches!(flat, Flat::Tail(_)) {
            *left = None;
        }
        out.push(flat);
        true
    })
}
