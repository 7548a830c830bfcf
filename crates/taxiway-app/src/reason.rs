//! The reasoning behind a service's facts: what settled each, and what was rejected.
//!
//! Written down after the facts are known, from the same evidence. Invariant: what was chosen is never among the rejected.

use taxiway_diagnostics::Place;

use crate::document::{Interface, Reason, Rejected};
use crate::evidence::Origin;
use crate::evidence::role::is_development_path;
use crate::manifest::installation::requirements_files;
use crate::reading::Reading;
use crate::start::Start;
use crate::web::WebApp;

/// More alternatives than a person reads.
const MOST: usize = 12;

impl Reading<'_> {
    /// Notes what settled a fact.
    pub(crate) fn because(&mut self, fact: &str, because: impl Into<String>) {
        let reason = self.service.reasons.entry(fact.to_owned()).or_default();
        reason.because = because.into();
    }

    /// Notes an alternative to a fact.
    pub(crate) fn reject(
        &mut self,
        fact: &str,
        value: impl Into<String>,
        because: impl Into<String>,
        place: Option<Place>,
    ) {
        let rejected = Rejected {
            value: value.into(),
            because: because.into(),
            place,
        };
        let reason: &mut Reason = self.service.reasons.entry(fact.to_owned()).or_default();
        if reason.rejected.len() < MOST && !reason.rejected.contains(&rejected) {
            reason.rejected.push(rejected);
        }
    }

    /// Writes the reasoning down, once all facts are known; `apps` are the applications that the code has.
    pub(crate) fn reasons(&mut self, apps: &[&WebApp]) {
        self.reason_start(apps);
        self.reason_server();
        self.reason_python();
        self.reason_dependencies();
        self.reason_database();
        self.reason_port();
        self.reason_artifacts();
    }

    fn reason_start(&mut self, apps: &[&WebApp]) {
        let Some(entrypoint) = self.service.entrypoint.clone() else {
            return;
        };
        let chosen = self
            .start
            .clone()
            .filter(|start| start.target.as_ref() == Some(&entrypoint));
        match &chosen {
            Some(start) => {
                let because = format!("{} starts it", of_origin(start.origin));
                self.because("entrypoint", because.clone());
                self.because("interface", because);
            }
            None => {
                self.because(
                    "entrypoint",
                    "no file that starts production names one; the code defines this one",
                );
            }
        }
        for other in self.starts.clone() {
            let (Some(target), Some(chosen)) = (&other.target, &chosen) else {
                continue;
            };
            if *target == entrypoint {
                continue;
            }
            let because = outranked(&other, chosen);
            self.reject(
                "entrypoint",
                target.to_string(),
                because.clone(),
                Some(other.place.clone()),
            );
            if other.origin <= Origin::Compose {
                let (ours, theirs) = (chosen.place.clone(), other.place.clone());
                self.service.warnings.push(format!(
                    "{theirs}: starts `{target}`, but {ours} starts `{entrypoint}`, which counts: {because}"
                ));
            }
        }
        for app in apps {
            let (_, module) = crate::web::module_of(self.repository, self.root, &app.file);
            let call = if app.is_factory { "()" } else { "" };
            let value = match app.symbol.as_str() {
                "" => app.file.to_string(),
                symbol => format!("{module}:{symbol}{call}"),
            };
            let is_chosen = value == entrypoint.to_string()
                || entrypoint.to_string().trim_end_matches("()") == value.trim_end_matches("()");
            if !is_chosen {
                let because = if chosen.is_some() {
                    "no command starts it"
                } else if app.is_factory {
                    "a function that makes an application; an application that is there is preferred"
                } else {
                    "its file's name and place say less that production starts it"
                };
                self.reject("entrypoint", value, because, Some(app.place.clone()));
            }
        }
        let other = match self.service.interface {
            Some(Interface::Wsgi) => "asgi",
            Some(Interface::Asgi) => "wsgi",
            _ => return,
        };
        if chosen.is_some() {
            self.reject(
                "interface",
                other,
                "the server that is started does not speak it so",
                None,
            );
        }
    }

    fn reason_server(&mut self) {
        let Some(server) = self.service.server.clone() else {
            self.because(
                "server",
                "no command starts one, and the requirements hold none",
            );
            return;
        };
        let started = self
            .start
            .clone()
            .filter(|start| start.server == server.name);
        let because = match &started {
            Some(start) => format!("{} starts it", of_origin(start.origin)),
            None => "the requirements install it, or the framework brings it".to_owned(),
        };
        let declared = if server.declared {
            ""
        } else {
            "; the production requirements do not install it"
        };
        self.because("server", format!("{because}{declared}"));
        for other in self.starts.clone() {
            if other.server != server.name
                && let Some(chosen) = &started
            {
                let because = outranked(&other, chosen);
                self.reject(
                    "server",
                    other.server.clone(),
                    because,
                    Some(other.place.clone()),
                );
            }
        }
        for name in crate::start::declared_servers(&self.installation) {
            if name != server.name {
                let place = self.service.distribution(name).map(|own| own.place.clone());
                self.reject("server", name, "installed, but nothing starts it", place);
            }
        }
    }

    fn reason_python(&mut self) {
        let python = self.service.python.clone();
        match (&python.version, &python.source) {
            (Some(_), Some(source)) => {
                self.because(
                    "python",
                    format!("`{source}` says what the project runs on"),
                );
            }
            _ => self.because("python", "no file says which version the project runs on"),
        }
        for declaration in python.declarations {
            let is_source = python.source.as_deref() == Some(declaration.place.path());
            if !is_source {
                let place = Some(declaration.place.clone());
                self.reject(
                    "python",
                    declaration.value,
                    "says less about what production runs on",
                    place,
                );
            }
        }
    }

    fn reason_dependencies(&mut self) {
        let dependencies = self.service.dependencies.clone();
        let because = match (&dependencies.lockfile, self.installation.places.first()) {
            (_, Some(place)) if place.path().as_str().to_lowercase().contains("docker") => {
                format!("the production image installs them so at {place}")
            }
            (Some(lock), _) => format!("`{lock}` locks them"),
            (None, Some(place)) => format!("`{}` holds the production requirements", place.path()),
            (None, None) => "no file says what production installs".to_owned(),
        };
        self.because("dependencies", because);
        for file in requirements_files(self.repository, self.root) {
            if !dependencies.manifests.contains(&file) {
                let because =
                    if crate::manifest::is_for_development(file.file_stem().unwrap_or_default()) {
                        "for development, by its name"
                    } else {
                        "production installs from another file"
                    };
                self.reject(
                    "dependencies",
                    file.to_string(),
                    because,
                    Some(Place::new(&file, 1)),
                );
            }
        }
        for name in [
            "pyproject.toml",
            "Pipfile",
            "setup.py",
            "setup.cfg",
            "environment.yml",
        ] {
            let path = self.root.join(name);
            if self.repository.is_file(&path) && !dependencies.manifests.contains(&path) {
                let because = "says nothing about what production installs, or is not what production installs from";
                self.reject(
                    "dependencies",
                    path.to_string(),
                    because,
                    Some(Place::new(&path, 1)),
                );
            }
        }
    }

    fn reason_database(&mut self) {
        let Some(database) = self.service.database.clone() else {
            self.because(
                "database",
                "the production configuration has none that was recognised",
            );
            return;
        };
        let name = |engine: &crate::document::DatabaseEngine| {
            serde_json::to_value(engine)
                .ok()
                .and_then(|value| value.as_str().map(str::to_owned))
                .unwrap_or_default()
        };
        self.because(
            "database",
            "the production configuration, its drivers and the services beside it point at it",
        );
        for engine in &database.engines {
            if Some(*engine) != database.engine {
                let because = "the code allows it; production is given the other one";
                self.reject("database", name(engine), because, None);
            }
        }
    }

    fn reason_port(&mut self) {
        let Some(port) = self.service.port.clone() else {
            self.because("port", "no file names one");
            return;
        };
        let from_start = self
            .start
            .as_ref()
            .is_some_and(|start| start.port.as_ref() == Some(&port));
        self.because(
            "port",
            if from_start {
                "the command that starts production binds it"
            } else {
                "a file says that the application listens on it"
            },
        );
        let others: Vec<(String, Place)> = self
            .survey
            .ports
            .iter()
            .filter(|(text, ..)| crate::start::parse_port(text).is_some_and(|other| other != port))
            .map(|(text, _, place)| (text.clone(), place.clone()))
            .collect();
        for (text, place) in others {
            self.reject(
                "port",
                text,
                "of another process, or named by a less trusted file",
                Some(place),
            );
        }
    }

    fn reason_artifacts(&mut self) {
        let chosen = self.service.artifacts.dockerfile.clone();
        if let Some(path) = &chosen {
            self.because(
                "artifacts.dockerfile",
                "its place and its name say that it is the production image",
            );
            self.saw("artifacts.dockerfile", [Place::new(path, 1)]);
        }
        let others: Vec<_> = self
            .survey
            .dockerfiles
            .iter()
            .map(|file| file.path.clone())
            .collect();
        for path in others {
            if Some(&path) != chosen.as_ref() {
                let because = if is_development_path(&path) {
                    "for development, by its name or folder"
                } else {
                    "of another process, or further away from the service"
                };
                self.reject(
                    "artifacts.dockerfile",
                    path.to_string(),
                    because,
                    Some(Place::new(&path, 1)),
                );
            }
        }
    }
}

/// Who speaks, for people.
pub(crate) const fn of_origin(origin: Origin) -> &'static str {
    match origin {
        Origin::Procfile => "the Procfile",
        Origin::Platform => "the platform's specification",
        Origin::Image => "the production image",
        Origin::Supervisor => "the process manager",
        Origin::Script => "a script that starts the application",
        Origin::Compose => "the compose file",
        Origin::OtherImage => "another image",
        Origin::Development => "a file for development",
    }
}

fn outranked(other: &Start, chosen: &Start) -> String {
    if other.origin > chosen.origin {
        format!(
            "{} counts before {}",
            of_origin(chosen.origin),
            of_origin(other.origin)
        )
    } else {
        "it says less than the command that was taken, or comes after it".to_owned()
    }
}
