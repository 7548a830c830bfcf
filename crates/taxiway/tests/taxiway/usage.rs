//! Wrong usage and things that are not there: the exit code, and a message that helps.

use crate::world::World;

#[test]
fn errors_say_what_to_do() {
    let world = World::new();
    for (arguments, code, words) in [
        (
            vec!["up", "nowhere"],
            2,
            vec!["there is no environment `nowhere`", "local"],
        ),
        (
            vec!["rollback"],
            4,
            vec!["not deployed", "taxiway up local"],
        ),
        (vec!["status"], 4, vec!["not deployed"]),
        (vec!["logs"], 4, vec!["not deployed"]),
        (
            vec!["explain", "colour"],
            2,
            vec!["nothing was decided about `colour`", "taxiway explain"],
        ),
        (
            vec!["-C", "missing-folder", "detect"],
            2,
            vec!["missing-folder"],
        ),
        (
            vec!["cloud", "env"],
            3,
            vec!["does not run", "taxiway cloud start"],
        ),
        (vec!["cloud", "reset"], 4, vec!["taxiway cloud reset --yes"]),
        (
            vec!["bicep", "build", "missing.bicep"],
            2,
            vec!["missing.bicep"],
        ),
        (vec!["frobnicate"], 2, vec!["frobnicate"]),
    ] {
        let ran = world.run(&arguments).ends_with(code);
        for word in words {
            assert!(ran.stderr.contains(word), "{arguments:?}: {}", ran.stderr);
        }
    }
}

#[test]
fn an_unknown_key_of_the_configuration_is_an_error_with_a_suggestion() {
    let world = World::new();
    std::fs::write(
        world.shop.path().join("taxiway.toml"),
        "[app]\nnmae = \"shop\"\n",
    )
    .unwrap();
    let ran = world.run(&["generate", "--check"]).ends_with(2);
    assert!(
        ran.stderr.contains("nmae") && ran.stderr.contains("name"),
        "{}",
        ran.stderr
    );
    assert!(ran.stderr.contains("taxiway.toml:2"), "{}", ran.stderr);
}

#[test]
fn a_python_that_the_machine_lacks_is_refused_before_anything_happens() {
    let world = World::new();
    std::fs::write(
        world.shop.path().join("pyproject.toml"),
        "[project]\nname = \"shop\"\nversion = \"1\"\nrequires-python = \">=3.14,<3.15\"\ndynamic = [\"dependencies\"]\n",
    )
    .unwrap();
    let ran = world.run(&["up", "--yes"]).ends_with(3);
    assert!(
        ran.stderr.contains(">=3.14") && ran.stderr.contains("uv python install"),
        "{}",
        ran.stderr
    );
    assert!(!world.shop.path().join("taxiway.toml").exists());
}

#[test]
fn generated_files_are_written_once_and_edits_survive() {
    let world = World::new();
    world.run(&["generate", "--check"]).ends_with(1);
    world.run(&["generate"]).succeeds();
    world.run(&["generate", "--check"]).succeeds();
    let main = world.shop.path().join("infrastructure/bicep/main.bicep");
    let edited = format!("{}\n// Ours.\n", std::fs::read_to_string(&main).unwrap());
    std::fs::write(&main, &edited).unwrap();
    world.run(&["generate"]).succeeds();
    assert_eq!(std::fs::read_to_string(&main).unwrap(), edited);
}
