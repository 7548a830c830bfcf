//! The order in which the official compiler sorts names: that of its culture, not of code points.

use std::cmp::Ordering;

/// Punctuation among itself.
const PUNCTUATION: &str = "_-,;:!?.'\"()[]{}@*/\\&#%`^+<=>|~$";

/// Punctuation before digits before letters, letters without regard to case.
fn weight(character: char) -> (u8, u32) {
    if let Some(position) = PUNCTUATION.find(character) {
        return (0, u32::try_from(position).unwrap_or(0));
    }
    if character.is_numeric() {
        return (1, u32::from(character));
    }
    let lower = character.to_lowercase().next().unwrap_or(character);
    (2, u32::from(lower))
}

/// Compares two names; only names that differ in case alone are told apart by it, lower case first.
pub(crate) fn compare(left: &str, right: &str) -> Ordering {
    let folded = left.chars().map(weight).cmp(right.chars().map(weight));
    folded.then_with(|| {
        left.chars()
            .zip(right.chars())
            .find(|(left, right)| left != right)
            .map_or(Ordering::Equal, |(left, right)| {
                right.is_lowercase().cmp(&left.is_lowercase())
            })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_sort_as_people_would() {
        let mut names = ["hubVNET", "appA", "hubrg", "app_x", "app1", "A", "a"];
        names.sort_by(|left, right| compare(left, right));
        assert_eq!(
            names,
            ["a", "A", "app_x", "app1", "appA", "hubrg", "hubVNET"]
        );
    }
}
