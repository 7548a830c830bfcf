//! Grammar of what makes a body conditional or repeats it: `if (…) {…}` and `[for … in …: …]`.

use super::expression::Lists;
use super::parser::Parser;
use super::recovery::{Part, Read};
use super::{NodeKind, TokenKind};

/// Where a part of a loop ends.
const ENDS: &[TokenKind] = &[TokenKind::RightSquare, TokenKind::NewLine];

impl Parser<'_> {
    /// `if (condition) {…}`
    pub(super) fn condition(&mut self, lists: Lists, is_in_loop: bool) {
        const IN_LOOP: &[TokenKind] = &[
            TokenKind::RightSquare,
            TokenKind::LeftBrace,
            TokenKind::NewLine,
        ];
        const ALONE: &[TokenKind] = &[TokenKind::LeftBrace, TokenKind::NewLine];
        let start = self.start();
        self.bump();
        let mut is_closed = false;
        let ends = if is_in_loop { IN_LOOP } else { ALONE };
        self.value(Part::Whole, ends, |parser| {
            let list = parser.parentheses(true, |parser| parser.expression(Lists::Allowed))?;
            parser.enclose(&list, NodeKind::Parenthesised);
            is_closed = list.is_closed;
            Ok(())
        });
        let before = if is_closed { Part::Whole } else { Part::Absent };
        let ends = if is_in_loop { ENDS } else { &ENDS[1..] };
        self.value(before, ends, |parser| parser.object(lists));
        self.complete(start, NodeKind::Condition);
    }

    /// Whether the bracket ahead opens a loop.
    pub(super) fn starts_loop(&self) -> bool {
        let mut ahead = 1;
        while self.peek_at(ahead) == TokenKind::NewLine {
            ahead += 1;
        }
        self.text_at(ahead) == "for"
    }

    /// A loop that makes an array.
    pub(super) fn value_loop(&mut self, lists: Lists) -> Read {
        self.for_loop(|parser| match lists {
            Lists::Forbidden => parser.expression(Lists::Allowed),
            Lists::Allowed | Lists::WithResources => parser.expression(lists),
        })
    }

    /// A loop that makes resources or modules.
    pub(super) fn body_loop(&mut self, lists: Lists) -> Read {
        self.for_loop(|parser| {
            if parser.at_keyword("if") {
                parser.condition(lists, true);
                Ok(())
            } else if parser.at(TokenKind::LeftBrace) {
                parser.object(lists)
            } else {
                Err(parser.wrong("BCP167", "`{` or `if` is expected here"))
            }
        })
    }

    fn for_loop(&mut self, body_rule: impl FnOnce(&mut Self) -> Read) -> Read {
        const COLLECTION_ENDS: &[TokenKind] =
            &[TokenKind::Colon, TokenKind::RightSquare, TokenKind::NewLine];
        let start = self.start();
        self.expect(TokenKind::LeftSquare, "[")?;
        self.newlines();
        self.expect_keyword("for")?;
        let variables = self.loop_variables()?;
        let keyword = self.mark(variables, ENDS, |parser| parser.expect_keyword("in"));
        let collection = self.value(keyword, COLLECTION_ENDS, |parser| {
            parser.expression(Lists::Allowed)
        });
        let colon = self.mark(collection, ENDS, |parser| {
            parser.expect(TokenKind::Colon, ":")
        });
        let body_start = self.start();
        let body = self.value(colon, ENDS, body_rule);
        self.complete(body_start, NodeKind::ForBody);
        if body == Part::Whole {
            self.newlines();
        }
        self.mark(body, ENDS, |parser| {
            parser.expect(TokenKind::RightSquare, "]")
        });
        self.complete(start, NodeKind::For);
        Ok(())
    }

    /// The variables of a loop; absent where something is wrong with them, so that `in` is not asked for.
    fn loop_variables(&mut self) -> Read<Part> {
        let start = self.start();
        let (errors, first) = (self.errors.len(), self.token().span.start);
        match self.peek() {
            TokenKind::Identifier => {
                self.name("BCP136", "the name of the element is expected here")?;
                self.complete(start, NodeKind::ForVariables);
            }
            TokenKind::LeftParen => {
                let open = self.token().span;
                let list = self.parentheses(false, |parser| parser.expression(Lists::Forbidden))?;
                self.complete(start, NodeKind::ForVariables);
                if list.elements != 2 && !self.has_errors_since(errors, first) {
                    let message = "two names are expected here: of the element, and of its index";
                    self.error_at(open.cover(list.span), "BCP249", message);
                }
            }
            _ => {
                let message = "the name of the element, or `(`, is expected here";
                self.error("BCP162", message);
                self.complete(start, NodeKind::ForVariables);
            }
        }
        Ok(if self.has_errors_since(errors, first) {
            Part::Absent
        } else {
            Part::Whole
        })
    }
}
