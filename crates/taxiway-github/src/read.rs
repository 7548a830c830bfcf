//! The variables and secrets that jobs read, and where they have to be set.

use std::collections::{BTreeMap, BTreeSet};

use camino::Utf8Path;
use serde::Serialize;
use taxiway_diagnostics::{Place, Sources};

use crate::{Code, Home, Job, Problem, Repository, Scope};

/// A variable or secret that has to be set on GitHub.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Needed {
    /// What it is.
    pub kind: Kind,
    /// Its name.
    pub name: String,
    /// The environment that it belongs to; the repository without one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub environment: Option<String>,
    /// Where it is read first.
    pub place: Place,
    /// What sets it.
    pub command: String,
    /// Whether it is set, where GitHub was asked.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub is_set: Option<bool>,
}

/// What GitHub says is there: each environment, variable and secret, and what it belongs to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Known(pub BTreeSet<(Kind, Option<String>, String)>);

impl Known {
    /// What the repository has, its environments have.
    fn has(&self, kind: Kind, environment: Option<&str>, name: &str) -> bool {
        let at = |environment: Option<&str>| {
            let key = (kind, environment.map(str::to_owned), name.to_owned());
            self.0.contains(&key)
        };
        at(environment) || at(None)
    }
}

/// What is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// An environment has to exist.
    Environment,
    /// `vars.NAME`.
    Variable,
    /// `secrets.NAME`.
    Secret,
    /// The rules of a branch, which a file below `.github/rulesets` describes.
    Ruleset,
}

/// Everything that has to be set on GitHub for these jobs, environments first.
pub(crate) fn needed(
    jobs: &[Job],
    repository: &Repository,
    home: &dyn Home,
    known: Option<&Known>,
) -> Vec<Needed> {
    let mut found: BTreeMap<(Kind, Option<String>, String), Place> = BTreeMap::new();
    for job in jobs {
        let environment = match &job.scope {
            Scope::Environment(name) => Some(name.clone()),
            Scope::PullRequest | Scope::Ref(_) | Scope::Unknown(_) => None,
        };
        if let Some(name) = &environment {
            let key = (Kind::Environment, None, name.clone());
            found.entry(key).or_insert_with(|| job.place.clone());
        }
        for (place, text) in &job.texts {
            for (kind, name) in names(text) {
                let key = (kind, environment.clone(), name);
                found.entry(key).or_insert_with(|| place.clone());
            }
        }
    }
    // What the repository has, its environments have.
    let shared: BTreeSet<(Kind, String)> = found
        .keys()
        .filter(|(_, environment, _)| environment.is_none())
        .map(|(kind, _, name)| (*kind, name.clone()))
        .collect();
    found
        .into_iter()
        .filter(|((kind, environment, name), _)| {
            environment.is_none() || !shared.contains(&(*kind, name.clone()))
        })
        .map(|((kind, environment, name), place)| Needed {
            is_set: known.map(|known| known.has(kind, environment.as_deref(), &name)),
            command: command(kind, environment.as_deref(), &name, repository, home),
            kind,
            name,
            environment,
            place,
        })
        .collect()
}

/// `vars.X` and `secrets.X` inside expressions; GitHub sets its own token itself.
fn names(text: &str) -> Vec<(Kind, String)> {
    let mut found = Vec::new();
    let is_condition =
        !text.contains("${{") && (text.contains("vars.") || text.contains("secrets."));
    let parts: Vec<&str> = if is_condition && !text.contains('\n') {
        vec![text]
    } else {
        text.split("${{")
            .skip(1)
            .filter_map(|part| part.split("}}").next())
            .collect()
    };
    for part in parts {
        for (kind, context) in [(Kind::Variable, "vars."), (Kind::Secret, "secrets.")] {
            for (at, _) in part.match_indices(context) {
                let is_whole = !part[..at]
                    .ends_with(|it: char| it.is_ascii_alphanumeric() || "_.-".contains(it));
                let name: String = part[at + context.len()..]
                    .chars()
                    .take_while(|it| it.is_ascii_alphanumeric() || *it == '_')
                    .collect();
                if is_whole && !name.is_empty() && !name.eq_ignore_ascii_case("GITHUB_TOKEN") {
                    found.push((kind, name.to_uppercase()));
                }
            }
        }
    }
    found
}

fn command(
    kind: Kind,
    environment: Option<&str>,
    name: &str,
    repository: &Repository,
    home: &dyn Home,
) -> String {
    let slug = repository.slug();
    let place = environment.map_or_else(String::new, |name| format!(" --env {name}"));
    match kind {
        Kind::Environment => {
            let name = name.replace('/', "%2F");
            format!("gh api --method PUT repos/{slug}/environments/{name}")
        }
        Kind::Variable => {
            let body = home
                .value(name, environment)
                .map_or_else(String::new, |value| format!(" --body \"{value}\""));
            format!("gh variable set {name} --repo {slug}{place}{body}")
        }
        Kind::Secret => format!("gh secret set {name} --repo {slug}{place}"),
        Kind::Ruleset => unreachable!("no workflow reads rules"),
    }
}

/// The rules that the repository has files for, and the files that cannot be read. Whether GitHub has them is known by their name
/// alone.
pub(crate) fn rulesets(
    sources: &dyn Sources,
    repository: &Repository,
    known: Option<&Known>,
) -> (Vec<Needed>, Vec<Problem>) {
    let (mut found, mut problems) = (Vec::new(), Vec::new());
    let files = sources.files();
    let paths = files
        .iter()
        .filter(|path| path.starts_with(".github/rulesets") && path.extension() == Some("json"));
    for path in paths {
        match name_of_rules(sources, path) {
            Ok(name) => found.push(Needed {
                kind: Kind::Ruleset,
                is_set: known.map(|known| known.has(Kind::Ruleset, None, &name)),
                name,
                environment: None,
                place: Place::new(path.to_owned(), 1),
                command: format!(
                    "gh api --method POST repos/{}/rulesets --input {path}",
                    repository.slug()
                ),
            }),
            Err((line, why)) => problems.push(Problem {
                code: Code::Unreadable,
                message: format!("`{path}` has no rules that GitHub would take: {why}"),
                places: vec![Place::new(path.to_owned(), line)],
                commands: Vec::new(),
            }),
        }
    }
    (found, problems)
}

/// The name of the rules in a file, or why there is none, with the line that shows it.
fn name_of_rules(sources: &dyn Sources, path: &Utf8Path) -> Result<String, (u32, String)> {
    let text = sources
        .read_text(path)
        .map_err(|error| (1, error.to_string()))?;
    let rules: serde_json::Value = serde_json::from_str(&text).map_err(|error| {
        let line = u32::try_from(error.line()).unwrap_or(1).max(1);
        (line, error.to_string())
    })?;
    let name = rules["name"].as_str();
    name.map(str::to_owned)
        .ok_or_else(|| (1, "it has no `name`".to_owned()))
}
