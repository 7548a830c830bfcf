//! Which name was meant.

/// The candidate most like `name`, where one edit in three letters explains the difference.
pub(crate) fn similar<'n>(
    name: &str,
    candidates: impl IntoIterator<Item = &'n str>,
) -> Option<&'n str> {
    let wanted: Vec<char> = name.to_uppercase().chars().collect();
    let most = wanted.len() * 34 / 100;
    let mut best: Option<(usize, &str)> = None;
    for candidate in candidates {
        let letters: Vec<char> = candidate.to_uppercase().chars().collect();
        if letters.is_empty() || wanted.len().abs_diff(letters.len()) > most.min(2) {
            continue;
        }
        if letters == wanted {
            return Some(candidate);
        }
        if letters.len() < 3 {
            continue;
        }
        let distance = distance(&wanted, &letters);
        if distance <= most && best.is_none_or(|(known, _)| distance < known) {
            best = Some((distance, candidate));
        }
    }
    best.map(|(_, candidate)| candidate)
}

/// How many letters have to be put in, taken out or changed.
fn distance(left: &[char], right: &[char]) -> usize {
    let mut row: Vec<usize> = (0..=right.len()).collect();
    for (index, letter) in left.iter().enumerate() {
        let mut diagonal = row[0];
        row[0] = index + 1;
        for column in 1..=right.len() {
            let changed = diagonal + usize::from(*letter != right[column - 1]);
            diagonal = row[column];
            row[column] = changed.min(diagonal + 1).min(row[column - 1] + 1);
        }
    }
    row[right.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn longer_names_may_differ_more() {
        let names = ["location", "tags", "properties"];
        for (name, expected) in [
            ("locaton", Some("location")),
            ("TAGS", Some("tags")),
            ("propertes", Some("properties")),
            ("tax", None),
            ("sku", None),
        ] {
            assert_eq!(similar(name, names), expected, "{name}");
        }
    }
}
