//! Where a space belongs between two tokens of a line.

use crate::syntax::{NodeKind, TokenKind};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Spacing {
    None,
    One,
}

/// What belongs between a token and the next, each given with the node it stands in.
pub(super) fn between(
    left: TokenKind,
    left_parent: NodeKind,
    right: TokenKind,
    right_parent: NodeKind,
) -> Spacing {
    let is_comment = |kind: TokenKind| kind.is_trivia();
    if is_comment(left) || is_comment(right) {
        return Spacing::One;
    }
    if binds_to_next(left, left_parent) || binds_to_previous(right, right_parent) {
        return Spacing::None;
    }
    match (left, right) {
        (TokenKind::LeftBrace, TokenKind::RightBrace) => Spacing::None,
        _ => Spacing::One,
    }
}

/// Whether nothing comes between the token and what follows it.
fn binds_to_next(kind: TokenKind, parent: NodeKind) -> bool {
    match kind {
        TokenKind::At
        | TokenKind::Dot
        | TokenKind::Ellipsis
        | TokenKind::DoubleColon
        | TokenKind::Hat
        | TokenKind::LeftParen
        | TokenKind::LeftSquare
        | TokenKind::StringStart
        | TokenKind::StringMiddle => true,
        TokenKind::Question => {
            matches!(
                parent,
                NodeKind::PropertyAccess | NodeKind::MethodCall | NodeKind::ArrayAccess
            )
        }
        TokenKind::Exclamation | TokenKind::Minus | TokenKind::Plus => {
            matches!(parent, NodeKind::Unary | NodeKind::TypeUnary)
        }
        TokenKind::Less => parent == NodeKind::TypeArguments,
        _ => false,
    }
}

/// Whether nothing comes between the token and what stands before it.
fn binds_to_previous(kind: TokenKind, parent: NodeKind) -> bool {
    match kind {
        TokenKind::Comma
        | TokenKind::Dot
        | TokenKind::DoubleColon
        | TokenKind::RightParen
        | TokenKind::RightSquare
        | TokenKind::StringMiddle
        | TokenKind::StringEnd => true,
        TokenKind::Colon => parent != NodeKind::Ternary,
        TokenKind::LeftParen => matches!(
            parent,
            NodeKind::Call | NodeKind::MethodCall | NodeKind::TypedLambda
        ),
        TokenKind::LeftSquare => matches!(
            parent,
            NodeKind::ArrayAccess
                | NodeKind::TypeArray
                | NodeKind::TypeItemAccess
                | NodeKind::TypeIndexAccess
        ),
        TokenKind::Question => matches!(
            parent,
            NodeKind::TypeNullable
                | NodeKind::PropertyAccess
                | NodeKind::MethodCall
                | NodeKind::ArrayAccess
        ),
        TokenKind::Exclamation => matches!(parent, NodeKind::NonNull | NodeKind::TypeNonNull),
        TokenKind::Less | TokenKind::Greater => parent == NodeKind::TypeArguments,
        _ => false,
    }
}
