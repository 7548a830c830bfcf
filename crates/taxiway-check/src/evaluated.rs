//! From files to evaluated resources: the one way in which infrastructure is looked at before it is deployed.

use std::cell::RefCell;
use std::collections::BTreeSet;

use camino::{Utf8Path, Utf8PathBuf};
use serde_json::{Map, Value, json};
use taxiway_arm::{
    Argument, Arguments, Context, EvaluatedResource, ResourceGroup, Scope, Subscription,
    TemplateDiagnostic,
};
use taxiway_bicep::SourceMap;
use taxiway_diagnostics::{Diagnostic, Location, Sources, Span};

use crate::discovery::joined;
use crate::json_text::JsonText;
use crate::placeholder;

/// A subscription for looking at templates before any is known.
const SUBSCRIPTION: &str = "00000000-0000-0000-0000-000000000000";

/// What is judged: a template with or without values for its parameters.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Entry {
    /// A `.bicep` file, a `.bicepparam` file or an ARM template in JSON.
    pub file: Utf8PathBuf,
    /// A parameters file in JSON; a `.bicepparam` file names its template itself.
    pub parameters: Option<Utf8PathBuf>,
}

impl Entry {
    /// A file alone.
    pub fn new(file: impl Into<Utf8PathBuf>) -> Self {
        Self {
            file: file.into(),
            parameters: None,
        }
    }

    /// The file by which people know it.
    pub fn name(&self) -> &Utf8Path {
        self.parameters.as_deref().unwrap_or(&self.file)
    }
}

/// What is known besides the files.
pub struct Surroundings<'s> {
    /// The variables that a parameters file may read; those it asks for in vain are unknown values.
    pub variables: &'s dyn Fn(&str) -> Option<String>,
    /// The group that is deployed into.
    pub resource_group: Option<ResourceGroup>,
    /// Parameters whose values come with the deployment.
    pub given_later: &'s [String],
    /// Whether this is all there will be: a value that is missing is an error then, and unknown otherwise.
    pub is_complete: bool,
    /// The folder of restored registry modules, as `taxiway_bicep::Options` describes it.
    pub module_cache: Option<Utf8PathBuf>,
}

impl std::fmt::Debug for Surroundings<'_> {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter
            .debug_struct("Surroundings")
            .field("resource_group", &self.resource_group)
            .field("given_later", &self.given_later)
            .finish_non_exhaustive()
    }
}

impl Surroundings<'_> {
    /// Nothing is known.
    pub fn none() -> Self {
        Self {
            variables: &|_| None,
            resource_group: None,
            given_later: &[],
            is_complete: false,
            module_cache: None,
        }
    }

    fn compiler(&self) -> taxiway_bicep::Options {
        taxiway_bicep::Options {
            module_cache: self.module_cache.clone(),
            ..taxiway_bicep::Options::default()
        }
    }
}

/// A template with its resources.
#[derive(Debug)]
pub struct Evaluated {
    /// What it was made from.
    pub entry: Entry,
    /// The ARM template.
    pub template: Value,
    /// The parameters as given, each `{"value": …}`; those that come with the deployment are left out.
    pub parameters: Map<String, Value>,
    /// What it consists of.
    pub resources: Vec<EvaluatedResource>,
    /// Warnings of the compiler and the evaluation.
    pub diagnostics: Vec<Diagnostic>,
    pub(crate) positions: Positions,
    /// The file that gives the parameters, and where.
    pub(crate) given: Option<Given>,
}

/// From pointers into the template to its source.
#[derive(Debug)]
pub(crate) enum Positions {
    Bicep(SourceMap),
    Json(Utf8PathBuf, JsonText),
}

/// The text of a parameters file.
#[derive(Debug)]
pub(crate) struct Given {
    pub(crate) path: Utf8PathBuf,
    pub(crate) text: String,
    json: Option<JsonText>,
}

impl Given {
    /// Where the value of a parameter is given.
    pub(crate) fn locate(&self, name: &str) -> Option<Location> {
        let span = match &self.json {
            Some(json) => {
                let span = json.locate(&format!("/parameters/{name}/value"));
                (!span.is_empty()).then_some(span)
            }
            None => statement(&self.text, name),
        };
        span.map(|span| Location::new(&self.path, span))
    }
}

/// The first line of the statement that assigns a parameter.
fn statement(text: &str, name: &str) -> Option<Span> {
    let mut start = 0;
    for line in text.split_inclusive('\n') {
        let assigned = line
            .strip_prefix("param ")
            .and_then(|rest| rest.split('=').next())
            .map(str::trim);
        if assigned.is_some_and(|assigned| assigned.eq_ignore_ascii_case(name)) {
            let end = start + line.trim_end().len();
            return Some(Span::new(
                u32::try_from(start).ok()?,
                u32::try_from(end).ok()?,
            ));
        }
        start += line.len();
    }
    None
}

impl Evaluated {
    /// Compiles and evaluates.
    ///
    /// # Errors
    /// Everything that is wrong, each at its place. Nothing is judged then.
    pub fn open(
        sources: &dyn Sources,
        entry: &Entry,
        surroundings: &Surroundings<'_>,
    ) -> Result<Self, Vec<Diagnostic>> {
        if entry.file.extension() == Some("bicepparam") {
            return with_parameters(sources, entry, surroundings);
        }
        let source = template(sources, &entry.file, surroundings)?;
        let (parameters, given) = match &entry.parameters {
            Some(path) => json_parameters(sources, path)?,
            None => (Map::new(), None),
        };
        source.evaluate(entry, parameters, given, surroundings)
    }

    /// The files that it was made from.
    pub fn files(&self) -> Vec<Utf8PathBuf> {
        let mut files = match &self.positions {
            Positions::Bicep(map) => map.files().to_vec(),
            Positions::Json(path, _) => vec![path.clone()],
        };
        files.extend(self.given.iter().map(|given| given.path.clone()));
        files
    }
}

/// The values of parameters, and the file that gives them.
type Parameters = (Map<String, Value>, Option<Given>);

/// A template before its evaluation.
struct Source {
    template: Value,
    diagnostics: Vec<Diagnostic>,
    positions: Positions,
}

fn unreadable(path: &Utf8Path, reason: &dyn std::fmt::Display) -> Vec<Diagnostic> {
    vec![Diagnostic::error(
        "unreadable",
        Location::new(path, Span::at(0)),
        format!("`{path}` cannot be judged: {reason}"),
    )]
}

fn template(
    sources: &dyn Sources,
    path: &Utf8Path,
    surroundings: &Surroundings<'_>,
) -> Result<Source, Vec<Diagnostic>> {
    if path.extension() == Some("json") {
        let json = json_text(sources, path)?;
        if json.value.get("resources").is_none() {
            return Err(unreadable(
                path,
                &"it is no template: it has no `resources`",
            ));
        }
        return Ok(Source {
            template: json.value.clone(),
            diagnostics: Vec::new(),
            positions: Positions::Json(path.to_owned(), json),
        });
    }
    let compiled = taxiway_bicep::compile_with(sources, path, &surroundings.compiler());
    match compiled.template {
        Some(template) => Ok(Source {
            template,
            diagnostics: compiled.diagnostics,
            positions: Positions::Bicep(compiled.source_map),
        }),
        None => Err(compiled.diagnostics),
    }
}

fn json_text(sources: &dyn Sources, path: &Utf8Path) -> Result<JsonText, Vec<Diagnostic>> {
    let text = sources
        .read_text(path)
        .map_err(|error| unreadable(path, &error))?;
    JsonText::parse(&text).map_err(|(offset, message)| {
        vec![Diagnostic::error(
            "unreadable",
            Location::new(path, Span::at(offset)),
            message,
        )]
    })
}

fn with_parameters(
    sources: &dyn Sources,
    entry: &Entry,
    surroundings: &Surroundings<'_>,
) -> Result<Evaluated, Vec<Diagnostic>> {
    let path = &entry.file;
    let text = sources
        .read_text(path)
        .map_err(|error| unreadable(path, &error))?;
    let missing = RefCell::new(BTreeSet::new());
    let lookup = |name: &str| {
        let found = (surroundings.variables)(name);
        if found.is_none() {
            missing.borrow_mut().insert(name.to_owned());
        }
        found
    };
    let options = surroundings.compiler();
    let mut compiled = taxiway_bicep::compile_parameters_with(sources, path, &lookup, &options);
    let may_stand_in = !surroundings.is_complete && !missing.borrow().is_empty();
    if compiled.parameters.is_none() && may_stand_in {
        let standing_in = |name: &str| {
            (surroundings.variables)(name).or_else(|| Some(placeholder::placeholder(name)))
        };
        compiled = taxiway_bicep::compile_parameters_with(sources, path, &standing_in, &options);
    }
    let Some(parameters) = compiled.parameters else {
        return Err(compiled.diagnostics);
    };
    let using = using(&text, path)
        .ok_or_else(|| unreadable(path, &"it names no template of this repository"))?;
    let mut source = template(sources, &using, surroundings)?;
    source
        .diagnostics
        .extend(compiled.diagnostics.into_iter().filter(|diagnostic| {
            diagnostic
                .location
                .as_ref()
                .is_some_and(|location| location.path() == path)
        }));
    let parameters = parameters
        .get("parameters")
        .and_then(Value::as_object)
        .cloned()
        .unwrap_or_default();
    let given = Given {
        path: path.clone(),
        text,
        json: None,
    };
    source.evaluate(entry, parameters, Some(given), surroundings)
}

/// The template that a parameters file is for, where it is a file of the repository.
fn using(text: &str, path: &Utf8Path) -> Option<Utf8PathBuf> {
    let rest = text
        .lines()
        .find_map(|line| line.trim_start().strip_prefix("using "))?;
    let name = rest.trim().strip_prefix('\'')?.split('\'').next()?;
    let is_elsewhere = ["br:", "br/", "ts:", "ts/"]
        .iter()
        .any(|start| name.starts_with(start));
    if is_elsewhere {
        return None;
    }
    joined(path, name)
}

fn json_parameters(sources: &dyn Sources, path: &Utf8Path) -> Result<Parameters, Vec<Diagnostic>> {
    let text = sources
        .read_text(path)
        .map_err(|error| unreadable(path, &error))?;
    let json = json_text(sources, path)?;
    let mut parameters = json
        .value
        .get("parameters")
        .and_then(Value::as_object)
        .cloned()
        .ok_or_else(|| unreadable(path, &"it has no `parameters`"))?;
    for (name, given) in &mut parameters {
        // `${NAME}` is filled in by the tool that deploys.
        if given
            .get("value")
            .and_then(Value::as_str)
            .is_some_and(|text| text.contains("${"))
        {
            *given = json!({ "value": placeholder::placeholder(name) });
        }
    }
    let given = Given {
        path: path.to_owned(),
        text,
        json: Some(json),
    };
    Ok((parameters, Some(given)))
}

impl Source {
    fn evaluate(
        mut self,
        entry: &Entry,
        mut parameters: Map<String, Value>,
        given: Option<Given>,
        surroundings: &Surroundings<'_>,
    ) -> Result<Evaluated, Vec<Diagnostic>> {
        let mut given_later = surroundings.given_later.to_vec();
        given_later.extend(unknown_values(&self.template, &parameters));
        for name in &given_later {
            parameters.shift_remove(name);
        }
        let mut arguments =
            Arguments::from_json(&Value::Object(parameters.clone())).map_err(|found| {
                let located = |found: &TemplateDiagnostic| Diagnostic {
                    location: given
                        .as_ref()
                        .and_then(|given| given.locate(found.pointer.trim_start_matches('/'))),
                    ..Diagnostic::new(found.severity, found.code, found.message.clone())
                };
                found.iter().map(located).collect::<Vec<_>>()
            })?;
        stand_in(
            &self.template,
            &mut arguments,
            &given_later,
            surroundings.is_complete,
        );
        let context = context(&self.template, surroundings);
        let evaluation = taxiway_arm::evaluate(&self.template, &arguments, &context);
        for diagnostic in &evaluation.diagnostics {
            let located = self.located(diagnostic);
            self.diagnostics.push(located);
        }
        if self.diagnostics.iter().any(Diagnostic::is_error) {
            return Err(self.diagnostics);
        }
        Ok(Evaluated {
            entry: entry.clone(),
            template: self.template,
            parameters,
            resources: evaluation.resources,
            diagnostics: self.diagnostics,
            positions: self.positions,
            given,
        })
    }

    fn located(&self, diagnostic: &TemplateDiagnostic) -> Diagnostic {
        let mut located = Diagnostic::new(
            diagnostic.severity,
            diagnostic.code,
            placeholder::readable(&diagnostic.message),
        );
        located.location = self.positions.locate(&diagnostic.pointer);
        located
    }
}

impl Positions {
    /// The source of what a pointer names, or of the nearest part around it.
    pub(crate) fn locate(&self, pointer: &str) -> Option<Location> {
        match self {
            Self::Bicep(map) => map.locate(pointer),
            Self::Json(path, json) => Some(Location::new(path, json.locate(pointer))),
        }
    }
}

/// The parameters for which a text stands that nobody knows yet, and whose type takes no text, or only some.
fn unknown_values(template: &Value, parameters: &Map<String, Value>) -> Vec<String> {
    let declared = template.get("parameters").and_then(Value::as_object);
    let takes_any_text = |name: &str| {
        let schema = declared?
            .iter()
            .find(|(declared, _)| declared.eq_ignore_ascii_case(name))?
            .1;
        let kind = schema.get("type")?.as_str()?;
        Some(kind.to_lowercase().ends_with("string") && schema.get("allowedValues").is_none())
    };
    parameters
        .iter()
        .filter(|(_, given)| {
            given
                .get("value")
                .and_then(Value::as_str)
                .is_some_and(placeholder::is_in)
        })
        .filter(|(name, _)| takes_any_text(name) == Some(false))
        .map(|(name, _)| name.clone())
        .collect()
}

/// Gives every parameter something: names are made of texts, so these get a text that says that it is unknown.
fn stand_in(
    template: &Value,
    arguments: &mut Arguments,
    given_later: &[String],
    is_complete: bool,
) {
    let declared = template.get("parameters").and_then(Value::as_object);
    for (name, schema) in declared.into_iter().flatten() {
        let is_later = given_later
            .iter()
            .any(|later| later.eq_ignore_ascii_case(name));
        let kind = schema
            .get("type")
            .and_then(Value::as_str)
            .unwrap_or_default();
        let is_secret = kind.eq_ignore_ascii_case("securestring");
        // An empty secret is one that another deployment has given, or that this machine may not know.
        let is_withheld = is_secret
            && !is_complete
            && matches!(arguments.get(name), Some(Argument::Value(Value::String(text))) if text.is_empty());
        let is_later = is_later || is_withheld;
        let has_value = arguments.get(name).is_some()
            || schema.get("defaultValue").is_some()
            || schema.get("nullable") == Some(&Value::Bool(true));
        if !is_later && (has_value || is_complete) {
            continue;
        }
        let is_text = (is_secret || kind == "string") && schema.get("allowedValues").is_none();
        let bound = |key: &str| {
            schema
                .get(key)
                .and_then(Value::as_u64)
                .and_then(|bound| usize::try_from(bound).ok())
        };
        let text = is_text
            .then(|| {
                placeholder::of_length(
                    name,
                    bound("minLength").unwrap_or(0),
                    bound("maxLength").unwrap_or(64),
                )
            })
            .flatten();
        match text {
            Some(text) => arguments.set(name.clone(), json!(text)),
            None => arguments.set_unknown(name.clone()),
        }
    }
}

fn context(template: &Value, surroundings: &Surroundings<'_>) -> Context {
    let subscription = Subscription {
        id: SUBSCRIPTION.to_owned(),
        display_name: String::new(),
    };
    let schema = template
        .get("$schema")
        .and_then(Value::as_str)
        .unwrap_or_default()
        .to_ascii_lowercase();
    let scope = if schema.contains("subscriptiondeploymenttemplate") {
        Scope::Subscription(subscription)
    } else if schema.contains("managementgroupdeploymenttemplate") {
        Scope::ManagementGroup(placeholder::placeholder("managementGroup"))
    } else if schema.contains("tenantdeploymenttemplate") {
        Scope::Tenant
    } else {
        let group = surroundings
            .resource_group
            .clone()
            .unwrap_or_else(|| ResourceGroup {
                name: "resource-group".to_owned(),
                location: placeholder::placeholder("location"),
                tags: Map::new(),
            });
        Scope::ResourceGroup(subscription, group)
    };
    let needs_location = !matches!(scope, Scope::ResourceGroup(..));
    let mut context = Context::new(scope);
    context.deployment_location = needs_location.then(|| placeholder::placeholder("location"));
    context
}
