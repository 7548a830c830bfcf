//! Dynaconf: settings from files, each overridden by a variable with a prefix.
//!
//! The section of production is merged over the default one. What the files name can be set by a variable, and what only the
//! code asks for must be.
//! Source: the documentation of Dynaconf (settings files, environment variables, layered environments, validation, Django and
//! Flask extensions).

use std::rc::Rc;

use camino::Utf8PathBuf;

use super::Spot;
use super::call::Arguments;
use super::configuration_file::{Format, is_a, keeps, kept};
use super::environment::simple_cast;
use super::evaluator::{Evaluator, Frame};
use super::ini::ini_sections;
use super::path::as_path;
use super::value::{Instance, Value};

const SETTINGS: &str = "dynaconf.Dynaconf";
const BOX: &str = "dynaconf.Box";

/// The files that are looked for when none is named.
const USUAL_FILES: [&str; 8] = [
    "settings.toml",
    "settings.yaml",
    "settings.yml",
    "settings.json",
    "settings.ini",
    ".secrets.toml",
    ".secrets.yaml",
    "config/settings.toml",
];

/// The sections of a file by the environment they are for, the weakest first.
const LAYERS: [&str; 4] = ["default", "production", "prod", "global"];

/// How a project uses Dynaconf.
#[derive(Clone, Copy, PartialEq)]
enum Use {
    Alone,
    Django,
    Flask,
}

impl<'a> Evaluator<'a> {
    /// `Dynaconf(…)` and the extensions for Django and Flask; `None` for any other function.
    pub(super) fn make_dynaconf(
        &mut self,
        name: &str,
        arguments: &Arguments<'a>,
        spot: Spot,
        frame: &mut Frame<'a>,
    ) -> Option<Value<'a>> {
        let kind = match name.strip_prefix("dynaconf.")? {
            "Dynaconf" | "LazySettings" => Use::Alone,
            "DjangoDynaconf" | "contrib.DjangoDynaconf" => Use::Django,
            "FlaskDynaconf" | "contrib.FlaskDynaconf" => Use::Flask,
            // `from dynaconf import settings`: what older versions offer.
            _ => return None,
        };
        let option = |own: &Self, frame: &Frame<'a>, name: &str| {
            let long = format!("{}_FOR_DYNACONF", name.to_uppercase());
            arguments
                .named(name)
                .or_else(|| arguments.named(&name.to_uppercase()))
                .or_else(|| arguments.named(&long))
                .cloned()
                .or_else(|| own.lookup(frame, &long))
        };
        let prefix = match option(self, frame, "envvar_prefix") {
            Some(Value::Text(prefix)) => format!("{}_", prefix.to_uppercase()),
            Some(Value::Bool(false) | Value::None) => String::new(),
            _ => match kind {
                Use::Alone => "DYNACONF_",
                Use::Django => "DJANGO_",
                Use::Flask => "FLASK_",
            }
            .to_owned(),
        };
        let files = option(self, frame, "settings_files")
            .or_else(|| option(self, frame, "settings_file"))
            .or_else(|| option(self, frame, "settings_module"));
        let is_layered = match option(self, frame, "environments") {
            Some(Value::Bool(false) | Value::None) => false,
            Some(_) => true,
            None => kind != Use::Alone,
        };
        let root = option(self, frame, "root_path");
        let mut data = Vec::new();
        for path in self.dynaconf_files(files.as_ref(), root.as_ref(), frame) {
            self.add_dynaconf_file(&path, is_layered, &mut data);
        }
        let data = Value::dict(data);
        let values = self.dynaconf_variables(&data, &prefix, spot);
        for validator in option(self, frame, "validators")
            .iter()
            .flat_map(Value::items)
        {
            self.validate(validator, &data, &prefix, spot);
        }
        if kind == Use::Django {
            for (name, value) in values {
                self.assign(frame, &name, value, spot);
            }
        }
        let settings = [(":data", data), (":prefix", Value::text(&prefix))];
        Some(kept(SETTINGS, settings))
    }

    /// The settings files of a project that are there.
    fn dynaconf_files(
        &self,
        named: Option<&Value<'a>>,
        root: Option<&Value<'a>>,
        frame: &Frame<'a>,
    ) -> Vec<Utf8PathBuf> {
        let named: Option<Vec<String>> = named.map(|value| match value {
            Value::List(items) => items
                .iter()
                .filter_map(|item| as_path(item).or_else(|| item.pattern()))
                .map(|path| path.to_string())
                .collect(),
            value => value
                .as_text()
                .unwrap_or_default()
                .split([',', ';'])
                .map(|part| part.trim().to_owned())
                .collect(),
        });
        let names = named.unwrap_or_else(|| USUAL_FILES.map(str::to_owned).to_vec());
        let own = self.modules[frame.module]
            .path
            .parent()
            .unwrap_or("".into());
        let root = root
            .and_then(|root| as_path(root).or_else(|| root.pattern()))
            .map(|path| {
                let path = path.strip_prefix(super::ROOT).unwrap_or(&path).to_owned();
                own.join(path.trim_matches('/'))
            });
        // Where the code is, and above it: the folder that the program is run from is one of these.
        let folders: Vec<Utf8PathBuf> = root
            .into_iter()
            .chain(own.ancestors().map(camino::Utf8Path::to_owned))
            .chain(self.search.iter().cloned())
            .collect();
        let mut found: Vec<Utf8PathBuf> = Vec::new();
        for name in names.iter().take(30) {
            let relative = name
                .strip_prefix(super::ROOT)
                .map(|path| path.trim_start_matches('/'));
            let path = match relative {
                Some(relative) => crate::repository::join("".into(), relative)
                    .filter(|path| self.repository.is_file(path)),
                None => folders.iter().find_map(|folder| {
                    crate::repository::join(folder, name)
                        .filter(|path| self.repository.is_file(path))
                }),
            };
            found.extend(path.filter(|path| !found.contains(path)));
        }
        found
    }

    fn add_dynaconf_file(
        &self,
        path: &Utf8PathBuf,
        is_layered: bool,
        data: &mut Vec<(Value<'a>, Value<'a>)>,
    ) {
        let Some(text) = self.file_text(path.as_str()) else {
            return;
        };
        let parsed = match path.extension() {
            Some("toml") => Format::Toml.parse(&text),
            Some("json") => Format::Json.parse(&text),
            Some("yaml" | "yml") => Format::Yaml.parse(&text),
            Some("ini" | "cfg" | "properties") => Some(from_ini(&text)),
            _ => None,
        };
        let Some(Value::Dict(items)) = parsed else {
            return;
        };
        if !is_layered {
            merge(data, &items);
            return;
        }
        for layer in LAYERS {
            for (name, section) in items.iter() {
                let is_layer = name
                    .as_text()
                    .is_some_and(|name| name.eq_ignore_ascii_case(layer));
                if let (true, Value::Dict(section)) = (is_layer, section) {
                    merge(data, section);
                }
            }
        }
    }

    /// Reads the variable of each setting that the files name.
    fn dynaconf_variables(
        &mut self,
        data: &Value<'a>,
        prefix: &str,
        spot: Spot,
    ) -> Vec<(String, Value<'a>)> {
        let Value::Dict(items) = data else {
            return Vec::new();
        };
        let mut values = Vec::new();
        for (name, value) in items.iter() {
            let Some(name) = name.as_text() else { continue };
            let written = self.written(value, spot);
            let value = match written {
                // Parts of tables have variables of their own, which nobody writes down.
                Value::Dict(_) | Value::List(_) => written,
                written => self.read(
                    &Value::text(&format!("{prefix}{name}")),
                    Some(written),
                    spot,
                ),
            };
            values.push((name.to_owned(), value));
        }
        values
    }

    /// A value as a file has it, with Dynaconf's own markers read.
    fn written(&mut self, value: &Value<'a>, spot: Spot) -> Value<'a> {
        let Some(text) = value.as_text() else {
            return value.clone();
        };
        let Some((marker, rest)) = text
            .strip_prefix('@')
            .map(|text| text.split_once(' ').unwrap_or((text, "")))
        else {
            return value.clone();
        };
        match marker {
            "int" | "bool" => simple_cast(marker, &Value::text(rest)),
            "none" => Value::None,
            "format" | "jinja" => {
                let variable = rest
                    .split_once("env[")
                    .map(|(_, rest)| rest.trim_start_matches(['\'', '"']))
                    .or_else(|| rest.split_once("env.").map(|(_, rest)| rest));
                let name: String = variable
                    .unwrap_or_default()
                    .chars()
                    .take_while(|character| character.is_ascii_alphanumeric() || *character == '_')
                    .collect();
                if name.is_empty() {
                    Value::unknown()
                } else {
                    self.read(&Value::text(&name), None, spot)
                }
            }
            _ => Value::text(rest),
        }
    }

    /// `Validator("NAME", must_exist=True)`: what no file sets, a variable must.
    fn validate(&mut self, validator: &Value<'a>, data: &Value<'a>, prefix: &str, spot: Spot) {
        let Value::Instance(validator) = validator else {
            return;
        };
        let is_true = |name: &str| keeps(validator, name) == Some(&Value::Bool(true));
        let is_needed = is_true("must_exist") || is_true("required");
        let default = keeps(validator, "default").cloned();
        for index in 0..20 {
            let Some(name) = keeps(validator, &index.to_string()).and_then(Value::as_text) else {
                return;
            };
            let upper = name.to_uppercase();
            if data.get(&upper).is_none()
                && !upper.contains('.')
                && (is_needed || default.is_some())
            {
                self.read(
                    &Value::text(&format!("{prefix}{upper}")),
                    default.clone(),
                    spot,
                );
            }
        }
    }

    /// `settings.NAME`, `settings["NAME"]` and what is below tables; `None` for any other object.
    pub(super) fn dynaconf_item(
        &mut self,
        instance: &Rc<Instance<'a>>,
        name: &str,
        spot: Spot,
    ) -> Option<Value<'a>> {
        const METHODS: [&str; 12] = [
            "get",
            "exists",
            "from_env",
            "setenv",
            "configure",
            "validators",
            "as_int",
            "as_bool",
            "as_float",
            "reload",
            "set",
            "load_file",
        ];
        let (is_top, is_box) = (is_a(instance, SETTINGS), is_a(instance, BOX));
        if (!is_top && !is_box) || METHODS.contains(&name) || name.starts_with("__") {
            return None;
        }
        self.dynaconf_value(instance, name, None, spot)
    }

    fn dynaconf_value(
        &mut self,
        instance: &Rc<Instance<'a>>,
        name: &str,
        default: Option<Value<'a>>,
        spot: Spot,
    ) -> Option<Value<'a>> {
        let prefix = keeps(instance, ":prefix")?.as_text()?.to_owned();
        let data = keeps(instance, ":data")?;
        // Names at the top are upper case, and are asked for in any case.
        let key = if is_a(instance, SETTINGS) {
            name.to_uppercase()
        } else {
            name.to_owned()
        };
        let found = data
            .get(&key)
            .or_else(|| data.get(&key.to_lowercase()))
            .cloned();
        let variable = format!("{prefix}{}", key.to_uppercase());
        Some(match found {
            Some(table @ Value::Dict(_)) => {
                let below = Value::text(&format!("{variable}__"));
                kept(BOX, [(":data", table), (":prefix", below)])
            }
            Some(list @ Value::List(_)) => list,
            Some(value) => {
                let written = self.written(&value, spot);
                self.read(&Value::text(&variable), Some(written), spot)
            }
            None => self.read(&Value::text(&variable), default, spot),
        })
    }

    /// A method of Dynaconf's settings, or a call of them; `None` for any other object.
    pub(super) fn call_dynaconf(
        &mut self,
        instance: &Rc<Instance<'a>>,
        method: &str,
        arguments: &Arguments<'a>,
        spot: Spot,
    ) -> Option<Value<'a>> {
        if !is_a(instance, SETTINGS) && !is_a(instance, BOX) {
            return None;
        }
        let name = arguments.text(0)?.to_owned();
        let default = arguments.get(1, "default").cloned();
        let value = match method {
            "get" => self.dynaconf_value(instance, &name, default.or(Some(Value::None)), spot),
            "__call__" => self.dynaconf_value(instance, &name, default, spot),
            "as_int" | "as_bool" => {
                let value = self.dynaconf_value(instance, &name, None, spot)?;
                let cast = method.trim_start_matches("as_");
                Some(value.map(|value| simple_cast(cast, value)))
            }
            _ => None,
        };
        Some(value.unwrap_or_else(|| arguments.unsure()))
    }
}

/// The sections of an ini file as tables.
fn from_ini<'a>(text: &str) -> Value<'a> {
    let sections = ini_sections(text).into_iter().map(|(name, options)| {
        let options = options
            .into_iter()
            .map(|(name, value)| (Value::text(&name), Value::text(&value)));
        (Value::text(&name), Value::dict(options.collect()))
    });
    Value::dict(sections.collect())
}

/// Merges settings over others, with names in upper case.
fn merge<'a>(into: &mut Vec<(Value<'a>, Value<'a>)>, from: &[(Value<'a>, Value<'a>)]) {
    for (name, value) in from {
        let Some(name) = name.as_text() else { continue };
        if name == "dynaconf_merge" || name == "dynaconf_include" {
            continue;
        }
        let name = Value::text(&name.to_uppercase());
        match into.iter_mut().find(|(own, _)| *own == name) {
            Some((_, found)) => *found = value.clone(),
            None => into.push((name, value.clone())),
        }
    }
}
