//! A template as a whole, without anything deployed: what check, cost and what-if look at.

use indexmap::IndexMap;
use serde_json::{Map, Value};

use crate::bindings::{Binding, Bindings, Given, Inputs, View, inputs};
use crate::deployment::{Resource, without_repeats};
use crate::expansion::{Planned, expand, with_frame};
use crate::expression::{Evaluator, Expression, Failure, Frame, Reduced, member};
use crate::pointer::escape;
use crate::runtime::{Resources, Unknown};
use crate::{
    Arguments, Context, DEPLOYMENT_TYPE, EvaluatedResource, Output, RESOURCE_GROUP_TYPE,
    ResourceGroup, ResourceId, TemplateDiagnostic, assertions, body, deployment_order, nested,
    template,
};

/// How deep templates may nest. Azure's own limit is on their number (500).
const MAX_DEPTH: usize = 20;

/// Stands at both ends of a text that is put where a value is missing, by who looks at a template without its parameters: what is
/// looked up by such a text and not found is unknown, and no error. From Unicode's private use area: in no name or setting.
pub const STAND_IN: char = '\u{e000}';

/// The resources of a template and of the templates nested in it.
///
/// What is known only at run time, and what comes from secure parameters, stands as the text of its expression
/// (`[reference(…)]`), as in Azure's what-if; so no secret is in here. Outputs of nested templates are put in where
/// they are used.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Evaluation {
    /// The resources whose condition holds, each after what it depends on; deployments are replaced by their resources.
    pub resources: Vec<EvaluatedResource>,
    /// The outputs of the outermost template.
    pub outputs: IndexMap<String, Output>,
    /// What is wrong. With errors, the resources are those that could be evaluated.
    pub diagnostics: Vec<TemplateDiagnostic>,
}

/// Evaluates a template without deploying it.
pub fn evaluate(template: &Value, arguments: &Arguments, context: &Context) -> Evaluation {
    let mut flattening = Flattening::default();
    flattening
        .diagnostics
        .extend(template::check_start(arguments, context));
    let inputs = inputs(arguments);
    let outputs = flattening.template(&Layer {
        template,
        revealed: &inputs,
        hidden: &inputs,
        context,
        pointer: "",
        leaves_unknown_names: false,
        depth: 0,
    });
    Evaluation {
        resources: flattening.resources,
        outputs: outputs.into_iter().map(Output::from_evaluated).collect(),
        diagnostics: without_repeats(flattening.diagnostics),
    }
}

/// One template of the nest.
struct Layer<'l> {
    template: &'l Value,
    /// Its parameters, with secrets: only conditions, counts and names are evaluated with them.
    revealed: &'l Inputs,
    hidden: &'l Inputs,
    context: &'l Context,
    pointer: &'l str,
    leaves_unknown_names: bool,
    depth: usize,
}

#[derive(Default)]
struct Flattening {
    resources: Vec<EvaluatedResource>,
    diagnostics: Vec<TemplateDiagnostic>,
    groups: Vec<(ResourceId, ResourceGroup)>,
}

/// A layer while its resources are evaluated.
struct Open<'o> {
    layer: &'o Layer<'o>,
    revealed: &'o Bindings,
    hidden: &'o Bindings,
    table: Resources,
    /// The properties of the nested deployments that are done.
    deployments: IndexMap<ResourceId, Expression>,
    /// The bytes of the resources so far, as JSON.
    bytes: usize,
}

impl Open<'_> {
    fn evaluate<T>(&self, bindings: &Bindings, run: impl FnOnce(&Evaluator<'_>) -> T) -> T {
        let runtime = Unknown {
            resources: &self.table,
            deployments: &self.deployments,
        };
        run(&Evaluator {
            bindings,
            runtime: Some(&runtime),
        })
    }
}

impl Flattening {
    fn template(&mut self, layer: &Layer<'_>) -> Vec<body::EvaluatedOutput> {
        if layer.depth > MAX_DEPTH {
            self.diagnostics.push(TemplateDiagnostic::error(
                "InvalidTemplate",
                layer.pointer,
                format!("The templates nest deeper than {MAX_DEPTH} levels."),
            ));
            return Vec::new();
        }
        let members = match template::check(layer.template, layer.pointer) {
            Ok(members) => members,
            Err(found) => {
                self.diagnostics.extend(found);
                return Vec::new();
            }
        };
        let bind = |inputs, view| {
            Bindings::new(&Binding {
                template: members,
                inputs,
                context: layer.context,
                view,
                leaves_unknown_names: layer.leaves_unknown_names,
                pointer: layer.pointer,
            })
        };
        let (revealed, found) = bind(layer.revealed, View::Revealed);
        self.diagnostics.extend(found);
        self.diagnostics
            .extend(assertions::check(members, &revealed, layer.pointer));
        // What is wrong with the parameters was said already.
        let (hidden, _) = bind(layer.hidden, View::Hidden);
        let planned = self.plan(layer, members, &revealed);
        let mut open = Open {
            layer,
            revealed: &revealed,
            hidden: &hidden,
            table: Resources::new(planned.iter().map(|planned| &planned.resource)),
            deployments: IndexMap::new(),
            bytes: 0,
        };
        for planned in &planned {
            if planned.resource.condition && !planned.resource.existing {
                self.resource(planned, &mut open);
            }
        }
        self.outputs(members, &open)
    }

    fn plan(
        &mut self,
        layer: &Layer<'_>,
        members: &Map<String, Value>,
        bindings: &Bindings,
    ) -> Vec<Planned> {
        let evaluator = Evaluator {
            bindings,
            runtime: None,
        };
        let (planned, found) = expand(members, &evaluator, layer.pointer, false);
        let is_complete = found.is_empty();
        self.diagnostics.extend(found);
        let created = planned
            .iter()
            .filter(|planned| !planned.resource.existing)
            .count();
        self.diagnostics
            .extend(template::check_resources(created, layer.pointer));
        let (planned, found) =
            deployment_order::sort(planned, layer.template, layer.pointer, &evaluator);
        // Where a resource is missing for a reason already given, so are the dependencies on it.
        if is_complete {
            self.diagnostics.extend(found);
        }
        planned
    }

    fn resource(&mut self, planned: &Planned, open: &mut Open<'_>) {
        let resource = &planned.resource;
        let Some(declared) =
            template::declaration(open.layer.template, open.layer.pointer, &resource.pointer)
        else {
            return;
        };
        if resource.resource_type.eq_ignore_ascii_case(DEPLOYMENT_TYPE) {
            if let Err(failure) = self.nested(planned, declared, open) {
                self.fail(failure, &resource.pointer);
            }
            return;
        }
        let body = open.evaluate(open.hidden, |evaluator| {
            with_frame(resource, |frame| {
                body::evaluate(resource, declared, evaluator, frame)
            })
        });
        match body {
            Ok(body) => {
                let body: Map<String, Value> = body
                    .into_iter()
                    .map(|(name, value)| (name, value.into_json()))
                    .collect();
                if resource.id.is_type(RESOURCE_GROUP_TYPE) {
                    self.groups
                        .push((resource.id.clone(), group(resource, &body)));
                }
                let unresolved = planned.unresolved.clone();
                let body = Value::Object(body);
                let before = open.bytes;
                open.bytes += template::size(&body);
                self.diagnostics.extend(template::check_expanded(
                    before,
                    open.bytes,
                    open.layer.pointer,
                ));
                self.resources
                    .push(EvaluatedResource::new(resource, body, unresolved));
            }
            Err(failure) => self.fail(failure, &resource.pointer),
        }
    }

    fn nested(
        &mut self,
        planned: &Planned,
        declared: &Map<String, Value>,
        open: &mut Open<'_>,
    ) -> Result<(), Failure> {
        let resource = &planned.resource;
        let read = |bindings| {
            open.evaluate(bindings, |evaluator| {
                with_frame(resource, |frame: &Frame<'_>| {
                    nested::read(resource, declared, evaluator, frame)
                })
            })
        };
        let revealed = read(open.revealed)?;
        let hidden = read(open.hidden)?;
        // The text that stands for an unknown name has a length of its own.
        if planned.unresolved.is_none() {
            self.diagnostics.extend(template::check_deployment_name(
                resource.id.name(),
                &resource.pointer,
            ));
        }
        let scope = nested::scope(&resource.id.scope(), open.layer.context, &self.groups);
        let context = Context {
            scope,
            deployment_name: resource.id.name().to_owned(),
            deployment_location: hidden.location,
            guid_seed: nested::guid_seed(open.layer.context, &resource.id),
            ..open.layer.context.clone()
        };
        let place = format!("{}/properties/parameters", resource.pointer);
        let outputs = self.template(&Layer {
            template: &hidden.template,
            revealed: &given(revealed.parameters, &place)?,
            hidden: &given(hidden.parameters, &place)?,
            context: &context,
            pointer: &format!("{}/properties/template", resource.pointer),
            leaves_unknown_names: !hidden.is_inner,
            depth: open.layer.depth + 1,
        });
        open.deployments
            .insert(resource.id.clone(), deployment_properties(outputs));
        Ok(())
    }

    fn outputs(
        &mut self,
        members: &Map<String, Value>,
        open: &Open<'_>,
    ) -> Vec<body::EvaluatedOutput> {
        let declared = member(members, "outputs").and_then(Value::as_object);
        let mut outputs = Vec::new();
        for (name, declared) in declared.into_iter().flatten() {
            let pointer = format!("{}/outputs/{}", open.layer.pointer, escape(name));
            let output = open.evaluate(open.hidden, |evaluator| {
                body::output(name, declared, evaluator, &pointer)
            });
            match output {
                Ok(output) => outputs.extend(output),
                Err(failure) => self.fail(failure, &pointer),
            }
        }
        outputs
    }

    fn fail(&mut self, failure: Failure, pointer: &str) {
        self.diagnostics
            .push(failure.at_place(|| pointer.to_owned()).into_diagnostic());
    }
}

/// What `reference()` of a nested deployment gives: its outputs, as far as they are known; never secure ones.
fn deployment_properties(outputs: Vec<body::EvaluatedOutput>) -> Expression {
    let mut members = Vec::new();
    for output in outputs.into_iter().filter(|output| !output.is_secure) {
        members.push(Expression::text(output.name));
        members.push(Expression::call(
            "createObject",
            vec![
                Expression::text("type"),
                Expression::text(output.output_type),
                Expression::text("value"),
                output.value.into_expression(),
            ],
        ));
    }
    Expression::call(
        "createObject",
        vec![
            Expression::text("outputs"),
            Expression::call("createObject", members),
        ],
    )
}

/// A resource group that the template itself makes.
fn group(resource: &Resource, body: &Map<String, Value>) -> ResourceGroup {
    ResourceGroup {
        name: resource.id.name().to_owned(),
        location: body
            .get("location")
            .and_then(Value::as_str)
            .unwrap_or_default()
            .to_owned(),
        tags: body
            .get("tags")
            .and_then(Value::as_object)
            .cloned()
            .unwrap_or_default(),
    }
}

/// The values of a nested deployment's parameters, known or not.
fn given(parameters: Option<Reduced<'static>>, place: &str) -> Result<Inputs, Failure> {
    let entries = match parameters {
        None => return Ok(Inputs::new()),
        Some(Reduced::Value(parameters)) => {
            let arguments = Arguments::from_json(&parameters).map_err(|diagnostics| {
                let message = diagnostics
                    .into_iter()
                    .map(|diagnostic| diagnostic.message)
                    .collect::<Vec<_>>();
                Failure::new(message.join("; ")).at_place(|| place.to_owned())
            })?;
            return Ok(inputs(&arguments));
        }
        Some(Reduced::Rest(rest)) => rest,
    };
    let Some(entries) = entries.arguments_of("createObject") else {
        return Err(crate::expansion::not_at_start(&entries).at_place(|| place.to_owned()));
    };
    let mut inputs = Inputs::new();
    for entry in entries.chunks_exact(2) {
        if let Some(Value::String(name)) = entry[0].as_literal() {
            inputs.insert(name.clone(), given_value(name, &entry[1]));
        }
    }
    Ok(inputs)
}

fn given_value(name: &str, entry: &Expression) -> Given {
    if let Some(literal) = entry.as_literal() {
        let mut parameters = Map::new();
        parameters.insert(name.to_owned(), literal.clone());
        if let Ok(arguments) = Arguments::from_json(&Value::Object(parameters)) {
            return inputs(&arguments)
                .swap_remove(name)
                .unwrap_or(Given::Value(Value::Null));
        }
    }
    let value = entry.arguments_of("createObject").and_then(|members| {
        members
            .chunks_exact(2)
            .find(|pair| matches!(pair[0].as_literal(), Some(Value::String(key)) if key.eq_ignore_ascii_case("value")))
            .map(|pair| pair[1].clone())
    });
    match value {
        Some(Expression::Literal(value)) => Given::Value(value),
        Some(rest) => Given::Rest(rest),
        // A reference to a secret of a vault that is not known yet.
        None => Given::Rest(Expression::call("parameters", vec![Expression::text(name)])),
    }
}
