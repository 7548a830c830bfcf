//! Deployments: what is done in which order, and what is told.

use taxiway_rollout::{Ending, FailureKind, ReleaseState};

use crate::memory::{Environment, release, request};

#[tokio::test]
async fn the_first_release_goes_the_whole_way() {
    let environment = Environment::new();
    let told = environment
        .told(request("one", &["orders.0001_initial"]))
        .await;
    let id = release("one");
    let told = told.replace(id.as_str(), "ONE");
    insta::assert_snapshot!(told, @r"
    build: release ONE, the first
    stage: 2 packages installed
    migrate: orders.0001_initial applied
    warm: 2 workers on 1 instance answered ready
    shift: release ONE serves
    verify: 2 workers on 1 instance answered ONE
    ");
    assert_eq!(environment.production(), Some(id));
}

#[tokio::test]
async fn the_next_release_proves_a_restore_point_and_checks_the_old_one() {
    let environment = Environment::serving(&["one"]).await;
    let told = environment
        .told(request("two", &["orders.0001_initial", "orders.0002_add"]))
        .await;
    let told = told
        .replace(release("one").as_str(), "ONE")
        .replace(release("two").as_str(), "TWO");
    insta::assert_snapshot!(told, @r"
    build: release TWO after ONE
    stage: 2 packages installed
    migrate: restore point 00:00:00 UTC, orders.0002_add applied, release ONE is well with the new schema
    warm: 2 workers on 1 instance answered ready
    shift: release TWO serves
    verify: 2 workers on 1 instance answered TWO
    ");
    let journal = environment.state.journal().unwrap().unwrap();
    assert_eq!(journal.previous, Some(release("one")));
    assert!(
        journal
            .steps
            .iter()
            .all(|step| step.ended.is_some() && step.succeeded == Some(true))
    );
}

#[tokio::test]
async fn the_serving_release_again_changes_nothing() {
    let environment = Environment::serving(&["one"]).await;
    let conclusion = environment.deploy("one").await;
    assert_eq!(
        (conclusion.ending.clone(), conclusion.exit_code()),
        (Ending::AlreadyServed, 0)
    );
    assert_eq!(environment.target.world().calls, ["serving"]);
    environment.target.world().broken.insert(release("one"));
    let conclusion = environment.deploy("one").await;
    assert_eq!(conclusion.exit_code(), 4);
}

#[tokio::test]
async fn a_release_that_does_not_come_up_never_reaches_production() {
    let environment = Environment::serving(&["one"]).await;
    environment.target.world().broken.insert(release("two"));
    let conclusion = environment.deploy("two").await;
    assert_eq!(conclusion.exit_code(), 5);
    assert_eq!(environment.production(), Some(release("one")));
    assert_eq!(environment.target.world().swaps, 1);
    let history = environment.state.history().unwrap();
    assert!(
        matches!(&history.releases.last().unwrap().state, ReleaseState::Rejected { reason } if reason.contains("not ready"))
    );
    assert_eq!(history.serving().unwrap().release, release("one"));
}

#[tokio::test]
async fn the_first_release_that_does_not_come_up_has_failed() {
    let environment = Environment::new();
    environment.target.world().broken.insert(release("one"));
    let conclusion = environment.deploy("one").await;
    assert_eq!(conclusion.exit_code(), 6);
    assert_eq!(environment.production(), None);
}

#[tokio::test]
async fn a_release_that_fails_in_production_is_swapped_back() {
    let environment = Environment::serving(&["one"]).await;
    environment
        .target
        .world()
        .broken_in_production
        .insert(release("two"));
    let told = environment
        .told(request("two", &["orders.0001_initial"]))
        .await;
    let told = told
        .replace(release("one").as_str(), "ONE")
        .replace(release("two").as_str(), "TWO");
    insta::assert_snapshot!(told, @r"
    build: release TWO after ONE
    stage: 2 packages installed
    migrate: no migration to apply, release ONE is well with the new schema
    warm: 2 workers on 1 instance answered ready
    shift: release TWO serves
    verify failed: release TWO is not ready; -
    back: release ONE serves
    ");
    assert_eq!(environment.production(), Some(release("one")));
}

#[tokio::test]
async fn a_mute_production_is_judged_by_the_swaps() {
    let environment = Environment::serving(&["one"]).await;
    environment.target.world().mute = true;
    let conclusion = environment.deploy("two").await;
    // Production names no release before or after, so the rollout can't be verified; it undoes its own swap and no other.
    assert_eq!(conclusion.exit_code(), 5);
    assert_eq!(environment.production(), Some(release("one")));
    assert_eq!(environment.target.world().swaps, 3);
}

#[tokio::test]
async fn breaking_migrations_are_refused_before_anything_changes() {
    let environment = Environment::serving(&["one"]).await;
    let mut dropping = request("two", &["orders.0001_initial", "orders.0002_drop!"]);
    let conclusion = environment.request(dropping.clone()).await;
    let Ending::Refused { refusal } = conclusion.ending.clone() else {
        panic!("{:?}", conclusion.ending)
    };
    assert_eq!(conclusion.exit_code(), 4);
    assert_eq!(
        refusal.details,
        [
            "orders.0002_drop: RemoveField order.note (orders/migrations/0002_drop.py:8): the previous release still reads it"
        ]
    );
    assert_eq!(
        refusal.hints,
        [
            "split it: drop it one release later",
            "or say: --allow orders.0002_drop"
        ]
    );
    assert_eq!(environment.target.world().calls, ["serving"]);
    dropping.allow = vec!["orders.0002".to_owned()];
    assert_eq!(environment.request(dropping).await.exit_code(), 0);
}

#[tokio::test]
async fn a_failing_migration_leaves_the_old_release_and_says_which() {
    let environment = Environment::serving(&["one"]).await;
    environment.target.world().failing_migration = Some("orders.0003_bad".to_owned());
    let told = environment
        .told(request(
            "two",
            &["orders.0001_initial", "orders.0002_good", "orders.0003_bad"],
        ))
        .await;
    assert!(
        told.ends_with("migrate failed: migration orders.0003_bad failed; it is wrong"),
        "{told}"
    );
    let journal = environment.state.journal().unwrap().unwrap();
    assert_eq!(journal.facts.applied[0].name, "orders.0002_good");
    let Some(Ending::RolledBack { failure }) = journal.ending() else {
        panic!("{:?}", journal.position)
    };
    assert_eq!(failure.kind, FailureKind::Migration);
    assert!(
        failure
            .hint
            .as_deref()
            .unwrap()
            .contains("restored to 1970-01-01")
    );
    assert_eq!(environment.production(), Some(release("one")));
}

#[tokio::test]
async fn an_old_release_that_breaks_under_the_new_schema_is_told_as_a_failure() {
    let environment = Environment::serving(&["one"]).await;
    environment.target.world().breaking_migration = Some("orders.0002_surprise".to_owned());
    let conclusion = environment
        .request(request(
            "two",
            &["orders.0001_initial", "orders.0002_surprise"],
        ))
        .await;
    assert_eq!(conclusion.exit_code(), 6);
    assert_eq!(environment.production(), Some(release("one")));
}

#[tokio::test]
async fn unknown_migrations_of_the_serving_release_are_not_taken_for_applied() {
    let environment = Environment::serving(&["one"]).await;
    std::fs::remove_file(environment.state.path().join("releases.json")).unwrap();
    let conclusion = environment
        .request(request("two", &["orders.0001_initial!"]))
        .await;
    let Ending::Refused { refusal } = conclusion.ending else {
        panic!("{:?}", conclusion.ending)
    };
    assert!(
        refusal.reason.contains("is not known here"),
        "{}",
        refusal.reason
    );
    // Without a migration that could break anything there is nothing to refuse.
    assert_eq!(environment.deploy("three").await.exit_code(), 0);
}

#[tokio::test]
async fn a_package_that_can_not_be_kept_is_refused() {
    let environment = Environment::serving(&["one"]).await;
    let packages = environment.state.path().join("packages");
    std::fs::remove_dir_all(&packages).unwrap();
    std::fs::write(&packages, "in the way").unwrap();
    let conclusion = environment.deploy("two").await;
    assert_eq!(conclusion.exit_code(), 4);
    assert!(environment.target.world().calls.is_empty());
}

#[tokio::test]
async fn two_rollouts_at_once_exclude_each_other() {
    let environment = Environment::new();
    let _lock = environment.state.lock().unwrap();
    let error = environment
        .try_request(request("one", &[]))
        .await
        .unwrap_err();
    assert_eq!(error.exit_code(), 4);
    assert!(
        error
            .to_string()
            .contains("another rollout of this environment is going on"),
        "{error}"
    );
}
