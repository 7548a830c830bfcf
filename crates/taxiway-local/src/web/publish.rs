//! A package becomes what a slot serves: keep, unpack, build, start.

use camino::Utf8PathBuf;
use jiff::Timestamp;

use super::{
    build::{self, Build},
    deployment::{Deployment, Folder, Runtime, Status},
    package,
    record::{self, SlotRecord},
    runtime::{DeploymentTurn, Restart},
    slot_id::SlotId,
};
use crate::{cloud::Cloud, error::ArmError, process::Log};

/// The deployments of a slot that are kept.
const KEPT: usize = 5;

/// A package that has arrived.
#[derive(Debug)]
pub(super) struct Publication {
    pub slot: SlotId,
    pub deployment: Deployment,
    _turn: DeploymentTurn,
}

impl Publication {
    /// Begins a deployment: it is remembered from here on.
    ///
    /// # Errors
    /// 409 while another deployment is under way.
    pub(super) fn begin(
        cloud: &Cloud,
        slot: &SlotId,
        author: &str,
        message: &str,
    ) -> Result<Self, ArmError> {
        let runtime = cloud.sites.runtime(cloud, slot);
        let deployment_turn = runtime.begin_deployment().ok_or_else(|| {
            ArmError::conflict(
                "DeploymentInProgress",
                "There is a deployment currently in progress. Please try again when it completes.",
            )
        })?;
        let deployment = Deployment::new(author, message);
        record::update_slot(cloud, slot, |found| {
            found.content.deployments.push(deployment.clone());
            Ok(())
        })?;
        Ok(Self {
            slot: slot.clone(),
            deployment,
            _turn: deployment_turn,
        })
    }

    /// Where the package has to be written.
    ///
    /// # Errors
    /// When the folder can't be made.
    pub(super) fn package(&self, cloud: &Cloud) -> std::io::Result<Utf8PathBuf> {
        let folder = self.folder(cloud);
        std::fs::create_dir_all(&folder.0)?;
        Ok(folder.package())
    }

    fn folder(&self, cloud: &Cloud) -> Folder {
        Folder::new(&cloud.paths, &self.slot, &self.deployment.id)
    }

    /// Ends the deployment as failed.
    pub(super) fn fail(self, cloud: &Cloud, reason: &str) {
        let folder = self.folder(cloud);
        // What a failed deployment unpacked is of no use, and it may be what fills the disk on which its end is to be kept.
        std::fs::remove_dir_all(folder.application()).ok();
        std::fs::remove_file(folder.package()).ok();
        let log = Log::new(&folder.log());
        log.line(&format!("ERROR: {reason}"));
        self.change(cloud, |deployment| {
            deployment.status = Status::Failed;
            deployment.failure = Some(reason.to_owned());
            deployment.ended = Some(Timestamp::now());
        });
    }

    /// Builds what has arrived and starts it. Returns when the application has started or failed to.
    pub(super) async fn run(self, cloud: &Cloud) {
        let log = Log::new(&self.folder(cloud).log());
        self.change(cloud, |deployment| {
            deployment.status = Status::Building;
            deployment.started = Some(Timestamp::now());
        });
        match self.unpack_and_build(cloud, &log).await {
            Ok(()) => {}
            Err(reason) => return self.fail(cloud, &reason),
        }
        log.line("Build succeeded.");
        // A swap under way ends first: what it warms up is what it exchanges.
        let runtime = cloud.sites.runtime(cloud, &self.slot);
        let turn = runtime.operation.lock().await;
        let activated = record::update_slot(cloud, &self.slot, |found| {
            activate(found, &self.deployment.id);
            Ok(())
        });
        drop(turn);
        if let Err(error) = activated {
            return self.fail(cloud, &error.message);
        }
        self.start(cloud, &log).await;
        remove_old(cloud, &self.slot);
    }

    /// Serves an earlier deployment again.
    ///
    /// # Errors
    /// 404 where it is not there, 409 where it failed or another deployment is under way.
    pub(super) async fn again(cloud: &Cloud, slot: &SlotId, id: &str) -> Result<Self, ArmError> {
        let runtime = cloud.sites.runtime(cloud, slot);
        let deployment_turn = runtime.begin_deployment().ok_or_else(|| {
            ArmError::conflict(
                "DeploymentInProgress",
                "There is a deployment currently in progress. Please try again when it completes.",
            )
        })?;
        let turn = runtime.operation.lock().await;
        let deployment = record::update_slot(cloud, slot, |found| {
            let known = found
                .content
                .deployments
                .iter_mut()
                .find(|known| known.id == id);
            let known = known.ok_or_else(|| {
                ArmError::not_found("NotFound", format!("Deployment '{id}' not found."))
            })?;
            let is_there = Folder::new(&cloud.paths, slot, id).application().exists();
            if known.status != Status::Success || !is_there {
                return Err(ArmError::conflict(
                    "Conflict",
                    format!("Deployment '{id}' did not succeed or is no longer kept."),
                ));
            }
            known.runtime = Runtime::Starting;
            let deployment = known.clone();
            activate(found, id);
            Ok(deployment)
        })?;
        drop(turn);
        Ok(Self {
            slot: slot.clone(),
            deployment,
            _turn: deployment_turn,
        })
    }

    /// Starts what was activated.
    pub(super) async fn start(&self, cloud: &Cloud, log: &Log) {
        log.line("Starting the application.");
        let runtime = cloud.sites.runtime(cloud, &self.slot);
        let outcome = runtime.reconcile(cloud, Restart::IfChanged).await;
        let state = match outcome {
            Ok(()) => {
                log.line("The application has started.");
                Runtime::Successful
            }
            Err(reason) => {
                log.line(&format!("ERROR: the application {reason}"));
                Runtime::Failed {
                    reason: format!("The application {reason}"),
                }
            }
        };
        self.change(cloud, |deployment| deployment.runtime = state);
    }

    async fn unpack_and_build(&self, cloud: &Cloud, log: &Log) -> Result<(), String> {
        let folder = self.folder(cloud);
        let (from, to) = (folder.package(), folder.application());
        log.line("Unpacking the package.");
        let unpacked = tokio::task::spawn_blocking(move || package::unpack(&from, &to)).await;
        let files = unpacked
            .map_err(|error| error.to_string())?
            .map_err(|error| error.to_string())?;
        log.line(&format!("{files} files."));
        let (_, slot) = record::load_slot(cloud, &self.slot).map_err(|error| error.message)?;
        if !build::is_wanted(&slot) {
            log.line("No build: SCM_DO_BUILD_DURING_DEPLOYMENT is not set.");
            return Ok(());
        }
        let build = Build {
            cloud,
            slot: &slot,
            folder: &folder,
            log,
        };
        build.run().await.map_err(|error| error.to_string())
    }

    fn change(&self, cloud: &Cloud, change: impl FnOnce(&mut Deployment)) {
        let changed = record::update(cloud, &self.slot.site, |record| {
            // A swap may have moved it to another slot meanwhile.
            let found = std::iter::once(&mut record.production)
                .chain(record.slots.values_mut())
                .flat_map(|slot| slot.content.deployments.iter_mut())
                .find(|known| known.id == self.deployment.id);
            if let Some(found) = found {
                change(found);
            }
            Ok(())
        });
        if let Err(error) = changed {
            tracing::error!(%error, "the state of a deployment could not be kept");
        }
    }
}

fn activate(slot: &mut SlotRecord, id: &str) {
    slot.content.active = Some(id.to_owned());
    if let Some(known) = slot
        .content
        .deployments
        .iter_mut()
        .find(|known| known.id == id)
    {
        known.status = Status::Success;
        known.runtime = Runtime::Starting;
        known.ended = Some(Timestamp::now());
    }
}

/// Removes all but the newest deployments, never the one that is served.
fn remove_old(cloud: &Cloud, slot: &SlotId) {
    let removed = record::update_slot(cloud, slot, |found| {
        let content = &mut found.content;
        let count = content.deployments.len();
        let mut removed = Vec::new();
        let mut index = 0;
        content.deployments.retain(|deployment| {
            index += 1;
            let is_kept = index + KEPT > count || content.active.as_deref() == Some(&deployment.id);
            if !is_kept {
                removed.push(deployment.id.clone());
            }
            is_kept
        });
        Ok(removed)
    });
    for id in removed.unwrap_or_default() {
        let folder = Folder::new(&cloud.paths, slot, &id).0;
        if let Err(error) = std::fs::remove_dir_all(&folder) {
            tracing::debug!(%folder, %error, "an old deployment was not removed");
        }
    }
}

/// Ends the deployments that an earlier cloud did not: their build broke off.
pub(super) fn recover(cloud: &Cloud) -> Result<(), ArmError> {
    for site in record::all(cloud)? {
        record::update(cloud, &site.id, |record| {
            let deployments = std::iter::once(&mut record.production)
                .chain(record.slots.values_mut())
                .flat_map(|slot| slot.content.deployments.iter_mut());
            for deployment in deployments.filter(|deployment| !deployment.is_complete()) {
                deployment.status = Status::Failed;
                deployment.failure =
                    Some("The local cloud was stopped during the build.".to_owned());
                deployment.ended = Some(Timestamp::now());
            }
            Ok(())
        })?;
    }
    Ok(())
}
