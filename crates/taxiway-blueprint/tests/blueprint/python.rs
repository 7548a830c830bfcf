//! What Python says about the generated Python: it compiles, and it imports what the project has.

use std::process::{Command, Stdio};

use crate::sample::{SAMPLES, generate};

#[test]
fn every_python_file_compiles() {
    for sample in SAMPLES {
        let folder = tempfile::tempdir().unwrap();
        let mut paths = Vec::new();
        for file in generate(sample) {
            if file.path.extension() == Some("py") {
                let path = folder.path().join(&file.path);
                std::fs::create_dir_all(path.parent().unwrap()).unwrap();
                std::fs::write(&path, &file.text).unwrap();
                paths.push(path);
            }
        }
        #[expect(clippy::disallowed_methods, reason = "a test may run Python itself")]
        let output = Command::new("python3")
            .args(["-W", "error", "-m", "py_compile"])
            .args(&paths)
            .stdin(Stdio::null())
            .output()
            .expect("python3 is on PATH");
        assert!(
            output.status.success(),
            "{}",
            String::from_utf8_lossy(&output.stderr)
        );
        assert_eq!(paths.len(), 8, "{sample}");
    }
}

#[test]
fn the_settings_import_those_of_the_project() {
    for (sample, import) in [
        ("shop", "from shop.settings.production import *"),
        ("chat", "from chat.settings import *"),
    ] {
        let files = generate(sample);
        let settings = files
            .iter()
            .find(|file| file.path.ends_with("taxiway_runtime/settings.py"));
        let text = &settings.unwrap().text;
        assert_eq!(text.matches(import).count(), 1, "{sample}");
        assert!(!text.contains("from project.settings"), "{sample}");
    }
}
