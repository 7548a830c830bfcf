//! One migration file.

use camino::Utf8Path;
use ruff_python_ast::{Arguments, Expr, ExprCall, Stmt};
use ruff_text_size::Ranged;
use taxiway_diagnostics::Place;

use super::judge::{self, Context};
use super::state::{Field, State};
use super::{Migration, MigrationKey, Operation, Safety};
use crate::python::Source;

/// Operations within operations that are looked into.
const DEEPEST: u8 = 8;

/// Reads a file; `None` where it holds no migration.
pub(super) fn read(
    source: &Source,
    app: &str,
    path: &Utf8Path,
    state: &mut State,
) -> Option<Migration> {
    let class = source.body().iter().find_map(|statement| match statement {
        Stmt::ClassDef(class) if class.name.as_str() == "Migration" => Some(class),
        _ => None,
    })?;
    let mut migration = Migration {
        app: app.to_owned(),
        name: path.file_stem()?.to_owned(),
        path: path.to_owned(),
        dependencies: Vec::new(),
        replaces: Vec::new(),
        initial: false,
        atomic: true,
        operations: Vec::new(),
        complete: true,
    };
    let mut operations = None;
    for statement in &class.body {
        let (name, value) = match statement {
            Stmt::Assign(assign) => match &*assign.targets {
                [Expr::Name(name)] => (name.id.as_str(), &*assign.value),
                _ => continue,
            },
            Stmt::AnnAssign(assign) => match (&*assign.target, &assign.value) {
                (Expr::Name(name), Some(value)) => (name.id.as_str(), &**value),
                _ => continue,
            },
            _ => continue,
        };
        match name {
            "dependencies" => migration.dependencies = keys(value),
            "replaces" => migration.replaces = keys(value),
            "initial" => migration.initial = is_true(value),
            "atomic" => migration.atomic = is_true(value),
            "operations" => operations = Some(value),
            _ => {}
        }
    }
    let own_dependency = |key: &MigrationKey| key.app == migration.app;
    migration.initial |= !migration.dependencies.iter().any(own_dependency);
    let mut reader = Reader {
        source,
        path,
        atomic: migration.atomic,
        state,
        created: Vec::new(),
        found: Vec::new(),
        is_complete: true,
        // A squashed migration repeats what others did: where those ran, Django only notes that it is done.
        is_state_only: !migration.replaces.is_empty(),
    };
    if let Some(operations) = operations {
        reader.list(operations, 0);
    }
    migration.complete = reader.is_complete;
    migration.operations = reader.found;
    Some(migration)
}

struct Reader<'r> {
    source: &'r Source,
    path: &'r Utf8Path,
    atomic: bool,
    state: &'r mut State,
    /// The models that this migration itself creates: nobody uses their tables yet.
    created: Vec<String>,
    found: Vec<Operation>,
    is_complete: bool,
    is_state_only: bool,
}

impl Reader<'_> {
    fn list(&mut self, list: &Expr, depth: u8) {
        if depth > DEEPEST {
            self.is_complete = false;
            return;
        }
        let items = match list {
            Expr::List(list) => &list.elts[..],
            Expr::Tuple(tuple) => &tuple.elts[..],
            Expr::BinOp(sum) => {
                self.list(&sum.left, depth + 1);
                self.list(&sum.right, depth + 1);
                return;
            }
            _ => {
                self.is_complete = false;
                return;
            }
        };
        for item in items {
            match item {
                Expr::Call(call) => self.operation(call, depth),
                _ => self.is_complete = false,
            }
        }
    }

    fn operation(&mut self, call: &ExprCall, depth: u8) {
        let Some(kind) = called(call) else {
            self.is_complete = false;
            return;
        };
        if kind == "SeparateDatabaseAndState" {
            self.separate(&call.arguments, depth);
            return;
        }
        let (model, field) = self.subject(kind, &call.arguments);
        let context = Context {
            arguments: &call.arguments,
            state: self.state,
            model: model.as_deref(),
            field: field.as_deref(),
            is_new_table: model
                .as_ref()
                .is_some_and(|model| self.created.contains(model)),
            atomic: self.atomic,
        };
        let (safety, reversible) = if self.is_state_only {
            (Safety::Safe, true)
        } else {
            judge::operation(kind, &context)
        };
        self.apply(kind, &call.arguments, model.as_deref(), field.as_deref());
        self.found.push(Operation {
            kind: kind.to_owned(),
            model,
            field,
            safety,
            reversible,
            place: self.place(call),
        });
    }

    /// Operations on the database count; those on the state only tell what models look like afterwards.
    fn separate(&mut self, arguments: &Arguments, depth: u8) {
        let argument = |name: &str, position: usize| {
            keyword(arguments, name).or_else(|| arguments.args.get(position))
        };
        if let Some(database) = argument("database_operations", 0) {
            self.list(database, depth + 1);
        }
        if let Some(state) = argument("state_operations", 1) {
            let before = std::mem::replace(&mut self.is_state_only, true);
            let first = self.found.len();
            self.list(state, depth + 1);
            self.is_state_only = before;
            self.found.truncate(first);
        }
    }

    fn place(&self, call: &ExprCall) -> Place {
        let offset: u32 = call.range().start().into();
        Place::new(self.path, self.source.lines.line(offset))
    }

    /// The model and the field, index or constraint that an operation is about.
    fn subject(&self, kind: &str, arguments: &Arguments) -> (Option<String>, Option<String>) {
        let given = |name: &str, position: usize| {
            keyword(arguments, name)
                .or_else(|| arguments.args.get(position))
                .and_then(text)
                .map(str::to_owned)
        };
        let lower = |name: Option<String>| name.map(|name| name.to_lowercase());
        match kind {
            "CreateModel"
            | "DeleteModel"
            | "AlterModelTable"
            | "AlterModelOptions"
            | "AlterUniqueTogether"
            | "AlterIndexTogether"
            | "AlterOrderWithRespectTo"
            | "AlterModelManagers"
            | "AlterModelTableComment" => (lower(given("name", 0)), None),
            "RenameModel" => (lower(given("old_name", 0)), None),
            "AddField"
            | "RemoveField"
            | "AlterField"
            | "RemoveIndex"
            | "RemoveIndexConcurrently"
            | "RemoveConstraint"
            | "ValidateConstraint"
            | "AlterConstraint" => (lower(given("model_name", 0)), given("name", 1)),
            "RenameField" => (lower(given("model_name", 0)), given("old_name", 1)),
            "RenameIndex" => (lower(given("model_name", 0)), given("old_name", 2)),
            "AddIndex" | "AddIndexConcurrently" => {
                (lower(given("model_name", 0)), named(arguments, "index"))
            }
            "AddConstraint" | "AddConstraintNotValid" => (
                lower(given("model_name", 0)),
                named(arguments, "constraint"),
            ),
            _ => (None, None),
        }
    }

    /// Rebuilds the models.
    fn apply(
        &mut self,
        kind: &str,
        arguments: &Arguments,
        model: Option<&str>,
        field: Option<&str>,
    ) {
        let Some(model) = model else { return };
        match kind {
            "CreateModel" => {
                if !self.is_state_only {
                    self.created.push(model.to_owned());
                }
                let fields = keyword(arguments, "fields").or_else(|| arguments.args.get(1));
                for pair in fields.map(items).unwrap_or_default() {
                    if let [name, field] = items(pair)
                        && let (Some(name), Expr::Call(call)) = (text(name), field)
                    {
                        self.state.set(model, name, Field::read(call));
                    }
                }
            }
            "DeleteModel" => self.state.delete_model(model),
            "RenameModel" => {
                let new = keyword(arguments, "new_name").or_else(|| arguments.args.get(1));
                if let Some(new) = new.and_then(text) {
                    self.state.rename_model(model, &new.to_lowercase());
                }
            }
            "AddField" | "AlterField" => {
                let definition = keyword(arguments, "field").or_else(|| arguments.args.get(2));
                if let (Some(Expr::Call(call)), Some(field)) = (definition, field) {
                    self.state.set(model, field, Field::read(call));
                }
            }
            "RemoveField" => {
                if let Some(field) = field {
                    self.state.remove(model, field);
                }
            }
            "RenameField" => {
                let new = keyword(arguments, "new_name").or_else(|| arguments.args.get(2));
                if let (Some(new), Some(field)) = (new.and_then(text), field) {
                    self.state.rename(model, field, new);
                }
            }
            _ => {}
        }
    }
}

/// The last name of what is called.
pub(super) fn called(call: &ExprCall) -> Option<&str> {
    match &*call.func {
        Expr::Name(name) => Some(name.id.as_str()),
        Expr::Attribute(attribute) => Some(attribute.attr.as_str()),
        _ => None,
    }
}

/// An argument by name.
pub(super) fn keyword<'e>(arguments: &'e Arguments, name: &str) -> Option<&'e Expr> {
    arguments
        .keywords
        .iter()
        .find(|keyword| keyword.arg.as_ref().is_some_and(|own| own.as_str() == name))
        .map(|keyword| &keyword.value)
}

/// A literal text.
pub(super) fn text(expression: &Expr) -> Option<&str> {
    match expression {
        Expr::StringLiteral(literal) => Some(literal.value.to_str()),
        _ => None,
    }
}

pub(super) fn is_true(expression: &Expr) -> bool {
    matches!(expression, Expr::BooleanLiteral(literal) if literal.value)
}

/// The items of a list or tuple.
pub(super) fn items(expression: &Expr) -> &[Expr] {
    match expression {
        Expr::List(list) => &list.elts,
        Expr::Tuple(tuple) => &tuple.elts,
        Expr::Set(set) => &set.elts,
        _ => &[],
    }
}

/// The `name` of an index or constraint that is made in place.
fn named(arguments: &Arguments, argument: &str) -> Option<String> {
    let made = keyword(arguments, argument).or_else(|| arguments.args.get(1))?;
    let Expr::Call(call) = made else { return None };
    keyword(&call.arguments, "name")
        .and_then(text)
        .map(str::to_owned)
}

/// Pairs of application and name.
fn keys(expression: &Expr) -> Vec<MigrationKey> {
    items(expression)
        .iter()
        .filter_map(|pair| match items(pair) {
            [app, name] => Some(MigrationKey {
                app: text(app)?.to_owned(),
                name: text(name)?.to_owned(),
            }),
            _ => None,
        })
        .collect()
}
