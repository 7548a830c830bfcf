//! The declarations of a generated file.

use super::{Object, Value};

/// A type in a declaration.
#[derive(Clone, Debug, PartialEq)]
pub enum Type {
    /// `string`
    String,
    /// `int`
    Int,
    /// `bool`
    Bool,
    /// `object`
    Object,
    /// `array`
    Array,
    /// The name of a `type` declaration.
    Named(String),
    /// `'a' | 'b'`
    Union(Vec<String>),
    /// `T?`
    Nullable(Box<Type>),
    /// `T[]`
    ArrayOf(Box<Type>),
}

/// `@name(arguments)` above a declaration.
#[derive(Clone, Debug, PartialEq)]
pub struct Decorator {
    pub(super) name: String,
    pub(super) arguments: Vec<Value>,
}

impl Decorator {
    /// `@name(arguments)`
    pub fn new(name: impl Into<String>, arguments: impl IntoIterator<Item = Value>) -> Self {
        Self {
            name: name.into(),
            arguments: arguments.into_iter().collect(),
        }
    }
}

macro_rules! decorated {
    ($type:ident) => {
        impl $type {
            /// Adds a decorator below those it has.
            #[must_use]
            pub fn decorate(mut self, decorator: Decorator) -> Self {
                self.decorators.push(decorator);
                self
            }

            /// `@description('…')`
            #[must_use]
            pub fn description(self, description: impl Into<String>) -> Self {
                self.decorate(Decorator::new(
                    "description",
                    [Value::from(description.into())],
                ))
            }
        }
    };
}

macro_rules! with_body {
    ($type:ident) => {
        impl $type {
            /// An object, or a [`For`](super::For) whose body is an object.
            #[must_use]
            pub fn body(mut self, body: impl Into<Value>) -> Self {
                self.body.value = Some(body.into());
                self
            }

            /// Only if `condition` holds.
            #[must_use]
            pub fn condition(mut self, condition: impl Into<Value>) -> Self {
                self.body.condition = Some(condition.into());
                self
            }
        }
    };
}

/// `param name type = default`
#[derive(Clone, Debug, PartialEq)]
pub struct Parameter {
    pub(super) decorators: Vec<Decorator>,
    pub(super) name: String,
    pub(super) kind: Type,
    pub(super) default: Option<Value>,
}

decorated!(Parameter);

impl Parameter {
    /// A parameter that must be given.
    pub fn new(name: impl Into<String>, kind: Type) -> Self {
        Self {
            decorators: Vec::new(),
            name: name.into(),
            kind,
            default: None,
        }
    }

    /// `@secure()`
    #[must_use]
    pub fn secure(self) -> Self {
        self.decorate(Decorator::new("secure", []))
    }

    /// `@allowed([…])`
    #[must_use]
    pub fn allowed<V: Into<Value>>(self, values: impl IntoIterator<Item = V>) -> Self {
        let values = Value::Array(values.into_iter().map(Into::into).collect());
        self.decorate(Decorator::new("allowed", [values]))
    }

    /// `@minLength(…)` and `@maxLength(…)`
    #[must_use]
    pub fn length(self, least: u32, most: u32) -> Self {
        self.decorate(Decorator::new("minLength", [least.into()]))
            .decorate(Decorator::new("maxLength", [most.into()]))
    }

    /// `@minValue(…)` and `@maxValue(…)`
    #[must_use]
    pub fn range(self, least: i64, most: i64) -> Self {
        self.decorate(Decorator::new("minValue", [least.into()]))
            .decorate(Decorator::new("maxValue", [most.into()]))
    }

    /// What it is when not given.
    #[must_use]
    pub fn default(mut self, value: impl Into<Value>) -> Self {
        self.default = Some(value.into());
        self
    }
}

/// `var name = value`
#[derive(Clone, Debug, PartialEq)]
pub struct Variable {
    pub(super) decorators: Vec<Decorator>,
    pub(super) name: String,
    pub(super) value: Value,
}

decorated!(Variable);

impl Variable {
    /// A variable.
    pub fn new(name: impl Into<String>, value: impl Into<Value>) -> Self {
        Self {
            decorators: Vec::new(),
            name: name.into(),
            value: value.into(),
        }
    }
}

/// `type name = …`: an object type with its members in order.
#[derive(Clone, Debug, PartialEq)]
pub struct UserType {
    pub(super) decorators: Vec<Decorator>,
    pub(super) name: String,
    pub(super) members: Vec<(String, Type)>,
}

decorated!(UserType);

impl UserType {
    /// An object type without members yet.
    pub fn new(name: impl Into<String>) -> Self {
        Self {
            decorators: Vec::new(),
            name: name.into(),
            members: Vec::new(),
        }
    }

    /// Adds a member.
    #[must_use]
    pub fn member(mut self, name: impl Into<String>, kind: Type) -> Self {
        self.members.push((name.into(), kind));
        self
    }
}

/// What a resource or module is made of: `{…}`, `if (…) {…}` or `[for …]`.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Body {
    pub(super) value: Option<Value>,
    pub(super) condition: Option<Value>,
}

/// `resource symbol 'type@version' = {…}`
#[derive(Clone, Debug, PartialEq)]
pub struct Resource {
    pub(super) decorators: Vec<Decorator>,
    pub(super) symbol: String,
    pub(super) kind: String,
    pub(super) existing: bool,
    pub(super) body: Body,
}

decorated!(Resource);
with_body!(Resource);

impl Resource {
    /// A resource of `kind`, written `Namespace/type@version`.
    pub fn new(symbol: impl Into<String>, kind: impl Into<String>) -> Self {
        Self {
            decorators: Vec::new(),
            symbol: symbol.into(),
            kind: kind.into(),
            existing: false,
            body: Body::default(),
        }
    }

    /// It is there already.
    #[must_use]
    pub fn existing(mut self) -> Self {
        self.existing = true;
        self
    }
}

/// `module symbol 'path' = {…}`
#[derive(Clone, Debug, PartialEq)]
pub struct Module {
    pub(super) decorators: Vec<Decorator>,
    pub(super) symbol: String,
    pub(super) path: String,
    pub(super) body: Body,
}

decorated!(Module);
with_body!(Module);

impl Module {
    /// The file at `path` (relative, with `/`) as a module.
    pub fn new(symbol: impl Into<String>, path: impl Into<String>) -> Self {
        Self {
            decorators: Vec::new(),
            symbol: symbol.into(),
            path: path.into(),
            body: Body::default(),
        }
    }
}

/// `output name type = value`
#[derive(Clone, Debug, PartialEq)]
pub struct Output {
    pub(super) decorators: Vec<Decorator>,
    pub(super) name: String,
    pub(super) kind: Type,
    pub(super) value: Value,
}

decorated!(Output);

impl Output {
    /// An output.
    pub fn new(name: impl Into<String>, kind: Type, value: impl Into<Value>) -> Self {
        Self {
            decorators: Vec::new(),
            name: name.into(),
            kind,
            value: value.into(),
        }
    }
}

/// One thing in a generated file.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Item {
    TargetScope(String),
    Metadata(String, Value),
    Using(Option<String>),
    Assignment(String, Value),
    Parameter(Parameter),
    Variable(Variable),
    UserType(UserType),
    Resource(Resource),
    Module(Module),
    Output(Output),
    Comment(String),
    Blank,
}

/// A generated `.bicep` or `.bicepparam` file.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Document {
    pub(super) items: Vec<Item>,
}

impl Document {
    /// An empty file.
    pub fn new() -> Self {
        Self::default()
    }

    /// `targetScope = 'scope'`
    pub fn target_scope(&mut self, scope: impl Into<String>) {
        self.items.push(Item::TargetScope(scope.into()));
    }

    /// `metadata name = value`
    pub fn metadata(&mut self, name: impl Into<String>, value: impl Into<Value>) {
        self.items.push(Item::Metadata(name.into(), value.into()));
    }

    /// `// comment`, one line for each line of it.
    pub fn comment(&mut self, comment: impl Into<String>) {
        self.items.push(Item::Comment(comment.into()));
    }

    /// An empty line. Several in a row count as one; resources and modules get theirs by themselves.
    pub fn blank(&mut self) {
        self.items.push(Item::Blank);
    }

    /// A parameter.
    pub fn parameter(&mut self, parameter: Parameter) {
        self.items.push(Item::Parameter(parameter));
    }

    /// `var name = value`
    pub fn variable(&mut self, name: impl Into<String>, value: impl Into<Value>) {
        self.items.push(Item::Variable(Variable::new(name, value)));
    }

    /// A variable with decorators.
    pub fn decorated_variable(&mut self, variable: Variable) {
        self.items.push(Item::Variable(variable));
    }

    /// An object type.
    pub fn user_type(&mut self, user_type: UserType) {
        self.items.push(Item::UserType(user_type));
    }

    /// A resource.
    pub fn resource(&mut self, resource: Resource) {
        self.items.push(Item::Resource(resource));
    }

    /// A module.
    pub fn module(&mut self, module: Module) {
        self.items.push(Item::Module(module));
    }

    /// `output name type = value`
    pub fn output(&mut self, name: impl Into<String>, kind: Type, value: impl Into<Value>) {
        self.items
            .push(Item::Output(Output::new(name, kind, value)));
    }

    /// An output with decorators.
    pub fn decorated_output(&mut self, output: Output) {
        self.items.push(Item::Output(output));
    }

    /// `using 'path'`, the first line of a `.bicepparam` file.
    pub fn using(&mut self, path: impl Into<String>) {
        self.items.push(Item::Using(Some(path.into())));
    }

    /// `using none`
    pub fn using_none(&mut self) {
        self.items.push(Item::Using(None));
    }

    /// `param name = value` of a `.bicepparam` file.
    pub fn assign(&mut self, name: impl Into<String>, value: impl Into<Value>) {
        self.items.push(Item::Assignment(name.into(), value.into()));
    }
}

impl Object {
    /// Whether any property stands in it.
    pub fn has_properties(&self) -> bool {
        self.entries.iter().any(|entry| {
            matches!(
                entry,
                super::ObjectEntry::Property { .. }
                    | super::ObjectEntry::ComputedProperty { .. }
                    | super::ObjectEntry::Spread(_)
            )
        })
    }
}
