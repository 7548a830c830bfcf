//! The app settings: variables of the app, of its build, and of the platform's probes.

use taxiway_app::Service;
use taxiway_bicep::build::{Document, Object, Value, conditional, name, text};
use taxiway_platform::{Platform, StaticServing, Supply};

use super::main_file::READY;
use crate::overlay::ServerFile;
use crate::relative;

/// The secret that holds the database's address.
pub(super) const DATABASE_URL_SECRET: &str = "database-url";

/// Declares `startupCommand`, `appSettings` and `stickySettings`.
pub(super) fn declare(
    service: &Service,
    platform: &Platform,
    server_file: ServerFile,
    document: &mut Document,
) {
    document.blank();
    document.variable("startupCommand", startup_command(platform, server_file));
    document.blank();
    document.comment("The same for the site and its slot, so that a release meets after the swap what it met before.");
    let settings = app_settings(service, platform);
    document.variable(
        "appSettings",
        name("union").call([settings.into(), name("extraSettings")]),
    );
    document.blank();
    document.comment(
        "What belongs to the environment stays with it in a swap; all else goes with the release.",
    );
    document.variable("stickySettings", sticky(platform));
}

/// gunicorn reads its own file, then what the platform adds in GUNICORN_CMD_ARGS, so nothing else stands here.
fn startup_command(platform: &Platform, server_file: ServerFile) -> String {
    let web = &platform.service;
    let mut command = format!("gunicorn --config {}", server_file.name());
    let folder = relative::below(&web.app_dir, &web.root);
    if folder != "." {
        command.push_str(" --chdir ");
        command.push_str(folder.as_str());
    }
    let entrypoint = web.entrypoint.to_string();
    command.push(' ');
    // The command goes through a shell, which would take the parentheses of a factory for its own.
    if entrypoint.ends_with("()") {
        command.extend(["'", entrypoint.as_str(), "'"]);
    } else {
        command.push_str(&entrypoint);
    }
    command
}

fn app_settings(service: &Service, platform: &Platform) -> Object {
    let mut settings = Object::new()
        .with("DJANGO_SETTINGS_MODULE", "taxiway_runtime.settings")
        .with("DJANGO_HTTPS", conditional(name("httpsOnly"), "on", "off"))
        .with("DATABASE_URL", reference(DATABASE_URL_SECRET));
    for secret in &platform.secrets {
        if let Some(setting) = &secret.setting {
            settings.set(setting, reference(&secret.name));
        }
    }
    for variable in &platform.service.variables {
        if let Supply::Platform { value } = &variable.supply {
            settings.set(&variable.name, value);
        }
    }
    settings.set(
        "APPLICATIONINSIGHTS_CONNECTION_STRING",
        name("monitoring")
            .property("outputs")
            .property("connectionString"),
    );
    let settings = settings
        .blank()
        .comment("The build on the site: packages by pip, then the static files. A build that lacks one of them fails.")
        .with("SCM_DO_BUILD_DURING_DEPLOYMENT", "true")
        .with("CUSTOM_REQUIREMENTSTXT_PATH", "requirements.taxiway.txt")
        .comment("Its own collectstatic only warns when it fails.")
        .with("DISABLE_COLLECTSTATIC", "true")
        .with_some("POST_BUILD_COMMAND", collectstatic(service, platform));
    settings
        .blank()
        .comment("A start, or a swap, waits for this answer; without the statuses any would do, even a 500.")
        .with("WEBSITE_WARMUP_PATH", READY)
        .with("WEBSITE_WARMUP_STATUSES", "200")
        .with("WEBSITE_SWAP_WARMUP_PING_PATH", READY)
        .with("WEBSITE_SWAP_WARMUP_PING_STATUSES", "200")
        .comment("Seconds for running requests when the site stops; gunicorn.conf.py stays below it.")
        .with("WEBSITES_CONTAINER_STOP_TIME_LIMIT", "30")
}

/// `@Microsoft.KeyVault(SecretUri=…)` without a version: a rotated secret arrives by itself.
fn reference(secret: &str) -> Value {
    text()
        .literal("@Microsoft.KeyVault(SecretUri=")
        .value(name("keyVault").property("outputs").property("uri"))
        .literal(format!("secrets/{secret})"))
        .into()
}

/// The command that collects the static files, unless there are none.
fn collectstatic(service: &Service, platform: &Platform) -> Option<String> {
    if platform.service.static_files == StaticServing::None {
        return None;
    }
    let web = &platform.service;
    let has_manage = service
        .manage
        .as_ref()
        .is_some_and(|manage| *manage == relative::join(&web.app_dir, "manage.py"));
    let program = if has_manage { "manage.py" } else { "-m django" };
    let command = format!(
        "TAXIWAY_BUILD=1 python {program} collectstatic --noinput --settings=taxiway_runtime.settings"
    );
    let folder = relative::below(&web.app_dir, &web.root);
    Some(if folder == "." {
        command
    } else {
        format!("(cd {folder} && {command})")
    })
}

fn sticky(platform: &Platform) -> Value {
    let mut names = vec!["DATABASE_URL"];
    names.extend(
        platform
            .secrets
            .iter()
            .filter_map(|secret| secret.setting.as_deref()),
    );
    names.push("APPLICATIONINSIGHTS_CONNECTION_STRING");
    Value::from(names)
}
