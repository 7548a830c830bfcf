//! Where a member of a value is written, through what Bicep puts together: `union`, variables, conditions, parameters of modules.
//!
//! The template has such a value as one expression. Who has to change a setting looks for its line, which may be in the file that
//! uses a module. A member that several parts have counts where the last of them has it, as in `union`.

use std::cell::Cell;
use std::collections::BTreeMap;

use camino::{Utf8Path, Utf8PathBuf};
use taxiway_bicep::syntax::{Node, NodeKind, parse};
use taxiway_diagnostics::{Location, Span};

use crate::evaluated::Evaluated;
use crate::origin::{is_bicep, template_root};

/// How many values are looked into; a value may be built of others without end.
const MOST_STEPS: usize = 200;

/// The place of the member at `path` below the value that is written at `place`, and stands at `pointer` in the template.
pub(crate) fn written(
    evaluated: &Evaluated,
    texts: &BTreeMap<Utf8PathBuf, String>,
    place: &Location,
    pointer: &str,
    path: &[String],
) -> Option<Location> {
    if !is_bicep(evaluated) || path.is_empty() {
        return None;
    }
    let search = Search {
        evaluated,
        texts,
        steps: Cell::new(0),
    };
    search.in_statement(place, template_root(pointer), path)
}

struct Search<'s> {
    evaluated: &'s Evaluated,
    texts: &'s BTreeMap<Utf8PathBuf, String>,
    steps: Cell<usize>,
}

impl Search<'_> {
    /// In the value of what starts at a place; `root` is the template that the place belongs to.
    fn in_statement(&self, place: &Location, root: &str, path: &[String]) -> Option<Location> {
        let (tree, _) = parse(self.texts.get(place.path())?);
        let value = value_at(tree.root(), place.span)?;
        self.in_value(value, place.path(), root, path)
    }

    fn in_value(
        &self,
        node: Node<'_>,
        file: &Utf8Path,
        root: &str,
        path: &[String],
    ) -> Option<Location> {
        self.steps.set(self.steps.get() + 1);
        if self.steps.get() > MOST_STEPS {
            return None;
        }
        let inside = |node| self.in_value(node, file, root, path);
        match node.kind() {
            NodeKind::Object => {
                let (name, rest) = path.split_first()?;
                let member = node.nodes().find(|item| is_called(*item, name))?;
                if rest.is_empty() {
                    return Some(Location::new(file, member.span()));
                }
                self.in_value(member.nodes().next_back()?, file, root, rest)
            }
            NodeKind::Parenthesised
            | NodeKind::NonNull
            | NodeKind::Argument
            | NodeKind::ParameterDefault => node.nodes().next().and_then(inside),
            NodeKind::Ternary => node.nodes().skip(1).find_map(inside),
            NodeKind::Call if name(node) == Some("union") => {
                let arguments = node.nodes().filter(|it| it.kind() == NodeKind::Argument);
                arguments.rev().find_map(inside)
            }
            NodeKind::Name => self.in_declared(node, file, root, path),
            _ => None,
        }
    }

    /// In the variable or the parameter that a name stands for.
    fn in_declared(
        &self,
        used: Node<'_>,
        file: &Utf8Path,
        root: &str,
        path: &[String],
    ) -> Option<Location> {
        let called = text(used);
        let statements = used.tree().root().nodes();
        let mut named = statements.filter(|statement| name(*statement) == Some(called));
        let declared = named.find(|statement| {
            matches!(statement.kind(), NodeKind::Variable | NodeKind::Parameter)
        })?;
        if declared.kind() == NodeKind::Variable {
            return self.in_value(declared.nodes().next_back()?, file, root, path);
        }
        let (place, pointer) = self.given(root, called)?;
        self.in_statement(&place, template_root(&pointer), path)
    }

    /// Where a parameter of a template gets its value.
    fn given(&self, root: &str, name: &str) -> Option<(Location, String)> {
        let evaluated = self.evaluated;
        let located = |pointer: String| {
            evaluated.template.pointer(&pointer)?;
            Some((evaluated.positions.locate(&pointer)?, pointer))
        };
        match root.strip_suffix("/properties/template") {
            Some(module) => located(format!("{module}/properties/parameters/{name}/value")),
            None => {
                let given = evaluated.given.as_ref()?;
                given.locate(name).map(|place| (place, String::new()))
            }
        }
    }
}

/// The value of the statement or property that starts where a span does; else the value that the span is.
fn value_at(root: Node<'_>, span: Span) -> Option<Node<'_>> {
    let is_statement = |node: &Node<'_>| {
        matches!(
            node.kind(),
            NodeKind::Property | NodeKind::Parameter | NodeKind::Variable
        ) && node.span().start == span.start
    };
    let mut node = root;
    let mut whole = None;
    loop {
        if is_statement(&node) {
            return node.nodes().next_back();
        }
        if node.span() == span {
            whole.get_or_insert(node);
        }
        let holds =
            |child: &Node<'_>| child.span().start <= span.start && span.start < child.span().end;
        match node.nodes().find(holds) {
            Some(child) => node = child,
            None => return whole,
        }
    }
}

fn is_called(item: Node<'_>, name: &str) -> bool {
    item.kind() == NodeKind::Property
        && item
            .nodes()
            .next()
            .is_some_and(|key| text(key).trim_matches('\'').eq_ignore_ascii_case(name))
}

/// The name that a statement declares, or that is called.
fn name(node: Node<'_>) -> Option<&str> {
    let mut names = node.nodes().filter(|child| child.kind() == NodeKind::Name);
    names.next().map(text)
}

fn text(node: Node<'_>) -> &str {
    node.tree().slice(node.span()).trim()
}
