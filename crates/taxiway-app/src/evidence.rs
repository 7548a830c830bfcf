//! What other people's files say about running the project: Dockerfiles, compose files, Procfiles, scripts, app specs.
//!
//! Nothing is executed; shell is split into words well enough to recognise who starts what.

pub(crate) mod azure;
pub(crate) mod command;
pub(crate) mod compose;
pub(crate) mod dockerfile;
mod image;
pub(crate) mod paste;
mod platform;
mod recipe;
pub(crate) mod role;
pub(crate) mod sample;
pub(crate) mod shell;
pub(crate) mod survey;
pub(crate) mod yaml;

pub(crate) use command::{Command, Origin};
pub(crate) use dockerfile::Dockerfile;
pub(crate) use survey::Survey;
