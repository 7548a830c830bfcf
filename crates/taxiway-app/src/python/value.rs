//! Values of the evaluator.

use std::collections::BTreeSet;
use std::rc::Rc;

use indexmap::IndexMap;
use ruff_python_ast::{Expr, ExprLambda, StmtFunctionDef};

use super::Spot;

/// Stands for the part of a text that is not known.
pub(crate) const HOLE: char = '\u{fffc}';

/// Where the repository seems to lie, for `__file__` and what is made of it.
pub(crate) const ROOT: &str = "/\u{fffc}repository";

/// More alternatives than this become unknown.
const MOST_ALTERNATIVES: usize = 8;

/// The names of environment variables.
pub(crate) type Names = Rc<BTreeSet<Rc<str>>>;

/// A value, as far as it is known.
#[derive(Clone, Debug)]
pub(crate) enum Value<'a> {
    /// Not known. It may depend on variables, and part of its text may be known, with [`HOLE`] for the rest.
    Unknown {
        names: Names,
        text: Option<Rc<str>>,
    },
    None,
    Bool(bool),
    Int(i64),
    Float(f64),
    Text(Rc<str>),
    /// A `pathlib.Path`.
    Path(Rc<str>),
    List(Rc<Vec<Value<'a>>>),
    Dict(Rc<Vec<(Value<'a>, Value<'a>)>>),
    /// One of several, by the environment.
    Choice(Rc<Choice<'a>>),
    /// An item of a list, or a value of a dictionary, that may not be there.
    Maybe(Rc<Value<'a>>),
    /// A module of the project.
    Module(usize),
    /// Something outside of the project, by its dotted name.
    External(Rc<str>),
    Function(Function<'a>),
    Class(Rc<Class<'a>>),
    Instance(Rc<Instance<'a>>),
    /// A method with its receiver.
    Method(Rc<(Value<'a>, Rc<str>)>),
}

impl PartialEq for Value<'_> {
    /// What is shared is the same: most values that are compared have not changed since they were copied.
    fn eq(&self, other: &Self) -> bool {
        fn same<T: PartialEq + ?Sized>(left: &Rc<T>, right: &Rc<T>) -> bool {
            Rc::ptr_eq(left, right) || left == right
        }
        match (self, other) {
            (
                Self::Unknown { names, text },
                Self::Unknown {
                    names: other_names,
                    text: other_text,
                },
            ) => same(names, other_names) && text == other_text,
            (Self::None, Self::None) => true,
            (Self::Bool(left), Self::Bool(right)) => left == right,
            (Self::Int(left), Self::Int(right)) => left == right,
            (Self::Float(left), Self::Float(right)) => left == right,
            (Self::Text(left), Self::Text(right))
            | (Self::Path(left), Self::Path(right))
            | (Self::External(left), Self::External(right)) => same(left, right),
            (Self::List(left), Self::List(right)) => same(left, right),
            (Self::Dict(left), Self::Dict(right)) => same(left, right),
            (Self::Choice(left), Self::Choice(right)) => same(left, right),
            (Self::Maybe(left), Self::Maybe(right)) => same(left, right),
            (Self::Module(left), Self::Module(right)) => left == right,
            (Self::Function(left), Self::Function(right)) => left == right,
            (Self::Class(left), Self::Class(right)) => same(left, right),
            (Self::Instance(left), Self::Instance(right)) => same(left, right),
            (Self::Method(left), Self::Method(right)) => same(left, right),
            _ => false,
        }
    }
}

/// What a value is by the environment.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Choice<'a> {
    /// With an empty environment; `None` where that fails or is not known.
    pub(crate) default: Option<Value<'a>>,
    /// What else it can be.
    pub(crate) others: Vec<Value<'a>>,
    /// The variables that decide, besides those in the values themselves.
    pub(crate) deciders: Names,
}

/// A function of the project.
#[derive(Clone, Debug)]
pub(crate) struct Function<'a> {
    pub(crate) module: usize,
    pub(crate) code: Code<'a>,
    /// Variables of the functions around it.
    pub(crate) outer: Rc<Scope<'a>>,
}

#[derive(Clone, Copy, Debug)]
pub(crate) enum Code<'a> {
    Definition(&'a StmtFunctionDef),
    Lambda(&'a ExprLambda),
}

impl PartialEq for Function<'_> {
    fn eq(&self, other: &Self) -> bool {
        match (self.code, other.code) {
            (Code::Definition(left), Code::Definition(right)) => std::ptr::eq(left, right),
            (Code::Lambda(left), Code::Lambda(right)) => std::ptr::eq(left, right),
            (Code::Definition(_), Code::Lambda(_)) | (Code::Lambda(_), Code::Definition(_)) => {
                false
            }
        }
    }
}

/// A class of the project.
#[derive(Clone, Debug)]
pub(crate) struct Class<'a> {
    pub(crate) name: Rc<str>,
    pub(crate) bases: Vec<Value<'a>>,
    pub(crate) attributes: Scope<'a>,
    pub(crate) fields: Vec<Field<'a>>,
}

impl PartialEq for Class<'_> {
    fn eq(&self, other: &Self) -> bool {
        std::ptr::eq(self, other)
    }
}

/// An annotated attribute of a class.
#[derive(Clone, Debug)]
pub(crate) struct Field<'a> {
    pub(crate) name: Rc<str>,
    pub(crate) annotation: &'a Expr,
    pub(crate) default: Option<Value<'a>>,
    pub(crate) spot: Spot,
}

/// An object: of a class of the project, or of one outside of it by its dotted name.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Instance<'a> {
    pub(crate) class: Value<'a>,
    pub(crate) attributes: Scope<'a>,
}

/// Variables by name, in the order of their first assignment.
pub(crate) type Scope<'a> = IndexMap<Rc<str>, Binding<'a>>;

/// A variable.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Binding<'a> {
    pub(crate) value: Value<'a>,
    /// Where it was assigned or changed.
    pub(crate) spots: Vec<Spot>,
}

impl<'a> Value<'a> {
    pub(crate) fn unknown() -> Self {
        Self::Unknown {
            names: Names::default(),
            text: None,
        }
    }

    /// What someone sets a variable to.
    pub(crate) fn from_environment(name: &Rc<str>) -> Self {
        Self::Unknown {
            names: Rc::new(BTreeSet::from([name.clone()])),
            text: Some(HOLE.to_string().into()),
        }
    }

    /// Unknown, and made from these values.
    pub(crate) fn made_from<'v>(values: impl IntoIterator<Item = &'v Self>) -> Self
    where
        'a: 'v,
    {
        let mut names = BTreeSet::new();
        for value in values {
            value.add_names(&mut names);
        }
        Self::Unknown {
            names: Rc::new(names),
            text: None,
        }
    }

    pub(crate) fn text(text: &str) -> Self {
        Self::Text(text.into())
    }

    pub(crate) fn list(items: Vec<Self>) -> Self {
        Self::List(Rc::new(items))
    }

    pub(crate) fn dict(items: Vec<(Self, Self)>) -> Self {
        Self::Dict(Rc::new(items))
    }

    /// `default` with an empty environment, or one of `others`.
    pub(crate) fn choice(default: Option<Self>, others: Vec<Self>) -> Self {
        Self::decided(default, others, &Names::default())
    }

    /// The same, where these variables decide.
    pub(crate) fn decided(default: Option<Self>, others: Vec<Self>, deciders: &Names) -> Self {
        let mut deciders = deciders.clone();
        for value in default.iter().chain(&others) {
            if let Self::Choice(inner) = value
                && !inner.deciders.is_empty()
            {
                let all = deciders.union(&inner.deciders).cloned().collect();
                deciders = Rc::new(all);
            }
        }

        let mut flat: Vec<Self> = Vec::new();
        let mut push = |value: Self| {
            if default.as_ref() != Some(&value) && !flat.contains(&value) {
                flat.push(value);
            }
        };
        for other in others {
            match other {
                Self::Choice(inner) => {
                    inner.default.iter().cloned().for_each(&mut push);
                    inner.others.iter().cloned().for_each(&mut push);
                }
                value => push(value),
            }
        }
        if flat.len() > MOST_ALTERNATIVES {
            let rest = flat.split_off(MOST_ALTERNATIVES);
            flat.push(Self::made_from(&rest));
        }
        match default {
            Some(Self::Choice(inner)) => {
                let mut others = inner.others.clone();
                others.extend(flat);
                match &inner.default {
                    Some(Self::Choice(_)) | None if others.len() <= MOST_ALTERNATIVES => {
                        Self::Choice(Rc::new(Choice {
                            default: inner.default.clone(),
                            others,
                            deciders,
                        }))
                    }
                    default => Self::decided(default.clone(), others, &deciders),
                }
            }
            Some(default) if flat.is_empty() => default,
            None if flat.len() == 1 => flat.remove(0),
            default => Self::Choice(Rc::new(Choice {
                default,
                others: flat,
                deciders,
            })),
        }
    }

    /// The value with an empty environment, if there is one and it is known to be.
    pub(crate) fn default(&self) -> Option<&Self> {
        match self {
            Self::Choice(choice) => choice.default.as_ref(),
            value => Some(value),
        }
    }

    /// Everything it can be, the default first.
    pub(crate) fn alternatives(&self) -> Vec<&Self> {
        match self {
            Self::Choice(choice) => choice.default.iter().chain(&choice.others).collect(),
            Self::Maybe(inner) => inner.alternatives(),
            value => vec![value],
        }
    }

    /// Applies `change` to everything it can be.
    pub(crate) fn map(&self, mut change: impl FnMut(&Self) -> Self) -> Self {
        match self {
            Self::Choice(choice) => Self::decided(
                choice.default.as_ref().map(&mut change),
                choice.others.iter().map(&mut change).collect(),
                &choice.deciders,
            ),
            Self::Maybe(inner) => Self::Maybe(Rc::new(inner.map(change))),
            value => change(value),
        }
    }

    /// Applies `combine` to all pairs of what both can be.
    pub(crate) fn zip(
        left: &Self,
        right: &Self,
        mut combine: impl FnMut(&Self, &Self) -> Self,
    ) -> Self {
        if !matches!(left, Self::Choice(_)) && !matches!(right, Self::Choice(_)) {
            return combine(left, right);
        }
        let default = match (left.default(), right.default()) {
            (Some(left), Some(right)) => Some(combine(left, right)),
            _ => None,
        };
        let mut others = Vec::new();
        for one in left.alternatives() {
            for other in right.alternatives() {
                others.push(combine(one, other));
            }
        }
        Self::choice(default, others)
    }

    /// Whether Python would take it for true; `None` where that is not known.
    pub(crate) fn truth(&self) -> Option<bool> {
        Some(match self {
            Self::Unknown { names: _, text } => {
                // A text with a known part is not empty.
                text.as_ref()
                    .filter(|text| text.chars().any(|character| character != HOLE))
                    .map(|_| true)?
            }
            Self::None => false,
            Self::Bool(value) => *value,
            Self::Int(value) => *value != 0,
            Self::Float(value) => *value != 0.0,
            Self::Text(text) => !text.is_empty(),
            Self::List(items) => {
                if items.is_empty() {
                    return Some(false);
                }
                if items.iter().all(|item| matches!(item, Self::Maybe(_))) {
                    return None;
                }
                true
            }
            Self::Dict(items) => !items.is_empty(),
            Self::Choice(choice) => {
                let mut truths = choice.default.iter().chain(&choice.others).map(Self::truth);
                let first = truths.next()??;
                if truths.all(|truth| truth == Some(first)) {
                    return Some(first);
                }
                return None;
            }
            Self::Maybe(_) => return None,
            Self::Path(_)
            | Self::Module(_)
            | Self::External(_)
            | Self::Function(_)
            | Self::Class(_)
            | Self::Method(_) => true,
            Self::Instance(instance) => match &instance.class {
                Self::External(_) => return None,
                _ => true,
            },
        })
    }

    /// The text, where it is known in full.
    pub(crate) fn as_text(&self) -> Option<&str> {
        match self {
            Self::Text(text) | Self::Path(text) => Some(text),
            _ => None,
        }
    }

    /// The text with [`HOLE`] for what is not known.
    pub(crate) fn pattern(&self) -> Option<Rc<str>> {
        match self {
            Self::Text(text) | Self::Path(text) => Some(text.clone()),
            Self::Unknown {
                text: Some(text), ..
            } => Some(text.clone()),
            Self::Int(number) => Some(number.to_string().into()),
            Self::Bool(true) => Some("True".into()),
            Self::Bool(false) => Some("False".into()),
            Self::None => Some("None".into()),
            _ => None,
        }
    }

    /// The items of a list, with those that may not be there.
    pub(crate) fn items(&self) -> &[Self] {
        match self {
            Self::List(items) => items,
            _ => &[],
        }
    }

    /// The value under a key of a dictionary.
    pub(crate) fn get(&self, key: &str) -> Option<&Self> {
        match self {
            Self::Dict(items) => items
                .iter()
                .rev()
                .find(|(name, _)| name.as_text() == Some(key))
                .map(|(_, value)| value),
            _ => None,
        }
    }

    /// The environment variables that decide which of several values it is.
    pub(crate) fn deciders(&self) -> BTreeSet<Rc<str>> {
        fn collect(value: &Value<'_>, found: &mut BTreeSet<Rc<str>>) {
            match value {
                Value::Choice(choice) => {
                    found.extend(choice.deciders.iter().cloned());
                    for value in choice.default.iter().chain(&choice.others) {
                        collect(value, found);
                    }
                }
                Value::Maybe(value) => collect(value, found),
                Value::List(items) => items.iter().for_each(|item| collect(item, found)),
                Value::Dict(items) => items.iter().for_each(|(_, item)| collect(item, found)),
                _ => {}
            }
        }
        let mut found = BTreeSet::new();
        collect(self, &mut found);
        found
    }

    /// The environment variables it may depend on.
    pub(crate) fn names(&self) -> BTreeSet<Rc<str>> {
        let mut names = BTreeSet::new();
        self.add_names(&mut names);
        names
    }

    fn add_names(&self, names: &mut BTreeSet<Rc<str>>) {
        match self {
            Self::Unknown { names: own, .. } => names.extend(own.iter().cloned()),
            Self::List(items) => items.iter().for_each(|item| item.add_names(names)),
            Self::Dict(items) => {
                for (key, value) in items.iter() {
                    key.add_names(names);
                    value.add_names(names);
                }
            }
            Self::Choice(choice) => choice
                .default
                .iter()
                .chain(&choice.others)
                .for_each(|value| value.add_names(names)),
            Self::Maybe(value) => value.add_names(names),
            Self::None
            | Self::Bool(_)
            | Self::Int(_)
            | Self::Float(_)
            | Self::Text(_)
            | Self::Path(_)
            | Self::Module(_)
            | Self::External(_)
            | Self::Function(_)
            | Self::Class(_)
            | Self::Instance(_)
            | Self::Method(_) => {}
        }
    }
}
