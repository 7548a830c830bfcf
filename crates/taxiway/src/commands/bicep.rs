//! `taxiway bicep`: the compiler on its own.

use camino::{Utf8Path, Utf8PathBuf};
use serde_json::Value;
use taxiway_diagnostics::{Diagnostic, DiskSources, Severity, Sources as _};

use crate::arguments::{Bicep, Built};
use crate::exit::Exit;
use crate::failure::{Failure, Outcome};
use crate::terminal::Terminal;
use crate::{findings, repository, surroundings};

/// Runs one command of the compiler.
pub(crate) fn run(command: &Bicep, terminal: &Terminal) -> Outcome {
    match command {
        Bicep::Build(built) if built.file.extension() == Some("bicepparam") => {
            build_parameters(built, terminal)
        }
        Bicep::Build(built) => build(built, terminal),
        Bicep::BuildParams(built) => build_parameters(built, terminal),
        Bicep::Format { files, check } => format(files, *check, terminal),
    }
}

fn build(built: &Built, terminal: &Terminal) -> Outcome {
    let (sources, file) = open(&built.file)?;
    let compilation = taxiway_bicep::compile(&sources, &file);
    finish(
        built,
        compilation.template,
        &compilation.diagnostics,
        &sources,
        terminal,
    )
}

fn build_parameters(built: &Built, terminal: &Terminal) -> Outcome {
    let (sources, file) = open(&built.file)?;
    let compilation =
        taxiway_bicep::compile_parameters(&sources, &file, &surroundings::variable_or_empty);
    finish(
        built,
        compilation.parameters,
        &compilation.diagnostics,
        &sources,
        terminal,
    )
}

/// The folder of a file as sources, so that modules in folders above it are found too, and the file by its absolute path.
fn open(file: &Utf8Path) -> Result<(DiskSources, Utf8PathBuf), Failure> {
    let path = file
        .canonicalize_utf8()
        .map_err(|error| Failure::usage(format!("`{file}` cannot be read")).because(&error))?;
    let lists_folders =
        std::fs::read_to_string(&path).is_ok_and(|text| text.contains("loadDirectoryFileInfo"));
    let folder = path.parent().filter(|_| lists_folders);
    let listed = folder.map(|folder| {
        repository::sources(folder)
            .files()
            .into_iter()
            .map(|file| folder.join(file))
    });
    Ok((DiskSources::new("/", listed.into_iter().flatten()), path))
}

fn finish(
    built: &Built,
    result: Option<Value>,
    diagnostics: &[Diagnostic],
    sources: &DiskSources,
    terminal: &Terminal,
) -> Outcome {
    show(diagnostics, sources, terminal);
    let Some(result) = result else {
        return Ok(Exit::Findings);
    };
    let text = serde_json::to_string_pretty(&result).expect("a template has string keys");
    if built.stdout {
        terminal.print(text);
        return Ok(Exit::Done);
    }
    let name = Utf8Path::new(built.file.file_name().unwrap_or("main.bicep")).with_extension("json");
    let folder = built
        .outdir
        .as_deref()
        .or(built.file.parent())
        .unwrap_or(Utf8Path::new("."));
    let path = folder.join(name);
    std::fs::create_dir_all(if folder.as_str().is_empty() {
        Utf8Path::new(".")
    } else {
        folder
    })
    .and_then(|()| std::fs::write(&path, text))
    .map_err(|error| Failure::failed(format!("`{path}` cannot be written")).because(&error))?;
    terminal.say(path);
    Ok(Exit::Done)
}

/// Diagnostics on standard error: as people read them, or as the official compiler writes them when piped.
fn show(diagnostics: &[Diagnostic], sources: &DiskSources, terminal: &Terminal) {
    if terminal.draws_progress() {
        terminal.say(findings::render(diagnostics, sources).trim_end());
        return;
    }
    for diagnostic in diagnostics {
        terminal.say(line(diagnostic, sources));
    }
}

fn line(diagnostic: &Diagnostic, sources: &DiskSources) -> String {
    let severity = match diagnostic.severity {
        Severity::Error => "Error",
        Severity::Warning => "Warning",
        Severity::Info => "Info",
    };
    let place = diagnostic
        .location
        .as_ref()
        .map_or_else(String::new, |location| {
            let text = sources.read_text(location.path()).unwrap_or_default();
            let (line, column) =
                taxiway_diagnostics::LineIndex::new(&text).line_column(&text, location.span.start);
            format!("{}({line},{column}) : ", location.path())
        });
    format!(
        "{place}{severity} {}: {}",
        diagnostic.code, diagnostic.message
    )
}

fn format(files: &[Utf8PathBuf], check: bool, terminal: &Terminal) -> Outcome {
    let mut exit = Exit::Done;
    for file in files {
        let text = std::fs::read_to_string(file)
            .map_err(|error| Failure::usage(format!("`{file}` cannot be read")).because(&error))?;
        let formatted = taxiway_bicep::format(&text);
        if formatted == text {
            continue;
        }
        if check {
            terminal.say(format_args!("{file} is not formatted"));
            exit = Exit::Findings;
        } else {
            std::fs::write(file, formatted).map_err(|error| {
                Failure::failed(format!("`{file}` cannot be written")).because(&error)
            })?;
            terminal.say(file);
        }
    }
    Ok(exit)
}
