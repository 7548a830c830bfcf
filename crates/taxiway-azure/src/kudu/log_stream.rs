//! The lines of a site's log: as they come, and those that are kept.

use std::time::Duration;

use http::Method;
use serde::Deserialize;

use super::Kudu;
use crate::{audience::Audience, error::Error, service_error::ServiceError, transport::Request};

/// Kudu itself ends a stream after two hours at the latest.
const STREAM_LIMIT: Duration = Duration::from_secs(3 * 60 * 60);

/// A site's log, line by line. Dropping it closes the connection.
#[derive(Debug)]
pub struct LogStream {
    response: reqwest::Response,
    host: String,
    pending: Vec<u8>,
}

#[derive(Deserialize)]
struct DockerLog {
    href: Option<String>,
    #[serde(rename = "lastUpdated", default)]
    last_updated: String,
}

impl Kudu {
    /// Opens the log; it goes on until the reader drops it or Kudu ends it (reconnect then).
    ///
    /// # Errors
    /// When Kudu refuses or can't be reached.
    pub async fn log_stream(&self) -> Result<LogStream, Error> {
        let request = Request::new(Method::GET, self.at("/api/logstream")?).limit(STREAM_LIMIT);
        let response = self.azure.open(&request, Audience::Kudu).await?;
        if !response.status().is_success() {
            let status = response.status().as_u16();
            let body = response.bytes().await.unwrap_or_default();
            return Err(Error::Service(Box::new(ServiceError::read(
                status,
                &body,
                &request.call(),
            ))));
        }
        let host = request.url.host_str().unwrap_or_default().to_owned();
        Ok(LogStream {
            response,
            host,
            pending: Vec::new(),
        })
    }

    /// What the site's containers have written last: the two newest files that Kudu has kept, the older
    /// one first; `None` where this Kudu keeps no such files.
    ///
    /// # Errors
    /// When Kudu refuses or can't be reached.
    pub async fn container_logs(&self) -> Result<Option<String>, Error> {
        let request = Request::new(Method::GET, self.at("/api/logs/docker")?);
        let answer = match self.send(&request).await {
            Ok(answer) => answer,
            Err(error) if error.is_not_found() => return Ok(None),
            Err(error) => return Err(error),
        };
        let mut files: Vec<DockerLog> = answer.read()?;
        files.sort_by(|left, right| left.last_updated.cmp(&right.last_updated));
        let newest = files.len().saturating_sub(2);
        let mut text = String::new();
        for href in files[newest..]
            .iter()
            .filter_map(|file| file.href.as_deref())
        {
            let answer = self
                .send(&Request::new(Method::GET, self.at(href)?))
                .await?;
            text.push_str(&String::from_utf8_lossy(&answer.body));
        }
        Ok(Some(text))
    }
}

impl LogStream {
    /// The next line without its end, or `None` when Kudu ended the stream. Safe to drop half-way.
    ///
    /// # Errors
    /// When the connection breaks.
    pub async fn next_line(&mut self) -> Result<Option<String>, Error> {
        loop {
            if let Some(line) = take_line(&mut self.pending) {
                return Ok(Some(line));
            }
            let chunk = self
                .response
                .chunk()
                .await
                .map_err(|error| Error::Unreachable {
                    host: self.host.clone(),
                    source: error.without_url(),
                })?;
            match chunk {
                Some(chunk) => self.pending.extend_from_slice(&chunk),
                None if self.pending.is_empty() => return Ok(None),
                None => {
                    let rest = std::mem::take(&mut self.pending);
                    return Ok(Some(
                        String::from_utf8_lossy(&rest)
                            .trim_end_matches('\r')
                            .to_owned(),
                    ));
                }
            }
        }
    }
}

/// Takes the first whole line off `pending`.
fn take_line(pending: &mut Vec<u8>) -> Option<String> {
    let end = pending.iter().position(|byte| *byte == b'\n')?;
    let line: Vec<u8> = pending.drain(..=end).collect();
    Some(
        String::from_utf8_lossy(&line)
            .trim_end_matches(['\r', '\n'])
            .to_owned(),
    )
}

#[cfg(test)]
mod tests {
    use super::take_line;

    #[test]
    fn lines_are_cut_at_their_ends() {
        let mut pending = b"one\r\n\ntw".to_vec();
        assert_eq!(take_line(&mut pending).as_deref(), Some("one"));
        assert_eq!(take_line(&mut pending).as_deref(), Some(""));
        assert_eq!(take_line(&mut pending), None);
        assert_eq!(pending, b"tw");
    }
}
