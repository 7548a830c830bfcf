//! `main.bicep`: which modules there are, under which names, and what flows between them.

mod inputs;
mod modules;
mod names;
mod operations;

use taxiway_app::Service;
use taxiway_bicep::build::{Document, Module, Object, Type, Value, conditional, name, text};
use taxiway_platform::Platform;

pub(super) use self::modules::sign_in;
use self::modules::{is_given, output, placed, secret_symbol};
use self::names::named;
use super::settings;
use super::shape::Shape;
use crate::overlay::ServerFile;

/// The setting that the WebJobs of a release read: whether they work.
pub(super) const BACKGROUND: &str = "TAXIWAY_BACKGROUND";

/// The path that says whether an instance can serve; the overlay answers it.
pub(super) const READY: &str = "/healthz/ready";

pub(super) fn document(
    service: &Service,
    platform: &Platform,
    server_file: ServerFile,
) -> Document {
    let mut document = Document::new();
    document.comment(format!(
        "What {} runs on in one environment: a site with a staging slot, PostgreSQL, a vault, logs.\n\
         Written by `taxiway generate`; edits are kept. The values of an environment are in main.<environment>.bicepparam.",
        platform.name
    ));
    document.blank();
    let shape = Shape::of(platform);
    inputs::declare(platform, shape, &mut document);
    names::declare(shape, &mut document);
    modules::declare(platform, shape, &mut document);
    settings::declare(service, platform, shape, server_file, &mut document);
    site(platform, shape, &mut document);
    operations::declare(shape, &mut document);
    outputs(shape, &mut document);
    document
}

fn site(platform: &Platform, shape: Shape, document: &mut Document) {
    let mut parameters = placed()
        .with("planName", named("asp"))
        .with("siteName", name("siteName"))
        .with("workspaceId", output("monitoring", "workspaceId"))
        .with("identityId", output("identity", "id"))
        .with("planSku", name("planSku"))
        .with("instances", name("instances"))
        .with("zoneRedundant", name("zoneRedundant"));
    if shape.network {
        parameters = parameters.with("subnetId", name("appSubnetId"));
    }
    let internal = if shape.internal {
        name("networkProfile").equals("internal")
    } else {
        Value::from(false)
    };
    parameters = parameters.with("isInternal", internal);
    parameters = runtime(shape, parameters);
    parameters = parameters
        .with("healthCheckPath", READY)
        .with("httpsOnly", name("httpsOnly"))
        .with("domains", name("domains"))
        .with("appSettings", name("appSettings"));
    if shape.background {
        let on = conditional(name("runsBackground"), "on", "off");
        parameters = parameters
            .comment("The slot has a release that nobody is served by yet, or no longer: it takes no work from the queue.")
            .with("siteOnlySettings", Object::new().with(BACKGROUND, on))
            .with("slotOnlySettings", Object::new().with(BACKGROUND, "off"));
    }
    let parameters = parameters.with("stickySettings", name("stickySettings"));
    let mut before = Vec::new();
    if shape.database {
        before.push(name("database"));
    }
    before.extend(
        platform
            .secrets
            .iter()
            .map(|known| name(secret_symbol(&known.name))),
    );
    if shape.cache {
        before.extend(["cache", "cacheEndpoint"].map(name));
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
    document.module(
        Module::new("appService", "modules/app-service.bicep").body(
            Object::new()
                .with("name", "app-service")
                .with("params", parameters)
                .comment("References to secrets that are not there yet would reach the app as they stand.")
                .with("dependsOn", Value::Array(before)),
        ),
    );
}

/// What runs the app: code on the built-in image, or an image of the environment's registry.
fn runtime(shape: Shape, parameters: Object) -> Object {
    let python = text().literal("PYTHON|").value(name("pythonVersion"));
    if !shape.container {
        return parameters
            .with("linuxFxVersion", python)
            .with("startupCommand", name("startupCommand"));
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
        .with("linuxFxVersion", conditional(is_code(), python, image))
        .comment("An image starts what it was built to start.")
        .with(
            "startupCommand",
            conditional(is_code(), name("startupCommand"), ""),
        )
}

fn outputs(shape: Shape, document: &mut Document) {
    for (output_name, module, of) in [
        ("siteId", "appService", "siteId"),
        ("siteName", "appService", "siteName"),
        ("siteHostName", "appService", "siteHostName"),
        ("domainVerificationId", "appService", "domainVerificationId"),
        ("slotName", "appService", "slotName"),
        ("slotHostName", "appService", "slotHostName"),
        ("vaultId", "keyVault", "id"),
        ("vaultName", "keyVault", "name"),
        ("vaultUri", "keyVault", "uri"),
        ("identityId", "identity", "id"),
        ("workspaceId", "monitoring", "workspaceId"),
    ] {
        document.output(output_name, Type::String, output(module, of));
    }
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
    let server = name("resourceId").call([
        "Microsoft.DBforPostgreSQL/flexibleServers".into(),
        name("databaseServerName"),
    ]);
    for (output_name, value) in [
        ("databaseServerId", server),
        ("databaseServerName", name("databaseServerName")),
    ] {
        let value = conditional(name("databaseIsExternal"), "", value);
        document.output(output_name, Type::String, value);
    }
}
