//! Two web services of one repository: two sites on one plan, each with releases of its own.

use taxiway_test::Fixture;

use crate::world::{World, text_of};

/// A service that says which database it was given.
fn service(who: &str) -> String {
    format!(
        "import os

import psycopg
from flask import Flask

app = Flask(__name__)


@app.get('/')
def home():
    with psycopg.connect(os.environ['DATABASE_URL']) as connection:
        (name,) = connection.execute('select current_database()').fetchone()
    return f'{who} reads {{name}}'
"
    )
}

const CONFIG: &str =
    "[app]\nname = \"links\"\nroot = \"api\"\n\n[services.gateway]\nroot = \"gateway\"\n";

/// A repository with an API and a gateway.
fn two() -> World {
    let world = World::of(Fixture::example("links"));
    world.shop.git(&["rm", "-r", "--quiet", "."]);
    for name in ["api", "gateway"] {
        write(&world, &format!("{name}/main.py"), &service(name));
        let requirements = "flask>=3.1,<4\npsycopg[binary]>=3.2,<4\n";
        write(&world, &format!("{name}/requirements.txt"), requirements);
    }
    world.shop.git(&["add", "--all"]);
    let message = "--message=Two services";
    world.shop.git(&["commit", "--quiet", message]);
    world
}

fn write(world: &World, path: &str, text: &str) {
    let path = world.shop.path().join(path);
    std::fs::create_dir_all(path.parent().expect("a folder")).expect("it can be made");
    std::fs::write(path, text).expect("it can be written");
}

/// What the service of a host name of the local cloud answers.
fn page(world: &World, site: &str) -> String {
    text_of(&world.sites(), ("Host", &format!("{site}.localhost")))
}

/// The outcomes of a run of `up`, service by service.
fn outcomes(document: &serde_json::Value) -> Vec<(String, String)> {
    let services = document["services"].as_array().expect("a list of services");
    let text = |value: &serde_json::Value| value.as_str().expect("a text").to_owned();
    services
        .iter()
        .map(|it| (text(&it["service"]), text(&it["outcome"])))
        .collect()
}

#[test]
fn two_services_are_two_sites_with_releases_of_their_own() {
    let world = two();
    // Nobody said which is the main one, and what becomes of the other.
    let asked = world.run(&["up", "--yes"]).ends_with(3);
    for part in ["[app] root", "[services.NAME]"] {
        assert!(asked.stderr.contains(part), "{}", asked.stderr);
    }
    write(&world, "taxiway.toml", CONFIG);

    let first = world.run(&["up", "--yes", "--format", "json"]).succeeds();
    let both_new = [("app", "served"), ("gateway", "served")];
    let both_new = both_new.map(|(service, outcome)| (service.to_owned(), outcome.to_owned()));
    assert_eq!(outcomes(&first.json()), both_new);
    assert_eq!(page(&world, "links"), "api reads links");
    assert_eq!(page(&world, "links-gateway"), "gateway reads links_gateway");
    let again = world.run(&["up", "--format", "json"]).succeeds().json();
    assert_eq!(again["outcome"], "unchanged");

    // One of them changes, and goes back.
    write(&world, "gateway/main.py", &service("new gateway"));
    let second = world.run(&["up", "--yes", "--format", "json"]).succeeds();
    let [app, gateway] = outcomes(&second.json()).try_into().expect("two services");
    assert_eq!(
        (app.1.as_str(), gateway.1.as_str()),
        ("unchanged", "served")
    );
    assert!(page(&world, "links-gateway").starts_with("new gateway"));
    let unsaid = world.run(&["rollback"]).ends_with(2);
    assert!(
        unsaid
            .stderr
            .contains("taxiway rollback local --service gateway")
    );
    world.run(&["rollback", "--service", "gateway"]).succeeds();
    assert!(page(&world, "links-gateway").starts_with("gateway"));
    let status = world.run(&["status", "--format", "json"]).succeeds().json();
    let serving = |document: &serde_json::Value, index: usize| {
        let of = &document["services"][index];
        of["serving"]
            .as_str()
            .or(of["release"].as_str())
            .map(str::to_owned)
    };
    assert_eq!(serving(&status, 0), serving(&first.json(), 0));
    assert_eq!(serving(&status, 1), serving(&first.json(), 1));

    // Both change, and the second does not start: the first serves what is new, and that is told.
    write(&world, "api/main.py", &service("new api"));
    let broken = format!("{}\nfeeds.start()\n", service("gateway"));
    write(&world, "gateway/main.py", &broken);
    let failed = world.run(&["up", "--yes"]).ends_with(6);
    for part in [
        "service gateway: ",
        "NameError",
        "service app serves the new release",
    ] {
        assert!(failed.stderr.contains(part), "{part}: {}", failed.stderr);
    }
    assert!(page(&world, "links-gateway").starts_with("gateway"));
    assert!(page(&world, "links").starts_with("new api"));
    world.run(&["up", "--yes"]).ends_with(5);
    world.run(&["down", "--yes"]).succeeds();
}
