//! From the declarations of a template to its resources: loops unrolled, names and scopes evaluated.
//!
//! Everything here has to be known when a deployment starts. In a template that is only looked at, a name may depend
//! on what only a running deployment knows; such a resource is kept, and says so.

use std::collections::HashMap;

use serde_json::{Map, Value};

use crate::deployment::{CopyLoop, Resource};
use crate::expression::{Evaluator, Failure, Frame, Reduced, copy_count, member};
use crate::pointer::{Place, escape};
use crate::{DEPLOYMENT_TYPE, ResourceId, TemplateDiagnostic};

/// A resource with what is only needed inside this crate.
#[derive(Clone, Debug)]
pub(crate) struct Planned {
    pub(crate) resource: Resource,
    /// Why its id is only a stand-in, in words.
    pub(crate) unresolved: Option<String>,
}

/// A declaration in the template's `resources`.
struct Declaration<'t> {
    symbol: Option<String>,
    members: &'t Map<String, Value>,
    /// Its place inside this template.
    pointer: String,
    parent: Option<usize>,
}

/// Unrolls the resources of a template.
pub(crate) fn expand(
    template: &Map<String, Value>,
    evaluator: &Evaluator<'_>,
    pointer: &str,
    is_deployed: bool,
) -> (Vec<Planned>, Vec<TemplateDiagnostic>) {
    let mut expansion = Expansion {
        evaluator,
        is_deployed,
        pointer,
        planned: Vec::new(),
        names: Vec::new(),
        diagnostics: Vec::new(),
    };
    let mut declarations = Vec::new();
    match member(template, "resources") {
        Some(resources) => expansion.collect(resources, "/resources", None, &mut declarations),
        None => expansion.fail(Failure::new(
            "Deployment template validation failed: 'Required property 'resources' not found in JSON'.",
        )),
    }
    for declaration in &declarations {
        expansion.declare(declaration, &declarations);
    }
    expansion.check_duplicates();
    (expansion.planned, expansion.diagnostics)
}

/// Evaluates inside a resource's own loop.
pub(crate) fn with_frame<T>(resource: &Resource, body: impl FnOnce(&Frame<'_>) -> T) -> T {
    let frame = Frame::default();
    match (&resource.copy_loop, resource.copy_index) {
        (Some(copy), Some(index)) => frame
            .with_copy_index(index)
            .in_loop(&copy.name, index, body),
        _ => body(&frame),
    }
}

struct Expansion<'x> {
    evaluator: &'x Evaluator<'x>,
    is_deployed: bool,
    pointer: &'x str,
    planned: Vec<Planned>,
    /// By declaration: full type and full name, for its nested resources.
    names: Vec<Option<(String, String)>>,
    diagnostics: Vec<TemplateDiagnostic>,
}

impl Expansion<'_> {
    fn fail(&mut self, failure: Failure) {
        let pointer = self.pointer.to_owned();
        self.diagnostics
            .push(failure.at_place(|| pointer).into_diagnostic());
    }

    fn collect<'t>(
        &mut self,
        resources: &'t Value,
        pointer: &str,
        parent: Option<usize>,
        declarations: &mut Vec<Declaration<'t>>,
    ) {
        let entries: Vec<(Option<String>, String, &Value)> = match resources {
            Value::Array(resources) => resources
                .iter()
                .enumerate()
                .map(|(index, resource)| (None, format!("{pointer}/{index}"), resource))
                .collect(),
            Value::Object(resources) => resources
                .iter()
                .map(|(symbol, resource)| {
                    let pointer = format!("{pointer}/{}", escape(symbol));
                    (Some(symbol.clone()), pointer, resource)
                })
                .collect(),
            _ => {
                return self.fail(Failure::new(
                    "Deployment template validation failed: 'The template resources must be an array or an object'.",
                ));
            }
        };
        for (symbol, pointer, resource) in entries {
            let Some(members) = resource.as_object() else {
                let place = format!("{}{pointer}", self.pointer);
                self.fail(
                    Failure::new("Deployment template validation failed: 'The template resource is not an object'.")
                        .at_place(|| place),
                );
                continue;
            };
            let index = declarations.len();
            declarations.push(Declaration {
                symbol,
                members,
                pointer: pointer.clone(),
                parent,
            });
            if let Some(nested) = member(members, "resources") {
                self.collect(
                    nested,
                    &format!("{pointer}/resources"),
                    Some(index),
                    declarations,
                );
            }
        }
    }

    fn declare(&mut self, declaration: &Declaration<'_>, all: &[Declaration<'_>]) {
        let place = format!("{}{}", self.pointer, declaration.pointer);
        let parent = declaration.parent.map(|parent| {
            let is_loop = member(all[parent].members, "copy").is_some();
            (self.names[parent].clone(), is_loop)
        });
        let result = self.elements(declaration, &Place::root(&place), parent);
        match result {
            Ok(planned) => {
                let name = planned.first().map(|first| {
                    (
                        first.resource.resource_type.clone(),
                        first.resource.id.full_name(),
                    )
                });
                self.names.push(name);
                self.planned.extend(planned);
            }
            Err(failure) => {
                self.names.push(None);
                self.diagnostics
                    .push(failure.at_place(|| place).into_diagnostic());
            }
        }
    }

    /// The resources of a declaration: one, or one for each element of its loop.
    fn elements(
        &self,
        declaration: &Declaration<'_>,
        place: &Place<'_>,
        parent: Option<(Option<(String, String)>, bool)>,
    ) -> Result<Vec<Planned>, Failure> {
        if let Some(extension) = ["import", "extension"]
            .iter()
            .find_map(|name| member(declaration.members, name))
        {
            return Err(Failure::new(format!(
                "Resources of the extension {extension} are not supported: only those of Azure Resource Manager are."
            )));
        }
        let parent = match parent {
            None => None,
            Some((_, true)) => {
                return Err(Failure::new(
                    "Deployment template validation failed: 'A resource inside a resource with copy is not supported; declare it on its own, with a copy of its own'.",
                ));
            }
            // What is wrong with the parent is reported there.
            Some((None, _)) => return Ok(Vec::new()),
            Some((parent, _)) => parent,
        };
        let Some(copy) = member(declaration.members, "copy") else {
            return Ok(vec![self.element(
                declaration,
                place,
                parent.as_ref(),
                None,
            )?]);
        };
        let (copy_loop, count) = self.copy_loop(declaration, copy, &place.member("copy"))?;
        (0..count)
            .map(|index| {
                self.element(
                    declaration,
                    place,
                    parent.as_ref(),
                    Some((copy_loop.clone(), index)),
                )
            })
            .collect()
    }

    fn copy_loop(
        &self,
        declaration: &Declaration<'_>,
        copy: &Value,
        place: &Place<'_>,
    ) -> Result<(CopyLoop, usize), Failure> {
        let frame = Frame::default();
        let invalid = |what: &str| {
            Failure::new(format!(
                "The template copy definition has no valid '{what}'. Please see https://aka.ms/arm-copy for usage details."
            ))
            .at_place(|| place.to_string())
        };
        let copy = copy.as_object().ok_or_else(|| invalid("count"))?;
        let count = member(copy, "count").ok_or_else(|| invalid("count"))?;
        let count = match self.evaluator.json(count, &place.member("count"), &frame)? {
            Reduced::Value(count) => {
                copy_count(&count).map_err(|failure| failure.at_place(|| place.to_string()))?
            }
            Reduced::Rest(rest) => {
                return Err(not_at_start(&rest).at_place(|| place.member("count").to_string()));
            }
        };
        let name = member(copy, "name")
            .and_then(Value::as_str)
            .or(declaration.symbol.as_deref())
            .ok_or_else(|| invalid("name"))?;
        let is_serial = member(copy, "mode")
            .and_then(Value::as_str)
            .is_some_and(|mode| mode.eq_ignore_ascii_case("serial"));
        let batch_size = match member(copy, "batchSize") {
            Some(size) => Some(
                size.as_u64()
                    .and_then(|size| usize::try_from(size).ok())
                    .filter(|size| *size > 0)
                    .ok_or_else(|| invalid("batchSize"))?,
            ),
            None => None,
        };
        let copy_loop = CopyLoop {
            name: name.to_owned(),
            batch_size: is_serial.then(|| batch_size.unwrap_or(1)),
        };
        Ok((copy_loop, count))
    }

    fn element(
        &self,
        declaration: &Declaration<'_>,
        place: &Place<'_>,
        parent: Option<&(String, String)>,
        copy: Option<(CopyLoop, usize)>,
    ) -> Result<Planned, Failure> {
        let (copy_loop, copy_index) = copy.unzip();
        let mut resource = Resource {
            id: ResourceId::tenant(),
            resource_type: String::new(),
            api_version: String::new(),
            symbolic_name: declaration.symbol.clone(),
            copy_index,
            copy_loop,
            existing: member(declaration.members, "existing") == Some(&Value::Bool(true)),
            condition: true,
            dependencies: Vec::new(),
            pointer: format!("{}{}", self.pointer, declaration.pointer),
        };
        let mut unresolved = None;
        with_frame(&resource.clone(), |frame| {
            let text = |name: &str| self.text(declaration, name, place, frame);
            let declared_type = self.required(text("type")?, "type")?;
            resource.api_version = self.required(text("apiVersion")?, "apiVersion")?;
            let (name, reason) = match text("name")? {
                Some(Ok(name)) => (name, None),
                Some(Err(rest)) if self.is_deployed => return Err(not_at_start(&rest)),
                Some(Err(rest)) => {
                    let expression = format!("[{rest}]");
                    let reason =
                        format!("its name is known only while it is deployed: {expression}");
                    (stand_in(&expression), Some(reason))
                }
                None => return Err(missing("name")),
            };
            unresolved = reason;
            let (full_type, name) = match parent {
                Some((parent_type, parent_name)) => (
                    format!("{parent_type}/{declared_type}"),
                    format!("{parent_name}/{name}"),
                ),
                None => (declared_type, name),
            };
            resource.resource_type = full_type;
            resource.condition = self.condition(declaration, place, frame)?;
            let scope = self.scope(declaration, &resource.resource_type, place, frame)?;
            if unresolved.is_some() {
                resource.id = stand_in_id(&scope, &resource.resource_type, &name)?;
            } else {
                resource.id = resource_id(&scope, &resource.resource_type, &name)?;
            }
            Ok(())
        })?;
        Ok(Planned {
            resource,
            unresolved,
        })
    }

    /// A member that is text: known, or what is left of its expression.
    fn text(
        &self,
        declaration: &Declaration<'_>,
        name: &str,
        place: &Place<'_>,
        frame: &Frame<'_>,
    ) -> Result<Option<Result<String, crate::expression::Expression>>, Failure> {
        let Some(value) = member(declaration.members, name) else {
            return Ok(None);
        };
        let place = place.member(name);
        match self.evaluator.json(value, &place, frame)? {
            Reduced::Value(value) => match value.as_ref() {
                // An empty text is none: templates pass it on where they have nothing to say.
                Value::String(text) if text.is_empty() => Ok(None),
                Value::String(text) => Ok(Some(Ok(text.clone()))),
                Value::Null => Ok(None),
                _ => Err(Failure::new(format!(
                    "Deployment template validation failed: 'The template resource property '{name}' must be a string'."
                ))
                .at_place(|| place.to_string())),
            },
            Reduced::Rest(rest) => Ok(Some(Err(rest))),
        }
    }

    fn required(
        &self,
        text: Option<Result<String, crate::expression::Expression>>,
        name: &str,
    ) -> Result<String, Failure> {
        match text {
            Some(Ok(text)) => Ok(text),
            Some(Err(rest)) => Err(not_at_start(&rest)),
            None => Err(missing(name)),
        }
    }

    fn condition(
        &self,
        declaration: &Declaration<'_>,
        place: &Place<'_>,
        frame: &Frame<'_>,
    ) -> Result<bool, Failure> {
        let Some(condition) = member(declaration.members, "condition") else {
            return Ok(true);
        };
        let place = place.member("condition");
        match self.evaluator.json(condition, &place, frame)? {
            Reduced::Value(value) => value.as_bool().ok_or_else(|| {
                Failure::new(
                    "The template resource condition must evaluate to a value of type 'Boolean'.",
                )
                .at_place(|| place.to_string())
            }),
            Reduced::Rest(rest) if self.is_deployed => {
                Err(not_at_start(&rest).at_place(|| place.to_string()))
            }
            // It may well be deployed.
            Reduced::Rest(_) => Ok(true),
        }
    }

    fn scope(
        &self,
        declaration: &Declaration<'_>,
        resource_type: &str,
        place: &Place<'_>,
        frame: &Frame<'_>,
    ) -> Result<ResourceId, Failure> {
        let context = self.evaluator.bindings.context();
        let known = |name: &str| match self.text(declaration, name, place, frame)? {
            Some(Ok(text)) => Ok(Some(text)),
            Some(Err(rest)) => Err(not_at_start(&rest).at_place(|| place.member(name).to_string())),
            None => Ok(None),
        };
        let invalid = |error: crate::ParseResourceIdError| {
            Failure::with_code(
                "InvalidTemplate",
                format!("The scope is not valid: {error}."),
            )
        };
        if let Some(scope) = known("scope")? {
            return scope_of(&scope, &context.scope.id()).map_err(invalid);
        }
        // A type may have a property named `resourceGroup`; only these two declare a scope with it.
        let is_scoped = resource_type.eq_ignore_ascii_case(DEPLOYMENT_TYPE)
            || member(declaration.members, "existing").is_some()
            || declaration.symbol.is_some();
        if !is_scoped {
            return Ok(context.scope.id());
        }
        let current = context.scope.id();
        let subscription = match (known("subscriptionId")?, known("resourceGroup")?) {
            (None, None) => return Ok(current),
            (Some(subscription), None) => {
                return ResourceId::for_subscription(&subscription).map_err(invalid);
            }
            (subscription, Some(group)) => {
                let subscription = subscription
                    .as_deref()
                    .or_else(|| current.subscription())
                    .ok_or_else(|| {
                        Failure::new(
                            "A resource group needs a subscription: 'subscriptionId' is missing.",
                        )
                    })?;
                ResourceId::for_resource_group(subscription, &group)
            }
        };
        subscription.map_err(invalid)
    }

    /// Two declarations of one resource, of which both would be deployed.
    fn check_duplicates(&mut self) {
        let mut seen: HashMap<&ResourceId, &str> = HashMap::new();
        let mut diagnostics = Vec::new();
        for planned in &self.planned {
            let resource = &planned.resource;
            if resource.existing || !resource.condition || planned.unresolved.is_some() {
                continue;
            }
            if seen.insert(&resource.id, &resource.pointer).is_some() {
                diagnostics.push(TemplateDiagnostic::error(
                    "InvalidTemplate",
                    resource.pointer.clone(),
                    format!(
                        "Deployment template validation failed: 'The resource '{}/{}' is defined multiple times in a template. Please see https://aka.ms/arm-syntax-resources for usage details.'.",
                        resource.resource_type,
                        resource.id.full_name()
                    ),
                ));
            }
        }
        self.diagnostics.extend(diagnostics);
    }
}

/// The scope that a `scope` member names: an id, `/` for the tenant, or an id relative to the current scope.
fn scope_of(scope: &str, current: &ResourceId) -> Result<ResourceId, crate::ParseResourceIdError> {
    if scope.starts_with('/') {
        return ResourceId::parse(scope);
    }
    let is_management_group = scope
        .get(..crate::MANAGEMENT_GROUP_TYPE.len())
        .is_some_and(|start| start.eq_ignore_ascii_case(crate::MANAGEMENT_GROUP_TYPE));
    let root = if is_management_group || current.as_str() == "/" {
        ""
    } else {
        current.as_str()
    };
    ResourceId::parse(&format!("{root}/providers/{scope}"))
}

fn resource_id(scope: &ResourceId, resource_type: &str, name: &str) -> Result<ResourceId, Failure> {
    let types = resource_type.matches('/').count();
    let names = name.matches('/').count() + 1;
    if types != names {
        return Err(Failure::new(format!(
            "Deployment template validation failed: 'The template resource '{name}' for type '{resource_type}' has incorrect segment lengths. A nested resource type must have identical number of segments as its resource name. A root resource type must have segment length one greater than its resource name. Please see https://aka.ms/arm-syntax-resources for usage details.'."
        )));
    }
    // At a subscription, a resource group stands in the subscription even where the template is deployed to a group.
    scope
        .resource(resource_type, name)
        .map_err(|error| Failure::new(format!("Deployment template validation failed: '{error}'.")))
}

/// An id for a resource whose name is not known: the name's last segment is the text of its expression.
fn stand_in_id(scope: &ResourceId, resource_type: &str, name: &str) -> Result<ResourceId, Failure> {
    let missing = resource_type
        .matches('/')
        .count()
        .saturating_sub(name.matches('/').count() + 1);
    let name = format!("{}{name}", "[unknown]/".repeat(missing));
    resource_id(scope, resource_type, &name)
}

/// Text that can stand in an id.
fn stand_in(expression: &str) -> String {
    expression
        .replace(['/', '?', '#'], ":")
        .replace(char::is_control, " ")
}

fn missing(name: &str) -> Failure {
    Failure::new(format!(
        "Deployment template validation failed: 'Required property '{name}' not found in JSON, or empty'."
    ))
}

pub(crate) fn not_at_start(rest: &crate::expression::Expression) -> Failure {
    Failure::new(format!(
        "The expression '[{rest}]' is not expected at this location: its value is known only while the deployment runs. Please see https://aka.ms/arm-functions for usage details."
    ))
}
