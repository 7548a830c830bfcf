//! One running process of a slot.

use std::{
    io,
    net::{Ipv4Addr, SocketAddr},
    sync::Arc,
    time::Duration,
};

use super::{identity_endpoint::Admission, launch::Launch, slot_id::SlotId};
use crate::{
    cloud::Cloud,
    process::{Failure, Log, Port, Process, Program, RestartPolicy, StopPlan},
    proxy::Backend,
};

/// How long requests in flight may take to end before their process does.
pub(super) const DRAIN_LIMIT: Duration = Duration::from_secs(30);

/// A process, the port it listens on, and the way to it.
#[derive(Debug)]
pub(super) struct Instance {
    pub launch: Launch,
    pub process: Process,
    pub backend: Arc<Backend>,
    _admission: Admission,
    _port: Port,
}

impl Instance {
    /// Starts a process for `slot`; it is not ready yet.
    ///
    /// # Errors
    /// When no port is free or the folders can't be made.
    pub(super) fn start(
        cloud: &Cloud,
        slot: &SlotId,
        launch: Launch,
        log: &Log,
    ) -> io::Result<Arc<Self>> {
        let port = cloud.sites.ports().take()?;
        let address = SocketAddr::from((Ipv4Addr::LOCALHOST, port.number));
        let admission = cloud.sites.identities().admit(slot);
        let program = program(slot, &launch, port.number, &admission);
        if let Some(home) = launch.environment.get("HOME") {
            std::fs::create_dir_all(home)?;
        }
        let process = Process::start(
            program,
            launch.readiness(address),
            RestartPolicy::SERVICE,
            log.clone(),
            cloud.sites.records(cloud),
        );
        Ok(Arc::new(Self {
            launch,
            process,
            backend: Backend::new(address),
            _admission: admission,
            _port: port,
        }))
    }

    /// Waits until it is ready, or has ended once.
    ///
    /// # Errors
    /// Why it does not run.
    pub(super) async fn ready(&self) -> Result<(), Failure> {
        self.process.ready().await
    }

    /// Waits for its requests, then ends it.
    pub(super) async fn retire(&self, limit: Duration) {
        let cut_off = self.backend.drained(limit).await;
        if cut_off > 0 {
            tracing::warn!(
                requests = cut_off,
                "requests were cut off when a process was stopped"
            );
        }
        self.process.stop().await;
    }
}

fn program(slot: &SlotId, launch: &Launch, port: u16, admission: &Admission) -> Program {
    let mut environment = launch.environment.clone();
    environment.insert("PORT".to_owned(), port.to_string());
    // The last of two `--bind` counts for the configuration file only, so a setting's own arguments stay in front.
    let arguments = environment.remove("GUNICORN_CMD_ARGS").unwrap_or_default();
    environment.insert(
        "GUNICORN_CMD_ARGS".to_owned(),
        format!("{arguments} --bind=127.0.0.1:{port}")
            .trim()
            .to_owned(),
    );
    admission.tell(&mut environment);
    Program {
        name: format!("site {}", slot.label()),
        executable: "/bin/sh".into(),
        arguments: vec!["-c".to_owned(), launch.command.clone()],
        environment,
        directory: launch.directory.clone(),
        account: None,
        stop: StopPlan::term(launch.stop_grace),
    }
}
