//! The local cloud as its clients see it: over TLS, on free ports, with a state folder of its own for each test.

mod access;
mod connect_proxy;
mod custom_roles;
mod deployments;
mod entra;
mod harness;
mod key_vault;
mod lifecycle;
mod login;
mod postgresql;
mod resources;
mod telemetry;
mod web;

/// A file that is not listed above would silently not be tested.
#[test]
fn every_file_is_part_of_this_binary() {
    let listed = include_str!("main.rs");
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests");
    for entry in std::fs::read_dir(folder).expect("the folder of tests") {
        let path = entry.expect("a readable folder").path();
        let name = path
            .file_stem()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned();
        let is_listed = name == "main" || listed.contains(&format!("mod {name};"));
        assert!(is_listed, "`{}` is not listed in main.rs", path.display());
    }
}
