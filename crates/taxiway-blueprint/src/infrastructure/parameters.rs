//! `main.<environment>.bicepparam`: the values of one environment.

use taxiway_bicep::build::{Document, Object, Value, name};
use taxiway_platform::{Environment, EnvironmentKind, Platform};

pub(super) fn document(platform: &Platform, environment: &Environment) -> Document {
    let is_local = environment.kind == EnvironmentKind::Local;
    let mut document = Document::new();
    document.using("main.bicep");
    document.blank();
    document.comment(if is_local {
        "This machine. Sizes are those with deployment slots and backups on demand; they cost nothing here."
            .to_owned()
    } else {
        format!("Size {} in {}.", environment.size, environment.region)
    });
    document.assign("environmentName", &environment.name);
    if !environment.tags.is_empty() {
        document.assign("extraTags", object(&environment.tags));
    }
    if is_local {
        document.comment("Names need not be unique in the world here.");
        document.assign("siteName", local_site_name(&platform.workload));
    }
    document.blank();
    site(environment, is_local, &mut document);
    document.blank();
    database(environment, is_local, &mut document);
    document.blank();
    vault_and_logs(environment, &mut document);
    document.blank();
    document.comment(
        "Read where the deployment runs, on the first one only: `taxiway` gives them, and later ones take them from the vault.",
    );
    for secret in &platform.secrets {
        document.assign(
            &secret.parameter,
            name("readEnvironmentVariable").call([(&secret.variable).into(), "".into()]),
        );
    }
    document
}

/// A site's name has two characters at least.
fn local_site_name(workload: &str) -> String {
    if workload.len() < 2 {
        format!("{workload}-app")
    } else {
        workload.to_owned()
    }
}

fn object<'a>(entries: impl IntoIterator<Item = (&'a String, &'a String)>) -> Object {
    entries
        .into_iter()
        .fold(Object::new(), |object, (key, value)| {
            object.with(key, value)
        })
}

fn site(environment: &Environment, is_local: bool, document: &mut Document) {
    document.assign("planSku", &environment.plan.sku);
    document.assign("instances", environment.plan.instances);
    let version = Value::from(&environment.python.version);
    if is_local {
        document
            .comment("Which Python this machine has that the project accepts; `taxiway` knows.");
        document.assign(
            "pythonVersion",
            name("readEnvironmentVariable").call(["TAXIWAY_PYTHON".into(), version]),
        );
        document.comment("Browsers don't trust this machine's certificate.");
        document.assign("httpsOnly", false);
    } else {
        document.assign("pythonVersion", version);
    }
    if is_local {
        document.comment(
            "The local cloud serves its only site under these too, which need no name resolution.",
        );
        let names = ["localhost", "127.0.0.1"].map(str::to_owned);
        let domains: Vec<String> = names
            .into_iter()
            .chain(environment.domains.clone())
            .collect();
        document.assign("domains", domains);
    } else if !environment.domains.is_empty() {
        document.assign("domains", environment.domains.clone());
    }
    let settings = extra_settings(environment, is_local);
    if !settings.is_empty() {
        document.assign("extraSettings", settings);
    }
}

fn extra_settings(environment: &Environment, is_local: bool) -> Object {
    const WORKERS: &str = "WEB_CONCURRENCY";
    const START_LIMIT: &str = "WEBSITES_CONTAINER_START_TIME_LIMIT";
    let given = |name: &str| environment.variables.contains_key(name);
    let mut settings = object(&environment.variables);
    if is_local && !given(WORKERS) {
        settings = settings
            .comment(
                "As many workers as the smallest plan has; this machine may have more processors.",
            )
            .with(WORKERS, "2");
    }
    if is_local && !given(START_LIMIT) {
        settings = settings
            .comment("Seconds. Whoever waits for a start here is a person.")
            .with(START_LIMIT, "60");
    }
    settings
}

fn database(environment: &Environment, is_local: bool, document: &mut Document) {
    let database = &environment.database;
    document.assign("databaseVersion", &database.version);
    document.assign("databaseSku", &database.sku);
    document.assign("databaseTier", &database.tier);
    document.assign("databaseStorageGb", database.storage_gb);
    document.assign("databaseBackupDays", database.backup_days);
    document.assign("databaseName", &database.name);
    document.assign("databaseLogin", &database.login);
    if is_local {
        document.comment("The database listens on the loopback interface only, and without TLS.");
        document.assign("databaseAllowAzureServices", false);
        document.assign("databaseSslMode", "prefer");
    }
}

fn vault_and_logs(environment: &Environment, document: &mut Document) {
    document.assign("logRetentionDays", environment.log_retention_days);
    if environment.log_quota_gb.is_none() {
        document.comment("No limit: at one, alerts would go blind.");
    }
    document.assign(
        "logDailyQuotaGb",
        environment.log_quota_gb.map_or(-1, i64::from),
    );
    document.assign("vaultSoftDeleteDays", environment.soft_delete_days);
    document.assign("vaultPurgeProtection", environment.purge_protection);
}
