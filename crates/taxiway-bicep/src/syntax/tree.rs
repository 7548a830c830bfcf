//! The tree: nodes in one arena, each with its children in order.

use std::rc::Rc;

use taxiway_diagnostics::Span;

use super::{NodeKind, Token};

/// Names a node of one tree.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct NodeId(pub(super) u32);

/// A child of a node.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Element {
    /// A token, by its index.
    Token(u32),
    /// A node.
    Node(NodeId),
}

/// What the arena holds of a node.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct NodeData {
    pub(super) kind: NodeKind,
    pub(super) span: Span,
    pub(super) children: Vec<Element>,
}

/// The syntax tree of one file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tree {
    pub(super) text: Rc<str>,
    pub(super) tokens: Vec<Token>,
    pub(super) nodes: Vec<NodeData>,
    pub(super) root: NodeId,
}

impl Tree {
    /// The text it was made from.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// All tokens in order; together they are the text.
    pub fn tokens(&self) -> &[Token] {
        &self.tokens
    }

    /// The whole file.
    pub fn root(&self) -> Node<'_> {
        Node {
            tree: self,
            id: self.root,
        }
    }

    /// The token of this index.
    pub fn token(&self, index: u32) -> Token {
        self.tokens[index as usize]
    }

    /// The text of a span.
    pub fn slice(&self, span: Span) -> &str {
        &self.text[span.range()]
    }

    /// The text again, put together from the leaves of the tree.
    pub fn reassemble(&self) -> String {
        let mut out = String::with_capacity(self.text.len());
        let mut stack = vec![Element::Node(self.root)];
        while let Some(element) = stack.pop() {
            match element {
                Element::Token(index) => out.push_str(self.slice(self.token(index).span)),
                Element::Node(id) => {
                    stack.extend(self.nodes[id.0 as usize].children.iter().rev());
                }
            }
        }
        out
    }
}

/// A node together with its tree.
#[derive(Clone, Copy, Debug)]
pub struct Node<'tree> {
    tree: &'tree Tree,
    id: NodeId,
}

impl<'tree> Node<'tree> {
    /// What it is.
    pub fn kind(self) -> NodeKind {
        self.tree.nodes[self.id.0 as usize].kind
    }

    /// The tree it is of.
    pub fn tree(self) -> &'tree Tree {
        self.tree
    }

    /// Its children in order, trivia included.
    pub fn children(self) -> impl DoubleEndedIterator<Item = Element> + 'tree {
        self.tree.nodes[self.id.0 as usize].children.iter().copied()
    }

    /// The child nodes in order.
    pub fn nodes(self) -> impl DoubleEndedIterator<Item = Node<'tree>> + 'tree {
        self.children().filter_map(move |child| match child {
            Element::Node(id) => Some(Node {
                tree: self.tree,
                id,
            }),
            Element::Token(_) => None,
        })
    }

    /// The child tokens in order, without trivia.
    pub fn tokens(self) -> impl DoubleEndedIterator<Item = Token> + 'tree {
        self.children().filter_map(move |child| match child {
            Element::Token(index) => {
                let token = self.tree.token(index);
                (!token.kind.is_trivia()).then_some(token)
            }
            Element::Node(_) => None,
        })
    }

    /// The node of `id` in the same tree.
    pub fn at(self, id: NodeId) -> Node<'tree> {
        Node {
            tree: self.tree,
            id,
        }
    }

    /// From its first to its last token that is not trivia; empty where it has none.
    pub fn span(self) -> Span {
        self.tree.nodes[self.id.0 as usize].span
    }
}
