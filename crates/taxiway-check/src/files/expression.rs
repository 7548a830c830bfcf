//! The expressions of GitHub's workflows, as far as the contexts that they name. Source: GitHub, contexts reference.

/// A path such as `github.event.inputs` in an expression, and its bytes in the text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Reference {
    pub(crate) parts: Vec<String>,
    pub(crate) start: usize,
    pub(crate) end: usize,
}

impl Reference {
    /// Whether it is this path, or one below it.
    pub(crate) fn is(&self, path: &[&str]) -> bool {
        self.parts.len() >= path.len()
            && self
                .parts
                .iter()
                .zip(path)
                .all(|(part, wanted)| part.eq_ignore_ascii_case(wanted))
    }
}

/// The paths of all `${{ … }}` in a text; of the whole text where it is a condition without them.
pub(crate) fn contexts(text: &str, is_condition: bool) -> Vec<Reference> {
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(open) = text[at..].find("${{") {
        let start = at + open + 3;
        let end = text[start..]
            .find("}}")
            .map_or(text.len(), |end| start + end);
        paths(text, start, end, &mut found);
        at = end;
    }
    if is_condition && !text.contains("${{") {
        paths(text, 0, text.len(), &mut found);
    }
    found
}

fn paths(text: &str, start: usize, end: usize, found: &mut Vec<Reference>) {
    let mut at = start;
    while at < end {
        let rest = &text[at..end];
        let Some(first) = rest.chars().next() else {
            break;
        };
        if first == '\'' {
            at += 1 + rest[1..]
                .find('\'')
                .map_or(rest.len() - 1, |close| close + 1);
        } else if first.is_ascii_alphabetic() || first == '_' {
            let (reference, length) = path(rest, at);
            // A name behind a dot belongs to what stands before it, and a call is no context.
            let is_member = text[..at].ends_with(['.', ']']);
            let is_call = text[at + length..end].trim_start().starts_with('(');
            if !is_member && !is_call && reference.parts.len() > 1 {
                found.push(reference);
            }
            at += length.max(1);
        } else {
            at += first.len_utf8();
        }
    }
}

/// `a.b['c'].*.d`, as far as it goes.
fn path(rest: &str, start: usize) -> (Reference, usize) {
    let is_name =
        |character: char| character.is_ascii_alphanumeric() || character == '_' || character == '-';
    let mut parts = Vec::new();
    let mut length = rest
        .find(|character| !is_name(character))
        .unwrap_or(rest.len());
    parts.push(rest[..length].to_owned());
    loop {
        let after = &rest[length..];
        if let Some(member) = after.strip_prefix('.') {
            let end = member
                .find(|character| !is_name(character) && character != '*')
                .unwrap_or(member.len());
            if end == 0 {
                break;
            }
            parts.push(member[..end].to_owned());
            length += 1 + end;
        } else if let Some(member) = after.strip_prefix("['") {
            let Some(end) = member.find("']") else { break };
            parts.push(member[..end].to_owned());
            length += 2 + end + 2;
        } else {
            break;
        }
    }
    let reference = Reference {
        parts,
        start,
        end: start + length,
    };
    (reference, length)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_found_and_texts_are_not() {
        let shown = |text: &str, is_condition| -> Vec<String> {
            let found = contexts(text, is_condition);
            found
                .into_iter()
                .map(|reference| reference.parts.join("/"))
                .collect()
        };
        assert_eq!(
            shown(
                "a ${{ github.inputs.version || 'x.y' }} ${{ format('{0}', needs.a.outputs['b c']) }} v.w",
                false
            ),
            ["github/inputs/version", "needs/a/outputs/b c"]
        );
        assert_eq!(
            shown("failure() && steps.swap.outcome == 'success'", true),
            ["steps/swap/outcome"]
        );
        assert!(shown("${{ fromJSON(x).y }} ${{", false).is_empty());
    }
}
