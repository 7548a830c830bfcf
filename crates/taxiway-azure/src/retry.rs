//! When a request is sent again, and after which pause.
//!
//! Pure: it sees attempts, answers and one random number, never a clock.
//! Source: Azure Resource Manager documentation, "Throttling" and "Asynchronous operations";
//! azure-core's retry policy.

use std::time::Duration;

/// Answers that mean "later", whatever the resource. Source: REST guidelines of Azure.
const BUSY_STATUSES: [u16; 6] = [408, 429, 500, 502, 503, 504];

/// Codes of a 4xx answer that mean "another operation is still at work; ask again".
const BUSY_CODES: [&str; 11] = [
    "AnotherOperationInProgress",
    "RetryableError",
    "RetryableErrorDueToAnotherOperation",
    "ServerIsBusy",
    "OperationInProgress",
    "InUseSubnetCannotBeDeleted",
    "ReferencedResourceNotProvisioned",
    "StorageAccountOperationInProgress",
    "VaultBeingDeleted",
    "ConcurrentFederatedIdentityCredentialsWritesForSingleManagedIdentity",
    "SubscriptionRequestsThrottled",
];

/// How an attempt went wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trouble<'a> {
    /// An answer came, with this status and error code.
    Answer {
        /// The HTTP status.
        status: u16,
        /// The error's code, when the body had one.
        code: Option<&'a str>,
    },
    /// No connection was made, so nothing was sent.
    Unreachable,
    /// The connection broke, or no answer came in time, after the request may have been received.
    Interrupted,
}

/// Whether sending a request twice does the same as sending it once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Repeatable {
    /// GET, HEAD, PUT, DELETE, and the POST actions that say so.
    Yes,
    /// POST actions: sent again only when the service said that it did nothing.
    No,
    /// Actions whose repetition undoes them: sent again only when nothing was sent at all.
    Never,
}

/// The limits of repetition.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RetryPolicy {
    /// How often a request is repeated at most.
    pub repeats: u32,
    /// How often a host that can't be reached is tried again.
    pub connect_repeats: u32,
    /// The first pause; each further one is twice as long.
    pub first: Duration,
    /// The longest pause that is chosen here; `Retry-After` may ask for a longer one.
    pub longest: Duration,
}

impl Default for RetryPolicy {
    fn default() -> Self {
        Self {
            repeats: 8,
            connect_repeats: 3,
            first: Duration::from_secs(1),
            longest: Duration::from_secs(60),
        }
    }
}

impl RetryPolicy {
    /// The pause before repetition number `repeat` (from 0), or `None` when the trouble is final.
    ///
    /// `jitter` is a random number between 0 and 1; the pause is between half of and the whole
    /// of the exponential value. A `Retry-After` of the service is always obeyed.
    pub fn pause(
        &self,
        repeat: u32,
        trouble: Trouble<'_>,
        repeatable: Repeatable,
        retry_after: Option<Duration>,
        jitter: f64,
    ) -> Option<Duration> {
        let limit = match trouble {
            Trouble::Answer { status, code } => {
                let refused = status == 429 || code.is_some_and(is_busy_code);
                let worth = match repeatable {
                    Repeatable::Yes => refused || BUSY_STATUSES.contains(&status),
                    Repeatable::No => refused,
                    Repeatable::Never => false,
                };
                if worth { self.repeats } else { 0 }
            }
            Trouble::Unreachable => self.connect_repeats,
            Trouble::Interrupted if repeatable == Repeatable::Yes => self.repeats,
            Trouble::Interrupted => 0,
        };
        if repeat >= limit {
            return None;
        }
        Some(retry_after.unwrap_or_else(|| self.exponential(repeat, jitter)))
    }

    fn exponential(&self, repeat: u32, jitter: f64) -> Duration {
        let whole = self
            .first
            .saturating_mul(2_u32.saturating_pow(repeat))
            .min(self.longest);
        whole.mul_f64(0.5 + jitter.clamp(0.0, 1.0) / 2.0)
    }
}

fn is_busy_code(code: &str) -> bool {
    BUSY_CODES
        .iter()
        .any(|busy| busy.eq_ignore_ascii_case(code))
}

/// Reads `Retry-After`: seconds, fractions of a second, or an HTTP date (seen from `now`).
pub(crate) fn retry_after(value: &str, now: jiff::Timestamp) -> Option<Duration> {
    let value = value.trim();
    if let Ok(seconds) = value.parse::<f64>() {
        return (0.0..86_400.0)
            .contains(&seconds)
            .then(|| Duration::from_secs_f64(seconds));
    }
    let date = jiff::fmt::rfc2822::parse(value).ok()?.timestamp();
    Some(Duration::try_from(date.duration_since(now)).unwrap_or(Duration::ZERO))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(status: u16, code: Option<&str>) -> Trouble<'_> {
        Trouble::Answer { status, code }
    }

    #[test]
    fn what_is_repeated() {
        use Repeatable::{Never, No, Yes};
        let table = [
            (answer(429, None), No, true),
            (answer(503, None), Yes, true),
            (answer(503, None), No, false),
            (answer(500, None), Yes, true),
            (answer(429, None), Never, false),
            (Trouble::Unreachable, Never, true),
            (answer(501, None), Yes, false),
            (answer(400, Some("InvalidTemplate")), Yes, false),
            (answer(404, Some("ResourceNotFound")), Yes, false),
            (answer(409, Some("AnotherOperationInProgress")), No, true),
            (answer(409, Some("Conflict")), Yes, false),
            (answer(409, Some("serverisbusy")), Yes, true),
            (Trouble::Unreachable, No, true),
            (Trouble::Interrupted, Yes, true),
            (Trouble::Interrupted, No, false),
        ];
        for (trouble, repeatable, expected) in table {
            let pause = RetryPolicy::default().pause(0, trouble, repeatable, None, 0.0);
            assert_eq!(pause.is_some(), expected, "{trouble:?} {repeatable:?}");
        }
    }

    #[test]
    fn pauses_double_up_to_the_longest_and_end() {
        let policy = RetryPolicy::default();
        let pauses: Vec<Option<u64>> = (0..9)
            .map(|repeat| {
                policy
                    .pause(repeat, answer(503, None), Repeatable::Yes, None, 1.0)
                    .map(|pause| pause.as_secs())
            })
            .collect();
        let expected = [1, 2, 4, 8, 16, 32, 60, 60].map(Some);
        assert_eq!(pauses[..8], expected);
        assert_eq!(pauses[8], None);
        assert_eq!(policy.exponential(3, 0.0), Duration::from_secs(4));
    }

    #[test]
    fn the_service_sets_the_pause() {
        let policy = RetryPolicy::default();
        let asked = Some(Duration::from_secs(120));
        assert_eq!(
            policy.pause(0, answer(429, None), Repeatable::No, asked, 0.5),
            asked
        );
    }

    #[test]
    fn retry_after_is_seconds_fractions_or_a_date() {
        let now: jiff::Timestamp = "2026-11-22T08:00:00Z".parse().unwrap();
        for (text, expected) in [
            ("5", Some(5_000)),
            ("0.2", Some(200)),
            ("Sun, 22 Nov 2026 08:00:30 GMT", Some(30_000)),
            ("Sun, 22 Nov 2026 07:00:00 GMT", Some(0)),
            ("-3", None),
            ("soon", None),
        ] {
            let read = retry_after(text, now).map(|pause| pause.as_millis());
            assert_eq!(read, expected, "{text}");
        }
    }
}
