//! A log's lines, whatever wrote them: time, text, and the lines within JSON.

use jiff::Timestamp;
use serde_json::Value;

/// One line of text with the time of its record.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Line {
    pub(super) time: Option<Timestamp>,
    pub(super) text: String,
    /// The process that wrote it, where it says so.
    pub(super) process: Option<u64>,
    /// Where the record says that its exception came from.
    pub(super) place: Option<String>,
}

impl Line {
    /// The text without gunicorn's `[time] [pid] [level]`.
    pub(super) fn message(&self) -> &str {
        let mut text = self.text.trim();
        while let Some(rest) = text
            .strip_prefix('[')
            .and_then(|rest| rest.split_once("] "))
            .map(|(_, rest)| rest)
        {
            text = rest;
        }
        text
    }
}

/// Takes a log apart.
pub(super) fn expand(log: &str) -> Vec<Line> {
    log.lines().flat_map(expand_line).collect()
}

fn expand_line(raw: &str) -> Vec<Line> {
    let (platform_time, text) = platform_time(raw.trim_end());
    let start = text
        .find('{')
        .filter(|start| text[..*start].trim().is_empty() || platform_time.is_some());
    if let Some(start) = start
        && let Ok(Value::Object(record)) = serde_json::from_str::<Value>(&text[start..])
    {
        return json_lines(&record, platform_time);
    }
    let (own_time, process) = gunicorn_head(text).unzip();
    vec![Line {
        time: platform_time.or(own_time),
        text: text.to_owned(),
        process,
        place: None,
    }]
}

fn json_lines(
    record: &serde_json::Map<String, Value>,
    platform_time: Option<Timestamp>,
) -> Vec<Line> {
    let text = |keys: &[&str]| keys.iter().find_map(|key| record.get(*key)?.as_str());
    let time = text(&["time", "timestamp", "asctime"])
        .and_then(|time| time.parse().ok())
        .or(platform_time);
    let place = text(&["place"]).map(str::to_owned);
    let process = record.get("process").and_then(Value::as_u64);
    [
        text(&["message", "msg", "event"]),
        text(&["exception", "exc_info", "traceback"]),
    ]
    .into_iter()
    .flatten()
    .flat_map(str::lines)
    .map(|line| Line {
        time,
        text: line.to_owned(),
        process,
        place: place.clone(),
    })
    .collect()
}

/// `2026-11-22T08:00:00.123456Z text`, as the platform prefixes the lines of a container.
fn platform_time(line: &str) -> (Option<Timestamp>, &str) {
    let Some((first, rest)) = line.split_once(' ') else {
        return (None, line);
    };
    match first.parse::<Timestamp>() {
        Ok(time) => (Some(time), rest),
        Err(_) => (None, line),
    }
}

/// Time and process of `[2026-11-22 08:00:00 +0000] [10] [INFO] text`.
///
/// gunicorn tells whole seconds; the end of the second is meant, so that nothing seems older than it is.
fn gunicorn_head(line: &str) -> Option<(Timestamp, u64)> {
    let (time, rest) = line.strip_prefix('[')?.split_once("] [")?;
    let process = rest.split(']').next()?.trim().parse().ok()?;
    let time = jiff::fmt::strtime::parse("%Y-%m-%d %H:%M:%S %z", time)
        .ok()?
        .to_timestamp()
        .ok()?;
    Some((time + jiff::SignedDuration::from_millis(999), process))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_and_texts_are_told_apart() {
        let time = |text: &str| Some(text.parse::<Timestamp>().unwrap());
        for (raw, expected_time, expected) in [
            ("plain", None, "plain"),
            (
                "[2026-11-22 09:00:05 +0100] [10] [INFO] Listening",
                time("2026-11-22T08:00:05.999Z"),
                "Listening",
            ),
            (
                "2026-11-22T08:00:05.5Z Traceback",
                time("2026-11-22T08:00:05.5Z"),
                "Traceback",
            ),
            (
                "2026-11-22T08:00:05Z {\"message\": \"inner\"}",
                time("2026-11-22T08:00:05Z"),
                "inner",
            ),
            (
                "{\"time\": \"2026-11-22T08:00:05.000+00:00\", \"message\": \"m\"}",
                time("2026-11-22T08:00:05Z"),
                "m",
            ),
            ("{not json", None, "{not json"),
        ] {
            let lines = expand(raw);
            assert_eq!(
                (lines[0].time, lines[0].message()),
                (expected_time, expected),
                "{raw}"
            );
        }
    }

    #[test]
    fn every_cut_of_a_log_is_read() {
        let log = "2026-11-22T08:00:05Z {\"message\": \"a\\nb\", \"exception\": \"Traceback\\nüx\"}\n[2026-11-22 09:00:05 +0100] x";
        for end in (0..=log.len()).filter(|end| log.is_char_boundary(*end)) {
            expand(&log[..end]);
        }
    }
}
