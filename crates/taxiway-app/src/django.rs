//! Django projects: where they are, which settings production uses, and what those settings say.

pub(crate) mod backing;
pub(crate) mod database;
pub(crate) mod delivery;
pub(crate) mod health;
pub(crate) mod project;
pub(crate) mod security;
pub(crate) mod settings;
pub(crate) mod settings_module;

pub(crate) use project::Project;
pub(crate) use settings::Settings;
