//! The address that answers health checks.

use camino::{Utf8Path, Utf8PathBuf};
use taxiway_diagnostics::Place;

use crate::evidence::Survey;
use crate::repository::{Repository, at_line, name_of};

/// The address, by the project's own health checks, else by its URL patterns.
pub(crate) fn read(
    repository: &Repository<'_>,
    app_dir: &Utf8Path,
    urls: Option<&Utf8Path>,
    survey: &Survey,
) -> Option<(String, Place)> {
    if let Some((path, place)) = survey.health.iter().find(|(path, _)| path != "/") {
        return Some((path.clone(), place.clone()));
    }
    let urls = urls?;
    let mut files: Vec<Utf8PathBuf> = vec![urls.to_owned()];
    files.extend(
        repository
            .below(app_dir)
            .filter(|file| matches!(name_of(file), "middleware.py" | "healthchecks.py"))
            .map(Utf8Path::to_owned),
    );
    for file in files {
        let text = repository.text(&file)?;
        for (number, line) in text.lines().enumerate() {
            let bare = line.trim();
            if bare.starts_with('#') {
                continue;
            }
            let is_pattern = ["path(", "re_path(", "url(", "request.path"]
                .iter()
                .any(|needle| bare.contains(needle));
            if !is_pattern {
                continue;
            }
            if let Some(path) = quoted(bare).and_then(health_path) {
                return Some((path, at_line(&file, number)));
            }
        }
    }
    None
}

/// The first quoted text of a line.
pub(crate) fn quoted(line: &str) -> Option<&str> {
    let start = line.find(['"', '\''])?;
    let quote = line[start..].chars().next()?;
    let rest = &line[start + 1..];
    rest.find(quote).map(|end| &rest[..end])
}

/// The address in a URL pattern, if it is one for health checks.
pub(crate) fn health_path(pattern: &str) -> Option<String> {
    const WORDS: [&str; 14] = [
        "health",
        "healthz",
        "healthy",
        "healthcheck",
        "health-check",
        "health_check",
        "ht",
        "livez",
        "readyz",
        "liveness",
        "alive",
        "ping",
        "status",
        "heartbeat",
    ];
    let bare = pattern.trim_matches(['^', '$', '/', '?']);
    let is_fixed = !bare.contains(['<', '(', '[', '\\', '*']);
    let last = bare.rsplit('/').next().unwrap_or(bare).to_lowercase();
    let is_plain_word = !matches!(last.as_str(), "status" | "ping");
    let has = WORDS.contains(&last.as_str()) && (is_plain_word || bare == last)
        || last.starts_with("__heartbeat")
        || last.starts_with("_health");
    (is_fixed && has).then(|| {
        let slash = if pattern.trim_end_matches('$').ends_with('/') {
            "/"
        } else {
            ""
        };
        format!("/{bare}{slash}")
    })
}
