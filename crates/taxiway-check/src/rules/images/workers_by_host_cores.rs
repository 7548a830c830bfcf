//! A server starts workers for the processors of the host.

use ruff_python_ast::visitor::{Visitor, walk_expr, walk_stmt};
use ruff_python_ast::{Expr, ExprCall, Stmt};

use crate::files::dotted;
use crate::rules::prelude::*;

pub(crate) static RULE: Rule = Rule::of_files(
    "workers-by-host-cores",
    "a server starts workers for the processors of the host",
    include_str!("workers_by_host_cores.md"),
    look,
)
.warning()
.gate(Gate::Operations);

const HELP: &str = "say how many in WEB_CONCURRENCY, from the processors and the memory of the plan";

fn look(files: &Files, marks: &mut Marks<'_>) {
    for module in &files.modules {
        let mut search = Search::default();
        search.visit_body(module.body());
        for call in search.found {
            marks.push(Mark::at(module.location(call), "the number of workers follows the processors of the host, not those that the container gets").help(HELP));
        }
    }
    let starts = files.images.iter().flat_map(|image| image.start()).map(|start| (&start.script, start.commands()));
    let scripts = files.scripts.iter().map(|script| (script, script.commands()));
    for (script, commands) in starts.chain(scripts) {
        for command in commands.iter().filter(|command| is_server(command)) {
            if let Some(word) = command.option(&["--workers", "-w"]).filter(|word| word.text.contains("nproc")) {
                marks.push(Mark::at(script.location(word.start, word.end), "the number of workers follows the processors of the host, not those that the container gets").help(HELP));
            }
        }
    }
}

/// Calls of `cpu_count` in the value of `workers`.
#[derive(Default)]
struct Search<'m> {
    is_inside: bool,
    found: Vec<&'m ExprCall>,
}

impl<'m> Visitor<'m> for Search<'m> {
    fn visit_stmt(&mut self, statement: &'m Stmt) {
        let target = match statement {
            Stmt::Assign(assign) => assign.targets.first(),
            Stmt::AnnAssign(assign) => Some(&*assign.target),
            _ => None,
        };
        // gunicorn's own names; a pool of a test runner may have as many as it likes.
        let is_workers = target.and_then(dotted).is_some_and(|name| name == "workers" || name == "max_workers_default" || name == "web_concurrency");
        let was = self.is_inside;
        self.is_inside |= is_workers;
        walk_stmt(self, statement);
        self.is_inside = was;
    }

    fn visit_expr(&mut self, expression: &'m Expr) {
        if let Expr::Call(call) = expression && self.is_inside {
            let name = dotted(&call.func).unwrap_or_default();
            if name == "cpu_count" || name.ends_with(".cpu_count") {
                self.found.push(call);
            }
        }
        walk_expr(self, expression);
    }
}
