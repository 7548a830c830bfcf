//! The tables `[background.NAME]`, and those of the same shape below a service.

use indexmap::IndexMap;
use toml::de::DeTable;

use super::BackgroundSettings;
use super::reader::{Reader, in_order, to_span, value_span};
use crate::background;

impl Reader {
    pub(super) fn background(
        &mut self,
        document: &DeTable<'_>,
        path: &str,
    ) -> IndexMap<String, BackgroundSettings> {
        let mut processes = IndexMap::new();
        let Some(tables) = self.table(document, "background") else {
            return processes;
        };
        for (name, value) in in_order(tables) {
            let span = to_span(name.span());
            let name = name.get_ref().as_ref();
            if !background::is_name(name) {
                let message = format!(
                    "`{name}` is no name of a process: lower-case letters, digits and single hyphens between, 32 at most"
                );
                self.error("background-name", span, message);
            }
            let Some(table) = value.get_ref().as_table() else {
                self.wrong_type(value, "a table");
                continue;
            };
            let context = format!("[{path}.{name}]");
            self.keys(table, &context, &["command", "single", "run"]);
            let command = self.text(table, "command");
            if let Some(command) = &command
                && !background::is_plain(&command.value)
            {
                let message = "a shell's quotes, variables and pipes mean nothing here: put them into a script, and name that".to_owned();
                self.error("config-value", value_span(table, "command"), message);
            }
            let settings = BackgroundSettings {
                command,
                single: self.switch(table, "single"),
                run: self.switch(table, "run"),
            };
            processes.insert(name.to_owned(), settings);
        }
        processes
    }
}
