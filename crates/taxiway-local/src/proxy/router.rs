//! Which site answers for which host, and where its traffic goes at the moment.

use std::{
    collections::BTreeMap,
    sync::{Arc, PoisonError, RwLock},
    time::Duration,
};

use tokio::{
    sync::watch,
    time::{Instant, timeout_at},
};

use super::backend::{Backend, InFlight};
use crate::process::Log;

/// How long a request may wait for a site to start. Source: App Service application settings reference,
/// `WEBSITES_CONTAINER_START_TIME_LIMIT`; it is also the front end's limit for an idle request.
pub(super) const PATIENCE: Duration = Duration::from_secs(230);

/// Where the traffic of a host goes.
#[derive(Clone, Debug)]
pub(crate) enum Target {
    /// Nothing was deployed yet.
    Empty,
    /// A process is on its way; requests wait.
    Starting,
    /// This backend answers.
    Serving(Arc<Backend>),
    /// Somebody stopped the site.
    Stopped,
    /// It does not run, and why.
    Failed(String),
}

/// One host: a site or a slot.
#[derive(Debug)]
pub(crate) struct Front {
    /// The label before `.localhost`.
    pub label: String,
    pub is_production: bool,
    pub access: Log,
    target: watch::Sender<Target>,
}

impl Front {
    pub(crate) fn new(label: &str, is_production: bool, access: Log) -> Arc<Self> {
        Arc::new(Self {
            label: label.to_owned(),
            is_production,
            access,
            target: watch::Sender::new(Target::Empty),
        })
    }

    /// Sends what comes from now on to `target`; what went to the one before stays there.
    pub(crate) fn point_to(&self, target: Target) -> Target {
        self.target.send_replace(target)
    }

    /// Where the traffic goes now.
    pub(crate) fn target(&self) -> Target {
        self.target.borrow().clone()
    }

    /// The backend for a request, entered. Waits while the site starts.
    ///
    /// # Errors
    /// The target that is no backend.
    pub(super) async fn enter(&self, deadline: Instant) -> Result<InFlight, Target> {
        let mut target = self.target.subscribe();
        loop {
            // Entered while the channel is borrowed: whoever redirects the traffic and then waits for the old backend to drain
            // sees this request.
            let state = match &*target.borrow_and_update() {
                Target::Serving(backend) => return Ok(backend.enter()),
                Target::Starting => Target::Starting,
                other => return Err(other.clone()),
            };
            if timeout_at(deadline, target.changed()).await.is_err() {
                return Err(state);
            }
        }
    }

    /// Waits until the traffic goes elsewhere, at most `limit`.
    pub(super) async fn redirected(&self, limit: Duration) {
        let mut target = self.target.subscribe();
        target.borrow_and_update();
        // Running out of time is as good.
        timeout_at(Instant::now() + limit, target.changed())
            .await
            .ok();
    }
}

/// The hosts. Clones share them.
#[derive(Clone, Debug, Default)]
pub(crate) struct Router {
    fronts: Arc<RwLock<BTreeMap<String, Arc<Front>>>>,
}

/// What a host name leads to.
#[derive(Debug)]
pub(super) enum Match {
    Front(Arc<Front>),
    /// Several sites, or none; their labels.
    Unknown(Vec<String>),
}

impl Router {
    /// Makes a host known.
    pub(crate) fn add(&self, front: &Arc<Front>) {
        self.fronts
            .write()
            .unwrap_or_else(PoisonError::into_inner)
            .insert(front.label.clone(), front.clone());
    }

    /// Forgets a host.
    pub(crate) fn remove(&self, label: &str) {
        self.fronts
            .write()
            .unwrap_or_else(PoisonError::into_inner)
            .remove(label);
    }

    /// Finds the front for a `Host` header, which may have a port.
    pub(super) fn find(&self, host: &str) -> Match {
        let fronts = self.fronts.read().unwrap_or_else(PoisonError::into_inner);
        let name = host_name(host);
        let label = name.strip_suffix(".localhost");
        if let Some(front) = label.and_then(|label| fronts.get(label)) {
            return Match::Front(front.clone());
        }
        let mut production = fronts.values().filter(|front| front.is_production);
        let is_bare = matches!(name.as_str(), "localhost" | "127.0.0.1" | "[::1]");
        match (is_bare, production.next(), production.next()) {
            (true, Some(only), None) => Match::Front(only.clone()),
            _ => Match::Unknown(fronts.keys().cloned().collect()),
        }
    }
}

/// The name in a `Host` header, in lower case and without port and final dot.
fn host_name(host: &str) -> String {
    let end = match host.rfind(']') {
        Some(bracket) => bracket + 1,
        None => host.find(':').unwrap_or(host.len()),
    };
    host[..end].trim_end_matches('.').to_ascii_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(fronts: &[(&str, bool)], host: &str, expected: &str) {
        let router = Router::default();
        for (label, is_production) in fronts {
            router.add(&Front::new(label, *is_production, Log::nowhere()));
        }
        let found = match router.find(host) {
            Match::Front(front) => front.label.clone(),
            Match::Unknown(labels) => format!("unknown: {}", labels.join(" ")),
        };
        assert_eq!(found, expected, "{host}");
    }

    #[test]
    fn a_host_finds_its_site() {
        let one = [("shop", true), ("shop-staging", false)];
        check(&one, "shop.localhost:8080", "shop");
        check(&one, "SHOP-Staging.localhost.", "shop-staging");
        check(&one, "localhost:8080", "shop");
        check(&one, "127.0.0.1", "shop");
        check(&one, "[::1]:8080", "shop");
        check(&one, "other.localhost", "unknown: shop shop-staging");
        check(&one, "shop.example.com", "unknown: shop shop-staging");
        let two = [("blog", true), ("shop", true)];
        check(&two, "localhost", "unknown: blog shop");
        check(&[], "localhost", "unknown: ");
    }
}
