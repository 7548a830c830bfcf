//! Fixtures for end-to-end tests: the sample shop, and releases of it that go well or badly.
//!
//! - [`Fixture`]: a temporary copy of `examples/shop` as a Git repository of its own.
//! - [`Case`]: one release of the shop, as data under `fixtures/releases/<name>/`: a small edit, and what has to come
//!   of it.
//! - [`workflow`]: runs a generated workflow's scripts on this machine.
//!
//! Only tests depend on this crate. A fixture that can't be made is a broken test, so everything here panics with the
//! reason instead of returning an error.

mod case;
mod fixture;
pub mod workflow;

pub use case::{Case, Edit, Phase, case, cases};
pub use fixture::{Commit, Fixture};
