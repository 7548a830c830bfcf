//! Which token a comment belongs to.
//!
//! A comment behind something that can end a line (a name, a value, a closing bracket) belongs to that; any other belongs
//! to the token after it, which may be a line break.

use crate::syntax::{TokenKind, Tree};

/// To which sides of a token comments stick.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Sticks {
    Nowhere,
    Before,
    Behind,
    Both,
}

pub(super) const fn sticks(kind: TokenKind) -> Sticks {
    match kind {
        TokenKind::NewLine
        | TokenKind::Pipe
        | TokenKind::At
        | TokenKind::Minus
        | TokenKind::EndOfFile
        | TokenKind::LeftParen
        | TokenKind::LeftSquare
        | TokenKind::LeftBrace
        | TokenKind::StringStart => Sticks::Before,
        TokenKind::RightParen
        | TokenKind::RightSquare
        | TokenKind::RightBrace
        | TokenKind::StringEnd
        | TokenKind::Question => Sticks::Behind,
        TokenKind::Exclamation
        | TokenKind::StringComplete
        | TokenKind::Integer
        | TokenKind::Identifier => Sticks::Both,
        _ => Sticks::Nowhere,
    }
}

/// The comments and directives of each token.
#[derive(Debug)]
pub(super) struct Trivia {
    before: Vec<Vec<u32>>,
    behind: Vec<Vec<u32>>,
}

impl Trivia {
    pub(super) fn of(tree: &Tree) -> Self {
        let count = tree.tokens().len();
        let mut trivia = Self {
            before: vec![Vec::new(); count],
            behind: vec![Vec::new(); count],
        };
        let mut last: Option<usize> = None;
        let mut waiting = Vec::new();
        for (index, token) in (0u32..).zip(tree.tokens()) {
            match token.kind {
                TokenKind::Whitespace => {}
                TokenKind::LineComment | TokenKind::BlockComment => {
                    let takes = |last: &usize| {
                        matches!(
                            sticks(tree.tokens()[*last].kind),
                            Sticks::Behind | Sticks::Both
                        )
                    };
                    match last.filter(takes) {
                        Some(last) => trivia.behind[last].push(index),
                        None => waiting.push(index),
                    }
                }
                TokenKind::Directive => waiting.push(index),
                _ => {
                    trivia.before[index as usize] = std::mem::take(&mut waiting);
                    last = Some(index as usize);
                }
            }
        }
        trivia
    }

    pub(super) fn before(&self, token: u32) -> &[u32] {
        &self.before[token as usize]
    }

    pub(super) fn behind(&self, token: u32) -> &[u32] {
        &self.behind[token as usize]
    }
}
