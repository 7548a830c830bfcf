//! How long a folder of files takes in one process.

use std::time::Instant;

use camino::Utf8Path;
use taxiway_bicep::{compile, compile_parameters};

use crate::files;

/// Compiles every Bicep file below `folder` on its own, and says how long it took, with the five slowest files.
pub(crate) fn run(folder: &Utf8Path) -> bool {
    let sources = files::sources(folder);
    let paths: Vec<_> = files::bicep(folder)
        .into_iter()
        .map(|(path, _)| path)
        .collect();
    let start = Instant::now();
    let mut times: Vec<_> = paths
        .iter()
        .map(|path| {
            let begun = Instant::now();
            let compiled = if path.extension() == Some("bicepparam") {
                compile_parameters(&sources, path, &|_| None)
                    .parameters
                    .is_some()
            } else {
                compile(&sources, path).template.is_some()
            };
            (begun.elapsed(), path, compiled)
        })
        .collect();
    let elapsed = start.elapsed();
    let compiled = times.iter().filter(|(_, _, compiled)| *compiled).count();
    println!(
        "{} files, {compiled} of them without errors, in {elapsed:.0?}",
        paths.len()
    );
    times.sort();
    for (time, path, _) in times.iter().rev().take(5) {
        println!("{time:>10.2?}  {path}");
    }
    true
}
