//! From the declarations of a template to its resources: loops unrolled, names and scopes evaluated.
//!
//! Everything here has to be known when a deployment starts. In a template that is only looked at, a name may depend
//! on what only a running deployment knows; such a resource is kept, and says so.

mod element;
mod identity;

use std::collections::HashMap;

use serde_json::{Map, Value};

use crate::deployment::Resource;
use crate::expression::{Evaluator, Failure, Frame, member};
use crate::pointer::{Place, escape};
use crate::{ResourceId, TemplateDiagnostic};

/// A resource with what is only needed inside this crate.
#[derive(Clone, Debug)]
pub(crate) struct Planned {
    pub(crate) resource: Resource,
    /// The expression of its name, where that is not known; the id is a stand-in then.
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
