//! Values and expressions of generated Bicep.

/// An operator between two values.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BinaryOperator {
    /// `??`
    Coalesce,
    /// `||`
    Or,
    /// `&&`
    And,
    /// `==`
    Equals,
    /// `!=`
    NotEquals,
    /// `<`
    Less,
    /// `<=`
    LessOrEqual,
    /// `>`
    Greater,
    /// `>=`
    GreaterOrEqual,
    /// `+`
    Add,
    /// `-`
    Subtract,
    /// `*`
    Multiply,
    /// `/`
    Divide,
    /// `%`
    Remainder,
}

impl BinaryOperator {
    pub(super) const fn symbol(self) -> &'static str {
        match self {
            Self::Coalesce => "??",
            Self::Or => "||",
            Self::And => "&&",
            Self::Equals => "==",
            Self::NotEquals => "!=",
            Self::Less => "<",
            Self::LessOrEqual => "<=",
            Self::Greater => ">",
            Self::GreaterOrEqual => ">=",
            Self::Add => "+",
            Self::Subtract => "-",
            Self::Multiply => "*",
            Self::Divide => "/",
            Self::Remainder => "%",
        }
    }

    pub(super) const fn precedence(self) -> u8 {
        match self {
            Self::Coalesce => 2,
            Self::Or => 3,
            Self::And => 4,
            Self::Equals | Self::NotEquals => 5,
            Self::Less | Self::LessOrEqual | Self::Greater | Self::GreaterOrEqual => 6,
            Self::Add | Self::Subtract => 7,
            Self::Multiply | Self::Divide | Self::Remainder => 8,
        }
    }
}

/// A part of an interpolated string.
#[derive(Clone, Debug, PartialEq)]
pub enum TextPart {
    /// Text as it is.
    Literal(String),
    /// A value in `${}`.
    Value(Value),
}

/// An interpolated string: literal text and values in turn.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Text {
    pub(super) parts: Vec<TextPart>,
}

/// An interpolated string without parts yet.
pub fn text() -> Text {
    Text::default()
}

impl Text {
    /// Adds literal text.
    #[must_use]
    pub fn literal(mut self, literal: impl Into<String>) -> Self {
        self.parts.push(TextPart::Literal(literal.into()));
        self
    }

    /// Adds a value.
    #[must_use]
    pub fn value(mut self, value: impl Into<Value>) -> Self {
        self.parts.push(TextPart::Value(value.into()));
        self
    }
}

/// What stands between the lines of an object.
#[derive(Clone, Debug, PartialEq)]
pub enum ObjectEntry {
    /// `key: value`
    Property {
        /// The key, unquoted.
        key: String,
        /// Its value.
        value: Value,
    },
    /// `'${key}': value`
    ComputedProperty {
        /// The key.
        key: Text,
        /// Its value.
        value: Value,
    },
    /// `...value`
    Spread(Value),
    /// `// why`
    Comment(String),
    /// An empty line.
    Blank,
}

/// An object in source order, with comments and empty lines.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Object {
    pub(super) entries: Vec<ObjectEntry>,
}

impl Object {
    /// `{}`
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a property.
    #[must_use]
    pub fn with(mut self, key: impl Into<String>, value: impl Into<Value>) -> Self {
        self.set(key, value);
        self
    }

    /// Adds a property when there is a value for it.
    #[must_use]
    pub fn with_some(self, key: impl Into<String>, value: Option<impl Into<Value>>) -> Self {
        match value {
            Some(value) => self.with(key, value),
            None => self,
        }
    }

    /// Adds a comment line before what follows.
    #[must_use]
    pub fn comment(mut self, comment: impl Into<String>) -> Self {
        self.push(ObjectEntry::Comment(comment.into()));
        self
    }

    /// Adds an empty line.
    #[must_use]
    pub fn blank(mut self) -> Self {
        self.push(ObjectEntry::Blank);
        self
    }

    /// Adds a property.
    pub fn set(&mut self, key: impl Into<String>, value: impl Into<Value>) {
        self.push(ObjectEntry::Property {
            key: key.into(),
            value: value.into(),
        });
    }

    /// Adds any entry.
    pub fn push(&mut self, entry: ObjectEntry) {
        self.entries.push(entry);
    }

    /// Whether nothing stands in it.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }
}

/// `[for item in collection: body]`, as an array value or the body of a resource, module or output.
#[derive(Clone, Debug, PartialEq)]
pub struct For {
    /// The name of the element.
    pub item: String,
    /// The name of the index, if wanted.
    pub index: Option<String>,
    /// What is walked.
    pub collection: Value,
    /// Only these elements, if given.
    pub condition: Option<Value>,
    /// What each element becomes.
    pub body: Value,
}

/// Any value or expression.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    /// `null`
    Null,
    /// `true` or `false`
    Bool(bool),
    /// An integer.
    Integer(i64),
    /// A string, interpolated or not.
    Text(Text),
    /// A parameter, variable, resource or other name.
    Name(String),
    /// An object.
    Object(Object),
    /// An array; one element per line.
    Array(Vec<Value>),
    /// `value.property`
    Property(Box<Value>, String),
    /// `value.?property`
    SafeProperty(Box<Value>, String),
    /// `value[index]`
    Index(Box<Value>, Box<Value>),
    /// `function(arguments)`, where `function` is a name or `value.method`.
    Call(Box<Value>, Vec<Value>),
    /// `!value`
    Not(Box<Value>),
    /// `left operator right`
    Binary(BinaryOperator, Box<Value>, Box<Value>),
    /// `condition ? then : otherwise`
    Conditional(Box<Value>, Box<Value>, Box<Value>),
    /// `[for …]`
    For(Box<For>),
}

/// Refers to something declared, or to a function to call.
pub fn name(name: impl Into<String>) -> Value {
    Value::Name(name.into())
}

/// `!value`
pub fn not(value: impl Into<Value>) -> Value {
    Value::Not(Box::new(value.into()))
}

/// `condition ? then : otherwise`
pub fn conditional(
    condition: impl Into<Value>,
    then: impl Into<Value>,
    otherwise: impl Into<Value>,
) -> Value {
    Value::Conditional(
        Box::new(condition.into()),
        Box::new(then.into()),
        Box::new(otherwise.into()),
    )
}

impl Value {
    /// `self.property`
    #[must_use]
    pub fn property(self, property: impl Into<String>) -> Self {
        Self::Property(Box::new(self), property.into())
    }

    /// `self.?property`
    #[must_use]
    pub fn safe_property(self, property: impl Into<String>) -> Self {
        Self::SafeProperty(Box::new(self), property.into())
    }

    /// `self[index]`
    #[must_use]
    pub fn index(self, index: impl Into<Self>) -> Self {
        Self::Index(Box::new(self), Box::new(index.into()))
    }

    /// `self(arguments)`
    #[must_use]
    pub fn call(self, arguments: impl IntoIterator<Item = Self>) -> Self {
        Self::Call(Box::new(self), arguments.into_iter().collect())
    }

    /// `self operator right`
    #[must_use]
    pub fn binary(self, operator: BinaryOperator, right: impl Into<Self>) -> Self {
        Self::Binary(operator, Box::new(self), Box::new(right.into()))
    }

    /// `self == right`
    #[must_use]
    pub fn equals(self, right: impl Into<Self>) -> Self {
        self.binary(BinaryOperator::Equals, right)
    }
}

impl From<&str> for Value {
    fn from(literal: &str) -> Self {
        Self::Text(text().literal(literal))
    }
}

impl From<&String> for Value {
    fn from(literal: &String) -> Self {
        literal.as_str().into()
    }
}

impl From<String> for Value {
    fn from(literal: String) -> Self {
        Self::Text(text().literal(literal))
    }
}

impl From<Text> for Value {
    fn from(text: Text) -> Self {
        Self::Text(text)
    }
}

impl From<bool> for Value {
    fn from(value: bool) -> Self {
        Self::Bool(value)
    }
}

impl From<i64> for Value {
    fn from(value: i64) -> Self {
        Self::Integer(value)
    }
}

impl From<u32> for Value {
    fn from(value: u32) -> Self {
        Self::Integer(value.into())
    }
}

impl From<i32> for Value {
    fn from(value: i32) -> Self {
        Self::Integer(value.into())
    }
}

impl From<Object> for Value {
    fn from(object: Object) -> Self {
        Self::Object(object)
    }
}

impl From<For> for Value {
    fn from(value: For) -> Self {
        Self::For(Box::new(value))
    }
}

impl<V: Into<Self>> From<Vec<V>> for Value {
    fn from(values: Vec<V>) -> Self {
        Self::Array(values.into_iter().map(Into::into).collect())
    }
}

impl<V: Into<Self>, const N: usize> From<[V; N]> for Value {
    fn from(values: [V; N]) -> Self {
        Self::Array(values.into_iter().map(Into::into).collect())
    }
}
