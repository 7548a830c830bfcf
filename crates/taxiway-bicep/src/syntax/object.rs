//! Grammar of objects, and of the bodies of resources.

use super::expression::Lists;
use super::parser::Parser;
use super::recovery::{Part, Read};
use super::{NodeKind, TokenKind};

const ENDS: &[TokenKind] = &[TokenKind::NewLine, TokenKind::RightBrace];

impl Parser<'_> {
    pub(super) fn object(&mut self, lists: Lists) -> Read {
        self.nested(|parser| {
            let start = parser.start();
            parser.expect(TokenKind::LeftBrace, "{")?;
            parser.elements(TokenKind::RightBrace, "}", |parser| {
                parser.object_item(lists);
            })?;
            parser.complete(start, NodeKind::Object);
            Ok(())
        })
    }

    fn object_item(&mut self, lists: Lists) {
        let starts_resource = self.at(TokenKind::At)
            || (self.at_keyword("resource") && self.peek_at(1) == TokenKind::Identifier);
        if lists == Lists::WithResources && starts_resource {
            self.nested_resource();
        } else if self.at(TokenKind::Ellipsis) {
            self.spread(TokenKind::RightBrace);
        } else {
            self.property();
        }
    }

    fn property(&mut self) {
        const KEY_ENDS: &[TokenKind] =
            &[TokenKind::Colon, TokenKind::NewLine, TokenKind::RightBrace];
        let start = self.start();
        let key = self.value(Part::Whole, KEY_ENDS, Self::property_key);
        let colon = self.mark(key, ENDS, |parser| parser.expect(TokenKind::Colon, ":"));
        self.value(colon, ENDS, |parser| parser.expression(Lists::Allowed));
        self.complete(start, NodeKind::Property);
    }

    fn property_key(&mut self) -> Read {
        let message = "a property name is expected here";
        if self.at_string() {
            self.required_string("BCP022", message)
        } else {
            self.name("BCP022", message)
        }
    }
}
