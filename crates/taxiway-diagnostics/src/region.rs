//! From locations to the lines and columns that people and editors count.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;

use camino::Utf8PathBuf;
use serde::Serialize;

use crate::{LineIndex, Location, Sources};

/// Lines and columns from 1, columns in UTF-16 code units; the end is exclusive.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Region {
    /// The line of the first character.
    pub line: u32,
    /// Its column.
    pub column: u32,
    /// The line of the end.
    pub end_line: u32,
    /// The column behind the last character.
    pub end_column: u32,
}

/// The regions of locations; each file is read and indexed once.
pub struct Regions<'s> {
    sources: &'s dyn Sources,
    indexed: RefCell<BTreeMap<Utf8PathBuf, Rc<Indexed>>>,
}

struct Indexed {
    text: String,
    lines: LineIndex,
}

impl std::fmt::Debug for Regions<'_> {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Regions").finish_non_exhaustive()
    }
}

impl<'s> Regions<'s> {
    /// Over the files that the locations are in.
    pub fn new(sources: &'s dyn Sources) -> Self {
        Self {
            sources,
            indexed: RefCell::default(),
        }
    }

    /// The region of a location; of a file that cannot be read, its first character.
    pub fn of(&self, location: &Location) -> Region {
        let indexed = self.indexed(location);
        let at = |offset| indexed.lines.line_column(&indexed.text, offset);
        let (line, column) = at(location.span.start);
        let (end_line, end_column) = at(location.span.end);
        Region {
            line,
            column,
            end_line,
            end_column,
        }
    }

    fn indexed(&self, location: &Location) -> Rc<Indexed> {
        if let Some(known) = self.indexed.borrow().get(location.path()) {
            return Rc::clone(known);
        }
        let text = self.sources.read_text(location.path()).unwrap_or_default();
        let lines = LineIndex::new(&text);
        let indexed = Rc::new(Indexed { text, lines });
        let path = location.path().to_owned();
        self.indexed.borrow_mut().insert(path, Rc::clone(&indexed));
        indexed
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{MemorySources, Span};

    #[test]
    fn both_ends_are_counted() {
        let sources: MemorySources = [("a.bicep", "var a = 1\nvar b = 'ä'\n")]
            .into_iter()
            .collect();
        let regions = Regions::new(&sources);
        let of = |path: &str, start, end| {
            let region = regions.of(&Location::new(path, Span::new(start, end)));
            (
                region.line,
                region.column,
                region.end_line,
                region.end_column,
            )
        };
        assert_eq!(of("a.bicep", 4, 14), (1, 5, 2, 5));
        assert_eq!(of("a.bicep", 18, 22), (2, 9, 2, 12));
        assert_eq!(of("absent.bicep", 4, 5), (1, 1, 1, 1));
    }
}
