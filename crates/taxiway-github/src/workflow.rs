//! A workflow as it is written: its triggers, rights and jobs.

use camino::{Utf8Path, Utf8PathBuf};
use taxiway_diagnostics::{Place, Sources};
use taxiway_yaml::{Node, parse};

use crate::value::{Value, Values};
use crate::{Code, Problem};

/// Where GitHub looks for workflows.
const FOLDER: &str = ".github/workflows";
/// GitHub reads no larger file. Source: GitHub Actions limits, workflow file size.
const MOST_BYTES: usize = 512 * 1024;

#[derive(Clone, Debug)]
pub(crate) struct Workflow {
    pub(crate) path: Utf8PathBuf,
    pub(crate) root: Node,
    pub(crate) triggers: Vec<Trigger>,
}

/// What starts a workflow.
#[derive(Clone, Debug)]
pub(crate) struct Trigger {
    /// `push`.
    pub(crate) event: String,
    /// `branches: […]`.
    pub(crate) branches: Vec<String>,
    /// `tags: […]`.
    pub(crate) tags: Vec<String>,
    /// What its inputs may be.
    pub(crate) inputs: Values,
}

/// The workflows of a repository, by path, and what kept others from being read.
pub(crate) fn read(sources: &dyn Sources) -> (Vec<Workflow>, Vec<Problem>) {
    let mut paths: Vec<Utf8PathBuf> = sources
        .files()
        .iter()
        .filter(|path| path.parent().is_some_and(|folder| folder == FOLDER))
        .filter(|path| matches!(path.extension(), Some("yml" | "yaml")))
        .cloned()
        .collect();
    paths.sort();
    let (mut found, mut problems) = (Vec::new(), Vec::new());
    for path in paths {
        match text(sources, &path).and_then(|text| one(&path, &text)) {
            Ok(workflow) => found.push(workflow),
            Err((line, why)) => problems.push(Problem {
                code: Code::Unreadable,
                message: format!(
                    "`{path}` was not read, and so its jobs were not looked at: {why}"
                ),
                places: vec![Place::new(path, line)],
                commands: Vec::new(),
            }),
        }
    }
    (found, problems)
}

/// Why there is no workflow, and the line that shows it.
type Unreadable = (u32, String);

fn text(sources: &dyn Sources, path: &Utf8Path) -> Result<String, Unreadable> {
    let bytes = match sources.read_up_to(path, MOST_BYTES) {
        Ok(Some(bytes)) => bytes,
        Ok(None) => {
            return Err((
                1,
                "it is larger than the 512 KiB that GitHub reads".to_owned(),
            ));
        }
        Err(error) => return Err((1, error.to_string())),
    };
    String::from_utf8(bytes.to_vec()).map_err(|_| (1, "it is not text in UTF-8".to_owned()))
}

fn one(path: &Utf8Path, text: &str) -> Result<Workflow, Unreadable> {
    let root = parse(text).map_err(|why| (why.line(text), why.message))?;
    let on = root
        .get("on")
        .ok_or_else(|| (1, "it has no `on`".to_owned()))?;
    if root.get("jobs").is_none() {
        return Err((1, "it has no `jobs`".to_owned()));
    }
    let named = on.words().into_iter().map(|event| Trigger {
        event: event.to_owned(),
        branches: Vec::new(),
        tags: Vec::new(),
        inputs: Values::new(),
    });
    let described = on.entries().iter().map(|(event, node)| Trigger {
        event: event.clone(),
        branches: words(node, "branches"),
        tags: words(node, "tags"),
        inputs: inputs(node),
    });
    let triggers = named.chain(described).collect();
    Ok(Workflow {
        path: path.to_owned(),
        triggers,
        root,
    })
}

fn words(node: &Node, key: &str) -> Vec<String> {
    let words = node.get(key).map(Node::words).unwrap_or_default();
    words.into_iter().map(str::to_owned).collect()
}

/// The choices of each input, or its default; what somebody types is unknown.
fn inputs(trigger: &Node) -> Values {
    let inputs = trigger.get("inputs").map(Node::entries).unwrap_or_default();
    let value = |(name, input): &(String, Node)| {
        let name = name.to_lowercase();
        let choices: Vec<Value> = words(input, "options")
            .into_iter()
            .map(Value::Known)
            .collect();
        let default = input.get("default").and_then(Node::text);
        let values = match default {
            _ if !choices.is_empty() => choices,
            Some(default) => vec![
                Value::Known(default.to_owned()),
                Value::Unknown(format!("${{{{ inputs.{name} }}}}")),
            ],
            None => vec![Value::Unknown(format!("${{{{ inputs.{name} }}}}"))],
        };
        (format!("inputs.{name}"), values)
    };
    inputs.iter().map(value).collect()
}

/// The path of a workflow of this repository that `uses` means: `./path`, `$/path`.
pub(crate) fn local_path(uses: &str) -> Option<&str> {
    uses.strip_prefix("./").or_else(|| uses.strip_prefix("$/"))
}

impl Workflow {
    pub(crate) fn jobs(&self) -> &[(String, Node)] {
        self.root.get("jobs").map(Node::entries).unwrap_or_default()
    }

    /// Whether `uses` means this file.
    pub(crate) fn is_named(&self, uses: &str) -> bool {
        local_path(uses).is_some_and(|path| self.path == path)
    }

    /// What the workflow is given when another one calls it.
    pub(crate) fn called_with(&self, given: &[(String, Vec<Value>)]) -> Values {
        let call = self.triggers.iter().find(|it| it.event == "workflow_call");
        let mut values = Values::new();
        for (name, mut declared) in call.map(|call| call.inputs.clone()).unwrap_or_default() {
            // Nobody types here: without a value it is the default.
            if declared
                .iter()
                .any(|value| matches!(value, Value::Known(_)))
            {
                declared.retain(|value| matches!(value, Value::Known(_)));
            } else {
                declared = vec![Value::Known(String::new())];
            }
            let named = given
                .iter()
                .find(|(given, _)| format!("inputs.{given}") == name);
            values.insert(name, named.map_or(declared, |(_, values)| values.clone()));
        }
        values
    }
}
