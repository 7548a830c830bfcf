//! `taxiway bicep build` and `build-params`.

use camino::{Utf8Path, Utf8PathBuf};
use serde_json::Value;
use taxiway_bicep::Options;
use taxiway_diagnostics::Diagnostic;

use super::inputs::{Input, InputSources, Inputs};
use super::parameters;
use super::report::Report;
use crate::arguments::Built;
use crate::exit::Exit;
use crate::failure::{Failure, Outcome};
use crate::surroundings;
use crate::terminal::Terminal;

/// What is built.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind<'k> {
    /// `.bicep` files to templates, `.bicepparam` files that are named to parameters.
    ByExtension,
    /// Everything to parameters, which must be for this template where one is named.
    Parameters(Option<&'k Utf8Path>),
}

/// Compiles what was named, each file on its own; one with errors does not stop the others.
pub(super) fn run(built: &Built, kind: Kind<'_>, terminal: &Terminal) -> Outcome {
    let extension = match kind {
        Kind::ByExtension => "bicep",
        Kind::Parameters(_) => "bicepparam",
    };
    let inputs = Inputs::open(&built.files, &[extension])?;
    if (built.stdout || built.outfile.is_some()) && inputs.files.len() > 1 {
        return Err(Failure::usage(format!(
            "{} files were named, and one fits into one output",
            inputs.files.len()
        ))
        .next("a file each", "taxiway bicep build FILE… --outdir FOLDER"));
    }
    let options = Options {
        module_cache: Some(surroundings::module_cache(built.module_cache.as_deref())),
        lint: true,
    };
    let mut report = Report::default();
    let mut results = Vec::new();
    for input in &inputs.files {
        let (result, diagnostics) = compile(input, &inputs.sources, kind, &options)?;
        report.add(diagnostics);
        results.push((input, result));
    }
    let goes_to_stdout = |input: &Input| {
        built.stdout || (input.is_standard && built.outfile.is_none() && built.outdir.is_none())
    };
    let is_taken = inputs.files.iter().any(goes_to_stdout);
    report.show(
        &inputs.sources,
        terminal,
        if is_taken {
            super::report::Stream::Error
        } else {
            super::report::Stream::Output
        },
    );
    let mut exit = Exit::Done;
    for (input, result) in results {
        let Some(result) = result else {
            exit = Exit::Findings;
            continue;
        };
        if !goes_to_stdout(input) {
            let text = parameters::text(&result.document);
            write(&target(input, built), &text, terminal)?;
        } else if matches!(kind, Kind::Parameters(_)) {
            let both = parameters::document(&result.document, result.template.as_ref());
            terminal.print(both);
        } else {
            terminal.print(parameters::text(&result.document));
        }
    }
    Ok(exit)
}

/// A file's result.
struct Compiled {
    /// The template, or the parameters.
    document: Value,
    /// The template that the parameters are for.
    template: Option<Value>,
}

fn compile(
    input: &Input,
    sources: &InputSources,
    kind: Kind<'_>,
    options: &Options,
) -> Result<(Option<Compiled>, Vec<Diagnostic>), Failure> {
    let of = match kind {
        Kind::Parameters(template) => Some(template),
        Kind::ByExtension => (input.path.extension() == Some("bicepparam")).then_some(None),
    };
    Ok(if let Some(template) = of {
        let compilation = parameters::compile(input, sources, template, options)?;
        let template = compilation.template;
        let compiled = compilation
            .parameters
            .map(|document| Compiled { document, template });
        (compiled, compilation.diagnostics)
    } else {
        let compilation = taxiway_bicep::compile_with(sources, &input.path, options);
        let compiled = compilation.template.map(|document| Compiled {
            document,
            template: None,
        });
        (compiled, compilation.diagnostics)
    })
}

/// Where the result of a file goes: beside it, unless told otherwise.
fn target(input: &Input, built: &Built) -> Utf8PathBuf {
    if let Some(file) = &built.outfile {
        return file.clone();
    }
    let name =
        Utf8Path::new(input.shown.file_name().unwrap_or("main.bicep")).with_extension("json");
    let folder = built.outdir.as_deref().or(input.shown.parent());
    folder.unwrap_or(Utf8Path::new("")).join(name)
}

fn write(path: &Utf8Path, text: &str, terminal: &Terminal) -> Result<(), Failure> {
    let folder = path.parent().filter(|folder| !folder.as_str().is_empty());
    folder
        .map_or(Ok(()), std::fs::create_dir_all)
        .and_then(|()| std::fs::write(path, text))
        .map_err(|error| Failure::failed(format!("`{path}` cannot be written")).because(&error))?;
    terminal.say(path);
    Ok(())
}
