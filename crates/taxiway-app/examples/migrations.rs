//! Prints the migrations of the folder given, and what is unsafe in them: `migrations FOLDER`.

use std::process::ExitCode;

use camino::{Utf8Path, Utf8PathBuf};
use ignore::WalkBuilder;
use taxiway_app::Safety;
use taxiway_diagnostics::DiskSources;

fn main() -> ExitCode {
    let Some(root) = std::env::args().nth(1).map(Utf8PathBuf::from) else {
        eprintln!("usage: migrations FOLDER");
        return ExitCode::from(2);
    };
    let files = WalkBuilder::new(&root)
        .build()
        .flatten()
        .filter_map(|entry| Utf8PathBuf::from_path_buf(entry.into_path()).ok())
        .filter_map(|path| path.strip_prefix(&root).ok().map(Utf8Path::to_owned));
    let sources = DiskSources::new(root.clone(), files);
    for service in &taxiway_app::read(&sources).services {
        for migration in taxiway_app::migrations(&sources, service) {
            println!("{}.{}", migration.app, migration.name);
            for operation in &migration.operations {
                if let Safety::Unsafe { reason, .. } = &operation.safety {
                    println!(
                        "  {} {}: {reason} ({})",
                        operation.kind,
                        operation.field.as_deref().unwrap_or_default(),
                        operation.place
                    );
                }
            }
        }
        if let Some(lock) = taxiway_app::export_lock(&sources, service) {
            println!("{lock}");
        }
    }
    ExitCode::SUCCESS
}
