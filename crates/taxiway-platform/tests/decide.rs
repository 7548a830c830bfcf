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
    fn what_no_platform_can_be_given_to_is_refused_with_its_place() {
        insta::assert_snapshot!(refused(&serde_json::json!({"framework": {"name": "flask"}}), ""), @r"
        framework-not-supported: this is a flask application (requirements.txt:1); only Django is supported so far
          `taxiway detect` works for it all the same
        ");
        insta::assert_snapshot!(refused(&serde_json::json!({"database": {"engine": "mysql"}}), ""), @r"
        database-not-supported: this project needs MySQL (shop/settings.py:9); only PostgreSQL is supported so far
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

    #[test]
    fn a_service_that_must_be_there_is_refused_unless_its_address_is_configured() {
        let redis = serde_json::json!({"backing": [
            {"kind": "redis", "required": true, "env": ["REDIS_URL"], "places": ["shop/settings.py:30"]},
            {"kind": "memcached", "required": false}
        ]});
        insta::assert_snapshot!(refused(&redis, ""), @r#"
        backing-service-missing: this project needs redis (shop/settings.py:30), which the platform does not provide yet
          if you run one, say where in taxiway.toml: [app] secrets = ["REDIS_URL"], or without a password [variables] REDIS_URL = "…"
        "#);
        insta::assert_snapshot!(refused(&redis, "[app]\nsecrets = [\"REDIS_URL\"]\n"), @"nothing is refused");
        insta::assert_snapshot!(refused(&redis, "[variables]\nREDIS_URL = \"redis://cache.example\"\n"), @"nothing is refused");
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
          choose one in taxiway.toml: [app] root = "…"
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
}
