//! What is decided for an app, and what is refused, each as a whole text.

#[cfg(test)]
mod decide {
    use taxiway_app::App;
    use taxiway_platform::{Config, Platform, decide};

    /// A Django service with everything it needs; `changes` are laid over it, and `null` removes.
    fn app(changes: &serde_json::Value) -> App {
        let mut service = serde_json::json!({
            "name": "shop", "root": ".", "app_dir": ".",
            "framework": {"name": "django", "version": "5.2"},
            "interface": "wsgi",
            "entrypoint": "shop.wsgi:application",
            "settings_module": "shop.settings",
            "python": {"version": "3.12"},
            "dependencies": {"manager": "pip", "manifests": ["requirements.txt"]},
            "evidence": {"framework": ["requirements.txt:1"], "database.engine": ["shop/settings.py:9"]}
        });
        for (key, value) in changes.as_object().unwrap() {
            if value.is_null() {
                service.as_object_mut().unwrap().remove(key);
            } else {
                service[key] = value.clone();
            }
        }
        let document = serde_json::json!({"schema": "taxiway.detect/v1", "kind": "app", "services": [service]});
        serde_json::from_value(document).unwrap()
    }

    fn decided(changes: &serde_json::Value, config: &str) -> Platform {
        decide(&app(changes), &Config::parse(config).unwrap()).unwrap()
    }

    fn refused(changes: &serde_json::Value, config: &str) -> String {
        refusal(&app(changes), config)
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

    #[test]
    fn a_service_without_a_list_of_packages_is_refused_before_its_build_fails() {
        let bare = serde_json::json!({
            "root": "site", "dependencies": {"manager": "pip"},
            "evidence": {"framework": ["site/shop/settings.py:12"]},
        });
        insta::assert_snapshot!(refused(&bare, ""), @"
        nothing-to-install: nothing says which packages this service needs (site/shop/settings.py:12): there is neither a requirements file nor a pyproject.toml with dependencies
          write site/requirements.txt; where the application runs today: pip freeze > site/requirements.txt
        ");
    }

    #[test]
    fn an_ordinary_app_is_not_refused() {
        let empty = serde_json::json!({});
        insta::assert_snapshot!(refused(&empty, ""), @"nothing is refused");
        let platform = decided(&empty, "");
        let names: Vec<_> = platform
            .environments
            .iter()
            .map(|it| it.name.as_str())
            .collect();
        assert_eq!(names, ["local"]);
    }

    #[test]
    fn a_front_end_is_built_where_what_it_makes_is_published_and_nobody_says_otherwise() {
        let in_web = |output: &str| {
            serde_json::json!({"root": "backend", "app_dir": "backend", "frontend": {
                "dir": "web", "package_manager": "pnpm", "build": "build", "output": output, "bundled": true
            }})
        };
        let inside = decided(&in_web("backend/static"), "");
        assert!(inside.service.builds_frontend);
        let choice = inside.choice("front-end").unwrap();
        assert_eq!(
            choice.value,
            "`pnpm run build` in web, before the code is published"
        );
        let beside = decided(&in_web("web/dist"), "");
        assert!(!beside.service.builds_frontend);
        let codes: Vec<_> = beside.warnings.iter().map(|it| it.code.as_ref()).collect();
        assert_eq!(codes, ["frontend-not-built"]);
        let refused_to = decided(&in_web("backend/static"), "[app]\nbuild-frontend = false");
        assert!(!refused_to.service.builds_frontend && refused_to.warnings.is_empty());
        insta::assert_snapshot!(refused(&serde_json::json!({}), "[app]\nbuild-frontend = true"), @r"
        no-front-end: `build-frontend = true` (taxiway.toml:2), and no front end that this service serves was found
          `taxiway detect` shows what was found
        ");
    }

    #[test]
    fn what_the_projects_own_server_configuration_says_holds_unless_the_platform_must_decide() {
        let setting = |name: &str, value: &str, literal: serde_json::Value, line: u32| serde_json::json!({"name": name, "value": value, "literal": literal, "place": format!("gunicorn.conf.py:{line}")});
        let settings = [
            setting("bind", "'127.0.0.1:5000'", "127.0.0.1:5000".into(), 1),
            setting("workers", "cpu_count() * 2 + 1", serde_json::Value::Null, 2),
            setting("threads", "8", 8.into(), 3),
            setting("timeout", "600", 600.into(), 4),
            setting("graceful_timeout", "20", 20.into(), 5),
            setting("preload_app", "True", true.into(), 6),
            setting(
                "worker_class",
                "'uvicorn.workers.UvicornWorker'",
                "uvicorn.workers.UvicornWorker".into(),
                7,
            ),
            setting("post_fork", "post_fork", serde_json::Value::Null, 9),
        ];
        let configuration = serde_json::json!({"path": "gunicorn.conf.py", "settings": settings});
        let platform = decided(
            &serde_json::json!({"server_configuration": configuration}),
            "",
        );
        let choices = platform
            .choices
            .iter()
            .filter(|it| it.key.starts_with("server."));
        let told: String = choices
            .map(|it| format!("{}: {} ({}): {}\n", it.key, it.value, it.source, it.reason))
            .collect();
        insta::assert_snapshot!(told, @r"
        server.bind: 0.0.0.0:$PORT, not '127.0.0.1:5000' (gunicorn.conf.py:1): the platform chooses the port, and reaches the container from outside
        server.workers: $WEB_CONCURRENCY, not cpu_count() * 2 + 1 (gunicorn.conf.py:2): the host's processors are not the plan's, and each process takes memory and connections
        server.timeout: 230, not 600 (gunicorn.conf.py:4): App Service's front end gives up after 230 seconds, and a worker that goes on works for nobody
        server.preload_app: False, not True (gunicorn.conf.py:6): threads and connections that are opened before the fork are dead after it: telemetry, tokens of the identity, pools
        server.worker_class: gthread, not 'uvicorn.workers.UvicornWorker' (gunicorn.conf.py:7): it does not speak the interface of the application
        server.configuration: gunicorn.conf.py, with its threads, graceful_timeout, post_fork (gunicorn.conf.py:1): the project's own, over Taxiway's defaults and below what the platform decides
        ");
        let warned: Vec<_> = platform
            .warnings
            .iter()
            .map(|it| it.message.split(' ').next().unwrap())
            .collect();
        assert_eq!(warned, ["`timeout", "`preload_app", "`worker_class"]);
        assert_eq!(platform.environments[0].workers.threads, 8);
    }

    #[test]
    fn what_no_platform_can_be_given_to_is_refused_with_its_place() {
        insta::assert_snapshot!(refused(&serde_json::json!({"framework": {"name": "streamlit"}}), ""), @r"
        framework-not-supported: this is an application of Streamlit (requirements.txt:1), which is its own server and keeps what each visitor did in the memory of one process: neither several workers nor a swap without lost sessions is possible
          supported are Django, FastAPI, Flask, Starlette, Litestar, Quart, Sanic, aiohttp, Pyramid and Dash; `taxiway detect` works for it all the same
        ");
        insta::assert_snapshot!(refused(&serde_json::json!({"database": {"engine": "mysql"}}), ""), @r#"
        database-not-supported: this project needs MySQL (shop/settings.py:9); only PostgreSQL is supported so far
          let its settings use PostgreSQL where DATABASE_URL is set; where they take whatever they are given: [app] database = "postgresql"
        "#);
        insta::assert_snapshot!(refused(&serde_json::json!({"database": {"engine": "mongodb"}}), "[app]\ndatabase = \"postgresql\"\n"), @r"
        database-not-supported: this project needs MongoDB (shop/settings.py:9); only PostgreSQL is supported so far
          let its settings use PostgreSQL where DATABASE_URL is set
        ");
        insta::assert_snapshot!(refused(&serde_json::json!({"database": {"engine": "postgis"}}), ""), @r"
        database-not-supported: this project needs PostGIS (shop/settings.py:9): the libraries GDAL, GEOS and PROJ, which App Service's built-in Python image does not have
          it needs a container image with them; that is not supported yet
        ");
        insta::assert_snapshot!(refused(&serde_json::json!({"python": {"constraint": "<3.11", "declarations": [{"value": "<3.11", "strength": "constraint", "place": "pyproject.toml:4"}]}}), ""), @r"
        python-not-offered: this project needs Python <3.11 (pyproject.toml:4), and App Service offers 3.11, 3.12, 3.13, 3.14
          let it run on one of these, and widen the constraint
        ");
        insta::assert_snapshot!(refused(&serde_json::json!({"entrypoint": null, "settings_module": null}), ""), @r"
        entrypoint-missing: no WSGI or ASGI application was found in this service
          Django makes one: PROJECT/wsgi.py with `application = get_wsgi_application()`
        settings-missing: no settings module of Django was found in this service
          manage.py or wsgi.py usually names it in DJANGO_SETTINGS_MODULE
        ");
    }

    /// Code that takes any address may name another database for its developers.
    #[test]
    fn whoever_says_postgresql_gets_it() {
        let app = serde_json::json!({"database": {"engine": "mysql"}});
        let platform = decided(&app, "[app]\ndatabase = \"postgresql\"\n");
        let choice = platform
            .choices
            .iter()
            .find(|it| it.key == "database")
            .unwrap();
        assert_eq!(
            (choice.value.as_str(), choice.source.to_string().as_str()),
            ("PostgreSQL", "taxiway.toml:2")
        );
        let warning = &platform.warnings[0];
        insta::assert_snapshot!(warning.message, @"the code names MySQL (shop/settings.py:9), and gets PostgreSQL, as taxiway.toml says");
    }

    #[test]
    fn a_service_that_must_be_there_is_refused_unless_its_address_is_configured() {
        let search = serde_json::json!({"backing": [
            {"kind": "elasticsearch", "required": true, "env": ["SEARCH_URL"], "places": ["shop/settings.py:30"]},
            {"kind": "memcached", "required": false}
        ]});
        insta::assert_snapshot!(refused(&search, ""), @r#"
        backing-service-missing: this project needs elasticsearch (shop/settings.py:30), which the platform does not provide yet
          if you run one, say where in taxiway.toml: [app] secrets = ["SEARCH_URL"], or without a password [variables] SEARCH_URL = "…"
        "#);
        insta::assert_snapshot!(refused(&search, "[app]\nsecrets = [\"SEARCH_URL\"]\n"), @"nothing is refused");
        insta::assert_snapshot!(refused(&search, "[variables]\nSEARCH_URL = \"https://search.example\"\n"), @"nothing is refused");
        // Nothing could tell such an app where it is.
        let fixed = serde_json::json!({"backing": [{"kind": "redis", "required": true, "places": ["shop/settings.py:30"]}]});
        insta::assert_snapshot!(refused(&fixed, ""), @r"
        backing-service-missing: this project needs redis (shop/settings.py:30), which the platform does not provide yet
          its address is fixed in the code; read it from a variable
        ");
    }

    #[test]
    fn redis_is_given_in_azure_and_asked_for_locally() {
        let redis = serde_json::json!({
            "backing": [{"kind": "redis", "required": true, "env": ["REDIS_URL"], "places": ["shop/settings.py:30"]}],
            "env": [{"name": "REDIS_URL", "required": true, "secret": true, "places": ["shop/settings.py:30"]}]
        });
        let state = |config: &str| -> Vec<String> {
            let platform = decided(&redis, config);
            let lines = platform.environments.iter().map(|environment| {
                let missing: Vec<&str> = environment
                    .missing
                    .iter()
                    .map(|it| it.help.as_str())
                    .collect();
                let cache = environment
                    .cache
                    .as_ref()
                    .map_or("none", |cache| &cache.sku);
                format!("{}: {cache} {}", environment.name, missing.join(""))
            });
            lines.collect()
        };
        insta::assert_snapshot!(state("[environments.production]\n").join("\n"), @r#"
        local: none the local cloud has no Redis; run one and say where in taxiway.toml: [environments.local.variables] REDIS_URL = "redis://localhost:6379/0"
        production: Balanced_B0 
        "#);
        insta::assert_snapshot!(state("[environments.local.variables]\nREDIS_URL = \"redis://localhost\"\n[environments.production]\ncache = \"none\"\n").join("\n"), @r#"
        local: none 
        production: none in taxiway.toml: [environments.production] cache = "redis"
        "#);
    }

    #[test]
    fn what_contradicts_itself_is_refused() {
        let empty = serde_json::json!({});
        insta::assert_snapshot!(refused(&empty, "[environments.local]\nnetwork = \"private\"\nstorage = true\n[environments.local.database]\nkind = \"external\"\n"), @r#"
        not-in-the-local-cloud: the local cloud has no such resource: `network` (taxiway.toml:2)
          leave `network` out of [environments.local]
        not-in-the-local-cloud: the local cloud has no such resource: `storage` (taxiway.toml:3)
          leave `storage` out of [environments.local]
        external-database-locally: the local environment has a database of its own, and `kind = "external"` (taxiway.toml:5) asks for another
          leave it out of [environments.local.database]
        "#);
        insta::assert_snapshot!(refused(&empty, "[app]\ndata-residency = [\"westeurope\"]\n[environments.staging]\nregion = \"eastus\"\nzone-redundant = true\nvpn = true\n[environments.production]\nregion = \"westeurope\"\nsize = \"dev\"\n[environments.production.database]\nstandby = true\ngeo-redundant-backup = true\n"), @r#"
        region-against-residency: environment `staging` is in eastus, and data may be in westeurope only (taxiway.toml:2)
          choose one of them: [environments.staging] region = "westeurope"
        vpn-without-private-network: `vpn = true` (taxiway.toml:6) leads into a private network, and this one is public
          [environments.staging] network = "internal"
        zones-without-instances: `zone-redundant` (taxiway.toml:5) needs two instances, and size = "dev" has one
          [environments.staging] size = "small"
        standby-of-burstable: `standby = true` (taxiway.toml:11): a burstable server has no high availability
          [environments.production] size = "small" at least
        backup-against-residency: `geo-redundant-backup = true` (taxiway.toml:12) copies the data to northeurope, and it may be in westeurope only
          leave it out, or add that region to data-residency
        "#);
        insta::assert_snapshot!(refused(&empty, "[environments.production]\nmost-instances = 1\nnetwork = \"private\"\nallowed-addresses = [\"203.0.113.7\"]\n"), @r#"
        allowed-addresses-in-private-network: `allowed-addresses` (taxiway.toml:4) open a public door, and in a private network there is none
          leave them out
        fewer-than-least: `most-instances = 1` (taxiway.toml:2) is below the 2 that size = "small" starts with
          it is 2 at least
        "#);
    }

    /// What is not asked for is as a careful person would choose it.
    #[test]
    fn data_stays_where_it_may_be() {
        let empty = serde_json::json!({});
        let platform = decided(
            &empty,
            "[app]\ndata-residency = [\"westeurope\"]\n[environments.production]\nregion = \"westeurope\"\n",
        );
        let production = platform.environment("production").unwrap();
        assert!(!production.database.geo_redundant_backup);
        assert!(production.is_locked);
        let choice = platform
            .choice("production.database.geo-redundant-backup")
            .unwrap();
        assert_eq!(choice.reason, "data may not go to northeurope");
    }

    /// Azure's own samples read what its Service Connector would set.
    #[test]
    fn an_address_is_given_in_the_form_that_its_variable_asks_for() {
        let names = [
            "AZURE_POSTGRESQL_CONNECTIONSTRING",
            "DB_CONNECTION_STRING",
            "PGHOST",
        ];
        let variables =
            names.map(|name| serde_json::json!({"name": name, "required": false, "secret": true, "places": ["shop/db.py:1"]}));
        let changes = serde_json::json!({"env": variables, "database": {"engine": "postgresql", "env": names}});
        let platform = decided(&changes, "");
        let supplies = platform
            .service
            .variables
            .iter()
            .map(|it| format!("{:?}", it.supply));
        insta::assert_snapshot!(supplies.collect::<Vec<_>>().join("\n"), @r"
        Database { part: Keywords }
        Database { part: Url }
        Database { part: Host }
        ");
    }

    #[test]
    fn one_service_is_chosen() {
        let mut two = app(&serde_json::json!({}));
        let mut other = two.services[0].clone();
        other.root = "api".into();
        other.app_dir = "api".into();
        two.services.push(other);
        insta::assert_snapshot!(refusal(&two, ""), @r#"
        several-services: this repository holds several web services: ., api
          choose the main one in taxiway.toml: [app] root = "…". It is the only one that is deployed, unless each of the others that should be gets a table too: [services.NAME] root = "…"
        "#);
        insta::assert_snapshot!(refusal(&two, "[app]\nroot = \"api/\"\n"), @"nothing is refused");
        insta::assert_snapshot!(refusal(&two, "[app]\nroot = \"web\"\n"), @r"
        no-service: there is no web service in `web` (taxiway.toml:2)
          services are in: ., api
        ");
    }

    #[test]
    fn what_is_missing_is_said_per_environment() {
        let changes = serde_json::json!({"env": [
            {"name": "PAYMENT_KEY", "required": true, "secret": true, "places": ["shop/settings.py:5"]},
            {"name": "EMAIL_HOST", "required": true, "secret": false, "places": ["shop/settings.py:6"]},
            {"name": "THEME", "required": false, "default": "dark", "secret": false}
        ]});
        let platform = decided(
            &changes,
            "[environments.production]\n[environments.production.variables]\nEMAIL_HOST = \"smtp\"\n",
        );
        let missing: Vec<String> = platform
            .environments
            .iter()
            .flat_map(|environment| {
                environment.missing.iter().map(|missing| {
                    format!("{}: {}: {}", environment.name, missing.name, missing.help)
                })
            })
            .collect();
        insta::assert_snapshot!(missing.join("\n"), @r#"
        local: EMAIL_HOST: in taxiway.toml: [variables] EMAIL_HOST = "…"
        local: PAYMENT_KEY: in taxiway.toml: [app] secrets = ["PAYMENT_KEY"]; its value goes into the variable PAYMENT_KEY where taxiway runs
        production: PAYMENT_KEY: in taxiway.toml: [app] secrets = ["PAYMENT_KEY"]; its value goes into the variable PAYMENT_KEY where taxiway runs
        "#);
    }

    #[test]
    fn configured_values_are_taken_and_said_to_be() {
        let platform = decided(
            &serde_json::json!({}),
            "[environments.production]\nsize = \"large\"\npython = \"3.13\"\n[environments.production.database]\nsku = \"Standard_E4ds_v5\"\nversion = \"17\"\n",
        );
        let production = platform.environment("production").unwrap();
        assert_eq!(production.plan.sku, "P2v3");
        assert_eq!(production.database.tier, "MemoryOptimized");
        assert_eq!(production.python.version, "3.13");
        let sku = platform.choice("production.database.sku").unwrap();
        assert_eq!(sku.source.to_string(), "taxiway.toml:5");
        let against = serde_json::json!({"python": {"constraint": ">=3.12"}});
        insta::assert_snapshot!(refused(&against, "[environments.production]\npython = \"3.11\"\n"), @r#"
        python-against-constraint: `python = "3.11"` (taxiway.toml:2) is not among the versions that the project accepts: >=3.12
          3.13 would do
        "#);
    }

    #[test]
    fn a_credential_in_the_open_is_warned_about() {
        let changes =
            serde_json::json!({"env": [{"name": "PAYMENT_KEY", "required": true, "secret": true}]});
        let platform = decided(&changes, "[variables]\nPAYMENT_KEY = \"abc\"\n");
        let warnings: Vec<_> = platform
            .warnings
            .iter()
            .map(|warning| warning.message.as_str())
            .collect();
        assert_eq!(
            warnings,
            ["PAYMENT_KEY looks like a credential, and stands in the open (taxiway.toml:2)"]
        );
    }

    #[test]
    fn workers_follow_the_plan_and_fit_the_database() {
        let nothing = serde_json::json!({});
        let asgi = serde_json::json!({
            "framework": {"name": "fastapi"}, "interface": "asgi", "entrypoint": "shop.main:app", "settings_module": null,
            "database": {"engine": "postgresql", "env": ["DATABASE_URL"]}
        });
        let shown = |changes: &serde_json::Value, config: &str| {
            let platform = decided(changes, config);
            let choice = platform.choice("production.workers").unwrap();
            let mut text = format!("{}: {}\n", choice.value, choice.reason);
            for warning in &platform.warnings {
                text.extend(["warning: ", &warning.message, "\n"]);
            }
            text
        };
        insta::assert_snapshot!(shown(&nothing, "[environments.production]\nsize = \"large\"\n"), @"9 of gthread, 4 threads each: P2v3 has 4 vCPU and 16 GB: twice that and one; 9 workers × 5 connections × 10 instances × 2 (site and slot) = 900 of 3422");
        // Two of them would open 64.
        insta::assert_snapshot!(shown(&asgi, "[environments.production]\nsize = \"dev\"\n"), @"1 of uvicorn: P0v3 has 1 vCPU and 4 GB: two, so that one may start anew while the other serves, and no more than the database takes, which 2 are not; 1 worker × 16 connections × 1 instance × 2 (site and slot) = 32 of 35");
        insta::assert_snapshot!(shown(&asgi, "[environments.production]\nsize = \"dev\"\nvariables = { WEB_CONCURRENCY = 3 }\n"), @r"
        3 of uvicorn: configured; 3 workers × 16 connections × 1 instance × 2 (site and slot) = 96 of 35
        warning: environment `production` may open more connections than its database takes (taxiway.toml:3): 3 workers × 16 connections × 1 instance × 2 (site and slot) = 96 of 35
        ");
        insta::assert_snapshot!(refused(&nothing, "[environments.production]\nsize = \"dev\"\n[variables]\nWEB_CONCURRENCY = 4\n"), @r#"
        too-many-connections: environment `production` may open more connections than its database takes (taxiway.toml:4): 4 workers × 5 connections × 1 instance × 2 (site and slot) = 40 of 35
          take fewer workers, or a larger database: [environments.production.database] sku = "…"
        "#);
        insta::assert_snapshot!(refused(&nothing, "[variables]\nWEB_CONCURRENCY = \"many\"\n"), @r#"
        workers-not-a-number: `WEB_CONCURRENCY = "many"` (taxiway.toml:2) is no number from 1 to 1000
          leave it out: the plan's processors and memory decide then
        "#);
    }

    #[test]
    fn a_pooler_needs_a_server_that_has_one_and_its_url_a_way_past_it() {
        let config = "[environments.test.database]\npooler = true\n[environments.local.database]\npooler = true\n";
        insta::assert_snapshot!(refused(&serde_json::json!({}), config), @r#"
        not-in-the-local-cloud: the local cloud has no such resource: `pooler` (taxiway.toml:4)
          leave `pooler` out of [environments.local.database]
        pooler-of-burstable: `pooler = true` (taxiway.toml:2): a burstable server has no PgBouncer
          [environments.test] size = "small" at least
        "#);
        let config = "[environments.production.database]\nkind = \"external\"\npooler = true\n";
        let platform = decided(&serde_json::json!({}), config);
        let production = platform.environment("production").unwrap();
        let secrets: Vec<&str> = platform
            .secrets_of(production)
            .map(|secret| secret.name.as_str())
            .collect();
        assert_eq!(
            secrets,
            ["django-secret-key", "database-url", "database-direct-url"]
        );
    }

    #[test]
    fn an_app_that_cannot_be_given_tokens_has_a_password() {
        let flask = |packages: &[&str]| {
            let packages: Vec<serde_json::Value> = packages
                .iter()
                .map(|name| serde_json::json!({"name": name, "specifier": "", "place": "requirements.txt:1"}))
                .collect();
            serde_json::json!({
                "framework": {"name": "flask", "version": "3.1"},
                "entrypoint": "shop:app", "settings_module": null,
                "database": {"engine": "postgresql", "env": ["DATABASE_URL"]},
                "dependencies": {"manager": "pip", "manifests": ["requirements.txt"], "distributions": packages},
            })
        };
        let sign_in = |packages: &[&str]| {
            let platform = decided(&flask(packages), "");
            platform
                .choice("local.database.sign-in")
                .unwrap()
                .value
                .clone()
        };
        assert_eq!(sign_in(&["sqlalchemy"]), "identity");
        assert_eq!(sign_in(&["psycopg"]), "password");
        let config = "[environments.production.database]\nsign-in = \"identity\"\n";
        insta::assert_snapshot!(refused(&flask(&["psycopg"]), config), @r#"
        identity-sign-in-not-possible: `sign-in = "identity"` (taxiway.toml:2): only Django and SQLAlchemy can be given a new token for each connection, and neither opens this app's
          leave it out
        "#);
    }

    /// What is decided about processes beside the web process, and what is warned of.
    fn background(changes: &serde_json::Value, config: &str) -> String {
        let platform = decided(changes, config);
        let mut text: String = platform
            .background
            .iter()
            .map(|process| {
                let single = if process.is_single { ", single" } else { "" };
                format!(
                    "{}: {} ({} connections{single})\n",
                    process.name,
                    process.command_line(),
                    process.connections
                )
            })
            .collect();
        for warning in &platform.warnings {
            text.extend([&*warning.message, "\n"]);
        }
        text
    }

    #[test]
    fn processes_run_as_the_project_runs_them_or_as_their_tool_is_usually_run() {
        let processes = serde_json::json!({"installed_apps": ["django_q"], "processes": [
            {"kind": "worker", "tool": "celery", "app": "shop", "command": "celery -A shop worker -c 4 -Q mail", "places": ["Procfile:2"]},
            {"kind": "scheduler", "tool": "celery-beat", "app": "shop", "command": "celery -A shop worker -B", "places": ["Procfile:3"]},
            {"kind": "monitor", "tool": "flower", "places": ["Procfile:4"]},
            {"kind": "worker", "tool": "rq", "command": "python src/manage.py rqworker high $QUEUES", "places": ["Procfile:5"]},
            {"kind": "scheduler", "tool": "rq", "command": "rqscheduler", "places": ["Procfile:6"]},
            {"kind": "worker", "tool": "dramatiq", "places": ["shop/tasks.py:1"]},
            {"kind": "worker", "tool": "django-q", "places": ["requirements.txt:3"]},
            {"kind": "worker", "tool": "custom", "command": "python src/manage.py send_mails", "places": ["Procfile:7"]},
            {"kind": "worker", "tool": "arq", "app": "shop.jobs.WorkerSettings", "places": ["shop/jobs.py:9"]},
            {"kind": "worker", "tool": "saq", "command": "start-worker saq shop.jobs", "places": ["Procfile:8"]},
        ]});
        insta::assert_snapshot!(background(&processes, ""), @"
        celery: celery -A shop worker -c 4 -Q mail (5 connections)
        celery-beat: celery -A shop beat --loglevel INFO --schedule /tmp/celerybeat-schedule (1 connections, single)
        rq: python manage.py rqworker default (5 connections)
        rq-scheduler: rqscheduler (1 connections, single)
        django-q: python manage.py qcluster (5 connections)
        send-mails: python manage.py send_mails (5 connections)
        arq: arq shop.jobs.WorkerSettings (5 connections)
        flower (Procfile:4) is not run: it shows a page of its own, and beside the web process nothing is reached from outside
        the dramatiq process (shop/tasks.py:1) is not run: how it is started can't be told, or takes a shell
        the saq process (Procfile:8) is not run: how it is started can't be told, or takes a shell
        ");
        let config = "[background.rq]\nrun = false\n[background.dramatiq]\ncommand = \"dramatiq shop.tasks\"\n\
            [background.celery]\nsingle = true\n[background.sweep]\ncommand = \"python manage.py sweep --forever\"\nsingle = true\n\
            [background.flower]\nrun = false\n[environments.test]\nbackground = false\n";
        insta::assert_snapshot!(background(&processes, config), @"
        celery: celery -A shop worker -c 4 -Q mail (5 connections, single)
        celery-beat: celery -A shop beat --loglevel INFO --schedule /tmp/celerybeat-schedule (1 connections, single)
        rq-scheduler: rqscheduler (1 connections, single)
        dramatiq: dramatiq shop.tasks (5 connections)
        django-q: python manage.py qcluster (5 connections)
        send-mails: python manage.py send_mails (5 connections)
        arq: arq shop.jobs.WorkerSettings (5 connections)
        sweep: python manage.py sweep --forever (5 connections, single)
        the saq process (Procfile:8) is not run: how it is started can't be told, or takes a shell
        ");
        let platform = decided(&processes, config);
        let runs: Vec<bool> = platform
            .environments
            .iter()
            .map(|it| it.runs_background)
            .collect();
        assert_eq!(runs, [true, false]);
        let test = &platform.environment("test").unwrap().workers;
        assert_eq!(test.background, 0, "what does not run opens no connections");
        insta::assert_snapshot!(refused(&processes, "[background.swep]\nsingle = true\n"), @r#"
        background-without-command: no process `swep` was found in the repository (taxiway.toml:2), and nothing says how it is started
          [background.swep] command = "…"; `taxiway detect` shows the processes that were found
        "#);
        let container = "[app]\nhosting = \"container\"\n";
        let one = serde_json::json!({"processes": [{"kind": "worker", "tool": "celery", "app": "shop", "places": ["Procfile:2"]}]});
        insta::assert_snapshot!(background(&one, container), @r#"
        celery: celery -A shop worker --loglevel INFO --concurrency 2 (3 connections)
        `hosting = "container"` (taxiway.toml:2): registry and site are written, but no command builds and rolls out images yet
        with `hosting = "container"` the process `celery` (Procfile:2) runs in the local cloud only: a site that serves an image has no WebJobs, which are a part of published code
        "#);
    }

    #[test]
    fn an_app_has_no_database_where_nothing_opens_one_or_somebody_says_so() {
        let flask = serde_json::json!({
            "framework": {"name": "flask", "version": "3.1"},
            "entrypoint": "shop:app", "settings_module": null,
        });
        let platform = decided(&flask, "[environments.production]\n");
        assert!(!platform.service.has_database);
        let choice = platform.choice("database").unwrap();
        assert_eq!(choice.value, "none");
        assert_eq!(platform.secrets, [], "it reads no key to sign with");
        let workers = &platform.environment("production").unwrap().workers;
        assert_eq!(workers.total(), 0);
        let mut keyed = flask.clone();
        keyed["env"] = serde_json::json!([{"name": "FLASK_SECRET_KEY", "required": true, "secret": true, "places": ["shop.py:3"]}]);
        let platform = decided(&keyed, "");
        let key = &platform.secrets[0];
        assert_eq!(
            (key.name.as_str(), key.setting.as_deref()),
            ("signing-key", Some("FLASK_SECRET_KEY"))
        );
        let platform = decided(&flask, "[app]\ndatabase = \"postgresql\"\n");
        assert!(platform.service.has_database);

        let none = "[app]\ndatabase = \"none\"\n";
        let mysql = serde_json::json!({"database": {"engine": "mysql", "env": ["DB_HOST"]}});
        let platform = decided(&mysql, none);
        let secrets: Vec<&str> = platform.secrets.iter().map(|it| it.name.as_str()).collect();
        assert_eq!(secrets, ["django-secret-key"]);
        insta::assert_snapshot!(
            platform.warnings[0].message,
            @"without a database, pages that use Django's users, sessions or admin fail"
        );
        let config = format!("{none}[environments.production.database]\nversion = \"17\"\n");
        insta::assert_snapshot!(refused(&mysql, &config), @r#"
        settings-of-no-database: [environments.production.database] says how the database is, and the app has none
          leave the table out, or [app] database = "postgresql"
        "#);
    }

    #[test]
    fn host_names_are_bound_when_their_records_are_there_and_a_certificate_can_be_issued() {
        let empty = serde_json::json!({});
        let config = "[environments.production]\ndomains = [\"Shop.example.org\"]\n";
        let platform = decided(&empty, config);
        insta::assert_snapshot!(platform.choice("production.domains").unwrap().reason, @"the app answers to them, and they are not bound yet. Records to set: CNAME (at the top of a zone: A) shop.example.org to the site's own name, TXT asuid.shop.example.org with the verification id; `taxiway up production` shows both values. Then [environments.production] bind-domains = true");
        assert!(!platform.environment("production").unwrap().binds_domains);
        let platform = decided(&empty, &format!("{config}bind-domains = true\n"));
        insta::assert_snapshot!(platform.choice("production.domains").unwrap().reason, @"bound to the site, each with a certificate that App Service renews; ALLOWED_HOSTS and CSRF_TRUSTED_ORIGINS have them");
        assert!(platform.environment("production").unwrap().binds_domains);
        let config = "[environments.local]\nbind-domains = true\n\
            [environments.production]\nbind-domains = true\nnetwork = \"internal\"\n\
            domains = [\"a-name-that-is-longer-than-a-certificate-can-name.of-a-shop.example.org\", \"x.trafficmanager.net\"]\n";
        insta::assert_snapshot!(refused(&empty, config), @r#"
        not-in-the-local-cloud: the local cloud binds no host names: `bind-domains` (taxiway.toml:2)
          leave `bind-domains` out of [environments.local]
        managed-certificate-of-internal-site: `bind-domains = true` (taxiway.toml:4) asks for certificates that App Service manages, and whoever issues them has to reach the site, which `network = "internal"` (taxiway.toml:5) closes
          leave it out, and bind a certificate of your own by hand; the app answers to the names all the same
        no-managed-certificate: `a-name-that-is-longer-than-a-certificate-can-name.of-a-shop.example.org` (taxiway.toml:6) can't get a certificate that App Service manages: it has 71 characters, and a certificate names 64 at most
          take it out of `domains`, or `bind-domains` out
        no-managed-certificate: `x.trafficmanager.net` (taxiway.toml:6) can't get a certificate that App Service manages: it belongs to Azure
          take it out of `domains`, or `bind-domains` out
        "#);
    }

    #[test]
    fn off_hours_stop_a_server_that_nobody_uses_and_nothing_else() {
        let empty = serde_json::json!({});
        let config = "[environments.test.off-hours]\nfrom = \"19:00\"\nuntil = \"05:30\"\n";
        let github = "[delivery]\npipeline = \"github\"\n";
        let platform = decided(&empty, &format!("{config}{github}"));
        let choice = platform.choice("test.off-hours").unwrap();
        insta::assert_snapshot!(format!("{} | {}", choice.value, choice.reason), @"stopped at 19:00 UTC, started at 05:30 UTC from Monday to Friday | the workflow off-hours-test.yml does it. No compute of Standard_B1ms is paid meanwhile, its storage is. The plan P0v3 stays: a stopped site costs the same, and tiers that cost next to nothing have no slots. A rollout needs the server: start it before, by hand, with that workflow");
        insta::assert_snapshot!(refused(&empty, config), @r#"
        off-hours-without-a-pipeline: [environments.test.off-hours] (taxiway.toml:2): a workflow of GitHub stops and starts the server, and none are written
          [delivery] pipeline = "github"
        "#);
        let everywhere = ["local", "production", "hosted"].map(|name| {
            format!("[environments.{name}.off-hours]\nfrom = \"19:00\"\nuntil = \"05:30\"\n")
        });
        let config = format!(
            "{}{github}[environments.hosted.database]\nkind = \"external\"\n[environments.test.off-hours]\nfrom = \"19:00\"\nuntil = \"19:00\"\n",
            everywhere.concat()
        );
        insta::assert_snapshot!(refused(&empty, &config), @r#"
        no-off-hours: [environments.local.off-hours] (taxiway.toml:2): this machine costs nothing
          leave the table out
        no-off-hours: [environments.production.off-hours] (taxiway.toml:5): production is used at all hours
          leave the table out
        no-off-hours: [environments.hosted.off-hours] (taxiway.toml:8): there is no database server of its own to stop, and nothing else stops to cost
          leave the table out
        no-off-hours: [environments.test.off-hours] (taxiway.toml:15) ends when it begins
          from = "19:00" and until = "05:00", for example; both are in UTC
        "#);
    }
}
