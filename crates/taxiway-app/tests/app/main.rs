//! What the crate reads, from files in memory.

mod alembic;
mod hostile;
mod locks;
mod migrations;
mod repositories;
mod schema;
mod why;
