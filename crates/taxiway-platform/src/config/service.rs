//! The tables `[services.NAME]`, and `[environments.ENVIRONMENT.services.NAME]`.

use camino::Utf8PathBuf;
use indexmap::IndexMap;
use toml::de::DeTable;

use super::parse::secret_problem;
use super::reader::{Reader, in_order, to_span};
use super::{ServiceDatabase, ServiceInEnvironment, ServiceSettings, Setting};
use crate::naming;
use crate::suggestion::nearest;

impl Reader {
    pub(super) fn services(&mut self, document: &DeTable<'_>) -> IndexMap<String, ServiceSettings> {
        let mut services = IndexMap::new();
        let Some(tables) = self.table(document, "services") else {
            return services;
        };
        for (name, value) in in_order(tables) {
            let span = to_span(name.span());
            let name = name.get_ref().as_ref();
            if let Some(problem) = naming::service_problem(name) {
                let message = format!("service `{name}` has a name that is {problem}");
                self.error("service-name", span, message);
            }
            let Some(table) = value.get_ref().as_table() else {
                self.wrong_type(value, "a table");
                continue;
            };
            let context = format!("[services.{name}]");
            if table.get("root").is_none() {
                let message = format!("{context} lacks `root`, its folder");
                self.error("missing-key", span, message);
            }
            let settings = self.service(&context, table);
            services.extend(settings.map(|settings| (name.to_owned(), settings)));
        }
        services
    }

    fn service(&mut self, context: &str, table: &DeTable<'_>) -> Option<ServiceSettings> {
        self.keys(
            table,
            context,
            &["root", "database", "secrets", "variables", "background"],
        );
        let root = self.folder(table, "root");
        let database = self.choice(
            table,
            "database",
            [
                ("postgresql", ServiceDatabase::Postgresql),
                ("shared", ServiceDatabase::Shared),
                ("none", ServiceDatabase::None),
            ],
        );
        let secrets = self.texts(table, "secrets", secret_problem);
        let variables = self.variables(table);
        let path = format!("{}.background", context.trim_matches(['[', ']']));
        let background = self.background(table, &path);
        Some(ServiceSettings {
            root: root?,
            database,
            secrets,
            variables,
            background,
        })
    }

    /// What an environment says of the services.
    pub(super) fn services_in(
        &mut self,
        environment: &str,
        table: &DeTable<'_>,
    ) -> IndexMap<String, ServiceInEnvironment> {
        let mut services = IndexMap::new();
        let Some(tables) = self.table(table, "services") else {
            return services;
        };
        for (name, value) in in_order(tables) {
            let place = self.place(to_span(name.span()));
            let name = name.get_ref().as_ref();
            let Some(table) = value.get_ref().as_table() else {
                self.wrong_type(value, "a table");
                continue;
            };
            let context = format!("[environments.{environment}.services.{name}]");
            self.keys(table, &context, &["domains", "bind-domains", "variables"]);
            let settings = ServiceInEnvironment {
                place: Some(place),
                domains: self.domains(table),
                bind_domains: self.switch(table, "bind-domains"),
                variables: self.variables(table),
            };
            services.insert(name.to_owned(), settings);
        }
        services
    }

    /// Complains of environments that speak of services which there are not.
    pub(super) fn only_known(
        &mut self,
        document: &DeTable<'_>,
        services: &IndexMap<String, ServiceSettings>,
    ) {
        let named = document
            .get("services")
            .and_then(|it| it.get_ref().as_table());
        let environments = document
            .get("environments")
            .and_then(|it| it.get_ref().as_table());
        for (environment, value) in environments.into_iter().flat_map(in_order) {
            let table = value.get_ref().as_table();
            let tables = table.and_then(|it| it.get("services")?.get_ref().as_table());
            for (name, _) in tables.into_iter().flat_map(in_order) {
                let span = to_span(name.span());
                let name = name.get_ref().as_ref();
                if named.is_some_and(|named| named.get(name).is_some()) {
                    continue;
                }
                let message = format!(
                    "[environments.{}.services.{name}] is about a service that [services] does not name",
                    environment.get_ref()
                );
                let near = nearest(name, services.keys().map(String::as_str));
                self.error_with_suggestion("unknown-service", span, message, near);
            }
        }
    }

    /// A folder of the repository.
    pub(super) fn folder(
        &mut self,
        table: &DeTable<'_>,
        key: &str,
    ) -> Option<Setting<Utf8PathBuf>> {
        self.text(table, key).map(|folder| Setting {
            value: folder.value.trim_end_matches('/').into(),
            place: folder.place,
        })
    }
}
