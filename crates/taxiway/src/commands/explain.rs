//! `taxiway explain`: why something was decided.

use camino::Utf8Path;
use taxiway_platform::{Choice, Platform, Source};

use crate::arguments::Explain;
use crate::exit::Exit;
use crate::failure::{Failure, Outcome};
use crate::left_behind;
use crate::project::Project;
use crate::terminal::{BOLD, DIM, Terminal, columns};

/// Prints one decision with its reason, or all of them in a table.
pub(crate) fn run(
    arguments: &Explain,
    repository: Option<&Utf8Path>,
    terminal: &Terminal,
) -> Outcome {
    let project = Project::open(repository)?;
    left_behind::tell_remembered(&project, terminal);
    let chosen = matching(&project.platform, arguments.key.as_deref())?;
    if terminal.is_json() {
        terminal
            .print_json(&serde_json::json!({ "schema": "taxiway.explain/v1", "choices": chosen }));
    } else if let [only] = chosen.as_slice() {
        terminal.print(explanation(only));
    } else {
        let rows: Vec<Vec<String>> = chosen
            .iter()
            .map(|choice| {
                vec![
                    choice.key.clone(),
                    choice.value.clone(),
                    choice.source.to_string(),
                ]
            })
            .collect();
        terminal.print(columns(&rows, 0));
        terminal.say(format_args!("{DIM}why: taxiway explain KEY{DIM:#}"));
    }
    Ok(Exit::Done)
}

fn matching<'a>(platform: &'a Platform, key: Option<&str>) -> Result<Vec<&'a Choice>, Failure> {
    let Some(key) = key else {
        return Ok(platform.choices.iter().collect());
    };
    if let Some(choice) = platform.choice(key) {
        return Ok(vec![choice]);
    }
    let chosen: Vec<&Choice> = platform
        .choices
        .iter()
        .filter(|choice| choice.key.contains(key))
        .collect();
    if chosen.is_empty() {
        return Err(Failure::usage(format!("nothing was decided about `{key}`"))
            .next("all decisions", "taxiway explain"));
    }
    Ok(chosen)
}

fn explanation(choice: &Choice) -> String {
    let source = match &choice.source {
        Source::Detected { places } => places
            .iter()
            .map(ToString::to_string)
            .collect::<Vec<_>>()
            .join(", "),
        Source::Configured { place } => place.to_string(),
        Source::Default => "default; nobody said otherwise".to_owned(),
    };
    format!(
        "{BOLD}{}{BOLD:#} is {BOLD}{}{BOLD:#}\n  because  {}\n  from     {source}",
        choice.key, choice.value, choice.reason
    )
}
