//! The text of a variable is taken for a truth value: `False` is true.

use ruff_python_ast::visitor::{Visitor, walk_expr};
use ruff_python_ast::{Expr, Stmt};

use crate::files::{dotted, environment_read};
use crate::rules::prelude::*;

pub(crate) static RULE: Rule = Rule::of_files(
    "text-as-truth",
    "the text of a variable is taken for a truth value: `False` is true",
    include_str!("text_as_truth.md"),
    look,
);

fn look(files: &Files, marks: &mut Marks<'_>) {
    for module in &files.modules {
        let mut search = Search::default();
        search.visit_body(module.body());
        for (expression, name) in search.found {
            let message = format!("any text of `{name}` is true here, `False` and `0` included");
            marks.push(Mark::at(module.location(expression), message).help(format!("compare it: os.environ.get(\"{name}\", \"\").lower() in (\"1\", \"true\", \"yes\")")));
        }
        for statement in module.body() {
            let Stmt::Assign(assign) = statement else { continue };
            let is_debug = assign.targets.iter().any(|target| dotted(target).is_some_and(|name| name == "DEBUG"));
            if let Some(name) = environment_read(&assign.value).filter(|_| is_debug && module.is_settings()) {
                let message = format!("DEBUG is on for any text of `{name}`, `False` and `0` included");
                marks.push(Mark::at(module.location(&*assign.value), message).help(format!("compare it: os.environ.get(\"{name}\", \"\").lower() in (\"1\", \"true\", \"yes\")")));
            }
        }
    }
}

/// `bool(os.environ["X"])`
#[derive(Default)]
struct Search<'m> {
    found: Vec<(&'m Expr, String)>,
}

impl<'m> Visitor<'m> for Search<'m> {
    fn visit_expr(&mut self, expression: &'m Expr) {
        if let Expr::Call(call) = expression
            && dotted(&call.func).is_some_and(|name| name == "bool")
            && let [argument] = &*call.arguments.args
            && let Some(name) = environment_read(argument)
            && !is_mere_presence(&name)
        {
            self.found.push((expression, name));
        }
        walk_expr(self, expression);
    }
}

/// Whether it says something by being there at all: `bool(os.environ.get("SENTRY_DSN"))`.
fn is_mere_presence(name: &str) -> bool {
    let is_flag = ["DEBUG", "ENABLE", "DISABLE", "USE_", "IS_", "ALLOW", "SECURE", "SSL", "TLS", "VERBOSE", "REQUIRE", "SKIP", "FORCE"];
    !is_flag.iter().any(|word| name.to_uppercase().contains(word))
}
