//! What nearly every rule needs: rules are many and small, and open with what they are about.

pub(super) use crate::delivery::*;
pub(super) use crate::files::*;
pub(super) use crate::finding::{Found, Mark, Marks, Report};
pub(super) use crate::graph::{Graph, Stage};
pub(super) use crate::kinds::*;
pub(super) use crate::network::*;
pub(super) use crate::node::{Node, Part};
pub(super) use crate::reach::{reaches, report_barred};
pub(super) use crate::rule::Benchmark::{Checkov, Cis, Mcsb};
pub(super) use crate::rule::{Confidence, Gate, Rule};
pub(super) use crate::site::*;
pub(super) use crate::vault::*;
pub(super) use taxiway_diagnostics::FixSafety;
