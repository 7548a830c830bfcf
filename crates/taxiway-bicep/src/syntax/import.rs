//! Grammar of statements about other files and extensions: `import`, `extension`, `using`, `extends`.

use super::expression::Lists;
use super::parser::{Parser, Start};
use super::recovery::{LINE, Part, Read};
use super::{NodeKind, TokenKind};

impl Parser<'_> {
    pub(super) fn import(&mut self, start: Start) -> Read {
        self.bump();
        match self.peek() {
            // As extensions were written once.
            TokenKind::StringComplete | TokenKind::StringStart => {
                self.extension_behind_keyword();
                self.complete(start, NodeKind::Extension);
                return Ok(());
            }
            TokenKind::LeftBrace => self.imported_symbols()?,
            TokenKind::Asterisk => {
                self.mark(Part::Whole, LINE, Self::wildcard);
            }
            kind => {
                self.error("BCP354", "`{` or `*` is expected here");
                let is_nothing = matches!(
                    kind,
                    TokenKind::EndOfFile | TokenKind::NewLine | TokenKind::Identifier
                );
                if !is_nothing {
                    let skipped = self.start();
                    self.bump();
                    self.complete(skipped, NodeKind::Skipped);
                }
            }
        }
        self.mark(Part::Whole, LINE, Self::origin);
        self.complete(start, NodeKind::Import);
        Ok(())
    }

    fn origin(&mut self) -> Read {
        let start = self.start();
        self.expect_keyword("from")?;
        self.mark(Part::Whole, LINE, |parser| {
            parser.required_string("BCP097", "the path of a file is expected here")
        });
        self.complete(start, NodeKind::FromClause);
        Ok(())
    }

    fn wildcard(&mut self) -> Read {
        let start = self.start();
        self.bump();
        let clause = self.start();
        self.expect_keyword("as")?;
        self.name("BCP356", "a name is expected here")?;
        self.complete(clause, NodeKind::AsClause);
        self.complete(start, NodeKind::Wildcard);
        Ok(())
    }

    fn imported_symbols(&mut self) -> Read {
        let start = self.start();
        self.bump();
        self.elements(TokenKind::RightBrace, "}", Self::imported_symbol)?;
        self.complete(start, NodeKind::ImportedSymbols);
        Ok(())
    }

    fn imported_symbol(&mut self) {
        const ALIAS_ENDS: &[TokenKind] = &[TokenKind::Comma, TokenKind::NewLine];
        let start = self.start();
        let is_string = self.at_string();
        let mut is_symbol = true;
        if is_string {
            is_symbol = self.at(TokenKind::StringComplete);
            if !is_symbol {
                self.error("BCP032", "what is imported has to be written out");
            }
            is_symbol &= self.string();
        } else if let Err(wrong) =
            self.name("BCP355", "the name of what is imported is expected here")
        {
            self.errors.push(wrong);
            is_symbol = false;
            self.bump();
        }
        let clause = self.start();
        if self.at_keyword("as") {
            self.bump();
            self.mark(Part::Whole, ALIAS_ENDS, |parser| {
                parser.name("BCP325", "a name is expected here")
            });
            self.complete(clause, NodeKind::AsClause);
        } else if is_string && is_symbol {
            let span = self.here();
            self.error_at(span, "BCP375", "a quoted name needs another one: `as name`");
            is_symbol = false;
        }
        let kind = if is_symbol {
            NodeKind::ImportedSymbol
        } else {
            NodeKind::Skipped
        };
        self.complete(start, kind);
    }

    pub(super) fn extension(&mut self, start: Start) {
        self.bump();
        self.extension_behind_keyword();
        self.complete(start, NodeKind::Extension);
    }

    fn extension_behind_keyword(&mut self) {
        let specification = self.mark(Part::Whole, LINE, |parser| {
            if parser.at_name() {
                parser.name("BCP201", "an extension is expected here")
            } else {
                parser.required_string("BCP201", "an extension is expected here")
            }
        });
        let mut before = specification;
        if !self.at_end_of_line() && !self.at_keyword("as") {
            before = self.mark(before, LINE, |parser| parser.with_clause("BCP305"));
        }
        if !self.at_end_of_line() {
            self.mark(before, LINE, Self::extension_alias);
        }
    }

    fn extension_alias(&mut self) -> Read {
        let start = self.start();
        self.keyword(
            "as",
            "BCP305",
            "`with`, `as` or a new line is expected here",
        )?;
        self.mark(Part::Whole, LINE, |parser| {
            parser.name("BCP202", "a name is expected here")
        });
        self.complete(start, NodeKind::AsClause);
        Ok(())
    }

    fn keyword(&mut self, keyword: &str, code: &'static str, message: &str) -> Read {
        if !self.at_keyword(keyword) {
            return Err(self.wrong(code, message));
        }
        self.bump();
        Ok(())
    }

    fn with_clause(&mut self, code: &'static str) -> Read {
        let start = self.start();
        self.keyword("with", code, "`with` or a new line is expected here")?;
        self.value(Part::Whole, LINE, |parser| parser.object(Lists::Allowed));
        self.complete(start, NodeKind::WithClause);
        Ok(())
    }

    pub(super) fn using(&mut self, start: Start) -> Read {
        self.bump();
        let mut path = Part::Whole;
        match self.peek() {
            TokenKind::Identifier => {
                let none = self.start();
                self.expect_keyword("none")?;
                self.complete(none, NodeKind::Name);
            }
            TokenKind::StringComplete | TokenKind::StringStart => {
                self.required_string("BCP257", "the path of a Bicep file is expected here")?;
            }
            _ => {
                self.error("BCP278", "the path of a file, or `none`, is expected here");
                path = Part::Absent;
            }
        }
        if !self.at_end_of_line() {
            self.mark(path, LINE, |parser| parser.with_clause("BCP436"));
        }
        self.complete(start, NodeKind::Using);
        Ok(())
    }

    pub(super) fn extends(&mut self, start: Start) {
        self.bump();
        self.mark(Part::Whole, LINE, |parser| {
            parser.required_string(
                "BCP404",
                "the path of a file of parameters is expected here",
            )
        });
        self.complete(start, NodeKind::Extends);
    }
}
