//! Grammar of expressions: operators, accesses and calls, and what they are made of.

use super::parser::{Parser, Start};
use super::recovery::{CLOSERS, Part, Read};
use super::{NodeKind, TokenKind};

/// How many operators may follow each other at one level; keeps left-leaning trees shallow enough to walk.
const MAX_CHAIN: u32 = 600;

/// Whether objects and arrays may be written out in an expression.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Lists {
    /// Not in the holes of a string, nor in an index of a type.
    Forbidden,
    Allowed,
    /// It is the body of a resource, which may hold resources.
    WithResources,
}

/// What starts a declaration, so that no lambda's body begins with it on a line of its own.
/// Source: Azure/bicep, the keywords of declarations.
const DECLARATIONS: &[&str] = &[
    "assert", "import", "metadata", "module", "output", "param", "resource", "type", "var",
];

const fn precedence(kind: TokenKind) -> Option<u8> {
    Some(match kind {
        TokenKind::DoubleQuestion => 1,
        TokenKind::LogicalOr => 2,
        TokenKind::LogicalAnd => 3,
        TokenKind::Equals
        | TokenKind::NotEquals
        | TokenKind::EqualsInsensitive
        | TokenKind::NotEqualsInsensitive => 4,
        TokenKind::Less
        | TokenKind::LessOrEqual
        | TokenKind::Greater
        | TokenKind::GreaterOrEqual => 5,
        TokenKind::Plus | TokenKind::Minus => 6,
        TokenKind::Asterisk | TokenKind::Slash | TokenKind::Modulo => 7,
        _ => return None,
    })
}

impl Parser<'_> {
    /// Any expression.
    pub(super) fn expression(&mut self, lists: Lists) -> Read {
        self.nested(|parser| parser.ternary(lists))
    }

    fn ternary(&mut self, lists: Lists) -> Read {
        let start = self.start();
        self.binary(0, lists)?;
        if !self.newlines_before(TokenKind::Question) {
            return Ok(());
        }
        self.bump();
        let ends = [&[TokenKind::Colon], CLOSERS].concat();
        let then = self.value(Part::Whole, &ends, |parser| parser.expression(lists));
        if then == Part::Whole {
            self.newlines_before(TokenKind::Colon);
        }
        let colon = self.mark(then, CLOSERS, |parser| parser.expect(TokenKind::Colon, ":"));
        self.value(colon, CLOSERS, |parser| parser.expression(lists));
        self.complete(start, NodeKind::Ternary);
        Ok(())
    }

    fn binary(&mut self, least: u8, lists: Lists) -> Read {
        let start = self.start();
        self.unary(lists)?;
        let mut chain = 0;
        while let Some(precedence) = precedence(self.peek()) {
            if precedence <= least {
                break;
            }
            chain += 1;
            if chain > MAX_CHAIN {
                return Err(self.wrong("BCP009", "too many operators follow each other"));
            }
            self.bump();
            self.operand(|parser| parser.binary(precedence, lists));
            self.complete(start, NodeKind::Binary);
        }
        Ok(())
    }

    fn unary(&mut self, lists: Lists) -> Read {
        if !matches!(self.peek(), TokenKind::Exclamation | TokenKind::Minus) {
            return self.member_expression(lists);
        }
        let start = self.start();
        self.bump();
        self.operand(|parser| parser.member_expression(lists));
        self.complete(start, NodeKind::Unary);
        Ok(())
    }

    /// A primary expression with what follows it: `.x`, `[0]`, `::x`, `!`, calls.
    fn member_expression(&mut self, lists: Lists) -> Read {
        let start = self.start();
        self.primary(lists)?;
        let mut chain = 0;
        loop {
            chain += 1;
            if chain > MAX_CHAIN {
                return Err(self.wrong("BCP009", "too many accesses follow each other"));
            }
            match self.peek() {
                TokenKind::Dot => self.property_access(start, lists),
                TokenKind::LeftSquare => self.array_access(start, lists)?,
                TokenKind::DoubleColon => {
                    self.bump();
                    self.name_or_nothing(
                        "BCP020",
                        "the name of a nested resource is expected here",
                    );
                    self.complete(start, NodeKind::ResourceAccess);
                }
                TokenKind::Exclamation => {
                    self.bump();
                    self.complete(start, NodeKind::NonNull);
                }
                _ => return Ok(()),
            }
        }
    }

    /// `.name` or `.name(…)` after what began at `start`.
    pub(super) fn property_access(&mut self, start: Start, lists: Lists) {
        self.bump();
        let question = self.token().span;
        let is_safe = self.eat(TokenKind::Question);
        self.name_or_nothing("BCP020", "a property or function name is expected here");
        if !self.at(TokenKind::LeftParen) {
            return self.complete(start, NodeKind::PropertyAccess);
        }
        if is_safe {
            self.error_at(
                question,
                "BCP322",
                "`.?` reads a property and calls no function",
            );
        }
        self.arguments(lists);
        self.complete(start, NodeKind::MethodCall);
    }

    fn array_access(&mut self, start: Start, lists: Lists) -> Read {
        self.bump();
        self.eat(TokenKind::Question);
        self.eat(TokenKind::Hat);
        if self.at(TokenKind::RightSquare) {
            self.error("BCP117", "an index is expected here");
            self.nothing(NodeKind::Missing);
        } else {
            self.expression(lists)?;
        }
        self.expect(TokenKind::RightSquare, "]")?;
        self.complete(start, NodeKind::ArrayAccess);
        Ok(())
    }

    /// `(…)` behind the name of a function or decorator.
    pub(super) fn arguments(&mut self, lists: Lists) {
        const ENDS: &[TokenKind] = &[TokenKind::NewLine, TokenKind::Comma, TokenKind::RightParen];
        self.arguments_between(TokenKind::RightParen, ")", |parser| {
            let argument = parser.start();
            parser.value(Part::Whole, ENDS, |parser| parser.expression(lists));
            parser.complete(argument, NodeKind::Argument);
        });
    }

    fn primary(&mut self, lists: Lists) -> Read {
        match self.peek() {
            TokenKind::Integer => self.integer()?,
            TokenKind::StringComplete | TokenKind::StringStart => {
                self.string();
            }
            TokenKind::LeftBrace | TokenKind::LeftSquare if lists == Lists::Forbidden => {
                return Err(self.wrong("BCP087", "objects and arrays cannot stand here"));
            }
            TokenKind::LeftBrace => self.object(lists)?,
            TokenKind::LeftSquare if self.starts_loop() => self.value_loop(lists)?,
            TokenKind::LeftSquare => self.array()?,
            TokenKind::LeftParen => self.parenthesised_or_lambda(lists)?,
            TokenKind::Identifier => self.name_or_call(lists)?,
            _ => return Err(self.wrong("BCP009", "a value is expected here")),
        }
        Ok(())
    }

    /// Digits that fit into an integer.
    pub(super) fn integer(&mut self) -> Read {
        let start = self.start();
        let fits = self.text_at(0).parse::<u64>().is_ok();
        let wrong = self.wrong("BCP010", "this integer is too large");
        self.bump();
        if !fits {
            return Err(wrong);
        }
        self.complete(start, NodeKind::IntegerLiteral);
        Ok(())
    }

    fn name_or_call(&mut self, lists: Lists) -> Read {
        let start = self.start();
        let literal = match self.text_at(0) {
            "true" | "false" => Some(NodeKind::BooleanLiteral),
            "null" => Some(NodeKind::NullLiteral),
            _ => None,
        };
        if let Some(literal) = literal {
            self.bump();
            self.complete(start, literal);
            return Ok(());
        }
        self.name("BCP023", "a name is expected here")?;
        match self.peek() {
            TokenKind::LeftParen => {
                self.arguments(lists);
                self.complete(start, NodeKind::Call);
            }
            TokenKind::Arrow => {
                self.complete(start, NodeKind::LambdaParameters);
                self.lambda_body(start);
            }
            _ => {}
        }
        Ok(())
    }

    fn parenthesised_or_lambda(&mut self, lists: Lists) -> Read {
        let start = self.start();
        let list = self.parentheses(true, |parser| parser.expression(lists))?;
        if self.at(TokenKind::Arrow) {
            self.complete(start, NodeKind::LambdaParameters);
            self.lambda_body(start);
        } else {
            self.enclose(&list, NodeKind::Parenthesised);
        }
        Ok(())
    }

    /// `=>` and what follows.
    fn lambda_body(&mut self, start: Start) {
        self.bump();
        self.body_after_arrow();
        self.complete(start, NodeKind::Lambda);
    }

    /// The value behind `=>`, perhaps on a line of its own.
    pub(super) fn body_after_arrow(&mut self) -> Part {
        const ENDS: &[TokenKind] = &[TokenKind::NewLine, TokenKind::RightParen];
        if !DECLARATIONS.contains(&self.text_at(self.newlines_ahead())) {
            self.newlines();
        }
        self.value(Part::Whole, ENDS, |parser| {
            parser.expression(Lists::Allowed)
        })
    }

    fn array(&mut self) -> Read {
        let start = self.start();
        self.bump();
        self.elements(TokenKind::RightSquare, "]", Self::array_item)?;
        self.complete(start, NodeKind::Array);
        Ok(())
    }

    fn array_item(&mut self) {
        const ENDS: &[TokenKind] = &[TokenKind::NewLine, TokenKind::RightSquare];
        let start = self.start();
        if self.at(TokenKind::Ellipsis) {
            return self.spread(TokenKind::RightSquare);
        }
        self.value(Part::Whole, ENDS, |parser| {
            parser.expression(Lists::Allowed)
        });
        self.complete(start, NodeKind::Item);
    }

    /// `...value` in an array or object that ends with `close`.
    pub(super) fn spread(&mut self, close: TokenKind) {
        let start = self.start();
        self.bump();
        let ends = [TokenKind::Comma, TokenKind::NewLine, close];
        self.value(Part::Whole, &ends, |parser| {
            parser.expression(Lists::Allowed)
        });
        self.complete(start, NodeKind::Spread);
    }
}
