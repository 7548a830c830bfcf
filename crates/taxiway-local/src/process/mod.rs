//! Children of the local cloud: applications, database servers, builds, web jobs.
//!
//! Invariants: a child leads its own process group and is reaped; its output is always drained; it ends when its handle goes.
//! What is alive is written down (pid and start time), so that the cloud's next start finds what a `kill -9` left behind.
//! Secrets reach children by environment only. Everything here is blind to what a child does.

mod backoff;
mod child;
mod log;
mod ports;
mod records;
mod supervisor;
#[cfg(test)]
mod tests;

pub(crate) use backoff::RestartPolicy;
pub(crate) use child::{Account, Child, Exit, Program, StopPlan, command_output};
pub(crate) use log::Log;
pub(crate) use ports::{Port, Ports};
pub(crate) use records::Records;
pub(crate) use supervisor::{Cause, Failure, Process, Readiness, State};
