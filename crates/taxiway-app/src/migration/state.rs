//! The models of an application, as its migrations left them.

use std::collections::BTreeMap;

use ruff_python_ast::{Expr, ExprCall, Number};

use super::file::{called, is_true, keyword};

/// What the database knows about a field.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Field {
    /// The class, such as `CharField`.
    pub(super) class: String,
    pub(super) null: bool,
    pub(super) unique: bool,
    pub(super) indexed: bool,
    pub(super) primary: bool,
    pub(super) max_length: Option<i64>,
    /// Precision and scale.
    pub(super) digits: (Option<i64>, Option<i64>),
    pub(super) has_database_default: bool,
    pub(super) has_default: bool,
    /// What a relation points to, as written.
    pub(super) target: Option<String>,
    pub(super) column: Option<String>,
    pub(super) is_constrained: bool,
}

impl Field {
    /// Reads the definition of a field.
    pub(super) fn read(call: &ExprCall) -> Self {
        let arguments = &call.arguments;
        let flag = |name: &str| keyword(arguments, name).is_some_and(is_true);
        let number = |name: &str| keyword(arguments, name).and_then(integer);
        let class = called(call).unwrap_or_default().to_owned();
        let is_relation = matches!(class.as_str(), "ForeignKey" | "OneToOneField");
        let is_off = |name: &str| {
            keyword(arguments, name).is_some_and(
                |value| matches!(value, Expr::BooleanLiteral(literal) if !literal.value),
            )
        };
        let target = keyword(arguments, "to")
            .or_else(|| arguments.args.first().filter(|_| is_relation))
            .map(written);
        Self {
            null: flag("null"),
            unique: flag("unique") || class == "OneToOneField",
            indexed: flag("db_index")
                || class == "SlugField"
                || (is_relation && !is_off("db_index")),
            primary: flag("primary_key"),
            max_length: number("max_length").or(match class.as_str() {
                "SlugField" => Some(50),
                "URLField" => Some(200),
                "EmailField" => Some(254),
                "FileField" | "ImageField" => Some(100),
                _ => None,
            }),
            digits: (number("max_digits"), number("decimal_places")),
            has_database_default: keyword(arguments, "db_default").is_some(),
            has_default: keyword(arguments, "default").is_some()
                || flag("auto_now_add")
                || flag("auto_now"),
            target,
            column: keyword(arguments, "db_column")
                .and_then(super::file::text)
                .map(str::to_owned),
            is_constrained: is_relation && !is_off("db_constraint"),
            class,
        }
    }

    /// Whether it has a column of its own.
    pub(super) fn has_column(&self) -> bool {
        self.class != "ManyToManyField"
    }

    /// The type of its column on PostgreSQL, as far as the class tells. Source: Django's `data_types` for PostgreSQL.
    pub(super) fn column_type(&self) -> String {
        let name = match self.class.as_str() {
            "CharField" | "SlugField" | "URLField" | "EmailField" | "FileField" | "ImageField"
            | "FilePathField" => "varchar",
            "TextField" => "text",
            "IntegerField" | "PositiveIntegerField" | "AutoField" => "integer",
            "BigIntegerField" | "PositiveBigIntegerField" | "BigAutoField" => "bigint",
            "SmallIntegerField" | "PositiveSmallIntegerField" | "SmallAutoField" => "smallint",
            "BooleanField" | "NullBooleanField" => "boolean",
            "IPAddressField" | "GenericIPAddressField" => "inet",
            "DateTimeField" => "timestamptz",
            other => other,
        };
        name.to_owned()
    }
}

/// Models by lower-case name, and their fields.
#[derive(Clone, Debug, Default)]
pub(super) struct State {
    models: BTreeMap<String, BTreeMap<String, Field>>,
}

impl State {
    pub(super) fn field(&self, model: &str, field: &str) -> Option<&Field> {
        self.models.get(model)?.get(field)
    }

    pub(super) fn set(&mut self, model: &str, name: &str, field: Field) {
        self.models
            .entry(model.to_owned())
            .or_default()
            .insert(name.to_owned(), field);
    }

    pub(super) fn remove(&mut self, model: &str, field: &str) {
        if let Some(fields) = self.models.get_mut(model) {
            fields.remove(field);
        }
    }

    pub(super) fn rename(&mut self, model: &str, old: &str, new: &str) {
        if let Some(fields) = self.models.get_mut(model)
            && let Some(field) = fields.remove(old)
        {
            fields.insert(new.to_owned(), field);
        }
    }

    pub(super) fn delete_model(&mut self, model: &str) {
        self.models.remove(model);
    }

    pub(super) fn rename_model(&mut self, old: &str, new: &str) {
        if let Some(fields) = self.models.remove(old) {
            self.models.insert(new.to_owned(), fields);
        }
    }
}

fn integer(expression: &Expr) -> Option<i64> {
    match expression {
        Expr::NumberLiteral(literal) => match &literal.value {
            Number::Int(number) => number.as_i64(),
            Number::Float(_) | Number::Complex { .. } => None,
        },
        _ => None,
    }
}

/// A relation's target as written: `shop.Order`, `settings.AUTH_USER_MODEL`.
fn written(expression: &Expr) -> String {
    match expression {
        Expr::StringLiteral(literal) => literal.value.to_str().to_lowercase(),
        Expr::Attribute(attribute) => attribute.attr.to_string(),
        Expr::Name(name) => name.id.to_string(),
        _ => String::new(),
    }
}
