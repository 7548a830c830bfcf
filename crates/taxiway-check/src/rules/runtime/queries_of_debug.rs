//! Slow queries are read from a list that is empty in production.

use ruff_python_ast::visitor::{Visitor, walk_expr};
use ruff_python_ast::Expr;

use crate::files::dotted;
use crate::rules::prelude::*;

pub(crate) static RULE: Rule = Rule::of_files(
    "queries-of-debug",
    "queries are read from a list that is empty in production",
    include_str!("queries_of_debug.md"),
    look,
)
.warning()
.gate(Gate::Operations);

fn look(files: &Files, marks: &mut Marks<'_>) {
    for module in &files.modules {
        // Whoever asks for DEBUG, or forces the list, knows.
        let knows = ["force_debug_cursor", "DEBUG", "CaptureQueries", "debug_toolbar"].iter().any(|word| module.text.contains(word));
        let is_command = module.path.components().any(|part| matches!(part.as_str(), "management" | "scripts" | "dev" | "debug" | "profiling"));
        if knows || is_command || !module.text.contains("django.db") {
            continue;
        }
        let mut search = Search::default();
        search.visit_body(module.body());
        if let Some(first) = search.found.first() {
            let message = "`connection.queries` is empty where DEBUG is off: this never sees a query in production";
            marks.push(Mark::at(module.location(*first), message).help("wrap the execution: `connection.execute_wrapper`, or let PostgreSQL log what is slow: `log_min_duration_statement`"));
        }
    }
}

#[derive(Default)]
struct Search<'m> {
    found: Vec<&'m Expr>,
}

impl<'m> Visitor<'m> for Search<'m> {
    fn visit_expr(&mut self, expression: &'m Expr) {
        if dotted(expression).is_some_and(|name| name == "connection.queries" || name.ends_with(".connection.queries")) {
            self.found.push(expression);
        }
        walk_expr(self, expression);
    }
}
