//! `taxiway check`: findings over the infrastructure of a repository, or over any Bicep and ARM templates.

use camino::{Utf8Path, Utf8PathBuf};
use taxiway_check::{
    ALL, Benchmark, Entry, Evaluated, Files, Finding, Gate, Options, Run, Surroundings, Verdict,
    apply_fixes, discover,
};
use taxiway_diagnostics::{Diagnostic, DiskSources, Severity, Sources as _};

use crate::arguments::{Check, CheckGate, Format};
use crate::exit::Exit;
use crate::failure::{Failure, Outcome};
use crate::project::Project;
use crate::terminal::{BOLD, DIM, Terminal};
use crate::wording::counted;
use crate::{acceptance, findings, left_behind, repository, surroundings};

/// How often fixes are applied and the result judged again.
const MAX_ROUNDS: usize = 20;

/// What is to be judged.
struct Selection {
    sources: DiskSources,
    /// Infrastructure.
    entries: Vec<Entry>,
    /// Pipelines, images, scripts and code.
    files: Files,
}

/// Judges, mends where that was asked for, and prints.
pub(crate) fn run(
    arguments: &Check,
    repository: Option<&Utf8Path>,
    terminal: &Terminal,
) -> Outcome {
    if let Some(code) = &arguments.explain {
        return explain(code, terminal);
    }
    let selection = select(arguments, repository)?;
    let mut judged = judge(&selection, arguments)?;
    if arguments.diff {
        return propose(&selection, &judged, arguments, terminal);
    }
    if arguments.fix || arguments.unsafe_fixes {
        judged = mend(&selection, judged, arguments, terminal)?;
    }
    let is_judged = !selection.entries.is_empty() || selection.files.count() > 0;
    if !is_judged && judged.findings.is_empty() && judged.failures.is_empty() {
        // Migrations without a fault are no reason to call a repository judged.
        return Err(nothing());
    }
    show(&judged, &selection.sources, terminal);
    if arguments.paths.is_empty() {
        tell_left_behind(repository, &selection.sources, terminal);
    }
    if !judged.failures.is_empty() {
        return Ok(Exit::Usage);
    }
    Ok(if judged.has_findings() {
        Exit::Findings
    } else {
        Exit::Done
    })
}

/// What the files of a repository can't show: what was rolled out of it before, and still runs.
fn tell_left_behind(repository: Option<&Utf8Path>, sources: &DiskSources, terminal: &Terminal) {
    let has_rolled_out = sources.root().join(".taxiway/state").is_dir();
    if has_rolled_out && let Ok(project) = Project::open(repository) {
        left_behind::tell_remembered(&project, terminal);
    }
}

/// The files that are meant: those that are named, or what the repository has.
fn select(arguments: &Check, repository: Option<&Utf8Path>) -> Result<Selection, Failure> {
    let paths = canonical(&arguments.paths, repository)?;
    let root = root(repository, &paths)?;
    let sources = repository::sources(&root);
    let mut entries = Vec::new();
    let mut scope = Vec::new();
    if paths.is_empty() {
        entries = discover(&sources, Utf8Path::new(""));
    }
    for path in &paths {
        let relative = path
            .strip_prefix(&root)
            .map_or_else(|_| path.clone(), Utf8Path::to_owned);
        if path.is_dir() && relative.is_relative() {
            entries.extend(discover(&sources, &relative));
            scope.push(relative);
        } else if matches!(path.extension(), Some("bicep" | "bicepparam" | "json")) {
            entries.push(Entry {
                file: relative,
                parameters: parameters(arguments, repository, &root)?,
            });
        } else if relative.is_relative() && Files::is_judged(&relative) {
            scope.push(relative);
        } else {
            return Err(not_judged(path, &root));
        }
    }
    // Templates alone are judged without the rest of the repository.
    let files = if paths.is_empty() || !scope.is_empty() {
        Files::read(&sources).within(scope)
    } else {
        Files::default()
    };
    let has_files = files.count() > 0 || files.has_migrations() || !files.failures().is_empty();
    if entries.is_empty() && !has_files {
        return Err(nothing());
    }
    entries.sort();
    entries.dedup();
    Ok(Selection {
        sources,
        entries,
        files,
    })
}

fn nothing() -> Failure {
    Failure::lacking(
        "there is nothing to judge: no infrastructure, no pipeline, no image, no migration",
    )
    .next("write it", "taxiway generate")
}

/// The whole paths; relative ones start where the command runs, or where `-C` says, as with Git.
fn canonical(
    paths: &[Utf8PathBuf],
    repository: Option<&Utf8Path>,
) -> Result<Vec<Utf8PathBuf>, Failure> {
    let start = repository.unwrap_or(Utf8Path::new(""));
    let full = |path: &Utf8PathBuf| {
        let full = start.join(path).canonicalize_utf8();
        full.map_err(|error| Failure::usage(format!("`{path}` cannot be read")).because(&error))
    };
    paths.iter().map(full).collect()
}

/// The project that is meant: the one around the current folder; around the first path where all are elsewhere.
fn root(repository: Option<&Utf8Path>, paths: &[Utf8PathBuf]) -> Result<Utf8PathBuf, Failure> {
    let here = repository::root(repository)?;
    let is_elsewhere = |path: &Utf8PathBuf| !path.starts_with(&here);
    Ok(match paths.first() {
        Some(first) if repository.is_none() && paths.iter().all(is_elsewhere) => {
            let folder = if first.is_dir() {
                Some(first.as_path())
            } else {
                first.parent()
            };
            folder.map_or(here, |folder| {
                repository::root_above(folder, false).to_owned()
            })
        }
        _ => here,
    })
}

fn not_judged(path: &Utf8Path, root: &Utf8Path) -> Failure {
    let failure = Failure::usage(format!("`{path}` cannot be judged"));
    if path.starts_with(root) {
        failure.detail(
            "what can: Bicep files, parameters files and ARM templates; workflows in `.github/workflows`, actions, builds of Cloud Build, Dockerfiles, shell scripts and Procfiles",
        )
    } else {
        let folder = if path.is_dir() {
            path
        } else {
            path.parent().unwrap_or(path)
        };
        let other = repository::root_above(folder, false);
        failure
            .detail(format!("it is outside of the project `{root}`"))
            .next("judge it in its own", format!("taxiway -C {other} check"))
    }
}

fn parameters(
    arguments: &Check,
    repository: Option<&Utf8Path>,
    root: &Utf8Path,
) -> Result<Option<Utf8PathBuf>, Failure> {
    let named = arguments.parameters.as_slice();
    let full = canonical(named, repository)?.pop();
    Ok(full.map(|full| {
        full.strip_prefix(root)
            .map_or_else(|_| full.clone(), Utf8Path::to_owned)
    }))
}

fn judge(selection: &Selection, arguments: &Check) -> Result<Verdict, Failure> {
    let sources = &selection.sources;
    let config = acceptance::config(sources)?;
    let options = Options {
        pedantic: arguments.pedantic,
        gate: arguments.gate.map(gate),
        only: None,
        allowed: acceptance::allowed(&config),
    };
    let mut run = Run::new(sources, options);
    let (mut warnings, mut failures) = (Vec::new(), Vec::new());
    let mut resources = 0;
    for entry in &selection.entries {
        let around = Surroundings {
            variables: &surroundings::variable,
            resource_group: acceptance::resource_group(&config, entry.name()),
            given_later: &[],
            is_complete: false,
            module_cache: Some(surroundings::module_cache(None)),
        };
        match Evaluated::open(sources, entry, &around) {
            Ok(evaluated) => {
                resources += evaluated.resources.len();
                run.judge(&evaluated);
                warnings.extend(evaluated.diagnostics);
            }
            Err(errors) => failures.extend(errors.into_iter().filter(Diagnostic::is_error)),
        }
    }
    if !matches!(arguments.gate, None | Some(CheckGate::Infrastructure)) {
        warnings.clear();
    }
    // Several parameter files say the same of one template.
    for diagnostics in [&mut warnings, &mut failures] {
        diagnostics.sort_by(|one: &Diagnostic, other| one.sort_key().cmp(&other.sort_key()));
        diagnostics.dedup();
    }
    failures.extend_from_slice(selection.files.failures());
    run.judge_files(&selection.files);
    Ok(Verdict {
        entries: selection.entries.clone(),
        files: selection.files.paths().to_vec(),
        resources,
        findings: run.finish(),
        warnings,
        failures,
    })
}

/// Applies fixes until none is left; one that does not take is not tried for ever.
fn mend(
    selection: &Selection,
    first: Verdict,
    arguments: &Check,
    terminal: &Terminal,
) -> Result<Verdict, Failure> {
    let mut judged = first;
    let mut total = 0;
    for _ in 0..MAX_ROUNDS {
        let count = apply(&selection.sources, &judged.findings, arguments.unsafe_fixes)?;
        if count == 0 {
            break;
        }
        total += count;
        judged = judge(selection, arguments)?;
    }
    terminal.say(format_args!("{total} fixes applied"));
    Ok(judged)
}

/// Shows what one round of fixes would make of each file, as a patch that `git apply` takes.
fn propose(
    selection: &Selection,
    judged: &Verdict,
    arguments: &Check,
    terminal: &Terminal,
) -> Outcome {
    if !judged.failures.is_empty() {
        show(judged, &selection.sources, terminal);
        return Ok(Exit::Usage);
    }
    let all = mended(&selection.sources, &judged.findings, arguments.unsafe_fixes)?;
    for file in &all {
        let path = &file.path;
        let patch = diffy::DiffOptions::new()
            .set_original_filename(format!("a/{path}"))
            .set_modified_filename(format!("b/{path}"))
            .create_patch(&file.before, &file.after)
            .to_string();
        terminal.print_exactly(&patch);
    }
    let count: usize = all.iter().map(|file| file.count).sum();
    let others = judged.findings.len() - count;
    terminal.say(format_args!(
        "{} in {}; {} without a fix",
        counted(count, "change"),
        counted(all.len(), "file"),
        counted(others, "finding"),
    ));
    Ok(if all.is_empty() {
        Exit::Done
    } else {
        Exit::Findings
    })
}

/// A file, and what fixes make of it.
struct Mended {
    path: Utf8PathBuf,
    before: String,
    after: String,
    count: usize,
}

/// The files that fixes change, by path.
fn mended(
    sources: &DiskSources,
    found: &[Finding],
    with_unsafe: bool,
) -> Result<Vec<Mended>, Failure> {
    let mut files: Vec<&Utf8Path> = found
        .iter()
        .filter_map(|finding| finding.diagnostic.fix.as_ref())
        .flat_map(|fix| fix.edits.iter().map(|edit| edit.location.path()))
        .collect();
    files.sort_unstable();
    files.dedup();
    let mut all = Vec::new();
    for path in files {
        let before = sources
            .read_text(path)
            .map_err(|error| Failure::failed(format!("`{path}` cannot be read")).because(&error))?;
        let (after, count) = apply_fixes(path, &before, found, with_unsafe);
        if count > 0 {
            all.push(Mended {
                path: path.to_owned(),
                before,
                after,
                count,
            });
        }
    }
    Ok(all)
}

fn apply(sources: &DiskSources, found: &[Finding], with_unsafe: bool) -> Result<usize, Failure> {
    let mut total = 0;
    for file in mended(sources, found, with_unsafe)? {
        std::fs::write(sources.root().join(&file.path), file.after).map_err(|error| {
            Failure::failed(format!("`{}` cannot be written", file.path)).because(&error)
        })?;
        total += file.count;
    }
    Ok(total)
}

fn show(judged: &Verdict, sources: &DiskSources, terminal: &Terminal) {
    match terminal.format() {
        Format::Json => terminal.print_json(&taxiway_check::document(judged, sources)),
        Format::Sarif => terminal.print_json(&taxiway_check::sarif(
            judged,
            env!("CARGO_PKG_VERSION"),
            sources,
        )),
        Format::Text => show_text(judged, sources, terminal),
    }
}

fn show_text(judged: &Verdict, sources: &DiskSources, terminal: &Terminal) {
    let found: Vec<Diagnostic> = judged
        .findings
        .iter()
        .map(|finding| finding.diagnostic.clone())
        .collect();
    for diagnostics in [&judged.failures, &judged.warnings, &found] {
        if !diagnostics.is_empty() {
            terminal.print(findings::render(diagnostics, sources).trim_end());
            terminal.print("");
        }
    }
    let counts = judged.counts();
    let count =
        |severity, one: &str| counted(counts.get(&severity).copied().unwrap_or_default(), one);
    let fixable = judged
        .findings
        .iter()
        .filter(|finding| finding.diagnostic.fix.is_some())
        .count();
    let files = counted(judged.entries.len() + judged.files.len(), "file");
    let judged_in = if judged.entries.is_empty() {
        files
    } else {
        format!("{} of {files}", counted(judged.resources, "resource"))
    };
    terminal.say(format_args!(
        "{BOLD}{}, {}, {}{BOLD:#} in {judged_in}",
        count(Severity::Error, "error"),
        count(Severity::Warning, "warning"),
        count(Severity::Info, "note"),
    ));
    if !judged.failures.is_empty() {
        let errors = counted(judged.failures.len(), "error");
        terminal.say(format_args!(
            "{BOLD}{errors}{BOLD:#} kept something from being judged: this is not a pass"
        ));
    }
    if let Some(first) = judged.findings.first() {
        terminal.say(format_args!(
            "{DIM}why: taxiway check --explain {}{DIM:#}",
            first.rule.code
        ));
    }
    if fixable > 0 {
        terminal.say(format_args!(
            "{DIM}{fixable} can be fixed: taxiway check --fix, or --unsafe-fixes; --diff shows how{DIM:#}"
        ));
    }
}

fn explain(code: &str, terminal: &Terminal) -> Outcome {
    let Some(rule) = ALL.iter().find(|rule| rule.code == code) else {
        let near: Vec<&str> = ALL
            .iter()
            .map(|rule| rule.code)
            .filter(|known| known.contains(code))
            .collect();
        let failure = Failure::usage(format!("there is no rule `{code}`"));
        return Err(if near.is_empty() {
            failure
        } else {
            failure.detail(format!("there are {}", near.join(", ")))
        });
    };
    let benchmarks: Vec<String> = rule.benchmarks.iter().map(Benchmark::label).collect();
    if terminal.is_json() {
        terminal.print_json(&serde_json::json!({
            "schema": "taxiway.rule/v1", "code": rule.code, "summary": rule.summary, "severity": rule.severity,
            "confidence": rule.confidence, "persona": rule.persona, "gate": rule.gate, "benchmarks": benchmarks, "page": rule.docs,
        }));
        return Ok(Exit::Done);
    }
    terminal.print(rule.docs.trim_end());
    if !benchmarks.is_empty() {
        terminal.print(format_args!(
            "\n{DIM}The same elsewhere: {}{DIM:#}",
            benchmarks.join(", ")
        ));
    }
    Ok(Exit::Done)
}

const fn gate(gate: CheckGate) -> Gate {
    match gate {
        CheckGate::Infrastructure => Gate::Infrastructure,
        CheckGate::Security => Gate::Security,
        CheckGate::Operations => Gate::Operations,
        CheckGate::Cost => Gate::Cost,
    }
}
