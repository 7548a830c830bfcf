//! Two services of one repository: what each gets, and what they can't have.

use taxiway_app::App;

use crate::{Config, Platform, decide};

/// A Django service in `backend`, and a FastAPI service in `gateway`; `changes` are laid over the latter.
fn two(changes: &serde_json::Value) -> App {
    let mut gateway = serde_json::json!({
        "name": "gateway", "root": "gateway", "app_dir": "gateway",
        "framework": {"name": "fastapi"}, "interface": "asgi", "entrypoint": "main:app",
        "python": {"constraint": ">=3.12"},
        "dependencies": {"manager": "pip", "manifests": ["gateway/requirements.txt"], "distributions": [{"name": "sqlalchemy", "place": "gateway/requirements.txt:2"}]},
        "database": {"engine": "postgresql", "env": ["DATABASE_URL"], "config": "url"},
        "env": [
            {"name": "DATABASE_URL", "required": true, "secret": true, "places": ["gateway/main.py:3"]},
            {"name": "BACKEND_URL", "required": true, "secret": false, "places": ["gateway/main.py:4"]},
            {"name": "SECRET_KEY", "required": true, "secret": true, "places": ["gateway/main.py:6"]},
            {"name": "STRIPE_KEY", "required": true, "secret": true, "places": ["gateway/main.py:5"]}
        ]
    });
    for (key, value) in changes.as_object().unwrap() {
        gateway[key] = value.clone();
    }
    let backend = serde_json::json!({
        "name": "shop", "root": "backend", "app_dir": "backend",
        "framework": {"name": "django", "version": "5.2"}, "interface": "wsgi",
        "entrypoint": "shop.wsgi:application", "settings_module": "shop.settings",
        "python": {"version": "3.11"},
        "dependencies": {"manager": "pip", "manifests": ["backend/requirements.txt"]},
        "processes": [{"kind": "worker", "tool": "celery", "app": "shop"}],
    });
    let services = serde_json::json!([backend, gateway]);
    let app =
        serde_json::json!({"schema": "taxiway.detect/v1", "kind": "app", "services": services});
    serde_json::from_value(app).unwrap()
}

const TWO: &str = "[app]\nroot = \"backend\"\nsecrets = [\"STRIPE_KEY\", \"MAIL_KEY\"]\n[variables]\nLEVEL = \"info\"\n\
                   [services.gateway]\nroot = \"gateway\"\n[services.gateway.variables]\nLEVEL = \"debug\"\n\
                   [environments.local.services.gateway.variables]\nBACKEND_URL = \"http://shop.localhost:8080\"\n\
                   [environments.production]\n";

#[test]
fn a_further_service_gets_what_is_its_own() {
    let platform = decide(&two(&serde_json::json!({})), &Config::parse(TWO).unwrap()).unwrap();
    let own: Vec<String> = platform
        .choices
        .iter()
        .filter(|choice| choice.key.starts_with("services.") || choice.key.ends_with("workers"))
        .map(|choice| format!("{} = {} | {}", choice.key, choice.value, choice.reason))
        .collect();
    insta::assert_snapshot!(own.join("\n"), @r#"
        local.workers = 2 of gthread, 4 threads each | P0v3 has 1 vCPU and 4 GB: two, so that one may start anew while the other serves, shared by 2 services; 2 workers × 5 connections × 1 instance × 2 (site and slot) = 20, and 3 × 1 instance of processes beside it: 23 of 422, the share of one of 2 services in 844
        production.workers = 2 of gthread, 4 threads each | P0v3 has 1 vCPU and 4 GB: two, so that one may start anew while the other serves, shared by 2 services; 2 workers × 5 connections × 5 instances × 2 (site and slot) = 100, and 3 × 5 instances of processes beside it: 115 of 422, the share of one of 2 services in 844
        services.gateway.entrypoint = main:app | what the server loads
        services.gateway.server = gunicorn with uvicorn workers | App Service's built-in image starts gunicorn
        services.gateway.static = as the application does | the framework serves its own
        services.gateway.database = PostgreSQL | what its settings use
        services.gateway.port = 8000 | where nobody sets PORT: bind, EXPOSE, probes and WEBSITES_PORT have this one
        services.gateway.secrets.SECRET_KEY = generated | made on the first deployment, kept in the vault
        services.gateway.secrets.STRIPE_KEY = from you | read once where taxiway runs, kept in the vault
        services.gateway.variables.DATABASE_URL = from the server | the overlay takes it from DATABASE_URL
        services.gateway.local.workers = 2 of uvicorn | P0v3 has 1 vCPU and 4 GB: two, so that one may start anew while the other serves, shared by 2 services; 2 workers × 16 connections × 1 instance × 2 (site and slot) = 64 of 422, the share of one of 2 services in 844
        services.gateway.local.variables.LEVEL = debug | configured
        services.gateway.local.variables.BACKEND_URL = http://shop.localhost:8080 | configured
        services.gateway.production.workers = 2 of uvicorn | P0v3 has 1 vCPU and 4 GB: two, so that one may start anew while the other serves, shared by 2 services; 2 workers × 16 connections × 5 instances × 2 (site and slot) = 320 of 422, the share of one of 2 services in 844
        services.gateway.production.variables.LEVEL = debug | configured
        services.gateway.database.name = shop_gateway | one of its own on the same server, so that no service meets the tables of another; [services.gateway] database = "shared" takes that of the service of [app]
        services.gateway.identity = its own | no service reads the secrets of another, or opens its database
        "#);
    let gateway = &platform.further[0];
    assert_eq!(gateway.workload, platform.workload);
    let secrets = |platform: &Platform| -> String {
        let each = platform.secrets.iter();
        let each =
            each.map(|it| format!("{} {}", it.parameter, it.setting.as_deref().unwrap_or("-")));
        each.collect::<Vec<_>>().join(", ")
    };
    insta::assert_snapshot!(secrets(&platform), @"djangoSecretKey DJANGO_SECRET_KEY, secretStripeKey STRIPE_KEY, secretMailKey MAIL_KEY");
    insta::assert_snapshot!(secrets(gateway), @"gatewaySigningKey SECRET_KEY, secretStripeKey STRIPE_KEY");
    let names: Vec<&str> = platform
        .all_secrets()
        .iter()
        .map(|it| it.name.as_str())
        .collect();
    assert_eq!(
        names,
        [
            "django-secret-key",
            "stripe-key",
            "mail-key",
            "gateway-signing-key"
        ]
    );
    for environment in ["local", "production"] {
        let one = platform.environment(environment).unwrap();
        let other = gateway.environment(environment).unwrap();
        assert_eq!(one.variables["LEVEL"], "info");
        assert_eq!(other.variables["LEVEL"], "debug");
        // Both accept 3.12, and the backend's own wish is too old for the other.
        assert_eq!(
            (one.python.version.as_str(), &one.python),
            ("3.12", &other.python)
        );
        assert_eq!((&one.plan, &one.region), (&other.plan, &other.region));
        assert_eq!(other.database.name, "shop_gateway");
    }
    let missing: Vec<&str> = gateway.environments[1]
        .missing
        .iter()
        .map(|it| it.help.as_str())
        .collect();
    assert_eq!(
        missing,
        ["in taxiway.toml: [services.gateway.variables] BACKEND_URL = \"…\""]
    );
}

#[test]
fn a_further_service_may_share_the_database_or_have_none() {
    let with = |database: &str| {
        let root = "root = \"gateway\"\n";
        let config = TWO.replace(root, &format!("{root}database = \"{database}\"\n"));
        decide(
            &two(&serde_json::json!({})),
            &Config::parse(&config).unwrap(),
        )
        .unwrap()
    };
    let shared = with("shared");
    let identity = |platform: &Platform| {
        platform
            .choice("services.gateway.identity")
            .unwrap()
            .clone()
    };
    assert_eq!(identity(&shared).value, "that of the service of [app]");
    let shared = &shared.further[0];
    assert!(shared.service.has_database && shared.service.shares_database);
    assert_eq!(shared.environments[0].database.name, "shop");
    let none = with("none");
    let reason = "no service reads the secrets of another";
    assert_eq!(identity(&none).reason, reason);
    let none = &none.further[0];
    assert!(!none.service.has_database);
    assert_eq!(none.environments[0].workers.connections, 0);
}

#[test]
fn a_further_service_has_a_redis_and_containers_of_its_own() {
    let needs = serde_json::json!({
        "backing": [{"kind": "redis", "required": true, "env": ["REDIS_URL"], "places": []}],
        "env": [{"name": "REDIS_URL", "required": true, "secret": true, "places": ["gateway/main.py:3"]}]
    });
    let config = TWO.replace("BACKEND_URL = \"http://shop.localhost:8080\"\n", "");
    let platform = decide(
        &two(&needs),
        &Config::parse(&format!("{config}storage = true\n")).unwrap(),
    )
    .unwrap();
    let own: Vec<String> = (platform.choices.iter())
        .filter(|it| {
            it.key.starts_with("services.")
                && (it.key.ends_with("cache") || it.key.ends_with("storage"))
        })
        .map(|it| format!("{} = {} | {}", it.key, it.value, it.reason))
        .collect();
    insta::assert_snapshot!(own.join("\n"), @"
    services.gateway.production.cache = redis | the app reads REDIS_URL; one of its own, because a Redis of Azure has one database, in which two services would take each other's tasks, and one key, which opens all of it
    services.gateway.production.storage = true | configured; in containers of its own, `gateway-media` and `gateway-static`
    ");
    let gateway = &platform.further[0];
    let has = |platform: &Platform, name: &str| {
        let environment = platform.environment(name).unwrap();
        (environment.cache.is_some(), environment.storage.is_some())
    };
    assert_eq!(has(&platform, "production"), (false, true));
    assert_eq!(has(gateway, "production"), (true, true));
    assert_eq!(has(gateway, "local"), (false, false));
    insta::assert_snapshot!(gateway.environments[0].missing[0].help, @r#"the local cloud has no Redis; run one and say where in taxiway.toml: [environments.local.services.gateway.variables] REDIS_URL = "redis://localhost:6379/0""#);
    // Whoever wants no Redis gets none.
    let without = decide(
        &two(&needs),
        &Config::parse(&format!("{config}cache = \"none\"\n")).unwrap(),
    )
    .unwrap();
    assert_eq!(has(&without.further[0], "production"), (false, false));
}

/// Tokens are for all services of a server or for none.
#[test]
fn services_sign_in_to_their_server_alike() {
    let own_code = serde_json::json!({"dependencies": {"manager": "pip", "manifests": ["gateway/requirements.txt"]}});
    let platform = decide(&two(&own_code), &Config::parse(TWO).unwrap()).unwrap();
    for platform in platform.services() {
        let ways: Vec<_> = platform
            .environments
            .iter()
            .map(|it| it.database.sign_in.name())
            .collect();
        assert_eq!(ways, ["password", "password"]);
    }
    let choice = platform.choice("services.gateway.identity").unwrap();
    assert_eq!(
        choice.reason,
        "no service reads the secrets of another, or opens its database; but all sign in by the server's one password in local, \
         production, which opens every database of the server"
    );
}

#[test]
fn what_several_services_cannot_have_is_refused() {
    let refusal = |changes: serde_json::Value, config: &str| refusal(&two(&changes), config);
    let none = || serde_json::json!({});
    insta::assert_snapshot!(refusal(none(), ""), @r#"
        several-services: this repository holds several web services: backend, gateway
          choose the main one in taxiway.toml: [app] root = "…". It is the only one that is deployed, unless each of the others that should be gets a table too: [services.NAME] root = "…"
        "#);
    insta::assert_snapshot!(refusal(none(), "[services.gateway]\nroot = \"gate\"\n"), @"
        no-service: there is no web service in `gate` (taxiway.toml:2)
          services are in: backend, gateway
        ");
    insta::assert_snapshot!(
        refusal(none(), "[app]\nroot = \"gateway\"\ndatabase = \"none\"\nhosting = \"container\"\n[services.shop]\nroot = \"backend\"\n\
        [delivery]\npipeline = \"cloud-build\"\ncontainer = \"docker\"\ndeploy-with = \"azure-cli\"\n[delivery.cloud-run]\nregion = \"europe-west4\"\n"),
        @r#"
        not-for-several-services: `hosting = "container"` (taxiway.toml:4) is written for one service only, and [services] names further ones
          leave it out, or deploy one service alone: [app] root without [services]
        not-for-several-services: `pipeline = "cloud-build"` (taxiway.toml:8) is written for one service only, and [services] names further ones
          leave it out, or deploy one service alone: [app] root without [services]
        not-for-several-services: `container = "docker"` (taxiway.toml:9) is written for one service only, and [services] names further ones
          leave it out, or deploy one service alone: [app] root without [services]
        not-for-several-services: `deploy-with = "azure-cli"` (taxiway.toml:10) is written for one service only, and [services] names further ones
          leave it out, or deploy one service alone: [app] root without [services]
        database-of-a-further-service: service `shop` has a database, and the service of [app] in `gateway` has none; the server comes with the database of that one
          make it the service of [app]: [app] root = "backend", and name the other one in [services]
        "#);
    insta::assert_snapshot!(refusal(serde_json::json!({"root": "backend", "app_dir": "backend/gateway"}), "[app]\nroot = \"backend\"\n[services.gateway]\nroot = \"backend/gateway\"\n"), @"
        services-in-one-folder: the service of [app] and service `gateway` are both in `backend`: one folder is one package, with one gunicorn.conf.py and one requirements.taxiway.txt
          move one of them into a folder of its own, with its requirements
        ");
}

fn refusal(app: &App, config: &str) -> String {
    match decide(app, &Config::parse(config).unwrap()) {
        Ok(_) => "nothing is refused".to_owned(),
        Err(diagnostics) => diagnostics
            .iter()
            .map(|diagnostic| {
                let help = diagnostic.help.as_deref().unwrap_or_default();
                format!("{}: {}\n  {help}\n", diagnostic.code, diagnostic.message)
            })
            .collect(),
    }
}
