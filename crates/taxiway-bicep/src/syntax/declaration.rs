//! Grammar of statements: what may stand at the top of a file, and nested resources.

use super::parser::{Parser, Start};
use super::{NodeKind, TokenKind};

impl Parser<'_> {
    /// One statement, with the decorators above it.
    pub(super) fn statement(&mut self) {
        let start = self.start();
        let decorated = self.decorators();
        if !self.at(TokenKind::Identifier) {
            // What decorators without a declaration lack depends on which they are; that is said later.
            if !decorated {
                self.error(
                    "BCP007",
                    "a declaration is expected here, such as `param`, `var` or `resource`",
                );
            }
            self.skip_line();
            self.complete(start, NodeKind::Skipped);
            return;
        }
        let keyword = self.text_at(0).to_owned();
        match keyword.as_str() {
            "targetScope" => self.target_scope(start),
            "metadata" => self.assignment(start, NodeKind::Metadata, "BCP266", "a metadata name"),
            "param" => self.parameter(start),
            "var" => self.variable(start),
            "func" => self.function(start),
            "type" => self.type_declaration(start),
            "resource" => self.resource(start),
            "module" => self.with_path(start, NodeKind::Module, "BCP096", "a module name"),
            "test" if self.peek_at(1) == TokenKind::Identifier => {
                self.with_path(start, NodeKind::Test, "BCP346", "a test name");
            }
            "output" => self.output(start),
            "assert" => self.assignment(start, NodeKind::Assert, "BCP344", "an assertion name"),
            "import" => self.import(start),
            "extension" | "provider" => self.extension(start),
            "using" => self.using(start),
            "extends" => self.extends(start),
            _ if decorated => {
                self.skip_line();
                self.complete(start, NodeKind::Skipped);
            }
            _ => {
                self.error(
                    "BCP007",
                    format!("`{keyword}` starts no declaration; there are `param`, `var`, `resource`, `module`, `output`, `type`, `func`, `import`, `metadata` and `targetScope`"),
                );
                self.skip_line();
                self.complete(start, NodeKind::Skipped);
            }
        }
    }

    /// Decorators with the line breaks after them; whether there were any.
    pub(super) fn decorators(&mut self) -> bool {
        let mut any = false;
        while self.at(TokenKind::At) {
            any = true;
            let start = self.start();
            self.bump();
            if self.at(TokenKind::Identifier) {
                self.member_expression();
            } else {
                self.missing("BCP123", "a decorator name is expected here");
            }
            self.complete(start, NodeKind::Decorator);
            if !self.at(TokenKind::NewLine) && !self.at(TokenKind::EndOfFile) {
                self.error("BCP019", "a new line is expected after a decorator");
                self.skip_line();
            }
            self.newlines();
        }
        any
    }

    fn equals_and_value(&mut self) {
        if self.expect(TokenKind::Assignment, "=") {
            self.expression();
        } else if !self.at_end_of_line() {
            self.skip_line();
            self.no_value();
        }
    }

    /// Says that a value is missing, after something that was skipped.
    fn no_value(&mut self) {
        self.missing("BCP009", "a value is expected here");
    }

    /// The name of a declaration. What stands in its place is skipped up to `ends`; whether there is one.
    fn declared_name(
        &mut self,
        code: &'static str,
        message: &str,
        ends: fn(TokenKind) -> bool,
    ) -> bool {
        if self.name(code, message) {
            return true;
        }
        if self.at_end_of_line() {
            return false;
        }
        let start = self.start();
        while !self.at_end_of_line() && !ends(self.peek()) {
            self.bump();
        }
        self.complete(start, NodeKind::Skipped);
        true
    }

    fn target_scope(&mut self, start: Start) {
        self.bump();
        if self.at_end_of_line() {
            self.error("BCP018", "`=` is expected here");
            let before = self.here_and_before();
            self.error_at(before, "BCP009", "a value is expected here");
        } else {
            self.equals_and_value();
        }
        self.complete(start, NodeKind::TargetScope);
    }

    fn assignment(&mut self, start: Start, kind: NodeKind, code: &'static str, what: &str) {
        self.bump();
        let ends = |kind| kind == TokenKind::Assignment;
        if self.declared_name(code, &format!("{what} is expected here"), ends) {
            self.equals_and_value();
        }
        self.complete(start, kind);
    }

    fn parameter(&mut self, start: Start) {
        self.bump();
        let ends = |kind| kind == TokenKind::Identifier;
        if !self.declared_name("BCP013", "a parameter name is expected here", ends) {
            return self.complete(start, NodeKind::Parameter);
        }
        if !self.at(TokenKind::Assignment) {
            if self.at_end_of_line() && !self.starts_union() {
                self.missing("BCP279", "a parameter type is expected here");
            } else {
                self.type_expression();
            }
        }
        if self.at(TokenKind::Assignment) {
            let default = self.start();
            self.bump();
            self.expression();
            self.complete(default, NodeKind::ParameterDefault);
        } else if !self.at_end_of_line() {
            self.error("BCP008", "`=` or a new line is expected here");
            self.skip_line();
        }
        self.complete(start, NodeKind::Parameter);
    }

    /// Whether a union begins on a line of its own.
    fn starts_union(&self) -> bool {
        self.peek_at(self.newlines_ahead()) == TokenKind::Pipe
    }

    fn variable(&mut self, start: Start) {
        self.bump();
        let ends = |kind| kind == TokenKind::Identifier;
        if !self.declared_name("BCP015", "a variable name is expected here", ends) {
            return self.complete(start, NodeKind::Variable);
        }
        let has_type = !self.at_end_of_line() || self.starts_union();
        if !self.at(TokenKind::Assignment) && has_type {
            self.type_expression();
        }
        self.equals_and_value();
        self.complete(start, NodeKind::Variable);
    }

    fn function(&mut self, start: Start) {
        self.bump();
        if !self.name("BCP015", "a function name is expected here") {
            self.skip_line();
            return self.complete(start, NodeKind::Function);
        }
        self.typed_lambda();
        self.complete(start, NodeKind::Function);
    }

    fn typed_lambda(&mut self) {
        let start = self.start();
        if !self.expect(TokenKind::LeftParen, "(") {
            self.skip_line();
            return self.complete(start, NodeKind::TypedLambda);
        }
        self.newlines();
        while self.at(TokenKind::Identifier) {
            let parameter = self.start();
            self.name("BCP015", "a parameter name is expected here");
            if matches!(self.peek(), TokenKind::Comma | TokenKind::RightParen)
                || self.at_end_of_line()
            {
                self.missing("BCP279", "a type is expected here");
            } else {
                self.type_expression();
            }
            self.complete(parameter, NodeKind::TypedParameter);
            self.newlines();
            if !self.eat(TokenKind::Comma) {
                break;
            }
            self.newlines();
        }
        if self.expect(TokenKind::RightParen, ")") {
            self.type_expression();
            if self.expect(TokenKind::Arrow, "=>") {
                let newlines = self.newlines_ahead();
                if newlines > 0 && self.peek_at(newlines) != TokenKind::EndOfFile {
                    self.newlines();
                }
                self.expression();
            } else {
                self.skip_line();
            }
        } else {
            self.skip_line();
        }
        self.complete(start, NodeKind::TypedLambda);
    }

    fn type_declaration(&mut self, start: Start) {
        self.bump();
        let ends = |kind| kind == TokenKind::Assignment;
        if !self.declared_name("BCP325", "a type name is expected here", ends) {
            return self.complete(start, NodeKind::Type);
        }
        if self.expect(TokenKind::Assignment, "=") {
            self.type_expression();
        } else {
            self.skip_line();
            let before = self.here_and_before();
            self.error_at(before, "BCP279", "a type is expected here");
        }
        self.complete(start, NodeKind::Type);
    }

    /// `resource name 'type@version' existing? = body`
    pub(super) fn resource(&mut self, start: Start) {
        self.bump();
        let ends = |kind| matches!(kind, TokenKind::StringComplete | TokenKind::StringStart);
        if !self.declared_name("BCP017", "a resource name is expected here", ends) {
            return self.complete(start, NodeKind::Resource);
        }
        if self.at_string() {
            self.string();
        } else {
            self.missing("BCP068", "a resource type is expected here, such as `'Microsoft.Storage/storageAccounts@2023-05-01'`");
            self.skip_to_equals();
        }
        if self.at_keyword("existing") {
            self.bump();
        }
        self.declaration_body(start, NodeKind::Resource);
    }

    fn with_path(&mut self, start: Start, kind: NodeKind, code: &'static str, what: &str) {
        self.bump();
        let ends = |kind| matches!(kind, TokenKind::StringComplete | TokenKind::StringStart);
        let has_name = self.declared_name(code, &format!("{what} is expected here"), ends);
        let (wrong, none) = if kind == NodeKind::Test {
            ("BCP347", "BCP358")
        } else {
            ("BCP097", "BCP090")
        };
        if has_name && self.at_string() {
            self.string();
        } else {
            let whole = self.here_and_before();
            if has_name {
                self.missing(wrong, "the path of a file is expected here");
                self.skip_to_equals();
            }
            self.error_at(whole, none, "which file this is about is not said");
            if !has_name {
                return self.complete(start, kind);
            }
        }
        self.declaration_body(start, kind);
    }

    /// Skips what stands in the place of a string, and all up to `=`.
    fn skip_to_equals(&mut self) {
        if self.at_end_of_line() {
            return;
        }
        let start = self.start();
        self.bump();
        while !self.at_end_of_line() && !self.at(TokenKind::Assignment) {
            self.bump();
        }
        self.complete(start, NodeKind::Skipped);
    }

    fn declaration_body(&mut self, start: Start, kind: NodeKind) {
        if !self.expect(TokenKind::Assignment, "=") {
            self.skip_line();
            return self.complete(start, kind);
        }
        // A line break may separate `=` from what follows.
        let newlines = self.newlines_ahead();
        if newlines > 0
            && (matches!(
                self.peek_at(newlines),
                TokenKind::LeftBrace | TokenKind::LeftSquare
            ) || (self.text_at(newlines) == "if"
                && self.peek_at(newlines + 1) == TokenKind::LeftParen))
        {
            self.newlines();
        }
        self.body();
        self.complete(start, kind);
    }

    /// `{…}`, `if (…) {…}` or `[for …]`
    pub(super) fn body(&mut self) {
        if self.at_keyword("if") {
            self.condition();
        } else if self.at(TokenKind::LeftBrace) {
            self.object();
        } else if self.at(TokenKind::LeftSquare) {
            self.body_loop();
        } else {
            self.missing("BCP118", "`{`, `[` or `if` is expected here");
            self.skip_line();
        }
    }

    /// `if (condition) {…}`
    pub(super) fn condition(&mut self) {
        let start = self.start();
        self.bump();
        if self.at(TokenKind::LeftParen) {
            self.parenthesised();
            self.newlines_before(TokenKind::LeftBrace);
            if self.at(TokenKind::LeftBrace) {
                self.object();
            } else {
                self.missing("BCP018", "`{` is expected here");
            }
        } else {
            self.missing("BCP018", "`(` is expected here");
            self.skip_line();
        }
        self.complete(start, NodeKind::Condition);
    }

    /// Takes line breaks only when `kind` follows them.
    pub(super) fn newlines_before(&mut self, kind: TokenKind) -> bool {
        let newlines = self.newlines_ahead();
        let found = self.peek_at(newlines) == kind;
        if found {
            self.newlines();
        }
        found
    }

    fn output(&mut self, start: Start) {
        self.bump();
        let ends = |kind| kind == TokenKind::Identifier;
        if !self.declared_name("BCP016", "an output name is expected here", ends) {
            return self.complete(start, NodeKind::Output);
        }
        if self.at(TokenKind::Assignment) || (self.at_end_of_line() && !self.starts_union()) {
            self.missing("BCP279", "an output type is expected here");
        } else {
            self.type_expression();
        }
        self.equals_and_value();
        self.complete(start, NodeKind::Output);
    }

    fn import(&mut self, start: Start) {
        self.bump();
        match self.peek() {
            TokenKind::StringComplete | TokenKind::StringStart => {
                self.string();
                self.extension_clauses();
                return self.complete(start, NodeKind::Extension);
            }
            TokenKind::LeftBrace => self.imported_symbols(),
            TokenKind::Asterisk => {
                let wildcard = self.start();
                self.bump();
                self.as_clause();
                self.complete(wildcard, NodeKind::Wildcard);
            }
            TokenKind::Identifier => {
                self.name("BCP201", "");
                self.extension_clauses();
                return self.complete(start, NodeKind::Extension);
            }
            _ => {
                self.missing("BCP201", "`{`, `*` or an extension is expected here");
                self.skip_line();
                return self.complete(start, NodeKind::Import);
            }
        }
        self.newlines_before(TokenKind::Identifier);
        let from = self.start();
        if self.at_keyword("from") {
            self.bump();
            if self.at_string() {
                self.string();
            } else {
                self.missing("BCP097", "the path of a file is expected here");
            }
        } else {
            self.error("BCP018", "`from` is expected here");
            self.skip_line();
        }
        self.complete(from, NodeKind::FromClause);
        self.complete(start, NodeKind::Import);
    }

    fn imported_symbols(&mut self) {
        let start = self.start();
        self.bump();
        self.newlines();
        while self.at(TokenKind::Identifier) || self.at_string() {
            let symbol = self.start();
            if self.at_string() {
                self.string();
            } else {
                self.name("BCP356", "");
            }
            if self.at_keyword("as") {
                self.as_clause();
            }
            self.complete(symbol, NodeKind::ImportedSymbol);
            let separated = self.eat(TokenKind::Comma) | self.at(TokenKind::NewLine);
            self.newlines();
            if !separated {
                break;
            }
        }
        if !self.expect(TokenKind::RightBrace, "}") {
            self.skip_line();
        }
        self.complete(start, NodeKind::ImportedSymbols);
    }

    fn as_clause(&mut self) {
        let start = self.start();
        if self.at_keyword("as") {
            self.bump();
            self.name("BCP202", "a name is expected here");
        } else {
            self.error("BCP012", "`as` is expected here");
        }
        self.complete(start, NodeKind::AsClause);
    }

    fn extension(&mut self, start: Start) {
        self.bump();
        if self.at_string() {
            self.string();
        } else {
            self.name("BCP201", "an extension is expected here");
        }
        self.extension_clauses();
        self.complete(start, NodeKind::Extension);
    }

    fn extension_clauses(&mut self) {
        if self.at_keyword("with") {
            self.with_clause();
        }
        if self.at_keyword("as") {
            self.as_clause();
        }
    }

    fn with_clause(&mut self) {
        let start = self.start();
        self.bump();
        if self.at(TokenKind::LeftBrace) {
            self.object();
        } else {
            self.missing("BCP018", "`{` is expected here");
        }
        self.complete(start, NodeKind::WithClause);
    }

    fn using(&mut self, start: Start) {
        self.bump();
        if self.at_string() {
            self.string();
        } else if self.at_keyword("none") {
            self.name("BCP278", "");
        } else {
            self.missing("BCP278", "the path of a file, or `none`, is expected here");
        }
        if self.at_keyword("with") {
            self.with_clause();
        }
        self.complete(start, NodeKind::Using);
    }

    fn extends(&mut self, start: Start) {
        self.bump();
        if self.at_string() {
            self.string();
        } else {
            self.missing("BCP278", "the path of a file is expected here");
        }
        self.complete(start, NodeKind::Extends);
    }
}
