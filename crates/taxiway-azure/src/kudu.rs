//! Kudu, the site's own service for publishing, logs and jobs.
//!
//! Source: projectkudu wiki, "REST API" and "Deploying from a zip file or URL"; the enum `DeployStatus`.

mod deployment;
mod log_stream;
mod web_job;

use http::Method;
use url::Url;

use crate::{
    audience::Audience,
    client::Azure,
    error::Error,
    sites::SiteId,
    transport::{Answer, Request},
};

pub use deployment::{KuduDeployment, KuduStatus, LogEntry, Publishing};
pub use log_stream::LogStream;
pub use web_job::{WebJobRun, WebJobStatus};

/// Kudu of one site or slot.
#[derive(Clone, Debug)]
pub struct Kudu {
    azure: Azure,
    url: Url,
}

impl Azure {
    /// Kudu of a site or slot, at the address that Resource Manager names.
    ///
    /// # Errors
    /// When the site does not exist or can't be read.
    pub async fn kudu(&self, id: &SiteId) -> Result<Kudu, Error> {
        let site = self.site(id).await?.ok_or_else(|| Error::Protocol {
            what: id.path(),
            reason: "the site does not exist".to_owned(),
        })?;
        Ok(Kudu {
            azure: self.clone(),
            url: site.kudu,
        })
    }
}

impl Kudu {
    /// Reads a file below the site's `/home`, or `None` when it does not exist.
    ///
    /// # Errors
    /// When Kudu refuses or can't be reached.
    pub async fn file(&self, path: &str) -> Result<Option<Vec<u8>>, Error> {
        let request = Request::new(
            Method::GET,
            self.at(&format!("/api/vfs/{}", path.trim_start_matches('/')))?,
        );
        match self.send(&request).await {
            Ok(answer) => Ok(Some(answer.body.to_vec())),
            Err(error) if error.is_not_found() => Ok(None),
            Err(error) => Err(error),
        }
    }

    async fn send(&self, request: &Request) -> Result<Answer, Error> {
        self.azure.send(request, Audience::Kudu).await?.accepted()
    }

    /// An address of this Kudu; one that leads to another host is refused, as it would get the token.
    fn at(&self, path: &str) -> Result<Url, Error> {
        let protocol = |reason: String| Error::Protocol {
            what: path.to_owned(),
            reason,
        };
        let url = self
            .url
            .join(path)
            .map_err(|error| protocol(format!("it is no address ({error})")))?;
        if url.host_str() == self.url.host_str()
            && url.port_or_known_default() == self.url.port_or_known_default()
        {
            Ok(url)
        } else {
            Err(protocol("it leads to another host than Kudu's".to_owned()))
        }
    }
}
