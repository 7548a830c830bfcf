//! Files that say what to install.

mod image_commands;
pub(crate) mod installation;
pub(crate) mod lockfile;
pub(crate) mod pipfile;
pub(crate) mod pyproject;
pub(crate) mod python_version;
pub(crate) mod requirements;
pub(crate) mod setup;

/// The first line of a text that holds `needle`, from 0.
pub(crate) fn line_of(text: &str, needle: &str) -> usize {
    text.find(needle)
        .map_or(0, |at| text[..at].matches('\n').count())
}

/// Whether a group, an extra or a file by its name is for development and not for production.
pub(crate) fn is_for_development(name: &str) -> bool {
    const PARTS: [&str; 31] = [
        "dev",
        "devel",
        "develop",
        "development",
        "test",
        "tests",
        "testing",
        "lint",
        "linting",
        "linters",
        "docs",
        "doc",
        "documentation",
        "ci",
        "local",
        "typing",
        "types",
        "mypy",
        "format",
        "formatting",
        "benchmark",
        "bench",
        "pre",
        "debug",
        "style",
        "quality",
        "notebook",
        "jupyter",
        "coverage",
        "examples",
        "optional",
    ];
    name.to_lowercase()
        .split(|character: char| !character.is_ascii_alphanumeric())
        .any(|part| PARTS.contains(&part))
}
