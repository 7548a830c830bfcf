//! `infrastructure/cloud-run/set-up.sh`: makes what Cloud Build deploys to, and what starts it.

use taxiway_platform::{CloudRun, Origin, SecretUse, Supply};

use crate::workflows::Blueprint;
use crate::{relative, sections};

/// What one instance serves at once: two processes of eight threads, with a connection each.
const PROCESSES: u32 = 2;
const THREADS: u32 = 8;
/// With all of their connections they stay below what the smallest servers of PostgreSQL take.
const INSTANCES: u32 = 4;

/// What stands between variables, for `gcloud topic escaping`: nothing that a value holds.
const AND: &str = "#&#";

/// The script, for one who owns the project on Google Cloud.
pub(super) fn script(blueprint: &Blueprint<'_>, google: &CloudRun) -> String {
    let platform = blueprint.platform;
    let web = &platform.service;
    let branch = &platform.delivery.branch;
    let mut secrets = Vec::new();
    let mut references = Vec::new();
    if web.has_database {
        secrets.push("secret database-url typed".to_owned());
        references.push("DATABASE_URL=$service-database-url:latest".to_owned());
    }
    let of_app = platform
        .secrets
        .iter()
        .filter(|it| it.needed_for == SecretUse::App);
    for secret in of_app {
        let origin = match secret.origin {
            Origin::Generated { .. } => "generated",
            Origin::Supplied => "typed",
        };
        secrets.push(format!("secret {} {origin}", secret.name));
        if let Some(setting) = &secret.setting {
            references.push(format!("{setting}=$service-{}:latest", secret.name));
        }
    }
    let production = platform.environment("production");
    let production = production.or_else(|| platform.environments.first());
    let missing = production.map_or(&[][..], |it| it.missing.as_slice());
    for variable in missing.iter().filter(|it| it.secret) {
        let name = variable.name.to_lowercase().replace('_', "-");
        secrets.push(format!("secret {name} typed"));
        references.push(format!("{}=$service-{name}:latest", variable.name));
    }
    let mut variables = vec![
        "TAXIWAY_ENVIRONMENT=$environment".to_owned(),
        "WEBSITE_HOSTNAME=$service-$number.$region.run.app".to_owned(),
        format!("WEB_CONCURRENCY={PROCESSES}"),
        format!("GUNICORN_THREADS={THREADS}"),
    ];
    if blueprint.is_django() {
        variables.push("DJANGO_HTTPS=on".to_owned());
    }
    for variable in &web.variables {
        if let Supply::Platform { value } = &variable.supply {
            variables.push(format!("{}={}", variable.name, quoted(value)));
        }
    }
    let does = if web.has_database {
        "open {} connections to the database at most"
    } else {
        "answer {} requests at once at most"
    };
    let sizing = format!(
        "# {INSTANCES} instances of {PROCESSES} processes with {THREADS} threads {}.",
        does.replace("{}", &(INSTANCES * PROCESSES * THREADS).to_string())
    );
    // The last one sees whether the build that holds the lock goes on.
    let mut roles = vec![
        "roles/run.developer",
        "roles/logging.logWriter",
        "roles/cloudbuild.builds.viewer",
    ];
    if google.sql_instance.is_some() {
        roles.push("roles/cloudsql.editor");
    }
    let conditions = [
        ("database", web.has_database),
        ("secrets", !secrets.is_empty()),
    ];
    let script = include_str!("../../../files/cloud-build/set-up.sh");
    sections::choose(script, &conditions)
        .replace("@SECRETS@", &secrets.join("\n"))
        .replace("@REFERENCES@", &format!("\"{}\"", references.join(",")))
        .replace(
            "@VARIABLES@",
            &format!("\"^{AND}^{}\"", variables.join(AND)),
        )
        .replace("@STAGING@", &own_variables(blueprint, "staging"))
        .replace("@PRODUCTION@", &own_variables(blueprint, "production"))
        .replace("@SIZING@", &sizing)
        .replace("@CONCURRENCY@", &(PROCESSES * THREADS).to_string())
        .replace("@INSTANCES@", &INSTANCES.to_string())
        .replace("@PORT@", &web.port.to_string())
        .replace("@JOB@\n", &job(blueprint))
        .replace("@DEPLOYER_ROLES@", &roles.join(" "))
        .replace("@BRANCH_PATTERN@", &branch.replace('.', "\\."))
        .replace("@BRANCH@", branch)
        .replace("@WORKLOAD@", &platform.workload)
        .replace("@REGION@", &google.region)
}

/// What taxiway.toml says for an environment; a variable that nobody gives is asked of whoever runs the script.
fn own_variables(blueprint: &Blueprint<'_>, environment: &str) -> String {
    let platform = blueprint.platform;
    let known = platform.environment(environment);
    let Some(known) = known.or_else(|| platform.environments.first()) else {
        return "\"\"".to_owned();
    };
    let configured = known
        .variables
        .iter()
        .map(|(name, value)| format!("{AND}{name}={}", quoted(value)));
    let missing = known
        .missing
        .iter()
        .filter(|it| !it.secret)
        .map(|it| format!("{AND}{0}=${{{0}:?the project reads it}}", it.name));
    format!("\"{}\"", configured.chain(missing).collect::<String>())
}

/// A text inside of double quotes.
fn quoted(text: &str) -> String {
    let special = |it: char| matches!(it, '"' | '$' | '`' | '\\');
    let parts = text
        .chars()
        .flat_map(|it| special(it).then_some('\\').into_iter().chain([it]));
    parts.collect()
}

/// The job that migrates; it runs from the folder of the overlay.
fn job(blueprint: &Blueprint<'_>) -> String {
    if blueprint.service.migrations.is_none() {
        return String::new();
    }
    let web = &blueprint.platform.service;
    let folder = match relative::below(&web.app_dir, &web.root).as_str() {
        "." => "/app".to_owned(),
        folder => format!("/app/{folder}"),
    };
    include_str!("../../../files/cloud-build/job.sh")
        .replace("@FOLDER@", &folder)
        .replace("@AND@", AND)
}
