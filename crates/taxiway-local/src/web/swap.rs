//! The swap of two slots.
//!
//! Source: App Service documentation, "Set up staging environments", what happens during a swap. The order: the content of the
//! source starts with the settings of the target, is warmed up, then one transaction exchanges what is remembered and the traffic
//! follows; at last the other side starts with its new settings. Until the transaction nothing has changed, so that a failing
//! warm-up or a `kill -9` leaves both slots as they were; after it both are swapped.

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use jiff::Timestamp;
use serde_json::{Map, Value};

use super::{
    instance::{DRAIN_LIMIT, Instance},
    launch::{Launch, LaunchError, swap_warmup},
    probe::ProbeError,
    record::{self, ConnectionString, Preview, SiteRecord, SlotRecord, StickyNames, SwapRecord},
    runtime::{self, LaunchProblem, Restart, SlotRuntime},
    slot_id::SlotId,
};
use crate::{cloud::Cloud, error::ArmError, process::State, proxy::Target};

/// The kind of the operation.
pub(super) const OPERATION: &str = "Microsoft.Web/sites/slotsswap";

/// Members of the site configuration that stay with their slot. Source: App Service documentation, "Set up staging
/// environments", which settings are swapped.
const STAYING: [&str; 14] = [
    "alwaysOn",
    "autoSwapSlotName",
    "cors",
    "experiments",
    "ftpsState",
    "ipSecurityRestrictions",
    "ipSecurityRestrictionsDefaultAction",
    "minTlsVersion",
    "numberOfWorkers",
    "publicNetworkAccess",
    "scmIpSecurityRestrictions",
    "scmMinTlsVersion",
    "vnetName",
    "vnetRouteAllEnabled",
];

/// The most warm-up requests that may time out. Source: `WEBSITE_SLOT_MAX_NUMBER_OF_TIMEOUTS`.
const MOST_TIMEOUTS: u32 = 5;

/// Two slots to swap.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Swap {
    /// The slot whose content is warmed up.
    pub source: SlotId,
    pub target: SlotId,
}

impl Swap {
    /// Settings go to the slot that is not production, whichever end of the call it stood at.
    pub(super) fn new(from: &SlotId, to: &SlotId) -> Self {
        match from.slot {
            None => Self {
                source: to.clone(),
                target: from.clone(),
            },
            Some(_) => Self {
                source: from.clone(),
                target: to.clone(),
            },
        }
    }

    /// Remembers that the swap is under way.
    ///
    /// # Errors
    /// 404 for a slot that is not there, 409 while another swap runs.
    pub(super) fn begin(&self, cloud: &Cloud) -> Result<(), ArmError> {
        record::update(cloud, &self.source.site, |record| {
            for slot in [&self.source, &self.target] {
                if record.slot(slot).is_none() {
                    return Err(record::slot_not_found(slot));
                }
            }
            if record.swap.is_some() {
                return Err(ArmError::conflict(
                    "Conflict",
                    "Cannot modify this site because another operation is in progress.",
                ));
            }
            record.swap = Some(SwapRecord {
                source: self.source.name().to_owned(),
                target: self.target.name().to_owned(),
                time: Timestamp::now(),
            });
            Ok(())
        })
    }

    /// Does it. Returns when the target serves the source's content.
    ///
    /// # Errors
    /// Why nothing was changed.
    pub(super) async fn run(self, cloud: Cloud) -> Result<Option<Value>, ArmError> {
        let source = cloud.sites.runtime(&cloud, &self.source);
        let target = cloud.sites.runtime(&cloud, &self.target);
        // Always in the same order, so that two swaps can't wait for each other.
        let (first, second) = if self.source < self.target {
            (&source, &target)
        } else {
            (&target, &source)
        };
        let first_turn = first.operation.lock().await;
        let second_turn = second.operation.lock().await;
        let outcome = self.exchange(&cloud, &source, &target).await;
        drop((first_turn, second_turn));
        match outcome {
            Ok(()) => {
                for slot in [&self.source, &self.target] {
                    cloud.sites.refresh(&cloud, slot, Restart::IfChanged);
                }
                Ok(None)
            }
            Err(error) => {
                self.give_up(&cloud);
                Err(error)
            }
        }
    }

    async fn exchange(
        &self,
        cloud: &Cloud,
        source: &Arc<SlotRuntime>,
        target: &Arc<SlotRuntime>,
    ) -> Result<(), ArmError> {
        let record = record::load(cloud, &self.source.site)?;
        let mut swapped = record.clone();
        self.apply(&mut swapped)?;
        let candidate = self.warm_up(cloud, &swapped, source, target).await?;
        record::update(cloud, &self.source.site, |record| {
            self.apply(record)?;
            record.last_swap = record.swap.take().map(|swap| SwapRecord {
                time: Timestamp::now(),
                ..swap
            });
            Ok(())
        })?;
        let (staged, served) = (source.detach(), target.detach());
        match &candidate {
            Some(candidate) => {
                target.attach(candidate.clone());
            }
            None => {
                target
                    .front
                    .point_to(resting_target(swapped.slot(&self.target)));
            }
        }
        // The former content of the target is served by its own process until the other side has restarted.
        match served {
            Some(served) => {
                source.attach(served);
            }
            None => {
                source
                    .front
                    .point_to(resting_target(swapped.slot(&self.source)));
            }
        }
        exchange_jobs(cloud, source, target, candidate.as_ref());
        let is_replaced = |staged: &Arc<Instance>| {
            candidate
                .as_ref()
                .is_none_or(|candidate| !Arc::ptr_eq(staged, candidate))
        };
        if let Some(staged) = staged.filter(is_replaced) {
            cloud.sites.retire(staged, DRAIN_LIMIT);
        }
        Ok(())
    }

    /// The process that will serve the target: the source's own one when it already runs with the right configuration, else a new
    /// one; none when there is nothing to run.
    async fn warm_up(
        &self,
        cloud: &Cloud,
        swapped: &SiteRecord,
        source: &Arc<SlotRuntime>,
        target: &Arc<SlotRuntime>,
    ) -> Result<Option<Arc<Instance>>, ArmError> {
        let slot = swapped
            .slot(&self.target)
            .ok_or_else(|| record::slot_not_found(&self.target))?;
        if slot.is_stopped {
            return Ok(None);
        }
        let launch = match runtime::prepare(cloud, swapped, &self.target, slot).await {
            Ok(launch) => launch,
            Err(LaunchProblem::Launch(LaunchError::Empty)) => return Ok(None),
            Err(problem) => return Err(self.refused(&problem.to_string())),
        };
        let candidate = match source
            .instance()
            .filter(|instance| is_good(instance, &launch))
        {
            Some(instance) => instance,
            None => self.start(cloud, launch, target).await?,
        };
        let host = cloud.endpoints.site_host(&self.target.label());
        if let Err(reason) = warm(slot, &host, &candidate).await {
            let is_own = source
                .instance()
                .is_some_and(|own| Arc::ptr_eq(&own, &candidate));
            if !is_own {
                candidate.process.stop().await;
            }
            return Err(self.refused(&reason));
        }
        Ok(Some(candidate))
    }

    async fn start(
        &self,
        cloud: &Cloud,
        launch: Launch,
        target: &SlotRuntime,
    ) -> Result<Arc<Instance>, ArmError> {
        let instance = Instance::start(cloud, &self.target, launch, &target.log)
            .map_err(|error| self.refused(&format!("could not be started: {error}")))?;
        match instance.ready().await {
            Ok(()) => Ok(instance),
            Err(failure) => {
                instance.process.stop().await;
                Err(self.refused(&runtime::explain(&failure)))
            }
        }
    }

    /// Exchanges what swaps; everything else stays.
    fn apply(&self, record: &mut SiteRecord) -> Result<(), ArmError> {
        let missing = |slot: &SlotId| record::slot_not_found(slot);
        for slot in [&self.source, &self.target] {
            if let Some(found) = record.slot_mut(slot) {
                end_preview(found);
            }
        }
        let source = record
            .slot(&self.source)
            .cloned()
            .ok_or_else(|| missing(&self.source))?;
        let target = record
            .slot(&self.target)
            .cloned()
            .ok_or_else(|| missing(&self.target))?;
        let sticky = record.sticky.clone();
        for (slot, own, other) in [
            (&self.target, &target, &source),
            (&self.source, &source, &target),
        ] {
            if let Some(found) = record.slot_mut(slot) {
                *found = with_content_of(own, other, &sticky);
                found.modified = Timestamp::now();
            }
        }
        Ok(())
    }

    fn give_up(&self, cloud: &Cloud) {
        let cleared = record::update(cloud, &self.source.site, |record| {
            record.swap = None;
            Ok(())
        });
        if let Err(error) = cleared {
            tracing::error!(%error, "a swap that failed could not be forgotten");
        }
    }

    fn refused(&self, reason: &str) -> ArmError {
        let message = format!(
            "Cannot swap slots for site '{}' because the application of the '{}' slot, started with the settings of '{}', {reason}.",
            self.source.site.name(),
            self.source.name(),
            self.target.name(),
        );
        ArmError::conflict("CannotSwapSlots", message.clone()).with_details(vec![
            ArmError::conflict("WarmUpFailed", format!("The application {reason}.")),
        ])
    }
}

/// `own` with the content and the settings of `other` that are not sticky.
fn with_content_of(own: &SlotRecord, other: &SlotRecord, sticky: &StickyNames) -> SlotRecord {
    SlotRecord {
        content: other.content.clone(),
        web: mixed_web(&own.web, &other.web),
        app_settings: mixed(&own.app_settings, &other.app_settings, |name| {
            sticky.has_setting(name)
        }),
        connection_strings: mixed::<ConnectionString>(
            &own.connection_strings,
            &other.connection_strings,
            |name| sticky.has_connection_string(name),
        ),
        ..own.clone()
    }
}

/// The values of `other`, and those of `own` whose names stay.
pub(super) fn mixed<T: Clone>(
    own: &BTreeMap<String, T>,
    other: &BTreeMap<String, T>,
    stays: impl Fn(&str) -> bool,
) -> BTreeMap<String, T> {
    let moving = other.iter().filter(|(name, _)| !stays(name));
    let staying = own.iter().filter(|(name, _)| stays(name));
    moving
        .chain(staying)
        .map(|(name, value)| (name.clone(), value.clone()))
        .collect()
}

fn mixed_web(own: &Map<String, Value>, other: &Map<String, Value>) -> Map<String, Value> {
    let stays = |name: &str| {
        STAYING
            .iter()
            .any(|staying| staying.eq_ignore_ascii_case(name))
    };
    let moving = other.iter().filter(|(name, _)| !stays(name));
    let staying = own.iter().filter(|(name, _)| stays(name));
    moving
        .chain(staying)
        .map(|(name, value)| (name.clone(), value.clone()))
        .collect()
}

/// The first phase of a swap with preview: the slot runs with the settings that stay with the target.
pub(super) fn preview(cloud: &Cloud, slot: &SlotId, target: &SlotId) -> Result<(), ArmError> {
    let swap = Swap::new(slot, target);
    record::update(cloud, &slot.site, |record| {
        let sticky = record.sticky.clone();
        let other = record
            .slot(&swap.target)
            .cloned()
            .ok_or_else(|| record::slot_not_found(&swap.target))?;
        let found = record
            .slot_mut(&swap.source)
            .ok_or_else(|| record::slot_not_found(&swap.source))?;
        end_preview(found);
        found.preview = Some(Preview {
            target: swap.target.name().to_owned(),
            app_settings: found.app_settings.clone(),
            connection_strings: found.connection_strings.clone(),
        });
        found.app_settings = mixed(&other.app_settings, &found.app_settings, |name| {
            sticky.has_setting(name)
        });
        found.connection_strings = mixed(
            &other.connection_strings,
            &found.connection_strings,
            |name| sticky.has_connection_string(name),
        );
        Ok(())
    })?;
    cloud.sites.refresh(cloud, &swap.source, Restart::IfChanged);
    Ok(())
}

/// Abandons a swap with preview. The call may name either end of it.
pub(super) fn reset(cloud: &Cloud, slot: &SlotId) -> Result<(), ArmError> {
    let changed = record::update(cloud, &slot.site, |record| {
        let slots = record.slot_ids();
        let in_preview = slots.into_iter().filter(|other| {
            record
                .slot(other)
                .and_then(|found| found.preview.as_ref())
                .is_some_and(|preview| other == slot || preview.target == slot.name())
        });
        let changed: Vec<SlotId> = in_preview.collect();
        for other in &changed {
            if let Some(found) = record.slot_mut(other) {
                end_preview(found);
            }
        }
        Ok(changed)
    })?;
    for slot in changed {
        cloud.sites.refresh(cloud, &slot, Restart::IfChanged);
    }
    Ok(())
}

/// The jobs follow the content: those of the target's former content end before those of its new one start. The source's start
/// with the process that it gets next.
fn exchange_jobs(
    cloud: &Cloud,
    source: &Arc<SlotRuntime>,
    target: &Arc<SlotRuntime>,
    candidate: Option<&Arc<Instance>>,
) {
    source.run_jobs(cloud, None);
    target.run_jobs(cloud, candidate.map(|candidate| candidate.launch.clone()));
}

fn end_preview(slot: &mut SlotRecord) {
    if let Some(preview) = slot.preview.take() {
        slot.app_settings = preview.app_settings;
        slot.connection_strings = preview.connection_strings;
    }
}

fn is_good(instance: &Arc<Instance>, launch: &Launch) -> bool {
    matches!(*instance.process.state().borrow(), State::Ready { .. }) && instance.launch == *launch
}

fn resting_target(slot: Option<&SlotRecord>) -> Target {
    match slot {
        Some(slot) if slot.is_stopped => Target::Stopped,
        _ => Target::Empty,
    }
}

/// Asks the warm-up path until it answers. A status that does not count ends the swap at once.
async fn warm(slot: &SlotRecord, host: &str, instance: &Instance) -> Result<(), String> {
    let probe = swap_warmup(slot, host);
    let mut timeouts = 0;
    let mut ticks = tokio::time::interval(Duration::from_millis(100));
    loop {
        ticks.tick().await;
        let error = match probe.ask(instance.backend.address()).await {
            Ok(()) => return Ok(()),
            Err(error) => error,
        };
        let state = instance.process.state().borrow().clone();
        if let State::Exited(failure) | State::Crashed(failure) = state {
            return Err(runtime::explain(&failure));
        }
        timeouts += u32::from(matches!(error, ProbeError::TimedOut { .. }));
        if timeouts >= MOST_TIMEOUTS || matches!(error, ProbeError::Status { .. }) {
            return Err(format!("is not warm: {error}"));
        }
    }
}

/// Takes up the swaps that an earlier cloud did not finish. A swap whose transaction was done is done.
pub(super) fn recover(cloud: &Cloud) -> Result<(), ArmError> {
    for operation in cloud.operations.unfinished()? {
        if operation.kind != OPERATION {
            continue;
        }
        let Some(address) = super::slot_id::Address::parse(&operation.resource) else {
            continue;
        };
        let site = address.slot.site;
        let swap = record::load(cloud, &site)?.swap;
        let work = swap.map(|swap| Swap {
            source: SlotId::of(&site, &swap.source),
            target: SlotId::of(&site, &swap.target),
        });
        let cloud_of_work = cloud.clone();
        cloud.operations.resume(&operation, async move {
            match work {
                Some(swap) => swap.run(cloud_of_work).await,
                None => Ok(None),
            }
        })?;
    }
    forget_without_operation(cloud)
}

/// A swap that was remembered just before its operation was: nobody waits for it.
fn forget_without_operation(cloud: &Cloud) -> Result<(), ArmError> {
    let running = cloud.operations.unfinished()?;
    for site in record::all(cloud)? {
        let is_waited_for = running.iter().any(|operation| {
            operation.kind == OPERATION && operation.resource.is_at_or_below(&site.id)
        });
        if site.swap.is_some() && !is_waited_for {
            record::update(cloud, &site.id, |record| {
                record.swap = None;
                Ok(())
            })?;
        }
    }
    Ok(())
}
