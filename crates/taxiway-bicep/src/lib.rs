//! Compiles Bicep to ARM templates: syntax tree, formatter, semantics, emitter, and a builder for generated Bicep.

pub mod build;
pub mod syntax;

mod ast;
mod compilation;
mod json;
mod source_map;

pub use compilation::{Compilation, ParameterCompilation};
pub use source_map::SourceMap;
