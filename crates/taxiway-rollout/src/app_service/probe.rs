//! Asking an app how it is, until everybody has answered.

use std::time::Duration;

use jiff::Timestamp;
use reqwest::Method;
use taxiway_azure::{Site, SiteId, pause};
use tokio::{task::JoinSet, time::Instant};
use url::Url;

use super::AppService;
use crate::{
    census::{Answer, Census, Health},
    failure::{Failure, FailureKind},
    release::ReleaseId,
    target::{Note, Roll},
};

/// How long one probe waits for its answer.
const PROBE_LIMIT: Duration = Duration::from_secs(5);

/// How many probes are sent at once at first.
const AT_ONCE: usize = 8;

/// How many at most. The front end keeps connections to the workers open and uses them again; only more
/// requests at once than it has connections make it open new ones, which another worker may accept.
const MOST_AT_ONCE: usize = 64;

/// After so many rounds the probes are POSTs. Front ends send those, which they may not repeat, over new
/// connections, and the overlay answers them alike.
const GET_ROUNDS: u32 = 2;

/// How often the log is looked at while nobody answers.
const READ_LOG: Duration = Duration::from_secs(1);

impl AppService {
    /// One probe, over a connection of its own: a kept one would meet the same worker again.
    pub(super) async fn probe(&self, site: &Site, instance: Option<&str>) -> Answer {
        probe(
            self.prober.clone(),
            Method::GET,
            ready_url(site),
            instance.map(str::to_owned),
        )
        .await
    }

    /// The first answer of the overlay, or the last other one.
    pub(super) async fn first_health(&self, site: &Site, limit: Duration) -> Answer {
        let deadline = Instant::now() + limit;
        loop {
            let answer = self.probe(site, None).await;
            if matches!(answer, Answer::Health(_)) || Instant::now() > deadline {
                return answer;
            }
            pause(self.patience.look).await;
        }
    }

    /// Waits until every worker of every instance has answered with the release and ready.
    pub(super) async fn everybody(
        &self,
        id: &SiteId,
        site: &Site,
        release: &ReleaseId,
        since: Timestamp,
        note: Note<'_>,
    ) -> Result<Roll, Failure> {
        let instances: Vec<String> = self
            .azure
            .instances(id)
            .await?
            .into_iter()
            .map(|instance| instance.name)
            .collect();
        let mut census = Census::new(release, instances.len());
        let begun = Instant::now();
        let mut answering_since = None;
        let mut log_read = begun;
        let mut rounds = 0;
        let mut at_once = AT_ONCE.max(instances.len() * 4);
        loop {
            let method = if rounds < GET_ROUNDS {
                Method::GET
            } else {
                Method::POST
            };
            let mut probes = self.burst(site, &instances, &method, at_once);
            // The slowest probe is not waited for once everybody has answered.
            while let Some(answer) = probes.join_next().await {
                census.record(&answer.unwrap_or_else(|error| Answer::None {
                    reason: error.to_string(),
                }));
                if let Some(roll) = census.complete() {
                    return Ok(roll);
                }
            }
            note(&census.summary());
            if census.has_answered() {
                answering_since.get_or_insert_with(Instant::now);
                at_once = (at_once * 2).min(MOST_AT_ONCE);
                rounds += 1;
            } else if log_read.elapsed() > READ_LOG {
                if let Some(failure) = self.crashed(id, since).await {
                    return Err(failure);
                }
                log_read = Instant::now();
            }
            let over = answering_since.map_or(begun.elapsed() > self.patience.start, |since| {
                since.elapsed() > self.patience.ready
            });
            if over {
                return Err(self.not_ready(id, &census, since).await);
            }
            pause(self.patience.look).await;
        }
    }

    /// Several probes at once, spread over the instances.
    fn burst(
        &self,
        site: &Site,
        instances: &[String],
        method: &Method,
        count: usize,
    ) -> JoinSet<Answer> {
        let mut probes = JoinSet::new();
        for number in 0..count {
            let instance = instances.get(number % instances.len().max(1)).cloned();
            let client = self.prober.clone();
            probes.spawn(probe(client, method.clone(), ready_url(site), instance));
        }
        probes
    }

    async fn not_ready(&self, id: &SiteId, census: &Census<'_>, since: Timestamp) -> Failure {
        if let Some(failure) = self.misconfigured(id).await {
            return failure;
        }
        let message = census
            .last_bad()
            .map_or_else(|| census.summary(), str::to_owned);
        let failure = if census.has_answered() {
            Failure::new(FailureKind::NotReady, message)
        } else {
            let seconds = self.patience.start.as_secs();
            Failure::new(
                FailureKind::Timeout,
                format!("no worker came up within {seconds} s; {message}"),
            )
        };
        match self.logged_error(id, since).await {
            Some(error) => failure.because(error),
            None => failure,
        }
    }
}

fn ready_url(site: &Site) -> Url {
    site.url
        .join("healthz/ready")
        .expect("a relative path joins any site's address")
}

async fn probe(
    client: reqwest::Client,
    method: Method,
    url: Url,
    instance: Option<String>,
) -> Answer {
    let mut request = client
        .request(method, url)
        .timeout(PROBE_LIMIT)
        .header("connection", "close")
        .header("accept", "application/json");
    if let Some(instance) = instance {
        // The front end sends a request with this cookie to that instance.
        request = request.header(
            "cookie",
            format!("ARRAffinity={instance}; ARRAffinitySameSite={instance}"),
        );
    }
    let response = match request.send().await {
        Ok(response) => response,
        Err(error) => {
            return Answer::None {
                reason: reason(&error),
            };
        }
    };
    let status = response.status().as_u16();
    match response.json::<Health>().await {
        Ok(health) => Answer::Health(health),
        Err(_) => Answer::Other { status },
    }
}

fn reason(error: &reqwest::Error) -> String {
    if error.is_timeout() {
        format!("no answer within {} s", PROBE_LIMIT.as_secs())
    } else if error.is_connect() {
        "no connection".to_owned()
    } else {
        "the connection broke".to_owned()
    }
}
