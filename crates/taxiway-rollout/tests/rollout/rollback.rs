//! Going back: what is checked first, where the content comes from, what is refused.

use taxiway_rollout::{Ending, RollbackRequest, RolloutKind, Source, plan_rollback};

use crate::memory::{Environment, release, request};

async fn refusal(environment: &Environment, request: RollbackRequest) -> String {
    let conclusion = environment.back(request).await;
    assert_eq!(conclusion.exit_code(), 4);
    match conclusion.ending {
        Ending::Refused { refusal } => refusal.reason,
        ending => panic!("{ending:?}"),
    }
}

#[tokio::test]
async fn the_release_in_the_slot_is_warmed_and_swapped() {
    let environment = Environment::serving(&["one", "two"]).await;
    let conclusion = environment.back(RollbackRequest::default()).await;
    assert_eq!(conclusion.exit_code(), 0);
    assert_eq!(environment.production(), Some(release("one")));
    assert!(
        !environment
            .target
            .world()
            .calls
            .contains(&"publish".to_owned())
    );
    assert!(
        !environment
            .target
            .world()
            .calls
            .contains(&"start migrations".to_owned())
    );
    let record = environment
        .state
        .history()
        .unwrap()
        .serving()
        .unwrap()
        .clone();
    assert_eq!(
        (record.release, record.kind),
        (release("one"), RolloutKind::Rollback)
    );
}

#[tokio::test]
async fn an_older_release_is_published_from_its_kept_package() {
    let environment = Environment::serving(&["one", "two", "three"]).await;
    let request = RollbackRequest {
        to: Some(release("one")),
        allow: Vec::new(),
    };
    let plan = plan_rollback(&environment.target, &environment.state, &request)
        .await
        .unwrap()
        .unwrap();
    assert_eq!(
        (plan.release, plan.serving, plan.source),
        (release("one"), release("three"), Source::Package)
    );
    assert_eq!(environment.back(request).await.exit_code(), 0);
    assert_eq!(environment.production(), Some(release("one")));
}

#[tokio::test]
async fn a_rejected_release_in_the_slot_is_not_gone_back_to() {
    let environment = Environment::serving(&["one", "two"]).await;
    environment.target.world().broken.insert(release("three"));
    assert_eq!(environment.deploy("three").await.exit_code(), 5);
    assert_eq!(environment.target.world().candidate, Some(release("three")));
    assert_eq!(
        environment
            .back(RollbackRequest::default())
            .await
            .exit_code(),
        0
    );
    assert_eq!(environment.production(), Some(release("one")));
    let to = Some(release("three"));
    assert!(
        refusal(
            &environment,
            RollbackRequest {
                to,
                allow: Vec::new()
            }
        )
        .await
        .contains("was rejected")
    );
}

#[tokio::test]
async fn with_nothing_to_go_back_to_nothing_is_touched() {
    let environment = Environment::new();
    assert!(
        refusal(&environment, RollbackRequest::default())
            .await
            .contains("nothing serves")
    );
    let environment = Environment::serving(&["one"]).await;
    assert!(
        refusal(&environment, RollbackRequest::default())
            .await
            .contains("no release before")
    );
    assert_eq!(environment.target.world().calls, ["serving"]);
}

#[tokio::test]
async fn a_release_that_is_nowhere_any_more_is_refused() {
    let environment = Environment::serving(&["one", "two", "three"]).await;
    std::fs::remove_dir_all(environment.state.path().join("packages")).unwrap();
    let to = Some(release("one"));
    assert!(
        refusal(
            &environment,
            RollbackRequest {
                to,
                allow: Vec::new()
            }
        )
        .await
        .contains("neither in the slot nor kept")
    );
}

#[tokio::test]
async fn a_schema_that_forbids_it_is_named() {
    let environment = Environment::serving(&["one"]).await;
    let mut dropping = request("two", &["orders.0001_initial", "orders.0002_drop!"]);
    dropping.allow = vec!["orders.0002_drop".to_owned()];
    assert_eq!(environment.request(dropping).await.exit_code(), 0);
    assert!(
        refusal(&environment, RollbackRequest::default())
            .await
            .contains("the schema has changed since")
    );
    let allow = vec!["orders.0002".to_owned()];
    assert_eq!(
        environment
            .back(RollbackRequest { to: None, allow })
            .await
            .exit_code(),
        0
    );
}

#[tokio::test]
async fn an_earlier_release_that_does_not_come_up_leaves_the_serving_one() {
    let environment = Environment::serving(&["one", "two"]).await;
    environment.target.world().broken.insert(release("one"));
    assert_eq!(
        environment
            .back(RollbackRequest::default())
            .await
            .exit_code(),
        5
    );
    assert_eq!(environment.production(), Some(release("two")));
    assert_eq!(
        environment
            .state
            .history()
            .unwrap()
            .serving()
            .unwrap()
            .release,
        release("two")
    );
}

#[tokio::test]
async fn there_and_back_many_times() {
    let environment = Environment::serving(&["0"]).await;
    for number in 1..=5 {
        assert_eq!(environment.deploy(&number.to_string()).await.exit_code(), 0);
        assert_eq!(
            environment
                .back(RollbackRequest::default())
                .await
                .exit_code(),
            0
        );
        assert_eq!(environment.production(), Some(release("0")), "{number}");
    }
}
