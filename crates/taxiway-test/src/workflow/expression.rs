//! Expressions of workflows, a subset: paths of `github`, `inputs`, `vars`, `env`, `steps`, `needs`, `job` and `runner`; texts,
//! numbers, `true`, `false`; `==`, `!=`, `!`, `&&`, `||`, brackets; `success()`, `failure()`, `always()`, `cancelled()` and
//! `toJSON(needs)`. A path that nothing has set is empty where GitHub would have it empty (`inputs`, `steps`), and refused
//! elsewhere. Source: GitHub, evaluate expressions in workflows.

use std::collections::BTreeMap;

use super::{Outcome, Unsupported};

/// What expressions can name.
#[derive(Debug, Default)]
pub struct Context {
    values: BTreeMap<String, String>,
    has_failed: bool,
}

/// Whether all has gone well so far.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Status {
    /// Yes.
    Success,
    /// Something failed, or was not run.
    Failure,
}

impl Context {
    /// Gives a path its value.
    pub fn set(&mut self, path: &str, value: &str) {
        self.values.insert(path.to_lowercase(), value.to_owned());
    }

    /// A job that this one waits for.
    pub fn need(&mut self, outcome: Outcome) {
        self.has_failed |= outcome != Outcome::Success;
    }

    /// The first step is about to run.
    pub fn begin(&mut self) {
        self.has_failed = false;
    }

    /// A step has failed.
    pub fn fail(&mut self) {
        self.has_failed = true;
        self.set("job.status", "failure");
    }

    /// How it stands.
    #[must_use]
    pub fn status(&self) -> Status {
        if self.has_failed {
            Status::Failure
        } else {
            Status::Success
        }
    }

    fn value(&self, path: &str) -> Result<String, Unsupported> {
        let path = path.to_lowercase();
        if let Some(value) = self.values.get(&path) {
            return Ok(value.clone());
        }
        let may_be_empty = ["inputs.", "steps."]
            .iter()
            .any(|context| path.starts_with(context));
        if may_be_empty {
            Ok(String::new())
        } else {
            Err(Unsupported(format!("the path `{path}`")))
        }
    }

    /// `{"test": {"result": "success"}}`
    fn needs(&self) -> String {
        let jobs = self.values.iter().filter_map(|(path, value)| {
            let job = path.strip_prefix("needs.")?.strip_suffix(".result")?;
            Some(format!("\"{job}\": {{\"result\": \"{value}\"}}"))
        });
        format!("{{{}}}", jobs.collect::<Vec<_>>().join(", "))
    }
}

/// A text with the values of its `${{ … }}`.
///
/// # Errors
/// [`Unsupported`] for what the subset lacks.
pub fn substitute(text: &str, context: &Context) -> Result<String, Unsupported> {
    let mut result = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("${{") {
        let (inner, behind) = after
            .split_once("}}")
            .ok_or_else(|| Unsupported("an expression without an end".to_owned()))?;
        result.push_str(before);
        result.push_str(&evaluate(inner, context)?);
        rest = behind;
    }
    result.push_str(rest);
    Ok(result)
}

/// Whether a value counts as true.
#[must_use]
pub fn is_true(value: &str) -> bool {
    !matches!(value, "" | "false" | "0")
}

/// The value of an expression, as text.
///
/// # Errors
/// [`Unsupported`] for what the subset lacks.
pub fn evaluate(text: &str, context: &Context) -> Result<String, Unsupported> {
    let mut reader = Reader {
        tokens: tokens(text)?,
        at: 0,
        context,
    };
    let value = reader.any()?;
    match reader.tokens.get(reader.at) {
        None => Ok(value),
        Some(token) => Err(Unsupported(format!("`{token}` in `{text}`"))),
    }
}

fn tokens(text: &str) -> Result<Vec<String>, Unsupported> {
    let mut found = Vec::new();
    let mut rest = text.trim_start();
    while let Some(first) = rest.chars().next() {
        let length = if first == '\'' {
            rest[1..].find('\'').map(|end| end + 2)
        } else if ["==", "!=", "&&", "||"]
            .iter()
            .any(|sign| rest.starts_with(sign))
        {
            Some(2)
        } else if matches!(first, '!' | '(' | ')') {
            Some(1)
        } else {
            let is_word =
                |character: char| character.is_ascii_alphanumeric() || "_-.".contains(character);
            let end = rest
                .find(|character| !is_word(character))
                .unwrap_or(rest.len());
            (end > 0).then_some(end)
        };
        let length = length.ok_or_else(|| Unsupported(format!("`{rest}`")))?;
        found.push(rest[..length].to_owned());
        rest = rest[length..].trim_start();
    }
    Ok(found)
}

struct Reader<'c> {
    tokens: Vec<String>,
    at: usize,
    context: &'c Context,
}

impl Reader<'_> {
    fn take(&mut self, token: &str) -> bool {
        let is_next = self.tokens.get(self.at).is_some_and(|next| next == token);
        self.at += usize::from(is_next);
        is_next
    }

    fn any(&mut self) -> Result<String, Unsupported> {
        let mut value = self.all()?;
        while self.take("||") {
            let other = self.all()?;
            value = if is_true(&value) { value } else { other };
        }
        Ok(value)
    }

    fn all(&mut self) -> Result<String, Unsupported> {
        let mut value = self.equal()?;
        while self.take("&&") {
            let other = self.equal()?;
            value = if is_true(&value) { other } else { value };
        }
        Ok(value)
    }

    fn equal(&mut self) -> Result<String, Unsupported> {
        let value = self.one()?;
        if self.take("==") {
            return Ok(value.eq_ignore_ascii_case(&self.one()?).to_string());
        }
        if self.take("!=") {
            return Ok((!value.eq_ignore_ascii_case(&self.one()?)).to_string());
        }
        Ok(value)
    }

    fn one(&mut self) -> Result<String, Unsupported> {
        if self.take("!") {
            return Ok((!is_true(&self.one()?)).to_string());
        }
        if self.take("(") {
            let value = self.any()?;
            return if self.take(")") {
                Ok(value)
            } else {
                Err(Unsupported("a bracket without an end".to_owned()))
            };
        }
        let token = self
            .tokens
            .get(self.at)
            .cloned()
            .ok_or_else(|| Unsupported("an expression without a value".to_owned()))?;
        self.at += 1;
        if let Some(text) = token.strip_prefix('\'') {
            return Ok(text.trim_end_matches('\'').to_owned());
        }
        if self.take("(") {
            return self.call(&token);
        }
        match token.as_str() {
            "true" | "false" => Ok(token),
            number if number.bytes().all(|byte| byte.is_ascii_digit()) => Ok(token),
            path => self.context.value(path),
        }
    }

    fn call(&mut self, name: &str) -> Result<String, Unsupported> {
        let has_failed = self.context.has_failed;
        let value = match name {
            "always" => true,
            "success" => !has_failed,
            "failure" => has_failed,
            "cancelled" => false,
            "toJSON" if self.take("needs") && self.take(")") => return Ok(self.context.needs()),
            _ => return Err(Unsupported(format!("the function `{name}`"))),
        };
        if self.take(")") {
            Ok(value.to_string())
        } else {
            Err(Unsupported(format!("arguments of `{name}`")))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_known_is_evaluated_and_all_else_refused() {
        let mut context = Context::default();
        context.set("github.ref", "refs/heads/main");
        context.set("needs.test.result", "success");
        let value = |text: &str| evaluate(text, &context).unwrap();
        assert_eq!(
            value("github.ref == 'refs/heads/main' && !cancelled()"),
            "true"
        );
        assert_eq!(value("inputs.allow || 'none'"), "none");
        assert_eq!(
            value("failure() && steps.deploy.outputs.outcome == 'served'"),
            "false"
        );
        assert_eq!(
            value("toJSON(needs)"),
            "{\"test\": {\"result\": \"success\"}}"
        );
        assert_eq!(
            substitute("a-${{ github.ref }}-b", &context).unwrap(),
            "a-refs/heads/main-b"
        );
        for unknown in [
            "github.actor",
            "fromJSON('1')",
            "a[0]",
            "1 < 2",
            "'x",
            "(true",
            "contains(github.ref, 'x')",
        ] {
            assert!(evaluate(unknown, &context).is_err(), "{unknown}");
        }
    }
}
