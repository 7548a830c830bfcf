//! Parsed modules that live as long as the values made from them.

use std::cell::OnceCell;
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

struct Node {
    source: Source,
    next: OnceCell<Box<Node>>,
}

/// Keeps what is added to it, in place.
#[derive(Default)]
pub(crate) struct Arena {
    first: OnceCell<Box<Node>>,
}

impl Arena {
    /// Parses a module; what is no Python is skipped over. `None` where the text can't be a module that people wrote.
    pub(crate) fn parse(&self, text: Rc<str>) -> Option<&Source> {
        if !is_reasonable(&text) {
            return None;
        }
        let parsed = parse_unchecked_source(&text, PySourceType::Python);
        let source = Source {
            lines: LineIndex::new(&text),
            text,
            parsed,
        };
        let mut slot = &self.first;
        while let Some(node) = slot.get() {
            slot = &node.next;
        }
        let node = slot.get_or_init(|| {
            Box::new(Node {
                source,
                next: OnceCell::new(),
            })
        });
        Some(&node.source)
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
