//! Findings: as rules report them, and as users get them.

use camino::Utf8PathBuf;
use serde_json::Value;
use taxiway_diagnostics::{Diagnostic, Edit, Fix, FixSafety, Location};

use crate::node::{Node, Part};
use crate::rule::{Persona, Rule};

/// What a rule says, at its place.
#[derive(Clone, Debug)]
pub struct Finding {
    /// The rule.
    pub rule: &'static Rule,
    /// Who sees it.
    pub persona: Persona,
    /// What, where, and what to do.
    pub diagnostic: Diagnostic,
    /// The resource: `Microsoft.Web/sites app-shop`; none for what is not about one.
    pub resource: Option<String>,
    /// The files that were judged and have it, sorted.
    pub entries: Vec<Utf8PathBuf>,
    /// The statements that declare the resource, from the innermost module outwards.
    pub(crate) declarations: Vec<Location>,
}

/// What a rule reports, before its place is known.
#[derive(Clone, Debug)]
pub(crate) struct Found {
    pub(crate) node: usize,
    pub(crate) path: String,
    pub(crate) message: String,
    pub(crate) help: Option<String>,
    pub(crate) labels: Vec<(usize, String, String)>,
    pub(crate) is_pedantic: bool,
    /// Said for information, however bad the rule's other findings are.
    pub(crate) is_note: bool,
    pub(crate) change: Option<Change>,
}

/// A property to be set.
#[derive(Clone, Debug)]
pub(crate) struct Change {
    pub(crate) node: usize,
    pub(crate) path: String,
    pub(crate) value: Value,
    pub(crate) safety: FixSafety,
}

impl Found {
    /// Something about a part of a resource.
    pub(crate) fn at(part: &Part<'_>, message: impl Into<String>) -> Self {
        Self {
            node: part.node,
            path: part.path.clone(),
            message: message.into(),
            help: None,
            labels: Vec::new(),
            is_pedantic: false,
            is_note: false,
            change: None,
        }
    }

    /// Something about a resource as a whole.
    pub(crate) fn on(node: &Node<'_>, message: impl Into<String>) -> Self {
        Self::at(&node.whole(), message)
    }

    pub(crate) fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// Points at a second part.
    pub(crate) fn label(mut self, part: &Part<'_>, text: impl Into<String>) -> Self {
        self.labels
            .push((part.node, part.path.clone(), text.into()));
        self
    }

    pub(crate) const fn pedantic(mut self) -> Self {
        self.is_pedantic = true;
        self
    }

    /// For what is not sure enough to warn of.
    pub(crate) const fn note(mut self) -> Self {
        self.is_note = true;
        self
    }

    /// Setting the part to `value` mends it, and changes nothing else.
    pub(crate) fn safe_fix(self, part: &Part<'_>, value: impl Into<Value>) -> Self {
        self.fix(part, value, FixSafety::Safe)
    }

    /// Setting the part to `value` mends it, and may break who relies on what is there.
    pub(crate) fn unsafe_fix(self, part: &Part<'_>, value: impl Into<Value>) -> Self {
        self.fix(part, value, FixSafety::Unsafe)
    }

    fn fix(mut self, part: &Part<'_>, value: impl Into<Value>, safety: FixSafety) -> Self {
        self.change = Some(Change {
            node: part.node,
            path: part.path.clone(),
            value: value.into(),
            safety,
        });
        self
    }
}

/// What a rule about files reports.
#[derive(Clone, Debug)]
pub(crate) struct Mark {
    pub(crate) location: Location,
    pub(crate) message: String,
    pub(crate) help: Option<String>,
    pub(crate) labels: Vec<(Location, String)>,
    pub(crate) is_pedantic: bool,
    pub(crate) fix: Option<Fix>,
}

impl Mark {
    pub(crate) fn at(location: Location, message: impl Into<String>) -> Self {
        Self {
            location,
            message: message.into(),
            help: None,
            labels: Vec::new(),
            is_pedantic: false,
            fix: None,
        }
    }

    pub(crate) fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// Putting `replacement` at the place mends it.
    pub(crate) fn fix(
        mut self,
        title: &str,
        safety: FixSafety,
        location: Location,
        replacement: impl Into<String>,
    ) -> Self {
        self.fix = Some(Fix {
            title: title.to_owned(),
            safety,
            edits: vec![Edit {
                location,
                replacement: replacement.into(),
            }],
        });
        self
    }

    /// Points at a second place.
    pub(crate) fn label(mut self, location: Location, text: impl Into<String>) -> Self {
        self.labels.push((location, text.into()));
        self
    }

    pub(crate) const fn pedantic(mut self) -> Self {
        self.is_pedantic = true;
        self
    }
}

/// Takes what the rules about files report.
#[derive(Debug)]
pub(crate) struct Marks<'r> {
    pub(crate) found: &'r mut Vec<(&'static Rule, Mark)>,
    pub(crate) rule: &'static Rule,
}

impl Marks<'_> {
    pub(crate) fn push(&mut self, mark: Mark) {
        self.found.push((self.rule, mark));
    }
}

/// Takes what the rules report.
#[derive(Debug)]
pub(crate) struct Report<'r> {
    pub(crate) found: &'r mut Vec<(&'static Rule, Found)>,
    pub(crate) rule: &'static Rule,
}

impl Report<'_> {
    pub(crate) fn push(&mut self, found: Found) {
        self.found.push((self.rule, found));
    }
}
