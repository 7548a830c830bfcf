//! Kinds of tokens and nodes.

/// What a token is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum TokenKind {
    /// Spaces and tabs.
    Whitespace,
    /// One line break.
    NewLine,
    /// `// …`
    LineComment,
    /// `/* … */`
    BlockComment,
    /// `#disable-next-line …` and its like.
    Directive,
    /// A name or keyword.
    Identifier,
    /// Decimal digits.
    Integer,
    /// A string without interpolation, of one line or several.
    StringComplete,
    /// From the opening quote to the first `${`.
    StringStart,
    /// From `}` to the next `${`.
    StringMiddle,
    /// From `}` to the closing quote.
    StringEnd,
    /// `@`
    At,
    /// `{`
    LeftBrace,
    /// `}`
    RightBrace,
    /// `(`
    LeftParen,
    /// `)`
    RightParen,
    /// `[`
    LeftSquare,
    /// `]`
    RightSquare,
    /// `,`
    Comma,
    /// `.`
    Dot,
    /// `...`
    Ellipsis,
    /// `?`
    Question,
    /// `??`
    DoubleQuestion,
    /// `:`
    Colon,
    /// `::`
    DoubleColon,
    /// `;`
    Semicolon,
    /// `=`
    Assignment,
    /// `=>`
    Arrow,
    /// `+`
    Plus,
    /// `-`
    Minus,
    /// `*`
    Asterisk,
    /// `/`
    Slash,
    /// `%`
    Modulo,
    /// `!`
    Exclamation,
    /// `<`
    Less,
    /// `<=`
    LessOrEqual,
    /// `>`
    Greater,
    /// `>=`
    GreaterOrEqual,
    /// `==`
    Equals,
    /// `!=`
    NotEquals,
    /// `=~`
    EqualsInsensitive,
    /// `!~`
    NotEqualsInsensitive,
    /// `&&`
    LogicalAnd,
    /// `||`
    LogicalOr,
    /// `|`
    Pipe,
    /// `^`
    Hat,
    /// A character that means nothing here.
    Unknown,
    /// The end of the text; empty.
    EndOfFile,
}

impl TokenKind {
    /// Whether the parser looks past it.
    pub const fn is_trivia(self) -> bool {
        matches!(
            self,
            Self::Whitespace | Self::LineComment | Self::BlockComment | Self::Directive
        )
    }
}

/// What a node of the tree is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[expect(
    missing_docs,
    reason = "each is named for the grammar rule it stands for"
)]
pub enum NodeKind {
    File,
    Skipped,
    Decorator,
    TargetScope,
    Metadata,
    Parameter,
    ParameterDefault,
    Variable,
    Function,
    Type,
    Resource,
    Module,
    Test,
    Output,
    Assert,
    Import,
    Extension,
    Using,
    Extends,
    ImportedSymbols,
    ImportedSymbol,
    Wildcard,
    AsClause,
    FromClause,
    WithClause,
    Condition,
    For,
    ForVariables,
    ForBody,
    Object,
    Property,
    Spread,
    Array,
    Item,
    String,
    IntegerLiteral,
    BooleanLiteral,
    NullLiteral,
    Name,
    Unary,
    Binary,
    Ternary,
    Parenthesised,
    PropertyAccess,
    ArrayAccess,
    ResourceAccess,
    NonNull,
    Call,
    MethodCall,
    Argument,
    Lambda,
    LambdaParameters,
    TypedLambda,
    TypedParameter,
    TypeName,
    TypeUnion,
    TypeArray,
    TypeNullable,
    TypeNonNull,
    TypeParenthesised,
    TypeObject,
    TypeProperty,
    TypeAdditional,
    TypeTuple,
    TypeItem,
    TypePropertyAccess,
    TypeAdditionalAccess,
    TypeItemAccess,
    TypeIndexAccess,
    TypeArguments,
    TypeUnary,
    Missing,
}
