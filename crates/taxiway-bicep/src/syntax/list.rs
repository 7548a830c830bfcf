//! Elements between brackets, and what separates them.

use taxiway_diagnostics::Span;

use super::parser::{Parser, Start};
use super::recovery::{CLOSERS, Part, Read};
use super::{NodeKind, TokenKind};

/// What stands between parentheses.
pub(super) struct Parentheses {
    start: Start,
    inner: Start,
    end: Start,
    pub(super) span: Span,
    /// Whether anything stands there at all.
    is_empty: bool,
    /// Whether it is one element and nothing else, not even a line break.
    is_single: bool,
    pub(super) elements: usize,
    /// Whether there is a `)`.
    pub(super) is_closed: bool,
}

impl Parser<'_> {
    /// Elements of an object, an array or their types: separated by commas or line breaks, never by both.
    pub(super) fn elements(
        &mut self,
        close: TokenKind,
        symbol: &str,
        mut element: impl FnMut(&mut Self),
    ) -> Read {
        if self.eat(close) {
            return Ok(());
        }
        self.newlines();
        while !self.at(TokenKind::EndOfFile) && !self.at(close) {
            element(self);
            if self.at(close) || self.at(TokenKind::EndOfFile) {
                break;
            }
            if self.eat(TokenKind::Comma) {
                if self.at(TokenKind::NewLine) {
                    self.error(
                        "BCP238",
                        "a comma or a new line separates elements, not both",
                    );
                    self.newlines();
                }
            } else if self.at(TokenKind::NewLine) {
                self.newlines();
            } else {
                self.separator_missing(symbol);
            }
        }
        self.expect(close, symbol)
    }

    fn separator_missing(&mut self, symbol: &str) {
        let message = format!("a comma, a new line or `{symbol}` is expected here");
        self.error("BCP236", message);
    }

    /// Arguments: separated by commas, which line breaks may follow.
    pub(super) fn arguments_between(
        &mut self,
        close: TokenKind,
        symbol: &str,
        mut argument: impl FnMut(&mut Self),
    ) {
        self.bump();
        self.newlines();
        while !self.at(TokenKind::EndOfFile) && !self.at(close) {
            argument(self);
            if self.at(TokenKind::NewLine) {
                match self.peek_at(self.newlines_ahead()) {
                    TokenKind::EndOfFile => break,
                    next if next == close => {}
                    _ => self.error("BCP237", "a comma is expected here"),
                }
                self.newlines();
            } else if self.eat(TokenKind::Comma) {
                self.newlines();
                if self.at(close) {
                    argument(self);
                }
            } else if !self.at(close) && !self.at(TokenKind::EndOfFile) {
                self.separator_missing(symbol);
            }
        }
        if !self.eat(close) {
            self.error("BCP018", format!("`{symbol}` is expected here"));
        }
    }

    /// Elements between parentheses; how many there may be is for the caller to say.
    pub(super) fn parentheses(
        &mut self,
        takes_newlines: bool,
        mut element: impl FnMut(&mut Self) -> Read,
    ) -> Read<Parentheses> {
        const ENDS: &[TokenKind] = &[
            TokenKind::StringEnd,
            TokenKind::RightBrace,
            TokenKind::RightParen,
            TokenKind::RightSquare,
            TokenKind::NewLine,
            TokenKind::Comma,
        ];
        let start = self.start();
        let first = self.token().span;
        self.expect(TokenKind::LeftParen, "(")?;
        let inner = self.start();
        let mut elements = 0;
        let mut separators = self.breaks(takes_newlines);
        let mut last = Part::Whole;
        while !self.at(TokenKind::RightParen) {
            last = self.value(Part::Whole, ENDS, &mut element);
            elements += 1;
            let mut after = self.breaks(takes_newlines);
            let goes_on = self.eat(TokenKind::Comma);
            if goes_on {
                after += 1 + self.breaks(takes_newlines);
            }
            if after > 0 {
                last = Part::Whole;
            }
            separators += after;
            if !goes_on {
                break;
            }
        }
        let end = self.start();
        let span = first.cover(self.here());
        let close = self.mark(
            last,
            &[
                TokenKind::StringEnd,
                TokenKind::RightBrace,
                TokenKind::RightSquare,
                TokenKind::NewLine,
            ],
            |parser| parser.expect(TokenKind::RightParen, ")"),
        );
        Ok(Parentheses {
            start,
            inner,
            end,
            span,
            is_empty: elements + separators == 0,
            is_single: elements == 1 && separators == 0,
            elements,
            is_closed: close == Part::Whole,
        })
    }

    /// Takes line breaks where they are allowed; 1 where there are any.
    fn breaks(&mut self, takes_newlines: bool) -> usize {
        if !takes_newlines || !self.at(TokenKind::NewLine) {
            return 0;
        }
        self.newlines();
        1
    }

    /// Makes parentheses of what holds one expression, and says so where it does not.
    pub(super) fn enclose(&mut self, list: &Parentheses, kind: NodeKind) {
        if !list.is_single {
            self.error_at(list.span, "BCP243", "parentheses hold one value");
            if !list.is_empty {
                self.complete_between(list.inner, list.end, NodeKind::Missing);
            }
        }
        self.complete(list.start, kind);
    }

    /// A part that ends with what is around an operand.
    pub(super) fn operand(&mut self, rule: impl FnOnce(&mut Self) -> Read) -> Part {
        self.value(Part::Whole, CLOSERS, rule)
    }
}
