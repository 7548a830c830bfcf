//! A child that should run until it is told to stop: started again when it ends, watched until it is ready.
//!
//! The state is on a `watch` channel. One task owns the child; it ends after the state became `Crashed` or `Stopped`.

use std::{fmt, io, pin::Pin, sync::Arc, time::Duration};

use tokio::{
    sync::watch,
    task::JoinHandle,
    time::{Instant, MissedTickBehavior, interval, sleep_until, timeout_at},
};

use super::{
    RestartPolicy,
    child::{Child, Exit, Program},
    log::Log,
    records::Records,
};

/// Where a supervised child stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum State {
    /// Spawned, or about to be, and not ready yet.
    Starting,
    /// It has answered its probe.
    Ready { pid: i32 },
    /// It ended by itself and is started again after a pause.
    Exited(Failure),
    /// It ended by itself once too often.
    Crashed(Failure),
    /// It was told to stop and is gone.
    Stopped,
}

/// Why a child does not run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Failure {
    pub cause: Cause,
    /// The end of what it printed.
    pub last_lines: Vec<String>,
}

/// What happened to the child.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Cause {
    /// It could not be started at all.
    NotStarted(String),
    /// It ended.
    Exit(Exit),
    /// It ran, but did not get ready in time; the last answer to the probe.
    NotReady { limit: Duration, answer: String },
}

impl fmt::Display for Cause {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotStarted(reason) => write!(formatter, "could not be started: {reason}"),
            Self::Exit(exit) => exit.fmt(formatter),
            Self::NotReady { limit, answer } => write!(
                formatter,
                "was not ready after {} seconds: {answer}",
                limit.as_secs()
            ),
        }
    }
}

type Answer = Pin<Box<dyn Future<Output = Result<(), String>> + Send>>;

/// How to find out that a child is ready: ask every `interval`, for `limit` at most.
#[derive(Clone)]
pub(crate) struct Readiness {
    pub probe: Arc<dyn Fn() -> Answer + Send + Sync>,
    pub interval: Duration,
    pub limit: Duration,
}

impl fmt::Debug for Readiness {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Readiness")
            .field("limit", &self.limit)
            .finish_non_exhaustive()
    }
}

/// A supervised child. When it is dropped without [`Process::stop`], the child is killed.
#[derive(Debug)]
pub(crate) struct Process {
    state: watch::Receiver<State>,
    stop: watch::Sender<bool>,
    task: JoinHandle<()>,
}

impl Process {
    /// Starts to supervise. Returns at once, in state `Starting`.
    pub(crate) fn start(
        program: Program,
        readiness: Readiness,
        restart: RestartPolicy,
        log: Log,
        records: Records,
    ) -> Self {
        let (state_sender, state) = watch::channel(State::Starting);
        let (stop, stop_receiver) = watch::channel(false);
        let supervisor = Supervisor {
            program,
            readiness,
            restart,
            log,
            records,
            state: state_sender,
            stop: stop_receiver,
        };
        Self {
            state,
            stop,
            task: tokio::spawn(supervisor.run()),
        }
    }

    /// The state, to look at or to wait for.
    pub(crate) fn state(&self) -> watch::Receiver<State> {
        self.state.clone()
    }

    /// Waits until the child is ready, or has ended once.
    ///
    /// # Errors
    /// Why it does not run.
    pub(crate) async fn ready(&self) -> Result<(), Failure> {
        let mut state = self.state.clone();
        let settled = state
            .wait_for(|state| !matches!(state, State::Starting))
            .await;
        match settled.as_deref() {
            Ok(State::Ready { .. }) => Ok(()),
            Ok(State::Exited(failure) | State::Crashed(failure)) => Err(failure.clone()),
            Ok(State::Starting | State::Stopped) | Err(_) => Err(Failure {
                cause: Cause::NotStarted("it was stopped meanwhile".to_owned()),
                last_lines: Vec::new(),
            }),
        }
    }

    /// Ends the child by its plan and waits until it is gone.
    pub(crate) async fn stop(&self) {
        self.stop.send_replace(true);
        let mut state = self.state.clone();
        // An error means that the task is gone, and the child with it.
        state
            .wait_for(|state| matches!(state, State::Stopped | State::Crashed(_)))
            .await
            .ok();
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        self.task.abort();
    }
}

struct Supervisor {
    program: Program,
    readiness: Readiness,
    restart: RestartPolicy,
    log: Log,
    records: Records,
    state: watch::Sender<State>,
    stop: watch::Receiver<bool>,
}

/// How one run ended.
enum Run {
    Told,
    Failed { failure: Failure, calm: bool },
}

impl Supervisor {
    async fn run(mut self) {
        let mut restarts = 0;
        let mut was_ready = false;
        loop {
            self.state.send_replace(State::Starting);
            let (failure, calm) = match self.run_once().await {
                Run::Told => break,
                Run::Failed { failure, calm } => (failure, calm),
            };
            was_ready |= matches!(*self.state.borrow(), State::Ready { .. });
            self.log.line(&format!(
                "[taxiway] {} {}",
                self.program.name, failure.cause
            ));
            tracing::warn!(program = %self.program.name, cause = %failure.cause, "a child ended by itself");
            restarts = if calm { 0 } else { restarts };
            let Some(pause) = self.restart.pause(restarts, was_ready) else {
                self.state.send_replace(State::Crashed(failure));
                return;
            };
            restarts += 1;
            self.state.send_replace(State::Exited(failure));
            let pause_end = Instant::now() + pause;
            tokio::select! {
                () = sleep_until(pause_end) => {}
                () = told_to_stop(&mut self.stop) => break,
            }
        }
        self.state.send_replace(State::Stopped);
    }

    async fn run_once(&self) -> Run {
        let mut stop = self.stop.clone();
        if *self.stop.borrow() {
            return Run::Told;
        }
        let mut child = match Child::spawn(&self.program, &self.log, &self.records) {
            Ok(child) => child,
            Err(error) => return Run::failed(Cause::NotStarted(error.to_string()), Vec::new()),
        };
        let cause = tokio::select! {
            exit = child.wait() => Err(exit_cause(exit)),
            ready = self.until_ready() => ready,
            () = told_to_stop(&mut stop) => return self.told(child).await,
        };
        if let Err(cause) = cause {
            let last_lines = child.last_lines();
            child.stop(&self.program.stop).await.ok();
            return Run::failed(cause, last_lines);
        }
        let ready_since = Instant::now();
        self.state.send_replace(State::Ready { pid: child.pid() });
        let exit = tokio::select! {
            exit = child.wait() => exit,
            () = told_to_stop(&mut stop) => return self.told(child).await,
        };
        Run::Failed {
            calm: ready_since.elapsed() >= self.restart.calm,
            failure: Failure {
                cause: exit_cause(exit),
                last_lines: child.last_lines(),
            },
        }
    }

    /// Asks until the answer is good. Each new answer goes into the log, where whoever deploys looks for the cause.
    async fn until_ready(&self) -> Result<(), Cause> {
        let readiness = &self.readiness;
        let deadline = Instant::now() + readiness.limit;
        let mut ticks = interval(readiness.interval);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut answer = "nothing answered".to_owned();
        let asked = timeout_at(deadline, async {
            loop {
                ticks.tick().await;
                match (readiness.probe)().await {
                    Ok(()) => return,
                    Err(reason) if reason == answer => {}
                    Err(reason) => {
                        let name = &self.program.name;
                        self.log
                            .line(&format!("[taxiway] {name} is not ready: {reason}"));
                        answer = reason;
                    }
                }
            }
        })
        .await;
        asked.map_err(|_| Cause::NotReady {
            limit: readiness.limit,
            answer: answer.clone(),
        })
    }

    async fn told(&self, mut child: Child) -> Run {
        if let Err(error) = child.stop(&self.program.stop).await {
            tracing::error!(program = %self.program.name, %error, "a child could not be reaped");
        }
        Run::Told
    }
}

impl Run {
    fn failed(cause: Cause, last_lines: Vec<String>) -> Self {
        Self::Failed {
            failure: Failure { cause, last_lines },
            calm: false,
        }
    }
}

async fn told_to_stop(stop: &mut watch::Receiver<bool>) {
    // An error means that nobody is left who could tell.
    stop.wait_for(|stop| *stop).await.ok();
}

fn exit_cause(exit: io::Result<Exit>) -> Cause {
    match exit {
        Ok(exit) => Cause::Exit(exit),
        Err(error) => Cause::NotStarted(error.to_string()),
    }
}
