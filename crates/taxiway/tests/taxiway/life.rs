//! The life of an application: first served, unchanged, changed, brought back, removed.

use taxiway_test::{Fixture, case};

use crate::load::Load;
use crate::rights::ResourceManager;
use crate::world::World;

#[test]
fn a_shop_is_served_changed_brought_back_and_removed() {
    let world = World::new();
    world.shop.apply(&case("worker"));

    let first = world.run(&["up", "--yes", "--format", "json"]).succeeds();
    assert_eq!(first.json()["outcome"], "served");
    let release = first.json()["release"].as_str().unwrap().to_owned();
    let (status, home) = world.page("/");
    assert_eq!(status, 200, "{home}");
    assert!(home.contains("Good paper, honest ink."), "{home}");
    assert_eq!(world.serving(), release);
    assert_eq!(world.page("/api/products/").0, 200, "the tables are there");
    let style = home
        .split("href=\"")
        .find_map(|part| part.split('"').next().filter(|path| path.ends_with(".css")))
        .unwrap();
    assert_eq!(world.page(style).0, 200, "static files are served: {style}");
    assert_eq!(world.page("/healthz/live").0, 200);

    chores_are_done_by(&world, &release);

    let again = world.run(&["up", "--format", "json"]).succeeds();
    assert_eq!(again.json()["outcome"], "unchanged");
    assert_eq!(
        world
            .shop
            .git(&["status", "--porcelain", "--", "shop", "catalog"]),
        "",
        "none of the user's files is touched"
    );

    let namesake = Fixture::shop();
    for command in ["up", "down", "status"] {
        let refused = world
            .run(&["-C", namesake.path().as_str(), command])
            .ends_with(4);
        let owner = world.shop.path().as_str();
        assert!(refused.stderr.contains(owner), "{}", refused.stderr);
    }
    assert_eq!(namesake.git(&["status", "--porcelain"]), "");

    let refused = world.run(&["rollback"]).ends_with(4);
    assert!(
        refused.stderr.contains("no release before"),
        "{}",
        refused.stderr
    );

    let load = Load::start(&world, "/api/products/");
    let commit = world.shop.apply(&case("text-edit"));
    let second = world
        .run(&["up", "--yes", "--format", "json"])
        .succeeds()
        .json()["release"]
        .as_str()
        .unwrap()
        .to_owned();
    assert_ne!(second, release);
    assert!(world.page("/").1.contains("Good paper, honest prices."));
    chores_are_done_by(&world, &second);
    let back = world.run(&["rollback", "--format", "json"]).succeeds();
    assert_eq!(back.json()["release"], release.as_str());
    assert!(world.page("/").1.contains("Good paper, honest ink."));
    chores_are_done_by(&world, &release);
    load.stop().none_failed();

    let status = world.run(&["status", "--format", "json"]).succeeds().json();
    assert_eq!(
        (status["serving"].as_str(), status["ready"].as_bool()),
        (Some(release.as_str()), Some(true))
    );
    assert!(!world.run(&["logs"]).succeeds().stdout.is_empty());
    world.shop.revert(&commit);

    world.run(&["cloud", "stop"]).succeeds();
    world.run(&["cloud", "start"]).succeeds();
    let (status, text) =
        crate::world::wait_until(|| Some(world.page("/")).filter(|page| page.0 == 200))
            .unwrap_or_default();
    assert_eq!(
        status, 200,
        "a restarted cloud brings the shop back: {text}"
    );

    world.run(&["down", "--yes"]).succeeds();
    assert_ne!(world.page("/").0, 200);
    world.run(&["status"]).ends_with(4);
}

/// The worker of a release takes up the work, and from then on no other one does.
#[track_caller]
fn chores_are_done_by(world: &World, release: &str) {
    let chore = || {
        let added = done_by(world, "/chores/?add").len();
        crate::world::wait_until(|| done_by(world, "/chores/").get(added - 1).cloned().flatten())
            .unwrap_or_else(|| panic!("nobody does the chore: {:?}", done_by(world, "/chores/")))
    };
    // The worker of the release before ends within moments of the swap.
    let taken_over = crate::world::wait_until(|| (chore() == release).then_some(()));
    assert!(taken_over.is_some(), "{:?}", done_by(world, "/chores/"));
    for _ in 0..3 {
        assert_eq!(chore(), release);
    }
}

/// Which release did each chore.
fn done_by(world: &World, path: &str) -> Vec<Option<String>> {
    let (status, text) = world.page(path);
    assert_eq!(status, 200, "{text}");
    let answer: serde_json::Value = serde_json::from_str(&text).expect("it is JSON");
    serde_json::from_value(answer["done_by"].clone()).expect("a list of releases")
}

#[test]
fn an_edit_of_the_infrastructure_is_kept_and_deployed() {
    let world = World::up();
    let path = world
        .shop
        .path()
        .join("infrastructure/bicep/main.local.bicepparam");
    let text = std::fs::read_to_string(&path).unwrap();
    let edited = text
        .replace(
            "param extraTags = {",
            "param extraTags = {\n  colour: 'blue'",
        )
        .replace("param logRetentionDays = 30", "param logRetentionDays = 31");
    assert_ne!(text, edited, "{text}");
    std::fs::write(&path, &edited).unwrap();
    let up = world.run(&["up", "--yes"]).succeeds();
    assert!(!up.stderr.contains("resources, unchanged"), "{}", up.stderr);
    assert_eq!(std::fs::read_to_string(&path).unwrap(), edited);
    assert_eq!(
        world.run(&["up", "--format", "json"]).succeeds().json()["outcome"],
        "unchanged"
    );

    let cloud = ResourceManager::of(&world, "rg-shop-local");
    assert_eq!(cloud.retention(Some(90)), 90, "somebody changes it by hand");
    world.run(&["up", "--yes"]).succeeds();
    assert_eq!(
        cloud.retention(None),
        90,
        "nothing is new in the repository"
    );
    world.run(&["up", "--yes", "--provision"]).succeeds();
    assert_eq!(cloud.retention(None), 31);
}

#[test]
fn a_database_with_a_password_keeps_it_until_somebody_says_otherwise() {
    let world = World::new();
    let path = world.shop.path().join("taxiway.toml");
    let before = std::fs::read_to_string(&path).unwrap_or_default();
    let with_password =
        format!("{before}\n[environments.local.database]\nsign-in = \"password\"\n");
    std::fs::write(&path, &with_password).unwrap();
    world.run(&["up", "--yes"]).succeeds();
    assert_eq!(world.page("/api/products/").0, 200);

    std::fs::write(&path, &before).unwrap();
    let refused = world.run(&["up", "--yes"]).ends_with(4);
    assert!(
        refused.stderr.contains("sign-in = \"password\""),
        "{}",
        refused.stderr
    );
    assert_eq!(world.page("/api/products/").0, 200, "nothing was changed");

    std::fs::write(&path, &with_password).unwrap();
    world.run(&["up", "--yes"]).succeeds();
    assert_eq!(world.page("/api/products/").0, 200);
}
