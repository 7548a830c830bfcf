//! `taxiway doctor github` from the command line: whom Azure trusts, what GitHub has, how it ends.

use crate::world::World;

const CONFIG: &str = "[app]
name = \"shop\"

[environments.production]

[delivery]
pipeline = \"github\"
";

/// Stands in for GitHub's program: the repository has numbers and the newer subjects, and one environment with all it needs.
const GH: &str = r#"#!/bin/sh
case "$2" in
  repos/octo/shop) echo "1 2" ;;
  *customization/sub) echo true ;;
  *environments/production/variables*) echo AZURE_CLIENT_ID ;;
  *environments\?*) echo production ;;
  repos/octo/shop/actions/variables*) printf 'AZURE_TENANT_ID\nAZURE_SUBSCRIPTION_ID\n' ;;
  repos/octo/closed) echo 'gh: Not Found (HTTP 404)' >&2; exit 1 ;;
esac
echo /end
"#;

fn credential(tail: &str) -> String {
    format!(
        r#"{{"name": "github", "issuer": "https://token.actions.githubusercontent.com",
        "subject": "repo:octo@1/shop@2:{tail}", "audiences": ["api://AzureADTokenExchange"]}}"#
    )
}

#[test]
#[expect(clippy::disallowed_methods, reason = "the program finds gh there")]
fn jobs_that_nobody_trusts_and_variables_that_nobody_set_are_named_with_what_mends_them() {
    let world = World::new();
    let folder = world.shop.path();
    let lacking = world.run(&["doctor", "github"]).ends_with(3);
    assert!(
        lacking.stderr.contains("--repo OWNER/NAME"),
        "{}",
        lacking.stderr
    );
    std::fs::write(folder.join("taxiway.toml"), CONFIG).unwrap();
    world.run(&["generate"]).succeeds();
    world
        .shop
        .git(&["remote", "add", "origin", "git@github.com:octo/shop.git"]);

    let offline = world.run(&["doctor", "github"]).ends_with(1);
    for part in [
        "refused  repo:octo/shop:environment:production",
        "--identity-name id-shop-production-deploy --name environment-production",
        "gh variable set AZURE_CLIENT_ID --repo octo/shop --env production",
    ] {
        assert!(offline.stdout.contains(part), "{part}: {}", offline.stdout);
    }

    let pinned = CONFIG.to_owned() + "repository = \"other@7/shop@9\"\n";
    std::fs::write(folder.join("taxiway.toml"), pinned).unwrap();
    let configured = world.run(&["doctor", "github"]).ends_with(1);
    let subject = "repo:other@7/shop@9:environment:production";
    assert!(configured.stdout.contains(subject), "{}", configured.stdout);
    std::fs::write(folder.join("taxiway.toml"), CONFIG).unwrap();

    let list = [
        "environment:production",
        "pull_request",
        "ref:refs/heads/main",
    ]
    .map(credential);
    std::fs::write(folder.join("trusted.json"), format!("[{}]", list.join(","))).unwrap();
    let tools = tempfile::tempdir().unwrap();
    let gh = tools.path().join("gh");
    std::fs::write(&gh, GH).unwrap();
    std::fs::set_permissions(&gh, std::os::unix::fs::PermissionsExt::from_mode(0o755)).unwrap();
    let path = std::env::var("PATH").unwrap();
    let mut command = world.command(&["doctor", "github", "--ask", "--format", "json"]);
    let asked = command
        .args(["--credentials", "trusted.json"])
        .env("PATH", format!("{}:{path}", tools.path().display()))
        .output()
        .unwrap();
    assert_eq!(asked.status.code(), Some(1));
    let mut closed = world.command(&["doctor", "github", "--ask", "--repo", "octo/closed"]);
    closed.env("PATH", format!("{}:{path}", tools.path().display()));
    let closed = closed.output().unwrap();
    assert_eq!(closed.status.code(), Some(3));
    let said = String::from_utf8_lossy(&closed.stderr);
    assert!(said.contains("gh: Not Found (HTTP 404)"), "{said}");
    std::fs::remove_file(&gh).unwrap();
    let mut alone = world.command(&["doctor", "github", "--ask", "--repo", "octo/shop"]);
    alone.env("PATH", tools.path());
    let alone = alone.output().unwrap();
    assert_eq!(alone.status.code(), Some(3));
    let said = String::from_utf8_lossy(&alone.stderr);
    assert!(said.contains("there is no `gh` on PATH"), "{said}");
    let report: serde_json::Value = serde_json::from_slice(&asked.stdout).unwrap();
    let problems: Vec<_> = report["problems"]
        .as_array()
        .unwrap()
        .iter()
        .map(|problem| problem["message"].as_str().unwrap())
        .collect();
    assert_eq!(
        problems,
        [
            "variable `AZURE_READER_CLIENT_ID` is not there",
            "ruleset `The branch that is deployed` is not there"
        ]
    );
}
