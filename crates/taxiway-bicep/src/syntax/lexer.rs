//! Text to tokens. Every byte lands in exactly one token.

use taxiway_diagnostics::Span;

use super::TokenKind;
use super::parser::SyntaxError;

/// A token and where it stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Token {
    /// What it is.
    pub kind: TokenKind,
    /// Where it is.
    pub span: Span,
}

/// Cuts `text` into tokens; the last is [`TokenKind::EndOfFile`].
pub fn lex(text: &str) -> (Vec<Token>, Vec<SyntaxError>) {
    let mut lexer = Lexer {
        text,
        position: 0,
        start: 0,
        templates: Vec::new(),
        tokens: Vec::with_capacity(text.len() / 4),
        errors: Vec::new(),
    };
    while lexer.position < text.len() {
        lexer.start = lexer.position;
        let kind = lexer.next_kind();
        lexer.push(kind);
    }
    lexer.start = lexer.position;
    if lexer.is_in_line_string() {
        let end = lexer.unclosed_line_string();
        lexer.push(end);
    }
    lexer.push(TokenKind::EndOfFile);
    (lexer.tokens, lexer.errors)
}

/// An interpolated string that is open.
struct Template {
    /// Braces opened inside the current hole.
    braces: u32,
    /// `None` for a string of one line, else how many `$` start a hole.
    dollars: Option<usize>,
}

struct Lexer<'text> {
    text: &'text str,
    position: usize,
    start: usize,
    templates: Vec<Template>,
    tokens: Vec<Token>,
    errors: Vec<SyntaxError>,
}

fn offset(position: usize) -> u32 {
    u32::try_from(position).unwrap_or(u32::MAX)
}

impl Lexer<'_> {
    fn push(&mut self, kind: TokenKind) {
        let span = Span::new(offset(self.start), offset(self.position));
        self.tokens.push(Token { kind, span });
    }

    fn error(&mut self, code: &'static str, message: impl Into<String>) {
        self.errors.push(SyntaxError {
            span: Span::new(offset(self.start), offset(self.position)),
            code,
            message: message.into(),
        });
    }

    fn rest(&self) -> &str {
        &self.text[self.position..]
    }

    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.position).copied()
    }

    fn eat(&mut self, expected: &str) -> bool {
        let found = self.rest().starts_with(expected);
        if found {
            self.position += expected.len();
        }
        found
    }

    fn skip_while(&mut self, accept: impl Fn(u8) -> bool) {
        while self.peek().is_some_and(&accept) {
            self.position += 1;
        }
    }

    fn skip_line(&mut self) {
        self.skip_while(|byte| byte != b'\n' && byte != b'\r');
    }

    /// Ends the string where its line or the file does, with a token of no width.
    fn unclosed_line_string(&mut self) -> TokenKind {
        self.error(
            "BCP004",
            "this string has no closing quote; several lines need `'''`",
        );
        self.templates.clear();
        TokenKind::StringEnd
    }

    fn next_kind(&mut self) -> TokenKind {
        let Some(byte) = self.peek() else {
            return TokenKind::EndOfFile;
        };
        match byte {
            b' ' | b'\t' => {
                self.skip_while(|byte| byte == b' ' || byte == b'\t');
                TokenKind::Whitespace
            }
            b'\n' | b'\r' if self.is_in_line_string() => self.unclosed_line_string(),
            b'\n' => self.advance(TokenKind::NewLine),
            b'\r' => {
                self.position += 1;
                self.eat("\n");
                TokenKind::NewLine
            }
            b'\'' => self.string(),
            b'$' if self.starts_multiline_template() => self.multiline_template(),
            b'0'..=b'9' => {
                self.skip_while(|byte| byte.is_ascii_digit());
                TokenKind::Integer
            }
            b'a'..=b'z' | b'A'..=b'Z' | b'_' => {
                self.skip_while(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
                TokenKind::Identifier
            }
            b'/' => self.slash(),
            b'#' if self.at_directive() => self.directive(),
            b'}' => self.right_brace(),
            b'{' => {
                if let Some(template) = self.templates.last_mut() {
                    template.braces += 1;
                }
                self.advance(TokenKind::LeftBrace)
            }
            _ => self.punctuation(),
        }
    }

    /// Whether a hole of a string of one line is open.
    fn is_in_line_string(&self) -> bool {
        self.templates
            .last()
            .is_some_and(|template| template.dollars.is_none())
    }

    fn advance(&mut self, kind: TokenKind) -> TokenKind {
        self.position += 1;
        kind
    }

    /// Whether only white space stands before on this line.
    fn at_line_start(&self) -> bool {
        match self.tokens.as_slice() {
            [] => true,
            [.., last] if last.kind == TokenKind::NewLine => true,
            [only] => only.kind == TokenKind::Whitespace,
            [.., before, last] => {
                last.kind == TokenKind::Whitespace && before.kind == TokenKind::NewLine
            }
        }
    }

    fn at_directive(&self) -> bool {
        self.at_line_start() && DIRECTIVES.iter().any(|name| self.rest().starts_with(name))
    }

    /// A directive and the codes behind it; what follows them, such as a comment, is read as anywhere else.
    fn directive(&mut self) -> TokenKind {
        let name = DIRECTIVES
            .iter()
            .find(|name| self.rest().starts_with(**name));
        self.position += name.map_or(1, |name| name.len());
        let mut has_codes = false;
        loop {
            let before = self.position;
            self.skip_while(|byte| byte == b' ' || byte == b'\t');
            let word = self.position;
            self.skip_while(|byte| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-');
            if self.position == word {
                self.position = before;
                break;
            }
            has_codes = true;
        }
        if !has_codes {
            let message = "which diagnostics are meant is not said";
            self.error_from(self.position, "BCP226", message);
        }
        TokenKind::Directive
    }

    fn slash(&mut self) -> TokenKind {
        if self.eat("//") {
            self.skip_line();
            return TokenKind::LineComment;
        }
        if self.eat("/*") {
            match self.rest().find("*/") {
                Some(length) => self.position += length + 2,
                None => {
                    self.position = self.text.len();
                    self.error("BCP002", "this comment has no `*/`");
                }
            }
            return TokenKind::BlockComment;
        }
        self.advance(TokenKind::Slash)
    }

    fn right_brace(&mut self) -> TokenKind {
        self.position += 1;
        match self.templates.last_mut() {
            Some(template) if template.braces > 0 => {
                template.braces -= 1;
                TokenKind::RightBrace
            }
            Some(template) => {
                let dollars = template.dollars;
                let more = match dollars {
                    None => self.line_string_rest(),
                    Some(dollars) => self.multiline_rest(dollars),
                };
                if more {
                    TokenKind::StringMiddle
                } else {
                    self.templates.pop();
                    TokenKind::StringEnd
                }
            }
            None => TokenKind::RightBrace,
        }
    }

    fn string(&mut self) -> TokenKind {
        if self.eat("'''") {
            self.multiline_close();
            return TokenKind::StringComplete;
        }
        self.position += 1;
        if self.line_string_rest() {
            self.templates.push(Template {
                braces: 0,
                dollars: None,
            });
            TokenKind::StringStart
        } else {
            TokenKind::StringComplete
        }
    }

    /// Reads up to the closing quote (`false`) or through the next `${` (`true`).
    fn line_string_rest(&mut self) -> bool {
        loop {
            match self.peek() {
                None => {
                    self.error("BCP003", "this string has no closing quote");
                    return false;
                }
                Some(b'\n' | b'\r') => {
                    self.error(
                        "BCP004",
                        "this string has no closing quote; several lines need `'''`",
                    );
                    return false;
                }
                Some(b'\'') => {
                    self.position += 1;
                    return false;
                }
                Some(b'\\') => self.escape(),
                Some(b'$') if self.rest().starts_with("${") => {
                    self.position += 2;
                    return true;
                }
                Some(_) => self.skip_character(),
            }
        }
    }

    fn skip_character(&mut self) {
        self.position += self.rest().chars().next().map_or(1, char::len_utf8);
    }

    fn escape(&mut self) {
        let start = self.position;
        self.position += 1;
        match self.peek() {
            Some(b'n' | b'r' | b't' | b'\\' | b'\'' | b'$') => self.position += 1,
            Some(b'u') => {
                self.position += 1;
                if self.eat("{") {
                    self.skip_while(|byte| byte.is_ascii_hexdigit());
                    let digits = &self.text[start + 3..self.position];
                    // Halves of a surrogate pair are put together by what reads the string.
                    let valid = u32::from_str_radix(digits, 16).is_ok_and(|code| code <= 0x10_FFFF);
                    if self.eat("}") && valid {
                        return;
                    }
                }
                self.error_from(start, "BCP133", "a character is written `\\u{1F600}`");
            }
            _ => self.error_from(
                start,
                "BCP006",
                "no such escape; there are `\\\\`, `\\'`, `\\n`, `\\r`, `\\t`, `\\$` and `\\u{…}`",
            ),
        }
    }

    fn error_from(&mut self, start: usize, code: &'static str, message: &str) {
        self.errors.push(SyntaxError {
            span: Span::new(offset(start), offset(self.position)),
            code,
            message: message.to_owned(),
        });
    }

    fn starts_multiline_template(&self) -> bool {
        self.rest().trim_start_matches('$').starts_with("'''")
    }

    fn multiline_template(&mut self) -> TokenKind {
        let before = self.position;
        self.skip_while(|byte| byte == b'$');
        let dollars = self.position - before;
        self.eat("'''");
        if self.multiline_rest(dollars) {
            self.templates.push(Template {
                braces: 0,
                dollars: Some(dollars),
            });
            TokenKind::StringStart
        } else {
            TokenKind::StringComplete
        }
    }

    /// Reads up to the closing quotes (`false`) or through the next hole's opening (`true`).
    fn multiline_rest(&mut self, dollars: usize) -> bool {
        while let Some(byte) = self.peek() {
            match byte {
                b'\'' if self.rest().starts_with("'''") => {
                    self.multiline_close();
                    return false;
                }
                b'$' => {
                    let before = self.position;
                    self.skip_while(|byte| byte == b'$');
                    if self.position - before >= dollars && self.eat("{") {
                        return true;
                    }
                }
                _ => self.skip_character(),
            }
        }
        self.error("BCP140", "this string has no closing `'''`");
        false
    }

    /// Reads through the closing quotes; further quotes belong to the text.
    fn multiline_close(&mut self) {
        match self.rest().find("'''") {
            Some(length) => {
                self.position += length + 3;
                self.skip_while(|byte| byte == b'\'');
            }
            None => {
                self.position = self.text.len();
                self.error("BCP140", "this string has no closing `'''`");
            }
        }
    }

    fn punctuation(&mut self) -> TokenKind {
        for (symbol, kind) in SYMBOLS {
            if self.eat(symbol) {
                return *kind;
            }
        }
        self.skip_character();
        let character = self.text[self.start..self.position].to_owned();
        if character == "\u{feff}" && self.start == 0 {
            return TokenKind::Whitespace;
        }
        if character == "\"" {
            self.error("BCP103", "strings are written in single quotes");
        } else {
            self.error("BCP001", format!("`{character}` means nothing here"));
        }
        TokenKind::Unknown
    }
}

/// What a line with `#` can start with. Source: Azure/bicep, the lexer's pragmas.
const DIRECTIVES: &[&str] = &[
    "#disable-next-line",
    "#disable-diagnostics",
    "#restore-diagnostics",
];

/// Longer symbols before their beginnings.
const SYMBOLS: &[(&str, TokenKind)] = &[
    ("...", TokenKind::Ellipsis),
    ("??", TokenKind::DoubleQuestion),
    ("::", TokenKind::DoubleColon),
    ("=>", TokenKind::Arrow),
    ("==", TokenKind::Equals),
    ("=~", TokenKind::EqualsInsensitive),
    ("!=", TokenKind::NotEquals),
    ("!~", TokenKind::NotEqualsInsensitive),
    ("<=", TokenKind::LessOrEqual),
    (">=", TokenKind::GreaterOrEqual),
    ("&&", TokenKind::LogicalAnd),
    ("||", TokenKind::LogicalOr),
    ("@", TokenKind::At),
    ("(", TokenKind::LeftParen),
    (")", TokenKind::RightParen),
    ("[", TokenKind::LeftSquare),
    ("]", TokenKind::RightSquare),
    (",", TokenKind::Comma),
    (".", TokenKind::Dot),
    ("?", TokenKind::Question),
    (":", TokenKind::Colon),
    (";", TokenKind::Semicolon),
    ("=", TokenKind::Assignment),
    ("+", TokenKind::Plus),
    ("-", TokenKind::Minus),
    ("*", TokenKind::Asterisk),
    ("%", TokenKind::Modulo),
    ("!", TokenKind::Exclamation),
    ("<", TokenKind::Less),
    (">", TokenKind::Greater),
    ("|", TokenKind::Pipe),
    ("^", TokenKind::Hat),
];
