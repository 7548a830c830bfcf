//! Dependencies between our crates point one way, and engines know nothing of services.

use cargo_metadata::{DependencyKind, Metadata, Package};

/// Our crates in the order of the road: each may depend on those above it.
pub(crate) const ORDER: [&str; 13] = [
    "taxiway-diagnostics",
    "taxiway-yaml",
    "taxiway-app",
    "taxiway-platform",
    "taxiway-bicep",
    "taxiway-arm",
    "taxiway-blueprint",
    "taxiway-check",
    "taxiway-github",
    "taxiway-azure",
    "taxiway-rollout",
    "taxiway-local",
    "taxiway",
];

/// Pure crates: values in, values out.
const ENGINES: [&str; 9] = [
    "taxiway-diagnostics",
    "taxiway-yaml",
    "taxiway-app",
    "taxiway-platform",
    "taxiway-bicep",
    "taxiway-arm",
    "taxiway-blueprint",
    "taxiway-check",
    "taxiway-github",
];

/// What an engine must not reach: runtimes, networks, databases.
const OF_SERVICES: [&str; 7] = [
    "tokio",
    "hyper",
    "reqwest",
    "rusqlite",
    "rustls",
    "tokio-postgres",
    "tracing",
];

/// The only crate of ours, besides the diagnostics, that the local cloud may know.
const LOCAL_KNOWS: [&str; 2] = ["taxiway-diagnostics", "taxiway-arm"];

/// Every edge that points the wrong way.
pub(crate) fn violations(metadata: &Metadata) -> Vec<String> {
    let mut found = Vec::new();
    for package in metadata.workspace_packages() {
        let normal: Vec<&str> = package
            .dependencies
            .iter()
            .filter(|dependency| dependency.kind == DependencyKind::Normal)
            .map(|dependency| dependency.name.as_str())
            .collect();
        found.extend(wrong_edges(package, &normal));
    }
    found
}

fn wrong_edges(package: &Package, dependencies: &[&str]) -> Vec<String> {
    let name = package.name.as_str();
    let rank = ORDER.iter().position(|known| *known == name);
    let mut found = Vec::new();
    if rank.is_none() && !matches!(name, "xtask" | "taxiway-test") {
        found.push(format!(
            "{name} has no place in the order of crates (crates/xtask/src/layers.rs)"
        ));
    }
    for dependency in dependencies {
        let below = ORDER.iter().position(|known| known == dependency);
        if let (Some(rank), Some(below)) = (rank, below)
            && below >= rank
        {
            found.push(format!(
                "{name} depends on {dependency}, which comes after it"
            ));
        }
        if name == "taxiway-local" && below.is_some() && !LOCAL_KNOWS.contains(dependency) {
            found.push(format!(
                "taxiway-local depends on {dependency}; it knows taxiway-arm alone"
            ));
        }
        if ENGINES.contains(&name) && OF_SERVICES.contains(dependency) {
            found.push(format!("{name} is an engine and depends on {dependency}"));
        }
        if *dependency == "taxiway-test" {
            found.push(format!(
                "{name} depends on taxiway-test outside of its tests"
            ));
        }
    }
    found
}
