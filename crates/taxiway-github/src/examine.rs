//! Tokens against the credentials that have to trust them.

use std::collections::BTreeMap;
use std::fmt;

use serde::Serialize;
use taxiway_diagnostics::{Place, Sources};

use crate::credential::{AUDIENCE, Credential, ISSUER};
use crate::job::places;
use crate::read::{Kind, needed, rulesets};
use crate::{Cloud, Job, Jobs, Known, Needed, Repository, Scope};

/// What is known.
pub struct Doctor<'d> {
    /// Its jobs, and what kept others from being seen.
    pub jobs: &'d Jobs,
    /// Where they run.
    pub repository: &'d Repository,
    /// Whom the cloud trusts.
    pub credentials: &'d [Credential],
    /// The resource group and the identity that a credential for an environment, or for the repository, belongs to.
    pub home: &'d dyn Home,
    /// What GitHub says is set, where it was asked.
    pub known: Option<&'d Known>,
    /// The files of the repository.
    pub sources: &'d dyn Sources,
}

impl fmt::Debug for Doctor<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut known = formatter.debug_struct("Doctor");
        known.field("repository", self.repository);
        known.field("jobs", &self.jobs.all.len());
        known.finish_non_exhaustive()
    }
}

/// What the project calls its own things in Azure.
pub trait Home: std::fmt::Debug {
    /// The resource group and the name of the identity.
    fn of(&self, scope: &Scope, client: Option<&str>) -> (String, String);

    /// What a variable has to be, for a shell that is signed in to Azure.
    fn value(&self, variable: &str, environment: Option<&str>) -> Option<String>;
}

/// What came of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Report {
    /// `OWNER/NAME`.
    pub repository: String,
    /// The different tokens that jobs sign in with.
    pub tokens: Vec<Token>,
    /// What is wrong.
    pub problems: Vec<Problem>,
    /// What has to be set on GitHub.
    pub needed: Vec<Needed>,
}

/// A token that jobs sign in to Azure with.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Token {
    /// The subjects that it may have; one where everything is known.
    pub subjects: Vec<String>,
    /// Who has signed it.
    pub issuer: &'static str,
    /// Whom it is for.
    pub audience: &'static str,
    /// Who it signs in as: `vars.AZURE_CLIENT_ID`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub client: Option<String>,
    /// The jobs.
    pub jobs: Vec<String>,
    /// Where they are written.
    pub places: Vec<Place>,
    /// The credential that trusts it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub trusted_by: Option<String>,
}

/// Something that keeps a job from signing in, or from being looked at.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Problem {
    /// Which.
    pub code: Code,
    /// What, in one sentence.
    pub message: String,
    /// Where the job is written.
    pub places: Vec<Place>,
    /// What mends it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub commands: Vec<String>,
}

/// What keeps a job from signing in, or from being looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Code {
    /// It signs in and may not ask for a token.
    NoIdToken,
    /// Nobody trusts the token.
    NoCredential,
    /// Somebody nearly does.
    CredentialDiffers,
    /// The subject is only known when it runs.
    SubjectUnknown,
    /// The form of the subject was not asked for.
    FormUnknown,
    /// An environment, a variable or a secret is not there.
    NotSet,
    /// A workflow or a file of rules cannot be read, or a workflow that is called is not there.
    Unreadable,
}

/// Holds every token against the credentials.
pub fn examine(doctor: &Doctor<'_>) -> Report {
    let mut problems = doctor.jobs.problems.clone();
    let azure = || {
        let jobs = doctor.jobs.all.iter();
        jobs.filter(|job| job.cloud == Some(Cloud::Azure))
    };
    let mut silent: BTreeMap<&str, Vec<&Job>> = BTreeMap::new();
    for job in azure().filter(|job| !job.may_ask) {
        silent.entry(&job.path).or_default().push(job);
    }
    for (path, jobs) in silent {
        problems.push(Problem {
            code: Code::NoIdToken,
            message: format!("`{path}` signs in to Azure, and may not ask for a token: `permissions: id-token: write` is missing there or in a workflow that calls it"),
            places: places(jobs.into_iter()),
            commands: Vec::new(),
        });
    }
    let mut groups: BTreeMap<(&Scope, Option<&str>), Vec<&Job>> = BTreeMap::new();
    for job in azure().filter(|job| job.may_ask) {
        let key = (&job.scope, job.client.as_deref());
        groups.entry(key).or_default().push(job);
    }
    let mut tokens = Vec::new();
    for ((scope, client), jobs) in groups {
        match token(doctor, scope, client, &jobs) {
            Ok((token, problem)) => {
                problems.extend(problem);
                tokens.push(token);
            }
            Err(problem) => problems.push(problem),
        }
    }
    if tokens.iter().any(|token| token.trusted_by.is_none()) {
        problems.extend(form(doctor.repository));
    }
    let mut needed = needed(
        &doctor.jobs.all,
        doctor.repository,
        doctor.home,
        doctor.known,
    );
    let (rules, unreadable) = rulesets(doctor.sources, doctor.repository, doctor.known);
    needed.extend(rules);
    problems.extend(unreadable);
    problems.extend(
        needed
            .iter()
            .filter(|it| it.is_set == Some(false))
            .map(unset),
    );
    Report {
        repository: doctor.repository.slug(),
        tokens,
        problems,
        needed,
    }
}

fn token(
    doctor: &Doctor<'_>,
    scope: &Scope,
    client: Option<&str>,
    jobs: &[&Job],
) -> Result<(Token, Option<Problem>), Problem> {
    let places = places(jobs.iter().copied());
    let mut names: Vec<String> = jobs.iter().map(|job| job.path.clone()).collect();
    names.sort();
    names.dedup();
    let Some(tail) = scope.tail() else {
        let Scope::Unknown(why) = scope else {
            unreachable!("every other scope has an end")
        };
        return Err(Problem {
            code: Code::SubjectUnknown,
            message: format!(
                "what the token of `{}` is about is only known when it runs: {why}; give the job an environment",
                names.join("`, `")
            ),
            places,
            commands: Vec::new(),
        });
    };
    let prefixes = doctor.repository.prefixes();
    let subjects: Vec<String> = prefixes
        .iter()
        .map(|prefix| format!("{prefix}:{tail}"))
        .collect();
    let trusting = subjects
        .iter()
        .find_map(|subject| doctor.credentials.iter().find(|it| it.trusts(subject)));
    let problem = trusting
        .is_none()
        .then(|| missing(doctor, scope, client, &subjects, &names, &places));
    let token = Token {
        subjects,
        issuer: ISSUER,
        audience: AUDIENCE,
        client: client.map(str::to_owned),
        jobs: names,
        places,
        trusted_by: trusting.map(|credential| credential.source.clone()),
    };
    Ok((token, problem))
}

fn missing(
    doctor: &Doctor<'_>,
    scope: &Scope,
    client: Option<&str>,
    subjects: &[String],
    names: &[String],
    places: &[Place],
) -> Problem {
    let (group, identity) = doctor.home.of(scope, client);
    let name = match scope {
        Scope::Environment(name) => format!("environment-{name}"),
        Scope::PullRequest => "pull-request".to_owned(),
        Scope::Ref(name) => format!("branch-{}", name.trim_start_matches("refs/heads/")),
        Scope::Unknown(_) => "job".to_owned(),
    };
    let credential_name: String = name
        .chars()
        .map(|it| {
            if it.is_ascii_alphanumeric() || it == '-' || it == '_' {
                it
            } else {
                '-'
            }
        })
        .collect();
    // The last is the newer form, where both are possible.
    let identity_exists = format!("az identity create --resource-group {group} --name {identity}");
    let credentials = subjects
        .iter()
        .map(|subject| {
            let suffix = if subject.contains('@') && subjects.len() > 1 { "-immutable" } else { "" };
            format!("az identity federated-credential create --resource-group {group} --identity-name {identity} --name {credential_name}{suffix} --issuer {ISSUER} --subject '{subject}' --audiences {AUDIENCE}")
        });
    let commands = std::iter::once(identity_exists)
        .chain(credentials)
        .collect();
    let near = doctor.credentials.iter().find_map(|credential| {
        subjects
            .iter()
            .find_map(|subject| differs(credential, subject))
    });
    let jobs = names.join("`, `");
    Problem {
        code: if near.is_some() {
            Code::CredentialDiffers
        } else {
            Code::NoCredential
        },
        message: match near {
            Some(near) => format!("`{jobs}` will not sign in: {near}"),
            None => format!(
                "nobody in Azure trusts the token of `{jobs}`: its subject is `{}`",
                subjects.join("` or `")
            ),
        },
        places: places.to_vec(),
        commands,
    }
}

/// What keeps a credential that was surely meant for this subject from trusting it.
fn differs(credential: &Credential, subject: &str) -> Option<String> {
    let source = &credential.source;
    let plain = |subject: &str| {
        let parts = subject.split('/').map(|part| match part.split_once('@') {
            Some((name, rest)) => {
                format!(
                    "{name}{}",
                    rest.trim_start_matches(|it: char| it.is_ascii_digit())
                )
            }
            None => part.to_owned(),
        });
        parts.collect::<Vec<_>>().join("/")
    };
    if credential.subject == subject {
        if credential.issuer != ISSUER {
            return Some(format!(
                "{source} trusts the issuer `{}`, and it is `{ISSUER}`",
                credential.issuer
            ));
        }
        return Some(format!(
            "{source} is for `{}`, and the token for `{AUDIENCE}`",
            credential.audiences.join("`, `")
        ));
    }
    if credential.subject.eq_ignore_ascii_case(subject) {
        return Some(format!(
            "{source} trusts `{}`, and upper and lower case count: `{subject}`",
            credential.subject
        ));
    }
    if plain(&credential.subject) == plain(subject) {
        return Some(format!(
            "{source} trusts `{}`, the other of the two forms of `{subject}`",
            credential.subject
        ));
    }
    None
}

fn unset(needed: &Needed) -> Problem {
    let what = match needed.kind {
        Kind::Environment => "environment",
        Kind::Variable => "variable",
        Kind::Secret => "secret",
        Kind::Ruleset => "ruleset",
    };
    let place = match &needed.environment {
        Some(name) => format!(" in environment `{name}`, nor for the repository"),
        None => String::new(),
    };
    Problem {
        code: Code::NotSet,
        message: format!("{what} `{}` is not there{place}", needed.name),
        places: vec![needed.place.clone()],
        commands: vec![needed.command.clone()],
    }
}

/// Nobody can tell from the files which of the two forms GitHub uses.
fn form(repository: &Repository) -> Option<Problem> {
    let slug = repository.slug();
    let is_known = match repository.is_immutable {
        Some(is_immutable) => !is_immutable || repository.ids.is_some(),
        None => false,
    };
    (!is_known).then(|| Problem {
        code: Code::FormUnknown,
        message: "a repository that was made, renamed or transferred since 15 July 2026 has its numbers in the subject; which form this one has, GitHub knows".to_owned(),
        places: Vec::new(),
        commands: vec![
            format!("gh api repos/{slug}/actions/oidc/customization/sub --jq .use_immutable_subject"),
            format!("gh api repos/{slug} --jq '\"--owner-id \\(.owner.id) --repository-id \\(.id)\"'"),
        ],
    })
}
