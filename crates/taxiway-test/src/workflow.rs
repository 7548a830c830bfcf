//! Runs the `run` steps of a GitHub workflow on this machine, as GitHub's runner would.
//!
//! What is not executed is stood in for, or refused: steps with `uses` (the caller names those for which the machine is ready,
//! such as a checkout of the folder that is there anyway), jobs that call another workflow, containers, and service containers
//! (the caller brings a PostgreSQL server, whose port takes the place of 5432). Expressions are a subset, see
//! [`expression`]; what is not in it is refused, never guessed.

mod artifacts;
pub mod expression;
mod postgresql;

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::process::{Command, Stdio};

use camino::{Utf8Path, Utf8PathBuf};
use expression::{Context, Status, evaluate, is_true, substitute};
pub use postgresql::PostgreSql;
use taxiway_yaml::Node;

/// What a runner offers.
#[derive(Debug)]
pub struct Runner<'r> {
    /// The repository, checked out.
    pub folder: &'r Utf8Path,
    /// Folders that come first in PATH.
    pub path: Vec<Utf8PathBuf>,
    /// Variables of the machine, and those of the test.
    pub env: Vec<(String, String)>,
    /// The port that stands in for 5432.
    pub database_port: Option<u16>,
    /// Actions for which nothing has to be done here, without their version.
    pub ready_for: &'r [&'r str],
    /// Where what steps keep as artifacts is put; nothing is kept without it.
    pub artifacts: Option<&'r Utf8Path>,
    /// `inputs` of the run.
    pub inputs: &'r [(&'r str, &'r str)],
    /// What this run knows besides: `github.event_name`, `matrix.environment`, `needs.deploy.result`, with their values.
    pub contexts: &'r [(&'r str, &'r str)],
}

/// How a job or a step ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// Well, or with nothing to do.
    Success,
    /// Not well.
    Failure,
    /// It was not run.
    Skipped,
}

impl Outcome {
    /// As expressions know it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Success => "success",
            Self::Failure => "failure",
            Self::Skipped => "skipped",
        }
    }
}

/// What came of a job.
#[derive(Debug)]
pub struct Job {
    /// Its key.
    pub id: String,
    /// How it ended.
    pub outcome: Outcome,
    /// Its steps: name, end and output.
    pub steps: Vec<(String, Outcome, String)>,
    /// What the steps wrote for people.
    pub summary: String,
    /// What it hands on.
    pub outputs: BTreeMap<String, String>,
}

impl Job {
    /// The name of the step that failed first.
    #[must_use]
    pub fn failed(&self) -> Option<&str> {
        let failed = self.steps.iter().find(|step| step.1 == Outcome::Failure);
        failed.map(|step| step.0.as_str())
    }
}

/// Something that this runner does not know.
#[derive(Debug, PartialEq, Eq)]
pub struct Unsupported(pub String);

/// Runs these jobs of a workflow in the order of the file, and tells what came of each.
///
/// # Errors
/// [`Unsupported`] for everything that is not known here, before it would be run.
pub fn run(text: &str, jobs: &[&str], runner: &Runner<'_>) -> Result<Vec<Job>, Unsupported> {
    let root = taxiway_yaml::parse(text)
        .map_err(|why| Unsupported(format!("line {}: {why}", why.line(text))))?;
    let mut done: Vec<Job> = Vec::new();
    for (id, node) in root.get("jobs").map(Node::entries).unwrap_or_default() {
        if jobs.contains(&id.as_str()) {
            let job = Running::new(&root, node, runner, &done)?.run(id)?;
            done.push(job);
        }
    }
    if done.len() == jobs.len() {
        Ok(done)
    } else {
        Err(Unsupported(format!(
            "not all of {jobs:?} are in this workflow"
        )))
    }
}

struct Running<'j> {
    node: &'j Node,
    runner: &'j Runner<'j>,
    context: Context,
    env: BTreeMap<String, String>,
    path: Vec<String>,
    summary: String,
    /// For the files through which steps speak to the runner.
    temporary: tempfile::TempDir,
}

impl<'j> Running<'j> {
    fn new(
        root: &Node,
        node: &'j Node,
        runner: &'j Runner<'j>,
        done: &[Job],
    ) -> Result<Self, Unsupported> {
        let is_told = |start: &str| runner.contexts.iter().any(|it| it.0.starts_with(start));
        for key in ["uses", "container", "strategy"] {
            // One of a matrix, where it is said which.
            let is_known = key == "strategy" && is_told("matrix.");
            if node.get(key).is_some() && !is_known {
                return Err(Unsupported(format!("a job with `{key}`")));
            }
        }
        let temporary = tempfile::tempdir().expect("a temporary folder");
        let mut context = Context::default();
        for (name, value) in [
            ("github.event_name", "workflow_dispatch"),
            ("github.ref", "refs/heads/main"),
            ("github.workflow", "test"),
            ("github.token", ""),
            ("job.status", "success"),
            (
                "runner.temp",
                temporary.path().to_str().expect("a UTF-8 path"),
            ),
        ] {
            context.set(name, value);
        }
        for (name, value) in runner.inputs {
            context.set(&format!("inputs.{name}"), value);
        }
        for name in [
            "AZURE_CLIENT_ID",
            "AZURE_TENANT_ID",
            "AZURE_SUBSCRIPTION_ID",
            "AZURE_READER_CLIENT_ID",
        ] {
            context.set(&format!("vars.{name}"), "");
        }
        for (path, value) in runner.contexts {
            context.set(path, value);
        }
        let needs = node.get("needs").map(Node::words).unwrap_or_default();
        for need in needs {
            let told = format!("needs.{need}.result");
            if let Some((_, result)) = runner.contexts.iter().find(|it| it.0 == told) {
                let outcome = [Outcome::Success, Outcome::Failure, Outcome::Skipped];
                let outcome = outcome.into_iter().find(|it| it.name() == *result);
                context.need(outcome.ok_or_else(|| Unsupported(format!("the result `{result}`")))?);
                continue;
            }
            let job = done.iter().find(|job| job.id == need);
            let job = job.ok_or_else(|| Unsupported(format!("job `{need}` was not run before")))?;
            context.set(&format!("needs.{need}.result"), job.outcome.name());
            context.need(job.outcome);
        }
        let mut running = Self {
            node,
            runner,
            context,
            env: BTreeMap::new(),
            path: Vec::new(),
            summary: String::new(),
            temporary,
        };
        for node in [root, node] {
            for (name, value) in running.variables(node)? {
                running.context.set(&format!("env.{name}"), &value);
                running.env.insert(name, value);
            }
        }
        Ok(running)
    }

    fn variables(&self, node: &Node) -> Result<Vec<(String, String)>, Unsupported> {
        let entries = node.get("env").map(Node::entries).unwrap_or_default();
        let mut found = Vec::new();
        for (name, value) in entries {
            let value = substitute(value.text().unwrap_or_default(), &self.context)?;
            found.push((name.clone(), self.with_port(name, &value)));
        }
        Ok(found)
    }

    /// The server of this machine instead of the service container.
    fn with_port(&self, name: &str, value: &str) -> String {
        match self.runner.database_port {
            Some(port) if name.ends_with("_PORT") && value == "5432" => port.to_string(),
            Some(port) => value.replace("localhost:5432", &format!("127.0.0.1:{port}")),
            None => value.to_owned(),
        }
    }

    fn run(mut self, id: &str) -> Result<Job, Unsupported> {
        let mut job = Job {
            id: id.to_owned(),
            outcome: Outcome::Success,
            steps: Vec::new(),
            summary: String::new(),
            outputs: BTreeMap::new(),
        };
        if !self.is_wanted(self.node)? {
            job.outcome = Outcome::Skipped;
            return Ok(job);
        }
        // What other jobs did has decided; from here on the steps of this one count.
        self.context.begin();
        for step in self.node.get("steps").map(Node::items).unwrap_or_default() {
            let name = step
                .get("name")
                .and_then(Node::text)
                .unwrap_or("a step without a name");
            let (outcome, output) = self.step(step)?;
            if outcome == Outcome::Failure {
                job.outcome = Outcome::Failure;
                self.context.fail();
            }
            if let Some(id) = step.get("id").and_then(Node::text) {
                self.context
                    .set(&format!("steps.{id}.outcome"), outcome.name());
            }
            job.steps.push((name.to_owned(), outcome, output));
        }
        let outputs = self.node.get("outputs").map(Node::entries);
        for (name, value) in outputs.unwrap_or_default() {
            let value = substitute(value.text().unwrap_or_default(), &self.context)?;
            job.outputs.insert(name.clone(), value);
        }
        job.summary = self.summary;
        Ok(job)
    }

    fn is_wanted(&self, node: &Node) -> Result<bool, Unsupported> {
        let condition = node.get("if").and_then(Node::text).unwrap_or("success()");
        let condition = condition
            .trim()
            .trim_start_matches("${{")
            .trim_end_matches("}}");
        let asks = ["always()", "failure()", "cancelled()", "success()"];
        let value = is_true(&evaluate(condition, &self.context)?);
        // Without one of these, success is asked for besides.
        let is_well = self.context.status() == Status::Success;
        Ok(value && (is_well || asks.iter().any(|call| condition.contains(call))))
    }

    fn step(&mut self, step: &Node) -> Result<(Outcome, String), Unsupported> {
        if !self.is_wanted(step)? {
            return Ok((Outcome::Skipped, String::new()));
        }
        if let Some(action) = step.get("uses").and_then(Node::text) {
            let name = action.split('@').next().unwrap_or_default();
            if let ("actions/upload-artifact", Some(folder)) = (name, self.runner.artifacts) {
                return self.keep(step, folder);
            }
            return if self.runner.ready_for.contains(&name) {
                Ok((Outcome::Success, String::new()))
            } else {
                Err(Unsupported(format!("a step with `uses: {name}`")))
            };
        }
        let script = step.get("run").and_then(Node::text);
        let script = script.ok_or_else(|| Unsupported("a step without `run`".to_owned()))?;
        let script = substitute(script, &self.context)?;
        let variables = self.variables(step)?;
        let (is_well, output) = self.shell(step, &script, variables);
        self.take_over(step);
        let outcome = if is_well {
            Outcome::Success
        } else {
            Outcome::Failure
        };
        Ok((outcome, output))
    }

    fn keep(&self, step: &Node, folder: &Utf8Path) -> Result<(Outcome, String), Unsupported> {
        let with = |name: &str| {
            let text = step.get("with").and_then(|with| with.get(name)?.text());
            substitute(text.unwrap_or_default(), &self.context)
        };
        let folder = folder.join(with("name")?);
        let paths = with("path")?;
        let paths = paths.lines().map(|path| self.runner.folder.join(path));
        let paths: Vec<Utf8PathBuf> = paths.collect();
        let is_kept = artifacts::keep(&paths, &folder).expect("files can be copied");
        if !is_kept && with("if-no-files-found")? == "error" {
            return Ok((Outcome::Failure, format!("none of {paths:?} is there")));
        }
        Ok((Outcome::Success, String::new()))
    }

    fn option(&self, step: &Node, name: &str) -> Option<String> {
        let own = step.get(name).and_then(Node::text);
        let of_job = self
            .node
            .get("defaults")
            .and_then(|it| it.get("run")?.get(name)?.text());
        own.or(of_job).map(str::to_owned)
    }

    /// `shell: bash` fails for any part of a pipe; without it, only for the last. Source: GitHub, workflow syntax, `shell`.
    #[expect(
        clippy::disallowed_methods,
        reason = "steps are programs, and end by themselves"
    )]
    fn shell(&self, step: &Node, script: &str, variables: Vec<(String, String)>) -> (bool, String) {
        let file = self.file("script.sh");
        std::fs::write(&file, script).expect("a script can be written");
        let is_strict = self.option(step, "shell").as_deref() == Some("bash");
        let flags: &[&str] = if is_strict {
            &["-e", "-o", "pipefail"]
        } else {
            &["-e"]
        };
        let folder = self.option(step, "working-directory").unwrap_or_default();
        let machine = std::env::var("PATH").unwrap_or_default();
        let ours = self.runner.path.iter().map(|folder| folder.as_str());
        let path: Vec<&str> = self
            .path
            .iter()
            .rev()
            .map(String::as_str)
            .chain(ours)
            .chain([machine.as_str()])
            .collect();
        let mut command = Command::new("bash");
        command
            .args(["--noprofile", "--norc"])
            .args(flags)
            .arg(&file)
            .current_dir(self.runner.folder.join(folder))
            .env("PATH", path.join(":"))
            .env("RUNNER_TEMP", self.temporary.path())
            .env("GITHUB_SHA", "0".repeat(40))
            .env("GITHUB_ACTOR", "somebody")
            .env_remove("VIRTUAL_ENV")
            .stdin(Stdio::null());
        for name in [
            "GITHUB_ENV",
            "GITHUB_PATH",
            "GITHUB_OUTPUT",
            "GITHUB_STEP_SUMMARY",
        ] {
            std::fs::write(self.file(name), "").expect("a file can be written");
            command.env(name, self.file(name));
        }
        command
            .envs(self.runner.env.iter().cloned())
            .envs(self.env.clone())
            .envs(variables);
        let output = command.output().expect("bash is there");
        let mut text = String::from_utf8_lossy(&output.stdout).into_owned();
        write!(text, "{}", String::from_utf8_lossy(&output.stderr)).expect("a text takes text");
        (output.status.success(), text)
    }

    /// What a step told the runner, for those that follow.
    fn take_over(&mut self, step: &Node) {
        let read = |name: &str| std::fs::read_to_string(self.file(name)).unwrap_or_default();
        let (paths, variables, outputs) = (
            read("GITHUB_PATH"),
            read("GITHUB_ENV"),
            read("GITHUB_OUTPUT"),
        );
        self.summary.push_str(&read("GITHUB_STEP_SUMMARY"));
        self.path.extend(paths.lines().map(str::to_owned));
        for (name, value) in variables.lines().filter_map(|line| line.split_once('=')) {
            self.env.insert(name.to_owned(), value.to_owned());
        }
        let Some(id) = step.get("id").and_then(Node::text) else {
            return;
        };
        for (name, value) in outputs.lines().filter_map(|line| line.split_once('=')) {
            self.context
                .set(&format!("steps.{id}.outputs.{name}"), value);
        }
    }

    fn file(&self, name: &str) -> Utf8PathBuf {
        let folder = Utf8Path::from_path(self.temporary.path()).expect("a UTF-8 path");
        folder.join(name)
    }
}
