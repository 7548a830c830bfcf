//! `taxiway bicep restore`: fetches the modules that files name into the module cache.

use std::collections::BTreeMap;

use camino::{Utf8Path, Utf8PathBuf};
use taxiway_bicep::{RegistryReference, registry_modules};
use taxiway_diagnostics::{Diagnostic, Location, Regions, Sources};

use super::inputs::Inputs;
use super::module_cache;
use super::registry::{PullError, Registry};
use super::registry_login::Login;
use super::report::{Report, Stream, relative};
use crate::arguments::Restored;
use crate::exit::Exit;
use crate::failure::{Failure, Outcome};
use crate::surroundings;
use crate::terminal::Terminal;

/// How long a registry may take to answer.
const PATIENCE: std::time::Duration = std::time::Duration::from_secs(30);

/// A module, and every place that names it.
type Wanted = BTreeMap<RegistryReference, Vec<Location>>;

/// Fetches what is missing; names every module that cannot be had, with its places and the reason.
pub(super) fn run(restored: &Restored, terminal: &Terminal) -> Outcome {
    let inputs = Inputs::open(&restored.files, &["bicep", "bicepparam"])?;
    let (wanted, diagnostics) = wanted(&inputs);
    let is_wrong = diagnostics.iter().any(Diagnostic::is_error);
    let mut report = Report::default();
    report.add(diagnostics);
    report.show(&inputs.sources, terminal, Stream::Error);
    let cache = surroundings::module_cache(restored.module_cache.as_deref());
    let missing: Wanted = wanted
        .into_iter()
        .filter(|(reference, _)| restored.force || !module_cache::holds(&cache, reference))
        .collect();
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|error| Failure::failed("no network can be used").because(&error))?;
    let mut lacking = Vec::new();
    if !missing.is_empty() {
        let registry = Registry::new(client()?, Login::read(&docker_configuration()));
        for (reference, places) in missing {
            match runtime.block_on(registry.pull(&reference)) {
                Ok(artifact) => {
                    module_cache::keep(&cache, &reference, &artifact).map_err(|error| {
                        Failure::failed(format!("`{}` cannot be written", reference.folder(&cache)))
                            .because(&error)
                    })?;
                    terminal.say(format_args!("{reference}  {}", artifact.digest));
                }
                Err(error) => {
                    lacking.push(missing_line(&reference, &places, &error, &inputs.sources))
                }
            }
        }
    }
    match lacking.len() {
        0 if is_wrong => Ok(Exit::Findings),
        0 => Ok(Exit::Done),
        count => Err(
            Failure::lacking(format!("{count} modules could not be fetched"))
                .details(lacking)
                .next("log in, where it is needed", "docker login REGISTRY")
                .next("then", "taxiway bicep restore FILE"),
        ),
    }
}

/// What the files name, and what is wrong with how they name it.
fn wanted(inputs: &Inputs) -> (Wanted, Vec<Diagnostic>) {
    let mut wanted = Wanted::new();
    let mut diagnostics = Vec::new();
    for input in &inputs.files {
        let found = registry_modules(&inputs.sources, &input.path);
        diagnostics.extend(found.diagnostics);
        for (reference, places) in found.modules {
            let known = wanted.entry(reference).or_default();
            known.extend(places);
            known.sort();
            known.dedup();
        }
    }
    (wanted, diagnostics)
}

fn missing_line(
    reference: &RegistryReference,
    places: &[Location],
    error: &PullError,
    sources: &dyn Sources,
) -> String {
    let regions = Regions::new(sources);
    let places: Vec<String> = places
        .iter()
        .map(|place| format!("{}:{}", relative(place.path()), regions.of(place).line))
        .collect();
    let mut why = error.to_string();
    let mut cause = std::error::Error::source(error);
    while let Some(error) = cause {
        why = format!("{why}: {error}");
        cause = error.source();
    }
    format!("{reference}  ({})  {why}", places.join(", "))
}

fn client() -> Result<reqwest::Client, Failure> {
    // Somebody may have installed one already, and any will do.
    let _installed = rustls::crypto::ring::default_provider().install_default();
    reqwest::Client::builder()
        .user_agent(concat!("taxiway/", env!("CARGO_PKG_VERSION")))
        .connect_timeout(PATIENCE)
        .read_timeout(PATIENCE)
        .build()
        .map_err(|error| Failure::failed("no network can be used").because(&error))
}

/// Where Docker keeps its logins.
fn docker_configuration() -> Utf8PathBuf {
    let folder = surroundings::variable("DOCKER_CONFIG").map_or_else(
        || {
            let home = surroundings::variable("HOME").unwrap_or_else(|| "/".to_owned());
            Utf8Path::new(&home).join(".docker")
        },
        Utf8PathBuf::from,
    );
    folder.join("config.json")
}
