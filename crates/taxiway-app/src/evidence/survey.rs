//! All evidence about one service, in one pass over the names of the files.

use camino::{Utf8Path, Utf8PathBuf};
use taxiway_diagnostics::Place;

use super::command::{Command, Origin, parse};
use super::compose::{ComposeFile, ComposeService};
use super::dockerfile::{Dockerfile, as_shell};
use super::yaml;
use crate::manifest::line_of;
use crate::repository::{Repository, at_line, join};

/// A variable that some file sets.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Variable {
    pub(crate) name: String,
    pub(crate) value: String,
    pub(crate) origin: Origin,
    pub(crate) place: Place,
}

/// What the files around a service say.
#[derive(Debug, Default)]
pub(crate) struct Survey {
    /// Images of this service, the production one first.
    pub(crate) dockerfiles: Vec<Dockerfile>,
    /// Compose files, the main one first.
    pub(crate) compose: Vec<ComposeFile>,
    pub(crate) procfile: Option<Utf8PathBuf>,
    /// What starts something, the most trusted origin first.
    pub(crate) commands: Vec<Command>,
    /// What the production image runs while it is built, and scripts that prepare a deployment.
    pub(crate) build_commands: Vec<Command>,
    pub(crate) variables: Vec<Variable>,
    /// Ports that files name, the most trusted origin first.
    pub(crate) ports: Vec<(String, Origin, Place)>,
    /// Addresses that health checks ask for.
    pub(crate) health: Vec<(String, Place)>,
    /// Continuous integration by name, with a file each.
    pub(crate) integration: Vec<(&'static str, Utf8PathBuf)>,
    /// Commands of continuous integration, Makefiles and the like.
    pub(crate) development: Vec<Command>,
}

impl Survey {
    /// Surveys `root` and what lies above and beside it, except the folders of other services.
    pub(crate) fn new(
        repository: &Repository<'_>,
        root: &Utf8Path,
        others: &[Utf8PathBuf],
    ) -> Self {
        let mut survey = Self::default();
        let is_foreign = |file: &Utf8Path| {
            others.iter().any(|other| {
                !other.as_str().is_empty()
                    && other != root
                    && file.starts_with(other)
                    && !root.starts_with(other)
            })
        };
        for file in repository.files() {
            let depth = file.as_str().matches('/').count();
            if depth > 8 || is_foreign(file) || is_vendored(file) {
                continue;
            }
            survey.add(repository, root, file);
        }
        survey.order(repository, root);
        survey
    }

    fn add(&mut self, repository: &Repository<'_>, root: &Utf8Path, file: &Utf8Path) {
        let name = file.file_name().unwrap_or_default();
        let lower = name.to_lowercase();
        let folder = file.parent().unwrap_or("".into());
        let is_near = folder == root
            || folder.as_str().is_empty()
            || folder.starts_with(root)
            || root.starts_with(folder);
        if let Some(system) = integration_of(file) {
            self.add_integration(repository, system, file);
        } else if is_dockerfile(&lower) {
            if let Some(dockerfile) = Dockerfile::read(repository, file)
                && is_for_python(&dockerfile)
            {
                self.dockerfiles.push(dockerfile);
            }
        } else if is_compose(&lower) && !is_hidden(folder) {
            self.compose.extend(ComposeFile::read(repository, file));
        } else if name == "Procfile" && is_near {
            self.add_procfile(repository, file);
        } else if lower.ends_with(".sh")
            || lower.ends_with(".bash")
            || is_script(repository, file, name)
        {
            self.add_script(repository, file, Origin::Script);
        } else if is_supervisor(&lower, file) {
            self.add_supervisor(repository, file);
        } else if is_platform(&lower, file) {
            self.add_platform(repository, file);
        } else if matches!(
            name,
            "Makefile" | "makefile" | "justfile" | "Justfile" | "tox.ini" | "noxfile.py"
        ) && is_near
        {
            self.add_script(repository, file, Origin::Development);
        } else if lower == "devcontainer.json" || (lower == "package.json" && folder == root) {
            self.add_json_commands(repository, file);
        }
    }

    fn add_integration(
        &mut self,
        repository: &Repository<'_>,
        system: &'static str,
        file: &Utf8Path,
    ) {
        if !self.integration.iter().any(|(known, _)| *known == system) {
            self.integration.push((system, file.to_owned()));
        }
        let Some(node) = repository.text(file).and_then(|text| yaml::parse(&text)) else {
            return;
        };
        let mut found = Vec::new();
        node.walk(&mut |key, value| {
            if matches!(key, "run" | "script" | "command" | "before_script" | "")
                && let Some(text) = value.text()
                && (text.contains(' ') || key == "run")
            {
                found.extend(parse(text, Origin::Development, None, file, value.line));
            }
        });
        self.development.extend(found);
    }

    fn add_procfile(&mut self, repository: &Repository<'_>, file: &Utf8Path) {
        let Some(text) = repository.text(file) else {
            return;
        };
        if self.procfile.is_none() {
            self.procfile = Some(file.to_owned());
        }
        for (number, line) in text.lines().enumerate() {
            if line.trim_start().starts_with('#') {
                continue;
            }
            if let Some((name, command)) = line.split_once(':') {
                let commands = parse(command, Origin::Procfile, Some(name.trim()), file, number);
                self.commands.extend(commands);
            }
        }
    }

    fn add_script(&mut self, repository: &Repository<'_>, file: &Utf8Path, origin: Origin) {
        let Some(text) = repository.text(file).filter(|text| text.len() < 64 << 10) else {
            return;
        };
        let name = file.file_stem().map(str::to_owned);
        let commands = parse(&text, origin, name.as_deref(), file, 0);
        if origin == Origin::Development || is_development_path(file) {
            self.development.extend(commands);
        } else {
            self.commands.extend(commands);
        }
    }

    fn add_json_commands(&mut self, repository: &Repository<'_>, file: &Utf8Path) {
        let Some(text) = repository.text(file) else {
            return;
        };
        for (number, line) in text.lines().enumerate() {
            if let Some((_, value)) = line.split_once("\": \"") {
                let value = value
                    .trim_end_matches([',', '"', ' '])
                    .replace("\\\"", "\"");
                self.development
                    .extend(parse(&value, Origin::Development, None, file, number));
            }
        }
    }

    /// supervisord, systemd and uWSGI: `command=`, `ExecStart=`, `module=`.
    fn add_supervisor(&mut self, repository: &Repository<'_>, file: &Utf8Path) {
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

    fn add_variable(&mut self, pair: &str, origin: Origin, place: Place) {
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
    fn add_platform(&mut self, repository: &Repository<'_>, file: &Utf8Path) {
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

    /// Puts the most trusted first, and takes what images and compose files run.
    fn order(&mut self, repository: &Repository<'_>, root: &Utf8Path) {
        self.dockerfiles
            .sort_by_key(|file| (std::cmp::Reverse(image_rank(file, root)), file.path.clone()));
        self.compose
            .sort_by_key(|file| (compose_rank(&file.path, root), file.path.clone()));
        let dockerfiles = std::mem::take(&mut self.dockerfiles);
        for (index, file) in dockerfiles.iter().enumerate() {
            let is_first = index == 0 && image_rank(file, root) > -50;
            self.add_image(repository, root, file, is_first);
        }
        self.dockerfiles = dockerfiles;
        let compose = std::mem::take(&mut self.compose);
        for file in &compose {
            let is_development = is_development_path(&file.path);
            for service in &file.services {
                self.add_compose(file, service, is_development);
            }
        }
        self.compose = compose;
        self.commands.sort_by_key(|command| command.origin);
        self.variables.sort_by_key(|variable| variable.origin);
        self.ports.sort_by_key(|(_, origin, _)| *origin);
    }

    fn add_image(
        &mut self,
        repository: &Repository<'_>,
        root: &Utf8Path,
        file: &Dockerfile,
        is_first: bool,
    ) {
        let origin = if is_first {
            Origin::Image
        } else {
            Origin::OtherImage
        };
        let mut arguments: Vec<(String, String)> = Vec::new();
        for (name, value, line) in file.variables() {
            arguments.push((name.clone(), value.clone()));
            self.variables.push(Variable {
                name,
                value,
                origin,
                place: at_line(&file.path, line),
            });
        }
        for instruction in file.all("ARG") {
            if let Some((name, value)) = instruction.text.split_once('=') {
                arguments.push((
                    name.trim().to_owned(),
                    super::dockerfile::unquote(value.trim()).to_owned(),
                ));
            }
        }
        for keyword in ["ENTRYPOINT", "CMD"] {
            if let Some(instruction) = file.last(keyword) {
                let text = as_shell(&instruction.text);
                for command in parse(&text, origin, Some("web"), &file.path, instruction.line) {
                    self.add_referenced(repository, root, file, &command, origin);
                    self.commands.push(command);
                }
            }
        }
        for instruction in file.all("EXPOSE") {
            for port in instruction.text.split_whitespace() {
                let port = port.split('/').next().unwrap_or(port).trim_matches('"');
                self.ports.push((
                    port.to_owned(),
                    origin,
                    at_line(&file.path, instruction.line),
                ));
            }
        }
        for instruction in file.all("HEALTHCHECK") {
            self.add_health(&instruction.text, at_line(&file.path, instruction.line));
        }
        if is_first {
            let stages = &file.stages;
            for instruction in stages.iter().flat_map(|stage| &stage.instructions) {
                if instruction.keyword == "RUN" {
                    let mut text = as_shell(&instruction.text);
                    for (name, value) in &arguments {
                        text = text
                            .replace(&format!("${{{name}}}"), value)
                            .replace(&format!("${name}"), value);
                    }
                    let text = text
                        .split_whitespace()
                        .skip_while(|word| {
                            word.starts_with("--mount") || word.starts_with("--network")
                        })
                        .collect::<Vec<_>>();
                    let text = if instruction.text.contains('\n') {
                        as_shell(&instruction.text).replace("--mount", "\n#--mount")
                    } else {
                        text.join(" ")
                    };
                    let mut text = text;
                    for (name, value) in &arguments {
                        text = text
                            .replace(&format!("${{{name}}}"), value)
                            .replace(&format!("${name}"), value);
                    }
                    self.build_commands.extend(parse(
                        &flattened(&text),
                        origin,
                        None,
                        &file.path,
                        instruction.line,
                    ));
                }
            }
        }
    }

    /// A script that a command starts, by its name: what it runs counts as run by the image.
    fn add_referenced(
        &mut self,
        repository: &Repository<'_>,
        root: &Utf8Path,
        dockerfile: &Dockerfile,
        command: &Command,
        origin: Origin,
    ) {
        let folder = dockerfile.path.parent().unwrap_or("".into());
        for word in command.words.iter().take(3) {
            if word.starts_with('-')
                || word.contains('=')
                || !(word.contains('/') || word.contains('.'))
            {
                continue;
            }
            let base = word.rsplit('/').next().unwrap_or(word);
            let wanted: Vec<Utf8PathBuf> = [root, folder, "".into()]
                .iter()
                .filter_map(|folder| join(folder, word.trim_start_matches('/')))
                .collect();
            let script = wanted
                .into_iter()
                .find(|path| repository.is_file(path))
                .or_else(|| {
                    let mut named = repository
                        .files()
                        .iter()
                        .filter(|file| file.file_name() == Some(base) && !is_vendored(file));
                    let first = named.next()?.clone();
                    named.next().is_none().then_some(first)
                });
            if let Some(script) = script
                && matches!(script.extension(), Some("sh" | "bash") | None)
                && let Some(text) = repository.text(&script)
            {
                self.commands
                    .extend(parse(&text, origin, Some("web"), &script, 0));
            }
        }
    }

    fn add_health(&mut self, text: &str, place: Place) {
        let Some(at) = text.find("http://").or_else(|| text.find("https://")) else {
            return;
        };
        let address = text[at..]
            .split(|character: char| {
                character.is_whitespace() || matches!(character, '"' | '\'' | ')' | ',')
            })
            .next()
            .unwrap_or_default();
        let address = address.split_once("://").map_or(address, |(_, rest)| rest);
        if let Some((_, path)) = address.split_once('/') {
            // A prefix that a variable holds is empty unless someone sets it.
            let path = match path.rsplit_once('}') {
                Some((_, rest)) => rest,
                None => path,
            };
            if !path.is_empty() && !path.contains('$') {
                self.health.push((format!("/{path}"), place));
            }
        }
    }

    fn add_compose(&mut self, file: &ComposeFile, service: &ComposeService, is_development: bool) {
        let origin = if is_development {
            Origin::Development
        } else {
            Origin::Compose
        };
        let runs_own_code =
            service.is_built || service.command.is_some() || service.entrypoint.is_some();
        for (text, line) in [&service.entrypoint, &service.command]
            .into_iter()
            .flatten()
        {
            let commands = parse(text, origin, Some(&service.name), &file.path, *line);
            if is_development {
                self.development.extend(commands);
            } else {
                self.commands.extend(commands);
            }
        }
        if !runs_own_code || is_development {
            return;
        }
        for (name, value, line) in &service.environment {
            self.variables.push(Variable {
                name: name.clone(),
                value: value.clone(),
                origin,
                place: at_line(&file.path, *line),
            });
        }
        if let Some((text, line)) = &service.healthcheck {
            self.add_health(text, at_line(&file.path, *line));
        }
    }
}

/// `RUN` text with its line breaks as spaces, as the shell sees continued lines.
fn flattened(text: &str) -> String {
    text.lines()
        .map(|line| line.split("#--mount").next().unwrap_or(line).trim())
        .collect::<Vec<_>>()
        .join(" ")
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

/// Whether a path is somebody else's code.
pub(crate) fn is_vendored(path: &Utf8Path) -> bool {
    path.components().any(|part| {
        matches!(
            part.as_str(),
            "node_modules"
                | "site-packages"
                | ".venv"
                | "venv"
                | "vendor"
                | "third_party"
                | "bower_components"
                | ".git"
                | ".tox"
        )
    })
}

/// Whether a path says that it is for development.
pub(crate) fn is_development_path(path: &Utf8Path) -> bool {
    const PARTS: [&str; 17] = [
        "dev",
        "devel",
        "develop",
        "development",
        "devcontainer",
        "test",
        "tests",
        "testing",
        "local",
        "ci",
        "docs",
        "override",
        "debug",
        "e2e",
        "example",
        "examples",
        "vagrant",
    ];
    path.as_str()
        .to_lowercase()
        .split(|character: char| !character.is_ascii_alphanumeric())
        .any(|part| PARTS.contains(&part))
}

/// Whether a folder is one of a tool, such as `.devcontainer`.
fn is_hidden(folder: &Utf8Path) -> bool {
    folder
        .components()
        .any(|part| part.as_str().starts_with('.'))
}

fn is_dockerfile(lower: &str) -> bool {
    lower == "dockerfile"
        || lower == "containerfile"
        || lower.ends_with(".dockerfile")
        || (lower.starts_with("dockerfile.") && !lower.ends_with(".dockerignore"))
        || lower.starts_with("dockerfile-")
}

fn is_compose(lower: &str) -> bool {
    (lower.ends_with(".yml") || lower.ends_with(".yaml"))
        && (lower.starts_with("docker-compose")
            || lower.starts_with("compose.")
            || lower.starts_with("compose-")
            || lower == "compose.yml"
            || lower == "docker_compose.yml"
            || lower.ends_with("-compose.yml")
            || lower.ends_with("-compose.yaml"))
}

fn is_script(repository: &Repository<'_>, file: &Utf8Path, name: &str) -> bool {
    let looks_like = matches!(
        name,
        "start"
            | "entrypoint"
            | "run"
            | "startup"
            | "boot"
            | "web"
            | "worker"
            | "start-celeryworker"
            | "start-celerybeat"
            | "start-flower"
            | "start-web"
            | "post_compile"
            | "release"
    ) || name.starts_with("start-")
        || name.starts_with("start_")
        || name.starts_with("entrypoint");
    looks_like
        && file.extension().is_none()
        && repository.text(file).is_some_and(|text| {
            text.starts_with("#!") && text.lines().next().is_some_and(|line| line.contains("sh"))
        })
}

fn is_supervisor(lower: &str, file: &Utf8Path) -> bool {
    (lower.contains("supervisor") && (lower.ends_with(".conf") || lower.ends_with(".ini")))
        || (file.as_str().contains("supervisor")
            && (lower.ends_with(".conf") || lower.ends_with(".ini")))
        || (lower.contains("uwsgi") && (lower.ends_with(".ini") || lower.ends_with(".conf")))
        || lower.ends_with(".service")
}

fn is_platform(lower: &str, file: &Utf8Path) -> bool {
    let path = file.as_str();
    matches!(
        lower,
        "fly.toml"
            | "render.yaml"
            | "render.yml"
            | "railway.json"
            | "railway.toml"
            | "nixpacks.toml"
            | "heroku.yml"
            | "app.yaml"
            | "app.json"
    ) || (path.starts_with(".do/") && (lower.ends_with(".yml") || lower.ends_with(".yaml")))
        || lower.ends_with(".bicep")
        || ((path.contains("k8s") || path.contains("kubernetes") || path.contains("manifests/"))
            && (lower.ends_with(".yml") || lower.ends_with(".yaml")))
}

fn integration_of(file: &Utf8Path) -> Option<&'static str> {
    let path = file.as_str();
    let is_yaml = path.ends_with(".yml") || path.ends_with(".yaml");
    if path.starts_with(".github/workflows/") && is_yaml {
        return Some("github-actions");
    }
    Some(match path {
        ".gitlab-ci.yml" => "gitlab",
        ".circleci/config.yml" => "circleci",
        "azure-pipelines.yml" | ".azure-pipelines.yml" | "azure-pipelines.yaml" => {
            "azure-pipelines"
        }
        ".travis.yml" => "travis",
        "bitbucket-pipelines.yml" => "bitbucket",
        "Jenkinsfile" => "jenkins",
        ".drone.yml" => "drone",
        "cloudbuild.yaml" | "cloudbuild.yml" => "cloudbuild",
        "appveyor.yml" | ".appveyor.yml" => "appveyor",
        ".woodpecker.yml" => "woodpecker",
        ".buildkite/pipeline.yml" => "buildkite",
        ".semaphore/semaphore.yml" => "semaphore",
        ".cirrus.yml" => "cirrus",
        _ if path.starts_with(".azuredevops/")
            || path.starts_with(".azdo/")
            || path.starts_with(".azure-pipelines/") =>
        {
            "azure-pipelines"
        }
        _ => return None,
    })
}

/// Whether an image holds Python code of the project.
fn is_for_python(file: &Dockerfile) -> bool {
    file.stages.iter().any(|stage| {
        let base = stage.base.to_lowercase();
        base.contains("python")
            || base.contains("astral-sh/uv")
            || base.contains("conda")
            || base.contains("pypy")
            || base.contains("django")
            || base.contains("uvicorn-gunicorn")
            || stage.instructions.iter().any(|instruction| {
                instruction.keyword == "RUN"
                    && [
                        "pip install",
                        "pip3 install",
                        "manage.py",
                        "poetry install",
                        "uv sync",
                        "uv pip",
                        "pipenv install",
                        "pdm install",
                        "pdm sync",
                    ]
                    .iter()
                    .any(|needle| instruction.text.contains(needle))
            })
    })
}

/// How much an image looks like the production one.
fn image_rank(file: &Dockerfile, root: &Utf8Path) -> i32 {
    let path = file.path.as_str().to_lowercase();
    let name = file.path.file_name().unwrap_or_default();
    let folder = file.path.parent().unwrap_or("".into());
    let mut rank = 0;
    if is_development_path(&file.path) {
        rank -= 100;
    }
    if [
        "celery", "worker", "beat", "flower", "postgres", "nginx", "migrat", "cron", "docs",
    ]
    .iter()
    .any(|part| path.contains(part))
    {
        rank -= 40;
    }
    if path.contains("prod") || path.contains("release") || path.contains("deploy") {
        rank += 20;
    }
    if path.contains("default")
        || path.contains("/web")
        || path.contains("/django")
        || path.contains("/app")
    {
        rank += 6;
    }
    if folder == root {
        rank += 15;
    } else if folder.as_str().is_empty() {
        rank += 12;
    }
    if name == "Dockerfile" {
        rank += 8;
    }
    if file.last("CMD").is_some() || file.last("ENTRYPOINT").is_some() {
        rank += 6;
    }
    rank - i32::try_from(file.path.components().count()).unwrap_or(0)
}

fn compose_rank(path: &Utf8Path, root: &Utf8Path) -> (bool, bool, usize, usize) {
    let name = path.file_name().unwrap_or_default();
    let is_plain = matches!(
        name,
        "docker-compose.yml" | "docker-compose.yaml" | "compose.yml" | "compose.yaml"
    );
    let folder = path.parent().unwrap_or("".into());
    let depth = if folder == root {
        0
    } else {
        1 + path.components().count()
    };
    (is_development_path(path), !is_plain, depth, name.len())
}
