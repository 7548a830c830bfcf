//! What the generated workflows say about plans, drift and failed deployments, and whom they let approve: run against a `gh` that
//! keeps its issues in a file, and an `az` that answers a comparison.

use serde_json::{Value, json};
use taxiway_test::workflow::{Job, Outcome};

use crate::pipeline::{Place, all_green};

const STAGING: [(&str, &str); 2] = [
    ("matrix.environment", "staging"),
    ("matrix.resource-group", "rg-shop-staging"),
];

/// The Azure CLI, where it is asked for a comparison.
const AZ: &str =
    "#!/bin/sh\nset -eu\n[ \"$1 $2 $3\" = 'deployment group what-if' ]\ncat \"$AZ_CHANGES\"\n";

/// A shop whose repository is on a GitHub of this test.
struct GitHub {
    place: Place,
}

impl GitHub {
    fn new() -> Self {
        let delivery = "approvers = [\"ada@example.com\"]\n\n[environments.staging]\n";
        let mut place = Place::with("shop", delivery);
        place.tool("gh", include_str!("stand_ins/gh"));
        place.tool("az", AZ);
        let folder = place
            .tools
            .path()
            .to_str()
            .expect("a UTF-8 path")
            .to_owned();
        for (name, value) in [
            ("GH_STATE", format!("{folder}/state.json")),
            ("AZ_CHANGES", format!("{folder}/changes.json")),
            ("GITHUB_REPOSITORY", "octo/shop".to_owned()),
            ("GITHUB_SERVER_URL", "https://github.example".to_owned()),
            ("GITHUB_RUN_ID", "17".to_owned()),
        ] {
            place.more.push((name.to_owned(), value));
        }
        let github = Self { place };
        github.write(
            "GH_STATE",
            &json!({"issues": [], "comments": [], "rules": [], "refs": {}}),
        );
        github
    }

    fn write(&self, variable: &str, value: &Value) {
        std::fs::write(self.place.value(variable), value.to_string()).expect("it can be written");
    }

    fn state(&self) -> Value {
        let text = std::fs::read_to_string(self.place.value("GH_STATE")).expect("it is there");
        serde_json::from_str(&text).expect("it is JSON")
    }

    /// What the comparison finds besides the vault's secrets, which nobody can read.
    fn azure_differs_by(&self, names: &[&str]) {
        let secret =
            "/subscriptions/0/resourceGroups/rg/providers/Microsoft.KeyVault/vaults/v/secrets/s";
        let site = "/subscriptions/0/resourceGroups/rg/providers/Microsoft.Web/sites";
        let mut changes = vec![json!({"changeType": "Modify", "resourceId": secret, "delta": []})];
        changes.extend(names.iter().map(|name| {
            json!({
                "changeType": "Modify",
                "resourceId": format!("{site}/{name}"),
                "delta": [{"path": "properties.httpsOnly"}],
            })
        }));
        self.write("AZ_CHANGES", &json!({ "changes": changes }));
    }

    fn drift(&self) -> Job {
        let mut contexts = STAGING.to_vec();
        contexts.push(("vars.AZURE_READER_CLIENT_ID", "the reader"));
        self.place.job("drift.yml", "drift", &contexts)
    }

    fn approved(&self) -> Job {
        let contexts = [
            ("needs.verified.result", "success"),
            ("needs.verified.outputs.release", "0123456789ab"),
        ];
        self.place
            .job("deploy-production.yml", "approved", &contexts)
    }

    fn tell(&self, ci: &str, deploy: &str) {
        let contexts = [("needs.ci.result", ci), ("needs.deploy.result", deploy)];
        all_green(&[self.place.job("deploy-staging.yml", "tell", &contexts)]);
    }

    /// Each issue: whether it is open, its title, and how often something was written.
    fn issues(&self) -> Vec<String> {
        let state = self.state();
        let issues = state["issues"].as_array().into_iter().flatten();
        issues
            .map(|it| {
                let word = |key: &str| it[key].as_str().unwrap_or_default().to_owned();
                let count = it["texts"].as_array().map_or(0, Vec::len);
                format!("{} {} {count}", word("state"), word("title"))
            })
            .collect()
    }
}

#[test]
fn drift_is_one_issue_until_it_is_gone_and_so_is_a_failed_deployment() {
    let github = GitHub::new();
    github.azure_differs_by(&[]);
    all_green(&[github.drift()]);
    assert_eq!(github.issues(), [""; 0]);
    github.azure_differs_by(&["shop"]);
    for _ in 0..2 {
        assert_eq!(github.drift().failed(), Some("Open an issue, or close it"));
    }
    let drifted = "Drift: staging is not as the repository says";
    assert_eq!(github.issues(), [format!("open {drifted} 2")]);
    let text = github.state()["issues"][0]["texts"][0].to_string();
    assert!(text.contains("Microsoft.Web/sites/shop") && !text.contains("secrets/s"));
    github.azure_differs_by(&[]);
    all_green(&[github.drift()]);
    let drifted = format!("closed {drifted} 2");
    assert_eq!(github.issues(), std::slice::from_ref(&drifted));

    github.tell("failure", "skipped");
    github.tell("success", "failure");
    let failed = "Deployment to staging failed 2";
    assert_eq!(github.issues(), [drifted.clone(), format!("open {failed}")]);
    github.tell("success", "success");
    assert_eq!(github.issues(), [drifted, format!("closed {failed}")]);
}

#[test]
fn a_plan_is_one_comment_under_the_pull_request() {
    let github = GitHub::new();
    let mut contexts = STAGING.to_vec();
    contexts.extend([
        ("vars.AZURE_READER_CLIENT_ID", "the reader"),
        ("github.event_name", "pull_request"),
        ("github.repository", "octo/shop"),
        ("github.event.pull_request.head.repo.full_name", "octo/shop"),
        ("github.event.pull_request.number", "5"),
        ("needs.compile.result", "success"),
    ]);
    for names in [["one"], ["two"]] {
        github.azure_differs_by(&names);
        all_green(&[github.place.job("infrastructure.yml", "plan", &contexts)]);
    }
    let state = github.state();
    let comments = state["comments"].as_array().unwrap();
    assert_eq!(comments.len(), 1, "{comments:#?}");
    let body = comments[0]["body"].as_str().unwrap();
    assert!(
        body.contains("sites/two") && !body.contains("sites/one"),
        "{body}"
    );
}

#[test]
fn production_waits_for_a_signature_of_this_very_plan() {
    let github = GitHub::new();
    let step = Some("Somebody who may has approved it");
    github.azure_differs_by(&["shop"]);
    let job = github.approved();
    assert_eq!(job.failed(), step, "{job:#?}");
    let words = job.summary.split_whitespace();
    let is_tag = |word: &&str| word.starts_with("approve-production-");
    let tag = words.rev().find(is_tag).expect("it is named").to_owned();
    let signed = |tag: &str, email: &str, is_verified: bool| {
        json!({
            "tag": tag,
            "object": {"type": "commit", "sha": "0".repeat(40)},
            "tagger": {"email": email},
            "verification": {"verified": is_verified},
        })
    };
    let approve = |name: &str, object: Value| {
        let mut state = github.state();
        state["refs"] = json!({ name: object });
        github.write("GH_STATE", &state);
    };
    let refused = [
        signed(&tag, "ada@example.com", false),
        signed(&tag, "bob@example.com", true),
        // Signed for another plan, and put under the name of this one.
        signed("approve-production-0", "ada@example.com", true),
    ];
    for object in refused {
        approve(&tag, object.clone());
        assert_eq!(github.approved().failed(), step, "{object}");
    }
    approve(&tag, signed(&tag, "ada@example.com", true));
    all_green(&[github.approved()]);
    // It says something else now.
    github.azure_differs_by(&["shop", "another"]);
    assert_eq!(github.approved().failed(), step);
    // Where there are reviewers, GitHub itself waits for them.
    let mut state = github.state();
    state["rules"] = json!(["required_reviewers"]);
    github.write("GH_STATE", &state);
    assert_eq!(github.approved().outcome, Outcome::Success);
}
