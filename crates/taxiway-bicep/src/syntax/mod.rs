//! The lossless syntax tree: every byte of the text is in some token, every token in the tree.
//!
//! Invariants: lexing and parsing never fail; the text of all tokens in order is the text of the file; work is linear in
//! the length of the text; nesting is bounded, so that no input exhausts the stack.

mod condition;
mod declaration;
mod expression;
mod import;
mod kind;
mod lexer;
mod list;
mod literal;
mod object;
mod parser;
mod recovery;
mod string;
mod tree;
mod types;

pub use kind::{NodeKind, TokenKind};
pub use lexer::{Token, lex};
pub(crate) use literal::{StringForm, string_content};
pub use parser::{SyntaxError, parse};
pub use tree::{Element, Node, NodeId, Tree};
