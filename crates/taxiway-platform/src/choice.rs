//! A decision with its source and its reason.

use serde::Serialize;
use taxiway_diagnostics::Place;

/// One decision: what `taxiway explain KEY` shows, and a row of the table before anything is created.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Choice {
    /// What was decided: `production.database.sku`, `entrypoint`.
    pub key: String,
    /// The outcome.
    pub value: String,
    /// Where it comes from.
    pub source: Source,
    /// Why, in one sentence without a final stop.
    pub reason: String,
}

/// Where a value comes from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "kind", rename_all = "lowercase")]
pub enum Source {
    /// The repository says so.
    Detected {
        /// Where; may be several, never none.
        places: Vec<Place>,
    },
    /// `taxiway.toml` says so.
    Configured {
        /// Where.
        place: Place,
    },
    /// Nobody said anything.
    Default,
}

impl Source {
    /// Detected at `places`; the default where there are none.
    pub fn detected<'a>(places: impl IntoIterator<Item = &'a Place>) -> Self {
        let places: Vec<Place> = places.into_iter().cloned().collect();
        if places.is_empty() {
            Self::Default
        } else {
            Self::Detected { places }
        }
    }
}

impl std::fmt::Display for Source {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Detected { places } => match places.first() {
                Some(place) => write!(formatter, "{place}"),
                None => formatter.write_str("detected"),
            },
            Self::Configured { place } => write!(formatter, "{place}"),
            Self::Default => formatter.write_str("default"),
        }
    }
}
