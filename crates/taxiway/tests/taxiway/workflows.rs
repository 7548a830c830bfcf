//! Generated workflows, run: CI is green for each example and red for what it has to catch, as are the scans of dependencies and
//! history; deployments and rollbacks reach the local cloud.
//!
//! What runs them is in [`crate::pipeline`].

use taxiway_test::workflow::Outcome;

use crate::pipeline::{Place, all_green, python};
use crate::rights::{leave_those_of_the_pipeline, nothing_else_is_allowed};
use crate::scanners::{Advisories, Advisory, gitleaks};

/// The scan of dependencies, and its step.
const DEPENDENCIES: (&str, &str) = ("security.yml", "dependencies");
const AUDIT: &str = "No requirement of production has a known vulnerability";

/// What the service of vulnerabilities knows. Source: GitHub Advisory Database.
const KNOWN: &[Advisory] = &[
    Advisory {
        id: "GHSA-2m57-hf25-phgg",
        package: "sqlparse",
        version: "0.4.4",
    },
    Advisory {
        id: "GHSA-cpwx-vrp4-4pq7",
        package: "jinja2",
        version: "3.1.5",
    },
    Advisory {
        id: "GHSA-v973-fxgf-6xhp",
        package: "mako",
        version: "1.2.1",
    },
];

/// Nothing is found in what there is, and these packages were looked up for it; the service goes on to answer.
#[track_caller]
fn scans_are_green(place: &mut Place, looked_up: &[&str]) {
    let advisories = Advisories::serve(KNOWN);
    place.more.extend(advisories.variables());
    place.tool("docker", &gitleaks());
    all_green(&place.run("security.yml", &["dependencies", "secrets"], &[]));
    let asked = advisories.asked();
    for package in looked_up {
        assert!(asked.iter().any(|it| it == package), "{package}: {asked:?}");
    }
    place.advisories = Some(advisories);
}

/// A secret that a later commit took back is found in the history.
#[track_caller]
fn a_leaked_secret_turns_red(place: &Place) {
    // In two parts, so that nobody's scanner finds it here; it opens nothing.
    let secret = format!("AK{}", "IAQ3EG7XKWTBZPM4LD");
    let git = |arguments: &[&str]| place.world.shop.git(arguments);
    place.commit("README.md", &format!("aws_access_key_id = {secret}"));
    git(&["rm", "--quiet", "README.md"]);
    git(&["commit", "--quiet", "--message=Take it back"]);
    let jobs = place.run("security.yml", &["secrets"], &[]);
    assert_eq!(
        jobs[0].failed(),
        Some("No commit holds a secret"),
        "{jobs:#?}"
    );
    let output = &jobs[0].steps[1].2;
    assert!(!output.contains(&secret), "it is not printed: {output}");
}

#[test]
fn ci_of_a_fastapi_service_is_green_and_turns_red() {
    let mut place = Place::new("notes");
    all_green(&place.run("ci.yml", &["lint", "test", "package", "generated"], &[]));
    let red = place.red(
        "notes/models.py",
        "    pinned: Mapped[bool]",
        "    author: Mapped[str | None]\n    pinned: Mapped[bool]",
    );
    assert_eq!(
        red.as_deref(),
        Some("Migrations apply, have one head, and match the models")
    );
    let red = place.red("notes/main.py", "HTTPException(404", "HTTPException(410");
    assert_eq!(red.as_deref(), Some("pytest"));

    // Its lock, from which the requirements of production are written.
    let lock = |place: &Place, arguments: &[&str]| {
        place.uv(arguments);
        place.world.run(&["generate"]).succeeds();
    };
    lock(&place, &["lock", "--quiet"]);
    scans_are_green(&mut place, &["alembic", "gunicorn", "mako"]);
    lock(
        &place,
        &["lock", "--quiet", "--upgrade-package", "mako==1.2.1"],
    );
    let jobs = place.run("security.yml", &["dependencies"], &[]);
    assert_eq!(jobs[0].failed(), Some(AUDIT), "{jobs:#?}");
    a_leaked_secret_turns_red(&place);
}

#[test]
fn ci_of_a_flask_application_is_green_and_turns_red() {
    let mut place = Place::new("links");
    all_green(&place.run("ci.yml", &["test", "package", "generated"], &[]));
    let red = place.red(
        "links/views.py",
        "(\"http\", \"https\")",
        "(\"http\", \"https\", \"ftp\")",
    );
    assert_eq!(red.as_deref(), Some("pytest"));
    let red = place.red(
        "links/models.py",
        "    target = ",
        "    author = database.Column(database.Text)\n    target = ",
    );
    assert_eq!(
        red.as_deref(),
        Some("Migrations apply, and match the models")
    );

    scans_are_green(&mut place, &["flask", "gunicorn", "jinja2"]);
    let red = place.red_in(
        DEPENDENCIES,
        "requirements.txt",
        "Flask>=3.1,<4",
        "Flask>=3.1,<4\nJinja2==3.1.5",
    );
    assert_eq!(red.as_deref(), Some(AUDIT));
    a_leaked_secret_turns_red(&place);
}

#[test]
fn ci_of_a_django_shop_is_green_and_turns_red() {
    let mut place = Place::new("shop");
    all_green(&place.run("ci.yml", &["lint", "test", "package", "generated"], &[]));
    let red = place.red(
        "catalog/models.py",
        "class Product(models.Model):\n",
        "class Product(models.Model):\n    colour = models.TextField(default=\"\")\n",
    );
    assert_eq!(red.as_deref(), Some("Migrations are complete"));
    let red = place.red("cart/cart.py", "MAX_QUANTITY = 99", "MAX_QUANTITY = 2");
    assert_eq!(red.as_deref(), Some("Django's tests"));

    scans_are_green(&mut place, &["django", "gunicorn", "sqlparse"]);
    let red = place.red_in(
        DEPENDENCIES,
        "requirements.txt",
        "sqlparse==0.6.1",
        "sqlparse==0.4.4",
    );
    assert_eq!(red.as_deref(), Some(AUDIT));
    a_leaked_secret_turns_red(&place);
}

#[test]
fn a_deployment_verifies_what_it_serves_and_a_rollback_brings_the_release_before() {
    let place = Place::with("notes", "repository = \"octo@1/notes@2\"\n");
    let local = ("environment", "local");
    let deploy = |inputs: &[(&str, &str)]| place.run("deploy.yml", &["deploy"], inputs);
    all_green(&deploy(&[local]));
    let first = place.world.serving();
    // From here on with the rights of the pipeline alone.
    let manager = leave_those_of_the_pipeline(&place.world, "production", "rg-notes-local");
    nothing_else_is_allowed(&manager);
    let change = |title: &str| {
        let path = place.world.shop.path().join("notes/main.py");
        let text = std::fs::read_to_string(&path).expect("the example has it");
        std::fs::write(&path, format!("{text}\n# {title}\n")).expect("it can be changed");
        place.world.shop.git(&[
            "commit",
            "--quiet",
            "--message=Change",
            "--",
            "notes/main.py",
        ]);
    };
    change("the second release");
    all_green(&deploy(&[local]));
    assert_ne!(place.world.serving(), first);
    all_green(&place.run("rollback.yml", &["rollback"], &[local]));
    assert_eq!(place.world.serving(), first);

    // It is served, and then it is not the release that was verified before.
    change("the third release");
    let jobs = deploy(&[local, ("expected-release", "0123456789ab")]);
    assert_eq!(jobs[0].failed(), Some("Verify"));
    let rolled_back = jobs[0].steps.iter().find(|step| step.0 == "Roll back");
    assert_eq!(
        rolled_back.map(|step| step.1),
        Some(Outcome::Success),
        "{:#?}",
        jobs[0]
    );
    assert_eq!(place.world.serving(), first);

    // It never got that far, so there is nothing to take back.
    change("the fourth release");
    let path = place.world.shop.path().join("notes/main.py");
    let text = std::fs::read_to_string(&path).expect("the example has it");
    std::fs::write(&path, format!("{text}\nfeeds.start()\n")).expect("it can be changed");
    let jobs = deploy(&[local]);
    assert_eq!(jobs[0].failed(), Some("Deploy"));
    let rolled_back = jobs[0].steps.iter().find(|step| step.0 == "Roll back");
    assert_eq!(rolled_back.map(|step| step.1), Some(Outcome::Skipped));
    assert_eq!(place.world.serving(), first);
}

/// GitHub's program: commits are what Git says, and each name in the file `verified` is one whose deployment ended well.
const GH: &str = r#"#!/bin/sh
case "$*" in
  *commits/*) name=${2##*/}; exec git rev-parse --verify --quiet "$name^{commit}" ;;
  *runs*) for word; do case "$word" in head_sha=*) grep -q "${word#head_sha=}" "$VERIFIED" && echo 1 ;; esac; done; true ;;
esac
"#;

/// The Bicep of the Azure CLI is a program of its own, which comes from GitHub; ours knows the same commands.
const BICEP: &str = r#"#!/bin/sh
if [ "$1" = --version ]; then echo "Bicep CLI version 0.38.33 (stand-in)"; else exec taxiway bicep "$@"; fi
"#;

/// Slow enough to wait for something; and what verification waits with can fail.
const SLEEP: &str = r#"#!/bin/sh
if [ "$1" = 5 ] && [ -e "$VERIFIED.fails" ]; then exit 1; fi
exec /bin/sleep 0.3
"#;

/// Needs the Azure CLI, whose packages are larger than all the rest together:
/// `TAXIWAY_TEST_AZ=/folder/with/az cargo test -p taxiway --test taxiway -- --ignored without_taxiway`.
#[test]
#[ignore = "needs the Azure CLI, in the folder that TAXIWAY_TEST_AZ names"]
#[expect(
    clippy::disallowed_methods,
    reason = "whether there is an Azure CLI to try it with"
)]
fn without_taxiway_a_deployment_is_the_same_and_what_was_rejected_never_serves() {
    let az = std::env::var("TAXIWAY_TEST_AZ").expect("TAXIWAY_TEST_AZ names the folder with az");
    let mut place = Place::with(
        "links",
        &format!(
            "deploy-with = \"azure-cli\"\n\n[environments.local]\npython = \"{}\"\n",
            python()
        ),
    );
    place.tool("gh", GH);
    place.tool("bicep", BICEP);
    place.tool("sleep", SLEEP);
    place.tool("az", &format!("#!/bin/sh\nexec {az}/az \"$@\"\n"));
    place.world.run(&["up", "--yes"]).succeeds();
    let variables = place
        .world
        .run(&["cloud", "env", "--format", "json"])
        .succeeds()
        .json();
    for (name, value) in variables["variables"].as_object().unwrap() {
        let value = value.as_str().unwrap().to_owned();
        place.more.push((name.clone(), value));
    }
    let verified = place.tools.path().join("verified");
    std::fs::write(&verified, "").unwrap();
    for (name, value) in [
        ("VERIFIED", verified.to_str().unwrap()),
        ("GITHUB_REPOSITORY", "octo/links"),
        ("AZURE_BICEP_USE_BINARY_FROM_PATH", "true"),
        ("AZURE_BICEP_CHECK_VERSION", "false"),
    ] {
        place.more.push((name.to_owned(), value.to_owned()));
    }
    let login = std::process::Command::new(format!("{az}/az"))
        .envs(place.more.iter().cloned())
        .args(["login", "--service-principal", "--output", "none"])
        .args(["--username", &place.value("AZURE_CLIENT_ID")])
        .args(["--password", &place.value("AZURE_CLIENT_SECRET")])
        .args(["--tenant", &place.value("AZURE_TENANT_ID")])
        .status();
    assert!(login.is_ok_and(|status| status.success()));
    let local = ("environment", "local");
    let deploy = |place: &Place| place.run("deploy.yml", &["deploy"], &[local]);
    let rollback = |place: &Place| place.run("rollback.yml", &["rollback"], &[local]);
    let verify = |names: &[&str]| {
        let whole = |name: &&str| place.world.shop.git(&["rev-parse", name]);
        let lines: Vec<String> = names.iter().map(whole).collect();
        std::fs::write(&verified, lines.join("\n")).unwrap();
    };

    let second = place.commit("links/views.py", "# the second release");
    all_green(&deploy(&place));
    assert_eq!(place.world.serving(), second);
    // What the slot holds was never verified by a workflow.
    assert_eq!(rollback(&place)[0].failed(), Some("Roll back"));
    assert_eq!(place.world.serving(), second);

    let third = place.commit("links/views.py", "# the third release");
    all_green(&deploy(&place));
    assert_eq!(place.world.serving(), third);
    verify(&[&second, &third]);
    all_green(&rollback(&place));
    assert_eq!(place.world.serving(), second);

    // It serves, and does not hold.
    let fourth = place.commit("links/views.py", "# the fourth release");
    let fails = verified.with_extension("fails");
    std::fs::write(&fails, "").unwrap();
    let jobs = deploy(&place);
    assert_eq!(jobs[0].failed(), Some("Verify"), "{jobs:#?}");
    assert_eq!(place.world.serving(), second, "{jobs:#?}");
    std::fs::remove_file(&fails).unwrap();
    // Rejected, and healthy: it waits in the slot, and stays there.
    assert_ne!(fourth, second);
    assert_eq!(rollback(&place)[0].failed(), Some("Roll back"));
    assert_eq!(place.world.serving(), second);

    // It can't be built.
    place.commit("requirements.txt", "taxiway-has-no-such-requirement==1");
    let jobs = deploy(&place);
    let swapped = jobs[0].steps.iter().find(|step| step.0 == "Swap back");
    assert_eq!(
        swapped.map(|step| step.1),
        Some(Outcome::Skipped),
        "{jobs:#?}"
    );
    assert_eq!(place.world.serving(), second);
}
