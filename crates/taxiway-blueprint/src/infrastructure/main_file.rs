//! `main.bicep`: which modules there are, under which names, and what flows between them.

use taxiway_app::Service;
use taxiway_bicep::build::{Document, Module, Object, Parameter, Text, Type, Value, name, text};
use taxiway_platform::{Origin, Platform, Secret};

use super::settings;
use crate::overlay::ServerFile;

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
    parameters(platform, &mut document);
    names(&mut document);
    modules(platform, &mut document);
    settings::declare(service, platform, server_file, &mut document);
    site(platform, &mut document);
    outputs(&mut document);
    document
}

fn parameters(platform: &Platform, document: &mut Document) {
    let described = |name: &str, kind: Type, description: &str| {
        Parameter::new(name, kind).description(description)
    };
    document.parameter(
        described(
            "workload",
            Type::String,
            "The application, as resource names contain it. Another value means other resources.",
        )
        .length(1, 27)
        .default(&platform.workload),
    );
    document.parameter(
        described(
            "environmentName",
            Type::String,
            "The environment, as resource names contain it.",
        )
        .length(1, 12),
    );
    document.parameter(
        Parameter::new("location", Type::String)
            .default(name("resourceGroup").call([]).property("location")),
    );
    document.parameter(
        described(
            "extraTags",
            Type::Object,
            "Tags besides those that every resource gets.",
        )
        .default(Object::new()),
    );
    document.parameter(
        described(
            "siteName",
            Type::String,
            "The name of the site, unique in all of Azure: it becomes its host name.",
        )
        .length(2, 51)
        .default(
            named("app")
                .literal("-")
                .value(name("take").call([unique(), Value::from(6)])),
        ),
    );
    document.blank();
    for (name, kind) in [
        ("planSku", Type::String),
        ("instances", Type::Int),
        ("pythonVersion", Type::String),
    ] {
        document.parameter(Parameter::new(name, kind));
    }
    document.parameter(
        described("httpsOnly", Type::Bool, "Whether browsers must use HTTPS.").default(true),
    );
    document.parameter(
        described(
            "domains",
            Type::Array,
            "Host names of the app besides those that the platform gives.",
        )
        .default(Value::Array(Vec::new())),
    );
    document.parameter(
        described(
            "extraSettings",
            Type::Object,
            "Plain variables of the app, from taxiway.toml.",
        )
        .default(Object::new()),
    );
    document.blank();
    database_parameters(document);
    document.blank();
    for (name, kind) in [
        ("logRetentionDays", Type::Int),
        ("logDailyQuotaGb", Type::Int),
        ("vaultSoftDeleteDays", Type::Int),
        ("vaultPurgeProtection", Type::Bool),
    ] {
        document.parameter(Parameter::new(name, kind));
    }
    document.blank();
    document.comment(
        "Secrets. On the first deployment of an environment they are given; later ones take them from its vault.",
    );
    for secret in &platform.secrets {
        document.parameter(secret_parameter(secret));
    }
    document.blank();
}

fn database_parameters(document: &mut Document) {
    for (name, kind) in [
        ("databaseVersion", Type::String),
        ("databaseSku", Type::String),
        ("databaseTier", Type::String),
        ("databaseStorageGb", Type::Int),
        ("databaseBackupDays", Type::Int),
        ("databaseName", Type::String),
        ("databaseLogin", Type::String),
    ] {
        document.parameter(Parameter::new(name, kind));
    }
    document.parameter(
        Parameter::new("databaseAllowAzureServices", Type::Bool)
            .description("Whether services in Azure reach the database; the site is one.")
            .default(true),
    );
    document.parameter(
        Parameter::new("databaseSslMode", Type::String)
            .description("How the app uses TLS towards the database: the sslmode of libpq.")
            .default("require"),
    );
}

fn secret_parameter(secret: &Secret) -> Parameter {
    let parameter = Parameter::new(&secret.parameter, Type::String).secure();
    match secret.origin {
        Origin::Generated { .. } => parameter,
        Origin::Supplied => parameter.description(format!("The value of {}.", secret.variable)),
    }
}

/// `uniqueString(resourceGroup().id)`: the same in every deployment to a resource group, and in no other.
fn unique() -> Value {
    name("uniqueString").call([name("resourceGroup").call([]).property("id")])
}

/// `ABBREVIATION-${workload}-${environmentName}`
fn named(abbreviation: &str) -> Text {
    text()
        .literal(format!("{abbreviation}-"))
        .value(name("workload"))
        .literal("-")
        .value(name("environmentName"))
}

fn names(document: &mut Document) {
    let with_hash = |abbreviation: &str| named(abbreviation).literal("-").value(name("hash"));
    document.comment(
        "Names that become host names carry a hash of the resource group: they are unique in all of Azure.",
    );
    document.variable("hash", name("take").call([unique(), Value::from(6)]));
    document.variable("databaseServerName", with_hash("psql"));
    document.comment(
        "At most 24 characters: the application's name gives way, never the environment's.",
    );
    document.variable(
        "vaultName",
        text()
            .literal("kv-")
            .value(name("take").call([
                name("replace").call([name("workload"), "-".into(), "".into()]),
                Value::from(13).binary(
                    taxiway_bicep::build::BinaryOperator::Subtract,
                    name("length").call([name("environmentName")]),
                ),
            ]))
            .literal("-")
            .value(name("environmentName"))
            .literal("-")
            .value(name("hash")),
    );
    document.blank();
    document.variable(
        "tags",
        name("union").call([
            Object::new()
                .with("application", name("workload"))
                .with("environment", name("environmentName"))
                .with("managed-by", "taxiway")
                .into(),
            name("extraTags"),
        ]),
    );
}

/// A module below `modules/`, deployed under its own name, with `location` and `tags` where it makes resources.
fn module(symbol: &str, file: &str, parameters: Object) -> Module {
    Module::new(symbol, format!("modules/{file}.bicep"))
        .body(Object::new().with("name", file).with("params", parameters))
}

fn placed() -> Object {
    Object::new()
        .with("location", name("location"))
        .with("tags", name("tags"))
}

fn output(module: &str, output: &str) -> Value {
    name(module).property("outputs").property(output)
}

fn modules(platform: &Platform, document: &mut Document) {
    document.module(module(
        "identity",
        "identity",
        placed().with("name", named("id")),
    ));
    document.module(module(
        "monitoring",
        "monitoring",
        placed()
            .with("workspaceName", named("log"))
            .with("componentName", named("appi"))
            .with("retentionInDays", name("logRetentionDays"))
            .with("dailyQuotaGb", name("logDailyQuotaGb")),
    ));
    document.module(module(
        "keyVault",
        "key-vault",
        placed()
            .with("name", name("vaultName"))
            .with("workspaceId", output("monitoring", "workspaceId"))
            .with("readerPrincipalId", output("identity", "principalId"))
            .with("softDeleteDays", name("vaultSoftDeleteDays"))
            .with("purgeProtection", name("vaultPurgeProtection")),
    ));
    document.module(module(
        "database",
        "postgresql",
        placed()
            .with("name", name("databaseServerName"))
            .with("databaseName", name("databaseName"))
            .with("workspaceId", output("monitoring", "workspaceId"))
            .with("version", name("databaseVersion"))
            .with("skuName", name("databaseSku"))
            .with("skuTier", name("databaseTier"))
            .with("storageSizeGb", name("databaseStorageGb"))
            .with("backupRetentionDays", name("databaseBackupDays"))
            .with("allowAzureServices", name("databaseAllowAzureServices"))
            .with("administratorLogin", name("databaseLogin"))
            .with("administratorPassword", name("databasePassword")),
    ));
    document.blank();
    document.comment("The app is given the database's whole address as one secret.");
    document.module(secret(settings::DATABASE_URL_SECRET, database_url()));
    for known in &platform.secrets {
        document.module(secret(&known.name, name(&known.parameter)));
    }
}

fn secret(secret: &str, value: impl Into<Value>) -> Module {
    Module::new(secret_symbol(secret), "modules/secret.bicep").body(
        Object::new().with("name", deployment_name(secret)).with(
            "params",
            Object::new()
                .with("vaultName", output("keyVault", "name"))
                .with("tags", name("tags"))
                .with("name", secret)
                .with("value", value),
        ),
    )
}

/// The deployment that keeps a secret. Names of deployments have 64 characters at most; a secret's may have more.
fn deployment_name(secret: &str) -> String {
    format!("secret-{secret}").chars().take(64).collect()
}

/// The module that keeps a secret: `django-secret-key` as `djangoSecretKeySecret`.
fn secret_symbol(secret: &str) -> String {
    let mut symbol = String::new();
    for word in secret.split('-') {
        let mut characters = word.chars();
        let first = characters.next();
        if symbol.is_empty() {
            symbol.extend(first);
        } else {
            symbol.extend(first.map(|first| first.to_ascii_uppercase()));
        }
        symbol.extend(characters);
    }
    symbol.push_str("Secret");
    symbol
}

/// Without a port: 5432 is implied in Azure, and the local cloud's host name has its own.
fn database_url() -> Text {
    let encoded = |value: &str| name("uriComponent").call([name(value)]);
    text()
        .literal("postgresql://")
        .value(encoded("databaseLogin"))
        .literal(":")
        .value(encoded("databasePassword"))
        .literal("@")
        .value(output("database", "host"))
        .literal("/")
        .value(output("database", "databaseName"))
        .literal("?sslmode=")
        .value(name("databaseSslMode"))
}

fn site(platform: &Platform, document: &mut Document) {
    let parameters = placed()
        .with("planName", named("asp"))
        .with("siteName", name("siteName"))
        .with("workspaceId", output("monitoring", "workspaceId"))
        .with("identityId", output("identity", "id"))
        .with("planSku", name("planSku"))
        .with("instances", name("instances"))
        .with(
            "linuxFxVersion",
            text().literal("PYTHON|").value(name("pythonVersion")),
        )
        .with("startupCommand", name("startupCommand"))
        .with("healthCheckPath", READY)
        .with("httpsOnly", name("httpsOnly"))
        .with("domains", name("domains"))
        .with("appSettings", name("appSettings"))
        .with("stickySettings", name("stickySettings"));
    let mut secrets = vec![name(secret_symbol(settings::DATABASE_URL_SECRET))];
    secrets.extend(
        platform
            .secrets
            .iter()
            .map(|known| name(secret_symbol(&known.name))),
    );
    document.module(
        Module::new("appService", "modules/app-service.bicep").body(
            Object::new()
                .with("name", "app-service")
                .with("params", parameters)
                .comment("References to secrets that are not there yet would reach the app as they stand.")
                .with("dependsOn", Value::Array(secrets)),
        ),
    );
}

fn outputs(document: &mut Document) {
    for (output_name, module, of) in [
        ("siteId", "appService", "siteId"),
        ("siteName", "appService", "siteName"),
        ("siteHostName", "appService", "siteHostName"),
        ("slotName", "appService", "slotName"),
        ("slotHostName", "appService", "slotHostName"),
        ("vaultId", "keyVault", "id"),
        ("vaultName", "keyVault", "name"),
        ("vaultUri", "keyVault", "uri"),
        ("databaseServerId", "database", "id"),
        ("databaseServerName", "database", "name"),
        ("databaseHost", "database", "host"),
        ("databaseName", "database", "databaseName"),
        ("identityId", "identity", "id"),
        ("workspaceId", "monitoring", "workspaceId"),
    ] {
        document.output(output_name, Type::String, output(module, of));
    }
}
