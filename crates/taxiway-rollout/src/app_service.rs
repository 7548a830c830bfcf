//! App Service as a target: a site whose slot holds the candidate, spoken to through `taxiway-azure`.

mod build_log;
mod diagnosis;
mod migrations;
mod probe;
mod publish;
mod restore_point;
mod start_page;

use std::time::Duration;

pub use start_page::StartPage;
use taxiway_azure::{Azure, PostgresqlServerId, Site, SiteId};

use crate::{
    census::Answer,
    failure::{Failure, FailureKind},
    release::ReleaseId,
    target::{
        Content, MigrationReport, Note, Published, RestorePoint, Roll, Serving, SwapState, Target,
    },
};

/// How long each step may take, and how often is looked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Patience {
    /// The site's build.
    pub build: Duration,
    /// From the start of an app to its first answer.
    pub start: Duration,
    /// From the first answer to that of every worker, ready.
    pub ready: Duration,
    /// The migrations.
    pub migrate: Duration,
    /// A backup.
    pub backup: Duration,
    /// The pause between two looks.
    pub look: Duration,
}

impl Patience {
    /// For Azure. Source: App Service documentation, start limit of containers (230 s).
    pub fn azure() -> Self {
        Self {
            build: Duration::from_secs(20 * 60),
            start: Duration::from_secs(240),
            ready: Duration::from_secs(120),
            migrate: Duration::from_secs(60 * 60),
            backup: Duration::from_secs(60 * 60),
            look: Duration::from_secs(2),
        }
    }

    /// For the local cloud, where everything is near.
    pub fn local() -> Self {
        Self {
            start: Duration::from_secs(60),
            ready: Duration::from_secs(20),
            look: Duration::from_millis(100),
            ..Self::azure()
        }
    }
}

/// A site with its candidate slot, and the database behind both.
#[derive(Clone, Debug)]
pub struct AppService {
    azure: Azure,
    production: SiteId,
    candidate: SiteId,
    database: Option<PostgresqlServerId>,
    prober: reqwest::Client,
    patience: Patience,
}

impl AppService {
    /// The site `production` with the slot `slot`. `certificate_authority` is the local cloud's.
    ///
    /// # Errors
    /// When the certificate can't be read.
    pub fn new(
        azure: Azure,
        production: &SiteId,
        slot: &str,
        database: Option<PostgresqlServerId>,
        certificate_authority: Option<&[u8]>,
        patience: Patience,
    ) -> Result<Self, taxiway_azure::Error> {
        Ok(Self {
            prober: taxiway_azure::http_client(certificate_authority)?,
            production: production.production(),
            candidate: production.slot(slot),
            azure,
            database,
            patience,
        })
    }

    async fn site(&self, id: &SiteId) -> Result<Site, Failure> {
        self.azure.site(id).await?.ok_or_else(|| {
            let slot = id
                .slot
                .as_ref()
                .map(|slot| format!(", slot {slot},"))
                .unwrap_or_default();
            Failure::new(
                FailureKind::Platform,
                format!("the site {}{slot} does not exist", id.site),
            )
            .hint("provision the environment first")
        })
    }

    /// Whether anything was ever deployed to a site.
    async fn has_content(&self, id: &SiteId) -> Result<bool, Failure> {
        let deployments = self.azure.kudu(id).await?.deployments().await?;
        Ok(deployments.iter().any(|deployment| deployment.active))
    }
}

impl Target for AppService {
    async fn serving(&self) -> Result<Serving, Failure> {
        let site = self.site(&self.production).await?;
        let first = self.probe(&site, None).await;
        let answer = match first {
            Answer::Health(health) => return Ok(serving_of(&health.release, health.is_ready())),
            Answer::Other { .. } | Answer::None { .. }
                if !self.has_content(&self.production).await? =>
            {
                return Ok(Serving::Nothing);
            }
            // It may be restarting, for example because its settings have changed.
            Answer::Other { .. } | Answer::None { .. } => {
                self.first_health(&site, self.patience.ready).await
            }
        };
        Ok(match answer {
            Answer::Health(health) => serving_of(&health.release, health.is_ready()),
            Answer::Other { status } => Serving::Unknown {
                reason: format!("/healthz/ready answered {status}"),
            },
            Answer::None { reason } => Serving::Unknown {
                reason: format!("/healthz/ready did not answer ({reason})"),
            },
        })
    }

    async fn candidate(&self) -> Result<Option<ReleaseId>, Failure> {
        let site = self.site(&self.candidate).await?;
        Ok(match self.probe(&site, None).await {
            Answer::Health(health) => health.release.parse().ok(),
            Answer::Other { .. } | Answer::None { .. } => None,
        })
    }

    async fn has_deployment(&self, deployment: &str) -> Result<bool, Failure> {
        let found = self
            .azure
            .kudu(&self.candidate)
            .await?
            .deployment(deployment)
            .await?;
        Ok(found.is_some_and(|found| found.status == taxiway_azure::KuduStatus::Succeeded))
    }

    async fn publish(
        &self,
        release: &ReleaseId,
        content: Content,
        note: Note<'_>,
    ) -> Result<Published, Failure> {
        self.publish_release(release, content, note).await
    }

    async fn restore_point(&self, rollout: &str, note: Note<'_>) -> Result<RestorePoint, Failure> {
        self.prove_restore_point(rollout, note).await
    }

    async fn start_migrations(&self) -> Result<String, Failure> {
        self.start_migration_job().await
    }

    async fn finish_migrations(
        &self,
        run: &str,
        note: Note<'_>,
    ) -> Result<Option<MigrationReport>, Failure> {
        self.finish_migration_job(run, note).await
    }

    async fn warm(&self, release: &ReleaseId, note: Note<'_>) -> Result<Roll, Failure> {
        let site = self.site(&self.candidate).await?;
        let since = jiff::Timestamp::now();
        if let Answer::Health(_) = self.probe(&site, None).await {
            return self
                .everybody(&self.candidate, &site, release, since, note)
                .await;
        }
        // It gave up before the migrations had run, or sleeps; what it waited for is there now.
        note("restarting the slot");
        self.azure.restart_site(&self.candidate).await?;
        self.everybody(&self.candidate, &site, release, since, note)
            .await
    }

    async fn swap_state(&self) -> Result<SwapState, Failure> {
        let production = self.site(&self.production).await?;
        // The slot that a swap starts from names its goal while the swap is under way.
        let candidate = self.site(&self.candidate).await?;
        Ok(SwapState {
            last: production.last_swap.map(|swap| swap.timestamp_utc),
            running: production.target_swap_slot.is_some() || candidate.target_swap_slot.is_some(),
        })
    }

    async fn swap(&self) -> Result<(), Failure> {
        let slot = self.candidate.slot.as_deref().unwrap_or_default();
        Ok(self.azure.swap_slot(&self.production, slot).await?)
    }

    async fn verify(&self, release: &ReleaseId, note: Note<'_>) -> Result<Roll, Failure> {
        let site = self.site(&self.production).await?;
        self.everybody(
            &self.production,
            &site,
            release,
            jiff::Timestamp::now(),
            note,
        )
        .await
    }
}

fn serving_of(release: &str, ready: bool) -> Serving {
    match release.parse() {
        Ok(id) => Serving::Release { id, ready },
        Err(_) => Serving::Unknown {
            reason: "it names no release".to_owned(),
        },
    }
}
