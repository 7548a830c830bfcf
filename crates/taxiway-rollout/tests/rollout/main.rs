//! Rollouts against a target in memory, with the journal on disk.

#![expect(clippy::unwrap_used, reason = "a test that can't go on panics")]

mod memory;
mod resilience;
mod rollback;
mod rollout;
mod steps;
