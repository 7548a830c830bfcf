//! Values of secrets are where they belong, and nowhere else.

use std::os::unix::fs::PermissionsExt as _;

use camino::Utf8Path;

use crate::world::World;

#[test]
fn no_generated_value_can_be_read_by_others() {
    let world = World::new();
    let up = world.run(&["up", "--yes", "--verbose"]).succeeds();
    let mut secrets = values(&world);
    assert!(
        secrets.len() >= 2,
        "the site has a secret key and the key to its identity"
    );
    secrets.push(token(&world));
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
    for (name, value) in variables(world) {
        match name.as_str() {
            "SECRET_KEY" | "IDENTITY_HEADER" => values.push(value),
            "DATABASE_URL" => values.extend(password(&value)),
            _ => {}
        }
    }
    values.sort();
    values.dedup();
    values
}

fn variables(world: &World) -> Vec<(String, String)> {
    let mut variables = Vec::new();
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
            if let Some((name, value)) = variable.split_once('=') {
                variables.push((name.to_owned(), value.to_owned()));
            }
        }
    }
    variables
}

/// The token by which the site signs in to its database, got as the site gets it.
fn token(world: &World) -> String {
    let variables = variables(world);
    let value = |wanted: &str| {
        let found = variables.iter().find(|(name, _)| name == wanted);
        &found.unwrap_or_else(|| panic!("{wanted} is set")).1
    };
    let url = format!(
        "{}?api-version=2019-08-01&resource=https://ossrdbms-aad.database.windows.net&client_id={}",
        value("IDENTITY_ENDPOINT"),
        value("AZURE_CLIENT_ID")
    );
    let answer = crate::world::text_of(&url, ("X-IDENTITY-HEADER", value("IDENTITY_HEADER")));
    let answer: serde_json::Value = serde_json::from_str(&answer).expect("JSON");
    answer["access_token"].as_str().expect("a token").to_owned()
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
