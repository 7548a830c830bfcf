//! What a rule works with: the resolved file, its text, and where findings go.

use serde_json::Value;
use taxiway_diagnostics::{Diagnostic, Edit, Fix, FixSafety, Location, Severity, Span};

use super::facts::Facts;
use crate::ast::walk::{descendants, roots};
use crate::ast::{Expr, ExprKind, Parameter, Statement, Variable};
use crate::model::{Model, Target};
use crate::syntax::{TokenKind, lex};

/// One rule at work on one file.
pub(crate) struct Linter<'a> {
    pub(super) model: &'a Model,
    pub(super) text: &'a str,
    pub(super) facts: &'a Facts,
    code: &'static str,
    severity: Severity,
    settings: Option<&'a Value>,
    found: Vec<Diagnostic>,
}

impl<'a> Linter<'a> {
    pub(super) const fn new(
        model: &'a Model,
        text: &'a str,
        facts: &'a Facts,
        code: &'static str,
        severity: Severity,
        settings: Option<&'a Value>,
    ) -> Self {
        Self {
            model,
            text,
            facts,
            code,
            severity,
            settings,
            found: Vec::new(),
        }
    }

    pub(super) fn found(self) -> Vec<Diagnostic> {
        self.found
    }

    /// What `bicepconfig.json` says for this rule under `key`, compared without case.
    pub(super) fn setting(&self, key: &str) -> Option<&'a Value> {
        let settings = self.settings?.as_object()?;
        let found = settings
            .iter()
            .find(|(name, _)| name.eq_ignore_ascii_case(key));
        found.map(|(_, value)| value)
    }

    /// Adds a finding.
    pub(super) fn report(&mut self, span: Span, message: impl Into<String>) {
        let location = Location::new(self.model.path.as_path(), span);
        let mut diagnostic = Diagnostic::new(self.severity, self.code, message);
        diagnostic.location = Some(location);
        self.found.push(diagnostic);
    }

    /// Adds a finding that edits of the file mend, with the meaning kept.
    pub(super) fn report_with_fix(
        &mut self,
        span: Span,
        message: impl Into<String>,
        title: impl Into<String>,
        edits: impl IntoIterator<Item = (Span, String)>,
    ) {
        self.report(span, message);
        let path = self.model.path.as_path();
        let edits = edits.into_iter().map(|(span, replacement)| Edit {
            location: Location::new(path, span),
            replacement,
        });
        let fix = Fix {
            title: title.into(),
            safety: FixSafety::Safe,
            edits: edits.collect(),
        };
        if let Some(last) = self.found.last_mut() {
            last.fix = Some(fix);
        }
    }

    /// Whether the parser had something to say about what is written here.
    pub(super) fn has_syntax_error(&self, span: Span) -> bool {
        let mut errors = self.model.syntax_errors.iter();
        errors.any(|error| span.start <= error.start && error.start <= span.end)
    }

    /// The text of a stretch of the file.
    pub(super) fn slice(&self, span: Span) -> &'a str {
        self.text.get(span.range()).unwrap_or("")
    }

    /// The stretch with everything on its lines, the break after them included: what to remove with a declaration.
    pub(super) fn rows(&self, span: Span) -> Span {
        let (before, after) = (
            &self.text[..span.start as usize],
            &self.text[span.end as usize..],
        );
        let start = before.rfind('\n').map_or(0, |at| at + 1);
        let end = after
            .find('\n')
            .map_or(self.text.len(), |at| span.end as usize + at + 1);
        Span::new(
            u32::try_from(start).unwrap_or(span.start),
            u32::try_from(end).unwrap_or(span.end),
        )
    }

    /// Every expression of the file, outer ones first, in source order.
    pub(super) fn expressions(&self) -> Vec<&'a Expr> {
        let mut found = Vec::new();
        for statement in &self.model.statements {
            roots(statement, &mut |root| {
                descendants(root, &mut |expr| found.push(expr));
            });
        }
        found
    }

    pub(super) fn parameters(&self) -> impl Iterator<Item = &'a Parameter> + use<'a> {
        self.model
            .statements
            .iter()
            .filter_map(|statement| match statement {
                Statement::Parameter(parameter) => Some(&**parameter),
                _ => None,
            })
    }

    pub(super) fn variables(&self) -> impl Iterator<Item = &'a Variable> + use<'a> {
        self.model
            .statements
            .iter()
            .filter_map(|statement| match statement {
                Statement::Variable(variable) => Some(&**variable),
                _ => None,
            })
    }

    /// The name and arguments of a call of a function that needs no declaration.
    pub(super) fn built_in(&self, expr: &'a Expr) -> Option<(&'a str, &'a [Expr])> {
        match &expr.kind {
            ExprKind::Call { name, arguments } if self.model.target(name).is_none() => {
                Some((&name.text, arguments))
            }
            ExprKind::Method {
                base,
                name,
                arguments,
            } => {
                let ExprKind::Name(namespace) = &base.kind else {
                    return None;
                };
                (self.model.target(namespace) == Some(Target::Namespace))
                    .then_some((&*name.text, arguments.as_slice()))
            }
            _ => None,
        }
    }

    /// Whether two expressions are written alike, but for white space and comments.
    pub(super) fn are_alike(&self, left: &Expr, right: &Expr) -> bool {
        let words = |expr: &Expr| -> Vec<&'a str> {
            let text = self.slice(expr.span);
            let (tokens, _) = lex(text);
            tokens
                .iter()
                .filter(|token| !token.kind.is_trivia() && token.kind != TokenKind::NewLine)
                .map(|token| &text[token.span.range()])
                .collect()
        };
        words(left.bare()) == words(right.bare())
    }
}
