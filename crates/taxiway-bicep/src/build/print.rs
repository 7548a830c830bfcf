//! The printer: the only place that quotes and escapes. Where lines break and what stands between words is the formatter's.

use std::fmt::Write as _;

use super::document::{Body, Item};
use super::{
    Decorator, Document, For, Object, ObjectEntry, Resource, Text, TextPart, Type, UserType, Value,
};

impl Document {
    /// The file's text, as the formatter lays it out.
    pub fn print(&self) -> String {
        let mut printer = Printer::default();
        let mut previous: Option<&Item> = None;
        for item in &self.items {
            if previous.is_some_and(|previous| wants_gap(previous, item)) {
                printer.gap();
            }
            printer.item(item);
            previous = Some(item);
        }
        printer.finish()
    }
}

/// Whether an empty line belongs between two neighbours without being asked for.
fn wants_gap(previous: &Item, next: &Item) -> bool {
    let tall = |item: &Item| {
        matches!(
            item,
            Item::Resource(_) | Item::Module(_) | Item::UserType(_)
        )
    };
    match (previous, next) {
        (Item::Comment(_) | Item::Blank, _) | (_, Item::Blank) => false,
        (previous, Item::Comment(_)) => tall(previous),
        (Item::TargetScope(_) | Item::Using(_), _) => true,
        (previous, next) => {
            tall(previous)
                || tall(next)
                || std::mem::discriminant(previous) != std::mem::discriminant(next)
        }
    }
}

/// Whether `name` can stand unquoted as an object key or after a dot.
fn is_identifier(name: &str) -> bool {
    let mut bytes = name.bytes();
    bytes
        .next()
        .is_some_and(|first| first.is_ascii_alphabetic() || first == b'_')
        && bytes.all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
}

/// A literal string with its quotes.
fn quote(literal: &str) -> String {
    let mut quoted = String::with_capacity(literal.len() + 2);
    quoted.push('\'');
    escape_into(literal, &mut quoted);
    quoted.push('\'');
    quoted
}

fn escape_into(literal: &str, out: &mut String) {
    let mut characters = literal.chars().peekable();
    while let Some(character) = characters.next() {
        match character {
            '\\' => out.push_str("\\\\"),
            '\'' => out.push_str("\\'"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            '$' if characters.peek() == Some(&'{') => out.push_str("\\$"),
            other if other.is_control() => {
                write!(out, "\\u{{{:x}}}", u32::from(other))
                    .expect("writing to a string cannot fail");
            }
            other => out.push(other),
        }
    }
}

#[derive(Default)]
struct Printer {
    out: String,
}

impl Printer {
    fn finish(self) -> String {
        crate::format(&self.out)
    }

    fn write(&mut self, text: std::fmt::Arguments<'_>) {
        self.out
            .write_fmt(text)
            .expect("writing to a string cannot fail");
    }

    fn line(&mut self) {
        self.out.push('\n');
    }

    /// An empty line, unless there is one or nothing stands above.
    fn gap(&mut self) {
        if !self.out.is_empty() && !self.out.ends_with("\n\n") {
            self.out.push('\n');
        }
    }

    fn item(&mut self, item: &Item) {
        match item {
            Item::Blank => return self.gap(),
            Item::Comment(comment) => {
                self.comment(comment);
            }
            Item::TargetScope(scope) => {
                self.out.push_str("targetScope = ");
                self.out.push_str(&quote(scope));
            }
            Item::Metadata(name, value) => self.definition("metadata", name, value),
            Item::Using(Some(path)) => {
                self.out.push_str("using ");
                self.out.push_str(&quote(path));
            }
            Item::Using(None) => self.out.push_str("using none"),
            Item::Assignment(name, value) => self.definition("param", name, value),
            Item::Parameter(parameter) => {
                self.decorators(&parameter.decorators);
                self.typed("param", &parameter.name, &parameter.kind);
                if let Some(default) = &parameter.default {
                    self.out.push_str(" = ");
                    self.value(default, 0);
                }
            }
            Item::Variable(variable) => {
                self.decorators(&variable.decorators);
                self.definition("var", &variable.name, &variable.value);
            }
            Item::UserType(user_type) => self.user_type(user_type),
            Item::Resource(resource) => self.resource(resource),
            Item::Module(module) => {
                self.decorators(&module.decorators);
                self.write(format_args!(
                    "module {} {}",
                    module.symbol,
                    quote(&module.path)
                ));
                self.body(&module.body);
            }
            Item::Output(output) => {
                self.decorators(&output.decorators);
                self.typed("output", &output.name, &output.kind);
                self.out.push_str(" = ");
                self.value(&output.value, 0);
            }
        }
        self.out.push('\n');
    }

    fn comment(&mut self, comment: &str) {
        for (index, line) in comment.lines().enumerate() {
            if index > 0 {
                self.line();
            }
            self.out
                .push_str(if line.is_empty() { "//" } else { "// " });
            self.out.push_str(line.trim_end());
        }
    }

    fn definition(&mut self, keyword: &str, name: &str, value: &Value) {
        self.write(format_args!("{keyword} {name} = "));
        self.value(value, 0);
    }

    fn typed(&mut self, keyword: &str, name: &str, kind: &Type) {
        self.write(format_args!("{keyword} {name} {}", print_type(kind)));
    }

    fn decorators(&mut self, decorators: &[Decorator]) {
        for decorator in decorators {
            self.out.push('@');
            self.out.push_str(&decorator.name);
            self.arguments(&decorator.arguments);
            self.line();
        }
    }

    fn user_type(&mut self, user_type: &UserType) {
        self.decorators(&user_type.decorators);
        self.write(format_args!("type {} = {{", user_type.name));
        for (name, kind) in &user_type.members {
            self.line();
            self.key(name);
            self.out.push_str(": ");
            self.out.push_str(&print_type(kind));
        }
        self.line();
        self.out.push('}');
    }

    fn resource(&mut self, resource: &Resource) {
        self.decorators(&resource.decorators);
        let existing = if resource.existing { " existing" } else { "" };
        self.write(format_args!(
            "resource {} {}{existing}",
            resource.symbol,
            quote(&resource.kind)
        ));
        self.body(&resource.body);
    }

    fn body(&mut self, body: &Body) {
        self.out.push_str(" = ");
        if let Some(condition) = &body.condition {
            self.out.push_str("if (");
            self.value(condition, 0);
            self.out.push_str(") ");
        }
        match &body.value {
            Some(value) => self.value(value, 0),
            None => self.out.push_str("{}"),
        }
    }

    /// Prints `value` where an operator of precedence `around` holds it.
    fn value(&mut self, value: &Value, around: u8) {
        match value {
            Value::Null => self.out.push_str("null"),
            Value::Bool(value) => self.out.push_str(if *value { "true" } else { "false" }),
            Value::Integer(value) => self.out.push_str(&value.to_string()),
            Value::Text(text) => self.text(text),
            Value::Name(name) => self.out.push_str(name),
            Value::Object(object) => self.object(object),
            Value::Array(values) => self.array(values),
            Value::Property(base, property) => self.property(base, property, "."),
            Value::SafeProperty(base, property) => self.property(base, property, ".?"),
            Value::Index(base, index) => {
                self.value(base, 10);
                self.out.push('[');
                self.value(index, 0);
                self.out.push(']');
            }
            Value::Call(function, arguments) => {
                self.value(function, 10);
                self.arguments(arguments);
            }
            Value::Not(value) => {
                self.out.push('!');
                self.value(value, 9);
            }
            Value::Binary(operator, left, right) => {
                let precedence = operator.precedence();
                self.parenthesised(precedence < around, |printer| {
                    printer.value(left, precedence);
                    printer.write(format_args!(" {} ", operator.symbol()));
                    printer.value(right, precedence + 1);
                });
            }
            Value::Conditional(condition, then, otherwise) => {
                self.parenthesised(around > 1, |printer| {
                    printer.value(condition, 2);
                    printer.out.push_str(" ? ");
                    printer.value(then, 1);
                    printer.out.push_str(" : ");
                    printer.value(otherwise, 1);
                });
            }
            Value::For(value) => self.for_loop(value),
        }
    }

    fn parenthesised(&mut self, needed: bool, print: impl FnOnce(&mut Self)) {
        if needed {
            self.out.push('(');
        }
        print(self);
        if needed {
            self.out.push(')');
        }
    }

    fn property(&mut self, base: &Value, property: &str, dot: &str) {
        self.value(base, 10);
        if is_identifier(property) {
            self.out.push_str(dot);
            self.out.push_str(property);
        } else {
            self.out.push_str(if dot == "." { "[" } else { "[?" });
            self.out.push_str(&quote(property));
            self.out.push(']');
        }
    }

    fn arguments(&mut self, arguments: &[Value]) {
        self.out.push('(');
        for (index, argument) in arguments.iter().enumerate() {
            if index > 0 {
                self.out.push_str(", ");
            }
            self.value(argument, 0);
        }
        self.out.push(')');
    }

    fn text(&mut self, text: &Text) {
        self.out.push('\'');
        for (index, part) in text.parts.iter().enumerate() {
            match part {
                TextPart::Literal(literal) => {
                    escape_into(literal, &mut self.out);
                    // A `$` at the end must not join the `{` that follows it.
                    let before_brace = match text.parts.get(index + 1) {
                        Some(TextPart::Literal(next)) => next.starts_with('{'),
                        _ => false,
                    };
                    if literal.ends_with('$') && before_brace {
                        self.out.pop();
                        self.out.push_str("\\$");
                    }
                }
                TextPart::Value(value) => {
                    self.out.push_str("${");
                    self.value(value, 0);
                    self.out.push('}');
                }
            }
        }
        self.out.push('\'');
    }

    fn key(&mut self, key: &str) {
        if is_identifier(key) {
            self.out.push_str(key);
        } else {
            self.out.push_str(&quote(key));
        }
    }

    fn object(&mut self, object: &Object) {
        if object.is_empty() {
            return self.out.push_str("{}");
        }
        self.out.push('{');
        for entry in &object.entries {
            if matches!(entry, ObjectEntry::Blank) {
                self.out.push('\n');
                continue;
            }
            self.line();
            self.entry(entry);
        }
        self.line();
        self.out.push('}');
    }

    fn entry(&mut self, entry: &ObjectEntry) {
        match entry {
            ObjectEntry::Property { key, value } => {
                self.key(key);
                self.out.push_str(": ");
                self.value(value, 0);
            }
            ObjectEntry::ComputedProperty { key, value } => {
                self.text(key);
                self.out.push_str(": ");
                self.value(value, 0);
            }
            ObjectEntry::Spread(value) => {
                self.out.push_str("...");
                self.value(value, 0);
            }
            ObjectEntry::Comment(comment) => self.comment(comment),
            ObjectEntry::Blank => {}
        }
    }

    fn array(&mut self, values: &[Value]) {
        if values.is_empty() {
            return self.out.push_str("[]");
        }
        self.out.push('[');
        for value in values {
            self.line();
            self.value(value, 0);
        }
        self.line();
        self.out.push(']');
    }

    fn for_loop(&mut self, value: &For) {
        self.out.push_str("[for ");
        match &value.index {
            Some(index) => self.write(format_args!("({}, {index})", value.item)),
            None => self.out.push_str(&value.item),
        }
        self.out.push_str(" in ");
        self.value(&value.collection, 0);
        self.out.push_str(": ");
        if let Some(condition) = &value.condition {
            self.out.push_str("if (");
            self.value(condition, 0);
            self.out.push_str(") ");
        }
        self.value(&value.body, 0);
        self.out.push(']');
    }
}

fn print_type(kind: &Type) -> String {
    match kind {
        Type::String => "string".to_owned(),
        Type::Int => "int".to_owned(),
        Type::Bool => "bool".to_owned(),
        Type::Object => "object".to_owned(),
        Type::Array => "array".to_owned(),
        Type::Named(name) => name.clone(),
        Type::Union(members) => {
            let members: Vec<_> = members.iter().map(|member| quote(member)).collect();
            members.join(" | ")
        }
        Type::Nullable(inner) => format!("{}?", print_operand(inner)),
        Type::ArrayOf(inner) => format!("{}[]", print_operand(inner)),
    }
}

/// A type before `?` or `[]`.
fn print_operand(kind: &Type) -> String {
    match kind {
        Type::Union(members) if members.len() > 1 => format!("({})", print_type(kind)),
        Type::String
        | Type::Int
        | Type::Bool
        | Type::Object
        | Type::Array
        | Type::Named(_)
        | Type::Union(_)
        | Type::Nullable(_)
        | Type::ArrayOf(_) => print_type(kind),
    }
}

#[cfg(test)]
mod tests {
    use super::super::{conditional, name, text};
    use super::*;

    fn printed(value: impl Into<Value>) -> String {
        let mut document = Document::new();
        document.variable("x", value);
        document.print()
    }

    #[test]
    fn only_what_needs_it_is_escaped() {
        assert_eq!(
            printed("it's 5$ ${x}\n\\"),
            "var x = 'it\\'s 5$ \\${x}\\n\\\\'\n"
        );
        assert_eq!(
            printed(text().literal("$").literal("{")),
            "var x = '\\${'\n"
        );
        assert_eq!(
            printed(text().literal("a$").value(name("b"))),
            "var x = 'a$${b}'\n"
        );
    }

    #[test]
    fn parentheses_follow_precedence() {
        let sum = name("a").binary(super::super::BinaryOperator::Add, 1);
        let product = sum.binary(super::super::BinaryOperator::Multiply, 2);
        assert_eq!(printed(product), "var x = (a + 1) * 2\n");
        let chosen = conditional(name("a"), "b", "c").property("length");
        assert_eq!(printed(chosen), "var x = (a ? 'b' : 'c').length\n");
    }
}
