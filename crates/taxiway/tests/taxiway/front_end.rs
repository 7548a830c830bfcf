//! A release whose front end is built: with a package manager that writes down what it was asked, because what the real ones
//! download is not for a test.

use std::os::unix::fs::PermissionsExt as _;

use camino::{Utf8Path, Utf8PathBuf};
use taxiway_test::Fixture;

use crate::world::{Ran, World};

/// Stands for npm: installs a package, and builds one script from one source.
pub(crate) const NPM: &str = r#"#!/bin/sh
set -e
if [ "$1" = --version ]; then
  exit
fi
echo "$* in $(basename "$PWD"), $(env | grep -c -e SECRET -e AZURE || true) secrets" >> "$(dirname "$0")/asked"
case "$1" in
  ci) mkdir -p node_modules/tool && echo tool > node_modules/tool/index.js ;;
  run)
    if grep --quiet broken src/app.js; then
      echo "src/app.js: unexpected token" >&2
      exit 1
    fi
    mkdir -p ../links/static/built
    (cat src/app.js && date +%s%N) > ../links/static/built/app.js
    ;;
esac
"#;

/// The links, with a front end whose output Git ignores, and the folder of the package manager.
fn world() -> (World, Utf8PathBuf) {
    let world = World::of(Fixture::example("links"));
    add_to(world.shop.path());
    let tools = world.disk().join("tools");
    std::fs::create_dir(&tools).expect("the fixture can be made");
    (world, tools)
}

/// Gives the links a front end whose output Git ignores.
pub(crate) fn add_to(root: &Utf8Path) {
    for (path, text) in [
        (
            "web/package.json",
            "{\"scripts\": {\"build\": \"vite build\"}, \"devDependencies\": {\"vite\": \"7.0.0\"}}",
        ),
        ("web/package-lock.json", "{\"lockfileVersion\": 3}"),
        (
            "web/vite.config.js",
            "export default {\n  build: {\n    outDir: '../links/static/built',\n  },\n}\n",
        ),
        ("web/src/app.js", "say('first');\n"),
    ] {
        let path = root.join(path);
        std::fs::create_dir_all(path.parent().expect("the fixture can be made"))
            .expect("the fixture can be made");
        std::fs::write(path, text).expect("the fixture can be made");
    }
    let ignored = std::fs::read_to_string(root.join(".gitignore")).unwrap_or_default();
    std::fs::write(
        root.join(".gitignore"),
        ignored + "node_modules/\nlinks/static/built/\n",
    )
    .expect("the fixture can be made");
}

fn install(tools: &Utf8Path, npm: &str) {
    std::fs::write(tools.join("npm"), npm).expect("the fixture can be made");
    let mode = std::fs::Permissions::from_mode(0o755);
    std::fs::set_permissions(tools.join("npm"), mode).expect("the fixture can be made");
}

/// Brings the world up, with what `tools` holds.
#[expect(clippy::disallowed_methods, reason = "the programs of this machine")]
pub(crate) fn up(world: &World, tools: &Utf8Path) -> Ran {
    let usual = std::env::var("PATH").expect("it is set");
    let mut command = world.command(&["up", "--yes", "--format", "json"]);
    command
        .env("PATH", format!("{tools}:{usual}"))
        .env("SECRET_OF_A_DEPLOYMENT", "x")
        .env("AZURE_CLIENT_SECRET", "x");
    Ran::of(&mut command)
}

#[test]
fn a_front_end_is_built_once_for_a_release_and_a_broken_one_changes_nothing() {
    let (world, tools) = world();
    install(&tools, "#!/bin/sh\nexit 1\n");
    let lacking = up(&world, &tools).ends_with(3);
    assert!(
        lacking.stdout.contains("built with npm"),
        "{}",
        lacking.stdout
    );

    install(&tools, NPM);
    let first = up(&world, &tools).succeeds().json();
    assert_eq!(first["outcome"], "served");
    let script = world.page("/static/built/app.js");
    assert!(script.1.starts_with("say('first');"), "{script:?}");
    let asked = "ci --no-audit --no-fund in web, 0 secrets\nrun build in web, 0 secrets\n";
    let seen = || std::fs::read_to_string(tools.join("asked")).unwrap();
    assert_eq!(seen(), asked);
    let root = world.shop.path();
    assert!(!root.join("links/static/built").exists() && !root.join("web/node_modules").exists());

    let again = up(&world, &tools).succeeds().json();
    assert_eq!(again["outcome"], "unchanged");
    assert_eq!(again["release"], first["release"]);
    assert_eq!(seen(), asked, "nothing is built twice");

    std::fs::write(root.join("web/src/app.js"), "broken(\n").unwrap();
    let refused = up(&world, &tools).ends_with(4);
    assert!(
        refused.stdout.contains("src/app.js: unexpected token"),
        "{}",
        refused.stdout
    );
    assert_eq!(world.serving(), first["release"].as_str().unwrap());
    assert_eq!(world.page("/static/built/app.js"), script);
}
