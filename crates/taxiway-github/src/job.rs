//! Every job that GitHub would run, with the token that it would get.

use std::collections::BTreeSet;

use camino::Utf8Path;
use taxiway_diagnostics::{Place, Sources};
use taxiway_yaml::Node;

use crate::value::{Value, Values, resolve};
use crate::workflow::{Trigger, Workflow, local_path, read};
use crate::{Code, Problem};

/// Workflows that call workflows. Source: GitHub, reuse workflows, limits.
const MOST_CALLS: usize = 10;

/// A job of a run.
#[derive(Clone, Debug)]
pub struct Job {
    /// Where it is written.
    pub place: Place,
    /// From the workflow that is started to the job: `deploy-staging.yml: deploy, deploy.yml: deploy`.
    pub path: String,
    /// What started it.
    pub event: String,
    /// Whether it may ask for a token.
    pub may_ask: bool,
    /// The cloud that it signs in to.
    pub cloud: Option<Cloud>,
    /// The client id that it signs in as, as it is written: `vars.AZURE_CLIENT_ID`.
    pub client: Option<String>,
    /// Its environment, or the branch or tag that it runs for.
    pub scope: Scope,
    /// The texts of the job and its workflow that may name variables and secrets, with their places.
    pub(crate) texts: Vec<(Place, String)>,
}

/// What the subject of a job's token ends with.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Scope {
    /// `environment:NAME`.
    Environment(String),
    /// `pull_request`.
    PullRequest,
    /// `ref:refs/…`.
    Ref(String),
    /// Nobody knows before the run; why.
    Unknown(String),
}

impl Scope {
    /// The end of the subject, where it is known. A colon in a name is escaped. Source: GitHub, OpenID Connect reference, example
    /// subject claims.
    pub fn tail(&self) -> Option<String> {
        match self {
            Self::Environment(name) => Some(format!("environment:{}", name.replace(':', "%3A"))),
            Self::PullRequest => Some("pull_request".to_owned()),
            Self::Ref(name) => Some(format!("ref:{name}")),
            Self::Unknown(_) => None,
        }
    }
}

/// A cloud that takes GitHub's tokens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cloud {
    /// Azure.
    Azure,
    /// Google Cloud.
    Google,
}

/// The jobs of a repository, and what kept some of them from being seen.
#[derive(Clone, Debug, Default)]
pub struct Jobs {
    /// Every job that would run.
    pub all: Vec<Job>,
    /// The workflows that could not be read, or call one that is not there.
    pub problems: Vec<Problem>,
}

impl Jobs {
    /// Each is told once, however many triggers lead to it.
    fn add_problem(&mut self, message: String, place: Place) {
        let problem = Problem {
            code: Code::Unreadable,
            message,
            places: vec![place],
            commands: Vec::new(),
        };
        if !self.problems.contains(&problem) {
            self.problems.push(problem);
        }
    }

    fn cannot_read(&self, path: &str) -> bool {
        let mut places = self.problems.iter().flat_map(|problem| &problem.places);
        places.any(|place| place.path() == path)
    }
}

/// Every job that the workflows of a repository would run.
pub fn jobs(sources: &dyn Sources, branch: &str) -> Jobs {
    let (workflows, problems) = read(sources);
    let mut found = Jobs {
        all: Vec::new(),
        problems,
    };
    for workflow in &workflows {
        for trigger in &workflow.triggers {
            if trigger.event != "workflow_call" {
                let run = Run {
                    workflows: &workflows,
                    trigger,
                    branch,
                };
                let level = Level {
                    workflow,
                    inputs: trigger.inputs.clone(),
                    path: String::new(),
                    may_ask: true,
                    only: None,
                    calls: 0,
                };
                run.follow(&level, &mut found);
            }
        }
    }
    found
}

struct Run<'w> {
    workflows: &'w [Workflow],
    trigger: &'w Trigger,
    branch: &'w str,
}

/// A workflow within a run.
struct Level<'w> {
    workflow: &'w Workflow,
    inputs: Values,
    path: String,
    /// A called workflow gets no more rights than its caller has.
    may_ask: bool,
    /// The one branch or tag that conditions let through.
    only: Option<String>,
    calls: usize,
}

impl Run<'_> {
    fn follow(&self, level: &Level<'_>, found: &mut Jobs) {
        for (id, node) in level.workflow.jobs() {
            let own = level.workflow.root.get("permissions");
            let permissions = node.get("permissions").or(own);
            let may_ask = level.may_ask && permissions.is_some_and(asks);
            let name = level.workflow.path.file_name().unwrap_or_default();
            let path = match level.path.as_str() {
                "" => format!("{name}: {id}"),
                before => format!("{before}, {name}: {id}"),
            };
            let mut values = level.inputs.clone();
            values.extend(matrix(node));
            let only = node
                .get("if")
                .and_then(Node::text)
                .and_then(reference)
                .or_else(|| level.only.clone());
            let uses = node.get("uses").and_then(Node::text);
            let called = uses.and_then(|uses| self.workflows.iter().find(|it| it.is_named(uses)));
            match called {
                Some(workflow) if level.calls < MOST_CALLS => {
                    let given: Vec<(String, Vec<Value>)> = node
                        .get("with")
                        .map(Node::entries)
                        .unwrap_or_default()
                        .iter()
                        .map(|(name, value)| {
                            let text = value.text().unwrap_or_default();
                            (name.to_lowercase(), resolve(text, &values))
                        })
                        .collect();
                    let next = Level {
                        workflow,
                        inputs: workflow.called_with(&given),
                        path,
                        may_ask,
                        only,
                        calls: level.calls + 1,
                    };
                    self.follow(&next, found);
                }
                Some(workflow) => found.add_problem(
                    format!("`{}` is called through more than the {MOST_CALLS} levels that GitHub follows", workflow.path),
                    at_line(&level.workflow.path, node.key_line),
                ),
                None if let Some(called) = uses.and_then(local_path) => {
                    if !found.cannot_read(called) {
                        found.add_problem(
                            format!("`{called}` is called and not there"),
                            at_line(&level.workflow.path, node.key_line),
                        );
                    }
                }
                None => {
                    for scope in self.scopes(node, &values, only.as_deref()) {
                        found.all.push(self.job(level, node, &path, may_ask, scope));
                    }
                }
            }
        }
    }

    fn job(&self, level: &Level<'_>, node: &Node, path: &str, may_ask: bool, scope: Scope) -> Job {
        let file = &level.workflow.path;
        let texts = |node: &Node| -> Vec<(Place, String)> {
            let mut found = Vec::new();
            node.scalars(&mut |scalar| {
                let text = scalar.text().unwrap_or_default().to_owned();
                found.push((at_line(file, scalar.line), text));
            });
            found
        };
        let shared = level
            .workflow
            .root
            .get("env")
            .map(texts)
            .unwrap_or_default();
        let (cloud, client) = sign_in(node, level.workflow.root.get("env"));
        Job {
            place: at_line(file, node.key_line),
            path: path.to_owned(),
            event: self.trigger.event.clone(),
            may_ask,
            cloud,
            client,
            scope,
            texts: texts(node).into_iter().chain(shared).collect(),
        }
    }

    /// An environment wins over everything else.
    fn scopes(&self, node: &Node, values: &Values, only: Option<&str>) -> Vec<Scope> {
        let environment = node.get("environment");
        let name = environment.and_then(|it| it.text().or_else(|| it.get("name")?.text()));
        if let Some(name) = name {
            let scope = |value| match value {
                Value::Known(name) => Scope::Environment(name),
                Value::Unknown(text) => Scope::Unknown(format!("the environment is `{text}`")),
            };
            return resolve(name, values).into_iter().map(scope).collect();
        }
        if let Some(only) = only {
            return vec![Scope::Ref(only.to_owned())];
        }
        let trigger = self.trigger;
        match trigger.event.as_str() {
            "pull_request" | "pull_request_review" | "pull_request_review_comment" => {
                vec![Scope::PullRequest]
            }
            "push" if trigger.branches.is_empty() && trigger.tags.is_empty() => {
                vec![Scope::Unknown("any branch or tag may be pushed".to_owned())]
            }
            "push" => {
                let branches = trigger.branches.iter().map(|name| named("heads", name));
                let tags = trigger.tags.iter().map(|name| named("tags", name));
                branches.chain(tags).collect()
            }
            "release" => vec![Scope::Unknown("any tag may be released".to_owned())],
            "create" | "delete" | "merge_group" | "pull_request_target" => {
                vec![Scope::Unknown(format!(
                    "`{}` may be for any branch",
                    trigger.event
                ))]
            }
            // The default branch, for what starts by itself; by hand it may be another, which is not trusted then.
            _ => vec![named("heads", self.branch)],
        }
    }
}

fn at_line(file: &Utf8Path, line: usize) -> Place {
    Place::new(file, u32::try_from(line).map_or(u32::MAX, |line| line + 1))
}

fn named(kind: &str, name: &str) -> Scope {
    if name.contains(['*', '?', '[', '!', '+']) {
        Scope::Unknown(format!(
            "`{name}` is a pattern, and a subject is compared letter by letter"
        ))
    } else {
        Scope::Ref(format!("refs/{kind}/{name}"))
    }
}

fn asks(permissions: &Node) -> bool {
    permissions.text() == Some("write-all")
        || permissions.get("id-token").and_then(Node::text) == Some("write")
}

/// `matrix.NAME`, from lists and from `include`.
fn matrix(job: &Node) -> Values {
    let mut values = Values::new();
    let Some(matrix) = job.get("strategy").and_then(|it| it.get("matrix")) else {
        return values;
    };
    let mut add = |name: &str, text: &str| {
        let known = values
            .entry(format!("matrix.{}", name.to_lowercase()))
            .or_default();
        known.push(Value::Known(text.to_owned()));
    };
    for (name, node) in matrix.entries() {
        for word in node.words() {
            add(name, word);
        }
    }
    let include = matrix.get("include").map(Node::items).unwrap_or_default();
    for (name, node) in include.iter().flat_map(Node::entries) {
        if let Some(text) = node.text() {
            add(name, text);
        }
    }
    values
}

/// The branch or tag in `github.ref == 'refs/heads/main'`, where nothing but that can be true.
fn reference(condition: &str) -> Option<String> {
    if condition.contains("||") {
        return None;
    }
    let compact: String = condition.chars().filter(|it| !it.is_whitespace()).collect();
    let (_, rest) = compact.split_once("github.ref=='")?;
    let (name, _) = rest.split_once('\'')?;
    name.starts_with("refs/").then(|| name.to_owned())
}

/// How a job signs in: an action for it, or the variables that Taxiway, Terraform and Azure's libraries read.
fn sign_in(job: &Node, shared: Option<&Node>) -> (Option<Cloud>, Option<String>) {
    let steps = job.get("steps").map(Node::items).unwrap_or_default();
    for step in steps {
        let uses = step.get("uses").and_then(Node::text).unwrap_or_default();
        let action = uses.split('@').next().unwrap_or_default().to_lowercase();
        let input = |name: &str| {
            step.get("with")
                .and_then(|with| with.get(name))
                .and_then(Node::text)
        };
        match action.as_str() {
            // `creds` is a password, and needs no token.
            "azure/login" if input("creds").is_none() => {
                return (Some(Cloud::Azure), input("client-id").map(inner));
            }
            "google-github-actions/auth" if input("credentials_json").is_none() => {
                return (Some(Cloud::Google), None);
            }
            _ => {}
        }
    }
    let environments: Vec<&Node> = steps
        .iter()
        .filter_map(|step| step.get("env"))
        .chain(job.get("env"))
        .chain(shared)
        .collect();
    let variable = |name: &str| environments.iter().find_map(|env| env.get(name)?.text());
    let has_password = ["AZURE_CLIENT_SECRET", "ARM_CLIENT_SECRET"]
        .iter()
        .any(|name| variable(name).is_some());
    match variable("AZURE_CLIENT_ID").or_else(|| variable("ARM_CLIENT_ID")) {
        Some(client) if !has_password => (Some(Cloud::Azure), Some(inner(client))),
        _ => (None, None),
    }
}

/// `vars.NAME` of `${{ vars.NAME }}`.
fn inner(text: &str) -> String {
    let bare = text
        .trim()
        .strip_prefix("${{")
        .and_then(|it| it.strip_suffix("}}"));
    bare.unwrap_or(text).trim().to_owned()
}

/// The different places of jobs.
pub(crate) fn places<'j>(jobs: impl Iterator<Item = &'j Job>) -> Vec<Place> {
    let places: BTreeSet<Place> = jobs.map(|job| job.place.clone()).collect();
    places.into_iter().collect()
}
