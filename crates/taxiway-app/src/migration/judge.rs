//! Whether the previous release keeps working beside an operation, on PostgreSQL.

use ruff_python_ast::{Arguments, Expr};

use super::Safety;
use super::file::{called, items, keyword, text};
use super::state::{Field, State};

/// What an operation is about.
pub(super) struct Context<'c> {
    pub(super) arguments: &'c Arguments,
    pub(super) state: &'c State,
    pub(super) model: Option<&'c str>,
    pub(super) field: Option<&'c str>,
    /// Whether the same migration created the table.
    pub(super) is_new_table: bool,
    pub(super) atomic: bool,
}

impl Context<'_> {
    fn before(&self) -> Option<&Field> {
        self.state.field(self.model?, self.field?)
    }

    fn argument(&self, name: &str, position: usize) -> Option<&Expr> {
        keyword(self.arguments, name).or_else(|| self.arguments.args.get(position))
    }

    /// The definition of the field that is added or altered.
    fn definition(&self) -> Option<Field> {
        match self.argument("field", 2)? {
            Expr::Call(call) => Some(Field::read(call)),
            _ => None,
        }
    }
}

/// The previous release fails.
pub(super) fn breaks(reason: &str, instead: &str) -> Safety {
    Safety::Unsafe {
        reason: reason.to_owned(),
        breaks_previous: true,
        instead: instead.to_owned(),
    }
}

/// The previous release waits for a lock.
pub(super) fn waits(reason: &str, instead: &str) -> Safety {
    Safety::Unsafe {
        reason: reason.to_owned(),
        breaks_previous: false,
        instead: instead.to_owned(),
    }
}

/// The verdict on an operation, and whether it can be taken back without losing anything.
pub(super) fn operation(kind: &str, context: &Context<'_>) -> (Safety, bool) {
    if context.is_new_table && !matches!(kind, "RunPython" | "RunSQL") {
        // Nobody reads or writes a table that this very migration creates.
        return (Safety::Safe, true);
    }
    match kind {
        "AddField" => (add_field(context), true),
        "RemoveField" => (remove_field(context), false),
        "AlterField" => (alter_field(context), true),
        "RenameField" => (rename_field(context), true),
        "RenameModel" => (
            breaks(
                "the table is renamed: the previous release asks for the old name",
                "keep the table's name with `db_table`, or put a view of the old name in its place",
            ),
            true,
        ),
        "DeleteModel" => (
            breaks(
                "the table is dropped: the previous release still uses it",
                "remove the model from the state only (`SeparateDatabaseAndState`), and drop the table in a later release",
            ),
            false,
        ),
        "AlterModelTable" => (
            breaks(
                "the table is renamed: the previous release asks for the old name",
                "put a view of the old name in its place, or keep the name",
            ),
            true,
        ),
        "AddIndex" => (
            waits(
                "creating an index blocks writes to the table for as long as it takes",
                "use `AddIndexConcurrently` in a migration with `atomic = False`",
            ),
            true,
        ),
        "AddIndexConcurrently" | "RemoveIndexConcurrently" if context.atomic => (
            waits(
                "an index cannot be created or dropped concurrently inside of a transaction: the migration fails",
                "set `atomic = False` on the migration",
            ),
            true,
        ),
        "AlterUniqueTogether" | "AlterIndexTogether" => (together(context), true),
        "AddConstraint" => (add_constraint(context), true),
        "RunSQL" => (run_sql(context), has_reverse(context, "reverse_sql")),
        "RunPython" => (run_python(context), has_reverse(context, "reverse_code")),
        "AlterOrderWithRespectTo" => (
            breaks(
                "a column without a value in the database is added: inserts of the previous release fail",
                "add an ordinary nullable field for the order",
            ),
            true,
        ),
        _ if is_known_safe(kind) => (Safety::Safe, true),
        _ => (
            waits(
                "what this operation does is not known",
                "read it, and keep long work out of the schema's transaction",
            ),
            false,
        ),
    }
}

/// Operations that leave tables alone, or touch them for a moment only.
fn is_known_safe(kind: &str) -> bool {
    matches!(
        kind,
        "CreateModel"
            | "AlterModelOptions"
            | "AlterModelManagers"
            | "AlterModelTableComment"
            | "RemoveIndex"
            | "RenameIndex"
            | "RemoveConstraint"
            | "AlterConstraint"
            | "AddIndexConcurrently"
            | "RemoveIndexConcurrently"
            | "AddConstraintNotValid"
            | "ValidateConstraint"
    ) || kind.ends_with("Extension")
        || kind == "CreateCollation"
        || kind == "RemoveCollation"
}

fn add_field(context: &Context<'_>) -> Safety {
    let Some(field) = context.definition() else {
        return waits(
            "the definition of the field is computed, so its effect is not known",
            "read it: nullable, or with `db_default`, is safe",
        );
    };
    if !field.has_column() {
        return Safety::Safe;
    }
    if field.primary || field.class == "GeneratedField" {
        return waits(
            "the whole table is rewritten under a lock",
            "add a nullable column, fill it in batches, and switch in a later release",
        );
    }
    if !field.null && !field.has_database_default {
        return breaks(
            "the column is NOT NULL and has no default in the database: inserts of the previous release fail",
            "add it with `null=True` or `db_default=…` first, and make it NOT NULL in a later release",
        );
    }
    if field.is_constrained {
        return waits(
            "the foreign key locks both tables while it is added, and Django makes an index under a lock",
            "add it with `db_constraint=False, db_index=False`, create the index concurrently, then the constraint as NOT VALID",
        );
    }
    if field.unique || field.indexed {
        return waits(
            "the index of the new column is created under a lock that blocks writes",
            "add the column without it, then the index concurrently",
        );
    }
    Safety::Safe
}

fn remove_field(context: &Context<'_>) -> Safety {
    let is_many = context.before().is_some_and(|field| !field.has_column());
    breaks(
        if is_many {
            "the table of the relation is dropped: the previous release still uses it"
        } else {
            "the column is dropped: the previous release still reads and writes it"
        },
        "make it nullable and remove the field from the state only (`SeparateDatabaseAndState`); drop it in a later release",
    )
}

fn rename_field(context: &Context<'_>) -> Safety {
    // With `db_column` the column keeps its name.
    if context.before().is_some_and(|field| field.column.is_some()) {
        return Safety::Safe;
    }
    breaks(
        "the column is renamed: the previous release asks for the old name",
        "keep the column with `db_column`, or add a new one, write both, and drop the old one in a later release",
    )
}

fn alter_field(context: &Context<'_>) -> Safety {
    let Some(after) = context.definition() else {
        return waits(
            "the definition of the field is computed, so its effect is not known",
            "read it, and compare the SQL of `manage.py sqlmigrate`",
        );
    };
    let Some(before) = context.before() else {
        return waits(
            "what the field was before is not known",
            "compare the SQL of `manage.py sqlmigrate`",
        );
    };
    if !before.has_column() && !after.has_column() {
        return if before.target == after.target {
            Safety::Safe
        } else {
            breaks(
                "the relation is pointed elsewhere: its table changes under the previous release",
                "add a new relation, move the rows, and drop the old one in a later release",
            )
        };
    }
    if before.column != after.column {
        return breaks(
            "the column is renamed: the previous release asks for the old name",
            "add a new column, write both, and drop the old one in a later release",
        );
    }
    if let Some(unsafety) = changed_type(before, &after) {
        return unsafety;
    }
    if before.null && !after.null {
        return breaks(
            "the column becomes NOT NULL: the whole table is scanned under a lock, and the previous release may insert NULL",
            "add CHECK (… IS NOT NULL) NOT VALID, validate it, then SET NOT NULL, after no running release writes NULL",
        );
    }
    if (after.unique && !before.unique) || (after.indexed && !before.indexed) {
        return waits(
            "an index is created under a lock that blocks writes",
            "create it concurrently first",
        );
    }
    if after.is_constrained && (!before.is_constrained || before.target != after.target) {
        return waits(
            "the foreign key is checked for every row while both tables are locked",
            "add the constraint as NOT VALID, then validate it",
        );
    }
    if before.has_database_default && !after.has_database_default && !after.null {
        return breaks(
            "the default in the database goes: inserts of the previous release fail",
            "drop the default in a later release",
        );
    }
    Safety::Safe
}

/// A change of the column's type that rewrites the table.
fn changed_type(before: &Field, after: &Field) -> Option<Safety> {
    let rewrite = || {
        Some(breaks(
            "the type of the column changes: the table is rewritten under a lock, and the previous release expects the old type",
            "add a new column, write both, fill it in batches, and drop the old one in a later release",
        ))
    };
    let (old, new) = (before.column_type(), after.column_type());
    if old != new {
        let is_relation =
            |field: &Field| matches!(field.class.as_str(), "ForeignKey" | "OneToOneField");
        // A foreign key and a one-to-one field have the same column.
        if is_relation(before) && is_relation(after) {
            return None;
        }
        if old == "varchar" && new == "text" {
            return None;
        }
        const WHOLE: [&str; 3] = ["smallint", "integer", "bigint"];
        let width = |name: &str| WHOLE.iter().position(|known| *known == name);
        if let (Some(old), Some(new)) = (width(&old), width(&new))
            && old < new
        {
            return Some(waits(
                "the type of the column becomes wider: the table is rewritten under a lock",
                "add a new column, write both, fill it in batches, and drop the old one in a later release",
            ));
        }
        return rewrite();
    }
    if old == "varchar" {
        return match (before.max_length, after.max_length) {
            (Some(before), Some(after)) if after < before => Some(breaks(
                "the column becomes shorter: the table is scanned under a lock, and longer values of the previous release are refused",
                "check the length in the application first, and shorten the column in a later release",
            )),
            (None, Some(_)) => rewrite(),
            _ => None,
        };
    }
    let (old_digits, new_digits) = (before.digits, after.digits);
    if old_digits != new_digits {
        let is_wider = old_digits.1 == new_digits.1 && new_digits.0 > old_digits.0;
        return if is_wider { None } else { rewrite() };
    }
    None
}

/// `AlterUniqueTogether` and `AlterIndexTogether`.
fn together(context: &Context<'_>) -> Safety {
    let value = context
        .argument("unique_together", 1)
        .or_else(|| keyword(context.arguments, "index_together"));
    let is_empty = value.is_some_and(|value| {
        items(value).is_empty()
            && match value {
                Expr::Call(call) => call.arguments.args.is_empty(),
                _ => true,
            }
    });
    if is_empty {
        return Safety::Safe;
    }
    waits(
        "an index is created under a lock that blocks writes",
        "create a unique index concurrently, then add the constraint with it",
    )
}

fn add_constraint(context: &Context<'_>) -> Safety {
    let kind = match context.argument("constraint", 1) {
        Some(Expr::Call(call)) => called(call).unwrap_or_default(),
        _ => "",
    };
    match kind {
        "CheckConstraint" => breaks(
            "the whole table is scanned under a lock, and rows that the previous release writes may be refused",
            "use `AddConstraintNotValid`, then `ValidateConstraint` in a later migration, after no running release breaks it",
        ),
        "UniqueConstraint" | "ExclusionConstraint" => waits(
            "an index is created under a lock that blocks writes",
            "create a unique index concurrently, then add the constraint with it",
        ),
        _ => waits(
            "the constraint is checked for every row under a lock",
            "add it as NOT VALID, then validate it",
        ),
    }
}

fn has_reverse(context: &Context<'_>, name: &str) -> bool {
    context
        .argument(name, 1)
        .is_some_and(|value| !matches!(value, Expr::NoneLiteral(_)))
}

fn is_noop(expression: &Expr) -> bool {
    match expression {
        Expr::Attribute(attribute) => attribute.attr.as_str() == "noop",
        _ => false,
    }
}

fn run_python(context: &Context<'_>) -> Safety {
    if context.argument("code", 0).is_some_and(is_noop) {
        return Safety::Safe;
    }
    waits(
        "a function moves data; which rows it locks, and for how long, is not known",
        "move data in batches outside of the schema's transaction (`atomic = False`), and give `reverse_code`",
    )
}

fn run_sql(context: &Context<'_>) -> Safety {
    let Some(sql) = context.argument("sql", 0) else {
        return Safety::Safe;
    };
    if is_noop(sql) {
        return Safety::Safe;
    }
    let listed: Vec<&str> = match text(sql) {
        Some(text) => vec![text],
        None => items(sql).iter().filter_map(text).collect(),
    };
    match self::sql(&listed.join(";")) {
        Sql::Drops => breaks(
            "the SQL drops or renames what the previous release uses",
            "expand first, and drop or rename in a later release",
        ),
        Sql::Concurrently if context.atomic => waits(
            "CONCURRENTLY does not work inside of a transaction: the migration fails",
            "set `atomic = False` on the migration",
        ),
        Sql::Concurrently => Safety::Safe,
        Sql::Unknown => waits(
            "what the SQL locks, and for how long, is not known",
            "keep data moves in batches outside of the schema's transaction, and give `reverse_sql`",
        ),
    }
}

/// What can be told from statements without reading them as SQL.
pub(super) enum Sql {
    /// They drop or rename something.
    Drops,
    /// They work on an index without blocking anybody, and in no transaction.
    Concurrently,
    /// Anything else.
    Unknown,
}

pub(super) fn sql(statements: &str) -> Sql {
    let all = statements.to_uppercase();
    let words: Vec<&str> = all.split_whitespace().collect();
    let has = |pair: &[&str]| words.windows(pair.len()).any(|window| window == pair);
    if has(&["DROP", "COLUMN"])
        || has(&["DROP", "TABLE"])
        || words.contains(&"RENAME")
        || words.contains(&"TRUNCATE")
    {
        Sql::Drops
    } else if words.contains(&"CONCURRENTLY") {
        Sql::Concurrently
    } else {
        Sql::Unknown
    }
}
