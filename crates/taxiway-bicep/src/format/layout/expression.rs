//! Expressions that may stretch over lines without brackets.

use super::{Laid, Layout, Misplaced, leaves};
use crate::format::document::{Document, glue, separated, spread};
use crate::syntax::{Element, Node, NodeKind, TokenKind};

impl<'tree> Layout<'tree> {
    fn is_break(&self, element: Element) -> bool {
        matches!(element, Element::Token(token) if self.tree.token(token).kind == TokenKind::NewLine)
    }

    pub(super) fn property(&mut self, children: &[Element]) -> Laid<Document> {
        let children = self.without_breaks(children)?;
        let [key, colon, value] = children.as_slice() else {
            return Err(Misplaced);
        };
        let key = glue(self.singles(&[*key, *colon])?);
        Ok(spread(vec![key, self.single(*value)?]))
    }

    /// `type?`. The question marks of `type? ?` must not meet: together they are another operator.
    pub(super) fn nullable_type(&mut self, children: &[Element]) -> Laid<Document> {
        let children = self.without_breaks(children)?;
        let is_nullable = matches!(children.first(), Some(Element::Node(id)) if self.tree.root().at(*id).kind() == NodeKind::TypeNullable);
        let documents = self.singles(&children)?;
        Ok(if is_nullable {
            spread(documents)
        } else {
            glue(documents)
        })
    }

    /// A string, as it is: white space in an interpolation stays too.
    pub(super) fn string(&mut self, node: Node<'tree>, children: &[Element]) -> Laid<Document> {
        if let [Element::Token(only)] = children {
            let mut documents = self.token(*only)?;
            return match (documents.pop(), documents.is_empty()) {
                (Some(document), true) => Ok(document),
                _ => Err(Misplaced),
            };
        }
        let mut tokens = Vec::new();
        leaves(node, &mut tokens);
        let (Some(first), Some(last)) = (tokens.first(), tokens.last()) else {
            return Err(Misplaced);
        };
        let mut parts = self.comments(self.trivia.before(*first).to_vec());
        parts.push(Document::text(self.tree.slice(node.span())));
        Ok(self.with_behind(parts, *last))
    }

    /// Operands and operator on a line; where the source breaks behind the operator, the right one is indented below.
    pub(super) fn binary(&mut self, children: &[Element]) -> Laid<Document> {
        let has_break = children.iter().any(|child| self.is_break(*child));
        let kept = self.without_breaks(children)?;
        let [left, operator, right] = kept.as_slice() else {
            return Err(Misplaced);
        };
        let head = spread(self.singles(&[*left, *operator])?);
        let right = self.single(*right)?;
        if !has_break {
            return Ok(spread(vec![head, right]));
        }
        self.breakers += 1;
        Ok(Document::Glue(vec![
            head,
            Document::Indent(vec![Document::Line(" "), right]),
        ]))
    }

    /// On one line, or with `?` and `:` on lines of their own.
    pub(super) fn ternary(&mut self, children: &[Element]) -> Laid<Document> {
        let before = self.breakers;
        let mut documents = Vec::new();
        let mut sign: Option<Document> = None;
        for child in children {
            match child {
                Element::Token(token) if self.is_break(*child) => {
                    documents.extend(self.token(*token)?);
                }
                Element::Token(_) => sign = Some(self.single(*child)?),
                Element::Node(_) => {
                    let value = self.single(*child)?;
                    documents.push(match sign.take() {
                        Some(sign) => spread(vec![sign, Document::Indent(vec![value])]),
                        None => value,
                    });
                }
            }
        }
        Ok(self.broken_together(documents, before, false))
    }

    pub(super) fn union(&mut self, children: &[Element]) -> Laid<Document> {
        let before = self.breakers;
        let mut documents = Vec::new();
        let mut is_first = true;
        for child in children {
            if let Element::Token(token) = child {
                documents.extend(self.token(*token)?);
                continue;
            }
            let sign = if std::mem::take(&mut is_first) {
                Document::Either {
                    broken: "| ",
                    flat: "",
                }
            } else {
                Document::text("| ")
            };
            documents.push(Document::Glue(vec![sign, self.single(*child)?]));
        }
        Ok(self.broken_together(documents, before, true))
    }

    /// Elements that break all together, indented; with a break before the first if `starts_on_own_line`.
    pub(super) fn indented_group(
        &mut self,
        elements: &[Element],
        starts_on_own_line: bool,
    ) -> Laid<Document> {
        let before = self.breakers;
        let documents = self.many(elements)?;
        Ok(self.broken_together(documents, before, starts_on_own_line))
    }

    fn broken_together(
        &mut self,
        mut documents: Vec<Document>,
        before: usize,
        starts_on_own_line: bool,
    ) -> Document {
        documents.retain(|document| !document.is_line());
        let mut parts = separated(documents, &Document::Line(" "));
        if starts_on_own_line {
            parts.insert(0, Document::Line(""));
        }
        let indented = Document::Indent(parts);
        // A comment at the very end breaks what is around, not what is in front of it.
        if indented.has_suffix() {
            self.breakers = self.breakers.saturating_sub(1);
        }
        if self.breakers > before {
            Document::Glue(vec![indented])
        } else {
            Document::Group(vec![indented])
        }
    }

    fn has_comment(&self, breaks: &[Element]) -> bool {
        breaks
            .iter()
            .any(|child| matches!(child, Element::Token(token) if !self.trivia.before(*token).is_empty()))
    }

    fn is_list(&self, element: Element) -> bool {
        matches!(element, Element::Node(id) if matches!(self.tree.root().at(id).kind(), NodeKind::Object | NodeKind::Array))
    }

    pub(super) fn lambda(&mut self, children: &[Element]) -> Laid<Document> {
        let [parameters, arrow, breaks @ .., body] = children else {
            return Err(Misplaced);
        };
        let mut documents = self.singles(&[*parameters, *arrow])?;
        if self.is_list(*body) && !self.has_comment(breaks) {
            documents.push(self.single(*body)?);
        } else {
            let mut elements = breaks.to_vec();
            elements.push(*body);
            documents.push(self.indented_group(&elements, true)?);
        }
        Ok(spread(documents))
    }

    /// `(parameters) type => body` of a function.
    pub(super) fn typed_lambda(&mut self, children: &[Element]) -> Laid<Document> {
        let arrow = children
            .iter()
            .position(|child| {
                matches!(child, Element::Token(token) if self.tree.token(*token).kind == TokenKind::Arrow)
            })
            .ok_or(Misplaced)?;
        let close = children
            .iter()
            .position(|child| {
                matches!(child, Element::Token(token) if self.tree.token(*token).kind == TokenKind::RightParen)
            })
            .filter(|close| *close < arrow)
            .ok_or(Misplaced)?;
        let (head, tail) = children.split_at(arrow);
        let parameters = self.variables(&head[..=close])?;
        let output = self.without_breaks(&head[close + 1..])?;
        let mut documents = vec![parameters];
        documents.extend(self.singles(&output)?);
        let [arrow, breaks @ .., body] = tail else {
            return Err(Misplaced);
        };
        if self.is_list(*body) && !self.has_comment(breaks) {
            documents.extend(self.singles(&[*arrow, *body])?);
        } else {
            documents.push(self.indented_group(tail, false)?);
        }
        Ok(spread(documents))
    }
}
