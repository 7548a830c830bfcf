//! What stands in brackets: lists, calls, loops.

use super::{Laid, Layout, Misplaced};
use crate::format::document::{Document, collapsed, glue, separated};
use crate::syntax::{Element, NodeKind, TokenKind};

/// How the inside of a pair of brackets is laid out.
struct Inside {
    items: Vec<Document>,
    /// Between items on one line.
    separator: &'static str,
    /// Within the brackets on one line.
    padding: &'static str,
    must_break: bool,
    /// A single item is not indented: `f({`.
    hugs_single: bool,
}

impl Layout<'_> {
    fn kind_of(&self, element: Element) -> Option<TokenKind> {
        match element {
            Element::Token(token) => Some(self.tree.token(token).kind),
            Element::Node(_) => None,
        }
    }

    fn node_kind(&self, element: Element) -> Option<NodeKind> {
        match element {
            Element::Token(_) => None,
            Element::Node(id) => Some(self.tree.root().at(id).kind()),
        }
    }

    /// Brackets around `inside`. The closing one comes first, as a comment behind it breaks what is around, not this.
    fn bracket(
        &mut self,
        open: Element,
        close: Element,
        inside: impl FnOnce(&mut Self) -> Laid<Inside>,
    ) -> Laid<Document> {
        let open = self.single(open)?;
        let mut dangling = self.element(close)?;
        let close = dangling.pop().ok_or(Misplaced)?;
        let before = self.breakers;
        let Inside {
            items,
            separator,
            padding,
            must_break,
            hugs_single,
        } = inside(self)?;
        let (mut items, has_empty_line) = collapsed(items);
        if has_empty_line {
            self.breakers += 1;
        }
        let has_dangling = !dangling.is_empty();
        items.extend(dangling);
        if items.is_empty() {
            return Ok(Document::Glue(vec![open, close]));
        }
        if hugs_single
            && let [only] = items.as_slice()
            && !only.has_suffix()
        {
            let padding = Document::text(padding);
            let parts = vec![open, padding.clone(), only.clone(), padding, close];
            return Ok(Document::Glue(parts));
        }
        if must_break || has_dangling {
            self.breakers += 1;
        }
        let separator = match separator {
            "," => Document::Line(", "),
            other => Document::Line(other),
        };
        let mut indented = vec![Document::Line(padding)];
        indented.extend(separated(items, &separator));
        let parts = vec![
            open,
            Document::Indent(indented),
            Document::Line(padding),
            close,
        ];
        Ok(if self.breakers > before {
            Document::Glue(parts)
        } else {
            Document::Group(parts)
        })
    }

    /// An object, an array, or the like: broken as soon as the source breaks behind the opening bracket.
    pub(super) fn list(&mut self, children: &[Element], padding: &'static str) -> Laid<Document> {
        let [open, inner @ .., close] = children else {
            return Err(Misplaced);
        };
        let is_tuple_type = self.node_kind(*open).is_none()
            && inner
                .iter()
                .any(|child| self.node_kind(*child) == Some(NodeKind::TypeItem));
        let starts_with_break = inner
            .first()
            .is_some_and(|first| self.kind_of(*first) == Some(TokenKind::NewLine));
        let has_items = inner.iter().any(|child| self.node_kind(*child).is_some());
        self.bracket(*open, *close, |layout| {
            Ok(Inside {
                items: layout.many(inner)?,
                separator: ",",
                padding,
                must_break: starts_with_break && has_items && !is_tuple_type,
                hugs_single: false,
            })
        })
    }

    /// Items with commas behind all but the last.
    fn comma_separated(
        &mut self,
        inner: &[Element],
        last: Option<Document>,
    ) -> Laid<Vec<Document>> {
        let count = inner
            .iter()
            .filter(|child| self.node_kind(**child).is_some())
            .count();
        let mut last = last;
        let mut seen = 0;
        let mut documents = Vec::new();
        for child in inner {
            if self.node_kind(*child).is_none() {
                documents.extend(self.element(*child)?);
                continue;
            }
            seen += 1;
            if seen == count {
                let document = match last.take() {
                    Some(last) => last,
                    None => self.single(*child)?,
                };
                documents.push(document);
                continue;
            }
            let document = self.single(*child)?;
            if document.has_suffix() {
                // A comma behind the comment would become part of it.
                return Err(Misplaced);
            }
            documents.push(Document::Glue(vec![document, Document::text(",")]));
        }
        Ok(documents)
    }

    pub(super) fn call(&mut self, children: &[Element]) -> Laid<Document> {
        let open = children
            .iter()
            .position(|child| self.kind_of(*child) == Some(TokenKind::LeftParen))
            .ok_or(Misplaced)?;
        let (callee, arguments) = children.split_at(open);
        let [open, inner @ .., close] = arguments else {
            return Err(Misplaced);
        };
        let callee = self.without_breaks(callee)?;
        let tail = self.tail_argument(inner)?;
        let mut documents = self.singles(&callee)?;
        let arguments = self.bracket(*open, *close, |layout| {
            Ok(Inside {
                items: layout.comma_separated(inner, tail)?,
                separator: " ",
                padding: "",
                must_break: false,
                hugs_single: true,
            })
        })?;
        documents.push(arguments);
        Ok(glue(documents))
    }

    /// The last of several arguments, where it is an object or array (or a lambda that gives one): its lines do not break
    /// the call.
    fn tail_argument(&mut self, inner: &[Element]) -> Laid<Option<Document>> {
        let mut arguments = inner
            .iter()
            .copied()
            .filter(|child| self.node_kind(*child).is_some());
        let Some(last) = arguments.next_back().filter(|_| arguments.next().is_some()) else {
            return Ok(None);
        };
        let Some(value) = self.only_child(last) else {
            return Ok(None);
        };
        let is_list =
            |kind: Option<NodeKind>| matches!(kind, Some(NodeKind::Object | NodeKind::Array));
        let kind = self.node_kind(value);
        let list = match kind {
            Some(NodeKind::Lambda) => self.last_child(value),
            _ => Some(value),
        };
        let Some(list) = list.filter(|list| is_list(self.node_kind(*list))) else {
            return Ok(None);
        };
        let close = self.last_child(list).and_then(|close| match close {
            Element::Token(token) => Some(token),
            Element::Node(_) => None,
        });
        let has_line_comment = close.is_some_and(|close| {
            let behind = self.trivia.behind(close).iter();
            behind
                .map(|comment| self.tree.token(*comment).kind)
                .any(|kind| kind == TokenKind::LineComment)
        });
        if has_line_comment {
            return Ok(None);
        }
        Ok(Some(match self.single(last)? {
            Document::Glue(parts) if kind != Some(NodeKind::Lambda) => Document::Tail(parts),
            Document::Glue(mut parts) => {
                if let Some(Document::Glue(body)) = parts.last_mut() {
                    let body = std::mem::take(body);
                    parts.pop();
                    parts.push(Document::Tail(body));
                }
                Document::Glue(parts)
            }
            other => other,
        }))
    }

    fn only_child(&self, element: Element) -> Option<Element> {
        match element {
            Element::Token(_) => None,
            Element::Node(id) => match super::parts(self.tree.root().at(id)).as_slice() {
                [only] => Some(*only),
                _ => None,
            },
        }
    }

    fn last_child(&self, element: Element) -> Option<Element> {
        match element {
            Element::Token(_) => None,
            Element::Node(id) => super::parts(self.tree.root().at(id)).last().copied(),
        }
    }

    /// A name, or names in parentheses.
    pub(super) fn variables(&mut self, children: &[Element]) -> Laid<Document> {
        let (open, inner, close) = match children {
            [name] => return self.single(*name),
            [open, inner @ .., close] => (open, inner, close),
            [] => return Err(Misplaced),
        };
        self.bracket(*open, *close, |layout| {
            Ok(Inside {
                items: layout.comma_separated(inner, None)?,
                separator: " ",
                padding: "",
                must_break: false,
                hugs_single: false,
            })
        })
    }

    /// `<…>`: on one line, unless the source breaks right behind the opening bracket.
    pub(super) fn type_arguments(&mut self, children: &[Element]) -> Laid<Document> {
        let [open, inner @ .., close] = children else {
            return Err(Misplaced);
        };
        let starts_with_break = inner
            .first()
            .is_some_and(|first| self.kind_of(*first) == Some(TokenKind::NewLine));
        let has_items = inner.iter().any(|child| self.node_kind(*child).is_some());
        let document = self.bracket(*open, *close, |layout| {
            Ok(Inside {
                items: layout.comma_separated(inner, None)?,
                separator: " ",
                padding: "",
                must_break: starts_with_break && has_items,
                hugs_single: false,
            })
        })?;
        Ok(flat(document))
    }

    pub(super) fn for_loop(&mut self, children: &[Element]) -> Laid<Document> {
        let [open, inner @ .., close] = children else {
            return Err(Misplaced);
        };
        let is_break =
            |layout: &Self, child: &Element| layout.kind_of(*child) == Some(TokenKind::NewLine);
        let first = inner
            .iter()
            .position(|child| !is_break(self, child))
            .ok_or(Misplaced)?;
        let end = inner
            .iter()
            .rposition(|child| !is_break(self, child))
            .ok_or(Misplaced)?
            + 1;
        self.bracket(*open, *close, |layout| {
            let mut items = layout.many(&inner[..first])?;
            let own = layout.without_breaks(&inner[first..end])?;
            let [keyword, variables, word, collection, colon, body] = own.as_slice() else {
                return Err(Misplaced);
            };
            let keyword = layout.single(*keyword)?;
            let variables = flat(layout.single(*variables)?);
            let word = layout.single(*word)?;
            let collection = glue(layout.singles(&[*collection, *colon])?);
            let body = layout.single(*body)?;
            items.push(super::spread(vec![
                keyword, variables, word, collection, body,
            ]));
            items.extend(layout.many(&inner[end..])?);
            Ok(Inside {
                items,
                separator: "",
                padding: "",
                must_break: false,
                hugs_single: false,
            })
        })
    }
}

/// A group that may not break.
fn flat(document: Document) -> Document {
    fn flatten(document: Document, out: &mut Vec<Document>) {
        match document {
            Document::Line(flat) => out.push(Document::text(flat)),
            Document::Either { flat, .. } => out.push(Document::text(flat)),
            Document::Glue(parts) | Document::Group(parts) | Document::Indent(parts) => {
                for part in parts {
                    flatten(part, out);
                }
            }
            other => out.push(other),
        }
    }
    match document {
        Document::Group(_) => {
            let mut out = Vec::new();
            flatten(document, &mut out);
            Document::Glue(out)
        }
        other => other,
    }
}
