//! The order in which a template's resources are deployed.
//!
//! Pure: it sees dependencies, never Azure. Invariant: a cycle is a diagnostic, so the returned order is complete.
//! Dependencies are those of `dependsOn`, those of `reference()` and `list…()` by name (or by id without an API
//! version), and those between the batches of a serial loop. Source: ARM documentation, "Define the order for
//! deploying resources".

use std::collections::BTreeSet;

use serde_json::{Map, Value};

use crate::expansion::{Planned, with_frame};
use crate::expression::{
    Evaluator, Expression, Failure, Frame, Reduced, TemplateString, classify, member, parse,
};
use crate::nested::is_inner_template;
use crate::pointer::Place;
use crate::runtime::{Resources, not_defined};
use crate::{TemplateDiagnostic, template};

/// Puts the resources in order and fills in their dependencies, as indices into the new order.
pub(crate) fn sort(
    planned: Vec<Planned>,
    root: &Value,
    pointer: &str,
    evaluator: &Evaluator<'_>,
) -> (Vec<Planned>, Vec<TemplateDiagnostic>) {
    let resources = Resources::new(planned.iter().map(|planned| &planned.resource));
    let mut diagnostics = Vec::new();
    let mut dependencies: Vec<BTreeSet<usize>> = Vec::with_capacity(planned.len());
    for (index, one) in planned.iter().enumerate() {
        let declared = template::declaration(root, pointer, &one.resource.pointer);
        let mut found = BTreeSet::new();
        if let Some(declared) = declared {
            let search = Search {
                resources: &resources,
                evaluator,
                pointer: &one.resource.pointer,
            };
            let result = with_frame(&one.resource, |frame| search.run(declared, frame));
            match result {
                Ok(indices) => found = indices,
                Err(failure) => diagnostics.push(failure.into_diagnostic()),
            }
        }
        found.remove(&index);
        dependencies.push(found);
    }
    add_batches(&planned, &mut dependencies);
    match order(&dependencies) {
        Ok(order) => (reorder(planned, &dependencies, &order), diagnostics),
        Err(cycle) => {
            diagnostics.push(cycle_diagnostic(&planned, &cycle));
            (planned, diagnostics)
        }
    }
}

struct Search<'s> {
    resources: &'s Resources,
    evaluator: &'s Evaluator<'s>,
    pointer: &'s str,
}

impl Search<'_> {
    fn run(
        &self,
        declared: &Map<String, Value>,
        frame: &Frame<'_>,
    ) -> Result<BTreeSet<usize>, Failure> {
        let mut found = BTreeSet::new();
        self.explicit(declared, frame, &mut found)?;
        let is_inner = is_inner_template(declared);
        for (name, value) in declared {
            let is_own = ["dependsOn", "resources", "copy"]
                .iter()
                .any(|own| name.eq_ignore_ascii_case(own));
            if is_own {
                continue;
            }
            if is_inner && name.eq_ignore_ascii_case("properties") {
                for (name, value) in value.as_object().into_iter().flatten() {
                    if !name.eq_ignore_ascii_case("template") {
                        self.implicit(value, frame, &mut found);
                    }
                }
            } else {
                self.implicit(value, frame, &mut found);
            }
        }
        Ok(found)
    }

    fn explicit(
        &self,
        declared: &Map<String, Value>,
        frame: &Frame<'_>,
        found: &mut BTreeSet<usize>,
    ) -> Result<(), Failure> {
        let root = Place::root(self.pointer);
        let place = root.member("dependsOn");
        let Some(depends_on) = member(declared, "dependsOn") else {
            return Ok(());
        };
        let entries = depends_on.as_array().ok_or_else(|| {
            Failure::new("Deployment template validation failed: 'The property 'dependsOn' must be an array'.")
                .at_place(|| place.to_string())
        })?;
        for (index, entry) in entries.iter().enumerate() {
            let place = place.element(index);
            // What is not known here depends on an outer deployment, which is done by then.
            let Reduced::Value(value) = self.evaluator.json(entry, &place, frame)? else {
                continue;
            };
            let name = value.as_str().ok_or_else(|| {
                Failure::new("Deployment template validation failed: 'An entry of 'dependsOn' must be a string'.")
                    .at_place(|| place.to_string())
            })?;
            let indices = self.resources.indices(name);
            if indices.is_empty() && !self.is_empty_loop(name) {
                return Err(Failure::new(format!(
                    "Deployment template validation failed: '{}'.",
                    not_defined(name).message
                ))
                .at_place(|| place.to_string()));
            }
            found.extend(indices);
        }
        Ok(())
    }

    /// A loop without elements is known by its declaration alone.
    fn is_empty_loop(&self, name: &str) -> bool {
        self.evaluator.bindings.is_loop(name)
    }

    /// The resources that runtime functions in a value ask about.
    fn implicit(&self, value: &Value, frame: &Frame<'_>, found: &mut BTreeSet<usize>) {
        match value {
            Value::String(text) => {
                if let TemplateString::Expression(inner) = classify(text)
                    && inner.contains('(')
                    && let Ok(expression) = parse(inner)
                {
                    self.calls(&expression, frame, found);
                }
            }
            Value::Array(elements) => {
                for element in elements {
                    self.implicit(element, frame, found);
                }
            }
            Value::Object(members) => {
                for member in members.values() {
                    self.implicit(member, frame, found);
                }
            }
            Value::Null | Value::Bool(_) | Value::Number(_) => {}
        }
    }

    fn calls(&self, expression: &Expression, frame: &Frame<'_>, found: &mut BTreeSet<usize>) {
        match expression {
            Expression::Literal(_) => {}
            Expression::Member { base, key } => {
                self.calls(base, frame, found);
                self.calls(key, frame, found);
            }
            Expression::Call {
                function,
                arguments,
            } => {
                let asks = function.eq_ignore_ascii_case("reference")
                    || function.eq_ignore_ascii_case("references")
                    || function
                        .get(..4)
                        .is_some_and(|start| start.eq_ignore_ascii_case("list"));
                if asks
                    && let Some(first) = arguments.first()
                    // A name inside a property loop or lambda is not known; `dependsOn` has it then.
                    && let Ok(Reduced::Value(name)) = self.evaluator.reduce(first, frame)
                    && let Some(name) = name.as_str()
                    && (!name.starts_with('/')
                        || arguments.len() == 1
                        || self.resources.is_symbolic(name))
                {
                    found.extend(self.resources.indices(name));
                }
                for argument in arguments {
                    self.calls(argument, frame, found);
                }
            }
        }
    }
}

/// In a serial loop, each batch waits for the one before.
fn add_batches(planned: &[Planned], dependencies: &mut [BTreeSet<usize>]) {
    let mut start = 0;
    while start < planned.len() {
        let first = &planned[start].resource;
        let batch = first.copy_loop.as_ref().and_then(|copy| copy.batch_size);
        let end = planned[start..]
            .iter()
            .position(|other| other.resource.pointer != first.pointer)
            .map_or(planned.len(), |length| start + length);
        if let Some(batch) = batch {
            for (offset, needed) in dependencies[start..end].iter_mut().enumerate().skip(batch) {
                let batch_start = start + offset / batch * batch;
                needed.extend(batch_start - batch..batch_start);
            }
        }
        start = end;
    }
}

/// A complete order, the declared one where nothing says otherwise; else the indices of a cycle.
fn order(dependencies: &[BTreeSet<usize>]) -> Result<Vec<usize>, Vec<usize>> {
    let mut dependents: Vec<Vec<usize>> = vec![Vec::new(); dependencies.len()];
    let mut open: Vec<usize> = dependencies.iter().map(BTreeSet::len).collect();
    for (index, needed) in dependencies.iter().enumerate() {
        for needed in needed {
            dependents[*needed].push(index);
        }
    }
    let mut ready: BTreeSet<usize> = (0..open.len()).filter(|index| open[*index] == 0).collect();
    let mut order = Vec::with_capacity(open.len());
    while let Some(index) = ready.pop_first() {
        order.push(index);
        for dependent in &dependents[index] {
            open[*dependent] -= 1;
            if open[*dependent] == 0 {
                ready.insert(*dependent);
            }
        }
    }
    if order.len() == open.len() {
        return Ok(order);
    }
    Err(cycle(dependencies, &open))
}

/// Walks from a stuck resource to what it waits for, until it comes round.
fn cycle(dependencies: &[BTreeSet<usize>], open: &[usize]) -> Vec<usize> {
    let mut path: Vec<usize> = Vec::new();
    let mut current = open.iter().position(|open| *open > 0);
    let mut seen = BTreeSet::new();
    while let Some(index) = current {
        if !seen.insert(index) {
            let start = path.iter().position(|visited| *visited == index);
            return path.split_off(start.unwrap_or(0));
        }
        path.push(index);
        current = dependencies[index]
            .iter()
            .copied()
            .find(|needed| open[*needed] > 0);
    }
    path
}

fn reorder(
    planned: Vec<Planned>,
    dependencies: &[BTreeSet<usize>],
    order: &[usize],
) -> Vec<Planned> {
    let mut positions = vec![0; order.len()];
    for (position, index) in order.iter().enumerate() {
        positions[*index] = position;
    }
    let mut slots: Vec<Option<Planned>> = planned.into_iter().map(Some).collect();
    order
        .iter()
        .filter_map(|index| {
            let mut planned = slots[*index].take()?;
            planned.resource.dependencies = dependencies[*index]
                .iter()
                .map(|needed| positions[*needed])
                .collect();
            planned.resource.dependencies.sort_unstable();
            Some(planned)
        })
        .collect()
}

fn cycle_diagnostic(planned: &[Planned], cycle: &[usize]) -> TemplateDiagnostic {
    let name = |index: &usize| {
        let resource = &planned[*index].resource;
        match &resource.symbolic_name {
            Some(symbol) => symbol.clone(),
            None => format!("{}/{}", resource.resource_type, resource.id.full_name()),
        }
    };
    let mut names: Vec<String> = cycle.iter().map(name).collect();
    names.extend(names.first().cloned());
    let first = cycle.first().map(|index| &planned[*index].resource);
    TemplateDiagnostic::error(
        "InvalidTemplate",
        first
            .map(|resource| resource.pointer.clone())
            .unwrap_or_default(),
        format!(
            "Deployment template validation failed: 'Circular dependency detected on resource: '{}'. The resources wait for one another: {}. Please see https://aka.ms/arm-syntax-resources for usage details.'.",
            first
                .map(|resource| resource.id.to_string())
                .unwrap_or_default(),
            names.join(" → ")
        ),
    )
}
