//! A platform in memory: two slots, a schema, a swap; it can fail or be killed at each of its calls.

use std::{
    collections::BTreeSet,
    future::pending,
    sync::{Arc, Mutex, MutexGuard},
};

use camino::Utf8PathBuf;
use taxiway_rollout::{
    AppliedMigration, Conclusion, Content, DeployRequest, Failure, FailureKind, Hazard,
    MigrationRecord, MigrationReport, Note, Package, PackageFile, Progress, Published, ReleaseId,
    RestorePoint, Roll, RollbackRequest, RolloutError, Serving, StateDirectory, SwapState, Target,
    roll_back, roll_out,
};
use tokio::sync::Notify;

/// What happens at a call of the target.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Mishap {
    /// It fails and has done nothing.
    Fails,
    /// The process is killed before anything was done.
    KilledBefore,
    /// The process is killed when it was done, before it was told.
    KilledAfter,
}

#[derive(Debug, Default)]
pub(crate) struct World {
    pub(crate) production: Option<ReleaseId>,
    pub(crate) candidate: Option<ReleaseId>,
    /// Releases whose workers never answer ready.
    pub(crate) broken: BTreeSet<ReleaseId>,
    /// Releases that are ready in the slot and not in production.
    pub(crate) broken_in_production: BTreeSet<ReleaseId>,
    /// Production answers nothing that names a release.
    pub(crate) mute: bool,
    pub(crate) applied: Vec<String>,
    /// What the migrations of the candidate are; applied when they run.
    pub(crate) pending: Vec<String>,
    pub(crate) failing_migration: Option<String>,
    /// A migration after which no other release than the candidate is ready.
    pub(crate) breaking_migration: Option<String>,
    pub(crate) swaps: u32,
    pub(crate) runs: u32,
    /// The calls, in order.
    pub(crate) calls: Vec<String>,
    mishap: Option<(usize, Mishap)>,
}

/// The target. Clones share the world.
#[derive(Clone, Debug, Default)]
pub(crate) struct Memory {
    world: Arc<Mutex<World>>,
    killed: Arc<Notify>,
}

impl Memory {
    pub(crate) fn world(&self) -> MutexGuard<'_, World> {
        self.world.lock().unwrap()
    }

    /// Lets something happen at the call of this number.
    pub(crate) fn let_happen(&self, call: usize, mishap: Mishap) {
        let mut world = self.world();
        world.calls.clear();
        world.mishap = Some((call, mishap));
    }

    /// One call: `effect` is what it does.
    async fn call<T>(
        &self,
        name: &str,
        effect: impl FnOnce(&mut World) -> Result<T, Failure>,
    ) -> Result<T, Failure> {
        let mishap = {
            let mut world = self.world();
            let number = world.calls.len();
            world.calls.push(name.to_owned());
            world
                .mishap
                .filter(|(call, _)| *call == number)
                .map(|(_, mishap)| mishap)
        };
        if mishap.is_some() {
            self.world().mishap = None;
        }
        match mishap {
            None => effect(&mut self.world()),
            Some(Mishap::Fails) => Err(Failure::new(
                FailureKind::Platform,
                format!("{name} failed"),
            )),
            Some(Mishap::KilledBefore) => self.die().await,
            Some(Mishap::KilledAfter) => {
                let _untold = effect(&mut self.world());
                self.die().await
            }
        }
    }

    /// Never comes back; the test drops the rollout as a killed process would.
    async fn die<T>(&self) -> T {
        self.killed.notify_one();
        pending().await
    }
}

impl World {
    fn ready(&self, release: &ReleaseId, in_production: bool) -> bool {
        let broken_by_schema = self
            .breaking_migration
            .as_ref()
            .is_some_and(|migration| self.applied.contains(migration))
            && self.candidate.as_ref() != Some(release)
            && in_production;
        let broken_here = in_production && self.broken_in_production.contains(release);
        !(self.broken.contains(release) || broken_here || broken_by_schema)
    }

    fn answer(
        &self,
        slot: Option<&ReleaseId>,
        release: &ReleaseId,
        in_production: bool,
    ) -> Result<Roll, Failure> {
        match slot {
            Some(found) if found == release && self.ready(release, in_production) => Ok(Roll {
                instances: 1,
                workers: 2,
            }),
            Some(found) if found == release => Err(Failure::new(
                FailureKind::NotReady,
                format!("release {release} is not ready"),
            )),
            Some(found) => Err(Failure::new(
                FailureKind::NotReady,
                format!("release {found} answered"),
            )),
            None => Err(Failure::new(FailureKind::Timeout, "nothing answered")),
        }
    }
}

impl Target for Memory {
    async fn serving(&self) -> Result<Serving, Failure> {
        self.call("serving", |world| {
            Ok(match &world.production {
                None => Serving::Nothing,
                Some(_) if world.mute => Serving::Unknown {
                    reason: "it answered 502".to_owned(),
                },
                Some(id) => Serving::Release {
                    id: id.clone(),
                    ready: world.ready(id, true),
                },
            })
        })
        .await
    }

    async fn candidate(&self) -> Result<Option<ReleaseId>, Failure> {
        self.call("candidate", |world| Ok(world.candidate.clone()))
            .await
    }

    async fn has_deployment(&self, _deployment: &str) -> Result<bool, Failure> {
        self.call("has deployment", |_| Ok(false)).await
    }

    async fn publish(
        &self,
        release: &ReleaseId,
        _content: Content,
        note: Note<'_>,
    ) -> Result<Published, Failure> {
        note("building");
        self.call("publish", |world| {
            world.candidate = Some(release.clone());
            Ok(Published {
                deployment: Some(format!("d-{release}")),
                summary: "2 packages installed".to_owned(),
                answering: true,
            })
        })
        .await
    }

    async fn restore_point(
        &self,
        _rollout: &str,
        _note: Note<'_>,
    ) -> Result<RestorePoint, Failure> {
        self.call("restore point", |_| {
            Ok(RestorePoint {
                time: jiff::Timestamp::UNIX_EPOCH,
                backup: None,
                proof: "point in time".to_owned(),
            })
        })
        .await
    }

    async fn start_migrations(&self) -> Result<String, Failure> {
        self.call("start migrations", |world| {
            world.runs += 1;
            Ok(format!("run-{}", world.runs))
        })
        .await
    }

    async fn finish_migrations(
        &self,
        run: &str,
        _note: Note<'_>,
    ) -> Result<Option<MigrationReport>, Failure> {
        self.call("finish migrations", |world| {
            if run != format!("run-{}", world.runs) {
                return Ok(None);
            }
            let mut report = MigrationReport {
                applied: Vec::new(),
                failure: None,
            };
            for name in world.pending.clone() {
                if world.failing_migration.as_ref() == Some(&name) {
                    report.failure = Some(
                        Failure::new(FailureKind::Migration, format!("migration {name} failed"))
                            .because("it is wrong"),
                    );
                    break;
                }
                if !world.applied.contains(&name) {
                    world.applied.push(name.clone());
                    report.applied.push(AppliedMigration {
                        name,
                        seconds: Some(0.1),
                    });
                }
            }
            Ok(Some(report))
        })
        .await
    }

    async fn warm(&self, release: &ReleaseId, _note: Note<'_>) -> Result<Roll, Failure> {
        self.call("warm", |world| {
            world.answer(world.candidate.as_ref(), release, false)
        })
        .await
    }

    async fn swap_state(&self) -> Result<SwapState, Failure> {
        self.call("swap state", |world| {
            Ok(SwapState {
                last: (world.swaps > 0).then(|| format!("swap {}", world.swaps)),
                running: false,
            })
        })
        .await
    }

    async fn swap(&self) -> Result<(), Failure> {
        self.call("swap", |world| {
            std::mem::swap(&mut world.production, &mut world.candidate);
            world.swaps += 1;
            Ok(())
        })
        .await
    }

    async fn verify(&self, release: &ReleaseId, _note: Note<'_>) -> Result<Roll, Failure> {
        self.call("verify", |world| {
            if world.mute {
                return Err(Failure::new(
                    FailureKind::NotReady,
                    "/healthz/ready answered 502",
                ));
            }
            world.answer(world.production.as_ref(), release, true)
        })
        .await
    }
}

/// An environment: the world and the state on disk.
pub(crate) struct Environment {
    pub(crate) target: Memory,
    pub(crate) state: StateDirectory,
    _folder: tempfile::TempDir,
}

/// A package whose only file holds `content`.
pub(crate) fn package(content: &str) -> Package {
    let file = PackageFile {
        path: "manage.py".to_owned(),
        content: content.as_bytes().to_vec(),
        executable: true,
    };
    Package::build(&[file]).unwrap()
}

pub(crate) fn release(content: &str) -> ReleaseId {
    package(content).release
}

/// A migration; one whose name ends in `!` would break the previous release.
pub(crate) fn migration(name: &str) -> MigrationRecord {
    let hazard = Hazard {
        operation: "RemoveField order.note".to_owned(),
        reason: "the previous release still reads it".to_owned(),
        breaks_previous: true,
        instead: "drop it one release later".to_owned(),
        place: "orders/migrations/0002_drop.py:8".to_owned(),
    };
    let (name, hazards) = name
        .strip_suffix('!')
        .map_or((name, Vec::new()), |name| (name, vec![hazard]));
    MigrationRecord {
        name: name.to_owned(),
        hazards,
    }
}

pub(crate) fn request(content: &str, migrations: &[&str]) -> DeployRequest {
    DeployRequest {
        package: package(content),
        commit: None,
        migrations: Some(migrations.iter().map(|name| migration(name)).collect()),
        allow: Vec::new(),
    }
}

impl Environment {
    pub(crate) fn new() -> Self {
        // Hundreds of journals are synced to disk here; in memory that costs nothing.
        let memory = std::path::Path::new("/dev/shm");
        let folder = if memory.is_dir() {
            tempfile::tempdir_in(memory)
        } else {
            tempfile::tempdir()
        }
        .unwrap();
        let path = Utf8PathBuf::from_path_buf(folder.path().join("state")).unwrap();
        Self {
            target: Memory::default(),
            state: StateDirectory::new(path),
            _folder: folder,
        }
    }

    /// One in which releases were deployed, the last one serves.
    pub(crate) async fn serving(contents: &[&str]) -> Self {
        let environment = Self::new();
        for content in contents {
            let conclusion = environment.deploy(content).await;
            assert_eq!(conclusion.exit_code(), 0, "{:?}", conclusion.ending);
        }
        environment.target.world().calls.clear();
        environment
    }

    pub(crate) async fn deploy(&self, content: &str) -> Conclusion {
        self.request(request(content, &["orders.0001_initial"]))
            .await
    }

    pub(crate) async fn request(&self, request: DeployRequest) -> Conclusion {
        self.try_request(request).await.unwrap()
    }

    pub(crate) async fn try_request(
        &self,
        request: DeployRequest,
    ) -> Result<Conclusion, RolloutError> {
        self.target.world().pending = request
            .migrations
            .iter()
            .flatten()
            .map(|migration| migration.name.clone())
            .collect();
        roll_out(&self.target, &self.state, request, &|_| {}).await
    }

    /// Deploys until the end, or until the process is "killed".
    pub(crate) async fn deploy_or_die(&self, request: DeployRequest) -> Option<Conclusion> {
        let killed = self.target.killed.clone();
        tokio::select! {
            conclusion = self.request(request) => Some(conclusion),
            () = killed.notified() => None,
        }
    }

    /// Goes back until the end, or until the process is "killed".
    pub(crate) async fn back_or_die(&self) -> Option<Conclusion> {
        let killed = self.target.killed.clone();
        tokio::select! {
            conclusion = self.back(RollbackRequest::default()) => Some(conclusion),
            () = killed.notified() => None,
        }
    }

    pub(crate) async fn back(&self, request: RollbackRequest) -> Conclusion {
        roll_back(&self.target, &self.state, request, &|_| {})
            .await
            .unwrap()
    }

    /// The events of a deployment, a line each, without times.
    pub(crate) async fn told(&self, request: DeployRequest) -> String {
        let lines = Mutex::new(Vec::new());
        self.target.world().pending = request
            .migrations
            .iter()
            .flatten()
            .map(|migration| migration.name.clone())
            .collect();
        let report = |progress: &Progress| {
            let line = match progress {
                Progress::Resumed { phase, .. } => format!("resumed {phase}"),
                Progress::Started { .. } | Progress::Note { .. } => return,
                Progress::Finished { phase, text, .. } => format!("{phase}: {text}"),
                Progress::Failed {
                    phase, text, cause, ..
                } => format!(
                    "{phase} failed: {text}; {}",
                    cause.as_deref().unwrap_or("-")
                ),
            };
            lines.lock().unwrap().push(line);
        };
        roll_out(&self.target, &self.state, request, &report)
            .await
            .unwrap();
        lines.into_inner().unwrap().join("\n")
    }

    pub(crate) fn production(&self) -> Option<ReleaseId> {
        self.target.world().production.clone()
    }
}
