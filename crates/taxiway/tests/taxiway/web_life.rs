//! FastAPI's and Flask's applications: changed and brought back under load, and kept from releases that must not go live.

use taxiway_test::Fixture;

use crate::load::Load;
use crate::world::{Ran, World};

/// An application of `examples`, and how its releases differ.
struct Example {
    name: &'static str,
    /// A page that reads the database.
    page: &'static str,
    /// What is told of `/`.
    start_page: &'static str,
    /// A page that shows the title, and the file whose edit changes it.
    title_page: &'static str,
    title_file: &'static str,
    title: (&'static str, &'static str),
    /// The module that the server loads.
    module: &'static str,
    /// The last revision of its schema, and a column that goes in the next one.
    revision: &'static str,
    column: (&'static str, &'static str),
}

/// Nothing imports it before the server does, so the migrations of such a release still run.
const CRASH: &str = "\n\nif \"gunicorn\" in __import__(\"sys\").modules:\n    feeds.start()\n";

const UNREADY: &str = "\n\nfrom taxiway_runtime import health  # noqa: E402\n\n\ndef _unready():\n    raise RuntimeError(\"the index is not loaded\")\n\n\nhealth._ready = _unready\n";

fn live(example: &Example) {
    let world = World::of(Fixture::example(example.name));
    let first = world.run(&["up", "--yes", "--format", "json"]).succeeds();
    let release = released(&first);
    assert!(
        !first.stderr.contains("no migration to apply"),
        "{}",
        first.stderr
    );
    assert_eq!(world.serving(), release);
    let phases = first.json()["phases"].clone();
    let page = phases.as_array().and_then(|phases| phases.last());
    let page = page.expect("the page is asked for last");
    assert_eq!(
        [&page["name"], &page["result"]],
        ["page", example.start_page]
    );
    assert_eq!(world.page(example.page).0, 200);

    let load = Load::light(&world, example.page);
    let (before, after) = example.title;
    edit(&world, example.title_file, |text| {
        assert_eq!(text.matches(before).count(), 1, "{text}");
        text.replace(before, after)
    });
    let second = world.run(&["up", "--yes", "--format", "json"]).succeeds();
    let second = released(&second);
    assert_ne!(second, release);
    let shown = after.trim_matches('"');
    assert!(world.page(example.title_page).1.contains(shown));

    refuses_what_the_schema_forbids(&world, example);
    assert_eq!(world.serving(), second);

    // What a release that never gets ready is caught by depends on who asks first: the site's own start, or the rollout.
    for (change, cause) in [(CRASH, "NameError"), (UNREADY, "rolled back")] {
        let good = edit(&world, example.module, |text| format!("{text}{change}"));
        let refused = world.run(&["up", "--yes"]).ends_with(5);
        assert!(
            refused.stderr.contains(cause),
            "{cause}:\n{}",
            refused.stderr
        );
        assert_eq!(world.serving(), second, "{cause}");
        edit(&world, example.module, |_| good.clone());
    }

    let back = world.run(&["rollback", "--format", "json"]).succeeds();
    assert_eq!(back.json()["release"], release.as_str());
    assert_eq!(world.serving(), release);
    assert!(!world.page(example.title_page).1.contains(shown));
    load.stop().none_failed();
}

/// A revision that the served release could not live with is refused, and so is one beside another; nothing is changed.
fn refuses_what_the_schema_forbids(world: &World, example: &Example) {
    let folder = world.shop.path().join("migrations/versions");
    let (table, column) = example.column;
    let write = |id: &str| {
        let text = format!(
            "from alembic import op\n\nrevision = \"{id}\"\ndown_revision = \"{}\"\n\n\ndef upgrade():\n    op.drop_column(\"{table}\", \"{column}\")\n",
            example.revision
        );
        std::fs::write(folder.join(format!("{id}_change.py")), text).expect("it can be written");
    };
    write("drop");
    let refused = world.run(&["up", "--yes"]).ends_with(4);
    for part in ["alembic.drop_change", "the column is dropped", "--allow"] {
        assert!(refused.stderr.contains(part), "{}", refused.stderr);
    }
    write("other");
    let refused = world
        .run(&["up", "--yes", "--allow", "alembic.drop"])
        .ends_with(4);
    assert!(
        refused.stderr.contains("several heads"),
        "{}",
        refused.stderr
    );
    for id in ["drop", "other"] {
        std::fs::remove_file(folder.join(format!("{id}_change.py"))).expect("it is there");
    }
}

/// The release that a run tells of.
fn released(ran: &Ran) -> String {
    let release = ran.json()["release"].as_str().map(str::to_owned);
    release.expect("it names the release")
}

/// Changes a file of the repository, in one commit, and tells what it was.
fn edit(world: &World, file: &str, change: impl Fn(&str) -> String) -> String {
    let path = world.shop.path().join(file);
    let text = std::fs::read_to_string(&path).expect("the example has it");
    std::fs::write(&path, change(&text)).expect("it can be changed");
    world
        .shop
        .git(&["commit", "--quiet", "--message=Change", "--", file]);
    text
}

#[test]
fn a_fastapi_service_is_changed_and_brought_back() {
    live(&Example {
        name: "notes",
        page: "/notes",
        start_page: "/ answers 404",
        title_page: "/openapi.json",
        title_file: "notes/main.py",
        title: ("\"Notes\"", "\"Good notes\""),
        module: "notes/main.py",
        revision: "0002",
        column: ("notes", "pinned"),
    });
}

#[test]
fn a_flask_application_is_changed_and_brought_back() {
    live(&Example {
        name: "links",
        page: "/",
        start_page: "/ answers 200",
        title_page: "/",
        title_file: "links/__init__.py",
        title: ("\"Links\"", "\"Good links\""),
        module: "wsgi.py",
        revision: "0001",
        column: ("links", "followed"),
    });
}

/// A page and nothing else.
const PLAIN: &str = "from flask import Flask\n\napp = Flask(__name__)\n\n\n@app.get(\"/\")\ndef home():\n    return \"nothing is kept\"\n";

#[test]
fn an_application_without_a_database_is_served_without_one() {
    let world = World::of(Fixture::example("links"));
    let shop = &world.shop;
    shop.git(&["rm", "-r", "--quiet", "."]);
    for (path, text) in [("wsgi.py", PLAIN), ("requirements.txt", "flask>=3.1,<4\n")] {
        std::fs::write(shop.path().join(path), text).expect("it can be written");
    }
    shop.git(&["add", "--all"]);
    shop.git(&["commit", "--quiet", "--message=A page"]);
    let up = world.run(&["up", "--yes"]).succeeds();
    assert!(!up.stderr.contains("PostgreSQL"), "{}", up.stderr);
    assert_eq!(world.page("/"), (200, "nothing is kept".to_owned()));
    let (_, health) = world.page("/healthz/ready");
    assert!(health.contains("\"checks\": {}"), "{health}");
    let again = world.run(&["up", "--format", "json"]).succeeds().json();
    assert_eq!(again["outcome"], "unchanged");
    world.run(&["down", "--yes"]).succeeds();
}
