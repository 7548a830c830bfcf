//! Generated workflows, run: CI is green for each example and red for what it has to catch, as are the scans of dependencies and
//! history; deployments and rollbacks reach the local cloud.
//!
//! What runs them is in [`crate::pipeline`].

use taxiway_test::workflow::Outcome;

use crate::front_end;
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

/// An application of one page that keeps nothing, and whose team measures what its tests reach.
fn of_one_page(root: &camino::Utf8Path) {
    std::fs::remove_dir_all(root.join("links")).expect("it is a copy");
    std::fs::remove_dir_all(root.join("migrations")).expect("it is a copy");
    std::fs::remove_dir_all(root.join("tests")).expect("it is a copy");
    std::fs::create_dir(root.join("tests")).expect("it is a copy");
    for (path, text) in [
        (
            "wsgi.py",
            "from flask import Flask\n\napp = Flask(__name__)\n\n\n@app.get(\"/\")\ndef page():\n    return \"hello\"\n\n\n@app.get(\"/never\")\ndef never():\n    return \"nobody asks\"\n",
        ),
        ("requirements.txt", "Flask>=3.1,<4\n"),
        (
            "requirements-dev.txt",
            "-r requirements.txt\npytest>=8\ncoverage>=7\n",
        ),
        (
            ".coveragerc",
            "[run]\nsource = .\n\n[report]\ninclude = wsgi.py\nfail_under = 80\n",
        ),
        (
            "tests/test_page.py",
            "from wsgi import app\n\n\ndef test_page():\n    assert app.test_client().get(\"/\").text == \"hello\"\n",
        ),
    ] {
        std::fs::write(root.join(path), text).expect("it is a copy");
    }
}

#[test]
fn ci_without_a_database_is_green_and_turns_red_below_the_threshold_of_coverage() {
    let place = Place::changed("links", "", of_one_page);
    let text = std::fs::read_to_string(place.world.shop.path().join(".github/workflows/ci.yml"));
    assert!(!text.unwrap().contains("postgres"), "there is no database");
    let jobs = place.run("ci.yml", &["test", "package", "generated"], &[]);
    all_green(&jobs);
    let summary = &jobs[0].summary;
    assert!(
        summary.contains("### Coverage") && summary.contains("TOTAL"),
        "{summary}"
    );
    let red = place.red(".coveragerc", "fail_under = 80", "fail_under = 90");
    assert_eq!(red.as_deref(), Some("Coverage"));
    let red = place.red("wsgi.py", "return \"hello\"", "return \"good-bye\"");
    assert_eq!(red.as_deref(), Some("pytest"));
}

/// The lock of a front end that needs this version of a package, without what is only for its development.
fn lock(version: &str) -> String {
    serde_json::json!({
        "name": "web", "lockfileVersion": 3,
        "packages": {
            "": {"dependencies": {"lodash": version}},
            "node_modules/lodash": {"version": version},
        },
    })
    .to_string()
}

/// Needs npm, which is no part of this suite: `cargo test -p taxiway --test taxiway -- --ignored a_locked_package`.
#[test]
#[ignore = "needs npm"]
fn a_locked_package_of_the_front_end_that_has_a_vulnerability_turns_red() {
    const KNOWN: &[Advisory] = &[Advisory {
        id: "GHSA-jf85-cpcp-j695",
        package: "lodash",
        version: "4.17.11",
    }];
    let mut place = Place::changed("links", "", |root| {
        front_end::add_to(root);
        let write = |file: &str, text: String| std::fs::write(root.join(file), text);
        let package = r#"{"name": "web", "scripts": {"build": "vite build"}, "dependencies": {"lodash": "4.17.21"}}"#;
        write("web/package.json", package.to_owned()).expect("it is a copy");
        write("web/package-lock.json", lock("4.17.21")).expect("it is a copy");
    });
    let advisories = Advisories::serve(KNOWN);
    place.more.push(advisories.registry());
    let audit = |version: &str| {
        let path = place.world.shop.path().join("web/package-lock.json");
        std::fs::write(path, lock(version)).expect("it can be changed");
        place.run("security.yml", &["front-end"], &[]).remove(0)
    };
    all_green(&[audit("4.17.21")]);
    let red = audit("4.17.11");
    let step = "No locked package of the front end has a known vulnerability";
    assert_eq!(red.failed(), Some(step), "{red:#?}");
    assert!(
        format!("{red:?}").contains("GHSA-jf85-cpcp-j695"),
        "{red:#?}"
    );
}

/// GitHub's program: commits are what Git says, each name in the file `verified` is one whose deployment ended well, and one run
/// kept an artifact, if that is there.
const GH: &str = r#"#!/bin/sh
for word; do
  [ "$before" = --jq ] && filter=$word
  before=$word
done
case "$*" in
  *artifacts/9/zip) exec cat "$KEPT.zip" ;;
  *commits/*) name=${2##*/}; exec git rev-parse --verify --quiet "$name^{commit}" ;;
esac
case "$*" in
  *runs/7/artifacts*)
    expired=true
    [ -e "$KEPT.zip" ] && expired=false
    digest=$(sha256sum < "$KEPT.zip" | cut -c 1-64)
    echo "{\"artifacts\": [{\"id\": 8, \"expired\": true}, {\"id\": 9, \"expired\": $expired, \"digest\": \"sha256:$digest\"}]}" ;;
  *workflows/deploy-staging.yml/runs*) echo '{"workflow_runs": [{"id": 7}]}' ;;
  *runs*) for word; do case "$word" in head_sha=*) grep -q "${word#head_sha=}" "$VERIFIED" && echo '{"workflow_runs": [{"id": 1}]}' ;; esac; done; true ;;
esac | jq --raw-output "$filter"
"#;

const UNZIP: &str = "#!/bin/sh\nexec python3 -m zipfile -e \"$2\" \"$4\"\n";

/// GitHub packs what was kept.
#[expect(clippy::disallowed_methods, reason = "Python ends by itself")]
fn pack(place: &Place) {
    let kept = place.artifacts().join("release-local");
    let packed = std::process::Command::new("python3")
        .args([
            "-m",
            "zipfile",
            "-c",
            "../../kept.zip",
            "up.json",
            "packages",
        ])
        .current_dir(kept)
        .status();
    assert!(packed.is_ok_and(|status| status.success()));
}

/// Takes what was kept to the next environment, and tells its digest; by another runner, where a build would make something else of the commit.
#[track_caller]
fn what_was_verified_is_taken_as_it_is(place: &Place, release: &str) -> String {
    let local = ("environment", "local");
    let asked = || std::fs::read_to_string(place.tools.path().join("asked")).unwrap_or_default();
    let built = asked();
    let front_end = place.world.shop.path().join(".taxiway/front-end");
    if front_end.exists() {
        std::fs::remove_dir_all(&front_end).expect("it is ours");
    }
    let verified = || {
        place
            .run("deploy-production.yml", &["verified"], &[])
            .remove(0)
    };

    let gone = verified();
    assert!(
        gone.steps[0].2.contains("its package is no longer kept"),
        "{gone:#?}"
    );
    pack(place);
    let found = verified();
    assert_eq!(found.outputs["release"], release, "{found:#?}");
    let deploy = |digest: &str| {
        let inputs = [
            local,
            ("expected-release", release),
            ("package", &found.outputs["package"]),
            ("package-digest", digest),
        ];
        place.run("deploy.yml", &["deploy"], &inputs)
    };
    let before = place.world.serving();
    let jobs = deploy(&format!("sha256:{}", "0".repeat(64)));
    assert_eq!(jobs[0].failed(), Some("Take the verified package"));
    assert_eq!(place.world.serving(), before);

    let package = place.artifacts().join("release-local/packages/app.zip");
    let script = unpacked(&package, "links/static/built/app.js");
    all_green(&deploy(&found.outputs["package-digest"]));
    assert_eq!(place.world.serving(), release);
    assert_eq!(asked(), built, "nothing is built for it");
    let served = place.world.page("/static/built/app.js").1;
    assert_eq!(served, script, "the very build of before");
    found.outputs["package-digest"].clone()
}

/// A file of a package.
#[expect(clippy::disallowed_methods, reason = "Python ends by itself")]
fn unpacked(package: &camino::Utf8Path, file: &str) -> String {
    let script = "import sys, zipfile; print(zipfile.ZipFile(sys.argv[1]).read(sys.argv[2]).decode(), end='')";
    let output = std::process::Command::new("python3")
        .args(["-c", script, package.as_str(), file])
        .output()
        .expect("Python is there");
    String::from_utf8(output.stdout).expect("a text")
}

#[test]
fn a_deployment_verifies_what_it_serves_and_a_rollback_brings_the_release_before() {
    let delivery = format!(
        "repository = \"octo@1/links@2\"\n\n[environments.staging]\npython = \"{}\"\n",
        python()
    );
    let mut place = Place::changed("links", &delivery, front_end::add_to);
    for (name, script) in [("npm", front_end::NPM), ("gh", GH), ("unzip", UNZIP)] {
        place.tool(name, script);
    }
    let kept = place.tools.path().join("kept");
    for (name, value) in [
        ("KEPT", kept.to_str().unwrap()),
        ("GITHUB_REPOSITORY", "octo/links"),
    ] {
        place.more.push((name.to_owned(), value.to_owned()));
    }
    let local = ("environment", "local");
    let deploy = |inputs: &[(&str, &str)]| place.run("deploy.yml", &["deploy"], inputs);
    all_green(&deploy(&[local]));
    let first = place.world.serving();
    // From here on with the rights of the pipeline alone.
    let manager = leave_those_of_the_pipeline(&place.world, "production", "rg-links-local");
    nothing_else_is_allowed(&manager);
    place.commit("links/views.py", "# the second release");
    all_green(&deploy(&[local]));
    let second = place.world.serving();
    assert_ne!(second, first);
    all_green(&place.run("rollback.yml", &["rollback"], &[local]));
    assert_eq!(place.world.serving(), first);
    let digest = what_was_verified_is_taken_as_it_is(&place, &second);

    // It is served, and then it is not the release that was verified before.
    place.commit("links/views.py", "# the third release");
    let jobs = deploy(&[local, ("package", "9"), ("package-digest", &digest)]);
    assert_eq!(jobs[0].failed(), Some("Deploy"), "it is of another commit");
    let jobs = deploy(&[local, ("expected-release", "0123456789ab")]);
    assert_eq!(jobs[0].failed(), Some("Verify"));
    let rolled_back = jobs[0].steps.iter().find(|step| step.0 == "Roll back");
    assert_eq!(
        rolled_back.map(|step| step.1),
        Some(Outcome::Success),
        "{:#?}",
        jobs[0]
    );
    assert_eq!(place.world.serving(), second);

    // It never got that far, so there is nothing to take back.
    place.commit("links/views.py", "feeds.start()");
    let jobs = deploy(&[local]);
    assert_eq!(jobs[0].failed(), Some("Deploy"));
    let rolled_back = jobs[0].steps.iter().find(|step| step.0 == "Roll back");
    assert_eq!(rolled_back.map(|step| step.1), Some(Outcome::Skipped));
    assert_eq!(place.world.serving(), second);
}

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
    let python = python();
    let delivery = format!(
        "deploy-with = \"azure-cli\"\n\n[environments.local]\npython = \"{python}\"\n\n[environments.staging]\npython = \"{python}\"\n"
    );
    let mut place = Place::changed("links", &delivery, front_end::add_to);
    for (name, script) in [("npm", front_end::NPM), ("gh", GH), ("unzip", UNZIP)] {
        place.tool(name, script);
    }
    place.tool("bicep", BICEP);
    place.tool("sleep", SLEEP);
    place.tool("az", &format!("#!/bin/sh\nexec {az}/az \"$@\"\n"));
    let tools = camino::Utf8Path::from_path(place.tools.path()).expect("a UTF-8 path");
    front_end::up(&place.world, tools).succeeds();
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
        ("KEPT", verified.with_file_name("kept").to_str().unwrap()),
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
    what_was_verified_is_taken_as_it_is(&place, &third);

    // It serves, and does not hold.
    let fourth = place.commit("links/views.py", "# the fourth release");
    let fails = verified.with_extension("fails");
    std::fs::write(&fails, "").unwrap();
    let jobs = deploy(&place);
    assert_eq!(jobs[0].failed(), Some("Verify"), "{jobs:#?}");
    assert_eq!(place.world.serving(), third, "{jobs:#?}");
    std::fs::remove_file(&fails).unwrap();
    // Rejected, and healthy: it waits in the slot, and stays there.
    assert_ne!(fourth, third);
    assert_eq!(rollback(&place)[0].failed(), Some("Roll back"));
    assert_eq!(place.world.serving(), third);

    // It can't be built.
    place.commit("requirements.txt", "taxiway-has-no-such-requirement==1");
    let jobs = deploy(&place);
    let swapped = jobs[0].steps.iter().find(|step| step.0 == "Swap back");
    assert_eq!(
        swapped.map(|step| step.1),
        Some(Outcome::Skipped),
        "{jobs:#?}"
    );
    assert_eq!(place.world.serving(), third);
}
