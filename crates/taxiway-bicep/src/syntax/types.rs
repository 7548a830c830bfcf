//! Grammar of type expressions.

use super::parser::{Parser, Start};
use super::{NodeKind, TokenKind};

impl Parser<'_> {
    /// Any type.
    pub(super) fn type_expression(&mut self) {
        self.nested(Self::type_union);
    }

    fn type_union(&mut self) {
        let start = self.start();
        let mut leading = false;
        if self.newlines_before(TokenKind::Pipe) {
            leading = true;
            self.bump();
            self.newlines();
        }
        self.type_member();
        let mut members = 1;
        while self.newlines_before(TokenKind::Pipe) {
            self.bump();
            self.newlines();
            self.type_member();
            members += 1;
        }
        if leading || members > 1 {
            self.complete(start, NodeKind::TypeUnion);
        }
    }

    fn type_member(&mut self) {
        let start = self.start();
        if matches!(self.peek(), TokenKind::Minus | TokenKind::Exclamation) {
            self.bump();
            self.nested(Self::type_member);
            return self.complete(start, NodeKind::TypeUnary);
        }
        self.type_primary();
        loop {
            match self.peek() {
                TokenKind::Question => {
                    self.bump();
                    self.complete(start, NodeKind::TypeNullable);
                }
                TokenKind::Exclamation => {
                    self.bump();
                    self.complete(start, NodeKind::TypeNonNull);
                }
                TokenKind::LeftSquare => self.type_brackets(start),
                TokenKind::Dot => self.type_access(start),
                _ => return,
            }
        }
    }

    fn type_brackets(&mut self, start: Start) {
        self.bump();
        let kind = match self.peek() {
            TokenKind::RightSquare => NodeKind::TypeArray,
            TokenKind::Asterisk => {
                self.bump();
                NodeKind::TypeItemAccess
            }
            _ => {
                self.expression();
                NodeKind::TypeIndexAccess
            }
        };
        self.expect(TokenKind::RightSquare, "]");
        self.complete(start, kind);
    }

    fn type_access(&mut self, start: Start) {
        self.bump();
        if self.eat(TokenKind::Asterisk) {
            return self.complete(start, NodeKind::TypeAdditionalAccess);
        }
        self.name("BCP020", "a property name is expected here");
        if self.at(TokenKind::Less) {
            self.type_arguments();
        }
        self.complete(start, NodeKind::TypePropertyAccess);
    }

    fn type_primary(&mut self) {
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
                "resource"
                    if matches!(
                        self.peek_at(1),
                        TokenKind::StringComplete | TokenKind::StringStart
                    ) =>
                {
                    self.name("BCP279", "");
                    let arguments = self.start();
                    self.string();
                    self.complete(arguments, NodeKind::TypeArguments);
                    self.complete(start, NodeKind::TypeName);
                }
                _ => {
                    self.name("BCP279", "");
                    if self.at(TokenKind::Less) {
                        self.type_arguments();
                    }
                    self.complete(start, NodeKind::TypeName);
                }
            },
            TokenKind::Integer => {
                self.bump();
                self.complete(start, NodeKind::IntegerLiteral);
            }
            TokenKind::StringComplete | TokenKind::StringStart => self.string(),
            TokenKind::LeftBrace => self.type_object(),
            TokenKind::LeftSquare => self.type_tuple(),
            TokenKind::LeftParen => {
                self.bump();
                self.newlines();
                self.type_expression();
                self.newlines();
                self.expect(TokenKind::RightParen, ")");
                self.complete(start, NodeKind::TypeParenthesised);
            }
            _ => self.missing("BCP279", "a type is expected here"),
        }
    }

    fn type_arguments(&mut self) {
        let start = self.start();
        self.bump();
        self.newlines();
        while !matches!(self.peek(), TokenKind::Greater | TokenKind::EndOfFile) {
            let before = self.token();
            self.type_expression();
            self.newlines();
            if !self.eat(TokenKind::Comma) || self.token() == before {
                break;
            }
            self.newlines();
        }
        self.expect(TokenKind::Greater, ">");
        self.complete(start, NodeKind::TypeArguments);
    }

    fn type_object(&mut self) {
        let start = self.start();
        self.bump();
        self.newlines();
        while !matches!(self.peek(), TokenKind::RightBrace | TokenKind::EndOfFile) {
            self.type_object_member();
            if !self.end_of_item(TokenKind::RightBrace, "}") {
                break;
            }
        }
        self.expect(TokenKind::RightBrace, "}");
        self.complete(start, NodeKind::TypeObject);
    }

    fn type_object_member(&mut self) {
        let start = self.start();
        self.decorators();
        let kind = match self.peek() {
            TokenKind::Asterisk => {
                self.bump();
                NodeKind::TypeAdditional
            }
            TokenKind::StringComplete | TokenKind::StringStart => {
                self.string();
                NodeKind::TypeProperty
            }
            _ => {
                self.name("BCP022", "a property name is expected here");
                NodeKind::TypeProperty
            }
        };
        if self.expect(TokenKind::Colon, ":") {
            if self.at_end_of_line() && !self.newlines_before(TokenKind::Pipe) {
                self.missing("BCP279", "a type is expected here");
            } else {
                self.type_expression();
            }
        }
        self.complete(start, kind);
    }

    fn type_tuple(&mut self) {
        let start = self.start();
        self.bump();
        self.newlines();
        while !matches!(self.peek(), TokenKind::RightSquare | TokenKind::EndOfFile) {
            let item = self.start();
            self.decorators();
            self.type_expression();
            self.complete(item, NodeKind::TypeItem);
            if !self.end_of_item(TokenKind::RightSquare, "]") {
                break;
            }
        }
        self.expect(TokenKind::RightSquare, "]");
        self.complete(start, NodeKind::TypeTuple);
    }
}
