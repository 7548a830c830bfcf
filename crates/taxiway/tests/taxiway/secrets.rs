//! Values of secrets are where they belong, and nowhere else.

use std::os::unix::fs::PermissionsExt as _;

use camino::Utf8Path;

use crate::world::World;

#[test]
fn no_generated_value_can_be_read_by_others() {
    let world = World::new();
    let up = world.run(&["up", "--yes", "--verbose"]).succeeds();
    let secrets = values(&world);
    assert!(
        secrets.len() >= 2,
        "the site has a database password and a secret key"
    );
    let printed = [
        up.stdout,
        up.stderr,
        world.run(&["logs"]).stdout,
        world.run(&["status", "--format", "json"]).stdout,
    ];
    for text in &printed {
        assert!(
            secrets.iter().all(|secret| !text.contains(secret)),
            "a secret was printed"
        );
    }
    for process in std::fs::read_dir("/proc").unwrap().flatten() {
        let arguments = std::fs::read(process.path().join("cmdline")).unwrap_or_default();
        let arguments = String::from_utf8_lossy(&arguments);
        assert!(
            secrets.iter().all(|secret| !arguments.contains(secret)),
            "a secret is in a process list"
        );
    }
    let mut found = Vec::new();
    for folder in [world.shop.path(), &world.state()] {
        search(folder, &secrets, &mut found);
    }
    assert!(
        found.is_empty(),
        "files that others can read hold a secret: {found:?}"
    );
}

/// The secrets of the running site, out of the environment of its processes.
fn values(world: &World) -> Vec<String> {
    let mut values = Vec::new();
    for process in std::fs::read_dir("/proc")
        .expect("the process list is readable")
        .flatten()
    {
        let environment = std::fs::read(process.path().join("environ")).unwrap_or_default();
        let environment = String::from_utf8_lossy(&environment);
        if !environment.contains(world.state().as_str()) {
            continue;
        }
        for variable in environment.split('\0') {
            match variable.split_once('=') {
                Some(("SECRET_KEY" | "IDENTITY_HEADER", value)) => values.push(value.to_owned()),
                Some(("DATABASE_URL", url)) => values.extend(password(url)),
                _ => {}
            }
        }
    }
    values.sort();
    values.dedup();
    values
}

fn password(url: &str) -> Option<String> {
    let credentials = url.split_once("://")?.1.rsplit_once('@')?.0;
    Some(credentials.split_once(':')?.1.to_owned())
}

/// The files below a folder that hold a secret and can be read by others; a folder that others cannot enter hides its own.
fn search(folder: &Utf8Path, secrets: &[String], found: &mut Vec<String>) {
    let Ok(entries) = folder.read_dir_utf8() else {
        return;
    };
    for entry in entries.flatten() {
        let Ok(metadata) = entry.path().symlink_metadata() else {
            continue;
        };
        if metadata.is_dir() {
            search(entry.path(), secrets, found);
        } else if metadata.is_file() && metadata.permissions().mode() & 0o077 != 0 {
            let content = std::fs::read(entry.path()).unwrap_or_default();
            let holds = |secret: &String| {
                content
                    .windows(secret.len())
                    .any(|window| window == secret.as_bytes())
            };
            if secrets.iter().any(holds) {
                found.push(entry.path().to_string());
            }
        }
    }
}
