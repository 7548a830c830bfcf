//! What a rule is.

use serde::Serialize;
use taxiway_diagnostics::Severity;

use crate::files::Files;
use crate::finding::{Marks, Report};
use crate::graph::Graph;

/// One rule: what it looks for, why, and the function that looks.
#[derive(Clone, Copy, Debug)]
pub struct Rule {
    /// Names the bad pattern; stable, kebab-case, reads well after "allow".
    pub code: &'static str,
    /// The pattern in one line.
    pub summary: &'static str,
    /// How bad a finding is, unless the finding says otherwise.
    pub severity: Severity,
    /// How sure a finding is.
    pub confidence: Confidence,
    /// Who sees it.
    pub persona: Persona,
    /// The gate of a pipeline that asks for it.
    pub gate: Gate,
    /// The same in published benchmarks and other tools.
    pub benchmarks: &'static [Benchmark],
    /// Markdown with the headings What, Why, Bad and Good.
    pub docs: &'static str,
    /// Looks, and reports.
    pub(crate) look: Look,
}

/// What a rule looks at.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Look {
    /// The resources of one template.
    Resources(fn(&Graph<'_>, &mut Report<'_>)),
    /// Pipelines, images, scripts and the code of a repository.
    Files(fn(&Files, &mut Marks<'_>)),
}

/// How sure a finding is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Confidence {
    /// It may be meant.
    Low,
    /// Rarely wrong.
    Medium,
    /// Follows from what is written.
    High,
}

/// Who wants to see a finding.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Persona {
    /// Everybody.
    Quiet,
    /// Who asks for everything that could be better.
    Pedantic,
}

/// What a pipeline asks about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Gate {
    /// Will Azure take it, and will it work?
    Infrastructure,
    /// Is it closed to those who should not be there?
    Security,
    /// Can it be run: seen, restored, kept alive?
    Operations,
    /// Does it cost more than it gives?
    Cost,
}

/// A rule of somebody else's that says the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Benchmark {
    /// A control of the Microsoft cloud security benchmark.
    Mcsb(&'static str),
    /// A recommendation of the CIS Microsoft Azure Foundations Benchmark 2.0.
    Cis(&'static str),
    /// A check of Checkov.
    Checkov(&'static str),
}

impl Benchmark {
    /// As people write it.
    pub fn label(&self) -> String {
        match self {
            Self::Mcsb(control) => format!("MCSB {control}"),
            Self::Cis(recommendation) => format!("CIS {recommendation}"),
            Self::Checkov(check) => (*check).to_owned(),
        }
    }
}

impl Rule {
    /// A rule with the usual properties: an error of high confidence that everybody sees, about the infrastructure.
    pub(crate) const fn new(
        code: &'static str,
        summary: &'static str,
        docs: &'static str,
        look: fn(&Graph<'_>, &mut Report<'_>),
    ) -> Self {
        Self::looking(code, summary, docs, Look::Resources(look))
    }

    /// A rule about files, with the usual properties.
    pub(crate) const fn of_files(
        code: &'static str,
        summary: &'static str,
        docs: &'static str,
        look: fn(&Files, &mut Marks<'_>),
    ) -> Self {
        Self::looking(code, summary, docs, Look::Files(look))
    }

    /// Whether it looks at pipelines, images, scripts and code, and not at resources.
    pub const fn is_about_files(&self) -> bool {
        matches!(self.look, Look::Files(_))
    }

    const fn looking(
        code: &'static str,
        summary: &'static str,
        docs: &'static str,
        look: Look,
    ) -> Self {
        Self {
            code,
            summary,
            severity: Severity::Error,
            confidence: Confidence::High,
            persona: Persona::Quiet,
            gate: Gate::Infrastructure,
            benchmarks: &[],
            docs,
            look,
        }
    }

    pub(crate) const fn warning(mut self) -> Self {
        self.severity = Severity::Warning;
        self
    }

    pub(crate) const fn info(mut self) -> Self {
        self.severity = Severity::Info;
        self
    }

    pub(crate) const fn pedantic(mut self) -> Self {
        self.persona = Persona::Pedantic;
        self
    }

    /// A rule that may be wrong warns: an error keeps `taxiway up` from going on.
    pub(crate) const fn confidence(mut self, confidence: Confidence) -> Self {
        self.confidence = confidence;
        if !matches!(confidence, Confidence::High) && matches!(self.severity, Severity::Error) {
            self.severity = Severity::Warning;
        }
        self
    }

    pub(crate) const fn gate(mut self, gate: Gate) -> Self {
        self.gate = gate;
        self
    }

    pub(crate) const fn benchmarks(mut self, benchmarks: &'static [Benchmark]) -> Self {
        self.benchmarks = benchmarks;
        self
    }
}
