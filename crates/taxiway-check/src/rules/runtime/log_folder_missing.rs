//! A log file lies in a folder that nothing makes.

use ruff_python_ast::visitor::{Visitor, walk_expr};
use ruff_python_ast::{Expr, ExprDict};

use crate::rules::prelude::*;

pub(crate) static RULE: Rule = Rule::of_files(
    "log-folder-missing",
    "a log file lies in a folder that nothing makes",
    include_str!("log_folder_missing.md"),
    look,
)
.confidence(Confidence::Medium);

fn look(files: &Files, marks: &mut Marks<'_>) {
    for module in files.modules.iter().filter(|module| module.is_settings()) {
        if ["mkdir", "makedirs"].iter().any(|word| module.text.contains(word)) {
            continue;
        }
        let mut search = Search::default();
        search.visit_body(module.body());
        for (expression, path) in search.found {
            let Some((folder, _)) = path.rsplit_once('/').filter(|(folder, _)| folder.starts_with('/') && !is_always_there(folder)) else { continue };
            let images = files.images.iter().flat_map(|image| &image.stages).flat_map(|stage| &stage.instructions);
            let is_made = images.into_iter().any(|instruction| instruction.script.text.contains(folder)) || files.mention(&[folder]);
            if !is_made {
                let message = format!("nothing makes `{folder}`: opening the log fails, and with it the start");
                marks.push(Mark::at(module.location(expression), message).help("write to the standard output: the platform collects it"));
            }
        }
    }
}

fn is_always_there(folder: &str) -> bool {
    matches!(folder, "" | "/tmp" | "/var/log" | "/var/tmp" | "/dev" | "/home")
}

/// `{"class": "logging.FileHandler", "filename": "…"}`
#[derive(Default)]
struct Search<'m> {
    found: Vec<(&'m Expr, &'m str)>,
}

impl<'m> Visitor<'m> for Search<'m> {
    fn visit_expr(&mut self, expression: &'m Expr) {
        if let Expr::Dict(dict) = expression
            && value(dict, "class").and_then(text).is_some_and(|class| class.ends_with("FileHandler"))
            && let Some(filename) = value(dict, "filename")
            && let Some(path) = text(filename)
        {
            self.found.push((filename, path));
        }
        walk_expr(self, expression);
    }
}

fn value<'m>(dict: &'m ExprDict, key: &str) -> Option<&'m Expr> {
    dict.items.iter().find(|item| item.key.as_ref().and_then(text) == Some(key)).map(|item| &item.value)
}

fn text(expression: &Expr) -> Option<&str> {
    match expression {
        Expr::StringLiteral(literal) => Some(literal.value.to_str()),
        _ => None,
    }
}
