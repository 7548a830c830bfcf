//! Process managers and platforms: who starts what, with which variables and ports.

use camino::Utf8Path;
use taxiway_diagnostics::Place;

use super::command::{Command, Origin, parse};
use super::survey::{Survey, Variable};
use super::yaml;
use crate::manifest::line_of;
use crate::repository::{Repository, at_line};

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
        let Some(text) = repository.text(file) else {
            return;
        };
        let name = file.file_name().unwrap_or_default();
        if name.ends_with(".toml") {
            let Ok(table) = text.parse::<toml::Table>() else {
                return;
            };
            walk_toml(
                &mut vec![],
                &toml::Value::Table(table),
                &mut |path, value| {
                    let line = line_of(&text, value);
                    let key = path.last().map_or("", String::as_str);
                    let group = path
                        .len()
                        .checked_sub(2)
                        .and_then(|at| path.get(at))
                        .map_or("", String::as_str);
                    if matches!(group, "env" | "variables" | "build_env") {
                        self.variables.push(Variable {
                            name: key.to_owned(),
                            value: value.to_owned(),
                            origin: Origin::Platform,
                            place: at_line(file, line),
                        });
                    } else if COMMANDS.contains(&key) || group == "processes" {
                        self.commands
                            .extend(parse(value, Origin::Platform, Some(key), file, line));
                    } else if key == "internal_port" {
                        self.ports
                            .push((value.to_owned(), Origin::Platform, at_line(file, line)));
                    }
                },
            );
            return;
        }
        if name.ends_with(".bicep") {
            for (number, line) in text.lines().enumerate() {
                if let Some((_, value)) = line.split_once("appCommandLine:") {
                    let value = value.trim().trim_matches('\'');
                    self.commands
                        .extend(parse(value, Origin::Platform, Some("web"), file, number));
                }
            }
            return;
        }
        let Some(node) = yaml::parse(&text) else {
            return;
        };
        let mut environment: Vec<(String, String, usize)> = Vec::new();
        let mut key_of_pair: Option<(String, usize)> = None;
        node.walk(&mut |key, value| {
            let Some(text) = value.text() else {
                for (name, inner) in value.entries() {
                    if matches!(key, "env" | "env_variables" | "environment" | "config")
                        && let Some(text) = inner.text()
                    {
                        environment.push((name.clone(), text.to_owned(), inner.line));
                    }
                }
                return;
            };
            match key {
                "key" | "name" => key_of_pair = Some((text.to_owned(), value.line)),
                "value" => {
                    if let Some((name, line)) = key_of_pair.take() {
                        environment.push((name, text.to_owned(), line));
                    }
                }
                "http_port" | "internal_port" | "containerPort" => {
                    self.ports
                        .push((text.to_owned(), Origin::Platform, at_line(file, value.line)));
                }
                "healthCheckPath" | "http_path" | "health_check_path" => {
                    self.health
                        .push((text.to_owned(), at_line(file, value.line)));
                }
                key if COMMANDS.contains(&key) => {
                    self.commands.extend(parse(
                        text,
                        Origin::Platform,
                        Some(key),
                        file,
                        value.line,
                    ));
                }
                _ => {}
            }
        });
        for (name, value, line) in environment {
            self.variables.push(Variable {
                name,
                value,
                origin: Origin::Platform,
                place: at_line(file, line),
            });
        }
    }
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
