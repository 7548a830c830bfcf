//! All PostgreSQL servers of the cloud.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use taxiway_arm::ResourceId;
use tokio::{
    task::JoinSet,
    time::{MissedTickBehavior, interval},
};

use super::{
    TYPE, backups, deletion, flexible_server, programs, record::ServerRecord, server::Server,
};
use crate::{cloud::Cloud, error::ArmError, process::Ports};

/// How often it is looked whether a backup is due.
const MAINTENANCE: Duration = Duration::from_secs(3600);

/// The running servers. Made with the cloud, before anything runs. Clones share everything.
#[derive(Clone, Debug, Default)]
pub(crate) struct Servers {
    ports: Ports,
    servers: Arc<Mutex<BTreeMap<String, Arc<Server>>>>,
    /// Work without a caller; the shutdown ends it.
    background: Arc<Mutex<JoinSet<()>>>,
}

impl Servers {
    /// Brings back what the store remembers. Called once, before interrupted operations are given up; returns at once, the
    /// servers start in the background.
    ///
    /// # Errors
    /// When the store can't be read, or what an earlier cloud left behind can't be stopped.
    pub(crate) async fn restore(&self, cloud: &Cloud) -> Result<(), ArmError> {
        let records = programs::records(cloud);
        let orphans = tokio::task::spawn_blocking(move || records.stop_orphans())
            .await
            .map_err(|error| ArmError::internal(error.to_string()))?
            .map_err(|error| ArmError::internal(error.to_string()))?;
        for orphan in orphans {
            tracing::warn!(orphan, "a process of an earlier run was stopped");
        }
        self.give_up_unfinished(cloud)?;
        deletion::resume(cloud)?;
        for record in ServerRecord::all(cloud)? {
            let cloud = cloud.clone();
            self.spawn(async move {
                if let Err(error) = flexible_server::resume(&cloud, &record.id).await {
                    tracing::error!(server = record.id.name(), %error, "a PostgreSQL server did not come back");
                }
            });
        }
        let cloud = cloud.clone();
        self.spawn(async move { maintain(&cloud).await });
        Ok(())
    }

    /// A server that was being made when the cloud ended: the next PUT begins anew.
    fn give_up_unfinished(&self, cloud: &Cloud) -> Result<(), ArmError> {
        for stored in cloud.store.all_of_type(TYPE)? {
            let is_dropping = stored.body["properties"]["state"] == "Dropping";
            if !is_dropping && ServerRecord::load(cloud, &stored.id)?.is_none() {
                flexible_server::mark(cloud, &stored.id, "Inaccessible")?;
            }
        }
        Ok(())
    }

    /// Ends every server.
    pub(crate) async fn stop_all(&self) {
        let mut background = std::mem::take(&mut *self.background_tasks());
        background.abort_all();
        while background.join_next().await.is_some() {}
        let servers: Vec<Arc<Server>> = self.lock().values().cloned().collect();
        let mut ends: JoinSet<()> = servers
            .into_iter()
            .map(|server| async move { server.shut_down().await })
            .collect();
        while ends.join_next().await.is_some() {}
    }

    /// The running side of a server, made if need be.
    pub(super) fn server(&self, id: &ResourceId) -> Arc<Server> {
        let mut servers = self.lock();
        Arc::clone(servers.entry(id.key().to_owned()).or_default())
    }

    /// Forgets a server that is gone.
    pub(super) fn forget(&self, id: &ResourceId) {
        self.lock().remove(id.key());
    }

    pub(super) fn ports(&self) -> &Ports {
        &self.ports
    }

    /// Runs work that the shutdown ends.
    pub(super) fn spawn(&self, work: impl Future<Output = ()> + Send + 'static) {
        let mut background = self.background_tasks();
        while background.try_join_next().is_some() {}
        background.spawn(work);
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, BTreeMap<String, Arc<Server>>> {
        self.servers.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn background_tasks(&self) -> std::sync::MutexGuard<'_, JoinSet<()>> {
        self.background
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }
}

/// Backups that are due, for as long as the cloud runs.
async fn maintain(cloud: &Cloud) {
    let mut ticks = interval(MAINTENANCE);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        ticks.tick().await;
        let Ok(records) = ServerRecord::all(cloud) else {
            continue;
        };
        for record in records {
            if let Err(error) = backups::maintain(cloud, &record.id).await {
                tracing::error!(server = record.id.name(), %error, "a daily backup failed");
            }
        }
    }
}
