//! The app settings: variables of the app, of its build, and of the platform's probes.

use taxiway_app::Service;
use taxiway_bicep::build::{Document, Object, Value, conditional, name, text};
use taxiway_platform::{Platform, Secret, StaticServing, Supply, Variable};

use super::main_file::{BACKGROUND, READY, is_given, sign_in};
use super::shape::Shape;
use super::site::Site;
use crate::overlay::ServerFile;
use crate::relative;

/// The secret that holds the database's address; its module writes it, or a person gives it.
const DATABASE_URL_SECRET: &str = "database-url";

/// The same past the pooler.
const DATABASE_DIRECT_URL_SECRET: &str = "database-direct-url";

/// The settings that hold them: each is there whoever writes its secret.
const DATABASE_URLS: [&str; 2] = ["DATABASE_URL", "DATABASE_DIRECT_URL"];

/// The secret that the cache's module writes.
const CACHE_URL_SECRET: &str = "cache-url";

/// Declares `startupCommand`, `appSettings` and `stickySettings`.
pub(super) fn declare(site: &Site<'_>, document: &mut Document) {
    let (service, platform, shape) = (site.service, site.platform, site.shape());
    document.blank();
    document.variable(
        site.symbol("startupCommand"),
        startup_command(platform, site.server_file),
    );
    document.blank();
    let mut settings = app_settings(site, shape);
    if !shape.container {
        settings = with_build(settings.blank(), service, platform);
    }
    document.comment("The same for the site and its slot, so that a release meets after the swap what it met before.");
    document.variable(site.symbol("ownSettings"), with_probes(settings.blank()));
    let mut parts: Vec<Value> = vec![name(site.symbol("ownSettings"))];
    if shape.container {
        document.variable(
            "buildSettings",
            with_build(Object::new(), service, platform),
        );
        document.variable("imageSettings", image_settings(platform.service.port));
        parts.push(conditional(
            name("empty").call([name("containerImage")]),
            name("buildSettings"),
            name("imageSettings"),
        ));
    }
    for (part, sku, settings) in [
        (
            "cacheSettings",
            site.symbol("cacheSku"),
            shape.cache.then(|| cache_settings(site)),
        ),
        (
            "storageSettings",
            "storageSku".to_owned(),
            shape.storage.then(|| storage_settings(site)),
        ),
    ] {
        if let Some(settings) = settings {
            document.variable(site.symbol(part), settings);
            let is_absent = name("empty").call([name(sku)]);
            parts.push(conditional(
                is_absent,
                Object::new(),
                name(site.symbol(part)),
            ));
        }
    }
    if shape.pooler {
        document.variable(site.symbol("poolerSettings"), pooler_settings(site));
        parts.push(conditional(
            name("databaseHasPooler"),
            name(site.symbol("poolerSettings")),
            Object::new(),
        ));
    }
    parts.push(name(site.symbol("extraSettings")));
    document.variable(site.symbol("appSettings"), name("union").call(parts));
    document.blank();
    document.comment(
        "What belongs to the environment stays with it in a swap; all else goes with the release.",
    );
    document.variable(site.symbol("stickySettings"), sticky(platform));
}

/// The secrets of the vault that the settings of a site refer to: those that it always has, and those that come with a
/// condition.
pub(super) fn secrets_of(site: &Site<'_>) -> (Vec<String>, Vec<(Value, String)>) {
    let (platform, shape) = (site.platform, site.shape());
    let mut always = Vec::new();
    if shape.database {
        always.push(site.secret(DATABASE_URL_SECRET));
    }
    let refers = |setting: &String| !DATABASE_URLS.contains(&setting.as_str());
    let of_the_app = |secret: &&Secret| secret.setting.as_ref().is_some_and(refers);
    always.extend((platform.secrets.iter().filter(of_the_app)).map(|it| it.name.clone()));
    let mut sometimes = Vec::new();
    if shape.pooler {
        let direct = site.secret(DATABASE_DIRECT_URL_SECRET);
        sometimes.push((name("databaseHasPooler"), direct));
    }
    if shape.cache {
        let url = site.deployment(CACHE_URL_SECRET);
        sometimes.push((is_given(&site.symbol("cacheSku")), url));
    }
    (always, sometimes)
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

fn app_settings(site: &Site<'_>, shape: Shape) -> Object {
    let platform = site.platform;
    let mut settings = Object::new();
    if is_django(platform) {
        settings = settings
            .with("DJANGO_SETTINGS_MODULE", "taxiway_runtime.settings")
            .with("DJANGO_HTTPS", conditional(name("httpsOnly"), "on", "off"));
    }
    if shape.database {
        settings = settings
            .with("DATABASE_URL", reference(&site.secret(DATABASE_URL_SECRET)))
            .with("DATABASE_SIGN_IN", sign_in(shape));
    }
    settings = settings
        .comment("The identity whose tokens are asked for.")
        .with(
            "AZURE_CLIENT_ID",
            name(site.identity())
                .property("outputs")
                .property("clientId"),
        )
        .comment("Errors and logs say where they come from.")
        .with("TAXIWAY_ENVIRONMENT", name("environmentName"));
    for secret in &platform.secrets {
        if let Some(setting) = secret
            .setting
            .as_ref()
            .filter(|it| !DATABASE_URLS.contains(&it.as_str()))
        {
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
    settings
}

fn with_probes(settings: Object) -> Object {
    settings
        .comment("A start, or a swap, waits for this answer; without the statuses any would do, even a 500.")
        .with("WEBSITE_WARMUP_PATH", READY)
        .with("WEBSITE_WARMUP_STATUSES", "200")
        .with("WEBSITE_SWAP_WARMUP_PING_PATH", READY)
        .with("WEBSITE_SWAP_WARMUP_PING_STATUSES", "200")
        .comment("Seconds for running requests when the site stops; gunicorn.conf.py stays below it.")
        .with("WEBSITES_CONTAINER_STOP_TIME_LIMIT", "30")
}

fn with_build(settings: Object, service: &Service, platform: &Platform) -> Object {
    let build = |why| {
        settings
            .comment(why)
            .with("SCM_DO_BUILD_DURING_DEPLOYMENT", "true")
            .with("CUSTOM_REQUIREMENTSTXT_PATH", "requirements.taxiway.txt")
    };
    if !is_django(platform) {
        return build("The build on the site: packages by pip.");
    }
    build("The build on the site: packages by pip, then the static files. A build that lacks one of them fails.")
        .comment("Its own collectstatic only warns when it fails.")
        .with("DISABLE_COLLECTSTATIC", "true")
        .with_some("POST_BUILD_COMMAND", collectstatic(service, platform))
}

/// The setting in which the app finds the hosts that it answers to, where it asks for them.
pub(super) fn hosts_setting(platform: &Platform) -> Option<&str> {
    let asked = |variable: &&Variable| variable.supply == Supply::Hosts;
    if is_django(platform) {
        return Some("DJANGO_ALLOWED_HOSTS");
    }
    let variable = platform.service.variables.iter().find(asked)?;
    Some(&variable.name)
}

fn is_django(platform: &Platform) -> bool {
    platform.service.settings_module.is_some()
}

fn image_settings(port: u16) -> Object {
    let port = port.to_string();
    Object::new()
        .comment("The port that the image listens on: App Service tries 80 and 8080 otherwise, and tells the image neither.")
        .with("WEBSITES_PORT", &port)
        .with("PORT", &port)
        .comment("The image carries its code.")
        .with("WEBSITES_ENABLE_APP_SERVICE_STORAGE", "false")
}

fn cache_settings(site: &Site<'_>) -> Object {
    let mut settings = Object::new();
    for setting in cache_names(site.platform) {
        settings.set(setting, reference(&site.deployment(CACHE_URL_SECRET)));
    }
    settings
}

fn cache_names(platform: &Platform) -> Vec<&str> {
    let caches = platform
        .environments
        .iter()
        .filter_map(|it| it.cache.as_ref());
    let names = caches.flat_map(|cache| &cache.settings).map(String::as_str);
    let names: std::collections::BTreeSet<&str> = names.collect();
    names.into_iter().collect()
}

fn pooler_settings(site: &Site<'_>) -> Object {
    Object::new()
        .comment(
            "Behind a pooler a session ends with its transaction; migrations need one that lasts.",
        )
        .with("DATABASE_POOLER", "on")
        .with(
            "DATABASE_DIRECT_URL",
            reference(&site.secret(DATABASE_DIRECT_URL_SECRET)),
        )
}

fn storage_settings(site: &Site<'_>) -> Object {
    let url = text()
        .literal("https://")
        .value(name("storageName"))
        .literal(".blob.")
        .value(
            name("environment")
                .call([])
                .property("suffixes")
                .property("storage"),
        );
    Object::new()
        .comment(format!(
            "Containers `{}` and `{}`, which the app reads and writes as its identity.",
            site.deployment("media"),
            site.deployment("static")
        ))
        .with("AZURE_STORAGE_URL", url)
        .with("AZURE_STORAGE_ACCOUNT_NAME", name("storageName"))
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
    let mut names = Vec::new();
    if platform.service.has_database {
        names.extend(["DATABASE_URL", "DATABASE_SIGN_IN"]);
    }
    names.push("AZURE_CLIENT_ID");
    names.extend(
        platform
            .secrets
            .iter()
            .filter_map(|secret| secret.setting.as_deref())
            .filter(|setting| !DATABASE_URLS.contains(setting)),
    );
    names.extend(cache_names(platform));
    if platform.environments.iter().any(|it| it.database.pooler) {
        names.extend(["DATABASE_POOLER", "DATABASE_DIRECT_URL"]);
    }
    if platform.environments.iter().any(|it| it.storage.is_some()) {
        names.extend(["AZURE_STORAGE_URL", "AZURE_STORAGE_ACCOUNT_NAME"]);
    }
    if !platform.background.is_empty() {
        names.push(BACKGROUND);
    }
    names.push("APPLICATIONINSIGHTS_CONNECTION_STRING");
    Value::from(names)
}
