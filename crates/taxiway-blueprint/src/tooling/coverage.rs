//! How much of the code the tests reach, where the team measures it: configured and installed, or asked for by pytest's options.

use super::{Check, Project};

/// Shows what was measured to people, and fails below the threshold of the project's own configuration.
const REPORT: &str = include_str!("../../files/workflows/coverage.sh");

impl Project<'_> {
    /// The tests, measured, and the script that reports; the tests as they were where nobody measures.
    pub(super) fn measured(&self, tests: Check) -> (Check, Option<String>) {
        let by_options = self.pytest_options().contains("--cov");
        let is_configured = by_options
            || self.tool("coverage").is_some()
            || self.has(".coveragerc")
            || ["setup.cfg", "tox.ini"]
                .iter()
                .any(|file| self.has_section(file, "[coverage:"));
        let by_pytest = tests.name == "pytest" && self.declares("pytest-cov");
        if !is_configured || !(by_pytest || self.declares("coverage")) {
            return (tests, None);
        }
        let words = tests.command.clone();
        let command = match tests.name {
            "pytest" if by_pytest && by_options => words,
            "pytest" if by_pytest => "pytest --cov".to_owned(),
            "pytest" => "coverage run -m pytest".to_owned(),
            // tox runs its environments in their own way.
            "tox" => return (tests, None),
            _ => words.replacen("python", "coverage run", 1),
        };
        let is_parallel = command.starts_with("coverage run") && self.is_parallel();
        let combine = if is_parallel {
            "coverage combine\n"
        } else {
            ""
        };
        let measured = Check { command, ..tests };
        (measured, Some(format!("{combine}{REPORT}")))
    }

    /// Whether each process writes a file of its own.
    fn is_parallel(&self) -> bool {
        let files = ["pyproject.toml", ".coveragerc", "setup.cfg", "tox.ini"];
        files.iter().filter_map(|file| self.text(file)).any(|text| {
            text.lines().any(|line| {
                let line = line.replace(' ', "").to_lowercase();
                line == "parallel=true"
            })
        })
    }

    /// The options that pytest always gets.
    fn pytest_options(&self) -> String {
        let files = ["pytest.ini", ".pytest.ini", "setup.cfg", "tox.ini"];
        let mut all: Vec<String> = files.iter().filter_map(|file| self.text(file)).collect();
        let options = self
            .tool("pytest")
            .and_then(|pytest| pytest.get("ini_options")?.get("addopts").cloned());
        all.extend(options.map(|options| options.to_string()));
        all.join("\n")
    }
}

#[cfg(test)]
mod tests {
    use taxiway_app::{Service, Tests};
    use taxiway_diagnostics::MemorySources;

    fn check(runner: &str, files: &str) -> String {
        let sources = MemorySources::from_text(files);
        let service = Service {
            root: ".".into(),
            manage: Some("manage.py".into()),
            tests: Some(Tests {
                runner: runner.to_owned(),
            }),
            ..Service::default()
        };
        let tooling = crate::tooling::read(&sources, &service);
        let report = tooling.coverage.map_or("no report", |script| {
            if script.starts_with("coverage combine") {
                "combined"
            } else {
                "reported"
            }
        });
        format!("{}: {report}", tooling.tests.unwrap().command)
    }

    #[test]
    fn what_the_team_measures_is_measured_and_nothing_else() {
        let pyproject = "--- pyproject.toml\n[tool.coverage.report]\nfail_under = 80\n";
        let installed = |names: &str| format!("{pyproject}--- requirements-dev.txt\n{names}\n");
        let cases = [
            ("pytest", pyproject.to_owned()),
            ("pytest", "--- requirements-dev.txt\npytest-cov\n".to_owned()),
            ("pytest", installed("pytest-cov")),
            ("pytest", installed("coverage[toml]")),
            ("django", installed("coverage")),
            ("unittest", installed("coverage")),
            (
                "pytest",
                "--- pytest.ini\n[pytest]\naddopts = -q --cov=shop\n--- requirements-dev.txt\npytest-cov\n".to_owned(),
            ),
            (
                "django",
                "--- .coveragerc\n[run]\nparallel = True\n--- requirements-dev.txt\ncoverage\n".to_owned(),
            ),
        ];
        let shown: Vec<String> = cases
            .iter()
            .map(|(runner, files)| check(runner, files))
            .collect();
        insta::assert_snapshot!(shown.join("\n"), @r"
        pytest: no report
        pytest: no report
        pytest --cov: reported
        coverage run -m pytest: reported
        coverage run manage.py test: reported
        coverage run -m unittest discover: reported
        pytest: reported
        coverage run manage.py test: combined
        ");
    }
}
