//! Tree to typed syntax: expressions.

use taxiway_diagnostics::Span;

use super::lower::{decorators, first_expression, ident, missing, name_of};
use super::{
    ArrayItem, BinaryOperator, Expr, ExprKind, For, Ident, Object, ObjectItem, Property, Resource,
    StringLiteral, UnaryOperator,
};
use crate::syntax::{Node, NodeKind, StringForm, TokenKind, string_content};

impl StringLiteral {
    pub(super) fn lower(node: Node<'_>) -> Self {
        let tokens: Vec<_> = node
            .tokens()
            .filter(|token| {
                matches!(
                    token.kind,
                    TokenKind::StringComplete
                        | TokenKind::StringStart
                        | TokenKind::StringMiddle
                        | TokenKind::StringEnd
                )
            })
            .collect();
        let text = |index: usize| node.tree().slice(tokens[index].span);
        let form = if tokens.is_empty() {
            StringForm::Line
        } else {
            StringForm::of(text(0))
        };
        let last = tokens.len().saturating_sub(1);
        let mut segments: Vec<_> = (0..tokens.len())
            .map(|index| {
                let ends = index == last
                    && !matches!(
                        tokens[index].kind,
                        TokenKind::StringStart | TokenKind::StringMiddle
                    );
                string_content(text(index), form, index == 0, ends)
            })
            .collect();
        let parts: Vec<_> = node
            .nodes()
            .filter(|child| child.kind() != NodeKind::Skipped)
            .map(Expr::lower)
            .collect();
        segments.resize(parts.len() + 1, String::new());
        Self {
            segments,
            parts,
            span: node.span(),
            multiline: form != StringForm::Line,
        }
    }

    /// A key written as a name.
    fn from_name(node: Node<'_>) -> Self {
        Self {
            segments: vec![node.tree().slice(node.span()).to_owned()],
            parts: Vec::new(),
            span: node.span(),
            multiline: false,
        }
    }

    pub(super) fn key(node: Option<Node<'_>>, span: Span) -> Self {
        match node {
            Some(node) if node.kind() == NodeKind::String => Self::lower(node),
            Some(node) if node.kind() == NodeKind::Name => Self::from_name(node),
            _ => Self {
                segments: vec![String::new()],
                parts: Vec::new(),
                span,
                multiline: false,
            },
        }
    }
}

impl Object {
    pub(super) fn lower(node: Node<'_>) -> Self {
        let items = node
            .nodes()
            .filter_map(|child| match child.kind() {
                NodeKind::Property => Some(ObjectItem::Property(Property::lower(child))),
                NodeKind::Spread => Some(ObjectItem::Spread(first_expression(child))),
                NodeKind::Resource => Some(ObjectItem::Resource(std::rc::Rc::new(
                    Resource::lower(child),
                ))),
                _ => None,
            })
            .collect();
        let skipped = || {
            node.nodes()
                .filter(|child| child.kind() == NodeKind::Skipped)
        };
        let is_broken = skipped().next().is_some();
        let dangling = skipped()
            .map(decorators)
            .filter(|decorators| !decorators.is_empty())
            .collect();
        Self::new(items, node.span(), is_broken, dangling)
    }
}

impl Property {
    fn lower(node: Node<'_>) -> Self {
        let mut children = node
            .nodes()
            .filter(|child| child.kind() != NodeKind::Skipped);
        let span = node.span();
        let key = StringLiteral::key(children.next(), span);
        let value = children
            .next()
            .map_or_else(|| missing(Span::at(span.end)), Expr::lower);
        Self { key, value, span }
    }
}

/// What is declared in front of a loop or a lambda.
fn names(node: Node<'_>) -> impl Iterator<Item = Ident> {
    node.nodes()
        .filter(|child| child.kind() == NodeKind::Name)
        .map(ident)
}

/// A loop with its body not lowered yet.
pub(super) struct ForParts<'tree> {
    pub(super) item: Ident,
    pub(super) index: Option<Ident>,
    pub(super) collection: Expr,
    pub(super) body: Option<Node<'tree>>,
}

pub(super) fn for_parts(node: Node<'_>) -> ForParts<'_> {
    let mut variables = Vec::new();
    let mut collection = None;
    let mut body = None;
    for child in node.nodes() {
        match child.kind() {
            NodeKind::ForVariables => variables.extend(names(child)),
            NodeKind::ForBody => {
                body = child
                    .nodes()
                    .find(|child| child.kind() != NodeKind::Skipped)
            }
            NodeKind::Skipped => {}
            _ => collection = Some(Expr::lower(child)),
        }
    }
    let mut variables = variables.into_iter();
    ForParts {
        item: variables.next().unwrap_or_else(|| name_of(node)),
        index: variables.next(),
        collection: collection.unwrap_or_else(|| missing(Span::at(node.span().end))),
        body,
    }
}

fn for_loop(node: Node<'_>) -> For {
    let parts = for_parts(node);
    let span = node.span();
    let (condition, body) = match parts.body {
        Some(body) if body.kind() == NodeKind::Condition => {
            let mut children = body.nodes().map(Expr::lower);
            (children.next(), children.next())
        }
        Some(body) => (None, Some(Expr::lower(body))),
        None => (None, None),
    };
    For {
        item: parts.item,
        index: parts.index,
        collection: parts.collection,
        condition,
        body: body.unwrap_or_else(|| missing(Span::at(span.end))),
    }
}

fn binary_operator(kind: TokenKind) -> Option<BinaryOperator> {
    Some(match kind {
        TokenKind::DoubleQuestion => BinaryOperator::Coalesce,
        TokenKind::LogicalOr => BinaryOperator::Or,
        TokenKind::LogicalAnd => BinaryOperator::And,
        TokenKind::Equals => BinaryOperator::Equals,
        TokenKind::NotEquals => BinaryOperator::NotEquals,
        TokenKind::EqualsInsensitive => BinaryOperator::EqualsInsensitive,
        TokenKind::NotEqualsInsensitive => BinaryOperator::NotEqualsInsensitive,
        TokenKind::Less => BinaryOperator::Less,
        TokenKind::LessOrEqual => BinaryOperator::LessOrEqual,
        TokenKind::Greater => BinaryOperator::Greater,
        TokenKind::GreaterOrEqual => BinaryOperator::GreaterOrEqual,
        TokenKind::Plus => BinaryOperator::Add,
        TokenKind::Minus => BinaryOperator::Subtract,
        TokenKind::Asterisk => BinaryOperator::Multiply,
        TokenKind::Slash => BinaryOperator::Divide,
        TokenKind::Modulo => BinaryOperator::Modulo,
        _ => return None,
    })
}

fn has_token(node: Node<'_>, kind: TokenKind) -> bool {
    node.tokens().any(|token| token.kind == kind)
}

impl Expr {
    pub(super) fn lower(node: Node<'_>) -> Self {
        Self {
            span: node.span(),
            kind: kind_of(node),
        }
    }
}

fn boxed(children: &mut dyn Iterator<Item = Node<'_>>, span: Span) -> Box<Expr> {
    Box::new(
        children
            .next()
            .map_or_else(|| missing(Span::at(span.end)), Expr::lower),
    )
}

fn kind_of(node: Node<'_>) -> ExprKind {
    let span = node.span();
    let text = || node.tree().slice(span);
    let mut children = node
        .nodes()
        .filter(|child| child.kind() != NodeKind::Skipped);
    match node.kind() {
        NodeKind::NullLiteral => ExprKind::Null,
        NodeKind::BooleanLiteral => ExprKind::Bool(text() == "true"),
        NodeKind::IntegerLiteral => ExprKind::Int(text().parse().unwrap_or(u64::MAX)),
        NodeKind::String => ExprKind::String(StringLiteral::lower(node)),
        NodeKind::Name => ExprKind::Name(ident(node)),
        NodeKind::Object => ExprKind::Object(Object::lower(node)),
        NodeKind::Array => ExprKind::Array(array_items(node)),
        NodeKind::Unary => unary(node),
        NodeKind::Binary => {
            let operator = node.tokens().find_map(|token| binary_operator(token.kind));
            let left = boxed(&mut children, span);
            let right = boxed(&mut children, span);
            operator.map_or(ExprKind::Missing, |operator| {
                ExprKind::Binary(operator, left, right)
            })
        }
        NodeKind::Ternary => {
            let condition = boxed(&mut children, span);
            let then = boxed(&mut children, span);
            ExprKind::Ternary(condition, then, boxed(&mut children, span))
        }
        NodeKind::Parenthesised => ExprKind::Paren(boxed(&mut children, span)),
        NodeKind::NonNull => ExprKind::NonNull(boxed(&mut children, span)),
        NodeKind::PropertyAccess => ExprKind::Property {
            base: boxed(&mut children, span),
            name: second_name(node),
            safe: has_token(node, TokenKind::Question),
        },
        NodeKind::ResourceAccess => ExprKind::Nested {
            base: boxed(&mut children, span),
            name: second_name(node),
        },
        NodeKind::ArrayAccess => ExprKind::Index {
            base: boxed(&mut children, span),
            index: boxed(&mut children, span),
            safe: has_token(node, TokenKind::Question),
            from_end: has_token(node, TokenKind::Hat),
        },
        NodeKind::Call => ExprKind::Call {
            name: name_of(node),
            arguments: arguments(node),
        },
        NodeKind::MethodCall => ExprKind::Method {
            base: boxed(&mut children, span),
            name: second_name(node),
            arguments: arguments(node),
        },
        NodeKind::Lambda => {
            let parameters = children
                .next()
                .map_or_else(Vec::new, |node| names(node).collect());
            ExprKind::Lambda {
                parameters,
                body: boxed(&mut children, span),
            }
        }
        NodeKind::For => ExprKind::For(Box::new(for_loop(node))),
        _ => ExprKind::Missing,
    }
}

/// The name after the base of an access.
fn second_name(node: Node<'_>) -> Ident {
    node.nodes()
        .filter(|child| !matches!(child.kind(), NodeKind::Skipped | NodeKind::Argument))
        .nth(1)
        .map_or_else(|| name_of(node), ident)
}

fn arguments(node: Node<'_>) -> Vec<Expr> {
    node.nodes()
        .filter(|child| child.kind() == NodeKind::Argument)
        .map(first_expression)
        .collect()
}

fn array_items(node: Node<'_>) -> Vec<ArrayItem> {
    node.nodes()
        .filter_map(|child| match child.kind() {
            NodeKind::Item => Some(ArrayItem::Value(first_expression(child))),
            NodeKind::Spread => Some(ArrayItem::Spread(first_expression(child))),
            _ => None,
        })
        .collect()
}

fn unary(node: Node<'_>) -> ExprKind {
    let operator = if has_token(node, TokenKind::Exclamation) {
        UnaryOperator::Not
    } else if has_token(node, TokenKind::Minus) {
        UnaryOperator::Minus
    } else {
        UnaryOperator::Plus
    };
    ExprKind::Unary(operator, Box::new(first_expression(node)))
}
