//! Settings use a module that they never import.

use std::collections::BTreeSet;

use ruff_python_ast::visitor::{Visitor, walk_expr, walk_stmt};
use ruff_python_ast::{Expr, ExprContext, Stmt};

use crate::rules::prelude::*;

pub(crate) static RULE: Rule = Rule::of_files(
    "module-not-imported",
    "settings use a module that they never import",
    include_str!("module_not_imported.md"),
    look,
);

/// What settings use, and what is never a variable of somebody's own.
const MODULES: [&str; 9] = ["os", "sys", "json", "logging", "environ", "dj_database_url", "decouple", "sentry_sdk", "urllib"];

fn look(files: &Files, marks: &mut Marks<'_>) {
    for module in files.modules.iter().filter(|module| module.is_settings()) {
        let mut search = Search::default();
        search.visit_body(module.body());
        // A star may bring anything.
        if search.has_star {
            continue;
        }
        let mut said = BTreeSet::new();
        for (expression, name) in search.used {
            if !search.bound.contains(&name) && said.insert(name.clone()) {
                let message = format!("`{name}` is used and never imported: importing the settings fails");
                marks.push(Mark::at(module.location(expression), message).help(format!("import {name}")));
            }
        }
    }
}

#[derive(Default)]
struct Search<'m> {
    has_star: bool,
    bound: BTreeSet<String>,
    used: Vec<(&'m Expr, String)>,
}

impl<'m> Visitor<'m> for Search<'m> {
    fn visit_stmt(&mut self, statement: &'m Stmt) {
        match statement {
            Stmt::Import(import) => {
                for alias in &import.names {
                    let name = alias.asname.as_ref().map_or_else(|| alias.name.as_str().split('.').next().unwrap_or_default(), |name| name.as_str());
                    self.bound.insert(name.to_owned());
                }
            }
            Stmt::ImportFrom(import) => {
                for alias in &import.names {
                    self.has_star |= alias.name.as_str() == "*";
                    self.bound.insert(alias.asname.as_ref().unwrap_or(&alias.name).to_string());
                }
            }
            Stmt::FunctionDef(function) => {
                self.bound.insert(function.name.to_string());
                for parameter in &function.parameters {
                    self.bound.insert(parameter.name().to_string());
                }
            }
            Stmt::ClassDef(class) => {
                self.bound.insert(class.name.to_string());
            }
            _ => {}
        }
        walk_stmt(self, statement);
    }

    fn visit_expr(&mut self, expression: &'m Expr) {
        if let Expr::Attribute(attribute) = expression && let Expr::Name(name) = &*attribute.value && MODULES.contains(&name.id.as_str()) {
            self.used.push((expression, name.id.to_string()));
        }
        if let Expr::Name(name) = expression && matches!(name.ctx, ExprContext::Store) {
            self.bound.insert(name.id.to_string());
        }
        walk_expr(self, expression);
    }
}
