//! Settings ask a vault for secrets while they are imported.

use ruff_python_ast::visitor::{Visitor, walk_expr};
use ruff_python_ast::{Expr, ExprCall, Stmt};

use crate::files::dotted;
use crate::rules::prelude::*;

pub(crate) static RULE: Rule = Rule::of_files(
    "secrets-at-import",
    "settings ask a vault for secrets while they are imported",
    include_str!("secrets_at_import.md"),
    look,
)
.warning()
.confidence(Confidence::Medium);

fn look(files: &Files, marks: &mut Marks<'_>) {
    for module in files.modules.iter().filter(|module| module.is_settings()) {
        let has_client = ["SecretClient(", "SecretManagerServiceClient("].iter().any(|client| module.text.contains(client));
        if !has_client {
            continue;
        }
        // Functions of the module that fetch: calling one at the top is fetching at the top.
        let mut fetching: Vec<String> = Vec::new();
        for statement in module.body() {
            if let Stmt::FunctionDef(function) = statement {
                let mut search = Search { wanted: &[], found: Vec::new() };
                search.visit_body(&function.body);
                if !search.found.is_empty() {
                    fetching.push(function.name.to_string());
                }
            }
        }
        for statement in module.body() {
            // Behind a condition it may be for production alone.
            if matches!(statement, Stmt::FunctionDef(_) | Stmt::ClassDef(_) | Stmt::If(_) | Stmt::Try(_)) {
                continue;
            }
            let mut search = Search { wanted: &fetching, found: Vec::new() };
            search.visit_stmt(statement);
            if let Some(call) = search.found.first() {
                let message = "importing the settings fetches a secret: tests, builds and every command of manage.py need the cloud";
                marks.push(Mark::at(module.location(*call), message).help("read a variable, and let the platform put the secret there: a Key Vault reference in the app setting"));
                break;
            }
        }
    }
}

struct Search<'m, 'w> {
    wanted: &'w [String],
    found: Vec<&'m ExprCall>,
}

impl<'m> Visitor<'m> for Search<'m, '_> {
    fn visit_expr(&mut self, expression: &'m Expr) {
        if let Expr::Call(call) = expression {
            let method = match &*call.func {
                Expr::Attribute(attribute) => attribute.attr.as_str(),
                _ => "",
            };
            let is_own = dotted(&call.func).is_some_and(|name| self.wanted.contains(&name));
            if matches!(method, "get_secret" | "access_secret_version") || is_own {
                self.found.push(call);
            }
        }
        walk_expr(self, expression);
    }
}
