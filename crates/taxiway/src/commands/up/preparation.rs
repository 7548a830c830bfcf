//! Everything that is known before anything is changed: the pure part of `taxiway up`.

use std::time::{Duration, Instant};

use camino::Utf8Path;
use taxiway_app::{Service, Unmigrated};
use taxiway_blueprint::FileChange;
use taxiway_diagnostics::{Diagnostic, Severity};
use taxiway_platform::{Environment, EnvironmentKind, MissingVariable, Platform};
use taxiway_rollout::Infrastructure;

use crate::connection::Connection;
use crate::failure::Failure;
use crate::infrastructure::{self, Compiled};
use crate::programs::{self, Interpreter};
use crate::progress::Progress;
use crate::project::{Overlaid, Project};
use crate::wording::counted;
use crate::writing;

/// A repository, ready to go.
#[derive(Debug)]
pub(super) struct Preparation {
    /// What was read and decided.
    pub(super) project: Project,
    /// What has to be written.
    pub(super) changes: Vec<FileChange>,
    /// The infrastructure, as the Bicep will be after writing.
    pub(super) compiled: Compiled,
    /// The interpreter of the rehearsal; `None` in Azure, which has its own.
    pub(super) interpreter: Option<Interpreter>,
    environment: Environment,
    took: [Duration; 2],
}

/// Reads, decides, plans the files, compiles.
///
/// # Errors
/// [`Failure`] with everything that keeps this repository from being run; nothing was changed.
pub(super) fn prepare(
    repository: Option<&Utf8Path>,
    environment: &str,
) -> Result<Preparation, Failure> {
    let started = Instant::now();
    let mut project = Project::open(repository)?;
    warn_of_models(&mut project);
    let environment = project.environment(environment)?.clone();
    let read = started.elapsed();
    refuse_missing(&project.platform, &environment.name)?;
    let interpreter = match environment.kind {
        EnvironmentKind::Local => Some(programs::choose(&project.platform, &environment)?),
        EnvironmentKind::Azure => None,
    };
    let checking = Instant::now();
    let changes = writing::plan(&project);
    if let Some(conflict) = writing::conflicts(&changes) {
        return Err(conflict
            .detail("nothing was written")
            .next("write them, to resolve them", "taxiway generate"));
    }
    let compiled = {
        let sources = Overlaid::new(&project.sources, writing::planned(&changes));
        infrastructure::compile(
            &project.platform,
            &environment,
            interpreter.as_ref(),
            &sources,
        )?
    };
    let took = [read, checking.elapsed()];
    Ok(Preparation {
        project,
        changes,
        compiled,
        interpreter,
        environment,
        took,
    })
}

/// Tells of models whose tables nothing makes: a release with them gets ready, and its pages fail.
fn warn_of_models(project: &mut Project) {
    let services: Vec<&Service> = project
        .platform
        .services()
        .filter(|platform| platform.service.has_database)
        .filter_map(|platform| platform.service_of(&project.app))
        .collect();
    let found: Vec<Unmigrated> = services
        .into_iter()
        .flat_map(|service| taxiway_app::unmigrated(&project.sources, service))
        .collect();
    for Unmigrated { app, place, lacks } in found {
        let (message, help) = match lacks {
            None => (
                format!(
                    "`{app}` has models ({place}) and no migrations, so nothing makes their tables"
                ),
                format!("make and commit them: python manage.py makemigrations {app}"),
            ),
            Some(file) => (
                format!(
                    "`{app}` has models ({place}), and Django does not see its migrations, so nothing makes their tables"
                ),
                format!("add and commit an empty {file}"),
            ),
        };
        let code = "models-without-migrations";
        let warning = Diagnostic::new(Severity::Warning, code, message).help(help);
        project.platform.warnings.push(warning);
    }
}

fn refuse_missing(platform: &Platform, environment: &str) -> Result<(), Failure> {
    let all: Vec<&MissingVariable> = platform
        .services()
        .filter_map(|platform| platform.environment(environment))
        .flat_map(|environment| &environment.missing)
        .collect();
    let mut failure = Failure::refused(match all.as_slice() {
        [] => return Ok(()),
        [only] => format!(
            "the settings need {}, and nothing gives it a value",
            only.name
        ),
        several => format!(
            "the settings need {} variables that nothing gives a value",
            several.len()
        ),
    });
    for missing in all {
        let place = missing
            .places
            .first()
            .map(|place| format!(" ({place})"))
            .unwrap_or_default();
        failure = failure.detail(format!("{}{place}: {}", missing.name, missing.help));
    }
    Err(failure.next("then", format!("taxiway up {environment}")))
}

impl Preparation {
    /// The environment that is meant.
    pub(super) const fn environment(&self) -> &Environment {
        &self.environment
    }

    /// What is sent to the cloud.
    pub(super) fn infrastructure(&self, connection: &Connection) -> Infrastructure {
        self.compiled.infrastructure(
            &self.project.platform,
            &self.environment,
            connection.group.clone(),
        )
    }

    /// Tells what reading and checking took.
    pub(super) fn record(&self, progress: &mut Progress) {
        use taxiway_diagnostics::Sources as _;
        let files = self.project.sources.files().len();
        progress.record("read", counted(files, "file"), self.took[0], true);
        let warnings = self.compiled.diagnostics.len() + self.project.platform.warnings.len();
        let resources = counted(self.compiled.resources.len(), "resource");
        let result = match warnings {
            0 => format!("{resources}, no findings"),
            count => format!("{resources}, {}", counted(count, "warning")),
        };
        progress.record("check", result, self.took[1], true);
    }
}
