//! Regular expressions that values have to match.

use regex_lite::Regex;

/// Whether `text` matches; `None` where that cannot be told: for expressions that look around, as the official compiler
/// ignores them, and for letters beyond ASCII, as expressions differ in what they take them for.
pub(crate) fn matches_pattern(pattern: &str, text: &str) -> Option<bool> {
    if !text.is_ascii() || text.contains('\n') {
        return None;
    }
    Regex::new(pattern)
        .ok()
        .map(|pattern| pattern.is_match(text))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_certain_is_said() {
        for (pattern, text, expected) in [
            ("^[a-z0-9-_]{3}$", "a-_", Some(true)),
            ("^[a-z]+$", "A", Some(false)),
            ("[0-9]", "a1b", Some(true)),
            (r"^[-\w\._]+$", "a.b", Some(true)),
            ("^(?=.{1,60}$)[a-z]+$", "A", None),
            (r"^\w+$", "ä", None),
            ("^a$", "a\n", None),
        ] {
            assert_eq!(matches_pattern(pattern, text), expected, "{pattern} {text}");
        }
    }
}
