//! Statements.

use std::rc::Rc;

use ruff_python_ast::{Expr, Stmt, StmtFor, StmtWith};
use ruff_text_size::Ranged;

use super::evaluator::{DEEPEST, Evaluator, Frame};
use super::join::{Default, join_scopes};
use super::value::{Field, Names, Value};

/// Rounds of a loop that are executed.
const MOST_ROUNDS: usize = 300;

/// How a block ended.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Flow<'a> {
    /// The next statement follows.
    Next,
    /// The function returned.
    Return(Value<'a>),
    /// An exception, or the end of the program.
    Raise,
    /// `break` or `continue`.
    Loop,
}

impl<'a> Evaluator<'a> {
    /// Executes a block.
    pub(crate) fn execute(&mut self, body: &'a [Stmt], frame: &mut Frame<'a>) -> Flow<'a> {
        if self.depth >= DEEPEST {
            return Flow::Next;
        }
        self.depth += 1;
        let (conditional, blamed) = (self.conditional, frame.blamed.len());
        let mut flow = Flow::Next;
        for statement in body {
            if !self.step() {
                break;
            }
            flow = self.statement(statement, frame);
            if flow != Flow::Next {
                break;
            }
        }
        self.conditional = conditional;
        frame.blamed.truncate(blamed);
        self.depth -= 1;
        flow
    }

    fn statement(&mut self, statement: &'a Stmt, frame: &mut Frame<'a>) -> Flow<'a> {
        match statement {
            Stmt::Expr(expression) => {
                if let Expr::Call(call) = &*expression.value
                    && ends_the_program(&call.func)
                {
                    self.blame(frame);
                    return Flow::Raise;
                }
                self.evaluate(&expression.value, frame);
            }
            Stmt::Assign(assign) => {
                let value = self.evaluate(&assign.value, frame);
                for target in &assign.targets {
                    self.assign_to(target, value.clone(), frame);
                }
            }
            Stmt::AnnAssign(assign) => {
                let value = assign
                    .value
                    .as_ref()
                    .map(|value| self.evaluate(value, frame));
                if let (Expr::Name(name), Some(_)) = (&*assign.target, &frame.fields) {
                    let field = Field {
                        name: name.id.as_str().into(),
                        annotation: &assign.annotation,
                        default: value.clone(),
                        spot: self.spot(frame, assign.range().start()),
                    };
                    frame.fields.get_or_insert_default().push(field);
                }
                if let Some(value) = value {
                    self.assign_to(&assign.target, value, frame);
                }
            }
            Stmt::AugAssign(assign) => {
                let right = self.evaluate(&assign.value, frame);
                let spot = self.spot(frame, assign.range().start());
                self.modify(&assign.target, frame, spot, &mut |left| {
                    Value::zip(left, &right, |left, right| {
                        super::operators::binary(assign.op, left, right)
                    })
                });
            }
            Stmt::If(branches) => return self.branch(branches, frame),
            Stmt::Try(attempt) => return self.attempt(attempt, frame),
            Stmt::For(each) => return self.each(each, frame),
            Stmt::While(repeat) => {
                if self.evaluate(&repeat.test, frame).truth() != Some(false) {
                    self.once(&repeat.body, frame);
                }
            }
            Stmt::With(with) => return self.with(with, frame),
            Stmt::Match(cases) => return self.cases(cases, frame),
            Stmt::FunctionDef(definition) => self.define(definition, frame),
            Stmt::ClassDef(definition) => self.define_class(definition, frame),
            Stmt::Import(import) => return self.import_modules(import, frame),
            Stmt::ImportFrom(import) => return self.import_names(import, frame),
            Stmt::Return(statement) => {
                let value = statement
                    .value
                    .as_ref()
                    .map_or(Value::None, |value| self.evaluate(value, frame));
                return Flow::Return(value);
            }
            Stmt::Raise(_) => {
                self.blame(frame);
                return Flow::Raise;
            }
            Stmt::Assert(assert) => {
                let test = self.evaluate(&assert.test, frame);
                if test.default().and_then(Value::truth) == Some(false) {
                    frame.blamed.push(test.names());
                    self.blame(frame);
                    frame.blamed.pop();
                }
            }
            Stmt::Delete(delete) => {
                for target in &delete.targets {
                    if let Expr::Name(name) = target {
                        self.scope(frame).shift_remove(name.id.as_str());
                    }
                }
            }
            Stmt::Global(global) => frame
                .globals
                .extend(global.names.iter().map(|name| Rc::from(name.as_str()))),
            Stmt::Break(_) | Stmt::Continue(_) => return Flow::Loop,
            Stmt::Pass(_) | Stmt::Nonlocal(_) | Stmt::TypeAlias(_) | Stmt::IpyEscapeCommand(_) => {}
        }
        Flow::Next
    }

    /// Assigns to a name, a subscript, or several of them.
    pub(crate) fn assign_to(&mut self, target: &'a Expr, value: Value<'a>, frame: &mut Frame<'a>) {
        let spot = self.spot(frame, target.range().start());
        match target {
            Expr::Name(name) => self.assign(frame, name.id.as_str(), value, spot),
            Expr::Tuple(tuple) => self.assign_each(&tuple.elts, &value, frame),
            Expr::List(list) => self.assign_each(&list.elts, &value, frame),
            Expr::Starred(starred) => self.assign_to(&starred.value, value, frame),
            Expr::Subscript(_) | Expr::Attribute(_) => {
                self.modify(target, frame, spot, &mut |_| value.clone());
            }
            _ => {}
        }
    }

    fn assign_each(&mut self, targets: &'a [Expr], value: &Value<'a>, frame: &mut Frame<'a>) {
        for (index, target) in targets.iter().enumerate() {
            let item = value.map(|value| match value {
                Value::List(items) if items.len() == targets.len() => items[index].clone(),
                other => Value::made_from([other]),
            });
            self.assign_to(target, item, frame);
        }
    }

    fn each(&mut self, each: &'a StmtFor, frame: &mut Frame<'a>) -> Flow<'a> {
        let iterated = self.evaluate(&each.iter, frame);
        let Some(items) = super::operators::iterate(&iterated) else {
            let item = Value::made_from([&iterated]);
            self.assign_to(&each.target, item, frame);
            self.once(&each.body, frame);
            return Flow::Next;
        };
        for item in items.into_iter().take(MOST_ROUNDS) {
            self.assign_to(&each.target, item, frame);
            match self.execute(&each.body, frame) {
                Flow::Next | Flow::Loop => {}
                ended => return ended,
            }
            if !self.step() {
                break;
            }
        }
        self.execute(&each.orelse, frame)
    }

    /// Executes a body that may not be executed at all.
    fn once(&mut self, body: &'a [Stmt], frame: &mut Frame<'a>) {
        let before = self.scope(frame).clone();
        let flow = self.under(false, |own| own.execute(body, frame));
        if let Flow::Return(value) = flow {
            frame.returned.push((value, false));
        }
        let after = std::mem::take(self.scope(frame));
        *self.scope(frame) = join_scopes(before, &after, Default::Neither, &Names::default());
    }

    fn with(&mut self, with: &'a StmtWith, frame: &mut Frame<'a>) -> Flow<'a> {
        let mut prefix = None;
        for item in &with.items {
            let value = self.evaluate(&item.context_expr, frame);
            if let Expr::Call(call) = &item.context_expr
                && let Expr::Attribute(attribute) = &*call.func
                && attribute.attr.as_str() == "prefixed"
                && let Expr::Name(receiver) = &*attribute.value
            {
                let argument = call
                    .arguments
                    .args
                    .first()
                    .map(|argument| self.evaluate(argument, frame));
                prefix = argument
                    .and_then(|argument| argument.as_text().map(str::to_owned))
                    .map(|text| (receiver.id.as_str(), text));
            }
            if let Some(target) = &item.optional_vars {
                self.assign_to(target, value, frame);
            }
        }
        let Some((receiver, prefix)) = prefix else {
            return self.execute(&with.body, frame);
        };
        let spot = self.spot(frame, with.range().start());
        let before = self.lookup(frame, receiver);
        self.change(frame, receiver, spot, &mut |value| {
            super::environment::with_prefix(value, &prefix)
        });
        let flow = self.execute(&with.body, frame);
        if let Some(before) = before {
            self.change(frame, receiver, spot, &mut |_| before.clone());
        }
        flow
    }
}

/// Whether a call never returns.
pub(super) fn ends_the_program(function: &Expr) -> bool {
    match function {
        Expr::Name(name) => matches!(name.id.as_str(), "exit" | "quit"),
        Expr::Attribute(attribute) => {
            matches!(attribute.attr.as_str(), "exit" | "_exit" | "abort")
                && matches!(&*attribute.value, Expr::Name(name) if matches!(name.id.as_str(), "sys" | "os"))
        }
        _ => false,
    }
}
