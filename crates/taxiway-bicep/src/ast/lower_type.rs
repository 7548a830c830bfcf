//! Tree to typed syntax: types.

use taxiway_diagnostics::Span;

use super::lower::{child, decorators, first_expression, ident, name_of};
use super::{
    AdditionalMember, Expr, ExprKind, StringLiteral, TypeExpr, TypeKind, TypeMember, UnaryOperator,
};
use crate::syntax::{Node, NodeKind, TokenKind};

impl TypeExpr {
    pub(super) fn lower(node: Node<'_>) -> Self {
        Self {
            span: node.span(),
            kind: kind_of(node),
        }
    }

    fn missing(span: Span) -> Self {
        Self {
            span: Span::at(span.end),
            kind: TypeKind::Missing,
        }
    }
}

fn inner(node: Node<'_>) -> Box<TypeExpr> {
    Box::new(last_type(node))
}

/// The last child that is a type.
fn last_type(node: Node<'_>) -> TypeExpr {
    node.nodes()
        .rfind(|child| !matches!(child.kind(), NodeKind::Skipped | NodeKind::Decorator))
        .map_or_else(|| TypeExpr::missing(node.span()), TypeExpr::lower)
}

fn first_type(node: Node<'_>) -> Box<TypeExpr> {
    Box::new(
        node.nodes()
            .next()
            .map_or_else(|| TypeExpr::missing(node.span()), TypeExpr::lower),
    )
}

fn arguments(node: Node<'_>) -> Vec<TypeExpr> {
    child(node, NodeKind::TypeArguments).map_or_else(Vec::new, |arguments| {
        arguments.nodes().map(TypeExpr::lower).collect()
    })
}

fn kind_of(node: Node<'_>) -> TypeKind {
    match node.kind() {
        NodeKind::TypeName => TypeKind::Name(name_of(node), arguments(node)),
        NodeKind::TypePropertyAccess => TypeKind::Property(
            first_type(node),
            node.nodes()
                .skip(1)
                .find(|child| child.kind() == NodeKind::Name)
                .map_or_else(|| name_of(node), ident),
            arguments(node),
        ),
        NodeKind::TypeAdditionalAccess => TypeKind::AdditionalOf(first_type(node)),
        NodeKind::TypeItemAccess => TypeKind::ItemOf(first_type(node)),
        NodeKind::TypeIndexAccess => TypeKind::IndexOf(
            first_type(node),
            Box::new(node.nodes().nth(1).map_or_else(
                || Expr {
                    span: node.span(),
                    kind: ExprKind::Missing,
                },
                Expr::lower,
            )),
        ),
        NodeKind::TypeArray => TypeKind::Array(first_type(node)),
        NodeKind::TypeNullable => TypeKind::Nullable(first_type(node)),
        NodeKind::TypeNonNull => TypeKind::NonNull(first_type(node)),
        NodeKind::TypeParenthesised => TypeKind::Paren(inner(node)),
        NodeKind::TypeUnion => TypeKind::Union(node.nodes().map(TypeExpr::lower).collect()),
        NodeKind::TypeObject => object(node),
        NodeKind::TypeTuple => TypeKind::Tuple(
            node.nodes()
                .filter(|child| child.kind() == NodeKind::TypeItem)
                .map(|item| (decorators(item), last_type(item)))
                .collect(),
        ),
        NodeKind::String
        | NodeKind::IntegerLiteral
        | NodeKind::BooleanLiteral
        | NodeKind::NullLiteral => TypeKind::Literal(Box::new(Expr::lower(node))),
        NodeKind::TypeUnary => unary(node),
        _ => TypeKind::Missing,
    }
}

fn unary(node: Node<'_>) -> TypeKind {
    let operator = if node
        .tokens()
        .any(|token| token.kind == TokenKind::Exclamation)
    {
        UnaryOperator::Not
    } else {
        UnaryOperator::Minus
    };
    let operand = match last_type(node).kind {
        TypeKind::Literal(literal) => *literal,
        _ => first_expression(node),
    };
    TypeKind::Literal(Box::new(Expr {
        span: node.span(),
        kind: ExprKind::Unary(operator, Box::new(operand)),
    }))
}

fn object(node: Node<'_>) -> TypeKind {
    let mut members = Vec::new();
    let mut additional = None;
    for member in node.nodes() {
        match member.kind() {
            NodeKind::TypeProperty => members.push(TypeMember {
                decorators: decorators(member),
                name: StringLiteral::key(
                    member
                        .nodes()
                        .find(|child| matches!(child.kind(), NodeKind::Name | NodeKind::String)),
                    member.span(),
                ),
                kind: last_type(member),
            }),
            NodeKind::TypeAdditional => {
                additional = Some(Box::new(AdditionalMember {
                    decorators: decorators(member),
                    kind: last_type(member),
                }));
            }
            _ => {}
        }
    }
    TypeKind::Object {
        members,
        additional,
    }
}
