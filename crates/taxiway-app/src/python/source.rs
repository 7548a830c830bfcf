//! A parsed module.

use memchr::memchr_iter;
use ruff_python_ast::{ModModule, PySourceType};
use ruff_python_parser::{Parsed, parse_unchecked_source};
use taxiway_diagnostics::LineIndex;

/// Source beyond this size is generated; it holds no configuration.
const LARGEST_SOURCE: usize = 512 << 10;

/// Brackets nested deeper than this are an attack, not a program.
const DEEPEST_NESTING: usize = 150;

/// Lines indented further than this are one too.
const DEEPEST_INDENTATION: usize = 400;

/// Operators in one statement; more are one too.
const MOST_OPERATORS: usize = 20_000;

/// One parsed module.
pub(crate) struct Source {
    pub(crate) lines: LineIndex,
    parsed: Parsed<ModModule>,
}

impl Source {
    /// Parses a module; what is no Python is skipped over. `None` where the text can't be a module that people wrote.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        is_reasonable(text).then(|| Self {
            lines: LineIndex::new(text),
            parsed: parse_unchecked_source(text, PySourceType::Python),
        })
    }

    pub(crate) fn body(&self) -> &[ruff_python_ast::Stmt] {
        &self.parsed.syntax().body
    }
}

/// Whether a text is small and flat enough to be parsed by recursion.
fn is_reasonable(text: &str) -> bool {
    text.len() <= LARGEST_SOURCE && is_flat(text) && is_narrow(text)
}

/// Whether brackets and operators are few enough.
fn is_flat(text: &str) -> bool {
    let mut depth = 0usize;
    let mut operators = 0usize;
    for byte in text.bytes() {
        match ROLES[usize::from(byte)] {
            Role::None => {}
            Role::Opens => {
                depth += 1;
                if depth > DEEPEST_NESTING {
                    return false;
                }
            }
            Role::Closes => depth = depth.saturating_sub(1),
            Role::EndsLine if depth == 0 => operators = 0,
            Role::EndsLine => {}
            Role::Operates => {
                operators += 1;
                if operators > MOST_OPERATORS {
                    return false;
                }
            }
        }
    }
    true
}

/// What a byte does for the depth of a program.
#[derive(Clone, Copy)]
enum Role {
    None,
    Opens,
    Closes,
    EndsLine,
    Operates,
}

const ROLES: [Role; 256] = {
    let mut roles = [Role::None; 256];
    let mut byte = 0;
    while byte < roles.len() {
        #[expect(clippy::cast_possible_truncation, reason = "it is below 256")]
        let role = match byte as u8 {
            b'(' | b'[' | b'{' => Role::Opens,
            b')' | b']' | b'}' => Role::Closes,
            b'\n' => Role::EndsLine,
            b'+' | b'-' | b'*' | b'/' | b'%' | b'|' | b'&' | b'^' | b'<' | b'>' | b'~' | b'@'
            | b'.' | b':' => Role::Operates,
            _ => Role::None,
        };
        roles[byte] = role;
        byte += 1;
    }
    roles
};

/// Whether no line is indented very far.
fn is_narrow(text: &str) -> bool {
    let ends = memchr_iter(b'\n', text.as_bytes()).chain([text.len()]);
    let mut start = 0;
    for end in ends {
        if end - start >= DEEPEST_INDENTATION {
            let line = &text[start..end];
            if line.len() - line.trim_start().len() >= DEEPEST_INDENTATION {
                return false;
            }
        }
        start = end + 1;
    }
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_would_overflow_the_stack_is_not_parsed() {
        let cases = [
            ("x = 1\n".repeat(1000), true),
            (format!("x = {}1\n", "-".repeat(MOST_OPERATORS)), true),
            (format!("x = {}1\n", "-".repeat(MOST_OPERATORS + 1)), false),
            (format!("x = {}", "(".repeat(DEEPEST_NESTING + 1)), false),
            (format!("{}x = 1", " ".repeat(DEEPEST_INDENTATION)), false),
            (
                format!("\n{}x = 1\n", " ".repeat(DEEPEST_INDENTATION)),
                false,
            ),
            (format!("x = '{}'\n", "a".repeat(LARGEST_SOURCE)), false),
        ];
        for (text, expected) in cases {
            assert_eq!(is_reasonable(&text), expected, "{}", &text[..20]);
        }
    }
}
