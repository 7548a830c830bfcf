//! A container app has a size that there is not.

use crate::rules::prelude::*;

pub(crate) static RULE: Rule = Rule::new(
    "odd-container-size",
    "a container app has a size that there is not",
    include_str!("odd_container_size.md"),
    look,
)
.confidence(Confidence::Medium);

fn look(graph: &Graph<'_>, report: &mut Report<'_>) {
    for app in graph.of(CONTAINER_APPS) {
        let profile = app.at("properties/workloadProfileName");
        let resources: Vec<Part<'_>> = app.at("properties/template/containers").items().iter().map(|container| container.at("resources")).collect();
        let cpu: Option<f64> = resources.iter().map(|part| part.at("cpu").number()).sum();
        let memory: Option<f64> = resources.iter().map(|part| gibibytes(&part.at("memory"))).sum();
        let (Some(cpu), Some(memory), Some(first)) = (cpu, memory, resources.first()) else { continue };
        let is_step = (cpu * 4.0).fract() == 0.0 && cpu > 0.0;
        if (profile.is_absent() || profile.is("Consumption")) && !(is_step && (memory - 2.0 * cpu).abs() < 0.001) {
            report.push(Found::at(&first.at("cpu"), format!("{cpu} cores and {memory} GiB are no size of the Consumption plan")).help("cores come in steps of 0.25, with twice as many GiB, over all containers of a replica"));
        }
    }
}
