//! Text that stands for a value that nobody has given.
//!
//! A template may be judged without its parameters. Names are made of them, and scopes of names, so something has to stand
//! there: the parameter's name between two characters that no Azure name has. Whatever holds one of them is unknown to rules.

/// From Unicode's private use area: in no name, path or setting that anyone writes.
const MARK: char = '\u{e000}';

/// What stands for the value called `name`.
pub(crate) fn placeholder(name: &str) -> String {
    format!("{MARK}{name}{MARK}")
}

/// As [`placeholder`], with a number of characters that the parameter allows.
pub(crate) fn of_length(name: &str, least: usize, most: usize) -> Option<String> {
    let mut inner: String = name.chars().take(most.checked_sub(2)?).collect();
    while inner.chars().count() + 2 < least {
        inner.push('x');
    }
    (most >= 3).then(|| placeholder(&inner))
}

/// Whether a text holds a placeholder.
pub(crate) fn is_in(text: &str) -> bool {
    text.contains(MARK)
}

/// The text as people may read it.
pub(crate) fn readable(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    let mut is_inside = false;
    for character in text.chars() {
        if character == MARK {
            shown.push_str(if is_inside { "}" } else { "${" });
            is_inside = !is_inside;
        } else {
            shown.push(character);
        }
    }
    shown
}
