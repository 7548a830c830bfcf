//! The formatter: white space anew, everything else as it was.
//!
//! Invariants: tokens stay in order, but for commas where a line ends anyway; comments and directives stay; what it gives
//! back is left alone when formatted again.

mod spacing;

use crate::syntax::{Element, NodeKind, TokenKind, Tree, parse};
use spacing::Spacing;

/// Formats a `.bicep` or `.bicepparam` file. A file that cannot be parsed comes back as it is.
///
/// ```
/// let text = "param   name string='x'\nvar o={\na:1 ,\n   b : [1,2]\n}";
/// assert_eq!(
///     taxiway_bicep::format(text),
///     "param name string = 'x'\nvar o = {\n  a: 1\n  b: [1, 2]\n}\n"
/// );
/// ```
pub fn format(text: &str) -> String {
    let (tree, errors) = parse(text);
    if !errors.is_empty() {
        return text.to_owned();
    }
    Formatter::new(&tree).run()
}

/// A token that is kept, with the kind of the node it stands in.
#[derive(Clone, Copy)]
struct Piece {
    kind: TokenKind,
    parent: NodeKind,
    index: u32,
}

/// An open bracket.
struct Open {
    /// How far the line that opened it is indented.
    indent: usize,
}

struct Formatter<'tree> {
    tree: &'tree Tree,
    pieces: Vec<Piece>,
    line_break: &'static str,
    out: String,
    open: Vec<Open>,
    line_indent: usize,
    /// Line breaks since the last token.
    breaks: usize,
    continues: bool,
    last: Option<Piece>,
}

fn pieces(tree: &Tree) -> Vec<Piece> {
    let mut pieces = Vec::with_capacity(tree.tokens().len());
    let root = tree.root();
    let mut stack: Vec<(NodeKind, Element)> = root
        .children()
        .rev()
        .map(|child| (root.kind(), child))
        .collect();
    while let Some((parent, element)) = stack.pop() {
        match element {
            Element::Token(index) => {
                let kind = tree.token(index).kind;
                if kind != TokenKind::Whitespace && kind != TokenKind::EndOfFile {
                    pieces.push(Piece {
                        kind,
                        parent,
                        index,
                    });
                }
            }
            Element::Node(id) => {
                let node = root.at(id);
                stack.extend(node.children().rev().map(|child| (node.kind(), child)));
            }
        }
    }
    pieces
}

impl<'tree> Formatter<'tree> {
    fn new(tree: &'tree Tree) -> Self {
        let first_break = tree
            .tokens()
            .iter()
            .find(|token| token.kind == TokenKind::NewLine);
        let is_windows = first_break.is_some_and(|token| tree.slice(token.span) == "\r\n");
        Self {
            tree,
            pieces: pieces(tree),
            line_break: if is_windows { "\r\n" } else { "\n" },
            out: String::with_capacity(tree.text().len()),
            open: Vec::new(),
            line_indent: 0,
            breaks: 0,
            continues: false,
            last: None,
        }
    }

    fn run(mut self) -> String {
        for position in 0..self.pieces.len() {
            let piece = self.pieces[position];
            match piece.kind {
                TokenKind::NewLine => {
                    self.breaks += 1;
                    self.continues = matches!(
                        piece.parent,
                        NodeKind::Ternary | NodeKind::Binary | NodeKind::TypeUnion
                    );
                }
                TokenKind::Comma if self.is_needless(position) => {}
                _ => self.piece(piece),
            }
        }
        if !self.out.is_empty() {
            self.out.push_str(self.line_break);
        }
        self.out
    }

    /// Whether a comma separates nothing, as the line or the list ends behind it.
    fn is_needless(&self, position: usize) -> bool {
        let in_list = matches!(
            self.pieces[position].parent,
            NodeKind::Object | NodeKind::Array | NodeKind::TypeObject | NodeKind::TypeTuple
        );
        let next = self.pieces[position + 1..]
            .iter()
            .find(|piece| !piece.kind.is_trivia());
        in_list
            && next.is_some_and(|next| {
                matches!(
                    next.kind,
                    TokenKind::NewLine | TokenKind::RightBrace | TokenKind::RightSquare
                )
            })
    }

    fn piece(&mut self, piece: Piece) {
        let text = self.tree.slice(self.tree.token(piece.index).span);
        if text == "\u{feff}" {
            return;
        }
        let closes = matches!(
            piece.kind,
            TokenKind::RightBrace | TokenKind::RightSquare | TokenKind::RightParen
        );
        let closed = if closes { self.open.pop() } else { None };
        if self.breaks > 0 && !self.out.is_empty() {
            self.start_line(closes, closed.as_ref());
        } else if let Some(last) = self.last
            && spacing::between(last.kind, last.parent, piece.kind, piece.parent) == Spacing::One
        {
            self.out.push(' ');
        }
        self.out.push_str(text.trim_end_matches([' ', '\t']));
        if matches!(
            piece.kind,
            TokenKind::LeftBrace | TokenKind::LeftSquare | TokenKind::LeftParen
        ) {
            self.open.push(Open {
                indent: self.line_indent,
            });
        }
        self.breaks = 0;
        self.continues = false;
        self.last = Some(piece);
    }

    fn start_line(&mut self, closes: bool, closed: Option<&Open>) {
        let after_opening = self.last.is_some_and(|last| {
            matches!(
                last.kind,
                TokenKind::LeftBrace | TokenKind::LeftSquare | TokenKind::LeftParen
            )
        });
        self.out.push_str(self.line_break);
        if self.breaks > 1 && !after_opening && !closes {
            self.out.push_str(self.line_break);
        }
        self.line_indent = match (closed, self.open.last()) {
            (Some(closed), _) => closed.indent,
            (None, Some(open)) => open.indent + 1,
            (None, None) => 0,
        };
        if self.continues && !closes {
            self.line_indent += 1;
        }
        for _ in 0..self.line_indent {
            self.out.push_str("  ");
        }
    }
}
