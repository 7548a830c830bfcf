//! Text that stands for a value that nobody has given.
//!
//! A template may be judged without its parameters. Names are made of them, and scopes of names, so something has to stand
//! there: the parameter's name between two characters that no Azure name has. Whatever holds one of them is unknown to rules.

use taxiway_arm::STAND_IN;

/// What stands for the value called `name`.
pub(crate) fn placeholder(name: &str) -> String {
    format!("{STAND_IN}{name}{STAND_IN}")
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
    text.contains(STAND_IN)
}

/// The text as people may read it.
pub(crate) fn readable(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    let mut is_inside = false;
    for character in text.chars() {
        if character == STAND_IN {
            shown.push_str(if is_inside { "}" } else { "${" });
            is_inside = !is_inside;
        } else {
            shown.push(character);
        }
    }
    shown
}
