//! What GitHub says of a repository, through its own program, which is signed in already.

use std::collections::BTreeSet;

use taxiway_github::{Job, Kind, Known, Repository, Scope};

use crate::failure::Failure;
use crate::programs;

/// What is set; the repository gets its numbers, and the form of its subjects.
///
/// # Errors
/// [`Failure`] where gh is not there, not signed in, or must not see the repository.
pub(super) fn ask(repository: &mut Repository, jobs: &[Job]) -> Result<Known, Failure> {
    let slug = repository.slug();
    let numbers = api(&format!("repos/{slug}"), "\"\\(.owner.id) \\(.id)\"")?;
    repository.ids = numbers.split_once(' ').and_then(|(owner, id)| {
        Some((
            owner.trim_matches('"').parse().ok()?,
            id.trim_matches('"').parse().ok()?,
        ))
    });
    let form = api(
        &format!("repos/{slug}/actions/oidc/customization/sub"),
        ".use_immutable_subject // false",
    )?;
    repository.is_immutable = Some(form == "true");
    let mut known = Known::default();
    let existing = list(
        &format!("repos/{slug}/environments"),
        ".environments[].name",
    )?;
    for (kind, path, key) in [
        (Kind::Variable, "actions/variables", ".variables[].name"),
        (Kind::Secret, "actions/secrets", ".secrets[].name"),
    ] {
        for name in list(&format!("repos/{slug}/{path}"), key)? {
            known.0.insert((kind, None, name));
        }
    }
    let rulesets = list(&format!("repos/{slug}/rulesets"), ".[].name")?;
    known
        .0
        .extend(rulesets.into_iter().map(|name| (Kind::Ruleset, None, name)));
    let wanted: BTreeSet<&str> = jobs
        .iter()
        .filter_map(|job| match &job.scope {
            Scope::Environment(name) => Some(name.as_str()),
            Scope::PullRequest | Scope::Ref(_) | Scope::Unknown(_) => None,
        })
        .collect();
    for name in existing {
        if wanted.contains(name.as_str()) {
            let escaped = name.replace('/', "%2F");
            for (kind, path, key) in [
                (Kind::Variable, "variables", ".variables[].name"),
                (Kind::Secret, "secrets", ".secrets[].name"),
            ] {
                let found = list(&format!("repos/{slug}/environments/{escaped}/{path}"), key)?;
                known
                    .0
                    .extend(found.into_iter().map(|it| (kind, Some(name.clone()), it)));
            }
        }
        known.0.insert((Kind::Environment, None, name));
    }
    Ok(known)
}

fn list(path: &str, filter: &str) -> Result<Vec<String>, Failure> {
    let text = api(&format!("{path}?per_page=100"), filter)?;
    Ok(text.lines().map(str::to_owned).collect())
}

/// What stands behind the answer of each page, so that an empty one can be told from none. No name on GitHub is like it.
const END: &str = "/end";

/// An empty answer is none; without gh the first question fails already.
fn api(path: &str, filter: &str) -> Result<String, Failure> {
    let with_end = format!("({filter}), \"{END}\"");
    let arguments = ["api", path, "--paginate", "--jq", &with_end];
    let answer = programs::gh(&arguments).map_err(|why| {
        Failure::lacking(format!("GitHub does not answer to `gh api {path}`"))
            .detail(why)
            .next("sign in", "gh auth login")
            .next("or from the files alone", "taxiway doctor github")
    })?;
    let lines: Vec<&str> = answer.lines().filter(|line| *line != END).collect();
    Ok(lines.join("\n"))
}
