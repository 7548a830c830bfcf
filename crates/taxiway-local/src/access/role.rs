//! A role definition and the matching of its patterns.

/// A built-in role. Patterns hold `*` for any text; case does not matter.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Role {
    pub(crate) name: &'static str,
    pub(crate) guid: &'static str,
    pub(crate) actions: &'static [&'static str],
    pub(crate) not_actions: &'static [&'static str],
    pub(crate) data_actions: &'static [&'static str],
}

impl Role {
    pub(crate) fn allows(&self, action: &str) -> bool {
        matches_any(self.actions, action) && !matches_any(self.not_actions, action)
    }

    pub(crate) fn allows_data(&self, action: &str) -> bool {
        matches_any(self.data_actions, action)
    }
}

fn matches_any(patterns: &[&str], action: &str) -> bool {
    let action = action.to_ascii_lowercase();
    patterns
        .iter()
        .any(|pattern| matches_pattern(&pattern.to_ascii_lowercase(), &action))
}

fn matches_pattern(pattern: &str, text: &str) -> bool {
    let Some((start, rest)) = pattern.split_once('*') else {
        return pattern == text;
    };
    let Some(text) = text.strip_prefix(start) else {
        return false;
    };
    // What follows the star may begin at any later place.
    (0..=text.len())
        .filter(|offset| text.is_char_boundary(*offset))
        .any(|offset| matches_pattern(rest, &text[offset..]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stars_stand_for_any_text() {
        let cases = [
            ("*", "microsoft.web/sites/write", true),
            ("*/read", "microsoft.web/sites/read", true),
            ("*/read", "microsoft.web/sites/write", false),
            (
                "microsoft.web/sites/*",
                "microsoft.web/sites/config/list/action",
                true,
            ),
            (
                "microsoft.authorization/*/write",
                "microsoft.authorization/roleassignments/write",
                true,
            ),
            ("microsoft.web/sites", "microsoft.web/sites/read", false),
        ];
        for (pattern, text, expected) in cases {
            assert_eq!(matches_pattern(pattern, text), expected, "{pattern} {text}");
        }
    }
}
