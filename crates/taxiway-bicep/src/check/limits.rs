//! Values held against the limits of numbers, texts and arrays.

use taxiway_diagnostics::{Severity, Span};

use super::Checker;
use super::access::severity;
use super::narrow::{Against, Mismatch};
use crate::types::{Text, Type, length_of, limits, matches_pattern};

/// The least and the greatest, as far as there are any.
type Bounds = (Option<i64>, Option<i64>);

/// Both, where the first is more than the second.
fn above(one: Option<i64>, two: Option<i64>) -> Option<(i64, i64)> {
    one.zip(two).filter(|(one, two)| one > two)
}

fn grade(against: &Against) -> Severity {
    let is_lenient = matches!(
        against.mismatch,
        Mismatch::Member {
            is_lenient: true,
            ..
        } | Mismatch::Item { is_lenient: true }
    );
    severity(against.is_resource || is_lenient)
}

impl Checker<'_> {
    pub(super) fn integer_limits(
        &mut self,
        span: Span,
        actual: &Type,
        target: &Type,
        against: &Against,
    ) {
        if !matches!(actual, Type::Int(_) | Type::IntLiteral(_)) {
            return;
        }
        let ((low, high), (least, greatest)) = (limits(actual), limits(target));
        if let Some((low, greatest)) = above(low, greatest) {
            let message = format!("at most {greatest} is allowed here, and this is at least {low}");
            self.report(grade(against), span, "BCP327", message);
        } else if let Some((least, high)) = above(least, high) {
            let message = format!("at least {least} is allowed here, and this is at most {high}");
            self.report(grade(against), span, "BCP328", message);
        } else if matches!(actual, Type::Int(_)) && matches!(target, Type::Int(_)) {
            if let Some((least, low)) = above(least, low) {
                let message = format!("at least {least} is allowed here, and this may be {low}");
                self.warning(span, "BCP329", message);
            }
            if let Some((high, greatest)) = above(high, greatest) {
                let message = format!("at most {greatest} is allowed here, and this may be {high}");
                self.warning(span, "BCP330", message);
            }
        }
    }

    pub(super) fn text_limits(
        &mut self,
        span: Span,
        actual: &Type,
        target: &Text,
        against: &Against,
    ) {
        self.length_limits(span, actual, (target.least, target.greatest), against);
        if let (Type::StringLiteral(text), Some(pattern)) = (actual, target.pattern)
            && matches_pattern(pattern, text) == Some(false)
        {
            let message = format!("this does not match the pattern `{pattern}`");
            self.report(grade(against), span, "BCP416", message);
        }
    }

    pub(super) fn length_limits(
        &mut self,
        span: Span,
        actual: &Type,
        (least, greatest): Bounds,
        against: &Against,
    ) {
        let exactly = |length: i64| (Some(length), Some(length), true);
        let (low, high, is_exact) = match actual {
            Type::StringLiteral(text) => exactly(length_of(text)),
            Type::String(text) => (text.least, text.greatest, false),
            Type::Array(array) => (array.least, array.greatest, false),
            Type::Tuple(items) => exactly(i64::try_from(items.len()).unwrap_or(i64::MAX)),
            _ => return,
        };
        if let Some((low, greatest)) = above(low, greatest) {
            let message = format!("at most {greatest} fit here, and this has at least {low}");
            self.report(grade(against), span, "BCP332", message);
        } else if let Some((least, high)) = above(least, high) {
            let message = format!("at least {least} belong here, and this has at most {high}");
            self.report(grade(against), span, "BCP333", message);
        } else if !is_exact {
            if let Some((least, low)) = above(least, low) {
                let message = format!("at least {least} belong here, and this may have {low}");
                self.warning(span, "BCP334", message);
            }
            if let Some((high, greatest)) = above(high, greatest) {
                let message = format!("at most {greatest} fit here, and this may have {high}");
                self.warning(span, "BCP335", message);
            }
        }
    }
}
