//! The fixtures fit the shop, and say what has to come of them.

use taxiway_test::{Fixture, Phase, case, cases};

#[test]
fn the_shop_is_a_clean_repository_of_its_own() {
    let shop = Fixture::shop();
    assert_eq!(shop.git(&["status", "--porcelain", "--ignored"]), "");
    let files = shop.git(&["ls-files"]);
    for wanted in [
        "manage.py",
        ".gitignore",
        "orders/migrations/0001_initial.py",
    ] {
        assert!(files.lines().any(|file| file == wanted), "{wanted}");
    }
    let unwanted = [".pyc", "sqlite3", "taxiway", "Dockerfile", "Procfile"];
    for file in files.lines() {
        assert!(!unwanted.iter().any(|word| file.contains(word)), "{file}");
    }
}

#[test]
fn every_release_applies_to_the_shop_and_can_be_taken_back() {
    let shop = Fixture::shop();
    let before = shop.git(&["rev-parse", "HEAD^{tree}"]);
    std::fs::write(shop.path().join("taxiway.toml"), "").unwrap();
    for case in cases() {
        let commit = shop.apply(&case);
        let after = shop.git(&["rev-parse", "HEAD^{tree}"]);
        assert_ne!(after, before, "{}", case.name);
        shop.revert(&commit);
        let reverted = shop.git(&["rev-parse", "HEAD^{tree}"]);
        assert_eq!(reverted, before, "{}", case.name);
        // A file that is no part of the release is neither committed nor lost.
        assert_eq!(shop.git(&["status", "--porcelain"]), "?? taxiway.toml\n");
    }
}

#[test]
fn every_release_says_what_has_to_come_of_it() {
    for case in cases() {
        let name = &case.name;
        let wanted = match case.phase {
            None => 0,
            Some(Phase::Check) => 4,
            Some(Phase::Stage | Phase::Migrate | Phase::Warm) => 5,
        };
        assert_eq!(case.exit, wanted, "{name}");
        assert_eq!(case.is_good(), case.cause.is_empty(), "{name}");
        assert_eq!(case.is_good(), case.shows.is_some(), "{name}");
    }
}

#[test]
fn the_words_that_a_report_lacks_are_named() {
    let crash = case("crash-on-import");
    let report = "shop/urls.py:12  NameError: name 'feeds' is not defined";
    assert_eq!(crash.missing_from(report), [""; 0]);
    assert_eq!(
        crash.missing_from("NameError"),
        ["shop/urls.py:12", "feeds"]
    );
}
