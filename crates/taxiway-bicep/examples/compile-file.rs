//! `compile-file FILE`: the whole of what another program needs.
#![expect(clippy::print_stdout, reason = "this is a command")]

use taxiway_diagnostics::DiskSources;

fn main() {
    let file = std::env::args()
        .nth(1)
        .unwrap_or_else(|| "main.bicep".to_owned());
    let compilation = taxiway_bicep::compile(&DiskSources::new("", []), file.as_str().into());
    match compilation.template {
        Some(template) => println!("{template:#}"),
        None => println!("{:#?}", compilation.diagnostics),
    }
}
