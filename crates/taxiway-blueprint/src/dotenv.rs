//! `.env.example`: every variable that the code reads, for whoever runs it by hand.

use taxiway_app::Service;
use taxiway_platform::{Part, Platform, Supply, Variable};

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
    let shape = Shape::of(variable);
    let places: Vec<String> = variable.places.iter().map(ToString::to_string).collect();
    let place = if places.is_empty() {
        String::new()
    } else {
        format!(" Read in {}.", places.join(", "))
    };
    let deployed = match variable.supply {
        Supply::Database { .. } => " When deployed, the platform gives it the database's address.",
        Supply::Hosts => " When deployed, the platform gives it the site's hosts.",
        Supply::Platform { .. } | Supply::Runtime => " When deployed, the platform sets it.",
        Supply::Secret { .. } => " When deployed, it comes from the vault.",
        Supply::Configured => " When deployed, it comes from taxiway.toml.",
        Supply::Default | Supply::Missing => "",
    };
    format!("{need}{secret}: {}.{place}{deployed}", shape.text())
}

/// What a value looks like, by what the platform puts there, what the code uses without one, and how it is named.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Shape {
    Switch,
    Number,
    Hosts,
    Addresses,
    DatabaseUrl,
    CacheUrl,
    Url,
    Mail,
    Host,
    Random,
    Credential,
    Text,
}

impl Shape {
    fn of(variable: &Variable) -> Self {
        let named = |ends: &[&str]| ends.iter().any(|end| variable.name.ends_with(end));
        let default = variable.default.as_deref().unwrap_or_default();
        let is_word = |words: &[&str]| words.contains(&default.to_lowercase().as_str());
        let is_number = !default.is_empty() && default.bytes().all(|byte| byte.is_ascii_digit());
        match &variable.supply {
            Supply::Database { part: Part::Url } => return Self::DatabaseUrl,
            Supply::Database { part: Part::Host } => return Self::Host,
            Supply::Database { part: Part::Port } => return Self::Number,
            Supply::Hosts => return Self::Hosts,
            _ => {}
        }
        let is_own_key = |name: &str| {
            matches!(
                name,
                "SECRET_KEY" | "DJANGO_SECRET_KEY" | "FLASK_SECRET_KEY" | "APP_SECRET_KEY"
            )
        };
        if is_own_key(&variable.name) {
            Self::Random
        } else if named(&["REDIS_URL", "BROKER_URL", "CACHE_URL"]) {
            Self::CacheUrl
        } else if named(&["_ORIGINS", "_URLS"]) {
            Self::Addresses
        } else if named(&["_HOSTS"]) {
            Self::Hosts
        } else if is_word(&["true", "false", "yes", "no", "on", "off"])
            || named(&["DEBUG", "_ENABLED", "_TLS", "_SSL"])
        {
            Self::Switch
        } else if is_number || named(&["_PORT", "_SECONDS", "_TIMEOUT", "_SIZE", "_DAYS"]) {
            Self::Number
        } else if default.contains("://") || named(&["_URL", "_URI", "_DSN", "_ENDPOINT"]) {
            Self::Url
        } else if default.contains('@') || named(&["_EMAIL", "_FROM"]) {
            Self::Mail
        } else if named(&["_HOST"]) {
            Self::Host
        } else if variable.secret {
            Self::Credential
        } else {
            Self::Text
        }
    }

    /// Its name, and an example where the name alone does not say it.
    const fn text(self) -> &'static str {
        match self {
            Self::Switch => "a switch, such as `true` or `false`",
            Self::Number => "a number",
            Self::Hosts => "hosts with commas between, such as `localhost,127.0.0.1`",
            Self::Addresses => "addresses with commas between, such as `http://localhost:8000`",
            Self::DatabaseUrl => {
                "an address, such as `postgresql://user:password@localhost:5432/name`"
            }
            Self::CacheUrl => "an address, such as `redis://localhost:6379/0`",
            Self::Url => "an address, such as `https://example.com/path`",
            Self::Mail => "a mail address, such as `somebody@example.com`",
            Self::Host => "a host, such as `localhost`",
            Self::Random => "random text of 50 characters at least",
            Self::Credential => "a credential, as its service gives it",
            Self::Text => "text",
        }
    }
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
