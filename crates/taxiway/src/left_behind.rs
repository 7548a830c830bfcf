//! Services that `taxiway.toml` no longer names, and whose sites still run: a deployment adds and changes, and removes nothing.

use std::collections::BTreeSet;

use taxiway_azure::ResourceSummary;
use taxiway_platform::Platform;

use crate::connection::Connection;
use crate::failure::Failure;
use crate::project::Project;
use crate::terminal::Terminal;

const SITES: &str = "Microsoft.Web/sites";

/// The tag of what is there for one further service. Source: `main.bicep` of several services.
const TAG: &str = "service";

/// Whether a resource was made for this further service of the application.
pub(crate) fn is_of(resource: &ResourceSummary, platform: &Platform, service: &str) -> bool {
    let tag = |name: &str| resource.tags.as_ref().and_then(|tags| tags.get(name));
    let is = |name: &str, value: &str| tag(name).is_some_and(|it| it == value);
    is("managed-by", "taxiway") && is("application", &platform.workload) && is(TAG, service)
}

/// The services with a site in the environment that the platform has no more.
pub(crate) async fn deployed(
    connection: &Connection,
    platform: &Platform,
) -> Result<Vec<String>, Failure> {
    let resources = connection.azure.resources(&connection.group).await;
    let resources =
        resources.map_err(|error| Failure::failed("the cloud cannot be asked").because(&error))?;
    Ok(among(&resources, platform))
}

fn among(resources: &[ResourceSummary], platform: &Platform) -> Vec<String> {
    let sites = resources
        .iter()
        .filter(|resource| resource.kind.eq_ignore_ascii_case(SITES));
    let named: BTreeSet<&str> = sites
        .filter_map(|site| Some(site.tags.as_ref()?.get(TAG)?.as_str()).map(|it| (site, it)))
        .filter(|(site, service)| is_of(site, platform, service))
        .map(|(_, service)| service)
        .collect();
    let is_gone = |service: &&str| is_gone(platform, service);
    named
        .into_iter()
        .filter(is_gone)
        .map(str::to_owned)
        .collect()
}

fn is_gone(platform: &Platform, service: &str) -> bool {
    !platform.services().any(|it| it.service.title() == service)
}

/// What was rolled out from this checkout, by environment and service, and is named no more.
pub(crate) fn remembered(project: &Project) -> Vec<(String, String)> {
    let platform = &project.platform;
    let mut found = Vec::new();
    for environment in &platform.environments {
        let folder = project
            .root
            .join(".taxiway/state")
            .join(&environment.name)
            .join("services");
        let entries = folder.read_dir_utf8().into_iter().flatten().flatten();
        let mut services: Vec<String> = entries.map(|it| it.file_name().to_owned()).collect();
        services.sort();
        for service in services {
            if is_gone(platform, &service) {
                found.push((environment.name.clone(), service));
            }
        }
    }
    found
}

/// Says which services are left, and how each is removed.
pub(crate) fn tell(environment: &str, services: &[String], terminal: &Terminal) {
    for service in services {
        terminal.say(format_args!(
            "service {service} still runs in {environment}, and taxiway.toml no longer names it: taxiway down {environment} \
             --service {service}"
        ));
    }
}

/// The same of what this checkout remembers.
pub(crate) fn tell_remembered(project: &Project, terminal: &Terminal) {
    for (environment, service) in remembered(project) {
        tell(&environment, &[service], terminal);
    }
}
