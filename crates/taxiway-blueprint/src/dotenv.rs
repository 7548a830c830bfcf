//! `.env.example`: every variable that the code reads, for whoever runs it by hand.

use taxiway_app::Service;
use taxiway_platform::{Platform, Supply, Variable};

use crate::{GeneratedFile, relative};

/// The file, or `None` where the code reads no variable.
pub(crate) fn file(service: &Service, platform: &Platform) -> Option<GeneratedFile> {
    let variables = &platform.service.variables;
    if variables.is_empty() {
        return None;
    }
    let mut lines = vec![
        "# The variables that this project reads. Copy to .env and fill in; never commit .env."
            .to_owned(),
    ];
    for variable in variables {
        lines.push(String::new());
        lines.push(format!("# {}", comment(variable)));
        lines.push(assignment(variable));
    }
    lines.push(String::new());
    Some(GeneratedFile::new(
        relative::join(&service.root, ".env.example"),
        lines.join("\n"),
    ))
}

fn comment(variable: &Variable) -> String {
    let need = if variable.required {
        "Required"
    } else {
        "Optional"
    };
    let secret = if variable.secret { ", secret" } else { "" };
    let place = match variable.places.first() {
        Some(place) => format!(" ({place})"),
        None => String::new(),
    };
    let deployed = match variable.supply {
        Supply::Database { .. } => " When deployed, the platform gives it the database's address.",
        Supply::Hosts => " When deployed, the platform gives it the site's hosts.",
        Supply::Platform { .. } | Supply::Runtime => " When deployed, the platform sets it.",
        Supply::Secret { .. } => " When deployed, it comes from the vault.",
        Supply::Configured => " When deployed, it comes from taxiway.toml.",
        Supply::Default | Supply::Missing => "",
    };
    format!("{need}{secret}{place}.{deployed}")
}

/// A variable that has a default is commented out; no value of a secret is ever written.
fn assignment(variable: &Variable) -> String {
    let value = match &variable.default {
        Some(default) if !variable.secret => quote(default),
        Some(_) | None => String::new(),
    };
    let mark = if variable.required { "" } else { "#" };
    format!("{mark}{}={value}", variable.name)
}

fn quote(value: &str) -> String {
    let is_plain =
        |character: char| character.is_ascii_alphanumeric() || "_-./:@,+%".contains(character);
    if value.chars().all(is_plain) {
        value.to_owned()
    } else {
        let escaped = value
            .replace('\\', "\\\\")
            .replace('"', "\\\"")
            .replace('\n', "\\n");
        format!("\"{escaped}\"")
    }
}
