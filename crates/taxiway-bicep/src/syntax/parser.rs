//! Tokens to tree: the machinery that the grammar's rules share.
//!
//! A rule remembers where it began ([`Parser::start`]) and wraps what it read since ([`Parser::complete`]); so a rule
//! that learns late what it is (a binary operator after its left side) needs no second pass.

use std::rc::Rc;

use taxiway_diagnostics::Span;

use super::tree::NodeData;
use super::{Element, NodeId, NodeKind, Token, TokenKind, Tree, lex};

/// How deep expressions and types may nest; official compilers give up not far from here too.
const MAX_DEPTH: u32 = 120;

/// How long a name may be.
const MAX_NAME: usize = 255;

/// Something the grammar does not allow.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SyntaxError {
    /// Where.
    pub span: Span,
    /// The official code.
    pub code: &'static str,
    /// What was expected.
    pub message: String,
}

/// Parses a `.bicep` or `.bicepparam` file. Never fails: what cannot be read is kept and reported.
pub fn parse(text: &str) -> (Tree, Vec<SyntaxError>) {
    let (tokens, lexical_errors) = lex(text);
    let significant = (0u32..)
        .zip(&tokens)
        .filter(|(_, token)| !token.kind.is_trivia())
        .map(|(index, _)| index)
        .collect();
    let mut parser = Parser {
        text,
        tokens: &tokens,
        significant,
        cursor: 0,
        flushed: 0,
        elements: Vec::new(),
        nodes: Vec::new(),
        errors: lexical_errors,
        depth: 0,
    };
    parser.file();
    let root = NodeId(u32::try_from(parser.nodes.len() - 1).unwrap_or(u32::MAX));
    let Parser {
        nodes, mut errors, ..
    } = parser;
    errors.sort_by_key(|error| error.span);
    let tree = Tree {
        text: Rc::from(text),
        tokens,
        nodes,
        root,
    };
    (tree, errors)
}

/// Where a rule began.
#[derive(Clone, Copy)]
pub(super) struct Start(usize);

pub(super) struct Parser<'text> {
    text: &'text str,
    tokens: &'text [Token],
    significant: Vec<u32>,
    cursor: usize,
    flushed: u32,
    elements: Vec<Element>,
    nodes: Vec<NodeData>,
    errors: Vec<SyntaxError>,
    depth: u32,
}

impl Parser<'_> {
    fn index_at(&self, ahead: usize) -> u32 {
        let last = self.significant.len() - 1;
        self.significant[(self.cursor + ahead).min(last)]
    }

    pub(super) fn token(&self) -> Token {
        self.tokens[self.index_at(0) as usize]
    }

    pub(super) fn peek(&self) -> TokenKind {
        self.token().kind
    }

    pub(super) fn peek_at(&self, ahead: usize) -> TokenKind {
        self.tokens[self.index_at(ahead) as usize].kind
    }

    pub(super) fn at(&self, kind: TokenKind) -> bool {
        self.peek() == kind
    }

    /// How many line breaks stand before the next token that is none.
    pub(super) fn newlines_ahead(&self) -> usize {
        let mut ahead = 0;
        while self.peek_at(ahead) == TokenKind::NewLine {
            ahead += 1;
        }
        ahead
    }

    pub(super) fn text_at(&self, ahead: usize) -> &str {
        let token = self.tokens[self.index_at(ahead) as usize];
        &self.text[token.span.range()]
    }

    pub(super) fn at_keyword(&self, keyword: &str) -> bool {
        self.at(TokenKind::Identifier) && self.text_at(0) == keyword
    }

    pub(super) fn at_end_of_line(&self) -> bool {
        matches!(self.peek(), TokenKind::NewLine | TokenKind::EndOfFile)
    }

    fn flush_trivia(&mut self) {
        let next = self.index_at(0);
        while self.flushed < next {
            self.elements.push(Element::Token(self.flushed));
            self.flushed += 1;
        }
    }

    /// Takes the next token into the tree.
    pub(super) fn bump(&mut self) {
        self.flush_trivia();
        self.elements.push(Element::Token(self.flushed));
        self.flushed += 1;
        self.cursor += 1;
    }

    pub(super) fn eat(&mut self, kind: TokenKind) -> bool {
        let found = self.at(kind);
        if found {
            self.bump();
        }
        found
    }

    pub(super) fn newlines(&mut self) {
        while self.at(TokenKind::NewLine) {
            self.bump();
        }
    }

    pub(super) fn start(&mut self) -> Start {
        if !self.at(TokenKind::EndOfFile) {
            self.flush_trivia();
        }
        Start(self.elements.len())
    }

    pub(super) fn complete(&mut self, start: Start, kind: NodeKind) {
        let children: Vec<_> = self.elements.drain(start.0..).collect();
        let span = self.span_of(&children);
        let id = NodeId(u32::try_from(self.nodes.len()).unwrap_or(u32::MAX));
        self.nodes.push(NodeData {
            kind,
            span,
            children,
        });
        self.elements.push(Element::Node(id));
    }

    fn span_of(&self, children: &[Element]) -> Span {
        let span = |child: &Element| match child {
            Element::Token(index) => {
                let token = self.tokens[*index as usize];
                (!token.kind.is_trivia()).then_some(token.span)
            }
            Element::Node(id) => {
                let node = &self.nodes[id.0 as usize];
                (!node.children.is_empty()).then_some(node.span)
            }
        };
        let first = children.iter().find_map(span);
        let last = children.iter().rev().find_map(span);
        match (first, last) {
            (Some(first), Some(last)) => first.cover(last),
            _ => Span::at(self.token().span.start),
        }
    }

    /// Where an error about the next token points.
    pub(super) fn here(&self) -> Span {
        let token = self.token();
        match token.kind {
            TokenKind::NewLine | TokenKind::EndOfFile => Span::at(token.span.start),
            _ => token.span,
        }
    }

    /// As [`Self::here`], with the character before: an error about what is not there has something to point at.
    pub(super) fn here_and_before(&self) -> Span {
        let here = self.here();
        let before = self.text[..here.start as usize].chars().next_back();
        let length = before.map_or(0, char::len_utf8);
        Span::new(here.start - u32::try_from(length).unwrap_or(0), here.end)
    }

    pub(super) fn error(&mut self, code: &'static str, message: impl Into<String>) {
        let span = self.here();
        self.error_at(span, code, message);
    }

    pub(super) fn error_at(&mut self, span: Span, code: &'static str, message: impl Into<String>) {
        // The first error at a place is the one that helps.
        if self.errors.last().is_some_and(|last| last.span == span) {
            return;
        }
        self.errors.push(SyntaxError {
            span,
            code,
            message: message.into(),
        });
    }

    /// Takes a token of this kind, or says that it is missing.
    pub(super) fn expect(&mut self, kind: TokenKind, symbol: &str) -> bool {
        let found = self.eat(kind);
        if !found {
            self.error("BCP018", format!("`{symbol}` is expected here"));
        }
        found
    }

    pub(super) fn missing(&mut self, code: &'static str, message: &str) {
        self.error(code, message);
        let start = self.start();
        self.complete(start, NodeKind::Missing);
    }

    /// A name, as a `Name` node.
    pub(super) fn name(&mut self, code: &'static str, message: &str) -> bool {
        let found = self.at(TokenKind::Identifier);
        if found {
            if self.text_at(0).len() > MAX_NAME {
                let message = format!("a name has at most {MAX_NAME} letters");
                self.error("BCP024", message);
            }
            let start = self.start();
            self.bump();
            self.complete(start, NodeKind::Name);
        } else {
            self.missing(code, message);
        }
        found
    }

    /// Keeps everything up to the end of the line that cannot be read; braces and brackets are skipped as wholes.
    pub(super) fn skip_line(&mut self) {
        if self.at_end_of_line() {
            return;
        }
        let start = self.start();
        let mut open = 0u32;
        loop {
            match self.peek() {
                TokenKind::EndOfFile => break,
                TokenKind::NewLine if open == 0 => break,
                TokenKind::LeftBrace | TokenKind::LeftSquare => open += 1,
                TokenKind::RightBrace | TokenKind::RightSquare => open = open.saturating_sub(1),
                _ => {}
            }
            self.bump();
        }
        self.complete(start, NodeKind::Skipped);
    }

    /// Runs a rule that may nest in itself, unless that has gone too deep.
    pub(super) fn nested(&mut self, rule: impl FnOnce(&mut Self)) {
        if self.depth >= MAX_DEPTH {
            self.error("BCP009", "this is nested too deep");
            let start = self.start();
            self.skip_balanced();
            self.complete(start, NodeKind::Missing);
            return;
        }
        self.depth += 1;
        rule(self);
        self.depth -= 1;
    }

    /// Skips to where what encloses this can go on.
    fn skip_balanced(&mut self) {
        let mut open = 0u32;
        loop {
            match self.peek() {
                TokenKind::EndOfFile => return,
                TokenKind::NewLine | TokenKind::Comma if open == 0 => return,
                TokenKind::LeftBrace
                | TokenKind::LeftSquare
                | TokenKind::LeftParen
                | TokenKind::StringStart => open += 1,
                TokenKind::RightBrace
                | TokenKind::RightSquare
                | TokenKind::RightParen
                | TokenKind::StringEnd => {
                    if open == 0 {
                        return;
                    }
                    open -= 1;
                }
                TokenKind::StringMiddle if open == 0 => return,
                _ => {}
            }
            self.bump();
        }
    }

    fn file(&mut self) {
        let start = Start(0);
        while !self.at(TokenKind::EndOfFile) {
            if self.eat(TokenKind::NewLine) {
                continue;
            }
            self.statement();
            if !self.at_end_of_line() {
                self.error("BCP019", "a new line is expected here");
                self.skip_line();
            }
        }
        self.bump();
        self.complete(start, NodeKind::File);
    }
}
