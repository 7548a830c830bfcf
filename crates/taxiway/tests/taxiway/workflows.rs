//! Generated workflows, run: CI is green for each example and red for what it has to catch; deployments and rollbacks reach the
//! local cloud.
//!
//! The runner is [`taxiway_test::workflow`]. Not executed are steps with `uses`: the checkout is the folder that is there, uv and
//! this very program are on PATH, artifacts are not kept. The job that builds an image is left out.

use camino::{Utf8Path, Utf8PathBuf};
use taxiway_test::Fixture;
use taxiway_test::workflow::{Job, Outcome, PostgreSql, Runner, run};

use crate::world::World;

/// Steps for which this machine is ready as it is.
const READY: [&str; 5] = [
    "Azure/login",
    "actions/checkout",
    "actions/upload-artifact",
    "astral-sh/setup-uv",
    "$/.github/actions/set-up-taxiway",
];

/// An example with pipelines, and what stands in for its runner.
struct Place {
    world: World,
    tools: tempfile::TempDir,
    database: PostgreSql,
    /// Variables besides those of the program.
    more: Vec<(String, String)>,
}

impl Place {
    fn new(example: &str) -> Self {
        Self::with(example, "")
    }

    fn with(example: &str, delivery: &str) -> Self {
        let world = World::of(Fixture::example(example));
        let config = format!(
            "[app]\nname = \"{example}\"\n\n[environments.production]\n\n[delivery]\npipeline = \"github\"\n{delivery}"
        );
        std::fs::write(world.shop.path().join("taxiway.toml"), config).expect("it can be written");
        world.run(&["generate"]).succeeds();
        let tools = tempfile::tempdir().expect("a temporary folder");
        let place = Self {
            world,
            tools,
            database: PostgreSql::start(),
            more: Vec::new(),
        };
        // A deployment is watched for a minute on GitHub; here one look after the other will do.
        place.tool("sleep", "#!/bin/sh\n");
        place
    }

    /// A program that comes before the machine's.
    fn tool(&self, name: &str, script: &str) {
        let path = self.tools.path().join(name);
        std::fs::write(&path, script).expect("it can be written");
        std::fs::set_permissions(&path, std::os::unix::fs::PermissionsExt::from_mode(0o755))
            .expect("it is ours");
    }

    /// Commits everything with a change of a file, and tells the short name of the commit.
    fn commit(&self, file: &str, line: &str) -> String {
        let path = self.world.shop.path().join(file);
        let text = std::fs::read_to_string(&path).expect("the example has it");
        std::fs::write(&path, format!("{text}\n{line}\n")).expect("it can be changed");
        self.world.shop.git(&["add", "--all"]);
        self.world
            .shop
            .git(&["commit", "--quiet", "--message=Change"]);
        let head = self.world.shop.git(&["rev-parse", "--short=12", "HEAD"]);
        head.trim().to_owned()
    }

    #[track_caller]
    fn run(&self, workflow: &str, jobs: &[&str], inputs: &[(&str, &str)]) -> Vec<Job> {
        let folder = self.world.shop.path();
        let text = std::fs::read_to_string(folder.join(".github/workflows").join(workflow))
            .expect("it is generated");
        let program = Utf8Path::new(env!("CARGO_BIN_EXE_taxiway"));
        let tools = Utf8Path::from_path(self.tools.path()).expect("a UTF-8 path");
        let mut env: Vec<(String, String)> = self
            .world
            .command(&[])
            .get_envs()
            .filter_map(|(name, value)| {
                Some((name.to_str()?.to_owned(), value?.to_str()?.to_owned()))
            })
            .collect();
        env.push(("UV_VENV_CLEAR".to_owned(), "1".to_owned()));
        env.extend(self.more.iter().cloned());
        let runner = Runner {
            folder,
            path: vec![
                tools.to_owned(),
                program.parent().expect("it lies in a folder").to_owned(),
                uv(),
            ],
            env,
            database_port: Some(self.database.port()),
            ready_for: &READY,
            inputs,
        };
        run(&text, jobs, &runner).expect("the runner knows all of it")
    }

    fn value(&self, name: &str) -> String {
        let found = self.more.iter().find(|(known, _)| known == name);
        found.map(|(_, value)| value.clone()).unwrap_or_default()
    }

    /// Changes a file, and tells which step of CI's tests fails then.
    fn red(&self, file: &str, before: &str, after: &str) -> Option<String> {
        let path = self.world.shop.path().join(file);
        let text = std::fs::read_to_string(&path).expect("the example has it");
        assert_eq!(text.matches(before).count(), 1, "{file} has {before}");
        std::fs::write(&path, text.replace(before, after)).expect("it can be changed");
        let jobs = self.run("ci.yml", &["test"], &[]);
        std::fs::write(&path, text).expect("it can be changed");
        jobs[0].failed().map(str::to_owned)
    }
}

/// The folder with uv: GitHub's runner gets it from an action.
#[expect(clippy::disallowed_methods, reason = "pip ends by itself")]
fn uv() -> Utf8PathBuf {
    let folder = Utf8Path::new(env!("CARGO_TARGET_TMPDIR")).join("uv");
    if !folder.join("bin/uv").exists() {
        let installed = std::process::Command::new("python3")
            .args([
                "-m",
                "pip",
                "install",
                "--quiet",
                "--disable-pip-version-check",
                "--target",
                folder.as_str(),
                "uv",
            ])
            .status();
        assert!(
            installed.is_ok_and(|status| status.success()),
            "pip installs uv"
        );
    }
    folder.join("bin")
}

#[track_caller]
fn all_green(jobs: &[Job]) {
    for job in jobs {
        let red: Vec<_> = job
            .steps
            .iter()
            .filter(|step| step.1 == Outcome::Failure)
            .collect();
        assert_eq!(job.outcome, Outcome::Success, "{}: {red:#?}", job.id);
    }
}

#[test]
fn ci_of_a_fastapi_service_is_green_and_turns_red() {
    let place = Place::new("notes");
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
}

#[test]
fn ci_of_a_flask_application_is_green_and_turns_red() {
    let place = Place::new("links");
    all_green(&place.run("ci.yml", &["test", "package", "generated"], &[]));
    let red = place.red(
        "links/views.py",
        "(\"http\", \"https\")",
        "(\"http\", \"https\", \"ftp\")",
    );
    assert_eq!(red.as_deref(), Some("pytest"));
}

#[test]
fn ci_of_a_django_shop_is_green_and_turns_red() {
    let place = Place::new("shop");
    all_green(&place.run("ci.yml", &["lint", "test", "package", "generated"], &[]));
    let red = place.red(
        "catalog/models.py",
        "class Product(models.Model):\n",
        "class Product(models.Model):\n    colour = models.TextField(default=\"\")\n",
    );
    assert_eq!(red.as_deref(), Some("Migrations are complete"));
}

#[test]
fn a_deployment_verifies_what_it_serves_and_a_rollback_brings_the_release_before() {
    let place = Place::new("notes");
    let local = ("environment", "local");
    let deploy = |inputs: &[(&str, &str)]| place.run("deploy.yml", &["deploy"], inputs);
    all_green(&deploy(&[local]));
    let first = place.world.serving();
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
    // Taxiway would take the interpreter that there is; without it, it has to be said.
    let version = "import sys; print('%d.%d' % sys.version_info[:2])";
    let python = std::process::Command::new("python3")
        .args(["-c", version])
        .output();
    let python = String::from_utf8(python.unwrap().stdout).unwrap();
    let mut place = Place::with(
        "links",
        &format!(
            "deploy-with = \"azure-cli\"\n\n[environments.local]\npython = \"{}\"\n",
            python.trim()
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
