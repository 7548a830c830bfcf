//! What `taxiway detect` says of a folder that it may not look into.

use std::os::unix::fs::PermissionsExt;
use std::process::Command;

use serde_json::Value;

/// Somebody without rights, as whom root runs the program.
const NOBODY: &str = "65534";

#[test]
#[expect(
    clippy::disallowed_methods,
    reason = "a program that ends by itself, as somebody else"
)]
fn a_folder_that_cannot_be_listed_is_a_note() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    let set_mode = |path: &str, mode| {
        std::fs::set_permissions(root.join(path), PermissionsExt::from_mode(mode)).unwrap();
    };
    std::fs::create_dir_all(root.join("private/inner")).unwrap();
    std::fs::write(root.join("requirements.txt"), "flask\n").unwrap();
    std::fs::write(
        root.join("app.py"),
        "from flask import Flask\napp = Flask(__name__)\n",
    )
    .unwrap();
    set_mode("", 0o755);
    set_mode("private", 0o000);
    let program = env!("CARGO_BIN_EXE_taxiway");
    let mut command = if nix::unistd::Uid::effective().is_root() {
        let mut command = Command::new("setpriv");
        command
            .args([
                "--reuid",
                NOBODY,
                "--clear-groups",
                "--bounding-set",
                "-all",
            ])
            .arg(program);
        command
    } else {
        Command::new(program)
    };
    let output = command
        .args(["detect", "--format", "json"])
        .arg(root)
        .output();
    set_mode("private", 0o755);
    let output = match output {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            eprintln!("SKIPPED: root needs setpriv to be somebody without rights");
            return;
        }
        output => output.unwrap(),
    };
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{stderr}");
    let app: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(app["services"][0]["framework"]["name"], "flask", "{app:#}");
    let note = app["warnings"][0].as_str().unwrap();
    assert!(
        note.starts_with("the folder `private` cannot be read: "),
        "{note}"
    );
}
