//! Grammar of type expressions.

use super::expression::Lists;
use super::parser::{Parser, Start};
use super::recovery::{Part, Read};
use super::{NodeKind, TokenKind};

/// Where a member of an object type ends.
const MEMBER_ENDS: &[TokenKind] = &[TokenKind::NewLine, TokenKind::RightBrace];

/// What follows a type, such as `[]`: each wraps what stands before, so this is a depth.
const MAX_CHAIN: u32 = 100;

impl Parser<'_> {
    /// The type in a declaration, which may be `resource 'type@version'`; outputs may leave out which.
    pub(super) fn declared_type(&mut self, may_be_any_resource: bool) -> Read {
        if !self.at_keyword("resource") || self.peek_at(1) == TokenKind::Less {
            return self.type_expression();
        }
        let start = self.start();
        self.name("BCP279", "")?;
        if self.at_string() || !may_be_any_resource {
            const ENDS: &[TokenKind] = &[TokenKind::Assignment, TokenKind::NewLine];
            let arguments = self.start();
            self.value(Part::Whole, ENDS, |parser| {
                parser.required_string("BCP068", "a resource type is expected here")
            });
            self.complete(arguments, NodeKind::TypeArguments);
        }
        self.complete(start, NodeKind::TypeName);
        Ok(())
    }

    /// Any type.
    pub(super) fn type_expression(&mut self) -> Read {
        self.nested(Self::type_union)
    }

    fn type_union(&mut self) -> Read {
        let start = self.start();
        let is_led = self.newlines_before(TokenKind::Pipe);
        if is_led {
            self.bump();
        }
        self.type_member()?;
        let mut is_union = is_led;
        while self.newlines_before(TokenKind::Pipe) {
            is_union = true;
            self.bump();
            if self.at(TokenKind::NewLine) {
                self.error("BCP300", "a type is expected here");
                self.nothing(NodeKind::Missing);
            } else {
                self.value(Part::Whole, super::recovery::LINE, Self::type_member);
            }
        }
        if is_union {
            self.complete(start, NodeKind::TypeUnion);
        }
        Ok(())
    }

    /// A type with its signs: `-1`, `!true`, `string?`, `string!`.
    fn type_member(&mut self) -> Read {
        let start = self.start();
        if matches!(self.peek(), TokenKind::Minus | TokenKind::Exclamation) {
            self.bump();
            self.operand(Self::type_access);
            self.complete(start, NodeKind::TypeUnary);
        } else {
            self.type_access()?;
        }
        loop {
            let kind = match self.peek() {
                TokenKind::Question => NodeKind::TypeNullable,
                TokenKind::Exclamation => NodeKind::TypeNonNull,
                _ => return Ok(()),
            };
            self.bump();
            self.complete(start, kind);
        }
    }

    /// A primary type with what follows it: `[]`, `[*]`, `[0]`, `.x`, `.*`.
    fn type_access(&mut self) -> Read {
        let start = self.start();
        self.type_primary()?;
        let mut chain = 0;
        loop {
            chain += 1;
            if chain > MAX_CHAIN {
                return Err(self.wrong("BCP009", "too many accesses follow each other"));
            }
            match self.peek() {
                TokenKind::LeftSquare => self.type_brackets(start)?,
                TokenKind::Dot => self.type_property(start),
                _ => return Ok(()),
            }
        }
    }

    fn type_brackets(&mut self, start: Start) -> Read {
        self.bump();
        let kind = match self.peek() {
            TokenKind::RightSquare => NodeKind::TypeArray,
            TokenKind::Asterisk => {
                self.bump();
                NodeKind::TypeItemAccess
            }
            _ => {
                self.expression(Lists::Forbidden)?;
                NodeKind::TypeIndexAccess
            }
        };
        self.expect(TokenKind::RightSquare, "]")?;
        self.complete(start, kind);
        Ok(())
    }

    fn type_property(&mut self, start: Start) {
        self.bump();
        if self.eat(TokenKind::Asterisk) {
            return self.complete(start, NodeKind::TypeAdditionalAccess);
        }
        self.name_or_nothing("BCP020", "a property name is expected here");
        if self.at(TokenKind::Less) {
            self.type_arguments();
        }
        self.complete(start, NodeKind::TypePropertyAccess);
    }

    fn type_primary(&mut self) -> Read {
        let start = self.start();
        match self.peek() {
            TokenKind::Identifier => match self.text_at(0) {
                "true" | "false" => {
                    self.bump();
                    self.complete(start, NodeKind::BooleanLiteral);
                }
                "null" => {
                    self.bump();
                    self.complete(start, NodeKind::NullLiteral);
                }
                _ => {
                    self.name("BCP325", "a type name is expected here")?;
                    if self.at(TokenKind::Less) {
                        self.type_arguments();
                    }
                    self.complete(start, NodeKind::TypeName);
                }
            },
            TokenKind::Integer => self.integer()?,
            TokenKind::StringComplete | TokenKind::StringStart => {
                self.string();
            }
            TokenKind::LeftBrace => self.type_object()?,
            TokenKind::LeftSquare => self.type_tuple()?,
            TokenKind::LeftParen => {
                let list = self.parentheses(false, Self::type_expression)?;
                self.enclose(&list, NodeKind::TypeParenthesised);
            }
            _ => return Err(self.wrong("BCP279", "a type is expected here")),
        }
        Ok(())
    }

    fn type_arguments(&mut self) {
        const ENDS: &[TokenKind] = &[TokenKind::NewLine, TokenKind::Comma, TokenKind::Greater];
        let start = self.start();
        self.arguments_between(TokenKind::Greater, ">", |parser| {
            parser.value(Part::Whole, ENDS, Self::type_expression);
        });
        self.complete(start, NodeKind::TypeArguments);
    }

    fn type_object(&mut self) -> Read {
        let start = self.start();
        self.bump();
        self.elements(TokenKind::RightBrace, "}", Self::type_object_member)?;
        self.complete(start, NodeKind::TypeObject);
        Ok(())
    }

    fn type_object_member(&mut self) {
        const KEY_ENDS: &[TokenKind] =
            &[TokenKind::Colon, TokenKind::NewLine, TokenKind::RightBrace];
        let start = self.start();
        self.decorators();
        let kind = if self.at(TokenKind::Asterisk) {
            NodeKind::TypeAdditional
        } else {
            NodeKind::TypeProperty
        };
        let key = self.value(Part::Whole, KEY_ENDS, Self::type_object_key);
        let colon = self.mark(key, MEMBER_ENDS, |parser| {
            parser.expect(TokenKind::Colon, ":")
        });
        self.value(colon, MEMBER_ENDS, Self::type_expression);
        self.complete(start, kind);
    }

    fn type_object_key(&mut self) -> Read {
        match self.peek() {
            TokenKind::Asterisk => {
                self.bump();
                Ok(())
            }
            TokenKind::StringComplete | TokenKind::StringStart => {
                self.required_string("BCP022", "a property name is expected here")
            }
            _ => self.name("BCP317", "a property name or `*` is expected here"),
        }
    }

    fn type_tuple(&mut self) -> Read {
        const ENDS: &[TokenKind] = &[TokenKind::NewLine, TokenKind::RightSquare];
        let start = self.start();
        self.bump();
        self.elements(TokenKind::RightSquare, "]", |parser| {
            let item = parser.start();
            parser.decorators();
            parser.value(Part::Whole, ENDS, Self::type_expression);
            parser.complete(item, NodeKind::TypeItem);
        })?;
        self.complete(start, NodeKind::TypeTuple);
        Ok(())
    }
}
