//! What the compiler says about the generated Bicep: nothing.

use camino::Utf8Path;
use taxiway_bicep::compile;
use taxiway_diagnostics::{Diagnostic, LineIndex, MemorySources, Sources};

use crate::sample::{SAMPLES, generate};

fn sources(sample: &str) -> MemorySources {
    generate(sample)
        .into_iter()
        .map(|file| (file.path, file.text))
        .collect()
}

fn describe(sources: &MemorySources, diagnostics: &[Diagnostic]) -> String {
    let lines = diagnostics.iter().map(|diagnostic| {
        let place = diagnostic.location.as_ref().map(|location| {
            let text = sources.read_text(location.path()).unwrap_or_default();
            let line = LineIndex::new(&text).line(location.span.start);
            format!("{}:{line}", location.path())
        });
        let place = place.unwrap_or_default();
        format!("{place} {}: {}\n", diagnostic.code, diagnostic.message)
    });
    lines.collect()
}

#[test]
fn every_bicep_file_compiles_alone_without_a_remark() {
    for sample in SAMPLES {
        let sources = sources(sample);
        for path in sources.files() {
            if path.extension() != Some("bicep") {
                continue;
            }
            let compilation = compile(&sources, &path);
            assert_eq!(describe(&sources, &compilation.diagnostics), "", "{path}");
            assert!(compilation.template.is_some(), "{path}");
        }
    }
}

/// Checkov skips a file that its parser can't read, and says so nowhere: no condition over several lines, and no call whose
/// arguments begin on the next line.
#[test]
fn every_bicep_file_can_be_read_by_other_parsers() {
    for sample in SAMPLES {
        for file in generate(sample) {
            if file.path.extension() != Some("bicep") {
                continue;
            }
            let broken = file.text.lines().find(|line| {
                let is_comment = line.trim_start().starts_with("//");
                !is_comment && (line.ends_with('(') || line.trim_start().starts_with("? "))
            });
            assert_eq!(broken, None, "{}", file.path);
        }
    }
}

#[test]
fn every_bicep_file_is_laid_out_as_the_formatter_does() {
    let laid_out = |path: &Utf8Path, text: &str| {
        if matches!(path.extension(), Some("bicep" | "bicepparam")) {
            let is_laid_out = taxiway_bicep::format(text) == text;
            assert!(is_laid_out, "`taxiway bicep format` changes {path}");
        }
    };
    for sample in SAMPLES {
        for file in generate(sample) {
            laid_out(&file.path, &file.text);
        }
    }
    // Those that no sample has, too.
    let modules = Utf8Path::new(env!("CARGO_MANIFEST_DIR")).join("files/bicep/modules");
    for entry in modules.read_dir_utf8().unwrap() {
        let path = entry.unwrap().into_path();
        laid_out(&path, &std::fs::read_to_string(&path).unwrap());
    }
}

#[test]
fn the_command_line_finds_what_it_needs_among_the_outputs() {
    let main = Utf8Path::new("infrastructure/bicep/main.bicep");
    let template = compile(&sources("shop"), main).template.unwrap();
    let outputs = template["outputs"].as_object().unwrap();
    for name in [
        "databaseServerId",
        "siteHostName",
        "siteName",
        "slotHostName",
        "slotName",
        "vaultId",
        "vaultName",
    ] {
        assert!(outputs.contains_key(name), "{name}");
    }
}

#[test]
fn no_secret_is_a_plain_parameter_or_an_output() {
    let main = Utf8Path::new("infrastructure/bicep/main.bicep");
    let template = compile(&sources("shop"), main).template.unwrap();
    for secret in [
        "databasePassword",
        "djangoSecretKey",
        "secretStripeSecretKey",
    ] {
        assert_eq!(
            template["parameters"][secret]["type"], "securestring",
            "{secret}"
        );
        let outputs = template["outputs"].to_string();
        assert!(!outputs.contains(secret), "{secret}");
    }
}
