//! Grammar of statements: what may stand at the top of a file, and nested resources.

use super::expression::Lists;
use super::parser::{Parser, Start};
use super::recovery::{LINE, Part, Read};
use super::{NodeKind, TokenKind};

/// Where what stands in front of `=` ends.
pub(super) const EQUALS: &[TokenKind] = &[TokenKind::Assignment, TokenKind::NewLine];

/// Where the name of a declaration with a type ends.
const BEFORE_TYPE: &[TokenKind] = &[TokenKind::Identifier, TokenKind::NewLine];

/// Where the name of a declaration with a path or a resource type ends.
const BEFORE_STRING: &[TokenKind] = &[
    TokenKind::StringComplete,
    TokenKind::StringStart,
    TokenKind::NewLine,
];

/// Where the `=` before a body ends.
const BEFORE_BODY: &[TokenKind] = &[TokenKind::LeftBrace, TokenKind::NewLine];

impl Parser<'_> {
    /// One statement with the decorators above it, and the end of its line.
    pub(super) fn statement(&mut self) {
        let mut is_declaration = false;
        self.mark(Part::Whole, LINE, |parser| {
            is_declaration = parser.declaration()?;
            Ok(())
        });
        if is_declaration && !self.at(TokenKind::EndOfFile) {
            self.end_of_line("a new line is expected here");
        }
    }

    /// A declaration; whether there is one after the decorators.
    fn declaration(&mut self) -> Read<bool> {
        let start = self.start();
        let is_decorated = self.decorators();
        let keyword = self.text_at(0).to_owned();
        match keyword.as_str() {
            "targetScope" => self.target_scope(start),
            "metadata" => self.assignment(start, NodeKind::Metadata, "BCP266", "a metadata name"),
            "param" => self.parameter(start),
            "var" => self.variable(start),
            "func" => self.function(start),
            "type" => self.type_declaration(start),
            "resource" => self.resource(start),
            "module" => self.module(start),
            "test" => self.test(start),
            "output" => self.output(start),
            "assert" => self.assignment(start, NodeKind::Assert, "BCP344", "an assertion name"),
            "import" => self.import(start)?,
            "extension" | "provider" => self.extension(start),
            "using" => self.using(start)?,
            "extends" => self.extends(start),
            // What decorators without a declaration lack depends on which they are; that is said later.
            _ if is_decorated => {
                self.complete(start, NodeKind::Skipped);
                return Ok(false);
            }
            _ if self.at(TokenKind::Identifier) => {
                let message = format!(
                    "`{keyword}` starts no declaration; there are `param`, `var`, `resource`, `module`, `output`, `type`, `func`, `import`, `metadata` and `targetScope`"
                );
                return Err(self.wrong("BCP007", message));
            }
            _ => {
                let message =
                    "a declaration is expected here, such as `param`, `var` or `resource`";
                return Err(self.wrong("BCP007", message));
            }
        }
        Ok(true)
    }

    /// A resource in the body of another.
    pub(super) fn nested_resource(&mut self) {
        self.mark(Part::Whole, LINE, |parser| {
            let start = parser.start();
            let is_decorated = parser.decorators();
            if parser.at_keyword("resource") {
                parser.resource(start);
            } else if is_decorated {
                parser.complete(start, NodeKind::Skipped);
            } else {
                return Err(parser.wrong("BCP007", "a resource is expected here"));
            }
            Ok(())
        });
    }

    /// A line break; what stands before it is skipped.
    fn end_of_line(&mut self, message: &str) {
        if !self.at(TokenKind::NewLine) {
            self.error("BCP019", message);
            let start = self.start();
            self.skip_to(LINE);
            self.complete(start, NodeKind::Skipped);
        }
        self.eat(TokenKind::NewLine);
    }

    /// Decorators with the line breaks after them; whether there were any.
    pub(super) fn decorators(&mut self) -> bool {
        let mut any = false;
        while self.at(TokenKind::At) {
            any = true;
            let start = self.start();
            self.bump();
            self.value(Part::Whole, LINE, Self::decorator);
            self.complete(start, NodeKind::Decorator);
            self.end_of_line("a new line is expected after a decorator");
            self.newlines();
        }
        any
    }

    /// `name(…)`, `namespace.name(…)`
    fn decorator(&mut self) -> Read {
        let start = self.start();
        self.name("BCP123", "a decorator name is expected here")?;
        if self.at(TokenKind::LeftParen) {
            self.arguments(Lists::Allowed);
            self.complete(start, NodeKind::Call);
        }
        while self.at(TokenKind::Dot) {
            self.property_access(start, Lists::Allowed);
        }
        Ok(())
    }

    /// `= value`
    fn equals_and_value(&mut self, before: Part) {
        let equals = self.equals(before, LINE);
        self.value(equals, LINE, |parser| parser.expression(Lists::Allowed));
    }

    fn equals(&mut self, before: Part, ends: &[TokenKind]) -> Part {
        self.mark(before, ends, |parser| {
            parser.expect(TokenKind::Assignment, "=")
        })
    }

    /// The name of a declaration.
    fn declared_name(&mut self, code: &'static str, what: &str, ends: &[TokenKind]) -> Part {
        self.mark(Part::Whole, ends, |parser| {
            parser.name(code, &format!("{what} is expected here"))
        })
    }

    fn target_scope(&mut self, start: Start) {
        self.bump();
        // Nothing is named here: both `=` and a value are asked for.
        self.equals(Part::Whole, LINE);
        self.value(Part::Whole, LINE, |parser| {
            parser.expression(Lists::Allowed)
        });
        self.complete(start, NodeKind::TargetScope);
    }

    fn assignment(&mut self, start: Start, kind: NodeKind, code: &'static str, what: &str) {
        self.bump();
        let name = self.declared_name(code, what, EQUALS);
        self.equals_and_value(name);
        self.complete(start, kind);
    }

    fn parameter(&mut self, start: Start) {
        const TYPE_ENDS: &[TokenKind] = &[
            TokenKind::Assignment,
            TokenKind::LeftBrace,
            TokenKind::NewLine,
        ];
        self.bump();
        let name = self.declared_name("BCP013", "a parameter name", BEFORE_TYPE);
        // Files of parameters have no types; where one is needed, that is said later.
        let kind = if self.at(TokenKind::Assignment) {
            name
        } else {
            self.value(name, TYPE_ENDS, |parser| parser.declared_type(false))
        };
        self.mark(kind, LINE, |parser| match parser.peek() {
            TokenKind::NewLine | TokenKind::EndOfFile => Ok(()),
            TokenKind::Assignment => {
                let default = parser.start();
                parser.bump();
                parser.value(Part::Whole, LINE, |parser| {
                    parser.expression(Lists::Allowed)
                });
                parser.complete(default, NodeKind::ParameterDefault);
                Ok(())
            }
            _ => Err(parser.wrong("BCP008", "`=` or a new line is expected here")),
        });
        self.complete(start, NodeKind::Parameter);
    }

    fn variable(&mut self, start: Start) {
        self.bump();
        let name = self.declared_name("BCP015", "a variable name", BEFORE_TYPE);
        let kind = match self.peek() {
            TokenKind::EndOfFile | TokenKind::NewLine | TokenKind::Assignment => name,
            _ => self.value(name, EQUALS, |parser| parser.declared_type(false)),
        };
        self.equals_and_value(kind);
        self.complete(start, NodeKind::Variable);
    }

    fn function(&mut self, start: Start) {
        self.bump();
        let name = self.declared_name("BCP015", "a function name", EQUALS);
        self.mark(name, LINE, Self::typed_lambda);
        self.complete(start, NodeKind::Function);
    }

    fn typed_lambda(&mut self) -> Read {
        const ENDS: &[TokenKind] = &[TokenKind::NewLine, TokenKind::RightParen];
        let start = self.start();
        self.parentheses(true, |parser| {
            parser.typed_parameter();
            Ok(())
        })?;
        self.value(Part::Whole, ENDS, |parser| parser.declared_type(false));
        let arrow = self.mark(Part::Whole, ENDS, |parser| {
            parser.expect(TokenKind::Arrow, "=>")
        });
        if arrow == Part::Whole {
            self.body_after_arrow();
        } else {
            self.value(Part::Whole, ENDS, |parser| {
                parser.expression(Lists::Allowed)
            });
        }
        self.complete(start, NodeKind::TypedLambda);
        Ok(())
    }

    fn typed_parameter(&mut self) {
        const ENDS: &[TokenKind] = &[TokenKind::NewLine, TokenKind::Comma, TokenKind::RightParen];
        let start = self.start();
        if let Err(wrong) = self.name("BCP015", "a parameter name is expected here") {
            self.errors.push(wrong);
        }
        self.value(Part::Whole, ENDS, |parser| parser.declared_type(false));
        self.complete(start, NodeKind::TypedParameter);
    }

    fn type_declaration(&mut self, start: Start) {
        const ENDS: &[TokenKind] = &[
            TokenKind::Assignment,
            TokenKind::LeftBrace,
            TokenKind::NewLine,
        ];
        self.bump();
        let name = self.declared_name("BCP325", "a type name", EQUALS);
        self.equals(name, LINE);
        self.value(name, ENDS, |parser| parser.declared_type(false));
        self.complete(start, NodeKind::Type);
    }

    fn output(&mut self, start: Start) {
        self.bump();
        let name = self.declared_name("BCP016", "an output name", BEFORE_TYPE);
        let kind = self.value(name, EQUALS, |parser| parser.declared_type(true));
        self.equals_and_value(kind);
        self.complete(start, NodeKind::Output);
    }

    /// `resource name 'type@version' existing? = body`
    fn resource(&mut self, start: Start) {
        self.bump();
        let name = self.declared_name("BCP017", "a resource name", BEFORE_STRING);
        let kind = self.mark(name, EQUALS, |parser| {
            let message = "a resource type is expected here, such as `'Microsoft.Storage/storageAccounts@2023-05-01'`";
            parser.required_string("BCP068", message)
        });
        if self.at_keyword("existing") {
            self.bump();
        }
        let equals = self.equals(kind, BEFORE_BODY);
        self.body(equals, Lists::WithResources);
        self.complete(start, NodeKind::Resource);
    }

    /// `module name 'path' = body`
    fn module(&mut self, start: Start) {
        self.bump();
        let name = self.declared_name("BCP096", "a module name", BEFORE_STRING);
        let path = self.path(name, "BCP097", "BCP090");
        let equals = self.equals(path, BEFORE_BODY);
        self.body(equals, Lists::Allowed);
        self.complete(start, NodeKind::Module);
    }

    /// `test name 'path' = {…}`
    fn test(&mut self, start: Start) {
        self.bump();
        let name = self.declared_name("BCP346", "a test name", BEFORE_STRING);
        let path = self.path(name, "BCP347", "BCP358");
        let equals = self.equals(path, BEFORE_BODY);
        self.value(equals, LINE, |parser| parser.object(Lists::Allowed));
        self.complete(start, NodeKind::Test);
    }

    /// The path of a declaration, and whether it says which file it is about.
    fn path(&mut self, before: Part, wrong: &'static str, none: &'static str) -> Part {
        let span = self.here();
        let path = self.mark(before, EQUALS, |parser| {
            parser.required_string(wrong, "the path of a file is expected here")
        });
        if path != Part::Whole {
            self.error_at(span, none, "which file this is about is not said");
        }
        path
    }

    /// `{…}`, `if (…) {…}` or `[for …]`
    fn body(&mut self, equals: Part, lists: Lists) {
        if equals == Part::Whole && self.text_at(self.newlines_ahead()) == "if" {
            self.newlines();
        }
        self.value(equals, LINE, |parser| {
            if parser.at_keyword("if") {
                parser.condition(lists, false);
                Ok(())
            } else if parser.at(TokenKind::LeftBrace) {
                parser.object(lists)
            } else if parser.at(TokenKind::LeftSquare) {
                parser.body_loop(lists)
            } else {
                Err(parser.wrong("BCP118", "`{`, `[` or `if` is expected here"))
            }
        });
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
}
