//! The client's only clock and its only pause.

use std::time::Duration;

/// Waits between two polls or two attempts. Dropping the future ends the wait.
#[expect(
    clippy::disallowed_methods,
    reason = "all pauses between polls and attempts are here"
)]
pub async fn pause(duration: Duration) {
    tokio::time::sleep(duration).await;
}

/// Seconds since the epoch.
pub(crate) fn epoch_seconds() -> i64 {
    jiff::Timestamp::now().as_second()
}
