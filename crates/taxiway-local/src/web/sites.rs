//! All running slots of the cloud.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use tokio::task::JoinSet;

use super::{
    identity_endpoint::Identities,
    instance::Instance,
    record,
    runtime::{Restart, SlotRuntime},
    slot_id::SlotId,
    swap,
};
use crate::{
    cloud::Cloud,
    error::ArmError,
    process::{Ports, Records},
    proxy::Router,
};

/// The running sites. Made with the cloud, before anything runs. Clones share everything.
#[derive(Clone, Debug, Default)]
pub(crate) struct Sites {
    router: Router,
    ports: Ports,
    identities: Identities,
    runtimes: Arc<Mutex<BTreeMap<SlotId, Arc<SlotRuntime>>>>,
    /// Work that goes on after its request was answered.
    background: Arc<Mutex<JoinSet<()>>>,
}

impl Sites {
    /// What [`crate::proxy::serve`] routes by.
    pub(crate) fn router(&self) -> Router {
        self.router.clone()
    }

    /// Brings back what the store remembers. Called once, after the listeners are bound and before interrupted operations are
    /// given up; the sites start in the background.
    ///
    /// # Errors
    /// When the store can't be read, or what an earlier cloud left behind can't be stopped.
    pub(crate) async fn restore(&self, cloud: &Cloud) -> Result<(), ArmError> {
        let internal = |error: std::io::Error| ArmError::internal(error.to_string());
        let records = self.records(cloud);
        let orphans = tokio::task::spawn_blocking(move || records.stop_orphans()).await;
        let orphans = orphans.map_err(|error| ArmError::internal(error.to_string()))?;
        for orphan in orphans.map_err(internal)? {
            tracing::warn!(orphan, "a process of an earlier run was stopped");
        }
        std::fs::create_dir_all(cloud.paths.sites()).map_err(internal)?;
        super::launch::write_certificates(cloud).map_err(internal)?;
        self.identities.listen(cloud).await.map_err(internal)?;
        super::publish::recover(cloud)?;
        super::jobs::recover(cloud)?;
        swap::recover(cloud)?;
        for site in record::all(cloud)? {
            for slot in site.slot_ids() {
                self.refresh(cloud, &slot, Restart::IfChanged);
            }
        }
        Ok(())
    }

    /// Ends every process.
    pub(crate) async fn stop_all(&self) {
        self.identities.stop();
        let mut background = std::mem::take(&mut *self.background_tasks());
        background.abort_all();
        while background.join_next().await.is_some() {}
        let runtimes: Vec<Arc<SlotRuntime>> = self.lock().values().cloned().collect();
        let mut ends: JoinSet<()> = runtimes
            .into_iter()
            .map(|runtime| async move { runtime.shut_down().await })
            .collect();
        while ends.join_next().await.is_some() {}
    }

    /// The running side of a slot, made if need be.
    pub(super) fn runtime(&self, cloud: &Cloud, slot: &SlotId) -> Arc<SlotRuntime> {
        let mut runtimes = self.lock();
        let runtime = runtimes.entry(slot.clone()).or_insert_with(|| {
            let runtime = SlotRuntime::new(cloud, slot);
            self.router.add(&runtime.front);
            runtime
        });
        runtime.clone()
    }

    /// Ends a slot and forgets it; its record is gone already.
    pub(super) async fn remove(&self, slot: &SlotId) {
        let runtime = self.lock().remove(slot);
        if let Some(runtime) = runtime {
            self.router.remove(&runtime.front.label);
            runtime.go().await;
        }
    }

    /// Brings a slot to what its record says, in the background.
    pub(super) fn refresh(&self, cloud: &Cloud, slot: &SlotId, restart: Restart) {
        let runtime = self.runtime(cloud, slot);
        let cloud = cloud.clone();
        self.spawn(async move {
            // The reason stands in the slot's log, and its traffic gets it.
            runtime.reconcile(&cloud, restart).await.ok();
        });
    }

    /// Ends a process that serves no longer, in the background.
    pub(super) fn retire(&self, instance: Arc<Instance>, limit: Duration) {
        self.spawn(async move { instance.retire(limit).await });
    }

    /// Runs work that the shutdown ends.
    pub(super) fn spawn(&self, work: impl Future<Output = ()> + Send + 'static) {
        let mut background = self.background_tasks();
        while background.try_join_next().is_some() {}
        background.spawn(work);
    }

    pub(super) fn ports(&self) -> &Ports {
        &self.ports
    }

    pub(super) fn identities(&self) -> &Identities {
        &self.identities
    }

    pub(super) fn records(&self, cloud: &Cloud) -> Records {
        Records::new(&cloud.paths.state.join("processes/sites"))
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, BTreeMap<SlotId, Arc<SlotRuntime>>> {
        self.runtimes.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn background_tasks(&self) -> std::sync::MutexGuard<'_, JoinSet<()>> {
        self.background
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }
}

/// The id of this machine as an instance: 64 hexadecimal digits, the same as long as the state directory is.
pub(super) fn instance_id(cloud: &Cloud) -> String {
    use std::fmt::Write;

    use sha2::{Digest, Sha256};

    let digest = Sha256::digest(cloud.paths.state.as_str().as_bytes());
    digest.iter().fold(String::new(), |mut text, byte| {
        // Writing to a text can't fail.
        write!(text, "{byte:02x}").ok();
        text
    })
}
