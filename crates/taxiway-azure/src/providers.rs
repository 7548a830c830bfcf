//! Resource providers: a subscription has to register one before its first resource.

use std::time::Duration;

use serde::Deserialize;
use tokio::time::Instant;

use crate::{client::Azure, clock, error::Error, resource_groups::API_VERSION, transport::read};

/// How long a registration may take.
const LIMIT: Duration = Duration::from_secs(10 * 60);

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Provider {
    registration_state: Option<String>,
}

impl Azure {
    /// Registers the namespaces that are not registered yet and waits for them; returns those.
    ///
    /// # Errors
    /// When the service refuses (the role needs `…/register/action`) or a registration takes over ten minutes.
    pub async fn register_providers(
        &self,
        subscription: &str,
        namespaces: &[&str],
    ) -> Result<Vec<String>, Error> {
        let mut registering = Vec::new();
        for namespace in namespaces {
            if !self.is_registered(subscription, namespace).await? {
                let path = format!("/subscriptions/{subscription}/providers/{namespace}/register");
                self.post(&path, API_VERSION, None).await?;
                registering.push((*namespace).to_owned());
            }
        }
        let deadline = Instant::now() + LIMIT;
        for namespace in &registering {
            while !self.is_registered(subscription, namespace).await? {
                if Instant::now() > deadline {
                    return Err(Error::Unfinished {
                        what: format!("register {namespace}"),
                        limit: LIMIT,
                    });
                }
                clock::pause(Duration::from_secs(5)).await;
            }
        }
        Ok(registering)
    }

    async fn is_registered(&self, subscription: &str, namespace: &str) -> Result<bool, Error> {
        let path = format!("/subscriptions/{subscription}/providers/{namespace}");
        let provider: Provider = read(self.get(&path, API_VERSION).await?, &path)?;
        Ok(provider
            .registration_state
            .is_none_or(|state| state.eq_ignore_ascii_case("Registered")))
    }
}
