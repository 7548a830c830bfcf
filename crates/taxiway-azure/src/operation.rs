//! Long-running operations: which of the three styles an answer uses, and what a poll says.
//!
//! Pure. Source: Azure Resource Manager documentation, "Track asynchronous Azure operations".

use std::time::Duration;

use http::{Method, StatusCode};
use serde_json::Value;
use url::Url;

use crate::{error::Error, service_error::ServiceError, transport::Answer};

/// The pause between two polls when the service names none.
pub(crate) const DEFAULT_PAUSE: Duration = Duration::from_secs(5);

/// The longest pause between two polls, whatever the service asks for.
pub(crate) const LONGEST_PAUSE: Duration = Duration::from_secs(60);

/// How long an operation may take by the kind of its resource.
pub(crate) fn limit(path: &str) -> Duration {
    let path = path.to_ascii_lowercase();
    let minutes =
        if path.contains("/microsoft.dbforpostgresql/") || path.contains("/microsoft.cache/") {
            60
        } else if path.contains("/microsoft.web/") {
            10
        } else if path.contains("/microsoft.resources/deployments/") {
            120
        } else {
            30
        };
    Duration::from_secs(minutes * 60)
}

/// Where the progress of an operation is asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Style {
    /// It is finished already.
    Finished,
    /// `Azure-AsyncOperation`: an object with a `status`; the result is somewhere else.
    Status { url: Url, result: Option<Url> },
    /// `Location`: 202 until it is finished; the last answer is the result.
    Location(Url),
    /// The resource's own `provisioningState`.
    Resource(Url),
}

/// What a poll says.
#[derive(Clone, Debug)]
pub(crate) enum Progress {
    Running,
    Finished,
    Failed(ServiceError),
}

/// Decides the style by the first answer.
pub(crate) fn style(method: &Method, url: &Url, answer: &Answer) -> Result<Style, Error> {
    let link = |name: &str| {
        answer
            .header(name)
            .map(|text| {
                url.join(text).map_err(|error| Error::Protocol {
                    what: answer.call.clone(),
                    reason: format!("its `{name}` is no address ({error})"),
                })
            })
            .transpose()
    };
    let changes_resource = *method == Method::PUT || *method == Method::PATCH;
    let location = link("location")?;
    if let Some(status) = link("azure-asyncoperation")? {
        let result = if changes_resource {
            Some(url.clone())
        } else if *method == Method::POST {
            location
        } else {
            None
        };
        return Ok(Style::Status {
            url: status,
            result,
        });
    }
    if let Some(location) = location.filter(|_| answer.status != StatusCode::NO_CONTENT) {
        return Ok(Style::Location(location));
    }
    let body = answer.json().unwrap_or(Value::Null);
    let running = changes_resource
        && provisioning_state(&body).is_some_and(|state| progress_of(state).is_none());
    Ok(if running {
        Style::Resource(url.clone())
    } else {
        Style::Finished
    })
}

/// What an answer to a poll means in this style.
pub(crate) fn progress(style: &Style, answer: &Answer) -> Result<Progress, Error> {
    if !answer.status.is_success() {
        return Ok(Progress::Failed(answer.service_error()));
    }
    match style {
        Style::Finished => Ok(Progress::Finished),
        Style::Location(_) if answer.status == StatusCode::ACCEPTED => Ok(Progress::Running),
        Style::Location(_) => Ok(Progress::Finished),
        Style::Status { .. } => {
            let body = answer.json()?;
            let state =
                body.get("status")
                    .and_then(Value::as_str)
                    .ok_or_else(|| Error::Protocol {
                        what: answer.call.clone(),
                        reason: "the operation has no `status`".to_owned(),
                    })?;
            Ok(verdict(state, &body, answer))
        }
        Style::Resource(_) => {
            let body = answer.json()?;
            let state = provisioning_state(&body).unwrap_or("Succeeded");
            Ok(verdict(
                state,
                body.get("properties").unwrap_or(&body),
                answer,
            ))
        }
    }
}

fn verdict(state: &str, body: &Value, answer: &Answer) -> Progress {
    match progress_of(state) {
        None => Progress::Running,
        Some(true) => Progress::Finished,
        Some(false) => {
            let status = answer.status.as_u16();
            let mut error = body
                .get("error")
                .and_then(|error| ServiceError::from_value(status, error))
                .unwrap_or_else(|| {
                    let text = format!("the operation ended as {state}");
                    let mut error = ServiceError::read(status, text.as_bytes(), "");
                    error.code = format!("Operation{state}");
                    error
                });
            error.call.clone_from(&answer.call);
            Progress::Failed(error)
        }
    }
}

/// `Some(true)` for success, `Some(false)` for an end without success, `None` while it runs.
fn progress_of(state: &str) -> Option<bool> {
    match state.to_ascii_lowercase().as_str() {
        "succeeded" => Some(true),
        "failed" | "canceled" | "cancelled" => Some(false),
        _ => None,
    }
}

fn provisioning_state(body: &Value) -> Option<&str> {
    body.get("properties")?.get("provisioningState")?.as_str()
}

#[cfg(test)]
mod tests {
    use http::HeaderMap;

    use super::*;

    fn answer(status: u16, headers: &[(&'static str, &str)], body: &str) -> Answer {
        let headers: HeaderMap = headers
            .iter()
            .map(|(name, value)| (name.parse().unwrap(), value.parse().unwrap()))
            .collect();
        Answer {
            status: StatusCode::from_u16(status).unwrap(),
            headers,
            body: body.to_owned().into(),
            call: "PUT /x".to_owned(),
        }
    }

    #[test]
    fn the_first_answer_decides_the_style() {
        let url = Url::parse("https://arm.test/x?api-version=1").unwrap();
        let status = ("azure-asyncoperation", "https://arm.test/status");
        let location = ("location", "https://arm.test/result");
        let creating = r#"{"properties":{"provisioningState":"Creating"}}"#;
        let table: [(Method, Answer, &str); 8] = [
            (
                Method::PUT,
                answer(201, &[status, location], ""),
                "status https://arm.test/status, then https://arm.test/x?api-version=1",
            ),
            (
                Method::POST,
                answer(202, &[status, location], ""),
                "status https://arm.test/status, then https://arm.test/result",
            ),
            (
                Method::DELETE,
                answer(202, &[status], ""),
                "status https://arm.test/status",
            ),
            (
                Method::POST,
                answer(202, &[location], ""),
                "location https://arm.test/result",
            ),
            (
                Method::PUT,
                answer(201, &[], creating),
                "resource https://arm.test/x?api-version=1",
            ),
            (
                Method::PUT,
                answer(
                    200,
                    &[],
                    r#"{"properties":{"provisioningState":"Succeeded"}}"#,
                ),
                "finished",
            ),
            (Method::GET, answer(200, &[], creating), "finished"),
            (Method::DELETE, answer(204, &[location], ""), "finished"),
        ];
        for (method, answer, expected) in table {
            let shown = match style(&method, &url, &answer).unwrap() {
                Style::Finished => "finished".to_owned(),
                Style::Status { url, result: None } => format!("status {url}"),
                Style::Status {
                    url,
                    result: Some(result),
                } => format!("status {url}, then {result}"),
                Style::Location(url) => format!("location {url}"),
                Style::Resource(url) => format!("resource {url}"),
            };
            assert_eq!(shown, expected, "{method}");
        }
    }

    #[test]
    fn polls_are_read_in_their_style() {
        let url = Url::parse("https://arm.test/x").unwrap();
        let status = Style::Status {
            url: url.clone(),
            result: None,
        };
        let location = Style::Location(url.clone());
        let resource = Style::Resource(url);
        let failed = r#"{"status":"Failed","error":{"code":"QuotaExceeded","message":"no room"}}"#;
        let table = [
            (
                &status,
                answer(200, &[], r#"{"status":"InProgress"}"#),
                "running",
            ),
            (
                &status,
                answer(200, &[], r#"{"status":"succeeded"}"#),
                "finished",
            ),
            (&status, answer(200, &[], failed), "QuotaExceeded: no room"),
            (
                &status,
                answer(200, &[], r#"{"status":"Canceled"}"#),
                "OperationCanceled: the operation ended as Canceled",
            ),
            (&location, answer(202, &[], ""), "running"),
            (&location, answer(200, &[], "{}"), "finished"),
            (
                &location,
                answer(409, &[], r#"{"Message":"warm-up failed"}"#),
                "`PUT /x` answered 409: warm-up failed",
            ),
            (
                &resource,
                answer(
                    200,
                    &[],
                    r#"{"properties":{"provisioningState":"Updating"}}"#,
                ),
                "running",
            ),
            (&resource, answer(200, &[], "{}"), "finished"),
        ];
        for (style, answer, expected) in table {
            let shown = match progress(style, &answer).unwrap() {
                Progress::Running => "running".to_owned(),
                Progress::Finished => "finished".to_owned(),
                Progress::Failed(error) => error.to_string(),
            };
            assert_eq!(shown, expected);
        }
        assert!(progress(&status, &answer(200, &[], "")).is_err());
    }
}
