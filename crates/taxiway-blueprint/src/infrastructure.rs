//! The Bicep files: `main.bicep`, its modules, and the parameters of each environment.
//!
//! Modules are the same for every application and stand below `files/bicep/modules`; those that no environment needs are
//! not written. What depends on the application is
//! built as a tree here; `taxiway_bicep` alone quotes and indents.

mod main_file;
mod parameters;
mod pipeline;
mod settings;
mod several;
mod shape;
mod site;

use camino::Utf8Path;
use taxiway_platform::Platform;

pub(crate) use self::site::Site;
use crate::GeneratedFile;

const FOLDER: &str = "infrastructure/bicep";

macro_rules! module {
    ($name:literal) => {
        (
            $name,
            include_str!(concat!("../files/bicep/modules/", $name)),
        )
    };
}

const MODULES: [(&str, &str); 20] = [
    module!("alerts.bicep"),
    module!("app-service.bicep"),
    module!("autoscale.bicep"),
    module!("budget.bicep"),
    module!("domain-tls.bicep"),
    module!("domains.bicep"),
    module!("identity.bicep"),
    module!("key-vault.bicep"),
    module!("monitoring.bicep"),
    module!("network.bicep"),
    module!("postgresql.bicep"),
    module!("private-endpoint.bicep"),
    module!("redis.bicep"),
    module!("registry.bicep"),
    module!("residency.bicep"),
    module!("secret.bicep"),
    module!("site-endpoints.bicep"),
    module!("storage.bicep"),
    module!("vpn.bicep"),
    module!("workbook.bicep"),
];

/// Every Bicep file for the platform, which is that of the first of its sites.
pub(crate) fn files(sites: &[Site<'_>], platform: &Platform) -> Vec<GeneratedFile> {
    let folder = Utf8Path::new(FOLDER);
    let mut files = vec![GeneratedFile::new(
        folder.join("main.bicep"),
        main_file::document(sites, platform).print(),
    )];
    for (name, text) in modules(sites, platform) {
        files.push(GeneratedFile::new(folder.join("modules").join(name), text));
    }
    for environment in &platform.environments {
        files.push(GeneratedFile::new(
            environment.parameters_path(),
            parameters::document(sites, platform, environment).print(),
        ));
    }
    files.extend(pipeline::files(platform));
    files
}

/// The modules that the platform needs, by their files.
fn modules(sites: &[Site<'_>], platform: &Platform) -> Vec<(&'static str, String)> {
    let shape = shape::Shape::of_all(platform);
    let mut modules = Vec::new();
    for (name, text) in MODULES
        .into_iter()
        .filter(|(name, _)| shape.has_module(name))
    {
        match several::instead_of(name).filter(|_| sites.len() > 1) {
            Some(others) => modules.extend(others),
            None => modules.push((name, text.to_owned())),
        }
    }
    if sites.iter().any(Site::has_further_database) {
        let (name, text) = several::database();
        modules.push((name, text.to_owned()));
    }
    modules
}
