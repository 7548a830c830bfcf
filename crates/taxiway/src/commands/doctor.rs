//! `taxiway doctor`: what would keep a deployment from working.

mod asked;

use std::io::Read as _;

use camino::Utf8Path;
use serde::Serialize;
use taxiway_check::{Evaluated, Surroundings, discover};
use taxiway_diagnostics::DiskSources;
use taxiway_github::{Credential, Doctor, Home, Report, Repository, Scope, examine, jobs};
use taxiway_platform::{EnvironmentKind, Platform};

use crate::arguments::{DoctorGithub, Subjects};
use crate::exit::Exit;
use crate::failure::{Failure, Outcome};
use crate::project::Project;
use crate::terminal::{BAD, BOLD, DIM, GOOD, Terminal};
use crate::wording::counted;
use crate::{acceptance, programs, repository, surroundings};

const FEDERATED: &str =
    "Microsoft.ManagedIdentity/userAssignedIdentities/federatedIdentityCredentials";

/// Says of each job that signs in whether it will be let in, and of what workflows read whether it is there.
pub(crate) fn github(
    arguments: &DoctorGithub,
    folder: Option<&Utf8Path>,
    terminal: &Terminal,
) -> Outcome {
    let root = repository::root(folder)?;
    let sources = repository::sources(&root);
    let platform = Project::open(folder).ok().map(|project| project.platform);
    let branch = platform
        .as_ref()
        .map_or("main", |platform| platform.delivery.branch.as_str());
    let configured = platform
        .as_ref()
        .and_then(|platform| platform.delivery.repository.as_ref());
    let mut repository = identify(arguments, configured, &root, branch)?;
    let jobs = jobs(&sources, branch);
    if jobs.all.is_empty() && jobs.problems.is_empty() {
        return Err(
            Failure::lacking("there is no workflow below .github/workflows")
                .next("write them", "taxiway generate"),
        );
    }
    let known = match arguments.ask {
        true => Some(asked::ask(&mut repository, &jobs.all)?),
        false => None,
    };
    let mut credentials = of_bicep(&sources);
    for path in &arguments.credentials {
        credentials.extend(listed(path)?);
    }
    let report = examine(&Doctor {
        jobs: &jobs,
        repository: &repository,
        credentials: &credentials,
        home: &Names(platform.as_ref()),
        known: known.as_ref(),
        sources: &sources,
    });
    show(&report, terminal);
    Ok(if report.problems.is_empty() {
        Exit::Done
    } else {
        Exit::Findings
    })
}

/// Which repository this is: as it is said, as taxiway.toml has it, as the runner says, or as the remote is called.
fn identify(
    arguments: &DoctorGithub,
    configured: Option<&taxiway_platform::Repository>,
    root: &Utf8Path,
    branch: &str,
) -> Result<Repository, Failure> {
    if let (None, Some(configured)) = (&arguments.repo, configured) {
        return of_subject(&configured.subject_prefix(), branch).ok_or_else(|| {
            Failure::usage("[delivery] repository in taxiway.toml is no repository on GitHub")
        });
    }
    let variable = surroundings::variable;
    let named = arguments.repo.clone();
    let on_runner = variable("GITHUB_REPOSITORY").filter(|_| named.is_none());
    let numbers = |name: &str| variable(name).and_then(|text| text.parse().ok());
    let runner_ids = on_runner.as_ref().and_then(|_| {
        Some((
            numbers("GITHUB_REPOSITORY_OWNER_ID")?,
            numbers("GITHUB_REPOSITORY_ID")?,
        ))
    });
    let text = named.or(on_runner).or_else(|| programs::origin(root));
    let Some(text) = text else {
        return Err(
            Failure::lacking("it is not known which repository on GitHub this is")
                .detail("there is no remote `origin`")
                .next("say it", "taxiway doctor github --repo OWNER/NAME"),
        );
    };
    let (owner, name) = Repository::parse(&text).ok_or_else(|| {
        Failure::usage(format!("`{text}` is no repository on GitHub"))
            .next("say it", "taxiway doctor github --repo OWNER/NAME")
    })?;
    Ok(Repository {
        owner,
        name,
        ids: arguments
            .owner_id
            .zip(arguments.repository_id)
            .or(runner_ids),
        is_immutable: arguments
            .subjects
            .map(|subjects| subjects == Subjects::Immutable),
        branch: branch.to_owned(),
    })
}

/// The repository of `repo:OWNER/NAME` or `repo:OWNER@ID/NAME@ID`, which says as well which of the two forms it is.
fn of_subject(prefix: &str, branch: &str) -> Option<Repository> {
    let (owner, name) = prefix.strip_prefix("repo:")?.split_once('/')?;
    let part = |text: &str| -> (String, Option<u64>) {
        match text.split_once('@') {
            Some((name, id)) => (name.to_owned(), id.parse().ok()),
            None => (text.to_owned(), None),
        }
    };
    let ((owner, owner_id), (name, id)) = (part(owner), part(name));
    let ids = owner_id.zip(id);
    Some(Repository {
        owner,
        name,
        ids,
        is_immutable: Some(ids.is_some()),
        branch: branch.to_owned(),
    })
}

/// The federated credentials that the Bicep makes.
fn of_bicep(sources: &DiskSources) -> Vec<Credential> {
    let config = acceptance::config(sources).unwrap_or_default();
    let mut found = Vec::new();
    for entry in discover(sources, Utf8Path::new("")) {
        let around = Surroundings {
            variables: &surroundings::variable,
            resource_group: acceptance::resource_group(&config, entry.name()),
            module_cache: Some(surroundings::module_cache(None)),
            ..Surroundings::none()
        };
        // What does not compile is for `taxiway check` to say.
        let Ok(evaluated) = Evaluated::open(sources, &entry, &around) else {
            continue;
        };
        for resource in &evaluated.resources {
            if resource.resource_type.eq_ignore_ascii_case(FEDERATED) {
                let properties = &resource.body["properties"];
                let text = |name: &str| properties[name].as_str().unwrap_or_default().to_owned();
                let audiences = properties["audiences"].as_array().into_iter().flatten();
                found.push(Credential {
                    name: resource.name.clone(),
                    issuer: text("issuer"),
                    subject: text("subject"),
                    audiences: audiences
                        .filter_map(|it| it.as_str().map(str::to_owned))
                        .collect(),
                    source: format!("`{}` ({})", resource.name, entry.name()),
                });
            }
        }
    }
    found
}

/// What `az identity federated-credential list` printed.
fn listed(path: &Utf8Path) -> Result<Vec<Credential>, Failure> {
    let text = if path == "-" {
        let mut text = String::new();
        std::io::stdin().read_to_string(&mut text).map(|_| text)
    } else {
        std::fs::read_to_string(path)
    };
    let text =
        text.map_err(|error| Failure::usage(format!("`{path}` cannot be read")).because(&error))?;
    let found: Vec<Credential> = serde_json::from_str(&text).map_err(|error| {
        Failure::usage(format!("`{path}` is no list of federated credentials"))
            .because(&error)
            .next(
                "get one",
                "az identity federated-credential list --resource-group … --identity-name …",
            )
    })?;
    Ok(found
        .into_iter()
        .map(|credential| Credential {
            source: format!("`{}` in Azure", credential.name),
            ..credential
        })
        .collect())
}

/// The names of this project in Azure; of none, where nothing could be decided.
#[derive(Debug)]
struct Names<'p>(Option<&'p Platform>);

impl Names<'_> {
    fn named(&self, environment: Option<&str>, is_reader: bool) -> (String, String) {
        let Some(platform) = self.0 else {
            return ("RESOURCE_GROUP".to_owned(), "IDENTITY".to_owned());
        };
        // As `pipeline.bicep` has it: a deployer for each environment, and one reader, beside the first of them.
        let mut deployed = platform
            .environments
            .iter()
            .filter(|it| it.kind == EnvironmentKind::Azure);
        let environment = environment
            .and_then(|name| platform.environment(name))
            .or_else(|| deployed.next());
        let group = environment.map_or("RESOURCE_GROUP", |it| it.resource_group.as_str());
        let name = environment.map_or("production", |it| it.name.as_str());
        let workload = &platform.workload;
        let identity = if is_reader {
            format!("id-{workload}-plan")
        } else {
            format!("id-{workload}-{name}-deploy")
        };
        (group.to_owned(), identity)
    }
}

impl Home for Names<'_> {
    fn of(&self, scope: &Scope, client: Option<&str>) -> (String, String) {
        let environment = match scope {
            Scope::Environment(name) => Some(name.as_str()),
            Scope::PullRequest | Scope::Ref(_) | Scope::Unknown(_) => None,
        };
        let is_reader = client.is_some_and(|client| client.contains("READER"));
        self.named(environment, is_reader)
    }

    fn value(&self, variable: &str, environment: Option<&str>) -> Option<String> {
        let is_reader = variable.contains("READER");
        let (group, identity) = self.named(environment, is_reader);
        match variable {
            "AZURE_CLIENT_ID" | "AZURE_READER_CLIENT_ID" => Some(format!(
                "$(az identity show --resource-group {group} --name {identity} --query clientId --output tsv)"
            )),
            "AZURE_TENANT_ID" => {
                Some("$(az account show --query tenantId --output tsv)".to_owned())
            }
            "AZURE_SUBSCRIPTION_ID" => {
                Some("$(az account show --query id --output tsv)".to_owned())
            }
            _ => None,
        }
    }
}

#[derive(Serialize)]
struct Document<'r> {
    schema: &'static str,
    #[serde(flatten)]
    report: &'r Report,
}

fn show(report: &Report, terminal: &Terminal) {
    if terminal.is_json() {
        terminal.print_json(&Document {
            schema: "taxiway.doctor-github/v1",
            report,
        });
        return;
    }
    for token in &report.tokens {
        let (style, word) = match &token.trusted_by {
            Some(_) => (GOOD, "trusted"),
            None => (BAD, "refused"),
        };
        terminal.print(format_args!(
            "{style}{word}{style:#}  {}",
            token.subjects.join(" or ")
        ));
        terminal.print(format_args!(
            "{DIM}         {}{DIM:#}",
            token.jobs.join(" · ")
        ));
        if let Some(credential) = &token.trusted_by {
            terminal.print(format_args!("{DIM}         by {credential}{DIM:#}"));
        }
    }
    for problem in &report.problems {
        terminal.print("");
        terminal.print(format_args!("{BOLD}{}{BOLD:#}", problem.message));
        for place in &problem.places {
            terminal.print(format_args!("{DIM}  --> {place}{DIM:#}"));
        }
        for command in &problem.commands {
            terminal.print(format_args!("  {command}"));
        }
    }
    let open: Vec<_> = report
        .needed
        .iter()
        .filter(|it| it.is_set.is_none())
        .collect();
    if !open.is_empty() {
        terminal.print("");
        terminal.print(format_args!(
            "{BOLD}Workflows count on these; `--ask` says which are there{BOLD:#}"
        ));
        for needed in open {
            terminal.print(format_args!(
                "  {}  {DIM}{}{DIM:#}",
                needed.command, needed.place
            ));
        }
    }
    terminal.say(format_args!(
        "{}, {} of {}",
        counted(report.problems.len(), "problem"),
        counted(report.tokens.len(), "different token"),
        report.repository
    ));
}
