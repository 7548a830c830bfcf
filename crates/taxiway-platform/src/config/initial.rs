//! The first `taxiway.toml` of a repository.

use taxiway_app::App;

use crate::{naming, regions};

/// The shortest good `taxiway.toml` for a repository: its name, and production in the default region.
pub fn initial_config(app: &App, repository_name: &str) -> String {
    // `web` is what a service is called that has no name of its own.
    let name = match app.services.as_slice() {
        [service] if !matches!(service.name.as_str(), "" | "web") => service.name.as_str(),
        _ => repository_name,
    };
    let mut document = toml::Table::new();
    document.insert("app".to_owned(), table([("name", naming::workload(name))]));
    document.insert(
        "environments".to_owned(),
        toml::Value::Table(toml::Table::from_iter([(
            "production".to_owned(),
            table([("region", regions::DEFAULT_REGION.to_owned())]),
        )])),
    );
    document.to_string()
}

fn table<const N: usize>(entries: [(&str, String); N]) -> toml::Value {
    let entries = entries
        .into_iter()
        .map(|(key, value)| (key.to_owned(), toml::Value::String(value)));
    toml::Value::Table(entries.collect())
}

#[cfg(test)]
mod tests {
    use taxiway_app::{Kind, Service};

    use super::*;
    use crate::Config;

    #[test]
    fn it_is_short_and_reads_back() {
        let mut app = App::new(Kind::App);
        app.services.push(Service {
            name: "My Shop".to_owned(),
            ..Service::default()
        });
        let text = initial_config(&app, "repository");
        insta::assert_snapshot!(text, @r#"
        [app]
        name = "my-shop"

        [environments.production]
        region = "swedencentral"
        "#);
        let config = Config::parse(&text).unwrap();
        assert_eq!(config.app.name.unwrap().value, "my-shop");
        assert_eq!(config.environments.len(), 1);
    }
}
