//! A repository with generated pipelines, and what stands in for GitHub's runner.
//!
//! The runner is [`taxiway_test::workflow`]. Not executed are steps with `uses`: the checkout is the folder that is there, uv and
//! this very program are on PATH, artifacts are folders. The job that builds an image is left out.

use camino::{Utf8Path, Utf8PathBuf};
use taxiway_test::Fixture;
use taxiway_test::workflow::{Job, Outcome, PostgreSql, Runner, run};

use crate::scanners::Advisories;
use crate::world::World;

/// Steps for which this machine is ready as it is.
const READY: [&str; 6] = [
    "Azure/login",
    "actions/checkout",
    "actions/setup-node",
    "actions/upload-artifact",
    "astral-sh/setup-uv",
    "$/.github/actions/set-up-taxiway",
];

/// An example with pipelines, and what stands in for its runner.
pub(crate) struct Place {
    pub(crate) world: World,
    pub(crate) tools: tempfile::TempDir,
    database: PostgreSql,
    /// Variables besides those of the program.
    pub(crate) more: Vec<(String, String)>,
    /// What its audit of dependencies asks, once there is one.
    pub(crate) advisories: Option<Advisories>,
}

impl Place {
    pub(crate) fn new(example: &str) -> Self {
        Self::with(example, "")
    }

    pub(crate) fn with(example: &str, delivery: &str) -> Self {
        Self::changed(example, delivery, |_| ())
    }

    /// The same, of an example that was changed first.
    pub(crate) fn changed(example: &str, delivery: &str, change: impl Fn(&Utf8Path)) -> Self {
        let world = World::of(Fixture::example(example));
        change(world.shop.path());
        let config = format!(
            "[app]\nname = \"{example}\"\n\n[environments.production]\npython = \"{}\"\n\n[delivery]\npipeline = \"github\"\n{delivery}",
            python()
        );
        std::fs::write(world.shop.path().join("taxiway.toml"), config).expect("it can be written");
        world.run(&["generate"]).succeeds();
        let tools = tempfile::tempdir().expect("a temporary folder");
        let place = Self {
            world,
            tools,
            database: PostgreSql::start(),
            more: Vec::new(),
            advisories: None,
        };
        // A deployment is watched for a minute on GitHub; here one look after the other will do.
        place.tool("sleep", "#!/bin/sh\n");
        place
    }

    /// A program that comes before the machine's.
    pub(crate) fn tool(&self, name: &str, script: &str) {
        let path = self.tools.path().join(name);
        std::fs::write(&path, script).expect("it can be written");
        std::fs::set_permissions(&path, std::os::unix::fs::PermissionsExt::from_mode(0o755))
            .expect("it is ours");
    }

    /// Commits everything with a change of a file, and tells the short name of the commit.
    pub(crate) fn commit(&self, file: &str, line: &str) -> String {
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
    pub(crate) fn run(&self, workflow: &str, jobs: &[&str], inputs: &[(&str, &str)]) -> Vec<Job> {
        self.run_in(workflow, jobs, inputs, &[])
    }

    /// One job, in a run of which this is known.
    #[track_caller]
    pub(crate) fn job(&self, workflow: &str, job: &str, contexts: &[(&str, &str)]) -> Job {
        self.run_in(workflow, &[job], &[], contexts).remove(0)
    }

    #[track_caller]
    fn run_in(
        &self,
        workflow: &str,
        jobs: &[&str],
        inputs: &[(&str, &str)],
        contexts: &[(&str, &str)],
    ) -> Vec<Job> {
        let folder = self.world.shop.path();
        let text = std::fs::read_to_string(folder.join(".github/workflows").join(workflow))
            .expect("it is generated");
        // The local cloud is all the environments that there are.
        let app = self.world.shop.path().file_name().unwrap_or_default();
        let case = |name: &str| format!("{name}) group=rg-{app}-{name} ;;");
        let text = text
            .replace(
                "inputs.environment == 'staging'",
                "inputs.environment == 'local'",
            )
            .replace(&case("staging"), &case("local"));
        let artifacts = self.artifacts();
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
            artifacts: Some(&artifacts),
            inputs,
            contexts,
        };
        run(&text, jobs, &runner).expect("the runner knows all of it")
    }

    /// Where what workflows keep is put.
    pub(crate) fn artifacts(&self) -> Utf8PathBuf {
        let tools = Utf8Path::from_path(self.tools.path()).expect("a UTF-8 path");
        tools.join("artifacts")
    }

    /// Runs uv in the repository.
    #[expect(clippy::disallowed_methods, reason = "uv ends by itself")]
    pub(crate) fn uv(&self, arguments: &[&str]) {
        let ran = std::process::Command::new(uv().join("uv"))
            .args(arguments)
            .current_dir(self.world.shop.path())
            .status();
        assert!(ran.is_ok_and(|status| status.success()), "{arguments:?}");
    }

    pub(crate) fn value(&self, name: &str) -> String {
        let found = self.more.iter().find(|(known, _)| known == name);
        found.map(|(_, value)| value.clone()).unwrap_or_default()
    }

    /// Changes a file, and tells which step of CI's tests fails then.
    pub(crate) fn red(&self, file: &str, before: &str, after: &str) -> Option<String> {
        self.red_in(("ci.yml", "test"), file, before, after)
    }

    /// Changes a file, and tells which step of a job fails then.
    pub(crate) fn red_in(
        &self,
        (workflow, job): (&str, &str),
        file: &str,
        before: &str,
        after: &str,
    ) -> Option<String> {
        let path = self.world.shop.path().join(file);
        let text = std::fs::read_to_string(&path).expect("the example has it");
        assert_eq!(text.matches(before).count(), 1, "{file} has {before}");
        std::fs::write(&path, text.replace(before, after)).expect("it can be changed");
        let jobs = self.run(workflow, &[job], &[]);
        std::fs::write(&path, text).expect("it can be changed");
        jobs[0].failed().map(str::to_owned)
    }
}

/// The version of this machine's interpreter: Taxiway would take it for the local cloud, and uv finds no other here.
#[expect(clippy::disallowed_methods, reason = "Python ends by itself")]
pub(crate) fn python() -> String {
    let version = "import sys; print('%d.%d' % sys.version_info[:2])";
    let python = std::process::Command::new("python3")
        .args(["-c", version])
        .output()
        .expect("Python is there");
    let version = String::from_utf8(python.stdout).expect("it prints ASCII");
    version.trim().to_owned()
}

/// The folder with uv: GitHub's runner gets it from an action.
#[expect(clippy::disallowed_methods, reason = "pip ends by itself")]
pub(crate) fn uv() -> Utf8PathBuf {
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
pub(crate) fn all_green(jobs: &[Job]) {
    for job in jobs {
        let red: Vec<_> = job
            .steps
            .iter()
            .filter(|step| step.1 == Outcome::Failure)
            .collect();
        assert_eq!(job.outcome, Outcome::Success, "{}: {red:#?}", job.id);
    }
}
