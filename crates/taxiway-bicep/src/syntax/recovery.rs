//! What happens where a rule cannot go on.
//!
//! A rule returns what is wrong. The nearest [`Parser::part`] around it takes back what the rule has read so far, keeps
//! those tokens and all up to one of its ends as one node, and lets the rule around go on with the next part: so one
//! mistake costs no more than the part it is in. A part that is empty because something is missing silences the next
//! one, which is missing for the same reason.
//! Source: Azure/bicep, the parser's recovery.

use super::parser::{Parser, Start};
use super::{NodeKind, SyntaxError, TokenKind};

/// What a rule comes back with, or why it could not go on.
pub(super) type Read<T = ()> = Result<T, SyntaxError>;

/// What became of a part of a rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Part {
    /// It was read.
    Whole,
    /// Something else stands there and was skipped.
    Skipped,
    /// Nothing stands there.
    Absent,
}

/// What closes something around an operand.
pub(super) const CLOSERS: &[TokenKind] = &[
    TokenKind::StringEnd,
    TokenKind::RightBrace,
    TokenKind::RightParen,
    TokenKind::RightSquare,
    TokenKind::NewLine,
];

/// The end of a line.
pub(super) const LINE: &[TokenKind] = &[TokenKind::NewLine];

/// Where string tokens are that say nothing: without an end, or with an escape that there is not.
pub(super) struct Malformed(Vec<u32>);

impl Malformed {
    /// Finds them in what the lexer has to say.
    pub(super) fn of(errors: &[SyntaxError]) -> Self {
        let mut starts: Vec<_> = errors
            .iter()
            .filter(|error| {
                matches!(
                    error.code,
                    "BCP003" | "BCP004" | "BCP005" | "BCP006" | "BCP133" | "BCP140"
                )
            })
            .map(|error| error.span.start)
            .collect();
        starts.sort_unstable();
        Self(starts)
    }

    fn holds(&self, first: u32, end: u32) -> bool {
        let index = self.0.partition_point(|start| *start < first);
        self.0.get(index).is_some_and(|start| *start < end)
    }
}

impl Parser<'_> {
    /// Runs `rule`. Where it fails, skips to one of `ends` (or to the end of the file) and keeps that as a node of `kind`.
    pub(super) fn part(
        &mut self,
        before: Part,
        kind: NodeKind,
        ends: &[TokenKind],
        rule: impl FnOnce(&mut Self) -> Read,
    ) -> Part {
        let start = self.start();
        let (cursor, flushed) = (self.cursor, self.flushed);
        let (elements, nodes, errors) = (self.elements.len(), self.nodes.len(), self.errors.len());
        let Err(wrong) = rule(self) else {
            return Part::Whole;
        };
        let reached = self.cursor;
        self.elements.truncate(elements);
        self.nodes.truncate(nodes);
        self.errors.truncate(errors);
        (self.cursor, self.flushed) = (cursor, flushed);
        while self.cursor < reached {
            self.bump();
        }
        self.skip_to(ends);
        if before != Part::Absent {
            self.errors.push(wrong);
        }
        let part = if self.cursor == cursor {
            Part::Absent
        } else {
            Part::Skipped
        };
        self.complete(start, kind);
        part
    }

    /// A part that stands for a value or a type.
    pub(super) fn value(
        &mut self,
        before: Part,
        ends: &[TokenKind],
        rule: impl FnOnce(&mut Self) -> Read,
    ) -> Part {
        self.part(before, NodeKind::Missing, ends, rule)
    }

    /// A part that is a name, a symbol or a keyword.
    pub(super) fn mark(
        &mut self,
        before: Part,
        ends: &[TokenKind],
        rule: impl FnOnce(&mut Self) -> Read,
    ) -> Part {
        self.part(before, NodeKind::Skipped, ends, rule)
    }

    /// Takes all up to one of `ends`, or to the end of the file.
    pub(super) fn skip_to(&mut self, ends: &[TokenKind]) {
        while !self.at(TokenKind::EndOfFile) && !ends.contains(&self.peek()) {
            self.bump();
        }
    }

    /// Whether the next token is a piece of a string that says nothing.
    pub(super) fn is_malformed(&self) -> bool {
        let span = self.token().span;
        span.start == span.end || self.malformed.holds(span.start, span.end)
    }

    /// Whether something is wrong between two places, the first as errors counted there.
    pub(super) fn has_errors_since(&self, errors: usize, first: u32) -> bool {
        self.errors.len() > errors || self.malformed.holds(first, self.token().span.start)
    }

    /// An empty node where nothing stands.
    pub(super) fn nothing(&mut self, kind: NodeKind) {
        let start: Start = self.start();
        self.complete(start, kind);
    }
}
