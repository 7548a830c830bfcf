//! The running side of one slot: the process that serves it, and how it is exchanged for another one.
//!
//! Invariants: starts, stops and swaps of a slot happen one after the other, in the order of [`SlotRuntime::operation`]; a new
//! process takes over before the old one drains and ends; the watcher of a process speaks only while that process is attached.

use std::{
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use tokio::{
    sync::{Mutex as TurnLock, watch},
    task::JoinHandle,
};

use super::{
    continuous::{self, Described},
    instance::{DRAIN_LIMIT, Instance},
    launch::{Launch, LaunchError},
    record::{self, SiteRecord, SlotRecord},
    slot_id::SlotId,
};
use crate::{
    cloud::Cloud,
    error::ArmError,
    process::{Cause, Failure, Log, State},
    proxy::{Front, Target},
    tools,
};

/// A slot as it runs.
#[derive(Debug)]
pub(super) struct SlotRuntime {
    pub slot: SlotId,
    pub front: Arc<Front>,
    /// What the application prints.
    pub log: Log,
    /// Whoever starts, stops or swaps the slot holds this meanwhile.
    pub operation: TurnLock<()>,
    attached: Mutex<Option<Attached>>,
    /// What runs beside the process. Whoever starts or ends it holds this meanwhile.
    jobs: TurnLock<Option<continuous::Running>>,
    /// The launch whose jobs should run.
    wanted_jobs: Mutex<Option<Launch>>,
    is_deploying: AtomicBool,
    /// The slot is being deleted: nobody waits any longer for a start.
    is_going: watch::Sender<bool>,
}

/// The process that the slot's traffic goes to.
#[derive(Debug)]
struct Attached {
    instance: Arc<Instance>,
    watcher: JoinHandle<()>,
}

impl Drop for Attached {
    fn drop(&mut self) {
        self.watcher.abort();
    }
}

/// Whether a process that already runs with the wanted configuration is replaced all the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Restart {
    IfChanged,
    Always,
}

/// A deployment is under way until this goes.
#[derive(Debug)]
pub(super) struct DeploymentTurn(Arc<SlotRuntime>);

impl Drop for DeploymentTurn {
    fn drop(&mut self) {
        self.0.is_deploying.store(false, Ordering::Release);
    }
}

impl SlotRuntime {
    pub(super) fn new(cloud: &Cloud, slot: &SlotId) -> Arc<Self> {
        let logs = slot.folder(&cloud.paths).join("LogFiles");
        let label = slot.label();
        let access = Log::new(&logs.join("http/access.log"));
        let front = Front::new(&label, slot.slot.is_none(), access);
        // A site that the store remembers is on its way, not empty.
        if let Ok((_, found)) = record::load_slot(cloud, slot)
            && found.content.active.is_some()
        {
            front.point_to(Target::Starting);
        }
        Arc::new(Self {
            front,
            slot: slot.clone(),
            log: Log::new(&logs.join("default_docker.log")),
            operation: TurnLock::new(()),
            attached: Mutex::new(None),
            jobs: TurnLock::new(None),
            wanted_jobs: Mutex::new(None),
            is_deploying: AtomicBool::new(false),
            is_going: watch::Sender::new(false),
        })
    }

    /// Claims the slot for a deployment; none while another one is under way.
    pub(super) fn begin_deployment(self: &Arc<Self>) -> Option<DeploymentTurn> {
        let was_deploying = self.is_deploying.swap(true, Ordering::AcqRel);
        (!was_deploying).then(|| DeploymentTurn(self.clone()))
    }

    pub(super) fn is_deploying(&self) -> bool {
        self.is_deploying.load(Ordering::Acquire)
    }

    /// The process that serves, if there is one.
    pub(super) fn instance(&self) -> Option<Arc<Instance>> {
        let attached = self.lock();
        attached.as_ref().map(|attached| attached.instance.clone())
    }

    /// Sends the traffic to `instance` and keeps watching it. Returns the one before.
    pub(super) fn attach(self: &Arc<Self>, instance: Arc<Instance>) -> Option<Arc<Instance>> {
        let mut attached = self.lock();
        self.front
            .point_to(target_of(&instance, &instance.process.state().borrow()));
        let watcher = tokio::spawn(follow(self.clone(), instance.clone()));
        let before = attached.replace(Attached { instance, watcher });
        before.map(|before| before.instance.clone())
    }

    /// Ends the watch and leaves the traffic where it goes.
    pub(super) fn detach(&self) -> Option<Arc<Instance>> {
        let before = self.lock().take();
        before.map(|before| before.instance.clone())
    }

    /// Brings the slot to what its record says.
    ///
    /// # Errors
    /// Why it does not run; the traffic then gets the same reason.
    pub(super) async fn reconcile(
        self: &Arc<Self>,
        cloud: &Cloud,
        restart: Restart,
    ) -> Result<(), String> {
        let _turn = self.operation.lock().await;
        let Ok((record, found)) = record::load_slot(cloud, &self.slot) else {
            // Deleted while we waited.
            self.end(cloud, Target::Stopped);
            return Ok(());
        };
        if found.is_stopped {
            self.end(cloud, Target::Stopped);
            return Ok(());
        }
        let launch = match prepare(cloud, &record, &self.slot, &found).await {
            Ok(launch) => launch,
            Err(LaunchProblem::Launch(LaunchError::Empty)) => {
                self.end(cloud, Target::Empty);
                return Ok(());
            }
            Err(problem) => {
                let reason = problem.to_string();
                self.log
                    .line(&format!("[taxiway] {} {reason}", self.slot.label()));
                self.end(cloud, Target::Failed(reason.clone()));
                return Err(reason);
            }
        };
        if restart == Restart::IfChanged && self.runs(&launch) {
            return Ok(());
        }
        self.replace(cloud, launch).await
    }

    /// Whether a good process already runs with this configuration.
    fn runs(&self, launch: &Launch) -> bool {
        self.instance().is_some_and(|instance| {
            let is_ready = matches!(*instance.process.state().borrow(), State::Ready { .. });
            is_ready && instance.launch == *launch
        })
    }

    /// Starts a new process; it takes over when it is ready, or when it has failed: then the slot has failed.
    async fn replace(self: &Arc<Self>, cloud: &Cloud, launch: Launch) -> Result<(), String> {
        if !matches!(self.front.target(), Target::Serving(_)) {
            // What does not serve is no help while the new one starts, and its last words would be taken for the new one's.
            if let Some(before) = self.detach() {
                before.process.stop().await;
            }
            self.front.point_to(Target::Starting);
        }
        let instance = match Instance::start(cloud, &self.slot, launch, &self.log) {
            Ok(instance) => instance,
            Err(error) => {
                let reason = format!("could not be started: {error}");
                self.end(cloud, Target::Failed(reason.clone()));
                return Err(reason);
            }
        };
        let mut is_going = self.is_going.subscribe();
        let gone = async {
            // An error means that the runtime itself is gone, which this method holds.
            is_going.wait_for(|is_going| *is_going).await.ok();
        };
        let ready = tokio::select! {
            outcome = instance.ready() => Some(outcome),
            () = gone => None,
        };
        let Some(outcome) = ready else {
            instance.process.stop().await;
            return Err("was deleted while it started".to_owned());
        };
        let launch = instance.launch.clone();
        if let Some(before) = self.attach(instance) {
            cloud.sites.retire(before, DRAIN_LIMIT);
        }
        self.run_jobs(cloud, Some(launch));
        outcome.map_err(|failure| explain(&failure))
    }

    /// Ends the process, if any; the traffic gets `target`.
    fn end(self: &Arc<Self>, cloud: &Cloud, target: Target) {
        let before = self.detach();
        self.front.point_to(target);
        if let Some(before) = before {
            cloud.sites.retire(before, Duration::from_secs(5));
        }
        self.run_jobs(cloud, None);
    }

    /// Brings the jobs to those of a launch, or to none, in the background.
    pub(super) fn run_jobs(self: &Arc<Self>, cloud: &Cloud, launch: Option<Launch>) {
        self.want_jobs(launch);
        let (runtime, own) = (self.clone(), cloud.clone());
        cloud
            .sites
            .spawn(async move { runtime.exchange_jobs(&own).await });
    }

    /// The last word counts, in whatever order those come to run who bring it about.
    fn want_jobs(&self, launch: Option<Launch>) {
        let mut wanted = self
            .wanted_jobs
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        *wanted = launch;
    }

    /// Ends the jobs that run, unless they are the wanted ones, and then starts those.
    async fn exchange_jobs(&self, cloud: &Cloud) {
        let mut jobs = self.jobs.lock().await;
        let wanted = || {
            let wanted = self.wanted_jobs.lock();
            wanted.unwrap_or_else(PoisonError::into_inner).clone()
        };
        let is_right = match (jobs.as_ref(), wanted().as_ref()) {
            (Some(running), Some(launch)) => running.is_of(launch),
            (None, None) => true,
            (Some(_), None) | (None, Some(_)) => false,
        };
        if is_right {
            return;
        }
        if let Some(running) = jobs.take() {
            running.stop().await;
        }
        // It may have changed while the former ones ended.
        *jobs = wanted().map(|launch| continuous::Running::start(cloud, &self.slot, &launch));
    }

    /// The continuous jobs of an application, and how they are doing.
    pub(super) async fn describe_jobs(&self, application: &camino::Utf8Path) -> Vec<Described> {
        continuous::describe(application, self.jobs.lock().await.as_ref())
    }

    /// Ends the slot for good, a start that is under way too, and waits for its end.
    pub(super) async fn go(&self) {
        self.is_going.send_replace(true);
        let _turn = self.operation.lock().await;
        self.shut_down().await;
    }

    /// Ends the process for good and waits for its end.
    pub(super) async fn shut_down(&self) {
        let before = self.detach();
        self.front.point_to(Target::Stopped);
        if let Some(before) = before {
            before.process.stop().await;
        }
        self.want_jobs(None);
        if let Some(running) = self.jobs.lock().await.take() {
            running.stop().await;
        }
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Option<Attached>> {
        self.attached.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Why a slot has no launch.
#[derive(Debug, thiserror::Error)]
pub(super) enum LaunchProblem {
    #[error(transparent)]
    Launch(#[from] LaunchError),
    #[error("can't run: {0}")]
    Python(#[from] tools::PythonError),
}

/// The launch of a slot. An application without a virtual environment gets the machine's Python of its version.
pub(super) async fn prepare(
    cloud: &Cloud,
    record: &SiteRecord,
    id: &SlotId,
    slot: &SlotRecord,
) -> Result<Launch, LaunchProblem> {
    let is_built = slot.content.active.as_ref().is_some_and(|deployment| {
        super::deployment::Folder::new(&cloud.paths, id, deployment)
            .environment()
            .exists()
    });
    let mut tool_folder = camino::Utf8PathBuf::from("/usr/bin");
    if slot.content.active.is_some() && !is_built {
        let version = super::launch::python_version(slot)?;
        let records = cloud.sites.records(cloud);
        let python = tools::find_python(&cloud.paths.cache, &version, &records).await?;
        tool_folder = python.parent().map_or(tool_folder, ToOwned::to_owned);
    }
    Ok(Launch::prepare(cloud, record, id, slot, &tool_folder)?)
}

/// A failure in one sentence, with the last line that the application printed.
pub(super) fn explain(failure: &Failure) -> String {
    let last = failure
        .last_lines
        .iter()
        .rev()
        .find(|line| !line.trim().is_empty());
    match last {
        Some(line) => format!("{}: {}", failure.cause, line.trim()),
        None => failure.cause.to_string(),
    }
}

/// Tells the traffic what becomes of the process, as long as it is the attached one.
async fn follow(runtime: Arc<SlotRuntime>, instance: Arc<Instance>) {
    let mut state = instance.process.state();
    let mut was_ready = matches!(*state.borrow(), State::Ready { .. });
    while state.changed().await.is_ok() {
        let now = state.borrow_and_update().clone();
        let is_ready = matches!(now, State::Ready { .. });
        let target = match &now {
            // A process that had served comes back soon: requests wait for it.
            State::Exited(_) | State::Starting if was_ready => Target::Starting,
            // It has never been ready: the reason stays until it is.
            State::Starting => continue,
            State::Ready { .. } | State::Exited(_) | State::Crashed(_) | State::Stopped => {
                target_of(&instance, &now)
            }
        };
        was_ready = is_ready || (was_ready && matches!(now, State::Exited(_)));
        let attached = runtime.lock();
        let is_attached = attached
            .as_ref()
            .is_some_and(|attached| Arc::ptr_eq(&attached.instance, &instance));
        if is_attached {
            runtime.front.point_to(target);
        }
    }
}

fn target_of(instance: &Arc<Instance>, state: &State) -> Target {
    match state {
        State::Ready { .. } => Target::Serving(instance.backend.clone()),
        State::Starting => Target::Starting,
        State::Exited(failure) | State::Crashed(failure) => Target::Failed(reason(&failure.cause)),
        State::Stopped => Target::Stopped,
    }
}

fn reason(cause: &Cause) -> String {
    match cause {
        Cause::Exit(_) | Cause::NotReady { .. } | Cause::NotStarted(_) => cause.to_string(),
    }
}

/// Errors of operations on a slot.
pub(super) fn failed_start(slot: &SlotId, reason: &str) -> ArmError {
    ArmError::conflict("Conflict", format!("{} {reason}.", slot.label()))
}
