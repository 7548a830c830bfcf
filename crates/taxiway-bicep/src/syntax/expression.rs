//! Grammar of expressions.

use super::parser::{Parser, Start};
use super::{NodeKind, TokenKind};

/// How many operators may follow each other at one level; keeps left-leaning trees shallow enough to walk.
const MAX_CHAIN: u32 = 600;

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
    pub(super) fn at_string(&self) -> bool {
        matches!(
            self.peek(),
            TokenKind::StringComplete | TokenKind::StringStart
        )
    }

    /// Any expression.
    pub(super) fn expression(&mut self) {
        self.nested(Self::ternary);
    }

    fn ternary(&mut self) {
        let start = self.start();
        self.binary(0);
        if !self.newlines_before(TokenKind::Question) {
            return;
        }
        self.bump();
        self.expression();
        self.newlines_before(TokenKind::Colon);
        if self.expect(TokenKind::Colon, ":") {
            self.expression();
        }
        self.complete(start, NodeKind::Ternary);
    }

    fn binary(&mut self, least: u8) {
        let start = self.start();
        self.unary();
        let mut chain = 0;
        while let Some(precedence) = precedence(self.peek()) {
            if precedence <= least {
                break;
            }
            chain += 1;
            if chain > MAX_CHAIN {
                self.error("BCP009", "too many operators follow each other");
                self.skip_line();
                break;
            }
            self.bump();
            self.binary(precedence);
            self.complete(start, NodeKind::Binary);
        }
    }

    fn unary(&mut self) {
        if matches!(
            self.peek(),
            TokenKind::Exclamation | TokenKind::Minus | TokenKind::Plus
        ) {
            let start = self.start();
            self.bump();
            self.member_expression();
            self.complete(start, NodeKind::Unary);
        } else {
            self.member_expression();
        }
    }

    /// A primary expression with what follows it: `.x`, `[0]`, `::x`, `!`, calls.
    pub(super) fn member_expression(&mut self) {
        let start = self.start();
        self.primary();
        let mut chain = 0;
        loop {
            chain += 1;
            if chain > MAX_CHAIN {
                self.error("BCP009", "too many accesses follow each other");
                return self.skip_line();
            }
            match self.peek() {
                TokenKind::Dot => self.property_access(start),
                TokenKind::LeftSquare => self.array_access(start),
                TokenKind::DoubleColon => {
                    self.bump();
                    self.name("BCP020", "the name of a nested resource is expected here");
                    self.complete(start, NodeKind::ResourceAccess);
                }
                TokenKind::Exclamation => {
                    self.bump();
                    self.complete(start, NodeKind::NonNull);
                }
                _ => return,
            }
        }
    }

    fn property_access(&mut self, start: Start) {
        self.bump();
        self.eat(TokenKind::Question);
        if !self.name("BCP020", "a property or function name is expected here") {
            return self.complete(start, NodeKind::PropertyAccess);
        }
        if self.at(TokenKind::LeftParen) {
            self.arguments();
            self.complete(start, NodeKind::MethodCall);
        } else {
            self.complete(start, NodeKind::PropertyAccess);
        }
    }

    fn array_access(&mut self, start: Start) {
        self.bump();
        self.eat(TokenKind::Question);
        self.eat(TokenKind::Hat);
        self.newlines();
        if self.at(TokenKind::RightSquare) {
            self.missing("BCP117", "an index is expected here");
        } else {
            self.expression();
        }
        self.newlines();
        self.expect(TokenKind::RightSquare, "]");
        self.complete(start, NodeKind::ArrayAccess);
    }

    fn arguments(&mut self) {
        self.bump();
        self.newlines();
        while !matches!(self.peek(), TokenKind::RightParen | TokenKind::EndOfFile) {
            let argument = self.start();
            let before = self.token();
            self.expression();
            self.complete(argument, NodeKind::Argument);
            self.newlines();
            if !self.eat(TokenKind::Comma) {
                if !matches!(self.peek(), TokenKind::RightParen | TokenKind::EndOfFile)
                    && !self.ends_list()
                    && self.starts_value()
                {
                    self.error("BCP236", "a comma, a new line or `)` is expected here");
                    continue;
                }
                break;
            }
            self.newlines();
            if self.at(TokenKind::RightParen) {
                self.error("BCP009", "a value is expected here");
            }
            if self.token() == before {
                break;
            }
        }
        self.expect(TokenKind::RightParen, ")");
    }

    /// Whether a value can start with the next token.
    fn starts_value(&self) -> bool {
        matches!(
            self.peek(),
            TokenKind::Integer
                | TokenKind::StringComplete
                | TokenKind::StringStart
                | TokenKind::Identifier
                | TokenKind::LeftBrace
                | TokenKind::LeftSquare
        )
    }

    fn primary(&mut self) {
        let start = self.start();
        match self.peek() {
            TokenKind::Integer if self.text_at(0).parse::<u64>().is_err() => {
                self.error("BCP010", "this integer is too large");
                self.bump();
                self.complete(start, NodeKind::Missing);
            }
            TokenKind::Integer => {
                self.bump();
                self.complete(start, NodeKind::IntegerLiteral);
            }
            TokenKind::StringComplete | TokenKind::StringStart => self.string(),
            TokenKind::LeftBrace => self.object(),
            TokenKind::LeftSquare => self.array_or_for(),
            TokenKind::LeftParen if self.starts_lambda() => self.lambda(),
            TokenKind::LeftParen => self.parenthesised(),
            TokenKind::Identifier => self.name_or_call(start),
            _ => self.missing("BCP009", "a value is expected here"),
        }
    }

    fn name_or_call(&mut self, start: Start) {
        let literal = match self.text_at(0) {
            "true" | "false" => Some(NodeKind::BooleanLiteral),
            "null" => Some(NodeKind::NullLiteral),
            _ => None,
        };
        if let Some(literal) = literal {
            self.bump();
            return self.complete(start, literal);
        }
        if self.peek_at(1) == TokenKind::Arrow {
            return self.lambda();
        }
        let is_call = self.peek_at(1) == TokenKind::LeftParen;
        let name = self.start();
        self.bump();
        self.complete(name, NodeKind::Name);
        if is_call {
            self.arguments();
            self.complete(start, NodeKind::Call);
        }
    }

    /// Whether the parenthesis ahead closes right before `=>`.
    fn starts_lambda(&self) -> bool {
        let mut ahead = 1;
        loop {
            match self.peek_at(ahead) {
                TokenKind::RightParen => {
                    return self.peek_at(ahead + 1) == TokenKind::Arrow;
                }
                TokenKind::Identifier | TokenKind::Comma | TokenKind::NewLine => ahead += 1,
                _ => return false,
            }
        }
    }

    fn lambda(&mut self) {
        let start = self.start();
        let parameters = self.start();
        if self.eat(TokenKind::LeftParen) {
            self.newlines();
            while self.at(TokenKind::Identifier) {
                self.name("BCP015", "");
                self.newlines();
                if !self.eat(TokenKind::Comma) {
                    break;
                }
                self.newlines();
            }
            self.expect(TokenKind::RightParen, ")");
        } else {
            self.name("BCP015", "");
        }
        self.complete(parameters, NodeKind::LambdaParameters);
        self.expect(TokenKind::Arrow, "=>");
        if !self.ends_list() {
            self.newlines();
        }
        self.expression();
        self.complete(start, NodeKind::Lambda);
    }

    pub(super) fn parenthesised(&mut self) {
        let start = self.start();
        let open = self.token().span;
        self.bump();
        self.newlines();
        let mut count = 0;
        loop {
            if self.at(TokenKind::RightParen) || self.ends_list() {
                break;
            }
            if self.eat(TokenKind::Comma) {
                count += 1;
                self.newlines();
                continue;
            }
            let before = self.token();
            self.expression();
            count += 1;
            if !self.ends_list() {
                self.newlines();
            }
            if self.token() == before || !self.at(TokenKind::Comma) {
                break;
            }
        }
        let is_single = count == 1;
        if !is_single {
            let span = open.cover(self.here());
            self.error_at(span, "BCP243", "parentheses hold one value");
        }
        if is_single {
            self.expect(TokenKind::RightParen, ")");
        } else {
            self.eat(TokenKind::RightParen);
        }
        let kind = if is_single {
            NodeKind::Parenthesised
        } else {
            NodeKind::Missing
        };
        self.complete(start, kind);
    }

    /// Whether the next line declares something, so that what is open was never closed.
    fn ends_list(&self) -> bool {
        let ahead = self.newlines_ahead();
        match self.peek_at(ahead) {
            TokenKind::EndOfFile => true,
            TokenKind::Identifier => {
                ahead > 0
                    && matches!(
                        self.text_at(ahead),
                        "param" | "var" | "resource" | "module" | "output" | "type" | "func"
                    )
                    && self.peek_at(ahead + 1) == TokenKind::Identifier
            }
            _ => false,
        }
    }

    pub(super) fn string(&mut self) {
        let start = self.start();
        if self.eat(TokenKind::StringComplete) {
            return self.complete(start, NodeKind::String);
        }
        let is_multiline = self.text_at(0).trim_start_matches('$').starts_with("'''");
        self.bump();
        loop {
            if is_multiline {
                self.newlines();
            }
            if matches!(self.peek(), TokenKind::StringMiddle | TokenKind::StringEnd) {
                self.missing("BCP009", "a value is expected here");
            } else if matches!(self.peek(), TokenKind::LeftBrace | TokenKind::LeftSquare) {
                self.missing("BCP087", "objects and arrays cannot stand in a string");
                self.skip_string();
                break;
            } else {
                self.expression();
            }
            if is_multiline {
                self.newlines();
            } else if self.at_end_of_line() {
                // That a quote is missing has been said where the line ends.
                break;
            }
            if self.eat(TokenKind::StringEnd) {
                break;
            }
            if !self.eat(TokenKind::StringMiddle) {
                self.error("BCP064", "one value is expected between `${` and `}`");
                self.skip_string();
                break;
            }
        }
        self.complete(start, NodeKind::String);
    }

    /// Gives up on the rest of an interpolated string.
    fn skip_string(&mut self) {
        let mut open = 0u32;
        loop {
            match self.peek() {
                TokenKind::EndOfFile => return,
                TokenKind::NewLine if open == 0 => return,
                TokenKind::StringStart => open += 1,
                TokenKind::StringEnd => {
                    if open == 0 {
                        return self.bump();
                    }
                    open -= 1;
                }
                _ => {}
            }
            self.bump();
        }
    }

    pub(super) fn array_or_for(&mut self) {
        let start = self.start();
        self.bump();
        let newlines = self.newlines_ahead();
        let is_for = self.peek_at(newlines) == TokenKind::Identifier
            && self.text_at(newlines) == "for"
            && !matches!(
                self.peek_at(newlines + 1),
                TokenKind::Comma | TokenKind::NewLine
            );
        self.newlines();
        if is_for {
            self.for_loop(start);
        } else {
            self.array_items(start);
        }
    }

    /// The loop of a resource or module: it is all that can stand in brackets there.
    pub(super) fn body_loop(&mut self) {
        let start = self.start();
        let newlines = self.peek_after_newlines();
        if newlines != "for" {
            self.bump();
            self.error("BCP012", "`for` is expected here");
            self.skip_brackets();
            return self.complete(start, NodeKind::Missing);
        }
        self.bump();
        self.newlines();
        self.for_loop_of(start, true);
    }

    fn peek_after_newlines(&self) -> &str {
        let mut ahead = 1;
        while self.peek_at(ahead) == TokenKind::NewLine {
            ahead += 1;
        }
        self.text_at(ahead)
    }

    /// Skips to the bracket that closes what is open, or to the end of the line.
    fn skip_brackets(&mut self) {
        let mut open = 0u32;
        while !self.at_end_of_line() || (open > 0 && !self.at(TokenKind::EndOfFile)) {
            match self.peek() {
                TokenKind::LeftSquare | TokenKind::LeftBrace => open += 1,
                TokenKind::RightSquare | TokenKind::RightBrace => {
                    if open == 0 {
                        return self.bump();
                    }
                    open -= 1;
                }
                _ => {}
            }
            self.bump();
        }
    }

    fn for_loop(&mut self, start: Start) {
        self.for_loop_of(start, false);
    }

    /// The variables of a loop; whether it can go on after them.
    fn loop_variables(&mut self) -> bool {
        let variables = self.start();
        let mut is_fine = true;
        if self.at(TokenKind::LeftParen) {
            let open = self.token().span;
            self.bump();
            let mut count = 0;
            while self.at(TokenKind::Identifier) {
                self.name("BCP136", "");
                count += 1;
                if !self.eat(TokenKind::Comma) {
                    break;
                }
            }
            if self.at(TokenKind::RightParen) {
                if count != 2 {
                    let span = open.cover(self.here());
                    let message = "two names are expected here: of the element, and of its index";
                    self.error_at(span, "BCP249", message);
                    is_fine = false;
                }
                self.bump();
            } else {
                let message = "a name is expected here";
                self.error("BCP009", message);
                is_fine = false;
            }
        } else if self.at(TokenKind::Identifier) {
            self.name("BCP162", "");
        } else {
            self.missing(
                "BCP162",
                "the name of the element, or `(`, is expected here",
            );
            is_fine = false;
        }
        self.complete(variables, NodeKind::ForVariables);
        is_fine
    }

    fn for_loop_of(&mut self, start: Start, is_body: bool) {
        self.bump();
        if !self.loop_variables() {
            self.skip_brackets();
            return self.complete(start, NodeKind::For);
        }
        if self.at_keyword("in") {
            self.bump();
        } else {
            self.error("BCP012", "`in` is expected here");
            while !matches!(self.peek(), TokenKind::RightSquare) && !self.at_end_of_line() {
                self.bump();
            }
            self.error("BCP009", "a value is expected here");
            self.skip_brackets();
            return self.complete(start, NodeKind::For);
        }
        self.newlines();
        self.expression();
        self.newlines_before(TokenKind::Colon);
        self.expect(TokenKind::Colon, ":");
        let body = self.start();
        self.newlines();
        let starts_condition =
            self.at_keyword("if") && (is_body || self.peek_at(1) == TokenKind::LeftParen);
        if starts_condition {
            self.condition();
        } else if is_body && !self.at(TokenKind::LeftBrace) {
            self.missing("BCP167", "`{` or `if` is expected here");
            self.skip_to_bracket();
        } else {
            self.expression();
        }
        self.complete(body, NodeKind::ForBody);
        self.newlines();
        if !self.expect(TokenKind::RightSquare, "]") {
            self.skip_line();
        }
        self.complete(start, NodeKind::For);
    }

    /// Skips to the closing bracket of a loop, or to the end of the line.
    fn skip_to_bracket(&mut self) {
        let mut open = 0u32;
        while !self.at_end_of_line() {
            match self.peek() {
                TokenKind::LeftSquare | TokenKind::LeftBrace => open += 1,
                TokenKind::RightSquare | TokenKind::RightBrace => {
                    if open == 0 {
                        return;
                    }
                    open -= 1;
                }
                _ => {}
            }
            self.bump();
        }
    }

    fn array_items(&mut self, start: Start) {
        self.newlines();
        while !matches!(self.peek(), TokenKind::RightSquare | TokenKind::EndOfFile) {
            if self.at(TokenKind::Ellipsis) {
                self.spread();
            } else {
                let item = self.start();
                self.expression();
                self.complete(item, NodeKind::Item);
            }
            if !self.end_of_item(TokenKind::RightSquare, "]") {
                break;
            }
        }
        self.expect(TokenKind::RightSquare, "]");
        self.complete(start, NodeKind::Array);
    }

    fn spread(&mut self) {
        let start = self.start();
        self.bump();
        self.expression();
        self.complete(start, NodeKind::Spread);
    }

    /// What separates items of arrays and objects; whether to go on.
    pub(super) fn end_of_item(&mut self, close: TokenKind, symbol: &str) -> bool {
        if self.at(close) {
            return true;
        }
        if self.eat(TokenKind::Comma) {
            self.newlines();
            return true;
        }
        if self.at(TokenKind::NewLine) {
            self.newlines();
            return true;
        }
        if self.at(TokenKind::EndOfFile) {
            return false;
        }
        self.error(
            "BCP236",
            format!("a comma, a new line or `{symbol}` is expected here"),
        );
        let before = self.token();
        self.skip_item(close);
        self.newlines();
        self.token() != before
    }

    /// Skips to the end of the line or to `close`, whichever comes first.
    fn skip_item(&mut self, close: TokenKind) {
        let start = self.start();
        let mut open = 0u32;
        loop {
            let kind = self.peek();
            match kind {
                TokenKind::EndOfFile => break,
                TokenKind::NewLine if open == 0 => break,
                _ if kind == close && open == 0 => break,
                TokenKind::LeftBrace | TokenKind::LeftSquare => open += 1,
                TokenKind::RightBrace | TokenKind::RightSquare => {
                    if open == 0 {
                        break;
                    }
                    open -= 1;
                }
                _ => {}
            }
            self.bump();
        }
        self.complete(start, NodeKind::Skipped);
    }

    pub(super) fn object(&mut self) {
        self.nested(Self::object_rule);
    }

    fn object_rule(&mut self) {
        let start = self.start();
        self.bump();
        self.newlines();
        while !matches!(self.peek(), TokenKind::RightBrace | TokenKind::EndOfFile) {
            self.object_item();
            if !self.end_of_item(TokenKind::RightBrace, "}") {
                break;
            }
        }
        self.expect(TokenKind::RightBrace, "}");
        self.complete(start, NodeKind::Object);
    }

    fn object_item(&mut self) {
        let start = self.start();
        match self.peek() {
            TokenKind::Ellipsis => self.spread(),
            TokenKind::At => {
                let at = self.here();
                self.decorators();
                if self.at_keyword("resource") {
                    self.resource(start);
                } else {
                    self.error_at(at, "BCP132", "a resource is expected after the decorator");
                    if self.at(TokenKind::RightBrace) {
                        self.complete(start, NodeKind::Skipped);
                    } else {
                        self.property(start);
                    }
                }
            }
            TokenKind::Identifier
                if self.text_at(0) == "resource" && self.peek_at(1) == TokenKind::Identifier =>
            {
                self.resource(start);
            }
            _ => self.property(start),
        }
    }

    fn property(&mut self, start: Start) {
        match self.peek() {
            TokenKind::Identifier => {
                self.name("BCP022", "");
            }
            TokenKind::StringComplete | TokenKind::StringStart => self.string(),
            _ => self.missing("BCP022", "a property name is expected here"),
        }
        if self.at(TokenKind::Colon) {
            self.bump();
            self.newlines_before_value();
            self.expression();
        } else if self.newlines_before(TokenKind::Colon) {
            self.bump();
            self.expression();
        } else {
            self.error("BCP018", "`:` is expected here");
        }
        self.complete(start, NodeKind::Property);
    }

    /// A value may start on the line after `key:`.
    fn newlines_before_value(&mut self) {
        let newlines = self.newlines_ahead();
        if newlines == 0 {
            return;
        }
        let starts_value = match self.peek_at(newlines) {
            TokenKind::LeftBrace | TokenKind::LeftSquare | TokenKind::LeftParen => true,
            TokenKind::Integer => true,
            TokenKind::StringComplete => self.peek_at(newlines + 1) != TokenKind::Colon,
            _ => false,
        };
        if starts_value {
            self.newlines();
        }
    }
}
