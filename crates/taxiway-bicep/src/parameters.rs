//! Compiles `.bicepparam` files.

use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;

use camino::{Utf8Path, Utf8PathBuf};
use indexmap::IndexMap;
use serde_json::{Map, Value, json};
use taxiway_diagnostics::{Diagnostic, Sources};

use crate::arm::Arm;
use crate::ast::walk::{descendants, roots};
use crate::ast::{Expr, ExprKind, Statement};
use crate::compilation::ParameterCompilation;
use crate::compile::Options;
use crate::emit::Templates;
use crate::evaluate::{Evaluated, Failure, Inputs, Interpreter};
use crate::model::{DeclarationKind, Model, Target, Workspace, join};
use crate::parameters_target::Using;

const SCHEMA: &str =
    "https://schema.management.azure.com/schemas/2019-04-01/deploymentParameters.json#";

/// Compiles the parameters file `entry`, and the template it is `using`.
///
/// `environment` answers `readEnvironmentVariable`.
///
/// ```
/// use taxiway_bicep::compile_parameters;
/// use taxiway_diagnostics::MemorySources;
///
/// let sources = MemorySources::from_text(
///     "--- main.bicep\nparam name string\n--- main.bicepparam\nusing 'main.bicep'\nparam name = toUpper(readEnvironmentVariable('WHO', 'nobody'))\n",
/// );
/// let compilation = compile_parameters(&sources, "main.bicepparam".into(), &|_| Some("world".into()));
/// assert_eq!(compilation.parameters.unwrap()["parameters"]["name"]["value"], "WORLD");
/// ```
pub fn compile_parameters(
    sources: &dyn Sources,
    entry: &Utf8Path,
    environment: &dyn Fn(&str) -> Option<String>,
) -> ParameterCompilation {
    compile_parameters_with(sources, entry, environment, &Options::default())
}

/// As [`compile_parameters`], with options.
pub fn compile_parameters_with(
    sources: &dyn Sources,
    entry: &Utf8Path,
    environment: &dyn Fn(&str) -> Option<String>,
    options: &Options,
) -> ParameterCompilation {
    let workspace = Workspace::new(sources, options.module_cache.as_deref());
    let Ok(model) = workspace.model(entry) else {
        return failed(vec![crate::compile::unreadable(entry)]);
    };
    if options.lint {
        crate::lint::run(&workspace);
    }
    let using = Using::of(&workspace, &model);
    let file = ParametersFile {
        workspace: &workspace,
        environment,
        external: RefCell::default(),
        failures: RefCell::default(),
    };
    let assignments = file.assignments(&model, &mut vec![entry.to_owned()]);
    let using_config = file.using_config(&model);
    if let Some(using) = &using {
        using.check(&workspace, &model, &assignments.names());
    }
    let external = file.external.into_inner();
    if workspace.has_errors() {
        return failed(workspace.take_diagnostics());
    }
    let declared = using.as_ref().and_then(Using::declared);
    let parameters = document(assignments, declared.as_deref(), &external, using_config);
    let file = match &using {
        Some(Using::Bicep(model)) => Some(model.path.clone()),
        Some(Using::Json(_) | Using::None) | None => None,
    };
    let template = using.and_then(|using| match using {
        Using::Bicep(model) => Some(Templates::new(&workspace).template(&model).to_value()),
        Using::Json(json) => Some(json.template.clone()),
        Using::None => None,
    });
    ParameterCompilation {
        parameters: Some(parameters),
        using: file,
        template,
        diagnostics: workspace.take_diagnostics(),
    }
}

fn failed(diagnostics: Vec<Diagnostic>) -> ParameterCompilation {
    ParameterCompilation {
        parameters: None,
        using: None,
        template: None,
        diagnostics,
    }
}

/// What stands for a parameter in the output.
pub(crate) enum Assignment {
    Value(Evaluated),
    /// A secret of a vault.
    Secret(Value),
}

/// The parameters that a file assigns, its own before those of the file it extends.
#[derive(Default)]
struct Assignments {
    values: IndexMap<Rc<str>, Assignment>,
    /// Those that are assigned something that is wrong.
    wrong: Vec<Rc<str>>,
}

impl Assignments {
    fn names(&self) -> Vec<Rc<str>> {
        self.values.keys().chain(&self.wrong).cloned().collect()
    }
}

/// External inputs by kind and configuration, in order of first use, with their keys.
type External = IndexMap<String, (String, Value)>;

struct ParametersFile<'a> {
    workspace: &'a Workspace<'a>,
    environment: &'a dyn Fn(&str) -> Option<String>,
    external: RefCell<External>,
    failures: RefCell<Vec<Failure>>,
}

impl ParametersFile<'_> {
    fn external_key(&self, kind: &Value, config: Option<&Value>) -> String {
        let identity = json!([kind, config]).to_string();
        let mut external = self.external.borrow_mut();
        let number = external.len();
        let (key, _) = external.entry(identity).or_insert_with(|| {
            let kind_text = kind.as_str().unwrap_or("");
            let name: String = kind_text
                .chars()
                .map(|character| {
                    if character.is_alphanumeric() || character == '_' {
                        character
                    } else {
                        '_'
                    }
                })
                .collect();
            let mut definition = Map::new();
            definition.insert("kind".to_owned(), kind.clone());
            if let Some(config) = config {
                definition.insert("config".to_owned(), config.clone());
            }
            (format!("{name}_{number}"), Value::Object(definition))
        });
        key.clone()
    }

    fn assignments(&self, model: &Rc<Model>, visited: &mut Vec<Utf8PathBuf>) -> Assignments {
        let parent = self.extended(model, visited).unwrap_or_default();
        let base: HashMap<Rc<str>, Evaluated> = parent
            .values
            .iter()
            .filter_map(|(name, assignment)| match assignment {
                Assignment::Value(value) => Some((Rc::clone(name), value.clone())),
                Assignment::Secret(_) => None,
            })
            .collect();
        let lookup = |name: &str| base.get(name).cloned();
        let external = |kind: &Value, config: Option<&Value>| self.external_key(kind, config);
        let interpreter = Interpreter::new(Inputs {
            environment: self.environment,
            external: &external,
            base: &lookup,
        });
        self.number_external_inputs(&interpreter, model);
        let mut own = Assignments::default();
        for declaration in &model.declarations {
            let DeclarationKind::Parameter(parameter) = &declaration.kind else {
                continue;
            };
            let Some(value) = &parameter.default else {
                continue;
            };
            if self.workspace.has_errors_at(&model.path, parameter.span) {
                own.wrong.push(Rc::clone(&declaration.name.text));
                continue;
            }
            match assignment(&interpreter, model, value) {
                Ok(assignment) => {
                    own.values
                        .insert(Rc::clone(&declaration.name.text), assignment);
                }
                Err(failure) => {
                    own.wrong.push(Rc::clone(&declaration.name.text));
                    self.fail(model, failure);
                }
            }
        }
        for (name, assignment) in parent.values {
            own.values.entry(name).or_insert(assignment);
        }
        own.wrong.extend(parent.wrong);
        own
    }

    fn fail(&self, model: &Model, failure: Failure) {
        let mut failures = self.failures.borrow_mut();
        if !failures.contains(&failure) {
            self.workspace
                .error(&model.path, failure.span, "BCP338", &failure.message);
            failures.push(failure);
        }
    }

    fn extended(&self, model: &Model, visited: &mut Vec<Utf8PathBuf>) -> Option<Assignments> {
        let path = model
            .statements
            .iter()
            .find_map(|statement| match statement {
                Statement::Extends { path } => Some(path),
                _ => None,
            })?;
        let reference = path.plain()?;
        let target = join(&model.path, reference);
        if visited.contains(&target) {
            let message = format!("`{reference}` leads back to this file");
            self.workspace
                .error(&model.path, path.span, "BCP278", message);
            return None;
        }
        visited.push(target.clone());
        match self.workspace.model(&target) {
            Ok(parent) => Some(self.assignments(&parent, visited)),
            Err(_) => {
                let message = format!("there is no file `{reference}`");
                self.workspace
                    .error(&model.path, path.span, "BCP091", message);
                None
            }
        }
    }

    /// Gives external inputs their numbers: those of parameters first, then those of variables.
    fn number_external_inputs(&self, interpreter: &Interpreter<'_>, model: &Rc<Model>) {
        for of_parameters in [true, false] {
            for statement in &model.statements {
                let matches = match statement {
                    Statement::Parameter(_) => of_parameters,
                    Statement::Variable(_) => !of_parameters,
                    _ => false,
                };
                if matches {
                    roots(statement, &mut |root| {
                        descendants(root, &mut |expr| {
                            if is_external_input(model, expr) {
                                // What is wrong with it is said where it is used.
                                let _ = interpreter.evaluate(model, expr);
                            }
                        });
                    });
                }
            }
        }
    }

    /// What `using … with {…}` says.
    fn using_config(&self, model: &Rc<Model>) -> Option<Value> {
        let config = model
            .statements
            .iter()
            .find_map(|statement| match statement {
                Statement::Using { with, .. } => with.as_ref(),
                _ => None,
            })?;
        let external = |kind: &Value, config: Option<&Value>| self.external_key(kind, config);
        let interpreter = Interpreter::new(Inputs {
            environment: self.environment,
            external: &external,
            base: &|_| None,
        });
        let expr = Expr {
            span: config.span,
            kind: ExprKind::Object(config.clone()),
        };
        match interpreter.evaluate(model, &expr) {
            Ok(value) => Some(output(&Assignment::Value(value))),
            Err(failure) => {
                self.fail(model, failure);
                None
            }
        }
    }
}

fn is_external_input(model: &Model, expr: &Expr) -> bool {
    let name = match &expr.kind {
        ExprKind::Call { name, .. } => name,
        ExprKind::Method { base, name, .. } if is_namespace(model, base) => name,
        _ => return false,
    };
    matches!(&*name.text, "externalInput" | "readCliArg" | "readEnvVar")
}

fn is_namespace(model: &Model, base: &Expr) -> bool {
    matches!(&base.kind, ExprKind::Name(name) if model.target(name) == Some(Target::Namespace))
}

fn assignment(
    interpreter: &Interpreter<'_>,
    model: &Rc<Model>,
    value: &Expr,
) -> Result<Assignment, Failure> {
    let arguments = match &value.bare().kind {
        ExprKind::Call { name, arguments } if &*name.text == "getSecret" => arguments,
        ExprKind::Method {
            base,
            name,
            arguments,
            ..
        } if &*name.text == "getSecret" && is_namespace(model, base) => arguments,
        _ => return Ok(Assignment::Value(interpreter.evaluate(model, value)?)),
    };
    let values: Result<Vec<_>, _> = arguments
        .iter()
        .map(|argument| interpreter.evaluate(model, argument))
        .collect();
    match secret(values?) {
        Some(secret) => Ok(Assignment::Secret(secret)),
        None => Err(Failure {
            span: value.span,
            message: "`getSecret` takes a subscription, a resource group, a vault and a secret"
                .to_owned(),
        }),
    }
}

/// The reference to a secret: subscription, resource group, vault, name, and perhaps version.
fn secret(values: Vec<Evaluated>) -> Option<Value> {
    let known: Option<Vec<&str>> = values
        .iter()
        .map(|value| match value {
            Evaluated::Known(value) => value.as_str(),
            Evaluated::Deferred(_) => None,
        })
        .collect();
    if let Some([subscription, group, vault, ..]) = known.as_deref() {
        let id = format!(
            "/subscriptions/{subscription}/resourceGroups/{group}/providers/Microsoft.KeyVault/vaults/{vault}"
        );
        return Some(secret_reference(id.into(), &values));
    }
    let mut arms = values.iter().cloned().map(Evaluated::into_arm);
    let (subscription, group, vault) = (arms.next()?, arms.next()?, arms.next()?);
    let id = Arm::call(
        "resourceId",
        [
            subscription,
            group,
            Arm::string("Microsoft.KeyVault"),
            Arm::string("vaults"),
            vault,
        ],
    );
    Some(secret_reference(id.bracketed().into(), &values))
}

fn secret_reference(id: Value, values: &[Evaluated]) -> Value {
    let mut reference = Map::new();
    reference.insert("keyVault".to_owned(), json!({ "id": id }));
    for (name, value) in ["secretName", "secretVersion"]
        .into_iter()
        .zip(&values[3..])
    {
        let value = match value {
            Evaluated::Known(value) => value.clone(),
            Evaluated::Deferred(arm) => arm.bracketed().into(),
        };
        reference.insert(name.to_owned(), value);
    }
    json!({ "reference": reference })
}

fn output(assignment: &Assignment) -> Value {
    match assignment {
        Assignment::Value(Evaluated::Known(value)) => json!({ "value": value }),
        Assignment::Value(Evaluated::Deferred(arm)) => json!({ "expression": arm.bracketed() }),
        Assignment::Secret(reference) => reference.clone(),
    }
}

fn document(
    assignments: Assignments,
    declared: Option<&[Rc<str>]>,
    external: &External,
    using_config: Option<Value>,
) -> Value {
    let parameters: Map<String, Value> = assignments
        .values
        .iter()
        .filter(|(name, _)| declared.is_none_or(|declared| declared.contains(name)))
        .map(|(name, assignment)| (name.to_string(), output(assignment)))
        .collect();
    let mut document = Map::new();
    document.insert("$schema".to_owned(), SCHEMA.into());
    document.insert("contentVersion".to_owned(), "1.0.0.0".into());
    document.insert("parameters".to_owned(), parameters.into());
    if !external.is_empty() {
        let mut definitions: Vec<_> = external.values().cloned().collect();
        definitions.sort_by(|left, right| left.0.cmp(&right.0));
        let definitions: Map<String, Value> = definitions.into_iter().collect();
        document.insert("externalInputDefinitions".to_owned(), definitions.into());
    }
    if let Some(config) = using_config {
        document.insert("usingConfig".to_owned(), config);
    }
    Value::Object(document)
}
