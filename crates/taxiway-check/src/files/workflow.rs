//! Workflows and actions of GitHub, and builds of Google Cloud Build.

use camino::{Utf8Path, Utf8PathBuf};
use taxiway_diagnostics::Location;

use super::{Malformed, YamlNode};
use super::{Script, span};

/// A workflow, or an action that is made of steps.
#[derive(Debug)]
pub(crate) struct Workflow {
    pub(crate) path: Utf8PathBuf,
    pub(crate) text: String,
    pub(crate) root: YamlNode,
    pub(crate) jobs: Vec<Job>,
}

/// A job; the steps of an action are one of their own.
#[derive(Debug)]
pub(crate) struct Job {
    pub(crate) id: String,
    pub(crate) node: YamlNode,
    pub(crate) steps: Vec<Step>,
}

/// A step.
#[derive(Debug)]
pub(crate) struct Step {
    pub(crate) node: YamlNode,
    pub(crate) run: Option<Script>,
}

impl Workflow {
    /// `None` where the file is something else that is called `action.yml`.
    ///
    /// # Errors
    /// [`Malformed`] where GitHub could not read it either.
    pub(crate) fn read(path: &Utf8Path, text: &str) -> Result<Option<Self>, Malformed> {
        let is_workflow = path
            .parent()
            .is_some_and(|it| it.ends_with(".github/workflows"));
        let root = match taxiway_yaml::parse(text) {
            Err(_) if !is_workflow && !text.contains("\nruns:") => return Ok(None),
            parsed => parsed?,
        };
        let steps = |node: &YamlNode| -> Vec<Step> {
            let steps = node.get("steps").map(YamlNode::items).unwrap_or_default();
            steps
                .iter()
                .map(|step| Step::read(path, text, step))
                .collect()
        };
        let mut jobs: Vec<Job> = Vec::new();
        for (id, node) in root.get("jobs").map(YamlNode::entries).unwrap_or_default() {
            jobs.push(Job {
                id: id.clone(),
                steps: steps(node),
                node: node.clone(),
            });
        }
        if let Some(runs) = root.get("runs") {
            jobs.push(Job {
                id: "runs".to_owned(),
                steps: steps(runs),
                node: runs.clone(),
            });
        }
        if jobs.is_empty() && is_workflow {
            return Err(Malformed::new(root.start, "this workflow has no `jobs`"));
        }
        Ok((!jobs.is_empty()).then(|| Self {
            path: path.to_owned(),
            text: text.to_owned(),
            root,
            jobs,
        }))
    }

    pub(crate) fn steps(&self) -> impl Iterator<Item = &Step> {
        self.jobs.iter().flat_map(|job| &job.steps)
    }

    /// `on: push`, by its place, where it starts the workflow.
    pub(crate) fn trigger(&self, name: &str) -> Option<&YamlNode> {
        // YAML 1.1 reads the key as true.
        let on = self.root.get("on").or_else(|| self.root.get("true"))?;
        on.get(name).or_else(|| {
            on.one_or_more()
                .into_iter()
                .find(|word| word.text() == Some(name))
        })
    }

    /// The place of a node; of its key where it has one.
    pub(crate) fn location(&self, node: &YamlNode) -> Location {
        self.place(node.key.0, node.key.1)
    }

    /// The place of a scalar, its first line only.
    pub(crate) fn value(&self, node: &YamlNode) -> Location {
        let end = self.text[node.start..node.end]
            .find('\n')
            .map_or(node.end, |line| node.start + line);
        self.place(node.start, end)
    }

    pub(crate) fn place(&self, start: usize, end: usize) -> Location {
        Location::new(&self.path, span(start, end))
    }

    /// The place of a text inside of a scalar, which may be quoted or a block; the scalar where it is not found.
    pub(crate) fn within(&self, node: &YamlNode, needle: &str) -> Location {
        match self.text[node.start..node.end].find(needle) {
            Some(at) => self.place(node.start + at, node.start + at + needle.len()),
            None => self.value(node),
        }
    }
}

impl Job {
    /// The jobs that it waits for.
    pub(crate) fn needs(&self) -> Vec<&str> {
        let needs = self
            .node
            .get("needs")
            .map(YamlNode::one_or_more)
            .unwrap_or_default();
        needs.into_iter().filter_map(YamlNode::text).collect()
    }
}

impl Step {
    fn read(path: &Utf8Path, text: &str, node: &YamlNode) -> Self {
        let run = node.get("run").filter(|run| run.text().is_some());
        Self {
            node: node.clone(),
            run: run.map(|run| Script::scalar(path, text, run)),
        }
    }

    pub(crate) fn uses(&self) -> Option<&YamlNode> {
        self.node.get("uses").filter(|uses| uses.text().is_some())
    }

    /// The action, without its version, in lower case.
    pub(crate) fn action(&self) -> String {
        let uses = self.uses().and_then(YamlNode::text).unwrap_or_default();
        uses.split('@').next().unwrap_or_default().to_lowercase()
    }

    /// An input of its action.
    pub(crate) fn input(&self, name: &str) -> Option<&YamlNode> {
        self.node.at(&["with", name])
    }

    pub(crate) fn name(&self) -> &str {
        self.node
            .get("name")
            .and_then(YamlNode::text)
            .unwrap_or_default()
    }

    pub(crate) fn condition(&self) -> &str {
        self.node
            .get("if")
            .and_then(YamlNode::text)
            .unwrap_or_default()
    }
}

/// A build of Google Cloud Build.
#[derive(Debug)]
pub(crate) struct Build {
    pub(crate) path: Utf8PathBuf,
    pub(crate) root: YamlNode,
    /// The script of each step: its `script`, what it gives to a shell, or its program and arguments.
    pub(crate) scripts: Vec<Script>,
}

impl Build {
    /// # Errors
    /// [`Malformed`] where Cloud Build could not read it either.
    pub(crate) fn read(path: &Utf8Path, text: &str) -> Result<Self, Malformed> {
        let root = taxiway_yaml::parse(text)?;
        let mut scripts = Vec::new();
        let Some(steps) = root.get("steps") else {
            return Err(Malformed::new(root.start, "this build has no `steps`"));
        };
        for step in steps.items() {
            let arguments = step
                .get("args")
                .map(YamlNode::one_or_more)
                .unwrap_or_default();
            let shell = arguments
                .iter()
                .position(|word| matches!(word.text(), Some("-c" | "-ec" | "-exc")));
            if let Some(script) = step.get("script") {
                scripts.push(Script::scalar(path, text, script));
            } else if let Some(script) = shell.and_then(|at| arguments.get(at + 1)) {
                scripts.push(Script::scalar(path, text, script));
            } else {
                scripts.push(call(path, text, step, &arguments));
            }
        }
        Ok(Self {
            path: path.to_owned(),
            root,
            scripts,
        })
    }

    pub(crate) fn value(&self, node: &YamlNode) -> Location {
        Location::new(&self.path, span(node.start, node.end))
    }
}

/// `name: gcr.io/cloud-builders/docker` with `args: [push, …]` as one command: each argument stands where it is written.
fn call(path: &Utf8Path, text: &str, step: &YamlNode, arguments: &[&YamlNode]) -> Script {
    let image = step
        .get("name")
        .and_then(YamlNode::text)
        .unwrap_or_default();
    let entry = step.get("entrypoint").and_then(YamlNode::text);
    let program = entry.unwrap_or_else(|| {
        let name = image
            .rsplit('/')
            .next()
            .unwrap_or_default()
            .split([':', '@'])
            .next()
            .unwrap_or_default();
        // The image of the Cloud SDK has many programs, and the first argument is one of them.
        if name.contains("cloud-sdk") { "" } else { name }
    });
    let program = format!("{program} \\");
    let start = step.get("name").map_or(step.start, |name| name.start);
    let parts: Vec<(usize, String)> = std::iter::once((start, program))
        .chain(arguments.iter().filter_map(|argument| {
            let raw = text
                .get(argument.start..argument.end)?
                .lines()
                .next()
                .unwrap_or_default()
                .trim_end();
            let is_plain = !raw.contains([' ', '"', '\'']);
            let shown = if is_plain {
                raw.to_owned()
            } else {
                quoted(raw)
            };
            Some((argument.start, format!("{shown} \\")))
        }))
        .collect();
    Script::lines(
        path,
        parts.iter().map(|(start, text)| (*start, text.as_str())),
    )
}

/// As one word of a shell; what has quotes already keeps them, and its bytes.
fn quoted(raw: &str) -> String {
    if raw.starts_with(['"', '\'']) {
        raw.to_owned()
    } else {
        format!("'{raw}'")
    }
}
