//! What a visitor meets first.
//!
//! A release that is ready may still answer its visitors with an error: a table that no migration makes, a variable that only a
//! page reads. That stops no rollout, for nobody but the application knows what `/` should be; it is told.

use std::time::Duration;

use jiff::Timestamp;
use taxiway_azure::pause;
use tokio::time::Instant;

use super::AppService;

/// How long the page may take.
const PAGE_LIMIT: Duration = Duration::from_secs(20);

/// How long the log may take to tell why there was none.
const LOG_LIMIT: Duration = Duration::from_secs(5);

/// The answer to a request for `/`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StartPage {
    /// Its status.
    pub status: u16,
    /// The error behind it, where the application failed and its log tells.
    pub cause: Option<String>,
}

impl StartPage {
    /// Whether the application failed.
    #[must_use]
    pub const fn is_failure(&self) -> bool {
        self.status >= 500
    }
}

impl std::fmt::Display for StartPage {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "/ answers {}", self.status)?;
        match &self.cause {
            Some(cause) => write!(formatter, ": {cause}"),
            None => Ok(()),
        }
    }
}

impl AppService {
    /// Asks the production site for its start page, once. `None` where it gives no answer in time, or can't be reached
    /// from here, as in a private network.
    pub async fn start_page(&self) -> Option<StartPage> {
        let site = self.site(&self.production).await.ok()?;
        let since = Timestamp::now();
        let request = self.prober.get(site.url.clone()).timeout(PAGE_LIMIT);
        let response = request.header("accept", "text/html, */*").send().await;
        let mut page = StartPage {
            status: response.ok()?.status().as_u16(),
            cause: None,
        };
        let deadline = Instant::now() + LOG_LIMIT;
        while page.is_failure() && page.cause.is_none() && Instant::now() < deadline {
            page.cause = self.logged_error(&self.production, since).await;
            pause(self.patience.look).await;
        }
        Some(page)
    }
}

#[cfg(test)]
mod tests {
    use super::StartPage;

    #[test]
    fn a_failing_page_is_told_with_its_cause() {
        let page = |status, cause: Option<&str>| StartPage {
            status,
            cause: cause.map(str::to_owned),
        };
        for (page, is_failure, expected) in [
            (page(200, None), false, "/ answers 200"),
            (page(404, None), false, "/ answers 404"),
            (page(500, None), true, "/ answers 500"),
            (
                page(
                    500,
                    Some("shop/views.py:9  ProgrammingError: no such relation"),
                ),
                true,
                "/ answers 500: shop/views.py:9  ProgrammingError: no such relation",
            ),
        ] {
            assert_eq!(page.is_failure(), is_failure, "{expected}");
            assert_eq!(page.to_string(), expected);
        }
    }
}
