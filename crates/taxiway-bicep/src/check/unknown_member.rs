//! Members that an object may not have.

use taxiway_diagnostics::{Diagnostic, Edit, Fix, FixSafety, Span};

use super::Checker;
use super::access::{available, severity};
use super::narrow::Against;
use super::narrow_object::Given;
use crate::ast::ObjectItem;
use crate::types::{self, Flags, Strictness};

pub(super) struct Unknown<'n> {
    pub(super) name: &'n str,
    pub(super) span: Span,
    pub(super) is_lenient: bool,
}

impl<'a> Checker<'a> {
    pub(super) fn unknown_members(
        &mut self,
        given: Given<'a, '_>,
        target: &types::Object,
        against: &Against,
        is_fallback: bool,
    ) {
        let is_lenient = is_fallback || target.strictness == Strictness::Lenient;
        let mut known: Vec<&str> = target
            .members
            .iter()
            .filter(|(name, member)| {
                !member.flags.has(Flags::READ_ONLY)
                    && !member.flags.has(Flags::FALLBACK)
                    && !given.actual.members.contains_key(*name)
            })
            .map(|(name, _)| &**name)
            .collect();
        known.sort_unstable();
        let properties = given.properties();
        for name in given.actual.members.keys() {
            if target.members.contains_key(name) {
                continue;
            }
            let at = properties
                .get(&**name)
                .map_or(given.span, |property| property.key.span);
            let unknown = Unknown {
                name,
                span: against.origin.unwrap_or(at),
                is_lenient,
            };
            let similar = super::spelling::similar(name, known.iter().copied());
            match similar.filter(|_| against.origin.is_none()) {
                Some(similar) => self.unknown_with_hint(&unknown, similar),
                None => {
                    let message = format!("`{name}` is no property of `{}`", target.name);
                    let help = (!known.is_empty()).then(|| available(&known));
                    let diagnostic = Diagnostic {
                        location: Some(self.location(unknown.span)),
                        help,
                        ..Diagnostic::new(severity(is_lenient), "BCP037", message)
                    };
                    self.push(diagnostic);
                }
            }
        }
        for item in given.syntax.iter().flat_map(|object| &object.items) {
            if let ObjectItem::Property(property) = item
                && property.key.plain().is_none()
            {
                let message = format!(
                    "the properties of `{}` are fixed; none can be computed",
                    target.name
                );
                self.report(severity(is_lenient), property.key.span, "BCP040", message);
            }
        }
    }

    pub(super) fn unknown_with_hint(&mut self, unknown: &Unknown<'_>, similar: &str) {
        let message = format!("`{}` is not known here", unknown.name);
        let edit = Edit {
            location: self.location(unknown.span),
            replacement: similar.to_owned(),
        };
        let diagnostic = Diagnostic {
            location: Some(self.location(unknown.span)),
            help: Some(format!("did you mean `{similar}`?")),
            fix: Some(Fix {
                title: format!("write `{similar}`"),
                safety: FixSafety::Unsafe,
                edits: vec![edit],
            }),
            ..Diagnostic::new(severity(unknown.is_lenient), "BCP089", message)
        };
        self.push(diagnostic);
    }
}
