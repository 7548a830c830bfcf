//! `main.<environment>.bicepparam`: the values of one environment.

use taxiway_bicep::build::{Document, Object, Value, name};
use taxiway_platform::{
    DatabaseKind, Environment, EnvironmentKind, Platform, Server, SignIn, Standby,
};

use super::shape::Shape;
use super::site::Site;
use crate::overlay::ServerFile;

pub(super) fn document(
    sites: &[Site<'_>],
    platform: &Platform,
    environment: &Environment,
) -> Document {
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
    let shape = Shape::of_all(platform);
    site(&sites[0], shape, environment, &mut document);
    if shape.container {
        image(platform, is_local, &mut document);
    }
    document.blank();
    for further in sites {
        if let Some(environment) = further.platform.environment(&environment.name)
            && let Some(service) = further.name()
        {
            further_site(further, service, environment, &mut document);
            document.blank();
        }
    }
    if shape.database {
        database(environment, shape, &mut document);
        document.blank();
    }
    vault_and_logs(environment, &mut document);
    document.blank();
    if shape.network {
        network(environment, &mut document);
        document.blank();
    }
    cache_and_storage(sites, environment, &mut document);
    operations(platform, environment, &mut document);
    document.comment(
        "Read where the deployment runs, on the first one only: `taxiway` gives them, and later ones take them from the vault.",
    );
    for secret in platform.secrets_of(environment) {
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

/// The site of a further service: what is its own.
fn further_site(
    site: &Site<'_>,
    service: &str,
    environment: &Environment,
    document: &mut Document,
) {
    document.comment(format!("The service `{service}`."));
    if environment.kind == EnvironmentKind::Local {
        let local = format!("{}-{service}", local_site_name(&site.platform.workload));
        document.assign(site.symbol("siteName"), local);
    }
    if !environment.domains.is_empty() {
        document.assign(site.symbol("domains"), environment.domains.clone());
    }
    if environment.binds_domains {
        document.assign(site.symbol("bindsDomains"), true);
    }
    if site.has_further_database() {
        document.assign(site.symbol("databaseName"), &environment.database.name);
    }
    cache(site, environment, document);
    settings(site, environment, document);
}

fn settings(site: &Site<'_>, environment: &Environment, document: &mut Document) {
    let server = site.platform.service.server;
    let settings = extra_settings(server, environment, site.server_file);
    if !settings.is_empty() {
        document.assign(site.symbol("extraSettings"), settings);
    }
}

fn site(site: &Site<'_>, shape: Shape, environment: &Environment, document: &mut Document) {
    let is_local = environment.kind == EnvironmentKind::Local;
    document.assign("planSku", &environment.plan.sku);
    document.assign("instances", environment.plan.instances);
    if environment.plan.most_instances > environment.plan.instances {
        document.assign("mostInstances", environment.plan.most_instances);
    }
    if environment.plan.zone_redundant {
        document.assign("zoneRedundant", true);
    }
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
    if is_local && site.platform.further.is_empty() {
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
    if environment.binds_domains {
        document.assign("bindsDomains", true);
    }
    if shape.background && !environment.runs_background {
        document.assign("runsBackground", false);
    }
    settings(site, environment, document);
}

fn extra_settings(server: Server, environment: &Environment, server_file: ServerFile) -> Object {
    const WORKERS: &str = "WEB_CONCURRENCY";
    const THREADS: &str = "GUNICORN_THREADS";
    const START_LIMIT: &str = "WEBSITES_CONTAINER_START_TIME_LIMIT";
    let is_local = environment.kind == EnvironmentKind::Local;
    let given = |name: &str| environment.variables.contains_key(name);
    let mut settings = object(&environment.variables);
    // A configuration of the project's own knows how many; this machine has to be spared all the same.
    let is_ours = server_file == ServerFile::Ours;
    let workers = &environment.workers;
    if (is_ours || is_local) && !given(WORKERS) {
        if environment.database.kind != DatabaseKind::None {
            settings = settings.comment(format!(
                "Connections to the database: {}.",
                workers.arithmetic().replace('×', "*")
            ));
        }
        settings = settings.with(WORKERS, workers.processes.to_string());
    }
    if is_ours && server == Server::Gunicorn && !given(THREADS) {
        settings = settings.with(THREADS, workers.threads.to_string());
    }
    if is_local && !given(START_LIMIT) {
        settings = settings
            .comment("Seconds. Whoever waits for a start here is a person.")
            .with(START_LIMIT, "60");
    }
    settings
}

fn database(environment: &Environment, shape: Shape, document: &mut Document) {
    let is_local = environment.kind == EnvironmentKind::Local;
    let database = &environment.database;
    if database.kind == DatabaseKind::External {
        document.comment("Whoever runs it also makes its backups.");
        document.assign("databaseIsExternal", true);
    }
    document.assign("databaseVersion", &database.version);
    document.assign("databaseSku", &database.sku);
    document.assign("databaseTier", &database.tier);
    document.assign("databaseStorageGb", database.storage_gb);
    document.assign("databaseBackupDays", database.backup_days);
    if database.geo_redundant_backup {
        document.assign("databaseGeoRedundantBackup", true);
    }
    if database.standby != Standby::None {
        document.assign("databaseStandby", database.standby.mode());
    }
    if database.pooler {
        document.assign("databaseHasPooler", true);
    }
    document.assign("databaseName", &database.name);
    if shape.sign_in.is_none() {
        document.assign("databaseSignIn", database.sign_in.name());
    }
    if database.kind == DatabaseKind::New && database.sign_in == SignIn::Password {
        document.assign("databaseLogin", &database.login);
    }
    if is_local {
        document.comment("The database listens on the loopback interface only, and without TLS.");
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
    if environment.is_locked {
        document.assign("isLocked", true);
    }
}

/// A deployment of the infrastructure keeps the image that a release brought: whoever runs it says which.
fn image(platform: &Platform, is_local: bool, document: &mut Document) {
    if is_local {
        document.comment("The local cloud runs the code.");
        document.assign("containerImage", "");
    } else {
        document.comment("The image that is served, which each release changes.");
        let image = format!("{}:latest", platform.workload);
        document.assign(
            "containerImage",
            name("readEnvironmentVariable").call(["TAXIWAY_IMAGE".into(), image.into()]),
        );
    }
}

fn network(environment: &Environment, document: &mut Document) {
    let Some(network) = &environment.network else {
        document.comment("Everything here listens on the loopback interface.");
        document.assign("networkProfile", "none");
        return;
    };
    document.assign("networkProfile", network.profile.name());
    if !network.allowed_addresses.is_empty() {
        document.assign("allowedAddresses", network.allowed_addresses.clone());
    }
    if network.vpn {
        document.assign("hasVpn", true);
    }
}

fn cache(site: &Site<'_>, environment: &Environment, document: &mut Document) {
    if let Some(cache) = &environment.cache {
        document.assign(site.symbol("cacheSku"), &cache.sku);
        document.assign(
            site.symbol("cacheHighAvailability"),
            cache.high_availability,
        );
    }
}

fn cache_and_storage(sites: &[Site<'_>], environment: &Environment, document: &mut Document) {
    cache(&sites[0], environment, document);
    // One account for all sites that have files.
    let here = sites
        .iter()
        .filter_map(|site| site.platform.environment(&environment.name));
    let storage = here.filter_map(|it| it.storage.as_ref()).next();
    if let Some(storage) = storage {
        document.assign("storageSku", &storage.sku);
        document.assign("storageSoftDeleteDays", storage.soft_delete_days);
    }
    if environment.cache.is_some() || storage.is_some() {
        document.blank();
    }
}

fn operations(platform: &Platform, environment: &Environment, document: &mut Document) {
    let is_local = environment.kind == EnvironmentKind::Local;
    let mut is_any = false;
    if let Some(alerts) = &environment.alerts {
        is_any = true;
        document.assign("hasAlerts", true);
        if !alerts.recipients.is_empty() {
            document.assign("alertRecipients", alerts.recipients.clone());
        }
        document.assign("hasAvailabilityTest", alerts.availability_test);
        if environment.database.kind == DatabaseKind::New {
            document.comment("Four fifths of what the size of the database takes.");
            document.assign(
                "databaseConnectionAlert",
                environment.database.connections() * 4 / 5,
            );
        }
    }
    if let Some(budget) = &environment.budget {
        is_any = true;
        document.assign("budgetAmount", budget.amount);
        document.assign("budgetStart", format!("{}-01", budget.since));
    }
    if !is_local && !platform.data_residency.is_empty() {
        is_any = true;
        document.assign("allowedLocations", platform.data_residency.clone());
    }
    if is_any {
        document.blank();
    }
}
