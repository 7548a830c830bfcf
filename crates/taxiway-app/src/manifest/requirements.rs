//! Requirements files. Source: pip documentation, "Requirements File Format".

use std::collections::BTreeSet;

use camino::{Utf8Path, Utf8PathBuf};

use crate::document::Distribution;
use crate::repository::{Repository, at_line, join};
use crate::requirement::parse;

/// What a requirements file installs, with the files it includes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Requirements {
    pub(crate) distributions: Vec<Distribution>,
    /// The files that hold requirements themselves, in the order in which they are read.
    pub(crate) files: Vec<Utf8PathBuf>,
    /// How many files the first one includes itself.
    pub(crate) includes: usize,
    /// Whether it installs the project itself, `-e .`.
    pub(crate) installs_project: bool,
}

/// Reads a requirements file; every file is read once, so cycles of `-r` end.
pub(crate) fn read(repository: &Repository<'_>, path: &Utf8Path) -> Requirements {
    let mut found = Requirements::default();
    let mut seen = BTreeSet::new();
    include(repository, path, &mut seen, &mut found);
    found
}

fn include(
    repository: &Repository<'_>,
    path: &Utf8Path,
    seen: &mut BTreeSet<Utf8PathBuf>,
    found: &mut Requirements,
) {
    if seen.len() > 50 || !seen.insert(path.to_owned()) {
        return;
    }
    let Some(text) = repository.text(path) else {
        return;
    };
    let folder = path.parent().unwrap_or("".into());
    let is_first = seen.len() == 1;
    let mut holds_requirements = false;
    let position = found.files.len();
    for (line, text) in logical_lines(text) {
        if let Some(target) = option(&text, &["-r", "--requirement"]) {
            if let Some(target) = join(folder, target) {
                found.includes += usize::from(is_first);
                include(repository, &target, seen, found);
            }
            continue;
        }
        let requirement = match option(&text, &["-e", "--editable"]) {
            Some(target) if matches!(target.split('[').next(), Some("." | "./")) => {
                found.installs_project = true;
                continue;
            }
            Some(target) => target.to_owned(),
            None if text.starts_with('-') => continue,
            None if matches!(text.split('[').next(), Some("." | "./")) => {
                found.installs_project = true;
                continue;
            }
            None => text,
        };
        let bare = requirement
            .split(" --")
            .next()
            .unwrap_or(&requirement)
            .trim();
        if let Some(distribution) = parse(bare, at_line(path, line)) {
            holds_requirements = true;
            let known = found.distributions.iter().any(|known| {
                known.name == distribution.name && known.marker == distribution.marker
            });
            if !known {
                found.distributions.push(distribution);
            }
        }
    }
    if holds_requirements {
        found.files.insert(position, path.to_owned());
    }
}

/// The value of an option line.
fn option<'a>(line: &'a str, names: &[&str]) -> Option<&'a str> {
    names.iter().find_map(|name| {
        let rest = line.strip_prefix(name)?;
        let is_short = !name.starts_with("--");
        let value = rest
            .strip_prefix('=')
            .or_else(|| rest.starts_with(char::is_whitespace).then_some(rest))
            .or_else(|| (is_short && !rest.is_empty()).then_some(rest))?;
        Some(value.trim())
    })
}

/// Lines with continuations joined and comments taken off, with the number of the first, from 0.
fn logical_lines(text: &str) -> Vec<(usize, String)> {
    let mut found: Vec<(usize, String)> = Vec::new();
    let mut lines = text.lines().enumerate();
    while let Some((number, line)) = lines.next() {
        let mut whole = line.trim_end().to_owned();
        while whole.ends_with('\\') {
            whole.pop();
            match lines.next() {
                Some((_, next)) => whole.push_str(next.trim()),
                None => break,
            }
        }
        let bare = if whole.trim_start().starts_with('#') {
            ""
        } else {
            whole.split(" #").next().unwrap_or(&whole)
        };
        let bare = bare.trim();
        if !bare.is_empty() {
            found.push((number, bare.to_owned()));
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use taxiway_diagnostics::MemorySources;

    use super::*;

    #[test]
    fn includes_are_followed_once() {
        let sources = MemorySources::from_text(
            "--- requirements.txt\n-r requirements/prod.txt\n-c constraints.txt\n--- requirements/prod.txt\n-r base.txt\ngunicorn==23.0 \\\n    --hash=sha256:aa \\\n    --hash=sha256:bb\n-e .\n--- requirements/base.txt\n# comment\nDjango>=5 # LTS\n-rprod.txt\n",
        );
        let found = read(&Repository::new(&sources), "requirements.txt".into());
        assert_eq!(
            found.files,
            ["requirements/prod.txt", "requirements/base.txt"]
        );
        let names: Vec<String> = found
            .distributions
            .iter()
            .map(|found| format!("{}{} {}", found.name, found.specifier, found.place))
            .collect();
        assert_eq!(
            names,
            [
                "django>=5 requirements/base.txt:2",
                "gunicorn==23.0 requirements/prod.txt:2"
            ]
        );
        assert!(found.installs_project);
    }
}
