//! Every call of the target failing, every call killed, and everything done again.

use taxiway_rollout::{DeployRequest, ReleaseId, RollbackRequest};

use crate::memory::{Environment, Mishap, release, request};

/// The deployment under test: the second release, with a new migration.
fn second() -> DeployRequest {
    request("two", &["orders.0001_initial", "orders.0002_add"])
}

/// How many calls a deployment makes when nothing happens.
async fn calls_of_a_deployment() -> usize {
    let environment = Environment::serving(&["one"]).await;
    environment.request(second()).await;
    environment.target.world().calls.len()
}

/// Production serves one of two releases, the schema is whole, and the history agrees.
fn check(environment: &Environment, exit_code: u8, context: &str) {
    let (old, new) = (release("one"), release("two"));
    let serving: Option<ReleaseId> = environment.production();
    let history = environment.state.history().unwrap();
    let expected = if exit_code == 0 { &new } else { &old };
    assert_eq!(
        serving.as_ref(),
        Some(expected),
        "{context}: exit code {exit_code}"
    );
    assert_eq!(
        history.serving().map(|record| &record.release),
        Some(expected),
        "{context}"
    );
    let applied = environment.target.world().applied.clone();
    assert!(
        applied.starts_with(&["orders.0001_initial".to_owned()]) && applied.len() <= 2,
        "{context}: {applied:?}"
    );
}

#[tokio::test]
async fn each_call_that_fails_leaves_one_release_serving() {
    for call in 0..calls_of_a_deployment().await {
        let environment = Environment::serving(&["one"]).await;
        environment.target.let_happen(call, Mishap::Fails);
        let conclusion = environment.request(second()).await;
        let name = environment.target.world().calls[call].clone();
        let context = format!("call {call} ({name}) failed");
        check(&environment, conclusion.exit_code(), &context);
        assert!(matches!(conclusion.exit_code(), 0 | 4 | 5 | 6), "{context}");
        if conclusion.exit_code() == 4 {
            assert_eq!(
                environment.target.world().calls.len(),
                call + 1,
                "{context}: refused after a change"
            );
        }
        // The same command again gets there.
        assert_eq!(
            environment.request(second()).await.exit_code(),
            0,
            "{context}, then again"
        );
        check(&environment, 0, &context);
    }
}

#[tokio::test]
async fn each_call_that_is_killed_is_carried_on_to_the_new_release() {
    for mishap in [Mishap::KilledBefore, Mishap::KilledAfter] {
        for call in 0..calls_of_a_deployment().await {
            let environment = Environment::serving(&["one"]).await;
            environment.target.let_happen(call, mishap);
            assert!(environment.deploy_or_die(second()).await.is_none());
            let context = format!(
                "{mishap:?} at call {call} ({:?})",
                environment.target.world().calls.last()
            );
            let conclusion = environment.request(second()).await;
            assert_eq!(
                conclusion.exit_code(),
                0,
                "{context}: {:?}",
                conclusion.ending
            );
            check(&environment, 0, &context);
            assert_eq!(
                environment.target.world().swaps,
                2,
                "{context}: one swap for each release"
            );
        }
    }
}

#[tokio::test]
async fn a_killed_rollout_and_then_another_release_end_in_that_release() {
    for mishap in [Mishap::KilledBefore, Mishap::KilledAfter] {
        for call in 0..calls_of_a_deployment().await {
            let environment = Environment::serving(&["one"]).await;
            environment.target.let_happen(call, mishap);
            environment.deploy_or_die(second()).await;
            let conclusion = environment
                .request(request(
                    "three",
                    &["orders.0001_initial", "orders.0002_add"],
                ))
                .await;
            assert_eq!(
                conclusion.exit_code(),
                0,
                "{mishap:?} at call {call}: {:?}",
                conclusion.ending
            );
            assert_eq!(environment.production(), Some(release("three")));
        }
    }
}

#[tokio::test]
async fn a_way_back_that_is_killed_is_carried_on_to_the_old_release() {
    let broken = || async {
        let environment = Environment::serving(&["one"]).await;
        environment
            .target
            .world()
            .broken_in_production
            .insert(release("two"));
        environment
    };
    let environment = broken().await;
    assert_eq!(environment.request(second()).await.exit_code(), 5);
    let calls = environment.target.world().calls.len();
    for mishap in [Mishap::KilledBefore, Mishap::KilledAfter] {
        for call in 0..calls {
            let environment = broken().await;
            environment.target.let_happen(call, mishap);
            assert!(environment.deploy_or_die(second()).await.is_none());
            let conclusion = environment.request(second()).await;
            assert_eq!(
                conclusion.exit_code(),
                5,
                "{mishap:?} at call {call}: {:?}",
                conclusion.ending
            );
            check(&environment, 5, &format!("{mishap:?} at call {call}"));
        }
    }
}

#[tokio::test]
async fn a_killed_rollback_is_carried_on() {
    let environment = Environment::serving(&["one", "two"]).await;
    environment.back(RollbackRequest::default()).await;
    let calls = environment.target.world().calls.len();
    for mishap in [Mishap::KilledBefore, Mishap::KilledAfter] {
        for call in 0..calls {
            let environment = Environment::serving(&["one", "two"]).await;
            environment.target.let_happen(call, mishap);
            assert!(environment.back_or_die().await.is_none());
            let conclusion = environment.back(RollbackRequest::default()).await;
            assert_eq!(
                conclusion.exit_code(),
                0,
                "{mishap:?} at call {call}: {:?}",
                conclusion.ending
            );
            assert_eq!(
                environment.production(),
                Some(release("one")),
                "{mishap:?} at call {call}"
            );
            assert_eq!(
                environment.target.world().swaps,
                3,
                "{mishap:?} at call {call}"
            );
        }
    }
}

#[tokio::test]
async fn journals_cut_off_anywhere_are_named_and_not_misread() {
    let environment = Environment::serving(&["one"]).await;
    let path = environment.state.path().join("journal.json");
    let whole = std::fs::read(&path).unwrap();
    for end in (0..whole.len() - 1).step_by(97) {
        std::fs::write(&path, &whole[..end]).unwrap();
        let error = environment.try_request(second()).await.unwrap_err();
        assert!(
            error.to_string().contains("cannot make sense of"),
            "{error}"
        );
    }
}

#[tokio::test]
async fn nobody_else_can_read_the_state() {
    use std::os::unix::fs::PermissionsExt;
    let environment = Environment::serving(&["one", "two"]).await;
    let mut folders = vec![environment.state.path().to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in folder.read_dir_utf8().unwrap() {
            let path = entry.unwrap().path().to_owned();
            let mode = path.metadata().unwrap().permissions().mode() & 0o777;
            let expected = if path.is_dir() { 0o700 } else { 0o600 };
            assert_eq!(mode, expected, "{path}");
            if path.is_dir() {
                folders.push(path);
            }
        }
    }
}
