//! One revision.

use std::collections::BTreeSet;

use camino::Utf8Path;
use ruff_python_ast::{Expr, ExprCall, Stmt, StmtFunctionDef, StmtWith};
use ruff_text_size::Ranged;
use taxiway_diagnostics::Place;

use super::{APP, Revision, judge};
use crate::migration::file::{called, items, keyword, text};
use crate::migration::{Migration, Operation};
use crate::python::Source;

/// Functions and blocks within each other that are looked into.
const DEEPEST: u8 = 8;

/// Reads a module; `None` where it is no revision.
pub(super) fn read(source: &Source, path: &Utf8Path) -> Option<Revision> {
    let value = |wanted: &str| {
        source.body().iter().find_map(|statement| {
            let (target, value) = match statement {
                Stmt::Assign(assign) => match &*assign.targets {
                    [target] => (target, &*assign.value),
                    _ => return None,
                },
                Stmt::AnnAssign(assign) => (&*assign.target, &**assign.value.as_ref()?),
                _ => return None,
            };
            matches!(target, Expr::Name(name) if name.id.as_str() == wanted).then_some(value)
        })
    };
    let id = value("revision").and_then(text)?.to_owned();
    // A merge comes after several; `depends_on` is a matter of order as well.
    let after = ["down_revision", "depends_on"]
        .into_iter()
        .filter_map(value)
        .flat_map(|value| match text(value) {
            Some(one) => vec![one.to_owned()],
            None => items(value)
                .iter()
                .filter_map(text)
                .map(str::to_owned)
                .collect(),
        })
        .collect();
    value("down_revision")?;
    let is_lost = function(source, "downgrade").is_none_or(does_nothing);
    let mut reader = Reader {
        source,
        path,
        created: Vec::new(),
        batches: Vec::new(),
        is_autocommit: false,
        is_lost,
        found: Vec::new(),
        is_complete: true,
        has_code: false,
        entered: BTreeSet::new(),
    };
    if let Some(upgrade) = function(source, "upgrade") {
        reader.block(&upgrade.body, 0);
    }
    Some(Revision {
        id,
        after,
        migration: Migration {
            app: APP.to_owned(),
            name: path.file_stem()?.to_owned(),
            path: path.to_owned(),
            dependencies: Vec::new(),
            replaces: Vec::new(),
            initial: false,
            atomic: !reader.is_autocommit,
            operations: reader.found,
            complete: reader.is_complete,
        },
    })
}

fn function<'s>(source: &'s Source, name: &str) -> Option<&'s StmtFunctionDef> {
    source.body().iter().find_map(|statement| match statement {
        Stmt::FunctionDef(function) if function.name.as_str() == name => Some(function),
        _ => None,
    })
}

/// Whether a function has nothing but words, `pass` and `raise`.
fn does_nothing(function: &StmtFunctionDef) -> bool {
    function.body.iter().all(|statement| match statement {
        Stmt::Pass(_) | Stmt::Raise(_) => true,
        Stmt::Expr(expression) => text(&expression.value).is_some(),
        _ => false,
    })
}

struct Reader<'r> {
    source: &'r Source,
    path: &'r Utf8Path,
    /// The tables that this revision itself creates: nobody uses them yet.
    created: Vec<String>,
    /// Names of `batch_alter_table` blocks around, each with its table.
    batches: Vec<(String, Option<String>)>,
    /// Whether what follows runs outside of a transaction.
    is_autocommit: bool,
    /// Whether `downgrade()` takes nothing back.
    is_lost: bool,
    found: Vec<Operation>,
    is_complete: bool,
    has_code: bool,
    /// Functions of the module that were looked into.
    entered: BTreeSet<String>,
}

impl Reader<'_> {
    fn block(&mut self, statements: &[Stmt], depth: u8) {
        if depth > DEEPEST {
            self.is_complete = false;
            return;
        }
        for statement in statements {
            match statement {
                Stmt::Expr(expression) => {
                    if let Expr::Call(call) = &*expression.value {
                        self.call(call, depth);
                    }
                }
                Stmt::With(with) => self.with(with, depth),
                Stmt::Assign(assign) => {
                    if let Expr::Call(call) = &*assign.value {
                        self.call(call, depth);
                    }
                }
                // What runs, and how often, is only known at run time.
                Stmt::If(branch) => {
                    self.is_complete = false;
                    self.block(&branch.body, depth + 1);
                    for clause in &branch.elif_else_clauses {
                        self.block(&clause.body, depth + 1);
                    }
                }
                Stmt::For(each) => {
                    self.is_complete = false;
                    self.block(&each.body, depth + 1);
                }
                Stmt::Try(attempt) => {
                    self.is_complete = false;
                    self.block(&attempt.body, depth + 1);
                }
                Stmt::While(each) => {
                    self.is_complete = false;
                    self.block(&each.body, depth + 1);
                }
                _ => {}
            }
        }
    }

    fn with(&mut self, with: &StmtWith, depth: u8) {
        let (batches, was_autocommit) = (self.batches.len(), self.is_autocommit);
        for item in &with.items {
            let Expr::Call(call) = &item.context_expr else {
                continue;
            };
            match called(call) {
                Some("batch_alter_table") => {
                    if let Some(Expr::Name(name)) = item.optional_vars.as_deref() {
                        let table = call.arguments.args.first().and_then(text);
                        let table = table.map(str::to_owned);
                        self.batches.push((name.id.to_string(), table));
                    }
                }
                Some("autocommit_block") => self.is_autocommit = true,
                _ => self.code(call),
            }
        }
        self.block(&with.body, depth + 1);
        self.batches.truncate(batches);
        self.is_autocommit = was_autocommit;
    }

    fn call(&mut self, call: &ExprCall, depth: u8) {
        match &*call.func {
            Expr::Attribute(attribute) => match &*attribute.value {
                Expr::Name(name) => {
                    let batch = self
                        .batches
                        .iter()
                        .find(|batch| batch.0 == name.id.as_str());
                    let table = batch.map(|batch| batch.1.clone());
                    if name.id.as_str() == "op" || table.is_some() {
                        self.operation(attribute.attr.as_str(), table, call);
                    } else {
                        self.code(call);
                    }
                }
                _ => self.code(call),
            },
            Expr::Name(name) => match function(self.source, name.id.as_str()) {
                // Once is enough to know what it does, and calls of calls of calls have an end.
                Some(function) => {
                    if self.entered.insert(name.id.to_string()) {
                        self.block(&function.body, depth + 1);
                    }
                }
                None => self.code(call),
            },
            _ => self.code(call),
        }
    }

    /// `batch` has the table of the block that it is in.
    fn operation(&mut self, kind: &str, batch: Option<Option<String>>, call: &ExprCall) {
        if matches!(
            kind,
            "get_bind" | "get_context" | "f" | "inline_literal" | "invoke"
        ) {
            return;
        }
        let is_batch = batch.is_some();
        // Outside of a block the first arguments are the object's name, the table's, or both.
        let positions = judge::positions(kind, is_batch);
        let given = |name: &str, position: Option<usize>| {
            let value =
                keyword(&call.arguments, name).or_else(|| call.arguments.args.get(position?));
            value.and_then(label).map(str::to_owned)
        };
        let table = match batch {
            Some(table) => table,
            None => ["table_name", "source_table", "old_table_name"]
                .iter()
                .find_map(|name| given(name, None))
                .or_else(|| given("table_name", positions.table)),
        };
        let subject = given(positions.name, positions.subject).or_else(|| {
            // The name is inside of the column.
            match call.arguments.args.get(positions.subject?)? {
                Expr::Call(column) => column.arguments.args.first().and_then(text),
                _ => None,
            }
            .map(str::to_owned)
        });
        if kind == "execute" && judge::is_commit(call) {
            self.is_autocommit = true;
            return;
        }
        let is_new_table = table
            .as_ref()
            .is_some_and(|table| self.created.contains(table));
        let context = judge::Context {
            arguments: &call.arguments,
            is_batch,
            is_new_table,
            is_autocommit: self.is_autocommit,
        };
        let safety = judge::operation(kind, &context);
        if kind == "create_table" {
            self.created.extend(table.clone());
        }
        self.found.push(Operation {
            kind: kind.to_owned(),
            model: table,
            field: subject,
            safety,
            reversible: !self.is_lost && !matches!(kind, "drop_table" | "drop_column" | "execute"),
            place: self.place(call),
        });
    }

    /// The revision's own code, said once.
    fn code(&mut self, call: &ExprCall) {
        if std::mem::replace(&mut self.has_code, true) {
            return;
        }
        self.found.push(Operation {
            kind: "code".to_owned(),
            model: None,
            field: None,
            safety: judge::code(),
            reversible: !self.is_lost,
            place: self.place(call),
        });
    }

    fn place(&self, call: &ExprCall) -> Place {
        let offset: u32 = call.range().start().into();
        Place::new(self.path, self.source.lines.line(offset))
    }
}

/// A literal text, as it is or in `op.f()`.
fn label(expression: &Expr) -> Option<&str> {
    match expression {
        Expr::Call(call) if called(call) == Some("f") => call.arguments.args.first().and_then(text),
        _ => text(expression),
    }
}
