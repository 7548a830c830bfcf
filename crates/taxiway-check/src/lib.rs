//! Judges infrastructure: rules over the *evaluated* resources of a template, findings at their place in the source. And what
//! brings code there: workflows, builds, images, scripts, and the Python that says how an app runs.
//!
//! Pure. [`Evaluated::open`] compiles a Bicep file, a parameters file or an ARM template and evaluates it; a [`Run`] judges one
//! or several of these and gives the findings. Invariant: what cannot be compiled has no findings, it has errors; nothing that
//! was not judged passes. Rules see resources as Azure would, never text, and say nothing about values that only a
//! running deployment knows. [`Files`] are judged as they are written; a pipeline, an image or a script that cannot be read is a
//! failure too.

mod delivery;
mod discovery;
mod document;
mod evaluated;
mod files;
mod finding;
mod fix;
mod graph;
mod json_text;
mod kinds;
mod member;
mod network;
mod node;
mod origin;
mod placeholder;
mod reach;
mod rule;
mod rules;
mod run;
mod sarif;
mod security_group;
mod site;
mod suppression;
mod vault;
mod verdict;

pub use discovery::discover;
pub use document::document;
pub use evaluated::{Entry, Evaluated, Surroundings};
pub use files::Files;
pub use finding::Finding;
pub use fix::apply_fixes;
pub use rule::{Benchmark, Confidence, Gate, Persona, Rule};
pub use rules::ALL;
pub use run::{Allowance, Options, Run};
pub use sarif::sarif;
pub use verdict::Verdict;
