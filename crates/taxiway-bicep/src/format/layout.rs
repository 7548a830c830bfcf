//! From the tree to documents.
//!
//! Each kind of node is laid out as the official formatter lays it out: brackets break when they do not fit, or when the
//! source breaks right behind the opening one. A statement with a comment where none can stand comes through as it is.

mod bracket;
mod expression;

use super::document::{Document, collapsed, glue, separated, spread};
use super::trivia::{Sticks, Trivia, sticks};
use crate::syntax::{Element, Node, NodeKind, TokenKind, Tree};

/// A comment stands where no layout keeps it.
#[derive(Debug)]
pub(super) struct Misplaced;

type Laid<T> = Result<T, Misplaced>;

/// Lays out one tree.
pub(super) struct Layout<'tree> {
    tree: &'tree Tree,
    trivia: Trivia,
    /// How many things so far break every group around them.
    breakers: usize,
}

impl<'tree> Layout<'tree> {
    pub(super) fn new(tree: &'tree Tree) -> Self {
        Self {
            tree,
            trivia: Trivia::of(tree),
            breakers: 0,
        }
    }

    /// The file: each document on a line of its own.
    pub(super) fn file(&mut self) -> Vec<Document> {
        let mut documents = Vec::new();
        for child in parts(self.tree.root()) {
            match self.element(child) {
                Ok(laid) => documents.extend(laid),
                Err(Misplaced) => documents.push(Document::Text(self.as_it_is(child).to_owned())),
            }
        }
        separated(collapsed(documents).0, &Document::HardLine)
    }

    /// The source of a child of the file, with the comments that belong to it.
    fn as_it_is(&self, child: Element) -> &'tree str {
        let (first, last) = match child {
            Element::Token(token) => (token, token),
            Element::Node(id) => {
                let mut tokens = Vec::new();
                leaves(self.tree.root().at(id), &mut tokens);
                match (tokens.first(), tokens.last()) {
                    (Some(first), Some(last)) => (*first, *last),
                    _ => return "",
                }
            }
        };
        let start = self.trivia.before(first).first().copied().unwrap_or(first);
        let end = self.trivia.behind(last).last().copied().unwrap_or(last);
        let span = self.tree.token(start).span.cover(self.tree.token(end).span);
        self.tree.slice(span).trim()
    }

    fn element(&mut self, element: Element) -> Laid<Vec<Document>> {
        match element {
            Element::Token(token) => self.token(token),
            Element::Node(id) => self.node(self.tree.root().at(id)),
        }
    }

    fn many(&mut self, elements: &[Element]) -> Laid<Vec<Document>> {
        let mut documents = Vec::new();
        for element in elements {
            documents.extend(self.element(*element)?);
        }
        Ok(documents)
    }

    /// Something that is one document.
    fn single(&mut self, element: Element) -> Laid<Document> {
        let mut documents = self.element(element)?;
        match (documents.pop(), documents.is_empty()) {
            (Some(only), true) => Ok(only),
            _ => Err(Misplaced),
        }
    }

    /// Parts of one line. A comment that takes the rest of it can only stand behind the last.
    fn singles(&mut self, elements: &[Element]) -> Laid<Vec<Document>> {
        let documents: Vec<Document> = elements
            .iter()
            .map(|element| self.single(*element))
            .collect::<Laid<_>>()?;
        match documents.split_last() {
            Some((_, before)) if before.iter().any(Document::has_suffix) => Err(Misplaced),
            _ => Ok(documents),
        }
    }

    fn node(&mut self, node: Node<'tree>) -> Laid<Vec<Document>> {
        let children = parts(node);
        let document = match node.kind() {
            NodeKind::Name
            | NodeKind::BooleanLiteral
            | NodeKind::NullLiteral
            | NodeKind::IntegerLiteral
            | NodeKind::Item
            | NodeKind::Argument
            | NodeKind::ForBody => return self.many(&children),
            NodeKind::TypeItem
            | NodeKind::TypeProperty
            | NodeKind::TypeAdditional
            | NodeKind::TargetScope
            | NodeKind::Metadata
            | NodeKind::Parameter
            | NodeKind::Variable
            | NodeKind::Function
            | NodeKind::Type
            | NodeKind::Resource
            | NodeKind::Module
            | NodeKind::Test
            | NodeKind::Output
            | NodeKind::Assert
            | NodeKind::Import
            | NodeKind::Extension => return self.declaration(node.kind(), &children),
            NodeKind::Using
            | NodeKind::Extends
            | NodeKind::ParameterDefault
            | NodeKind::AsClause
            | NodeKind::FromClause
            | NodeKind::WithClause
            | NodeKind::ImportedSymbol
            | NodeKind::Wildcard
            | NodeKind::Condition
            | NodeKind::TypedParameter => {
                let children = self.without_breaks(&children)?;
                spread(self.singles(&children)?)
            }
            NodeKind::Decorator
            | NodeKind::Spread
            | NodeKind::Unary
            | NodeKind::PropertyAccess
            | NodeKind::ResourceAccess
            | NodeKind::ArrayAccess
            | NodeKind::NonNull
            | NodeKind::Parenthesised
            | NodeKind::TypeName
            | NodeKind::TypeUnary
            | NodeKind::TypeArray
            | NodeKind::TypeNonNull
            | NodeKind::TypeParenthesised
            | NodeKind::TypePropertyAccess
            | NodeKind::TypeAdditionalAccess
            | NodeKind::TypeItemAccess
            | NodeKind::TypeIndexAccess => {
                let children = self.without_breaks(&children)?;
                glue(self.singles(&children)?)
            }
            NodeKind::TypeNullable => self.nullable_type(&children)?,
            NodeKind::Property => self.property(&children)?,
            NodeKind::String => self.string(node, &children)?,
            NodeKind::Binary => self.binary(&children)?,
            NodeKind::Ternary => self.ternary(&children)?,
            NodeKind::TypeUnion => self.union(&children)?,
            NodeKind::Lambda => self.lambda(&children)?,
            NodeKind::TypedLambda => self.typed_lambda(&children)?,
            NodeKind::Call | NodeKind::MethodCall => self.call(&children)?,
            NodeKind::For => self.for_loop(&children)?,
            NodeKind::ForVariables | NodeKind::LambdaParameters => self.variables(&children)?,
            NodeKind::TypeArguments => self.type_arguments(&children)?,
            NodeKind::Object | NodeKind::TypeObject | NodeKind::ImportedSymbols => {
                self.list(&children, " ")?
            }
            NodeKind::Array | NodeKind::TypeTuple => self.list(&children, "")?,
            NodeKind::File | NodeKind::Skipped | NodeKind::Missing => return Err(Misplaced),
        };
        Ok(vec![document])
    }

    /// Decorators, each on a line of its own, and what they decorate.
    fn declaration(&mut self, kind: NodeKind, children: &[Element]) -> Laid<Vec<Document>> {
        let is_leading = |child: &Element| match child {
            Element::Token(token) => self.tree.token(*token).kind == TokenKind::NewLine,
            Element::Node(id) => self.tree.root().at(*id).kind() == NodeKind::Decorator,
        };
        let count = children
            .iter()
            .take_while(|child| is_leading(child))
            .count();
        let (leading, own) = children.split_at(count);
        let mut documents = self.many(leading)?;
        documents.retain(|document| !matches!(document, Document::HardLine));
        documents.push(self.declared(kind, own)?);
        Ok(documents)
    }

    fn declared(&mut self, kind: NodeKind, own: &[Element]) -> Laid<Document> {
        if matches!(kind, NodeKind::Resource | NodeKind::Module)
            && let Some(body) = self.condition_behind_comment(own)
        {
            let (head, tail) = own.split_at(body);
            let mut documents = self.singles(head)?;
            documents.push(self.indented_group(tail, true)?);
            return Ok(spread(documents));
        }
        let own = self.without_breaks(own)?;
        match (kind, own.as_slice()) {
            (NodeKind::TypeProperty | NodeKind::TypeAdditional, [key, colon, value]) => {
                let key = glue(self.singles(&[*key, *colon])?);
                Ok(spread(vec![key, self.single(*value)?]))
            }
            (NodeKind::Function, [keyword, name, lambda]) => {
                let keyword = self.single(*keyword)?;
                let rest = glue(self.singles(&[*name, *lambda])?);
                Ok(spread(vec![keyword, rest]))
            }
            _ => Ok(spread(self.singles(&own)?)),
        }
    }

    /// Where the line breaks before an `if` start, if comments stand between them.
    fn condition_behind_comment(&self, own: &[Element]) -> Option<usize> {
        let is_break = |child: &Element| matches!(child, Element::Token(token) if self.tree.token(*token).kind == TokenKind::NewLine);
        let start = own.iter().position(is_break)?;
        let has_comment = own[start..]
            .iter()
            .any(|child| matches!(child, Element::Token(token) if !self.trivia.before(*token).is_empty()));
        let is_condition = matches!(own.last(), Some(Element::Node(id)) if self.tree.root().at(*id).kind() == NodeKind::Condition);
        (has_comment && is_condition).then_some(start)
    }

    /// The elements that are no line breaks; a break with a comment cannot go.
    fn without_breaks(&self, children: &[Element]) -> Laid<Vec<Element>> {
        let mut kept = Vec::with_capacity(children.len());
        for child in children {
            match child {
                Element::Token(token) if self.tree.token(*token).kind == TokenKind::NewLine => {
                    if !self.trivia.before(*token).is_empty() {
                        return Err(Misplaced);
                    }
                }
                _ => kept.push(*child),
            }
        }
        Ok(kept)
    }

    /// A token with its comments. A comma is nothing: what separates says whether it is needed.
    fn token(&mut self, token: u32) -> Laid<Vec<Document>> {
        let kind = self.tree.token(token).kind;
        let before = self.comments(self.trivia.before(token).to_vec());
        let text = Document::text(self.tree.slice(self.tree.token(token).span));
        match sticks(kind) {
            Sticks::Nowhere if !before.is_empty() => Err(Misplaced),
            Sticks::Nowhere if kind == TokenKind::Comma => Ok(Vec::new()),
            Sticks::Nowhere => Ok(vec![text]),
            Sticks::Before => Ok(match kind {
                TokenKind::Pipe | TokenKind::EndOfFile if before.is_empty() => Vec::new(),
                TokenKind::Pipe | TokenKind::EndOfFile => vec![spread(before)],
                TokenKind::NewLine if before.is_empty() => vec![Document::SoftLine],
                TokenKind::NewLine => {
                    self.breakers += 1;
                    vec![spread(before), Document::SoftLine]
                }
                _ => {
                    let mut parts = before;
                    parts.push(text);
                    vec![spread(parts)]
                }
            }),
            Sticks::Behind => {
                let mut documents = before;
                let behind = self.with_behind(vec![text], token);
                documents.push(behind);
                Ok(documents)
            }
            Sticks::Both => {
                let mut parts = before;
                parts.push(text);
                Ok(vec![self.with_behind(parts, token)])
            }
        }
    }

    fn with_behind(&mut self, mut parts: Vec<Document>, token: u32) -> Document {
        let mut suffix = None;
        for comment in self.trivia.behind(token) {
            let comment = self.tree.token(*comment);
            let text = self.tree.slice(comment.span).trim_end();
            if comment.kind == TokenKind::LineComment {
                self.breakers += 1;
                suffix = Some(Document::Suffix(format!(" {text}")));
            } else {
                parts.push(Document::text(text));
            }
        }
        let document = spread(parts);
        match suffix {
            Some(suffix) => Document::Glue(vec![document, suffix]),
            None => document,
        }
    }

    fn comments(&mut self, comments: Vec<u32>) -> Vec<Document> {
        comments
            .into_iter()
            .map(|comment| {
                let token = self.tree.token(comment);
                if token.kind == TokenKind::LineComment {
                    self.breakers += 1;
                }
                let text = self.tree.slice(token.span).trim_end();
                if token.kind == TokenKind::Directive {
                    return Document::Text(directive(text));
                }
                Document::text(text)
            })
            .collect()
    }
}

/// A directive with one space between its words; a comment behind it stays as it is.
fn directive(text: &str) -> String {
    let (words, comment) = text.split_at(text.find('/').unwrap_or(text.len()));
    let mut words: Vec<&str> = words.split_ascii_whitespace().collect();
    words.extend((!comment.is_empty()).then_some(comment));
    words.join(" ")
}

/// The children of a node that are no trivia.
fn parts(node: Node<'_>) -> Vec<Element> {
    let is_part = |child: &Element| match child {
        Element::Token(token) => !node.tree().token(*token).kind.is_trivia(),
        Element::Node(_) => true,
    };
    node.children().filter(is_part).collect()
}

/// The tokens of a node, trivia aside.
fn leaves(node: Node<'_>, out: &mut Vec<u32>) {
    for child in parts(node) {
        match child {
            Element::Token(token) => out.push(token),
            Element::Node(id) => leaves(node.at(id), out),
        }
    }
}
