//! Process managers and platforms: who starts what, with which variables and ports.

use camino::Utf8Path;
use taxiway_diagnostics::Place;
use taxiway_yaml::Node;

use super::command::{Command, Origin, parse};
use super::survey::{Survey, Variable};
use super::yaml;
use crate::manifest::line_of;
use crate::repository::{Repository, at_line};

/// Keys under which platforms keep commands.
const COMMANDS: [&str; 16] = [
    "run_command",
    "startCommand",
    "start_command",
    "command",
    "entrypoint",
    "web",
    "cmd",
    "app",
    "worker",
    "release_command",
    "preDeployCommand",
    "release",
    "appCommandLine",
    "dockerCommand",
    "start",
    "buildCommand",
];

impl Survey {
    /// supervisord, systemd and uWSGI: `command=`, `ExecStart=`, `module=`.
    pub(super) fn add_supervisor(&mut self, repository: &Repository<'_>, file: &Utf8Path) {
        let Some(text) = repository.text(file) else {
            return;
        };
        let mut section = String::new();
        let mut uwsgi: Vec<String> = vec!["uwsgi".to_owned()];
        let mut uwsgi_line = 0;
        for (number, line) in text.lines().enumerate() {
            let line = line.trim();
            if line.starts_with(['#', ';']) {
                continue;
            }
            if let Some(name) = line
                .strip_prefix('[')
                .and_then(|rest| rest.strip_suffix(']'))
            {
                name.rsplit(':')
                    .next()
                    .unwrap_or(name)
                    .clone_into(&mut section);
                continue;
            }
            let Some((key, value)) = line.split_once('=') else {
                continue;
            };
            let (key, value) = (key.trim(), value.trim());
            let is_uwsgi = section == "uwsgi" || file.as_str().contains("uwsgi");
            match key {
                "command" | "ExecStart" => self.commands.extend(parse(
                    value,
                    Origin::Supervisor,
                    Some(&section),
                    file,
                    number,
                )),
                "attach-daemon" | "attach-daemon2" | "smart-attach-daemon" if is_uwsgi => {
                    let name = Some("attach-daemon");
                    self.commands
                        .extend(parse(value, Origin::Supervisor, name, file, number));
                }
                "environment" | "Environment" | "env" => {
                    for pair in value.trim_matches('"').split(',') {
                        self.add_variable(pair, Origin::Supervisor, at_line(file, number));
                    }
                }
                "module" | "wsgi-file" | "wsgi" | "http" | "http-socket" | "socket"
                | "static-map" | "chdir" | "callable"
                    if is_uwsgi =>
                {
                    if matches!(key, "module" | "wsgi-file" | "wsgi") {
                        uwsgi_line = number;
                    }
                    uwsgi.push(format!("--{key}"));
                    uwsgi.push(value.to_owned());
                }
                _ => {}
            }
        }
        if uwsgi.len() > 1 {
            self.commands.push(Command {
                origin: Origin::Supervisor,
                name: None,
                variables: Vec::new(),
                words: uwsgi,
                folder: None,
                place: at_line(file, uwsgi_line),
            });
        }
    }

    pub(super) fn add_variable(&mut self, pair: &str, origin: Origin, place: Place) {
        if let Some((name, value)) = super::shell::assignment(pair.trim()) {
            self.variables.push(Variable {
                name: name.to_owned(),
                value: super::dockerfile::unquote(value.trim()).to_owned(),
                origin,
                place,
            });
        }
    }

    /// fly.toml, render.yaml, app.yaml, `.do/app.yaml`, railway, nixpacks, heroku.yml, Kubernetes, Azure.
    pub(super) fn add_platform(&mut self, repository: &Repository<'_>, file: &Utf8Path) {
        let Some(text) = repository.text(file) else {
            return;
        };
        let name = file.file_name().unwrap_or_default();
        if name.ends_with(".toml") {
            self.add_toml(text, file);
        } else if name.ends_with(".bicep") {
            for (number, line) in text.lines().enumerate() {
                if let Some((_, value)) = line.split_once("appCommandLine:") {
                    let value = value.trim().trim_matches('\'');
                    self.commands
                        .extend(parse(value, Origin::Platform, Some("web"), file, number));
                }
            }
        } else {
            for node in repository.yaml(file).iter() {
                self.add_yaml(node, file);
                self.add_scheduled(node, false, file);
            }
        }
    }

    /// Jobs that a platform starts by the clock: Kubernetes' `CronJob`, Render's `type: cron`.
    fn add_scheduled(&mut self, node: &Node, is_scheduled: bool, file: &Utf8Path) {
        let is_scheduled = is_scheduled
            || node
                .get("schedule")
                .and_then(Node::text)
                .is_some_and(is_schedule);
        if is_scheduled {
            for key in ["command", "args", "startCommand", "run_command", "run"] {
                if let Some(value) = node.get(key)
                    && let Some(text) = yaml::command(value)
                {
                    let name = Some("cron");
                    self.commands.extend(parse(
                        &text,
                        Origin::Platform,
                        name,
                        file,
                        value.key_line,
                    ));
                }
            }
        }
        for (_, inner) in node.entries() {
            self.add_scheduled(inner, is_scheduled, file);
        }
        for inner in node.items() {
            self.add_scheduled(inner, is_scheduled, file);
        }
    }

    /// The lines of a crontab: five fields, perhaps a user, and a command.
    pub(super) fn add_crontab(&mut self, repository: &Repository<'_>, file: &Utf8Path) {
        let Some(text) = repository.text(file) else {
            return;
        };
        for (number, line) in text.lines().enumerate() {
            let fields: Vec<&str> = line.split_whitespace().collect();
            let Some(schedule) = fields
                .get(..5)
                .filter(|_| !line.trim_start().starts_with('#'))
            else {
                continue;
            };
            if !is_schedule(&schedule.join(" ")) {
                continue;
            }
            let rest = match fields.get(5) {
                Some(&("root" | "www-data" | "app" | "django")) => &fields[6..],
                _ => &fields[5..],
            };
            let name = Some("cron");
            self.commands
                .extend(parse(&rest.join(" "), Origin::Platform, name, file, number));
        }
    }

    fn add_toml(&mut self, text: &str, file: &Utf8Path) {
        let Ok(table) = text.parse::<toml::Table>() else {
            return;
        };
        let table = toml::Value::Table(table);
        walk_toml(&mut vec![], &table, &mut |path, value| {
            let line = line_of(text, value);
            let key = path.last().map_or("", String::as_str);
            let above = path.len().checked_sub(2).and_then(|at| path.get(at));
            let group = above.map_or("", String::as_str);
            if matches!(group, "env" | "variables" | "build_env") {
                self.set(key, value, file, line);
            } else if COMMANDS.contains(&key) || group == "processes" {
                self.commands
                    .extend(parse(value, Origin::Platform, Some(key), file, line));
            } else if key == "internal_port" {
                self.ports
                    .push((value.to_owned(), Origin::Platform, at_line(file, line)));
            }
        });
    }

    fn set(&mut self, name: &str, value: &str, file: &Utf8Path, line: usize) {
        self.variables.push(Variable {
            name: name.to_owned(),
            value: value.to_owned(),
            origin: Origin::Platform,
            place: at_line(file, line),
        });
    }

    fn add_yaml(&mut self, node: &Node, file: &Utf8Path) {
        let mut environment: Vec<(String, String, usize)> = Vec::new();
        let mut key_of_pair: Option<String> = None;
        node.walk(&mut |key, value| {
            let Some(text) = value.text() else {
                // A container of Kubernetes: its command, and the arguments to it.
                if value.get("image").is_some() {
                    let parts = ["command", "args"].map(|key| value.get(key));
                    let words: Vec<String> = parts
                        .into_iter()
                        .flatten()
                        .filter_map(yaml::command)
                        .collect();
                    if let Some(first) = parts.into_iter().flatten().next() {
                        let name = value.get("name").and_then(Node::text).or(Some(key));
                        let origin = Origin::Platform;
                        self.commands.extend(parse(
                            &words.join(" "),
                            origin,
                            name,
                            file,
                            first.key_line,
                        ));
                    }
                }
                if matches!(key, "env" | "env_variables" | "environment" | "config") {
                    let pairs = value.entries().iter().filter_map(|(name, inner)| {
                        Some((name.clone(), inner.text()?.to_owned(), inner.key_line))
                    });
                    environment.extend(pairs);
                }
                return;
            };
            let place = at_line(file, value.key_line);
            match key {
                "key" | "name" => key_of_pair = Some(text.to_owned()),
                "value" => {
                    if let Some(name) = key_of_pair.take() {
                        environment.push((name, text.to_owned(), value.key_line));
                    }
                }
                "http_port" | "internal_port" | "containerPort" => {
                    self.ports.push((text.to_owned(), Origin::Platform, place));
                }
                "healthCheckPath" | "healthcheckPath" | "http_path" | "health_check_path" => {
                    self.health.push((text.to_owned(), place));
                }
                key if COMMANDS.contains(&key) => {
                    let origin = Origin::Platform;
                    self.commands
                        .extend(parse(text, origin, Some(key), file, value.key_line));
                }
                _ => {}
            }
        });
        for (name, value, line) in environment {
            self.set(&name, &value, file, line);
        }
    }
}

/// Whether a text is a schedule of cron: five fields of numbers, stars and the like.
fn is_schedule(text: &str) -> bool {
    let fields: Vec<&str> = text.split_whitespace().collect();
    fields.len() == 5
        && fields.iter().all(|field| {
            field.len() < 40
                && field.chars().all(|character| {
                    character.is_ascii_alphanumeric() || "*,-/?".contains(character)
                })
        })
        && fields
            .iter()
            .take(2)
            .all(|field| field.starts_with(|first: char| first.is_ascii_digit() || first == '*'))
}

fn walk_toml(path: &mut Vec<String>, value: &toml::Value, visit: &mut dyn FnMut(&[String], &str)) {
    match value {
        toml::Value::Table(table) => {
            for (key, value) in table {
                path.push(key.clone());
                walk_toml(path, value, visit);
                path.pop();
            }
        }
        toml::Value::Array(items) => {
            for item in items {
                walk_toml(path, item, visit);
            }
        }
        toml::Value::String(text) => visit(path, text),
        toml::Value::Integer(number) => visit(path, &number.to_string()),
        _ => {}
    }
}
