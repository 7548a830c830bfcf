//! Points in time and durations, as ISO 8601 writes them.

use jiff::{Span, Timestamp, ToSpan, Zoned, tz::TimeZone};

/// `dateTimeAdd`: a point in time moved by a duration.
pub(super) fn add(base: &str, duration: &str) -> Option<String> {
    let (duration, backwards) = match duration.strip_prefix('-') {
        Some(rest) => (rest, true),
        None => (duration, false),
    };
    let span: Span = duration.parse().ok()?;
    let span = if backwards { span.negate() } else { span };
    let moved = parse(base)?.checked_add(span).ok()?;
    Some(write(&moved))
}

/// `dateTimeFromEpoch`
pub(super) fn from_epoch(seconds: i64) -> Option<String> {
    let timestamp = Timestamp::from_second(seconds).ok()?;
    Some(write(&timestamp.to_zoned(TimeZone::UTC)))
}

/// `dateTimeToEpoch`
pub(super) fn to_epoch(text: &str) -> Option<i64> {
    Some(parse(text)?.timestamp().as_second())
}

fn parse(text: &str) -> Option<Zoned> {
    let timestamp: Timestamp = text
        .parse()
        .or_else(|_| format!("{}Z", text.replace(' ', "T")).parse())
        .ok()?;
    Some(timestamp.to_zoned(TimeZone::UTC))
}

fn write(moment: &Zoned) -> String {
    moment
        .round(jiff::Unit::Second)
        .unwrap_or_else(|_| moment.clone())
        .checked_add(0.seconds())
        .unwrap_or_else(|_| moment.clone())
        .strftime("%Y-%m-%dT%H:%M:%SZ")
        .to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_move_points_in_time() {
        assert_eq!(
            from_epoch(1_680_224_438).as_deref(),
            Some("2023-03-31T01:00:38Z")
        );
        assert_eq!(
            add("2023-03-31T01:00:38Z", "P1D").as_deref(),
            Some("2023-04-01T01:00:38Z")
        );
        assert_eq!(
            add("2023-03-31T01:00:38Z", "-PT1H").as_deref(),
            Some("2023-03-31T00:00:38Z")
        );
        assert_eq!(to_epoch("2023-03-31T01:00:38Z"), Some(1_680_224_438));
    }
}
