//! Functions of points in time.

use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use jiff::{Span, Timestamp, Zoned};
use serde_json::Value;

use super::argument;
use super::date_format::write;
use super::{Outcome, Pure, pure};

pub(super) const FUNCTIONS: &[Pure] = &[
    pure("dateTimeAdd", 2, 3, date_time_add),
    pure("dateTimeToEpoch", 1, 1, |arguments| {
        Ok(parse(argument::text(arguments, 0)?)?
            .timestamp()
            .as_second()
            .into())
    }),
    pure("dateTimeFromEpoch", 1, 1, |arguments| {
        let moment = Timestamp::from_second(argument::integer(arguments, 0)?)
            .map_err(|_| "the number of seconds is out of range")?;
        write(&moment.to_zoned(TimeZone::UTC), "yyyy-MM-ddTHH:mm:ssZ").map(Value::String)
    }),
];

/// Adds a duration; without a format, the result has the form of the base.
fn date_time_add(arguments: &[&Value]) -> Outcome {
    let base = argument::text(arguments, 0)?;
    let duration = argument::text(arguments, 1)?;
    let span: Span = duration
        .parse()
        .map_err(|_| format!("'{duration}' is not a duration as ISO 8601 writes them"))?;
    let moment = parse(base)?
        .checked_add(span)
        .map_err(|_| "the result is out of range".to_owned())?;
    let format = match arguments.get(2) {
        Some(_) => argument::text(arguments, 2)?,
        None if base.contains('T') && base.contains('-') => "yyyy-MM-ddTHH:mm:ssZ",
        None => "M/d/yyyy h:mm:ss tt",
    };
    write(&moment, format).map(Value::String)
}

/// Reads a point in time; one without an offset is in UTC.
fn parse(text: &str) -> Result<Zoned, String> {
    let trimmed = text.trim();
    if let Ok(moment) = trimmed.parse::<Timestamp>() {
        return Ok(moment.to_zoned(TimeZone::UTC));
    }
    let local = trimmed.trim_end_matches(['Z', 'z']);
    let formats = [
        "%Y%m%dT%H%M%S",
        "%Y-%m-%dT%H:%M:%S",
        "%Y-%m-%d %H:%M:%S",
        "%m/%d/%Y %I:%M:%S %p",
        "%m/%d/%Y %H:%M:%S",
    ];
    let parsed = formats
        .iter()
        .find_map(|format| DateTime::strptime(format, local).ok())
        .or_else(|| local.parse::<DateTime>().ok());
    parsed
        .and_then(|moment| moment.to_zoned(TimeZone::UTC).ok())
        .ok_or_else(|| format!("'{text}' is not a date and time"))
}
