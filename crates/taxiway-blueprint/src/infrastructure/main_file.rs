//! `main.bicep`: which modules there are, under which names, and what flows between them.

mod access;
mod endpoints;
mod inputs;
mod modules;
mod names;
mod operations;

use taxiway_bicep::build::{Document, Module, Object, Type, Value, conditional, name, text};
use taxiway_platform::Platform;

pub(super) use self::modules::{is_given, sign_in};
use self::modules::{output, placed_for, secret_symbol};
use self::names::named;
use super::settings;
use super::shape::Shape;
use super::site::Site;

/// The setting that the WebJobs of a release read: whether they work.
pub(super) const BACKGROUND: &str = "TAXIWAY_BACKGROUND";

/// The path that says whether an instance can serve; the overlay answers it.
pub(super) const READY: &str = "/healthz/ready";

pub(super) fn document(sites: &[Site<'_>], platform: &Platform) -> Document {
    let mut document = Document::new();
    let served = match sites.len() {
        1 => "a site with a staging slot".to_owned(),
        count => format!("{count} sites with a staging slot each"),
    };
    let shape = Shape::of_all(platform);
    let database = if shape.database { " PostgreSQL," } else { "" };
    document.comment(format!(
        "What {} runs on in one environment: {served},{database} a vault, logs.\n\
         Written by `taxiway generate`; edits are kept. The values of an environment are in main.<environment>.bicepparam.",
        platform.name
    ));
    document.blank();
    inputs::declare(sites, platform, shape, &mut document);
    names::declare(sites, shape, &mut document);
    modules::declare(sites, platform, shape, &mut document);
    if sites.len() > 1 {
        document.blank();
        access::declare(sites, &mut document);
        document.module(modules::plan());
    }
    for it in sites {
        settings::declare(it, &mut document);
        site(it, sites.len() > 1, &mut document);
    }
    operations::declare(sites, shape, &mut document);
    outputs(sites, shape, &mut document);
    document
}

fn site(site: &Site<'_>, has_plan: bool, document: &mut Document) {
    let shape = site.shape();
    let mut parameters = placed_for(site)
        .with("planName", named("asp"))
        .with("siteName", name(site.symbol("siteName")))
        .with("workspaceId", output("monitoring", "workspaceId"))
        .with("identityId", output(&site.identity(), "id"));
    if !has_plan {
        parameters = parameters
            .with("planSku", name("planSku"))
            .with("instances", name("instances"))
            .with("zoneRedundant", name("zoneRedundant"));
    }
    if shape.network {
        parameters = parameters.with("subnetId", name("appSubnetId"));
    }
    let internal = if shape.internal {
        name("networkProfile").equals("internal")
    } else {
        Value::from(false)
    };
    parameters = parameters.with("isInternal", internal);
    parameters = runtime(site, shape, parameters, document);
    parameters = parameters
        .with("healthCheckPath", READY)
        .with("httpsOnly", name("httpsOnly"))
        .with("domains", name(site.symbol("domains")))
        .with("appSettings", name(site.symbol("appSettings")))
        .with_some("hostsSetting", settings::hosts_setting(site.platform));
    if shape.background {
        let on = conditional(name("runsBackground"), "on", "off");
        parameters = parameters
            .comment("The slot has a release that nobody is served by yet, or no longer: it takes no work from the queue.")
            .with("siteOnlySettings", Object::new().with(BACKGROUND, on))
            .with("slotOnlySettings", Object::new().with(BACKGROUND, "off"));
    }
    let parameters = parameters.with("stickySettings", name(site.symbol("stickySettings")));
    let mut before = Vec::new();
    if has_plan {
        before.push(name("plan"));
    }
    if site.has_further_database() {
        before.push(name(site.symbol("database")));
    } else if shape.database {
        before.push(name("database"));
    }
    before.extend((site.platform.secrets.iter()).map(|known| name(secret_symbol(&known.name))));
    if has_plan {
        before.extend(access::symbol(site).map(name));
    }
    if shape.cache {
        before.extend(["cache", "cacheEndpoint"].map(|it| name(site.symbol(it))));
    }
    if shape.storage && has_plan {
        before.push(name(site.symbol_of_identity("storageAccess")));
    }
    if shape.storage && shape.private {
        before.push(name("storageEndpoint"));
    }
    if shape.private {
        before.push(name("vaultEndpoint"));
    }
    if shape.network {
        before.push(name("network"));
    }
    if shape.container {
        before.push(name("registry"));
        if shape.private {
            before.push(name("registryEndpoint"));
        }
    }
    let why = if site.platform.secrets.is_empty() && !shape.cache && !shape.database {
        "The subnet is named by its id, which says nothing about when it is there."
    } else {
        "References to secrets that are not there yet would reach the app as they stand."
    };
    let file = if has_plan {
        "site.bicep"
    } else {
        "app-service.bicep"
    };
    let mut body = Object::new()
        .with("name", site.deployment("app-service"))
        .with("params", parameters);
    if !before.is_empty() {
        body = body.comment(why).with("dependsOn", Value::Array(before));
    }
    document.module(Module::new(site.symbol("appService"), format!("modules/{file}")).body(body));
}

/// What runs the app: code on the built-in image, or an image of the environment's registry.
fn runtime(site: &Site<'_>, shape: Shape, parameters: Object, document: &mut Document) -> Object {
    let python = text().literal("PYTHON|").value(name("pythonVersion"));
    if !shape.container {
        return parameters
            .with("linuxFxVersion", python)
            .with("startupCommand", name(site.symbol("startupCommand")));
    }
    let image = text()
        .literal("DOCKER|")
        .value(name("registryName"))
        .value(
            name("environment")
                .call([])
                .property("suffixes")
                .property("acrLoginServer"),
        )
        .literal("/")
        .value(name("containerImage"));
    // Variables, for a condition over several lines is more than other parsers of Bicep read.
    document.variable(site.symbol("codeRuntime"), python);
    document.variable(site.symbol("imageRuntime"), image);
    document.blank();
    let is_code = || name("empty").call([name("containerImage")]);
    parameters
        .with(
            "imagePullClientId",
            conditional(
                is_given("containerImage"),
                output("identity", "clientId"),
                "",
            ),
        )
        .with(
            "linuxFxVersion",
            conditional(
                is_code(),
                name(site.symbol("codeRuntime")),
                name(site.symbol("imageRuntime")),
            ),
        )
        .comment("An image starts what it was built to start.")
        .with(
            "startupCommand",
            conditional(is_code(), name("startupCommand"), ""),
        )
}

/// What the module of a site gives.
const OF_THE_SITE: [&str; 6] = [
    "siteId",
    "siteName",
    "siteHostName",
    "domainVerificationId",
    "slotName",
    "slotHostName",
];

fn outputs(sites: &[Site<'_>], shape: Shape, document: &mut Document) {
    for of in OF_THE_SITE {
        document.output(of, Type::String, output("appService", of));
    }
    for (output_name, module, of) in [
        ("vaultId", "keyVault", "id"),
        ("vaultName", "keyVault", "name"),
        ("vaultUri", "keyVault", "uri"),
        ("identityId", "identity", "id"),
        ("workspaceId", "monitoring", "workspaceId"),
    ] {
        document.output(output_name, Type::String, output(module, of));
    }
    outputs_of_database(shape, document);
    for site in sites.iter().filter(|site| site.name().is_some()) {
        outputs_of_further(site, document);
    }
}

/// What the program, and whoever rolls out, needs to know of a further site.
fn outputs_of_further(site: &Site<'_>, document: &mut Document) {
    for of in OF_THE_SITE {
        let module = site.symbol("appService");
        document.output(site.symbol(of), Type::String, output(&module, of));
    }
}

fn outputs_of_database(shape: Shape, document: &mut Document) {
    if !shape.database {
        return;
    }
    if !shape.external_database {
        for (output_name, of) in [
            ("databaseServerId", "id"),
            ("databaseServerName", "name"),
            ("databaseHost", "host"),
            ("databaseName", "databaseName"),
        ] {
            document.output(output_name, Type::String, output("database", of));
        }
        return;
    }
    document.comment("Empty where the database is somebody else's.");
    for (output_name, value) in [
        ("databaseServerId", name("ownServerId")),
        ("databaseServerName", name("databaseServerName")),
    ] {
        let value = conditional(name("databaseIsExternal"), "", value);
        document.output(output_name, Type::String, value);
    }
}
