//! The typed syntax that semantics and emission work on: owned, without trivia, each piece with its span.

mod lower;
mod lower_expression;
mod lower_type;
mod object;
pub(crate) mod walk;
mod walk_type;

use std::rc::Rc;

use taxiway_diagnostics::Span;

pub(crate) use lower::lower;
pub(crate) use object::{Object, ObjectItem, Property};
pub(crate) use walk_type::type_children;

/// A name and where it stands. Empty where the text has none.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Ident {
    pub(crate) text: Rc<str>,
    pub(crate) span: Span,
}

/// A string: `segments` around `parts`, one more than those.
#[derive(Clone, Debug)]
pub(crate) struct StringLiteral {
    pub(crate) segments: Vec<String>,
    pub(crate) parts: Vec<Expr>,
    pub(crate) span: Span,
    pub(crate) multiline: bool,
}

impl StringLiteral {
    /// The text of a string without interpolation.
    pub(crate) fn plain(&self) -> Option<&str> {
        match self.segments.as_slice() {
            [text] => Some(text),
            _ => None,
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum UnaryOperator {
    Not,
    Minus,
    Plus,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum BinaryOperator {
    Coalesce,
    Or,
    And,
    Equals,
    NotEquals,
    EqualsInsensitive,
    NotEqualsInsensitive,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
    Add,
    Subtract,
    Multiply,
    Divide,
    Modulo,
}

#[derive(Clone, Debug)]
pub(crate) struct Expr {
    pub(crate) span: Span,
    pub(crate) kind: ExprKind,
}

#[derive(Clone, Debug)]
pub(crate) enum ExprKind {
    Null,
    Bool(bool),
    /// As written; a sign is an operator.
    Int(u64),
    String(StringLiteral),
    Name(Ident),
    Object(Object),
    Array(Vec<ArrayItem>),
    Unary(UnaryOperator, Box<Expr>),
    Binary(BinaryOperator, Box<Expr>, Box<Expr>),
    Ternary(Box<Expr>, Box<Expr>, Box<Expr>),
    Property {
        base: Box<Expr>,
        name: Ident,
        safe: bool,
    },
    Index {
        base: Box<Expr>,
        index: Box<Expr>,
        safe: bool,
        from_end: bool,
    },
    /// `base::name`
    Nested {
        base: Box<Expr>,
        name: Ident,
    },
    Call {
        name: Ident,
        arguments: Vec<Expr>,
    },
    Method {
        base: Box<Expr>,
        name: Ident,
        arguments: Vec<Expr>,
    },
    NonNull(Box<Expr>),
    Paren(Box<Expr>),
    Lambda {
        parameters: Vec<Ident>,
        body: Box<Expr>,
    },
    For(Box<For>),
    /// Nothing that can be read; reported by the parser.
    Missing,
}

#[derive(Clone, Debug)]
pub(crate) enum ArrayItem {
    Value(Expr),
    Spread(Expr),
}

#[derive(Clone, Debug)]
pub(crate) struct For {
    pub(crate) item: Ident,
    pub(crate) index: Option<Ident>,
    pub(crate) collection: Expr,
    pub(crate) condition: Option<Expr>,
    pub(crate) body: Expr,
}

#[derive(Clone, Debug)]
pub(crate) struct Decorator {
    /// `description`, `sys.description`, …
    pub(crate) expr: Expr,
}

impl Decorator {
    /// The name after any namespace, and the arguments.
    pub(crate) fn call(&self) -> Option<(&str, &[Expr])> {
        match &self.expr.kind {
            ExprKind::Call { name, arguments } => Some((&name.text, arguments)),
            ExprKind::Method {
                name, arguments, ..
            } => Some((&name.text, arguments)),
            _ => None,
        }
    }
}

pub(crate) type Decorators = Vec<Decorator>;

/// The arguments of the decorator `name`, if it is there.
pub(crate) fn decorator<'a>(decorators: &'a [Decorator], name: &str) -> Option<&'a [Expr]> {
    decorators
        .iter()
        .filter_map(Decorator::call)
        .find(|(found, _)| *found == name)
        .map(|(_, arguments)| arguments)
}

#[derive(Clone, Debug)]
pub(crate) enum Statement {
    TargetScope {
        decorators: Decorators,
        value: Expr,
        span: Span,
    },
    Metadata {
        decorators: Decorators,
        name: Ident,
        value: Expr,
    },
    Parameter(Rc<Parameter>),
    Variable(Rc<Variable>),
    Function(Rc<Function>),
    Type(Rc<TypeDeclaration>),
    Resource(Rc<Resource>),
    Module(Rc<Module>),
    Output(Rc<Output>),
    Assert {
        name: Ident,
        value: Expr,
    },
    Import(Rc<Import>),
    Extension(Extension),
    Using {
        path: Option<StringLiteral>,
        span: Span,
        with: Option<Object>,
    },
    Extends {
        path: StringLiteral,
    },
    /// Of no effect on a template.
    Test(Rc<Module>),
    /// Decorators without a declaration, if any; what else stands there was reported by the parser.
    Dangling(Decorators),
    /// Reported by the parser.
    Ignored,
}

#[derive(Clone, Debug)]
pub(crate) struct Parameter {
    pub(crate) decorators: Decorators,
    pub(crate) name: Ident,
    pub(crate) kind: Option<TypeExpr>,
    pub(crate) default: Option<Expr>,
    pub(crate) span: Span,
}

#[derive(Clone, Debug)]
pub(crate) struct Variable {
    pub(crate) decorators: Decorators,
    pub(crate) name: Ident,
    pub(crate) kind: Option<TypeExpr>,
    pub(crate) value: Expr,
    pub(crate) span: Span,
}

#[derive(Clone, Debug)]
pub(crate) struct Function {
    pub(crate) decorators: Decorators,
    pub(crate) name: Ident,
    pub(crate) parameters: Vec<(Ident, TypeExpr)>,
    pub(crate) output: TypeExpr,
    pub(crate) body: Expr,
    pub(crate) span: Span,
}

#[derive(Clone, Debug)]
pub(crate) struct TypeDeclaration {
    pub(crate) decorators: Decorators,
    pub(crate) name: Ident,
    pub(crate) value: TypeExpr,
    pub(crate) span: Span,
}

/// What a resource or module holds: its conditions and loop taken apart.
#[derive(Clone, Debug)]
pub(crate) struct Body {
    /// The loop, without its body.
    pub(crate) for_loop: Option<ForHead>,
    pub(crate) condition: Option<Expr>,
    pub(crate) object: Option<Object>,
}

#[derive(Clone, Debug)]
pub(crate) struct ForHead {
    pub(crate) span: Span,
    pub(crate) item: Ident,
    pub(crate) index: Option<Ident>,
    pub(crate) collection: Expr,
}

#[derive(Clone, Debug)]
pub(crate) struct Resource {
    pub(crate) decorators: Decorators,
    pub(crate) name: Ident,
    pub(crate) kind: StringLiteral,
    pub(crate) existing: bool,
    pub(crate) body: Body,
    pub(crate) span: Span,
}

#[derive(Clone, Debug)]
pub(crate) struct Module {
    pub(crate) decorators: Decorators,
    pub(crate) name: Ident,
    pub(crate) path: StringLiteral,
    pub(crate) body: Body,
    pub(crate) span: Span,
}

#[derive(Clone, Debug)]
pub(crate) struct Output {
    pub(crate) decorators: Decorators,
    pub(crate) name: Ident,
    pub(crate) kind: TypeExpr,
    pub(crate) value: Expr,
    pub(crate) span: Span,
}

#[derive(Clone, Debug)]
pub(crate) struct Import {
    pub(crate) symbols: ImportedSymbols,
    pub(crate) path: Option<StringLiteral>,
}

#[derive(Clone, Debug)]
pub(crate) enum ImportedSymbols {
    Wildcard(Ident),
    /// Name in the source, and name here.
    List(Vec<(Ident, Ident)>),
}

#[derive(Clone, Debug)]
pub(crate) struct Extension {
    pub(crate) span: Span,
    pub(crate) specification: String,
    pub(crate) config: Option<Object>,
    pub(crate) alias: Option<Ident>,
}

#[derive(Clone, Debug)]
pub(crate) struct TypeExpr {
    pub(crate) span: Span,
    pub(crate) kind: TypeKind,
}

#[derive(Clone, Debug)]
pub(crate) enum TypeKind {
    /// A name, with arguments in `<>`.
    Name(Ident, Vec<TypeExpr>),
    /// `base.name`, with arguments in `<>`.
    Property(Box<TypeExpr>, Ident, Vec<TypeExpr>),
    /// `base.*`
    AdditionalOf(Box<TypeExpr>),
    /// `base[*]`
    ItemOf(Box<TypeExpr>),
    /// `base[0]`
    IndexOf(Box<TypeExpr>, Box<Expr>),
    Array(Box<TypeExpr>),
    Nullable(Box<TypeExpr>),
    NonNull(Box<TypeExpr>),
    Paren(Box<TypeExpr>),
    Union(Vec<TypeExpr>),
    Object {
        members: Vec<TypeMember>,
        additional: Option<Box<AdditionalMember>>,
    },
    Tuple(Vec<(Decorators, TypeExpr)>),
    /// A literal value.
    Literal(Box<Expr>),
    Missing,
}

#[derive(Clone, Debug)]
pub(crate) struct TypeMember {
    pub(crate) decorators: Decorators,
    pub(crate) name: StringLiteral,
    pub(crate) kind: TypeExpr,
}

#[derive(Clone, Debug)]
pub(crate) struct AdditionalMember {
    pub(crate) decorators: Decorators,
    pub(crate) kind: TypeExpr,
}
