//! `try`: a handler is executed where the body may fail with an empty environment.

use ruff_python_ast::{ExceptHandler, Expr, Stmt, StmtTry};
use ruff_text_size::Ranged;

use super::evaluator::{Evaluator, Frame};
use super::join::Default;
use super::statement::{Flow, ends_the_program};
use super::value::Value;

impl<'a> Evaluator<'a> {
    pub(super) fn attempt(&mut self, attempt: &'a StmtTry, frame: &mut Frame<'a>) -> Flow<'a> {
        let gives_up = |handler: &ExceptHandler| {
            let ExceptHandler::ExceptHandler(handler) = handler;
            handler.body.last().is_some_and(|last| match last {
                Stmt::Raise(_) => true,
                Stmt::Expr(expression) => {
                    matches!(&*expression.value, Expr::Call(call) if ends_the_program(&call.func))
                }
                _ => false,
            })
        };
        let is_caught = attempt
            .handlers
            .iter()
            .any(|handler| !gives_up(handler) && catches_missing_keys(handler));
        let before = self.scope(frame).clone();
        let (reads, opened) = (self.bare_reads, self.opened);
        self.tries += 1;
        let body = self.under(!is_caught, |own| own.execute(&attempt.body, frame));
        self.tries -= 1;
        let has_failed = body == Flow::Raise;
        let may_fail = (is_caught && self.bare_reads > reads) || self.opened > opened;
        let handler = attempt
            .handlers
            .iter()
            .find(|handler| !gives_up(handler))
            .map(|handler| {
                let ExceptHandler::ExceptHandler(handler) = handler;
                handler
            });
        let flow = match handler {
            Some(handler) if has_failed => {
                self.bind_exception(handler.name.as_ref(), frame);
                self.execute(&handler.body, frame)
            }
            Some(handler) if may_fail => {
                let after_body = std::mem::replace(self.scope(frame), before);
                self.bind_exception(handler.name.as_ref(), frame);
                let handled = self.execute(&handler.body, frame);
                self.meet(
                    (body, after_body),
                    handled,
                    Default::Right,
                    &Value::unknown(),
                    frame,
                )
            }
            _ if body == Flow::Next => self.execute(&attempt.orelse, frame),
            _ => body,
        };
        match self.execute(&attempt.finalbody, frame) {
            Flow::Next => flow,
            ended => ended,
        }
    }

    fn bind_exception(
        &mut self,
        name: Option<&'a ruff_python_ast::Identifier>,
        frame: &mut Frame<'a>,
    ) {
        if let Some(name) = name {
            let spot = self.spot(frame, name.range().start());
            self.assign(frame, name.as_str(), Value::unknown(), spot);
        }
    }
}

/// Whether a handler catches what a missing environment variable raises.
fn catches_missing_keys(handler: &ExceptHandler) -> bool {
    let ExceptHandler::ExceptHandler(handler) = handler;
    let Some(caught) = &handler.type_ else {
        return true;
    };
    let names: Vec<&Expr> = match &**caught {
        Expr::Tuple(tuple) => tuple.elts.iter().collect(),
        single => vec![single],
    };
    names.into_iter().any(|name| {
        let name = match name {
            Expr::Name(name) => name.id.as_str(),
            Expr::Attribute(attribute) => attribute.attr.as_str(),
            _ => return true,
        };
        !matches!(
            name,
            "ImportError"
                | "ModuleNotFoundError"
                | "OSError"
                | "IOError"
                | "FileNotFoundError"
                | "ValueError"
                | "TypeError"
                | "AttributeError"
                | "NameError"
        )
    })
}
