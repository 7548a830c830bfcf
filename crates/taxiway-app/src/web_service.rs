//! A web application other than Django's as a service of the document.

mod choice;
mod database;
mod facts;
mod start;

use std::collections::BTreeMap;

use camino::{Utf8Path, Utf8PathBuf};
use taxiway_diagnostics::Place;

use choice::{choose, folder_for, start_target, streamlit_script};

use crate::document::{EnvironmentVariable, Service};
use crate::evidence::azure;
use crate::manifest::lockfile;
use crate::python::{Evaluator, Value};
use crate::reading::{Reading, build_root};
use crate::repository::{Repository, folder_of};
use crate::web::{WebApp, module_of};
use crate::{process, secret, web_environment};

/// The applications by their build roots, except in the folders of other services.
fn by_root<'w>(
    repository: &Repository<'_>,
    apps: &'w [WebApp],
    taken: &[Utf8PathBuf],
) -> BTreeMap<Utf8PathBuf, Vec<&'w WebApp>> {
    let mut found: BTreeMap<Utf8PathBuf, Vec<&WebApp>> = BTreeMap::new();
    for app in apps {
        let folder = app.file.parent().unwrap_or("".into());
        let root = build_root(repository, folder);
        let is_taken = taken
            .iter()
            .any(|other| *other == root || (!other.as_str().is_empty() && root.starts_with(other)));
        if !is_taken {
            found.entry(root).or_default().push(app);
        }
    }
    // Where a file says what is deployed, what lies beside that is not.
    let deployed = azure::services(repository);
    let is_deployed =
        |root: &Utf8PathBuf| deployed.iter().any(|own| root.starts_with(&own.project));
    if found.keys().any(is_deployed) {
        found.retain(|root, _| is_deployed(root));
    }
    found
}

/// The build roots of the services that [`read`] gives.
pub(crate) fn roots(
    repository: &Repository<'_>,
    apps: &[WebApp],
    taken: &[Utf8PathBuf],
) -> Vec<Utf8PathBuf> {
    by_root(repository, apps, taken).into_keys().collect()
}

/// One service for each build root that has an application, except in the folders of other services.
pub(crate) fn read(
    repository: &Repository<'_>,
    apps: &[WebApp],
    taken: &[Utf8PathBuf],
) -> Vec<Service> {
    let by_root = by_root(repository, apps, taken);
    let roots: Vec<Utf8PathBuf> = by_root.keys().cloned().collect();
    by_root
        .iter()
        .filter_map(|(root, apps)| {
            let others: Vec<Utf8PathBuf> = roots
                .iter()
                .chain(taken)
                .filter(|other| *other != root)
                .cloned()
                .collect();
            service(repository, root, apps, &others)
        })
        .collect()
}

fn service<'r>(
    repository: &'r Repository<'r>,
    root: &'r camino::Utf8Path,
    apps: &[&'r WebApp],
    others: &[Utf8PathBuf],
) -> Option<Service> {
    let mut first = Reading::new(repository, root, root, others);
    let has_target = |reading: &Reading<'_>| {
        let start = reading.start.as_ref();
        start.is_some_and(|start| start.target.is_some())
    };
    if !has_target(&first) {
        let elsewhere = first.started_from(&import_folders(root, apps));
        first = if has_target(&elsewhere) {
            elsewhere
        } else {
            elsewhere.run_from(root)
        };
    }
    let script = streamlit_script(&first, apps);
    let chosen = script.or_else(|| choose(&first, repository, root, apps))?;
    let named = start_target(&first, root)
        .and_then(|target| target.module().map(str::to_owned))
        .and_then(|module| Some((folder_for(&chosen.file, &module)?, module)))
        .filter(|(folder, _)| folder.starts_with(root));
    let (folder, module) = named.unwrap_or_else(|| module_of(repository, root, &chosen.file));
    let base = first.run_from(&folder);
    Some(
        WebReading {
            base,
            app: chosen,
            module,
            apps: apps.to_vec(),
        }
        .service(),
    )
}

/// The folders from which the modules of applications can be imported: an image may hold only one of them.
fn import_folders(root: &Utf8Path, apps: &[&WebApp]) -> Vec<Utf8PathBuf> {
    let mut found = vec![root.to_owned()];
    for app in apps {
        let above = folder_of(&app.file).ancestors();
        for folder in above.take_while(|folder| *folder != root && folder.starts_with(root)) {
            if !found.iter().any(|known| known == folder) {
                found.push(folder.to_owned());
            }
        }
    }
    found
}

/// A web application while it is read.
struct WebReading<'r> {
    base: Reading<'r>,
    app: WebApp,
    module: String,
    /// All applications of the build root.
    apps: Vec<&'r WebApp>,
}

impl WebReading<'_> {
    fn service(mut self) -> Service {
        self.base.identity();
        self.base.dependencies(self.app.framework);
        self.base.saw("framework", [self.app.place.clone()]);
        self.version();
        self.entrypoint();
        let repository = self.base.repository;
        let search = vec![
            self.base.app_dir.clone(),
            self.base.root.to_owned(),
            self.base.root.join("src"),
        ];
        let mut evaluator = Evaluator::new(repository, search);
        self.base.set_environment(&mut evaluator);
        let is_script = self.app.symbol.is_empty();
        if is_script {
            evaluator.load("__main__", self.app.file.clone(), false);
        } else {
            evaluator.parse_ahead(&self.module);
            evaluator.import(&self.module);
            if self.app.is_factory {
                evaluator.call_by_name(&self.module, &self.app.symbol);
            }
        }
        self.base.service.processes = process::read(
            self.base.repository,
            &self.base.app_dir,
            &self.base.survey,
            &self.base.installation,
            &[],
        );
        process::note_in_process(
            self.base.repository,
            &self.base.app_dir,
            &self.base.installation,
            &mut self.base.service,
        );
        self.load_workers(&mut evaluator);
        self.base.environment(&evaluator);
        let configured = web_environment::configuration_reads(&evaluator, self.base.repository);
        self.unexecuted_reads(&evaluator, &configured);
        let mut values = web_environment::values(&evaluator);
        values.extend(
            configured
                .iter()
                .map(|(name, place)| web_environment::Named {
                    name: name.clone(),
                    value: Value::choice(
                        Some(Value::None),
                        vec![Value::from_environment(&name.as_str().into())],
                    ),
                    places: vec![place.clone()],
                }),
        );
        self.base.service.database = self.database(&values);
        self.base.service.backing = self.backing(&values);
        self.migrations();
        self.static_files();
        self.health();
        self.email_and_media();
        self.security(&values);
        let findings = std::mem::take(&mut self.base.service.security);
        self.base.surroundings();
        let committed = std::mem::replace(&mut self.base.service.security, findings);
        self.base.service.security.extend(committed);
        let apps = self.apps.clone();
        self.base.reasons(&apps);
        self.base.service
    }

    /// Loads what the workers are pointed at: they run from the same image, with the same variables.
    fn load_workers(&self, evaluator: &mut Evaluator<'_>) {
        for process in &self.base.service.processes {
            let Some(target) = &process.app else { continue };
            let module = target.split(':').next().unwrap_or(target);
            let outer = module.rsplit_once('.').map_or(module, |(outer, _)| outer);
            if let Some(module) = [module, outer]
                .into_iter()
                .find(|name| evaluator.find(name).is_some())
            {
                evaluator.import(module);
            }
        }
    }

    fn version(&mut self) {
        let Some(framework) = &mut self.base.service.framework else {
            return;
        };
        if framework.version.is_none()
            && let Some(lock) = &self.base.installation.lockfile
        {
            let versions = lockfile::versions(self.base.repository, lock);
            let name = serde_json::to_value(framework.name).ok();
            framework.version = name
                .and_then(|name| versions.get(name.as_str()?).cloned())
                .and_then(|version| crate::evidence::dockerfile::version_in(&version));
        }
    }

    /// Variables that functions read which only run when a request or an event comes.
    fn unexecuted_reads(&mut self, evaluator: &Evaluator<'_>, configured: &[(String, Place)]) {
        let textual = web_environment::textual_reads(evaluator);
        for (name, place) in textual.into_iter().chain(configured.iter().cloned()) {
            let known = self
                .base
                .service
                .env
                .iter_mut()
                .find(|variable| variable.name == name);
            match known {
                Some(variable) => {
                    if !variable.places.contains(&place) {
                        variable.places.push(place);
                    }
                }
                None => self.base.service.env.push(EnvironmentVariable {
                    secret: secret::is_secret(&name),
                    name,
                    required: false,
                    default: None,
                    places: vec![place],
                }),
            }
        }
        self.base
            .service
            .env
            .sort_by(|left, right| left.name.cmp(&right.name));
    }
}
