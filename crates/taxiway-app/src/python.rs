//! Python source, evaluated as far as that is possible without running it.
//!
//! A module is executed on values of three kinds: known, unknown (with the environment variables it may depend on), and a
//! choice between what holds with an empty environment and what the environment can turn it into. Both branches of a
//! condition that depends on the environment are executed and joined. Invariant: evaluation ends, whatever the source: steps,
//! depth, loops and the size of values are bounded.

mod attempt;
mod branch;
mod builtin;
mod call;
mod configuration_class;
mod configuration_file;
mod connection;
mod definition;
mod dynaconf;
mod environment;
mod evaluator;
mod expression;
mod flask_configuration;
mod import;
mod ini;
mod join;
mod library;
mod members;
mod method;
mod object;
mod operators;
mod path;
mod settings_class;
mod source;
mod statement;
mod value;

pub(crate) use connection::URL_KEY;
pub(crate) use evaluator::{Evaluator, Frame, Spot, find_module};
pub(crate) use path::as_path;
pub(crate) use source::Source;
pub(crate) use value::{Binding, HOLE, ROOT, Value};
