//! Whether the previous release keeps working beside an operation of Alembic, on PostgreSQL.

use ruff_python_ast::{Arguments, Expr, ExprCall};

use crate::migration::Safety;
use crate::migration::file::{called, is_true, keyword, text};
use crate::migration::judge::{Sql, breaks, sql, waits};

/// What an operation is about.
pub(super) struct Context<'c> {
    pub(super) arguments: &'c Arguments,
    /// Whether it is one of a `batch_alter_table` block, and is not told the table.
    pub(super) is_batch: bool,
    /// Whether the same revision created the table.
    pub(super) is_new_table: bool,
    /// Whether it runs outside of a transaction.
    pub(super) is_autocommit: bool,
}

/// Where an operation is told the table and its own subject.
pub(super) struct Positions {
    pub(super) table: Option<usize>,
    pub(super) subject: Option<usize>,
    /// The keyword of the subject.
    pub(super) name: &'static str,
}

/// Source: Alembic, operation reference and batch operations.
pub(super) fn positions(kind: &str, is_batch: bool) -> Positions {
    let (table, subject, name) = match kind {
        "create_table"
        | "drop_table"
        | "rename_table"
        | "create_table_comment"
        | "drop_table_comment"
        | "bulk_insert" => (Some(0), None, "name"),
        "add_column" => (Some(0), Some(1), "column"),
        "drop_column" | "alter_column" => (Some(0), Some(1), "column_name"),
        "create_index" => (Some(1), Some(0), "index_name"),
        "drop_index" => (Some(1), Some(0), "index_name"),
        "create_foreign_key"
        | "create_unique_constraint"
        | "create_check_constraint"
        | "create_primary_key"
        | "create_exclude_constraint"
        | "drop_constraint" => (Some(1), Some(0), "constraint_name"),
        _ => (None, None, "name"),
    };
    if is_batch {
        return Positions {
            table: None,
            subject: subject.and(Some(0)),
            name,
        };
    }
    Positions {
        table,
        subject,
        name,
    }
}

const NOT_VALID: &str = "add it with `postgresql_not_valid=True`, and validate it in a later revision, after no running release breaks it";

/// The verdict on an operation.
pub(super) fn operation(kind: &str, context: &Context<'_>) -> Safety {
    if context.is_new_table && kind != "execute" {
        // Nobody reads or writes a table that this very revision creates.
        return Safety::Safe;
    }
    let flag = |name: &str| keyword(context.arguments, name).is_some_and(is_true);
    match kind {
        "add_column" => add_column(context),
        "alter_column" => alter_column(context),
        "drop_column" => breaks(
            "the column is dropped: the previous release still reads and writes it",
            "remove it from the model first, nullable or with a default; drop it in a later release",
        ),
        "drop_table" => breaks(
            "the table is dropped: the previous release still uses it",
            "remove the model first, and drop the table in a later release",
        ),
        "rename_table" => breaks(
            "the table is renamed: the previous release asks for the old name",
            "keep the table's name (`__tablename__`), or put a view of the old name in its place",
        ),
        "create_index" | "drop_index" => index(kind, context),
        "create_check_constraint" if !flag("postgresql_not_valid") => breaks(
            "the whole table is scanned under a lock, and rows that the previous release writes may be refused",
            NOT_VALID,
        ),
        "create_foreign_key" if !flag("postgresql_not_valid") => waits(
            "the foreign key is checked for every row while both tables are locked",
            NOT_VALID,
        ),
        "create_unique_constraint" | "create_exclude_constraint" | "create_primary_key" => waits(
            "an index is created under a lock that blocks writes",
            "create a unique index concurrently, then add the constraint with it",
        ),
        "execute" => execute(context),
        "bulk_insert"
        | "create_table"
        | "create_foreign_key"
        | "create_check_constraint"
        | "drop_constraint"
        | "create_table_comment"
        | "drop_table_comment" => Safety::Safe,
        _ => waits(
            "what this operation does is not known",
            "read it, and keep long work out of the schema's transaction",
        ),
    }
}

/// Code of the revision's own.
pub(super) fn code() -> Safety {
    waits(
        "code of the revision's own runs; which rows it locks, and for how long, is not known",
        "move data in batches in a revision of its own, outside of the schema's transaction",
    )
}

/// `op.execute("COMMIT")` ends the transaction of the revision.
pub(super) fn is_commit(call: &ExprCall) -> bool {
    statement(&call.arguments).is_some_and(|text| {
        text.trim()
            .trim_end_matches(';')
            .eq_ignore_ascii_case("commit")
    })
}

fn add_column(context: &Context<'_>) -> Safety {
    let position = usize::from(!context.is_batch);
    let column =
        keyword(context.arguments, "column").or_else(|| context.arguments.args.get(position));
    let Some(Expr::Call(column)) = column else {
        return waits(
            "the definition of the column is computed, so its effect is not known",
            "read it: nullable, or with `server_default`, is safe",
        );
    };
    let arguments = &column.arguments;
    let is = |name: &str| keyword(arguments, name).is_some_and(is_true);
    let holds = |names: &[&str]| {
        arguments.args.iter().any(|argument| {
            matches!(argument, Expr::Call(call) if called(call).is_some_and(|name| names.contains(&name)))
        })
    };
    let default =
        keyword(arguments, "server_default").filter(|value| !matches!(value, Expr::NoneLiteral(_)));
    if is("primary_key") || holds(&["Computed", "Identity"]) || default.is_some_and(is_volatile) {
        return waits(
            "the whole table is rewritten under a lock",
            "add a nullable column, fill it in batches, and switch in a later release",
        );
    }
    let is_required = keyword(arguments, "nullable")
        .is_some_and(|value| matches!(value, Expr::BooleanLiteral(literal) if !literal.value));
    if is_required && default.is_none() {
        return breaks(
            "the column is NOT NULL and has no default in the database: inserts of the previous release fail",
            "add it nullable or with `server_default` first, and make it NOT NULL in a later release",
        );
    }
    if holds(&["ForeignKey"]) {
        return waits(
            "the foreign key locks both tables while it is added",
            "add the column without it, then the constraint with `postgresql_not_valid=True`",
        );
    }
    if is("unique") || is("index") {
        return waits(
            "the index of the new column is created under a lock that blocks writes",
            "add the column without it, then the index concurrently",
        );
    }
    Safety::Safe
}

/// Whether a default has to be computed for each row that there is. Source: PostgreSQL, ALTER TABLE, notes.
fn is_volatile(default: &Expr) -> bool {
    const VOLATILE: [&str; 6] = [
        "gen_random_uuid",
        "uuid_generate_v4",
        "uuidv7",
        "random",
        "clock_timestamp",
        "nextval",
    ];
    match default {
        Expr::Call(call) => {
            let of_function = called(call).is_some_and(|name| VOLATILE.contains(&name));
            of_function || call.arguments.args.iter().any(is_volatile)
        }
        other => text(other).is_some_and(|text| {
            let text = text.to_lowercase();
            VOLATILE
                .iter()
                .any(|name| text.contains(&format!("{name}(")))
        }),
    }
}

fn alter_column(context: &Context<'_>) -> Safety {
    let given = |name: &str| keyword(context.arguments, name);
    if given("new_column_name").is_some_and(|value| !matches!(value, Expr::NoneLiteral(_))) {
        return breaks(
            "the column is renamed: the previous release asks for the old name",
            "keep the column's name in the model, or add a new one, write both, and drop the old one in a later release",
        );
    }
    if let Some(new) = given("type_")
        && let Some(unsafety) = changed_type(given("existing_type"), new)
    {
        return unsafety;
    }
    let becomes = |name: &str, wanted: bool| {
        given(name)
            .is_some_and(|value| matches!(value, Expr::BooleanLiteral(it) if it.value == wanted))
    };
    if becomes("nullable", false) {
        return breaks(
            "the column becomes NOT NULL: the whole table is scanned under a lock, and the previous release may insert NULL",
            "add CHECK (… IS NOT NULL) NOT VALID, validate it, then SET NOT NULL, after no running release writes NULL",
        );
    }
    let loses_default =
        given("server_default").is_some_and(|value| matches!(value, Expr::NoneLiteral(_)));
    if loses_default && !becomes("existing_nullable", true) && !becomes("nullable", true) {
        return breaks(
            "the default in the database goes: inserts of the previous release that count on it fail",
            "drop the default in a later release",
        );
    }
    Safety::Safe
}

/// A change of type that rewrites the table, or that the previous release cannot live with.
fn changed_type(old: Option<&Expr>, new: &Expr) -> Option<Safety> {
    let Some(new) = ColumnType::read(new) else {
        return Some(waits(
            "the new type of the column is computed, so its effect is not known",
            "compare the SQL of `alembic upgrade --sql`",
        ));
    };
    let Some(old) = old.and_then(ColumnType::read) else {
        return Some(waits(
            "what type the column had is not known",
            "say `existing_type`, and compare the SQL of `alembic upgrade --sql`",
        ));
    };
    let rewrite = || {
        Some(breaks(
            "the type of the column changes: the table is rewritten under a lock, and the previous release expects the old type",
            "add a new column, write both, fill it in batches, and drop the old one in a later release",
        ))
    };
    match (old.family.as_str(), new.family.as_str()) {
        ("varchar", "text") => None,
        ("varchar", "varchar") => match (old.length, new.length) {
            (Some(old), Some(new)) if new < old => Some(breaks(
                "the column becomes shorter: the table is scanned under a lock, and longer values of the previous release are refused",
                "check the length in the application first, and shorten the column in a later release",
            )),
            (None, Some(_)) => rewrite(),
            _ => None,
        },
        ("text", "varchar") if new.length.is_none() => None,
        ("smallint", "integer" | "bigint") | ("integer", "bigint") => Some(waits(
            "the type of the column becomes wider: the table is rewritten under a lock",
            "add a new column, write both, fill it in batches, and drop the old one in a later release",
        )),
        (before, after) if before == after && old.written == new.written => None,
        _ => rewrite(),
    }
}

struct ColumnType {
    family: String,
    length: Option<u64>,
    /// Its arguments that are literals, to tell two of a family apart.
    written: Vec<String>,
}

impl ColumnType {
    /// `sa.String(length=50)`, `sa.VARCHAR(50)`, `sa.Text()`, `sa.Integer`.
    fn read(expression: &Expr) -> Option<Self> {
        let (name, arguments) = match expression {
            Expr::Call(call) => (called(call)?, Some(&call.arguments)),
            Expr::Attribute(attribute) => (attribute.attr.as_str(), None),
            Expr::Name(name) => (name.id.as_str(), None),
            _ => return None,
        };
        let family = match name.to_lowercase().as_str() {
            "string" | "varchar" | "unicode" | "autostring" | "nvarchar" => "varchar".to_owned(),
            "text" | "unicodetext" => "text".to_owned(),
            "smallinteger" | "smallint" => "smallint".to_owned(),
            "integer" | "int" => "integer".to_owned(),
            "biginteger" | "bigint" => "bigint".to_owned(),
            other => other.to_owned(),
        };
        let length = arguments.and_then(|arguments| {
            whole(keyword(arguments, "length").or_else(|| arguments.args.first())?)
        });
        let mut written = Vec::new();
        if let Some(arguments) = arguments {
            let named = arguments.keywords.iter().map(|keyword| {
                let name = keyword.arg.as_ref().map_or("", |name| name.as_str());
                (name, &keyword.value)
            });
            let all = arguments.args.iter().map(|value| ("", value)).chain(named);
            written.extend(all.map(|(name, value)| format!("{name}={}", shown(value))));
            written.sort();
        }
        Some(Self {
            family,
            length,
            written,
        })
    }
}

fn whole(expression: &Expr) -> Option<u64> {
    match expression {
        Expr::NumberLiteral(literal) => match &literal.value {
            ruff_python_ast::Number::Int(number) => number.as_u64(),
            _ => None,
        },
        _ => None,
    }
}

/// A literal as text; everything else is one and the same.
fn shown(expression: &Expr) -> String {
    match expression {
        Expr::BooleanLiteral(literal) => literal.value.to_string(),
        Expr::NoneLiteral(_) => "None".to_owned(),
        other => match (text(other), whole(other)) {
            (Some(text), _) => text.to_owned(),
            (None, Some(number)) => number.to_string(),
            (None, None) => "…".to_owned(),
        },
    }
}

fn index(kind: &str, context: &Context<'_>) -> Safety {
    let is_concurrent = keyword(context.arguments, "postgresql_concurrently").is_some_and(is_true);
    if is_concurrent && !context.is_autocommit {
        return waits(
            "an index cannot be created or dropped concurrently inside of a transaction: the revision fails",
            "put it into `with op.get_context().autocommit_block():`",
        );
    }
    if is_concurrent || kind == "drop_index" {
        return Safety::Safe;
    }
    waits(
        "creating an index blocks writes to the table for as long as it takes",
        "use `postgresql_concurrently=True` in `with op.get_context().autocommit_block():`",
    )
}

/// The text of `op.execute("…")`, `op.execute(sa.text("…"))`.
fn statement(arguments: &Arguments) -> Option<&str> {
    let given = keyword(arguments, "sqltext").or_else(|| arguments.args.first())?;
    match given {
        Expr::Call(call) if called(call) == Some("text") => {
            call.arguments.args.first().and_then(text)
        }
        other => text(other),
    }
}

fn execute(context: &Context<'_>) -> Safety {
    let Some(statement) = statement(context.arguments) else {
        return waits(
            "what the SQL does is not known, because it is computed",
            "read it, and keep data moves in batches outside of the schema's transaction",
        );
    };
    match sql(statement) {
        Sql::Drops => breaks(
            "the SQL drops or renames what the previous release uses",
            "expand first, and drop or rename in a later release",
        ),
        Sql::Concurrently if context.is_autocommit => Safety::Safe,
        Sql::Concurrently => waits(
            "CONCURRENTLY does not work inside of a transaction: the revision fails",
            "put it into `with op.get_context().autocommit_block():`",
        ),
        Sql::Unknown => waits(
            "what the SQL locks, and for how long, is not known",
            "keep data moves in batches, in a revision of their own",
        ),
    }
}
