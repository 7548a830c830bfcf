//! All evidence about one service, in one pass over the names of the files.

use camino::{Utf8Path, Utf8PathBuf};
use taxiway_diagnostics::Place;

use super::command::{Command, Origin, parse};
use super::compose::{ComposeFile, ComposeService};
use super::dockerfile::Dockerfile;
use super::role::{
    compose_rank, image_rank, integration_of, is_compose, is_crontab, is_development_path,
    is_dockerfile, is_for_python, is_hidden, is_platform, is_script, is_supervised, is_supervisor,
    is_vendored,
};
use crate::manifest::installation::has_manifest;
use crate::repository::{Repository, at_line, folder_of, is_in, name_of};

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
    /// The compose services that run an image which is built here, or which several of them run.
    pub(crate) own_services: Vec<String>,
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
                    && is_in(file, other)
                    && !is_in(root, other)
            })
        };
        for file in repository.descriptions() {
            let depth = file.as_str().bytes().filter(|byte| *byte == b'/').count();
            if depth > 8 || is_foreign(file) || is_vendored(file) {
                continue;
            }
            survey.add(repository, root, file);
        }
        survey.order(repository, root);
        survey.follow_recipes(repository, root);
        survey.commands.sort_by_key(|command| command.origin);
        survey
    }

    fn add(&mut self, repository: &Repository<'_>, root: &Utf8Path, file: &Utf8Path) {
        let name = name_of(file);
        let lower = name.to_lowercase();
        let folder = folder_of(file);
        let is_near = is_in(folder, root) || is_in(root, folder);
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
        } else if is_crontab(&lower, file) && !is_development_path(file) {
            self.add_crontab(repository, file);
        } else if is_supervisor(&lower, file) || is_supervised(repository, file, &lower) {
            let known = self.commands.len();
            self.add_supervisor(repository, file);
            if is_development_path(file) {
                self.development.extend(self.commands.drain(known..));
            }
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
        let documents = repository.yaml(file);
        let Some(node) = documents.first() else {
            return;
        };
        let mut found = Vec::new();
        node.walk(&mut |key, value| {
            if matches!(key, "run" | "script" | "command" | "before_script" | "")
                && let Some(text) = value.text()
                && (text.contains(' ') || key == "run")
            {
                found.extend(parse(text, Origin::Development, None, file, value.key_line));
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
        let commands = parse(text, origin, name.as_deref(), file, 0);
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
            let is_foreign = |service: &ComposeService| {
                let folder = service.built_in.as_deref();
                folder.is_some_and(|folder| is_another(repository, root, folder))
            };
            for service in file.services.iter().filter(|own| !is_foreign(own)) {
                self.add_compose(file, service, is_development);
            }
            if !is_development {
                let own = file.services.iter().filter(|service| file.is_own(service));
                self.own_services.extend(own.map(|own| own.name.clone()));
            }
        }
        self.compose = compose;
        self.commands.sort_by_key(|command| command.origin);
        self.variables.sort_by_key(|variable| variable.origin);
        self.ports.sort_by_key(|(_, origin, _)| *origin);
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
        let runs_for_development = [&service.entrypoint, &service.command]
            .into_iter()
            .flatten()
            .any(|(text, _)| text.contains("runserver") || text.contains("--reload"));
        let origin = if runs_for_development {
            Origin::Development
        } else {
            origin
        };
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

/// Whether a folder beside the service says for itself what to install.
fn is_another(repository: &Repository<'_>, root: &Utf8Path, folder: &Utf8Path) -> bool {
    !is_in(folder, root) && !is_in(root, folder) && has_manifest(repository, folder)
}
