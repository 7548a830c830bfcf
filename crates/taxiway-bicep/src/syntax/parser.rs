//! Tokens to tree: the machinery that the grammar's rules share.
//!
//! A rule remembers where it began ([`Parser::start`]) and wraps what it read since ([`Parser::complete`]); so a rule
//! that learns late what it is (a binary operator after its left side) needs no second pass. A rule that cannot go on
//! returns what is wrong; [`super::recovery`] says how far that reaches.

use std::rc::Rc;

use taxiway_diagnostics::Span;

use super::recovery::{Malformed, Read};
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
        errors: Vec::new(),
        malformed: Malformed::of(&lexical_errors),
        depth: 0,
    };
    parser.file();
    let root = NodeId(u32::try_from(parser.nodes.len() - 1).unwrap_or(u32::MAX));
    let Parser {
        nodes, mut errors, ..
    } = parser;
    errors.extend(lexical_errors);
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
    pub(super) cursor: usize,
    pub(super) flushed: u32,
    pub(super) elements: Vec<Element>,
    pub(super) nodes: Vec<NodeData>,
    pub(super) errors: Vec<SyntaxError>,
    pub(super) malformed: Malformed,
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

    /// What is wrong with the next token.
    pub(super) fn wrong(&self, code: &'static str, message: impl Into<String>) -> SyntaxError {
        SyntaxError {
            span: self.here(),
            code,
            message: message.into(),
        }
    }

    /// Says what is wrong with the next token, and goes on.
    pub(super) fn error(&mut self, code: &'static str, message: impl Into<String>) {
        let error = self.wrong(code, message);
        self.errors.push(error);
    }

    pub(super) fn error_at(&mut self, span: Span, code: &'static str, message: impl Into<String>) {
        self.errors.push(SyntaxError {
            span,
            code,
            message: message.into(),
        });
    }

    /// Takes a token of this kind.
    pub(super) fn expect(&mut self, kind: TokenKind, symbol: &str) -> Read {
        if self.eat(kind) {
            Ok(())
        } else {
            Err(self.wrong("BCP018", format!("`{symbol}` is expected here")))
        }
    }

    /// Takes this keyword.
    pub(super) fn expect_keyword(&mut self, keyword: &str) -> Read {
        if self.at_keyword(keyword) {
            self.bump();
            Ok(())
        } else {
            Err(self.wrong("BCP012", format!("`{keyword}` is expected here")))
        }
    }

    /// Whether a name stands next; the names of the literals are none.
    pub(super) fn at_name(&self) -> bool {
        self.at(TokenKind::Identifier) && !matches!(self.text_at(0), "true" | "false" | "null")
    }

    /// A name, as a `Name` node.
    pub(super) fn name(&mut self, code: &'static str, message: &str) -> Read {
        if !self.at_name() {
            return Err(self.wrong(code, message));
        }
        if self.text_at(0).len() > MAX_NAME {
            let message = format!("a name has at most {MAX_NAME} letters");
            self.error("BCP024", message);
        }
        let start = self.start();
        self.bump();
        self.complete(start, NodeKind::Name);
        Ok(())
    }

    /// A name; where there is none, that is said and nothing is taken.
    pub(super) fn name_or_nothing(&mut self, code: &'static str, message: &str) {
        if let Err(wrong) = self.name(code, message) {
            self.errors.push(wrong);
            let start = self.start();
            self.complete(start, NodeKind::Missing);
        }
    }

    /// Runs a rule that may nest in itself, unless that has gone too deep.
    pub(super) fn nested(&mut self, rule: impl FnOnce(&mut Self) -> Read) -> Read {
        if self.depth >= MAX_DEPTH {
            return Err(self.wrong("BCP009", "this is nested too deep"));
        }
        self.depth += 1;
        let read = rule(self);
        self.depth -= 1;
        read
    }

    /// Wraps what stands between two starts.
    pub(super) fn complete_between(&mut self, start: Start, end: Start, kind: NodeKind) {
        let after = self.elements.split_off(end.0);
        self.complete(start, kind);
        self.elements.extend(after);
    }

    fn file(&mut self) {
        let start = Start(0);
        while !self.at(TokenKind::EndOfFile) {
            if !self.eat(TokenKind::NewLine) {
                self.statement();
            }
        }
        self.bump();
        self.complete(start, NodeKind::File);
    }
}
