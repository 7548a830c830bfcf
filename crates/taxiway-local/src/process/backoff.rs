//! How often and how soon a child that ended by itself is started again.

use std::time::Duration;

/// Pauses that double from `first` to `longest`, at most `limit` of them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct RestartPolicy {
    pub first: Duration,
    pub longest: Duration,
    /// Restarts without a calm run in between; then the supervisor gives up.
    pub limit: u32,
    /// Whether one that was ready before is never given up: what ended it, such as a full disk, may pass.
    pub endless: bool,
    /// A run that was ready for this long makes earlier failures forgotten.
    pub calm: Duration,
}

impl RestartPolicy {
    /// For services: five restarts within about eight seconds, then the fault is not a passing one.
    pub(crate) const SERVICE: Self = Self {
        first: Duration::from_millis(250),
        longest: Duration::from_secs(10),
        limit: 5,
        endless: false,
        calm: Duration::from_secs(60),
    };

    /// For what runs beside a site: it is started again for as long as the site runs, once a minute in the end. Source:
    /// projectkudu/kudu wiki, "WebJobs": `WEBJOBS_RESTART_TIME`.
    pub(crate) const WEB_JOB: Self = Self {
        first: Duration::from_millis(500),
        longest: Duration::from_secs(60),
        limit: u32::MAX,
        endless: true,
        calm: Duration::from_secs(60),
    };

    /// For databases: a first start as for services; one that served is started again until it serves or is stopped.
    pub(crate) const DATABASE: Self = Self {
        endless: true,
        ..Self::SERVICE
    };

    /// The pause before restart number `restart`, which counts from zero; none when it is one too many.
    pub(crate) fn pause(&self, restart: u32, was_ready: bool) -> Option<Duration> {
        let doubled = self.first.saturating_mul(2_u32.saturating_pow(restart));
        let goes_on = restart < self.limit || (self.endless && was_ready);
        goes_on.then(|| doubled.min(self.longest))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_double_up_to_the_longest_and_end() {
        for (endless, was_ready, expected) in [
            (
                false,
                true,
                [Some(1), Some(2), Some(4), Some(5), None, None],
            ),
            (
                true,
                false,
                [Some(1), Some(2), Some(4), Some(5), None, None],
            ),
            (
                true,
                true,
                [Some(1), Some(2), Some(4), Some(5), Some(5), Some(5)],
            ),
        ] {
            let policy = RestartPolicy {
                first: Duration::from_secs(1),
                longest: Duration::from_secs(5),
                limit: 4,
                endless,
                calm: Duration::from_secs(60),
            };
            let pauses: Vec<Option<u64>> = (0..6)
                .map(|restart| policy.pause(restart, was_ready))
                .map(|pause| pause.map(|pause| pause.as_secs()))
                .collect();
            assert_eq!(pauses, expected, "{policy:?}");
        }
    }
}
