//! What came out of judging several files.

use std::collections::BTreeMap;

use camino::Utf8PathBuf;
use taxiway_diagnostics::{Diagnostic, Severity};

use crate::evaluated::Entry;
use crate::finding::Finding;

/// Everything that was judged, and all that has to be said about it.
#[derive(Debug, Default)]
pub struct Verdict {
    /// The infrastructure that was looked at.
    pub entries: Vec<Entry>,
    /// The pipelines, images and scripts that were.
    pub files: Vec<Utf8PathBuf>,
    /// How many resources it makes.
    pub resources: usize,
    /// What the rules found.
    pub findings: Vec<Finding>,
    /// What the compiler and the evaluation warn of.
    pub warnings: Vec<Diagnostic>,
    /// Errors that kept something from being judged.
    pub failures: Vec<Diagnostic>,
}

impl Verdict {
    /// How many findings and warnings there are of each severity; failures are not among them.
    pub fn counts(&self) -> BTreeMap<Severity, usize> {
        let found = self.findings.iter().map(|finding| &finding.diagnostic);
        let mut counts = BTreeMap::new();
        for diagnostic in found.chain(&self.warnings) {
            *counts.entry(diagnostic.severity).or_default() += 1;
        }
        counts
    }

    /// Whether something is to be done: anything but notes.
    pub fn has_findings(&self) -> bool {
        self.counts()
            .keys()
            .any(|severity| *severity != Severity::Info)
    }
}
