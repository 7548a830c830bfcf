//! `#disable-next-line`, `#disable-diagnostics` and `#restore-diagnostics`.

use taxiway_diagnostics::{Diagnostic, LineIndex};

use crate::syntax::{TokenKind, Tree};

/// The directives of one file: which codes are silent on which lines.
#[derive(Debug)]
pub(crate) struct Suppressions {
    lines: LineIndex,
    silent: Vec<Silent>,
}

#[derive(Debug)]
struct Silent {
    code: String,
    first: u32,
    /// Exclusive.
    end: u32,
}

impl Suppressions {
    /// What a file says; `None` where it says nothing.
    pub(crate) fn of(tree: &Tree) -> Option<Self> {
        let mut directives = tree
            .tokens()
            .iter()
            .filter(|token| token.kind == TokenKind::Directive)
            .peekable();
        directives.peek()?;
        let lines = LineIndex::new(tree.text());
        let mut silent: Vec<Silent> = Vec::new();
        for token in directives {
            let line = lines.line(token.span.start);
            let mut words = tree.slice(token.span).split_ascii_whitespace();
            let directive = words.next().unwrap_or("");
            for code in words {
                match directive {
                    "#disable-next-line" => silent.push(Silent {
                        code: code.to_owned(),
                        first: line + 1,
                        end: line + 2,
                    }),
                    "#disable-diagnostics" => silent.push(Silent {
                        code: code.to_owned(),
                        first: line + 1,
                        end: u32::MAX,
                    }),
                    "#restore-diagnostics" => {
                        for open in &mut silent {
                            if open.code == code && open.end == u32::MAX {
                                open.end = line;
                            }
                        }
                    }
                    _ => {}
                }
            }
        }
        Some(Self { lines, silent })
    }

    /// Whether the file asks not to hear this. Errors of the language itself cannot be silenced.
    pub(crate) fn silences(&self, diagnostic: &Diagnostic) -> bool {
        if diagnostic.is_error() && diagnostic.code.starts_with("BCP") {
            return false;
        }
        let Some(location) = &diagnostic.location else {
            return false;
        };
        let line = self.lines.line(location.span.start);
        self.silent.iter().any(|silent| {
            silent.code == diagnostic.code && (silent.first..silent.end).contains(&line)
        })
    }
}
