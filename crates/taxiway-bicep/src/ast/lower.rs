//! Tree to typed syntax: statements.

use std::rc::Rc;

use taxiway_diagnostics::Span;

use super::{
    Body, Decorator, Decorators, Extension, ForHead, Function, Ident, Import, ImportedSymbols,
    Module, Object, Output, Parameter, Resource, Statement, StringLiteral, TypeDeclaration,
    TypeExpr, TypeKind, Variable,
};
use super::{Expr, ExprKind};
use crate::syntax::{Node, NodeKind, TokenKind, Tree};

/// The statements of a file, in order.
pub(crate) fn lower(tree: &Tree) -> Vec<Statement> {
    tree.root().nodes().map(statement).collect()
}

pub(super) fn ident(node: Node<'_>) -> Ident {
    Ident {
        text: Rc::from(node.tree().slice(node.span())),
        span: node.span(),
    }
}

fn no_ident(span: Span) -> Ident {
    Ident {
        text: Rc::from(""),
        span,
    }
}

pub(super) fn child(node: Node<'_>, kind: NodeKind) -> Option<Node<'_>> {
    node.nodes().find(|child| child.kind() == kind)
}

pub(super) fn name_of(node: Node<'_>) -> Ident {
    child(node, NodeKind::Name).map_or_else(|| no_ident(Span::at(node.span().end)), ident)
}

/// The child nodes that are no decorators and no names.
fn operands(node: Node<'_>) -> impl Iterator<Item = Node<'_>> {
    node.nodes().filter(|child| {
        !matches!(
            child.kind(),
            NodeKind::Decorator | NodeKind::Name | NodeKind::Skipped
        )
    })
}

pub(super) fn missing(span: Span) -> Expr {
    Expr {
        span,
        kind: ExprKind::Missing,
    }
}

fn missing_type(span: Span) -> TypeExpr {
    TypeExpr {
        span: Span::at(span.end),
        kind: TypeKind::Missing,
    }
}

pub(super) fn decorators(node: Node<'_>) -> Decorators {
    node.nodes()
        .filter(|child| child.kind() == NodeKind::Decorator)
        .map(|decorator| Decorator {
            expr: first_expression(decorator),
        })
        .collect()
}

/// The first child that is an expression.
pub(super) fn first_expression(node: Node<'_>) -> Expr {
    node.nodes()
        .find(|child| child.kind() != NodeKind::Skipped)
        .map_or_else(|| missing(Span::at(node.span().end)), Expr::lower)
}

fn string_of(node: Node<'_>) -> StringLiteral {
    child(node, NodeKind::String).map_or_else(
        || StringLiteral {
            segments: vec![String::new()],
            parts: Vec::new(),
            span: Span::at(node.span().end),
            multiline: false,
        },
        StringLiteral::lower,
    )
}

/// The value of a declaration that has a type in front of `=` or not.
fn after_equals(node: Node<'_>) -> (Option<TypeExpr>, Expr) {
    let Some(equals) = node
        .tokens()
        .find(|token| token.kind == TokenKind::Assignment)
    else {
        let kind = operands(node).next().map(TypeExpr::lower);
        return (kind, missing(Span::at(node.span().end)));
    };
    let kind = operands(node)
        .find(|child| child.span().end <= equals.span.start)
        .map(TypeExpr::lower);
    let value = operands(node)
        .filter(|child| child.span().start >= equals.span.end)
        .last()
        .or_else(|| {
            child(node, NodeKind::Name).filter(|name| name.span().start > equals.span.start)
        })
        .map_or_else(|| value_name(node, equals.span), Expr::lower);
    (kind, value)
}

/// A value that is just a name, which [`operands`] leaves out.
fn value_name(node: Node<'_>, equals: Span) -> Expr {
    node.nodes()
        .find(|child| child.kind() == NodeKind::Name && child.span().start >= equals.end)
        .map_or_else(|| missing(Span::at(node.span().end)), Expr::lower)
}

fn statement(node: Node<'_>) -> Statement {
    let span = node.span();
    match node.kind() {
        NodeKind::TargetScope => Statement::TargetScope {
            decorators: decorators(node),
            value: after_equals(node).1,
            span,
        },
        NodeKind::Metadata => Statement::Metadata {
            decorators: decorators(node),
            name: name_of(node),
            value: after_equals(node).1,
        },
        NodeKind::Assert => Statement::Assert {
            name: name_of(node),
            value: after_equals(node).1,
        },
        NodeKind::Parameter => Statement::Parameter(Rc::new(parameter(node))),
        NodeKind::Variable => {
            let (kind, value) = after_equals(node);
            Statement::Variable(Rc::new(Variable {
                decorators: decorators(node),
                name: name_of(node),
                kind,
                value,
                span,
            }))
        }
        NodeKind::Function => Statement::Function(Rc::new(function(node))),
        NodeKind::Type => Statement::Type(Rc::new(TypeDeclaration {
            decorators: decorators(node),
            name: name_of(node),
            value: operands(node)
                .next()
                .map_or_else(|| missing_type(span), TypeExpr::lower),
            span,
        })),
        NodeKind::Resource => Statement::Resource(Rc::new(Resource::lower(node))),
        NodeKind::Module => Statement::Module(Rc::new(module(node))),
        NodeKind::Test => Statement::Test(Rc::new(module(node))),
        NodeKind::Skipped => Statement::Dangling(decorators(node)),
        NodeKind::Output => output(node),
        NodeKind::Import => Statement::Import(Rc::new(import(node))),
        NodeKind::Extension => Statement::Extension(extension(node)),
        NodeKind::Using => Statement::Using {
            path: child(node, NodeKind::String).map(StringLiteral::lower),
            span,
            with: child(node, NodeKind::WithClause)
                .and_then(|with| child(with, NodeKind::Object).map(Object::lower)),
        },
        NodeKind::Extends => Statement::Extends {
            path: string_of(node),
        },
        _ => Statement::Ignored,
    }
}

fn module(node: Node<'_>) -> Module {
    Module {
        decorators: decorators(node),
        name: name_of(node),
        path: string_of(node),
        body: Body::lower(node),
        span: node.span(),
    }
}

fn parameter(node: Node<'_>) -> Parameter {
    Parameter {
        decorators: decorators(node),
        name: name_of(node),
        kind: operands(node)
            .find(|child| child.kind() != NodeKind::ParameterDefault)
            .map(TypeExpr::lower),
        default: child(node, NodeKind::ParameterDefault).map(first_expression),
        span: node.span(),
    }
}

fn output(node: Node<'_>) -> Statement {
    let (kind, value) = after_equals(node);
    let span = node.span();
    Statement::Output(Rc::new(Output {
        decorators: decorators(node),
        name: name_of(node),
        kind: kind.unwrap_or_else(|| missing_type(name_of(node).span)),
        value,
        span,
    }))
}

fn function(node: Node<'_>) -> Function {
    let span = node.span();
    let lambda = child(node, NodeKind::TypedLambda);
    let parameters = lambda.map_or_else(Vec::new, |lambda| {
        lambda
            .nodes()
            .filter(|child| child.kind() == NodeKind::TypedParameter)
            .map(|parameter| {
                let kind = operands(parameter).next();
                (
                    name_of(parameter),
                    kind.map_or_else(|| missing_type(parameter.span()), TypeExpr::lower),
                )
            })
            .collect()
    });
    let arrow = lambda.and_then(|lambda| {
        lambda
            .tokens()
            .find(|token| token.kind == TokenKind::Arrow)
            .map(|token| token.span)
    });
    let rest = || {
        lambda
            .into_iter()
            .flat_map(Node::nodes)
            .filter(|child| !matches!(child.kind(), NodeKind::TypedParameter | NodeKind::Skipped))
    };
    let output = rest()
        .find(|child| arrow.is_none_or(|arrow| child.span().end <= arrow.start))
        .map_or_else(|| missing_type(span), TypeExpr::lower);
    let body = rest()
        .find(|child| arrow.is_some_and(|arrow| child.span().start >= arrow.end))
        .map_or_else(|| missing(Span::at(span.end)), Expr::lower);
    Function {
        decorators: decorators(node),
        name: name_of(node),
        parameters,
        output,
        body,
        span,
    }
}

fn import(node: Node<'_>) -> Import {
    let wildcard = child(node, NodeKind::Wildcard);
    let symbols = match wildcard {
        Some(wildcard) => ImportedSymbols::Wildcard(
            child(wildcard, NodeKind::AsClause).map_or_else(|| no_ident(node.span()), name_of),
        ),
        None => ImportedSymbols::List(child(node, NodeKind::ImportedSymbols).map_or_else(
            Vec::new,
            |symbols| {
                symbols
                    .nodes()
                    .filter(|child| child.kind() == NodeKind::ImportedSymbol)
                    .map(imported_symbol)
                    .collect()
            },
        )),
    };
    Import {
        symbols,
        path: child(node, NodeKind::FromClause)
            .and_then(|from| child(from, NodeKind::String))
            .map(StringLiteral::lower),
    }
}

fn imported_symbol(node: Node<'_>) -> (Ident, Ident) {
    let original = match child(node, NodeKind::String) {
        Some(string) => {
            let literal = StringLiteral::lower(string);
            Ident {
                text: Rc::from(literal.plain().unwrap_or("")),
                span: literal.span,
            }
        }
        None => name_of(node),
    };
    let alias = child(node, NodeKind::AsClause).map(name_of);
    let local = alias.unwrap_or_else(|| original.clone());
    (original, local)
}

fn extension(node: Node<'_>) -> Extension {
    let specification = child(node, NodeKind::String).map_or_else(
        || name_of(node).text.to_string(),
        |string| {
            StringLiteral::lower(string)
                .plain()
                .unwrap_or("")
                .to_owned()
        },
    );
    Extension {
        span: node.span(),
        specification,
        config: child(node, NodeKind::WithClause)
            .and_then(|with| child(with, NodeKind::Object))
            .map(Object::lower),
        alias: child(node, NodeKind::AsClause).map(name_of),
    }
}

impl Resource {
    pub(super) fn lower(node: Node<'_>) -> Self {
        let existing = node.tokens().any(|token| {
            token.kind == TokenKind::Identifier && node.tree().slice(token.span) == "existing"
        });
        Self {
            decorators: decorators(node),
            name: name_of(node),
            kind: string_of(node),
            existing,
            body: Body::lower(node),
            span: node.span(),
        }
    }
}

impl Body {
    fn lower(node: Node<'_>) -> Self {
        let mut body = node.nodes().filter(|child| {
            matches!(
                child.kind(),
                NodeKind::Object | NodeKind::Condition | NodeKind::For
            )
        });
        let mut result = Self {
            for_loop: None,
            condition: None,
            object: None,
        };
        if let Some(body) = body.next_back() {
            result.take(body);
        }
        result
    }

    fn take(&mut self, node: Node<'_>) {
        match node.kind() {
            NodeKind::Object => self.object = Some(Object::lower(node)),
            NodeKind::Condition => {
                self.condition = node.nodes().next().map(Expr::lower);
                self.object = child(node, NodeKind::Object).map(Object::lower);
            }
            NodeKind::For => {
                let expressions = super::lower_expression::for_parts(node);
                self.for_loop = Some(ForHead {
                    span: node.span(),
                    item: expressions.item,
                    index: expressions.index,
                    collection: expressions.collection,
                });
                if let Some(body) = expressions.body {
                    self.take(body);
                }
            }
            _ => {}
        }
    }
}
