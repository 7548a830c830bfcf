//! Why a site does not come up: its log, and its Key Vault references.

use jiff::Timestamp;
use taxiway_azure::SiteId;

use super::AppService;
use crate::{
    crash,
    failure::{Failure, FailureKind},
};

impl AppService {
    /// Why the app that was started since then has ended, if its log tells.
    pub(super) async fn crashed(&self, id: &SiteId, since: Timestamp) -> Option<Failure> {
        let log = self.site_log(id).await;
        let failure = crash::diagnose(&log, Some(since))?;
        if failure.kind == FailureKind::Schema || failure.kind == FailureKind::Disk {
            return Some(failure);
        }
        // A variable whose reference can't be read is missing for a reason that the app can't know.
        Some(self.misconfigured(id).await.unwrap_or(failure))
    }

    /// The last error in the log since then.
    pub(super) async fn logged_error(&self, id: &SiteId, since: Timestamp) -> Option<String> {
        crash::last_error(&self.site_log(id).await, Some(since))
    }

    /// The status that the platform's own probes got, if its log tells.
    pub(super) async fn probed_status(&self, id: &SiteId, since: Timestamp) -> Option<u16> {
        crash::probed_status(&self.site_log(id).await, since)
    }

    /// The Key Vault references that can't be read.
    pub(super) async fn misconfigured(&self, id: &SiteId) -> Option<Failure> {
        let statuses = self.azure.reference_statuses(id).await.ok()?;
        let broken: Vec<String> = statuses
            .iter()
            .filter(|status| {
                !status.is_resolved() && !status.status.eq_ignore_ascii_case("Initialized")
            })
            .map(|status| format!("{}: {}", status.name, status.status))
            .collect();
        if broken.is_empty() {
            return None;
        }
        let failure = Failure::new(
            FailureKind::Configuration,
            "app settings refer to secrets that can't be read",
        )
        .because(broken.join(", "));
        Some(failure.hint("check the site's identity and its role on the vault"))
    }

    /// What the site's containers have written. A log that can't be had is no reason to fail.
    async fn site_log(&self, id: &SiteId) -> String {
        if let Ok(kudu) = self.azure.kudu(id).await
            && let Ok(Some(text)) = kudu.container_logs().await
        {
            return text;
        }
        self.azure.container_log(id).await.unwrap_or_default()
    }
}
