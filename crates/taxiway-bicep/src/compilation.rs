//! What a compilation gives back.

use camino::Utf8PathBuf;
use serde_json::Value;
use taxiway_diagnostics::Diagnostic;

use crate::source_map::SourceMap;

/// The result of compiling a `.bicep` file.
#[derive(Debug)]
pub struct Compilation {
    /// The ARM template; `None` as soon as any diagnostic is an error.
    pub template: Option<Value>,
    /// What is to say about the file and the modules it uses, in the order of their places.
    pub diagnostics: Vec<Diagnostic>,
    /// From places in `template` back to the source.
    pub source_map: SourceMap,
}

/// The result of compiling a `.bicepparam` file.
#[derive(Debug)]
pub struct ParameterCompilation {
    /// The parameters file as JSON; `None` as soon as any diagnostic is an error.
    pub parameters: Option<Value>,
    /// The Bicep file that it is `using`; `None` for any other, for `using none` and after errors.
    pub using: Option<Utf8PathBuf>,
    /// The template of the file it is `using`; `None` for `using none` and after errors.
    pub template: Option<Value>,
    /// What is to say about all files.
    pub diagnostics: Vec<Diagnostic>,
}
