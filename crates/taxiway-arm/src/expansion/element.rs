//! One element of a declaration: its loop, name, condition and scope, evaluated.

use serde_json::Value;

use super::identity::{resource_id, scope_of, stand_in, stand_in_id};
use super::{Declaration, Expansion, Planned, missing, not_at_start, with_frame};
use crate::deployment::{CopyLoop, Resource};
use crate::expression::{Expression, Failure, Frame, Reduced, copy_count, member};
use crate::pointer::Place;
use crate::{DEPLOYMENT_TYPE, ParseResourceIdError, ResourceId, STAND_IN};

impl Expansion<'_> {
    pub(super) fn copy_loop(
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
            Reduced::Rest(rest) if !self.may_stay_open(count, &rest) => {
                return Err(not_at_start(&rest).at_place(|| place.member("count").to_string()));
            }
            // One element stands for however many there will be.
            Reduced::Rest(_) => 1,
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

    /// Whether the count of a loop may be unknown to who only looks: it waits for parameters that nobody has given, or for those
    /// that the template around this one takes from resources, which are there when this one is deployed.
    fn may_stay_open(&self, declared: &Value, rest: &Expression) -> bool {
        let is_own = |text: &str| text.contains("reference(") || text.contains("list");
        let is_from_around = !self.pointer.is_empty() && !declared.as_str().is_some_and(is_own);
        !self.is_deployed && (is_from_around || is_open(rest))
    }

    pub(super) fn element(
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
        let identified = with_frame(&resource.clone(), |frame| {
            let text = |name: &str| self.text(declaration, name, place, frame);
            let declared_type = self.required(text("type")?, "type")?;
            resource.api_version = self.required(text("apiVersion")?, "apiVersion")?;
            resource.resource_type.clone_from(&declared_type);
            resource.condition = self.condition(declaration, place, frame)?;
            let (name, expression) = match text("name")? {
                Some(Ok(name)) => (name, None),
                Some(Err(rest)) if self.is_deployed => return Err(not_at_start(&rest)),
                Some(Err(rest)) => {
                    let expression = format!("[{rest}]");
                    (stand_in(&rest), Some(expression))
                }
                None => return Err(missing("name")),
            };
            unresolved = expression;
            let (full_type, name) = match parent {
                Some((parent_type, parent_name)) => (
                    format!("{parent_type}/{declared_type}"),
                    format!("{parent_name}/{name}"),
                ),
                None => (declared_type, name),
            };
            resource.resource_type = full_type;
            let scope = self.scope(declaration, &resource.resource_type, place, frame)?;
            if unresolved.is_some() {
                resource.id = stand_in_id(&scope, &resource.resource_type, &name)?;
            } else {
                resource.id = resource_id(&scope, &resource.resource_type, &name)?;
            }
            Ok(())
        });
        // What is neither made nor read needs no name: modules take the id of a key that nobody gave apart, under a condition.
        // Neither does a module that is not deployed need its scope.
        let is_module = resource.resource_type.eq_ignore_ascii_case(DEPLOYMENT_TYPE);
        let is_unused = (resource.existing || is_module) && !resource.condition;
        if !is_unused {
            identified?;
        }
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
    ) -> Result<Option<Result<String, Expression>>, Failure> {
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
        text: Option<Result<String, Expression>>,
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
            Some(Err(rest)) => {
                let declared = member(declaration.members, name).unwrap_or(&Value::Null);
                if name != "scope" && self.may_stay_open(declared, &rest) {
                    return Ok(Some(stand_in(&rest)));
                }
                Err(not_at_start(&rest).at_place(|| place.member(name).to_string()))
            }
            None => Ok(None),
        };
        let invalid = |error: ParseResourceIdError| {
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
}

/// Whether the expression waits only for parameters that nobody has given yet.
fn is_open(rest: &Expression) -> bool {
    let text = rest.to_string();
    (text.contains("parameters(") || text.contains(STAND_IN)) && !text.contains("reference(")
}
