//! Grammar of strings with holes.

use super::expression::Lists;
use super::parser::Parser;
use super::recovery::{Part, Read};
use super::{NodeKind, TokenKind};

/// Where a hole ends.
const HOLE: &[TokenKind] = &[
    TokenKind::StringMiddle,
    TokenKind::StringEnd,
    TokenKind::NewLine,
];

impl Parser<'_> {
    pub(super) fn at_string(&self) -> bool {
        matches!(
            self.peek(),
            TokenKind::StringComplete | TokenKind::StringStart
        )
    }

    /// A string, with all that is in its holes; whether it says something. What says nothing is missing.
    pub(super) fn string(&mut self) -> bool {
        let start = self.start();
        let mut says_something = !self.is_malformed();
        let mut goes_on = self.at(TokenKind::StringStart);
        self.bump();
        while goes_on {
            self.hole();
            goes_on = self.at(TokenKind::StringMiddle);
            if !goes_on && !self.at(TokenKind::StringEnd) {
                says_something = false;
                break;
            }
            says_something &= !self.is_malformed();
            self.bump();
        }
        let kind = if says_something {
            NodeKind::String
        } else {
            NodeKind::Missing
        };
        self.complete(start, kind);
        says_something
    }

    /// The value between `${` and `}`.
    fn hole(&mut self) {
        let start = self.start();
        self.value(Part::Whole, HOLE, |parser| {
            parser.expression(Lists::Forbidden)
        });
        if !HOLE.contains(&self.peek()) {
            self.error("BCP064", "one value is expected between `${` and `}`");
            self.skip_to(HOLE);
            self.complete(start, NodeKind::Missing);
        }
    }

    /// A string where nothing else can stand; the rest of the line is lost with what stands there instead.
    pub(super) fn required_string(&mut self, code: &'static str, message: &str) -> Read {
        let wrong = self.wrong(code, message);
        if !self.at_string() {
            self.skip_to(HOLE);
            return Err(wrong);
        }
        if self.string() { Ok(()) } else { Err(wrong) }
    }
}
