//! The records that a person sets so that an environment's own host names lead to its site.

use serde_json::{Map, Value};
use taxiway_platform::{Environment, EnvironmentKind, WebService};

/// A line for each record and one for what comes after them; none where the names are bound, or there are none.
pub(super) fn records(
    environment: &Environment,
    web: &WebService,
    outputs: &Map<String, Value>,
) -> Vec<String> {
    if environment.kind == EnvironmentKind::Local
        || environment.binds_domains
        || environment.domains.is_empty()
    {
        return Vec::new();
    }
    let text = |what: &str| outputs.get(&web.symbol(what)).and_then(Value::as_str);
    let (Some(host), Some(id)) = (text("siteHostName"), text("domainVerificationId")) else {
        return Vec::new();
    };
    let mut lines = vec![
        String::new(),
        "records to set for the app's own host names (at the top of a zone, A with the address of that name instead of CNAME):"
            .to_owned(),
    ];
    for domain in &environment.domains {
        lines.push(format!("  CNAME  {domain}  {host}"));
        lines.push(format!("  TXT    asuid.{domain}  {id}"));
    }
    let name = &environment.name;
    let table = match &web.name {
        Some(service) => format!("environments.{name}.services.{service}"),
        None => format!("environments.{name}"),
    };
    lines.push(format!(
        "then in taxiway.toml: [{table}] bind-domains = true, and taxiway up {name} binds them with certificates"
    ));
    lines
}

#[cfg(test)]
mod tests {
    use taxiway_platform::{Config, Platform, decide};

    use super::*;

    fn platform(config: &str) -> Platform {
        let app = serde_json::json!({"schema": "taxiway.detect/v1", "kind": "app", "services": [{
            "name": "shop", "root": ".", "app_dir": ".", "framework": {"name": "flask"},
            "interface": "wsgi", "entrypoint": "shop:app",
            "dependencies": {"manager": "pip", "manifests": ["requirements.txt"]},
        }]});
        let app = serde_json::from_value(app).unwrap();
        decide(&app, &Config::parse(config).unwrap()).unwrap()
    }

    #[test]
    fn each_name_has_its_records_until_it_is_bound() {
        let outputs = serde_json::json!({"siteHostName": "app-shop.azurewebsites.net", "domainVerificationId": "AB12"});
        let records = |config: &str| {
            let platform = platform(config);
            let production = platform.environment("production").unwrap();
            records(production, &platform.service, outputs.as_object().unwrap()).join("\n")
        };
        let config = "[environments.production]\ndomains = [\"Shop.example.org\"]\n";
        insta::assert_snapshot!(records(config), @"

        records to set for the app's own host names (at the top of a zone, A with the address of that name instead of CNAME):
          CNAME  shop.example.org  app-shop.azurewebsites.net
          TXT    asuid.shop.example.org  AB12
        then in taxiway.toml: [environments.production] bind-domains = true, and taxiway up production binds them with certificates
        ");
        assert_eq!(records(&format!("{config}bind-domains = true\n")), "");
    }
}
