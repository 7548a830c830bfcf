//! Files that set variables for somebody's machine, or say which there are: `.env.example`, `development.env`.
//!
//! Their values say nothing about production. Their names, and the schemes of their addresses, do.

use camino::Utf8Path;

use crate::repository::{Repository, name_of};

/// Nobody writes more by hand.
const MOST_BYTES: usize = 64 << 10;

/// The variables that the files of a folder set, in the order of the files.
pub(crate) fn variables<'r>(
    repository: &'r Repository<'_>,
    folder: &Utf8Path,
) -> impl Iterator<Item = (&'r str, &'r str)> {
    let is_sample = |file: &&Utf8Path| {
        let name = name_of(file);
        name.starts_with(".env") || name.ends_with(".env") || name.contains(".env.")
    };
    repository
        .directly_in(folder)
        .filter(is_sample)
        .filter_map(|file| repository.text(file))
        .filter(|text| text.len() <= MOST_BYTES)
        .flat_map(str::lines)
        .filter_map(assignment)
}

/// `NAME=value`, also after `export`.
fn assignment(line: &str) -> Option<(&str, &str)> {
    let line = line.trim();
    let line = line.strip_prefix("export ").unwrap_or(line);
    let (name, value) = super::shell::assignment(line)?;
    Some((name, value.trim().trim_matches(['"', '\''])))
}

#[cfg(test)]
mod tests {
    use taxiway_diagnostics::MemorySources;

    use super::*;

    #[test]
    fn variables_are_read_from_samples_alone() {
        let sources = MemorySources::from_text(
            "--- .env.example\n# A=0\nexport A=1\nB = no\nC='x y'\n--- development.env\nD=\n--- env.py\nE=1\n",
        );
        let repository = Repository::new(&sources);
        let found: Vec<_> = variables(&repository, "".into()).collect();
        assert_eq!(found, [("A", "1"), ("C", "x y"), ("D", "")]);
    }
}
