//! Requests at a fixed rate, counted.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread::JoinHandle;
use std::time::Duration;

use crate::world::{World, client, runtime};

/// Requests that go on until [`Load::stop`].
#[derive(Debug)]
pub(crate) struct Load {
    stop: Arc<AtomicBool>,
    thread: Option<JoinHandle<Counts>>,
}

/// What came of the requests.
#[derive(Debug, Default)]
pub(crate) struct Counts {
    pub(crate) sent: usize,
    pub(crate) failures: Vec<String>,
}

impl Load {
    /// Asks `path` of production fifty times a second.
    pub(crate) fn start(world: &World, path: &str) -> Self {
        Self::every(Duration::from_millis(20), world, path)
    }

    /// Asks `path` of production five times a second: so few that no pool of an application is ever short.
    pub(crate) fn light(world: &World, path: &str) -> Self {
        Self::every(Duration::from_millis(200), world, path)
    }

    fn every(interval: Duration, world: &World, path: &str) -> Self {
        let url = format!("{}{path}", world.sites());
        let stop = Arc::new(AtomicBool::new(false));
        let seen = Arc::clone(&stop);
        let thread = std::thread::spawn(move || runtime().block_on(send(url, interval, seen)));
        Self {
            stop,
            thread: Some(thread),
        }
    }

    /// Ends the load, and tells what came of it.
    pub(crate) fn stop(mut self) -> Counts {
        self.stop.store(true, Ordering::Relaxed);
        let thread = self.thread.take().expect("it is stopped once");
        thread.join().expect("the load does not panic")
    }
}

async fn send(url: String, interval: Duration, stop: Arc<AtomicBool>) -> Counts {
    let client = client();
    let sent = Arc::new(AtomicUsize::new(0));
    let failures = Arc::new(std::sync::Mutex::new(Vec::new()));
    let mut ticks = tokio::time::interval(interval);
    let mut requests = tokio::task::JoinSet::new();
    while !stop.load(Ordering::Relaxed) {
        ticks.tick().await;
        let (client, url, sent, failures) = (
            client.clone(),
            url.clone(),
            Arc::clone(&sent),
            Arc::clone(&failures),
        );
        requests.spawn(async move {
            sent.fetch_add(1, Ordering::Relaxed);
            let failure = match client
                .get(&url)
                .timeout(Duration::from_secs(30))
                .send()
                .await
            {
                Ok(answer) if answer.status().is_success() => {
                    answer.bytes().await.err().map(|error| error.to_string())
                }
                Ok(answer) => Some(answer.status().to_string()),
                Err(error) => Some(format!("{error:?}")),
            };
            if let Some(failure) = failure {
                failures
                    .lock()
                    .expect("no panic while it was held")
                    .push(failure);
            }
        });
    }
    while requests.join_next().await.is_some() {}
    let failures = std::mem::take(&mut *failures.lock().expect("no panic while it was held"));
    Counts {
        sent: sent.load(Ordering::Relaxed),
        failures,
    }
}

impl Counts {
    /// Insists that every request was answered well.
    #[track_caller]
    pub(crate) fn none_failed(&self) {
        assert!(
            self.failures.is_empty(),
            "{} of {} failed: {:?}",
            self.failures.len(),
            self.sent,
            &self.failures[..self.failures.len().min(5)]
        );
        assert!(self.sent > 10, "only {} requests were sent", self.sent);
    }
}
