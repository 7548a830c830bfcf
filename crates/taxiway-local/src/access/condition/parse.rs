//! From the text of a condition to its parts.

use super::{Attribute, Comparison, Condition, ConditionError, Source};

/// Deeper than people write, and shallow enough for the stack.
const MAX_DEPTH: usize = 64;

pub(super) fn condition(text: &str) -> Result<Condition, ConditionError> {
    let mut parser = Parser {
        tokens: tokens(text)?,
        next: 0,
        depth: 0,
    };
    let condition = parser.either()?;
    match parser.peek() {
        None => Ok(condition),
        Some(rest) => Err(fail(format!("`{rest}` stands where it should end"))),
    }
}

fn fail(message: impl Into<String>) -> ConditionError {
    ConditionError(message.into())
}

/// Brackets and `!` stand alone; `[…]` and quoted texts are one token each, with their marks.
fn tokens(text: &str) -> Result<Vec<String>, ConditionError> {
    let mut tokens = Vec::new();
    let mut rest = text.trim_start();
    while let Some(first) = rest.chars().next() {
        let end = match first {
            '(' | ')' | '{' | '}' | ',' | '!' => 1,
            '\'' | '[' => {
                let close = if first == '[' { ']' } else { '\'' };
                rest[1..]
                    .find(close)
                    .map(|at| at + 2)
                    .ok_or_else(|| fail(format!("it ends too early, at `{close}`")))?
            }
            _ => rest
                .find(|next: char| next.is_whitespace() || "(){},!'[".contains(next))
                .unwrap_or(rest.len()),
        };
        tokens.push(rest[..end].to_owned());
        rest = rest[end..].trim_start();
    }
    Ok(tokens)
}

struct Parser {
    tokens: Vec<String>,
    next: usize,
    depth: usize,
}

impl Parser {
    fn peek(&self) -> Option<&str> {
        self.tokens.get(self.next).map(String::as_str)
    }

    fn take(&mut self) -> Result<String, ConditionError> {
        let token = self.tokens.get(self.next).cloned();
        self.next += 1;
        token.ok_or_else(|| fail("it ends too early"))
    }

    fn take_if(&mut self, wanted: &[&str]) -> bool {
        let found = self
            .peek()
            .is_some_and(|token| wanted.iter().any(|one| token.eq_ignore_ascii_case(one)));
        self.next += usize::from(found);
        found
    }

    fn expect(&mut self, wanted: &str) -> Result<(), ConditionError> {
        if self.take_if(&[wanted]) {
            return Ok(());
        }
        Err(match self.peek() {
            Some(found) => fail(format!("`{found}` stands where `{wanted}` is expected")),
            None => fail(format!("it ends too early, at `{wanted}`")),
        })
    }

    fn either(&mut self) -> Result<Condition, ConditionError> {
        let mut parts = vec![self.both()?];
        while self.take_if(&["OR", "||"]) {
            parts.push(self.both()?);
        }
        Ok(single_or(parts, Condition::Or))
    }

    fn both(&mut self) -> Result<Condition, ConditionError> {
        let mut parts = vec![self.negated()?];
        while self.take_if(&["AND", "&&"]) {
            parts.push(self.negated()?);
        }
        Ok(single_or(parts, Condition::And))
    }

    fn negated(&mut self) -> Result<Condition, ConditionError> {
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            return Err(fail("it is nested too deeply"));
        }
        let condition = if self.take_if(&["!", "NOT"]) {
            Condition::Not(Box::new(self.negated()?))
        } else {
            self.single()?
        };
        self.depth -= 1;
        Ok(condition)
    }

    fn single(&mut self) -> Result<Condition, ConditionError> {
        let token = self.take()?;
        match token.as_str() {
            "(" => {
                let inner = self.either()?;
                self.expect(")")?;
                Ok(inner)
            }
            "ActionMatches" => {
                self.expect("{")?;
                let pattern = unquoted(&self.take()?);
                self.expect("}")?;
                Ok(Condition::ActionMatches(pattern))
            }
            "@Request" => self.comparison(Source::Request),
            "@Resource" => self.comparison(Source::Resource),
            other => Err(fail(format!("`{other}` is not supported"))),
        }
    }

    fn comparison(&mut self, source: Source) -> Result<Condition, ConditionError> {
        let attribute = attribute(&self.take()?)?;
        let written = self.take()?;
        let (quantifier, operator) = written.split_once(':').unwrap_or(("", &written));
        let any = match quantifier {
            "" | "ForAnyOfAnyValues" | "ForAllOfAnyValues" => true,
            "ForAnyOfAllValues" | "ForAllOfAllValues" => false,
            _ => return Err(unsupported_operator(&written)),
        };
        let (equal, ignores_case) = match operator {
            "GuidEquals" | "StringEqualsIgnoreCase" => (true, true),
            "GuidNotEquals" | "StringNotEqualsIgnoreCase" => (false, true),
            "StringEquals" => (true, false),
            "StringNotEquals" => (false, false),
            _ => return Err(unsupported_operator(&written)),
        };
        let values = self.values()?;
        Ok(Condition::Compares(Comparison {
            source,
            attribute,
            any,
            equal,
            ignores_case,
            values,
        }))
    }

    /// One value, or several in braces.
    fn values(&mut self) -> Result<Vec<String>, ConditionError> {
        if !self.take_if(&["{"]) {
            return Ok(vec![unquoted(&self.take()?)]);
        }
        let mut values = vec![unquoted(&self.take()?)];
        while self.take_if(&[","]) {
            values.push(unquoted(&self.take()?));
        }
        self.expect("}")?;
        Ok(values)
    }
}

fn unsupported_operator(written: &str) -> ConditionError {
    fail(format!("the operator `{written}` is not supported"))
}

fn attribute(token: &str) -> Result<Attribute, ConditionError> {
    let name = token.trim_start_matches('[').trim_end_matches(']');
    let known = name
        .split_once(':')
        .filter(|(of, _)| of.eq_ignore_ascii_case("Microsoft.Authorization/roleAssignments"))
        .map(|(_, attribute)| attribute.to_ascii_lowercase());
    match known.as_deref() {
        Some("roledefinitionid") => Ok(Attribute::Role),
        Some("principalid") => Ok(Attribute::Principal),
        Some("principaltype") => Ok(Attribute::PrincipalType),
        _ => Err(fail(format!("the attribute `{name}` is not supported"))),
    }
}

fn unquoted(token: &str) -> String {
    token.trim_matches('\'').to_owned()
}

fn single_or(mut parts: Vec<Condition>, join: fn(Vec<Condition>) -> Condition) -> Condition {
    if parts.len() == 1 {
        parts.remove(0)
    } else {
        join(parts)
    }
}
