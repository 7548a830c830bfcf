//! The entry points.

use camino::{Utf8Path, Utf8PathBuf};
use taxiway_diagnostics::{Diagnostic, Location, Sources, Span};

use crate::compilation::Compilation;
use crate::emit::Templates;
use crate::json::JsonValue;
use crate::model::Workspace;
use crate::source_map::SourceMap;

/// Compiles the file `entry`, with the modules and imports it leads to, to an ARM template.
///
/// ```
/// use taxiway_bicep::compile;
/// use taxiway_diagnostics::MemorySources;
///
/// let sources = MemorySources::from_text("--- main.bicep\nparam name string\noutput greeting string = 'hello ${name}'\n");
/// let template = compile(&sources, "main.bicep".into()).template.unwrap();
/// assert_eq!(template["outputs"]["greeting"]["value"], "[format('hello {0}', parameters('name'))]");
/// ```
pub fn compile(sources: &dyn Sources, entry: &Utf8Path) -> Compilation {
    compile_with(sources, entry, &Options::default())
}

/// What a compilation may use besides the files themselves.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Options {
    /// The folder that holds restored modules of registries, laid out as the official tools do (`~/.bicep`); it is read
    /// through the same [`Sources`]. Without one, references to registries are errors.
    pub module_cache: Option<Utf8PathBuf>,
    /// Whether the linter has its say too, on every file that is read from where the entry is.
    pub lint: bool,
}

/// As [`compile`], with options.
pub fn compile_with(sources: &dyn Sources, entry: &Utf8Path, options: &Options) -> Compilation {
    let workspace = Workspace::new(sources, options.module_cache.as_deref());
    let model = match workspace.model(entry) {
        Ok(model) => model,
        Err(_) => {
            return Compilation {
                template: None,
                diagnostics: vec![unreadable(entry)],
                source_map: SourceMap::default(),
            };
        }
    };
    if options.lint {
        crate::lint::run(&workspace);
    }
    let failed = model.has_errors || workspace.has_errors();
    if failed {
        return Compilation {
            template: None,
            diagnostics: workspace.take_diagnostics(),
            source_map: SourceMap::default(),
        };
    }
    let template = Templates::new(&workspace).template(&model);
    let diagnostics = workspace.take_diagnostics();
    Compilation {
        template: Some(template.to_value()),
        diagnostics,
        source_map: SourceMap::new(JsonValue::Shared(template).into(), workspace.paths()),
    }
}

/// That the entry is not there.
pub(crate) fn unreadable(entry: &Utf8Path) -> Diagnostic {
    Diagnostic::error(
        "BCP091",
        Location::new(entry, Span::at(0)),
        format!("`{entry}` cannot be read"),
    )
}
