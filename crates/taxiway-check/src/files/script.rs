//! Shell text inside another file, and where each of its lines stands there.

use camino::{Utf8Path, Utf8PathBuf};
use taxiway_diagnostics::Location;

use super::YamlNode;
use super::{Command, commands, span};

/// A piece of shell text.
#[derive(Clone, Debug)]
pub(crate) struct Script {
    pub(crate) path: Utf8PathBuf,
    pub(crate) text: String,
    /// Where parts of `text` start, and the byte of the file that each starts on.
    places: Vec<(usize, usize)>,
}

impl Script {
    /// A file of its own.
    pub(crate) fn whole(path: &Utf8Path, text: String) -> Self {
        Self {
            path: path.to_owned(),
            text,
            places: vec![(0, 0)],
        }
    }

    /// Parts of a file, one below the other: `(byte in the file, text)`.
    pub(crate) fn lines<'t>(
        path: &Utf8Path,
        parts: impl IntoIterator<Item = (usize, &'t str)>,
    ) -> Self {
        let mut script = Self {
            path: path.to_owned(),
            text: String::new(),
            places: Vec::new(),
        };
        for (start, text) in parts {
            script.places.push((script.text.len(), start));
            script.text.push_str(text);
            script.text.push('\n');
        }
        script
    }

    /// A scalar of YAML: a block keeps its lines; in any other, its words are where they are found.
    pub(crate) fn scalar(path: &Utf8Path, file: &str, node: &YamlNode) -> Self {
        let after = file[node.key.1.min(file.len())..].trim_start_matches([':', ' ']);
        let at = file.len() - after.len();
        let has_key = node.key != (node.start, node.end);
        let head = if has_key {
            at
        } else {
            file[..node.start].rfind('\n').map_or(0, |line| line + 1)
        };
        let line = file[head..].lines().next().unwrap_or_default();
        let mark = line.trim_start_matches(['-', ' ']);
        if mark.starts_with(['|', '>']) {
            return Self::block(path, file, head, mark.starts_with('>'));
        }
        let raw = &file[node.start..node.end];
        let quote = usize::from(raw.starts_with(['"', '\'']));
        let text = node.text().unwrap_or_default();
        Self {
            path: path.to_owned(),
            text: text.to_owned(),
            places: vec![(0, node.start + quote)],
        }
    }

    /// The lines below the one with `|` or `>`, as far as they are indented deeper than the first of them is.
    fn block(path: &Utf8Path, file: &str, head: usize, is_folded: bool) -> Self {
        let mut parts = Vec::new();
        let mut indent = None;
        let mut start = head
            + file[head..]
                .find('\n')
                .map_or(file.len() - head, |end| end + 1);
        for line in file[start..].split_inclusive('\n') {
            let text = line.trim_end_matches(['\n', '\r']);
            let depth = text.len() - text.trim_start_matches(' ').len();
            if text.trim().is_empty() {
                parts.push((start, ""));
            } else {
                let indent = *indent.get_or_insert(depth);
                if depth < indent || indent == 0 {
                    break;
                }
                parts.push((start + indent, &text[indent..]));
            }
            start += line.len();
        }
        let mut script = Self::lines(path, parts);
        if is_folded {
            script.text = script.text.trim_end().replace('\n', " ");
        }
        script
    }

    /// The place of a part of the text, its first line only.
    pub(crate) fn location(&self, start: usize, end: usize) -> Location {
        let line = self.text[start..end.max(start)]
            .find('\n')
            .map_or(end, |at| start + at);
        Location::new(
            &self.path,
            span(self.byte(start), self.byte(start) + line - start),
        )
    }

    fn byte(&self, offset: usize) -> usize {
        let index = self.places.partition_point(|(start, _)| *start <= offset);
        match self.places.get(index.saturating_sub(1)) {
            Some((start, place)) => place + offset - start,
            None => offset,
        }
    }

    /// Its commands, those inside of `$(…)` included.
    pub(crate) fn commands(&self) -> Vec<Command> {
        commands(&self.text)
    }

    /// Where a command stands.
    pub(crate) fn place(&self, command: &Command) -> Location {
        self.location(command.start, command.end)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_of_a_block_keep_their_place() {
        let text = "jobs:\n  a:\n    run: |\n      one\n\n      two three\n    if: x\n  b:\n    run: 'four five'\n  c:\n    run: >-\n      six\n      seven\n  d:\n    - |\n      eight\n";
        let root = taxiway_yaml::parse(text).unwrap();
        let check = |node: &YamlNode, word: &str, whole: &str| {
            let script = Script::scalar("x.yml".into(), text, node);
            assert_eq!(script.text.trim_end(), whole);
            let at = script.text.find(word).unwrap();
            let location = script.location(at, at + word.len());
            assert_eq!(&text[location.span.range()], word);
        };
        check(
            root.at(&["jobs", "a", "run"]).unwrap(),
            "three",
            "one\n\ntwo three",
        );
        check(root.at(&["jobs", "b", "run"]).unwrap(), "five", "four five");
        check(
            root.at(&["jobs", "c", "run"]).unwrap(),
            "seven",
            "six seven",
        );
        check(
            &root.at(&["jobs", "d"]).unwrap().items()[0],
            "eight",
            "eight",
        );
    }
}
