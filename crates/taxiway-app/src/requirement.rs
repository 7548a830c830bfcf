//! Requirements as `pip` and the standards write them. Source: PEP 508.

/// A distribution's name as indexes compare it: lower case, with one `-` for each run of `-`, `_` and `.`. Source: PEP 503.
pub fn normalized_name(name: &str) -> String {
    let mut normalized = String::with_capacity(name.len());
    for character in name.trim().chars() {
        if !matches!(character, '-' | '_' | '.') {
            normalized.extend(character.to_lowercase());
        } else if !normalized.ends_with('-') {
            normalized.push('-');
        }
    }
    normalized
}
