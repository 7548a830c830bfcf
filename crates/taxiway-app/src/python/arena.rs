//! Parsed modules that live as long as the values made from them.

use std::cell::{Cell, OnceCell, RefCell};
use std::collections::BTreeMap;
use std::rc::Rc;

use ruff_python_ast::{ModModule, PySourceType};
use ruff_python_parser::{Parsed, parse_unchecked_source};
use taxiway_diagnostics::LineIndex;

/// Source beyond this size is generated; it holds no configuration.
const LARGEST_SOURCE: usize = 512 << 10;

/// Brackets nested deeper than this are an attack, not a program.
const DEEPEST_NESTING: usize = 150;

/// One parsed module.
pub(crate) struct Source {
    pub(crate) lines: LineIndex,
    pub(crate) text: Rc<str>,
    parsed: Parsed<ModModule>,
}

impl Source {
    pub(crate) fn body(&self) -> &[ruff_python_ast::Stmt] {
        &self.parsed.syntax().body
    }
}

/// Modules in the first part of an arena; each part has room for twice as many as the one before.
const FIRST_PART: usize = 64;

/// Parts of an arena: room for more modules than a repository may have files.
const PARTS: usize = 24;

/// Keeps what is added to it, in place. A text is parsed once.
#[derive(Default)]
pub(crate) struct Arena {
    parts: [OnceCell<Box<[OnceCell<Source>]>>; PARTS],
    count: Cell<usize>,
    /// The modules by where their texts lie in memory.
    known: RefCell<BTreeMap<usize, usize>>,
}

impl Arena {
    /// Parses a module; what is no Python is skipped over. `None` where the text can't be a module that people wrote.
    pub(crate) fn parse(&self, text: Rc<str>) -> Option<&Source> {
        // The text of a kept module is never freed, so its address is its own.
        let address = text.as_ptr().addr();
        let known = self.known.borrow().get(&address).copied();
        if let Some(source) = known.and_then(|index| self.slot(index)?.get())
            && source.text.len() == text.len()
        {
            return Some(source);
        }
        if !is_reasonable(&text) {
            return None;
        }
        let parsed = parse_unchecked_source(&text, PySourceType::Python);
        let index = self.count.get();
        let source = self.slot(index)?.get_or_init(|| Source {
            lines: LineIndex::new(&text),
            text,
            parsed,
        });
        self.count.set(index + 1);
        self.known.borrow_mut().insert(address, index);
        Some(source)
    }

    /// The place for a module; `None` where the arena is full.
    fn slot(&self, index: usize) -> Option<&OnceCell<Source>> {
        let part = usize::try_from((index / FIRST_PART + 1).ilog2()).ok()?;
        let before = FIRST_PART * ((1 << part) - 1);
        let cells = self.parts.get(part)?.get_or_init(|| {
            let room = FIRST_PART << part;
            (0..room).map(|_| OnceCell::new()).collect()
        });
        cells.get(index - before)
    }
}

/// Whether a text is small and flat enough to be parsed by recursion.
fn is_reasonable(text: &str) -> bool {
    if text.len() > LARGEST_SOURCE {
        return false;
    }
    let mut depth = 0usize;
    let mut operators = 0usize;
    for byte in text.bytes() {
        // What names and numbers are made of is most of a text.
        if byte.is_ascii_alphanumeric() || byte == b' ' {
            continue;
        }
        match byte {
            b'(' | b'[' | b'{' => {
                depth += 1;
                if depth > DEEPEST_NESTING {
                    return false;
                }
            }
            b')' | b']' | b'}' => depth = depth.saturating_sub(1),
            b'\n' if depth == 0 => operators = 0,
            b'+' | b'-' | b'*' | b'/' | b'%' | b'|' | b'&' | b'^' | b'<' | b'>' | b'~' | b'@'
            | b'.' | b':' => {
                operators += 1;
                if operators > 20_000 {
                    return false;
                }
            }
            _ => {}
        }
    }
    text.lines()
        .all(|line| line.len() - line.trim_start().len() < 400)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_parsed_once_and_stays_in_its_place() {
        let arena = Arena::default();
        let texts: Vec<Rc<str>> = (0..300)
            .map(|number| format!("x = {number}\n").into())
            .collect();
        let parsed: Vec<&Source> = texts
            .iter()
            .map(|text| arena.parse(text.clone()).unwrap())
            .collect();
        for (text, source) in texts.iter().zip(&parsed) {
            assert_eq!(&*source.text, &**text);
            assert!(std::ptr::eq(arena.parse(text.clone()).unwrap(), *source));
        }
        assert_eq!(arena.count.get(), texts.len());
    }
}
