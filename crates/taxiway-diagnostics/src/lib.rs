//! What Taxiway has to say about a user's files: diagnostics, spans, places and sources.
//!
//! Plain data. Nothing here prints: the terminal, JSON, SARIF and editors each render the same facts at their edge.
//! [`Sources`] is the one door through which the engines read files, with an in-memory twin for tests.

mod diagnostic;
mod line_index;
mod place;
mod region;
mod sources;
mod span;

pub use diagnostic::{Diagnostic, Edit, Fix, FixSafety, Label, Severity};
pub use line_index::LineIndex;
pub use place::Place;
pub use region::{Region, Regions};
pub use sources::{DiskSources, MemorySources, ReadError, Sources, Unread, path_order, sort_paths};
pub use span::{Location, Span};
