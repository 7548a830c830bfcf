//! The types of the language: what a value is, and what a place takes.
//!
//! Types are plain values that refer to no file, so that what a file exports can be used by every other one. Two of them
//! are opened only when they are looked into ([`Type::open`]): parts of Azure's types, and types that hold themselves.

mod assignable;
mod azure;
mod collapse;
mod display;
mod levels;
mod operators;
mod pattern;
mod union;

use std::cell::OnceCell;
use std::rc::{Rc, Weak};

use indexmap::IndexMap;

pub(crate) use assignable::{assignable, assignable_without_null};
pub(crate) use azure::{
    BodyUse, Resource, SCOPE_EXTENSION, SCOPE_MANAGEMENT_GROUP, SCOPE_RESOURCE_GROUP,
    SCOPE_SUBSCRIPTION, SCOPE_TENANT, resource,
};
pub(crate) use collapse::collapse;
pub(crate) use display::scope_names;
pub(crate) use levels::Levels;
pub(crate) use operators::{binary, limits, unary};
pub(crate) use pattern::matches_pattern;
pub(crate) use union::{nullable, union, without_null};

/// What a value is, or what a place takes.
#[derive(Clone, Debug)]
pub(crate) enum Type {
    /// Nothing can be said, because of a mistake that has been reported.
    Error,
    Any,
    /// No value: what a call that always fails gives.
    Never,
    Null,
    Bool(Looseness),
    BoolLiteral(bool),
    Int(Integer),
    IntLiteral(i64),
    String(Text),
    StringLiteral(Rc<str>),
    Array(Rc<Array>),
    Tuple(Rc<[Type]>),
    Object(Rc<Object>),
    Tagged(Rc<Tagged>),
    Union(Rc<[Type]>),
    Lambda(Rc<Lambda>),
    Resource(Rc<ResourceType>),
    Module(Rc<ModuleType>),
    /// What `resourceGroup()` and the like give: a scope, and an object.
    Scope(u8, Rc<Object>),
    /// What `scope:` takes.
    ScopeOf(u8),
    /// What `parent:` of a resource of this type takes.
    ParentOf(Rc<str>),
    /// What stands in `dependsOn`.
    Dependency,
    /// `sys`, `az`, or everything that a file exports.
    Namespace(Rc<Object>),
    /// A part of a type of Azure.
    Azure(usize),
    /// A declared type that holds itself.
    Recursive(Weak<OnceCell<Type>>),
}

/// Whether a value goes where one of some literals is expected, as what it is will be known later: parameters do.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub(crate) enum Looseness {
    #[default]
    Strict,
    Loose,
}

impl Looseness {
    /// As loose as either of the two.
    #[must_use]
    pub(crate) const fn or(self, other: Self) -> Self {
        match self {
            Self::Strict => other,
            Self::Loose => Self::Loose,
        }
    }
}

/// Limits of a number.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub(crate) struct Integer {
    pub(crate) least: Option<i64>,
    pub(crate) greatest: Option<i64>,
    pub(crate) looseness: Looseness,
}

/// Limits of a string.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub(crate) struct Text {
    pub(crate) least: Option<i64>,
    pub(crate) greatest: Option<i64>,
    /// The regular expression that it matches.
    pub(crate) pattern: Option<&'static str>,
    pub(crate) looseness: Looseness,
    pub(crate) is_secret: bool,
}

#[derive(Debug)]
pub(crate) struct Array {
    pub(crate) item: Type,
    pub(crate) least: Option<i64>,
    pub(crate) greatest: Option<i64>,
    /// Whether `array` was written, without a type of its items.
    pub(crate) is_untyped: bool,
    /// Whether what does not fit is only worth a warning.
    pub(crate) is_lenient: bool,
}

/// How strictly an object is checked.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Strictness {
    #[default]
    Strict,
    /// Values that do not fit are worth a warning, unknown members are errors: bodies of resources.
    LenientValues,
    /// What is wrong is worth a warning: parts of Azure's types, as the definitions have gaps.
    Lenient,
}

pub(crate) type Members = IndexMap<Rc<str>, Member>;

#[derive(Debug, Default)]
pub(crate) struct Object {
    pub(crate) name: Rc<str>,
    pub(crate) members: Members,
    /// What other members are.
    pub(crate) additional: Option<Additional>,
    pub(crate) strictness: Strictness,
    pub(crate) is_secret: bool,
}

#[derive(Clone, Debug)]
pub(crate) struct Additional {
    pub(crate) kind: Type,
    pub(crate) flags: Flags,
}

#[derive(Clone, Debug)]
pub(crate) struct Member {
    pub(crate) kind: Type,
    pub(crate) flags: Flags,
}

/// What is special about a member.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Flags(pub(crate) u16);

impl Flags {
    pub(crate) const NONE: Self = Self(0);
    pub(crate) const REQUIRED: Self = Self(1);
    pub(crate) const READ_ONLY: Self = Self(2);
    pub(crate) const WRITE_ONLY: Self = Self(4);
    /// Written out, not computed.
    pub(crate) const CONSTANT: Self = Self(8);
    /// Known when the deployment starts.
    pub(crate) const AT_START: Self = Self(16);
    /// Can be read when the deployment starts.
    pub(crate) const READABLE_AT_START: Self = Self(32);
    pub(crate) const NO_ANY: Self = Self(64);
    /// Differs between the elements of a loop.
    pub(crate) const VARIES: Self = Self(128);
    /// Known to the language itself.
    pub(crate) const SYSTEM: Self = Self(256);
    /// Not in the definition, and allowed.
    pub(crate) const FALLBACK: Self = Self(512);
    /// May be null, which is as if it was not given.
    pub(crate) const OPTIONAL_NULL: Self = Self(1024);
    /// From Azure's definitions: what does not fit is worth a warning.
    pub(crate) const LENIENT: Self = Self(2048);

    pub(crate) const fn has(self, flag: Self) -> bool {
        self.0 & flag.0 != 0
    }

    #[must_use]
    pub(crate) const fn with(self, flag: Self) -> Self {
        Self(self.0 | flag.0)
    }

    #[must_use]
    pub(crate) const fn without(self, flag: Self) -> Self {
        Self(self.0 & !flag.0)
    }
}

/// An object whose other members depend on the value of one.
#[derive(Debug)]
pub(crate) struct Tagged {
    pub(crate) name: Rc<str>,
    pub(crate) key: Rc<str>,
    pub(crate) key_flags: Flags,
    /// By value of that member; each variant is an object.
    pub(crate) variants: IndexMap<Rc<str>, Rc<Object>>,
    pub(crate) strictness: Strictness,
}

#[derive(Debug)]
pub(crate) struct Lambda {
    pub(crate) parameters: Vec<Type>,
    /// How many of them must be taken.
    pub(crate) required: usize,
    pub(crate) result: Type,
}

#[derive(Debug)]
pub(crate) struct ResourceType {
    pub(crate) kind: Rc<str>,
    pub(crate) version: Rc<str>,
    pub(crate) body: Type,
    /// Where it can be deployed, or read if it is there already.
    pub(crate) scopes: u8,
}

#[derive(Debug)]
pub(crate) struct ModuleType {
    pub(crate) body: Rc<Object>,
    pub(crate) scope: u8,
}

impl Type {
    pub(crate) const BOOL: Self = Self::Bool(Looseness::Strict);
    pub(crate) const INT: Self = Self::Int(Integer {
        least: None,
        greatest: None,
        looseness: Looseness::Strict,
    });

    /// A number within limits, which is a literal where they are the same.
    pub(crate) fn integer(least: Option<i64>, greatest: Option<i64>) -> Self {
        Self::limited_integer(Integer {
            least,
            greatest,
            looseness: Looseness::Strict,
        })
    }

    pub(crate) fn limited_integer(limits: Integer) -> Self {
        match limits.least {
            Some(only) if limits.greatest == Some(only) => Self::IntLiteral(only),
            _ => Self::Int(limits),
        }
    }

    pub(crate) fn string() -> Self {
        Self::String(Text::default())
    }

    pub(crate) fn loose_string() -> Self {
        Self::String(Text {
            looseness: Looseness::Loose,
            ..Text::default()
        })
    }

    pub(crate) fn literal(text: &str) -> Self {
        Self::StringLiteral(Rc::from(text))
    }

    /// Any object.
    pub(crate) fn object() -> Self {
        Self::Object(Rc::new(Object {
            name: Rc::from("object"),
            additional: Some(Additional {
                kind: Self::Any,
                flags: Flags::NONE,
            }),
            ..Object::default()
        }))
    }

    /// Any array.
    pub(crate) fn array() -> Self {
        Self::Array(Rc::new(Array {
            item: Self::Any,
            least: None,
            greatest: None,
            is_untyped: true,
            is_lenient: false,
        }))
    }

    pub(crate) fn array_of(item: Self) -> Self {
        Self::Array(Rc::new(Array {
            item,
            least: None,
            greatest: None,
            is_untyped: false,
            is_lenient: false,
        }))
    }

    /// An object with these members, each of them given.
    pub(crate) fn object_of<'n>(
        name: &str,
        members: impl IntoIterator<Item = (&'n str, Self)>,
    ) -> Self {
        Self::Object(Rc::new(Object::of(name, members)))
    }

    pub(crate) const fn is_error(&self) -> bool {
        matches!(self, Self::Error)
    }

    pub(crate) const fn is_any(&self) -> bool {
        matches!(self, Self::Any)
    }

    /// The type with its outermost level at hand.
    pub(crate) fn open(&self) -> Self {
        match self {
            Self::Azure(node) => azure::open(*node),
            Self::Recursive(cell) => cell
                .upgrade()
                .and_then(|cell| cell.get().map(Self::open))
                .unwrap_or(Self::Any),
            other => other.clone(),
        }
    }

    /// What is inside a resource or module.
    pub(crate) fn body(&self) -> Self {
        match self {
            Self::Resource(resource) => resource.body.open(),
            Self::Module(module) => Self::Object(Rc::clone(&module.body)),
            other => other.open(),
        }
    }

    /// Whether every value of it is written out.
    pub(crate) fn is_literal(&self) -> bool {
        self.is_literal_at(0)
    }

    fn is_literal_at(&self, depth: usize) -> bool {
        const MAX_DEPTH: usize = 12;
        match self {
            _ if depth > MAX_DEPTH => true,
            Self::StringLiteral(_) | Self::IntLiteral(_) | Self::BoolLiteral(_) | Self::Null => {
                true
            }
            Self::Tuple(items) => items
                .iter()
                .all(|item| item.open().is_literal_at(depth + 1)),
            Self::Object(object) => {
                let is_closed = object
                    .additional
                    .as_ref()
                    .is_none_or(|additional| additional.flags.has(Flags::FALLBACK));
                is_closed
                    && object.members.values().all(|member| {
                        member.flags.has(Flags::REQUIRED)
                            && member.kind.open().is_literal_at(depth + 1)
                    })
            }
            _ => false,
        }
    }

    /// Whether a value that does not fit here is only worth a warning.
    pub(crate) fn is_lenient(&self) -> bool {
        match self {
            Self::Azure(_) => true,
            Self::Array(array) => array.is_lenient,
            Self::Object(object) => object.strictness != Strictness::Strict,
            Self::Tagged(tagged) => tagged.strictness != Strictness::Strict,
            Self::Union(members) => members.iter().any(Self::is_lenient),
            _ => false,
        }
    }

    /// Whether a member that is not known here is only worth a warning.
    pub(crate) fn has_lenient_members(&self) -> bool {
        match self {
            Self::Object(object) => object.strictness == Strictness::Lenient,
            Self::Tagged(tagged) => tagged.strictness == Strictness::Lenient,
            Self::Union(members) => members
                .iter()
                .any(|member| member.open().has_lenient_members()),
            _ => false,
        }
    }
}

/// The length of a text, as the language counts it.
pub(crate) fn length_of(text: &str) -> i64 {
    i64::try_from(text.encode_utf16().count()).unwrap_or(i64::MAX)
}

impl Object {
    pub(crate) fn of<'n>(name: &str, members: impl IntoIterator<Item = (&'n str, Type)>) -> Self {
        Self {
            name: Rc::from(name),
            members: members
                .into_iter()
                .map(|(name, kind)| {
                    let flags = Flags::NONE;
                    (Rc::from(name), Member { kind, flags })
                })
                .collect(),
            ..Self::default()
        }
    }
}
