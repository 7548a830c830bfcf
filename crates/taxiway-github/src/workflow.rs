//! A workflow as it is written: its triggers, rights and jobs.

use camino::{Utf8Path, Utf8PathBuf};
use taxiway_diagnostics::Sources;

use crate::value::{Value, Values};
use crate::yaml::{Node, parse};

/// Where GitHub looks for workflows.
const FOLDER: &str = ".github/workflows";

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

/// The workflows of a repository, by path; one that cannot be read is left to GitHub to complain about.
pub(crate) fn read(sources: &dyn Sources) -> Vec<Workflow> {
    let mut found: Vec<Workflow> = sources
        .files()
        .iter()
        .filter(|path| path.parent().is_some_and(|folder| folder == FOLDER))
        .filter(|path| matches!(path.extension(), Some("yml" | "yaml")))
        .filter_map(|path| one(path, &sources.read_text(path).ok()?))
        .collect();
    found.sort_by(|one, other| one.path.cmp(&other.path));
    found
}

fn one(path: &Utf8Path, text: &str) -> Option<Workflow> {
    let root = parse(text)?;
    // YAML 1.1 reads the key as true.
    let on = root.get("on").or_else(|| root.get("true"))?;
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
    Some(Workflow {
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

impl Workflow {
    pub(crate) fn jobs(&self) -> &[(String, Node)] {
        self.root.get("jobs").map(Node::entries).unwrap_or_default()
    }

    /// Whether `uses` means this file: `./path`, `$/path`.
    pub(crate) fn is_named(&self, uses: &str) -> bool {
        let path = uses.strip_prefix("./").or_else(|| uses.strip_prefix("$/"));
        path.is_some_and(|path| self.path == path)
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
