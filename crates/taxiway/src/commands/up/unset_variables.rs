//! What a failed release asks for: variables that its error names, that its code reads, and that nobody sets.

use taxiway_platform::{Supply, Variable};

use crate::failure::Failure;

/// The failure, with where to set each variable that it names.
pub(super) fn told(mut failure: Failure, variables: &[Variable]) -> Failure {
    let is_named = |variable: &&Variable| {
        let mut details = failure.details.iter();
        matches!(variable.supply, Supply::Default | Supply::Missing)
            && details.any(|line| names(line, &variable.name))
    };
    let unset: Vec<&Variable> = variables.iter().filter(is_named).collect();
    for variable in unset {
        let name = &variable.name;
        failure = if variable.secret {
            failure.next(
                "give it in taxiway.toml",
                format!("[app] secrets = [\"{name}\"], and export {name}=…"),
            )
        } else {
            failure.next(
                "give it in taxiway.toml",
                format!("[variables] {name} = \"…\""),
            )
        };
    }
    failure
}

/// Whether a line holds the name as a word of its own.
fn names(line: &str, name: &str) -> bool {
    let is_part = |character: char| character.is_alphanumeric() || character == '_';
    line.split(|character| !is_part(character))
        .any(|word| word == name)
}

#[cfg(test)]
mod tests {
    use taxiway_platform::{Supply, Variable};

    use super::told;
    use crate::failure::Failure;

    #[test]
    fn only_what_is_named_and_unset_is_asked_for() {
        let variable = |name: &str, secret, supply| Variable {
            name: name.to_owned(),
            secret,
            required: false,
            default: None,
            places: Vec::new(),
            supply,
        };
        let variables = [
            variable("MODEL_ENDPOINT", false, Supply::Default),
            variable("MODEL_KEY", true, Supply::Missing),
            variable("MODEL", false, Supply::Default),
            variable("MODEL_REGION", false, Supply::Configured),
        ];
        let failure = Failure::failed("worker exited with code 3").detail(
            "chat.py:4  ValueError: MODEL_ENDPOINT, MODEL_KEY and MODEL_REGION are required",
        );
        let next: Vec<String> = told(failure, &variables)
            .next
            .into_iter()
            .map(|step| step.command)
            .collect();
        assert_eq!(
            next,
            [
                "[variables] MODEL_ENDPOINT = \"…\"",
                "[app] secrets = [\"MODEL_KEY\"], and export MODEL_KEY=…"
            ]
        );
    }
}
