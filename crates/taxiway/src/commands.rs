//! The commands: each a thin adapter that parses, calls engines or services, and renders.

pub(crate) mod bicep;
pub(crate) mod check;
pub(crate) mod cloud;
pub(crate) mod deployed;
pub(crate) mod detect;
pub(crate) mod doctor;
pub(crate) mod down;
pub(crate) mod explain;
pub(crate) mod generate;
pub(crate) mod logs;
pub(crate) mod rollback;
pub(crate) mod schema;
pub(crate) mod status;
pub(crate) mod up;
