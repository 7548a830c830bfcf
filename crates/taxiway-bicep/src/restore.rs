//! Which modules of registries files refer to: what a restore has to fetch.

use camino::Utf8Path;
use taxiway_diagnostics::{Diagnostic, Location, Sources};

use crate::model::{RegistryReference, Workspace};

/// What files refer to in registries.
#[derive(Debug)]
pub struct RegistryModules {
    /// Each module once, in order, with every place that names it.
    pub modules: Vec<(RegistryReference, Vec<Location>)>,
    /// References that cannot be read, and files that could not be.
    pub diagnostics: Vec<Diagnostic>,
}

/// The modules of registries that the file `entry` refers to, itself or through other files.
///
/// ```
/// use taxiway_bicep::registry_modules;
/// use taxiway_diagnostics::MemorySources;
///
/// let sources = MemorySources::from_text("--- main.bicep\nmodule site 'br/public:avm/res/web/site:0.1.0' = {}\n");
/// let found = registry_modules(&sources, "main.bicep".into());
/// assert_eq!(found.modules[0].0.to_string(), "br:mcr.microsoft.com/bicep/avm/res/web/site:0.1.0");
/// ```
pub fn registry_modules(sources: &dyn Sources, entry: &Utf8Path) -> RegistryModules {
    let workspace = Workspace::new(sources, None);
    let mut diagnostics = Vec::new();
    match workspace.model(entry) {
        Ok(model) => {
            if entry.extension() == Some("bicepparam") {
                crate::parameters_target::Using::of(&workspace, &model);
            }
        }
        Err(_) => diagnostics.push(crate::compile::unreadable(entry)),
    }
    let mut modules: Vec<(RegistryReference, Vec<Location>)> = Vec::new();
    let mut references = workspace.registry_references();
    references.sort();
    for (reference, location) in references {
        match modules.last_mut() {
            Some((known, places)) if *known == reference => places.push(location),
            _ => modules.push((reference, vec![location])),
        }
    }
    let about_references = workspace.take_diagnostics().into_iter();
    diagnostics.extend(
        about_references.filter(|diagnostic| matches!(&*diagnostic.code, "BCP193" | "BCP091")),
    );
    RegistryModules {
        modules,
        diagnostics,
    }
}
