//! Compiles Bicep to ARM templates: syntax tree, formatter, semantics, emitter, and a builder for generated Bicep.

pub mod build;
pub mod syntax;

mod arm;
mod ast;
mod azure_types;
mod check;
mod compilation;
mod compile;
mod configuration;
mod culture;
mod emit;
mod evaluate;
mod format;
mod functions;
mod json;
mod json_path;
mod lint;
mod model;
mod parameters;
mod parameters_target;
mod restore;
mod source_map;
mod suggestion;
mod types;

pub use compilation::{Compilation, ParameterCompilation};
pub use compile::{Options, compile, compile_with};
pub use format::{FormatOptions, LineEnding, format, format_with};
pub use lint::{Rule, RuleLevel, lint_rules};
pub use model::{ModuleVersion, RegistryReference};
pub use parameters::{compile_parameters, compile_parameters_with};
pub use restore::{RegistryModules, registry_modules};
pub use source_map::SourceMap;
