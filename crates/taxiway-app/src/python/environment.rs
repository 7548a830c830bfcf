//! Reading the environment: `os.environ` and the libraries around it.
//!
//! Sources: the documentation of django-environ, environs, python-decouple, dj-database-url, Starlette's `Config` and
//! pydantic-settings.

use std::collections::BTreeSet;
use std::rc::Rc;

use super::Spot;
use super::call::{Arguments, external_bases};
use super::evaluator::{Evaluator, Frame, Read};
use super::value::{Binding, Class, HOLE, Instance, Scope, Value};

/// The names of the classes whose objects read the environment when they are called.
const READERS: [&str; 11] = [
    "environ.Env",
    "environ.FileAwareEnv",
    "environs.Env",
    "environs.FileAwareEnv",
    "decouple.config",
    "decouple.Config",
    "decouple.AutoConfig",
    "starlette.config.Config",
    "getenv.env",
    "prettyconf.config",
    "envparse.env",
];

/// Whether an object reads the environment when it is called.
pub(crate) fn is_reader(instance: &Instance<'_>) -> bool {
    matches!(&instance.class, Value::External(name) if READERS.contains(&&**name))
}

/// An object that reads the environment.
pub(crate) fn reader<'a>(class: &str, arguments: &Arguments<'a>) -> Value<'a> {
    let mut attributes = Scope::new();
    // django-environ: `Env(DEBUG=(bool, False))` gives casts and defaults.
    for (name, value) in &arguments.named {
        attributes.insert(
            format!("scheme:{name}").into(),
            Binding {
                value: value.clone(),
                spots: Vec::new(),
            },
        );
    }
    Value::Instance(Rc::new(Instance {
        class: Value::External(class.into()),
        attributes,
    }))
}

/// The reader with a prefix for all names, as inside of `with env.prefixed(…)`.
pub(crate) fn with_prefix<'a>(value: &Value<'a>, prefix: &str) -> Value<'a> {
    let Value::Instance(instance) = value else {
        return value.clone();
    };
    let mut instance = (**instance).clone();
    let before = match instance.attributes.get("prefix") {
        Some(binding) => binding.value.as_text().unwrap_or_default().to_owned(),
        None => String::new(),
    };
    instance.attributes.insert(
        "prefix".into(),
        Binding {
            value: Value::text(&format!("{before}{prefix}")),
            spots: Vec::new(),
        },
    );
    Value::Instance(Rc::new(instance))
}

impl<'a> Evaluator<'a> {
    /// The value of a variable: `default` with an empty environment, and what someone sets.
    pub(crate) fn read(
        &mut self,
        name: &Value<'a>,
        default: Option<Value<'a>>,
        spot: Spot,
    ) -> Value<'a> {
        let names: Vec<Rc<str>> = name
            .alternatives()
            .into_iter()
            .filter_map(|name| name.as_text().map(Rc::from))
            .collect();
        let spot = self.call_spot.unwrap_or(spot);
        let mut given = Vec::new();
        let mut default = default;
        let mut is_known = false;
        for name in names {
            if !is_variable_name(&name) {
                continue;
            }
            is_known = true;
            let set = self.environment.get(&name).cloned();
            if default.is_none() && set.is_none() {
                self.bare_reads += 1;
            }
            self.note(Read {
                name: name.clone(),
                spot,
                default: default.clone(),
                required: default.is_none() && set.is_none() && self.conditional == 0,
                is_connection: false,
            });
            if let Some(set) = set {
                default = Some(set);
            }
            given.push(Value::from_environment(&name));
        }
        if !is_known {
            return default.map_or_else(Value::unknown, |default| Value::made_from([&default]));
        }
        Value::choice(default, given)
    }

    fn note(&mut self, read: Read<'a>) {
        match self
            .reads
            .iter_mut()
            .find(|known| known.name == read.name && known.spot == read.spot)
        {
            Some(known) => known.required |= read.required,
            None => self.reads.push(read),
        }
    }

    /// Notes that a variable holds the address of a service.
    pub(crate) fn note_connection(&mut self, value: &Value<'a>) {
        let names = value.names();
        for read in &mut self.reads {
            if names.contains(&read.name) {
                read.is_connection = true;
            }
        }
    }

    /// `name in os.environ`.
    pub(crate) fn is_set(&mut self, name: &Value<'a>, spot: Spot) -> Value<'a> {
        let Some(text) = name.as_text().map(Rc::<str>::from) else {
            return Value::unknown();
        };
        if !is_variable_name(&text) {
            return Value::Bool(false);
        }
        let spot = self.call_spot.unwrap_or(spot);
        self.note(Read {
            name: text.clone(),
            spot,
            default: Some(Value::None),
            required: false,
            is_connection: false,
        });
        let is_default = self.environment.contains_key(&text);
        let other = Value::Unknown {
            names: Rc::new(BTreeSet::from([text])),
            text: None,
        };
        // The other answer keeps the name, so that the condition is known to depend on it.
        Value::choice(Some(Value::Bool(is_default)), vec![other])
    }

    /// Whether a condition asks if variables are there at all.
    pub(crate) fn is_presence(&self, condition: &Value<'a>) -> bool {
        let names = condition.names();
        !names.is_empty()
            && names.iter().all(|name| {
                self.reads
                    .iter()
                    .filter(|read| read.name == *name)
                    .any(|read| match &read.default {
                        None => false,
                        Some(default) => {
                            matches!(default, Value::None) || default.as_text() == Some("")
                        }
                    })
            })
    }

    /// Calls an object that reads the environment, or one of its methods.
    pub(crate) fn call_reader(
        &mut self,
        instance: &Rc<Instance<'a>>,
        method: &str,
        arguments: &Arguments<'a>,
        spot: Spot,
        frame: &mut Frame<'a>,
    ) -> Value<'a> {
        let Value::External(class) = &instance.class else {
            return arguments.unsure();
        };
        let is_django_environ = class.starts_with("environ.");
        match method {
            "read_env" | "read_envfile" | "seal" | "load" => return Value::None,
            "prefixed" => return Value::Instance(instance.clone()),
            _ => {}
        }
        let connection = connection_of(method);
        let first = arguments
            .positional
            .first()
            .or_else(|| arguments.named("var"))
            .or_else(|| arguments.named("name"))
            .cloned();
        let name = match (first, connection) {
            (Some(name), _) => name,
            (None, Some(kind)) => Value::text(kind.variable()),
            (None, None) => return arguments.unsure(),
        };
        let prefix = match instance.attributes.get("prefix") {
            Some(binding) => binding.value.as_text().unwrap_or_default().to_owned(),
            None => String::new(),
        };
        let name = name.map(|name| match name.as_text() {
            Some(name) => Value::text(&format!("{prefix}{name}")),
            None => name.clone(),
        });
        let scheme = name
            .as_text()
            .and_then(|name| instance.attributes.get(&*format!("scheme:{name}")))
            .map(|binding| binding.value.clone());
        // django-environ's `env(name, cast, default)` against `env(name, default)` of the others.
        let is_plain = matches!(method, "__call__" | "get_value");
        let position = if is_django_environ && is_plain { 2 } else { 1 };
        let mut default = arguments.get(position, "default").cloned();
        let mut cast = match (is_plain, method) {
            (true, _) => arguments
                .named("cast")
                .or_else(|| {
                    is_django_environ
                        .then(|| arguments.positional.get(1))
                        .flatten()
                })
                .or_else(|| {
                    class
                        .starts_with("starlette")
                        .then(|| arguments.positional.get(1))
                        .flatten()
                })
                .cloned(),
            (false, method) => Some(Value::External(format!("cast.{method}").into())),
        };
        if let Some(Value::List(scheme)) = &scheme {
            cast = cast.or_else(|| scheme.first().cloned());
            default = default.or_else(|| scheme.get(1).cloned());
        } else if let Some(scheme) = scheme {
            cast = cast.or(Some(scheme));
        }
        let value = self.read(&name, default, spot);
        if let Some(kind) = connection {
            self.note_connection(&value);
            return value.map(|value| kind.settings(value));
        }
        match cast {
            Some(cast) => self.cast(&cast, &value, spot, frame),
            None => value,
        }
    }

    /// Applies a cast to what was read.
    fn cast(
        &mut self,
        cast: &Value<'a>,
        value: &Value<'a>,
        spot: Spot,
        frame: &mut Frame<'a>,
    ) -> Value<'a> {
        let alternatives: Vec<Value<'a>> = value.alternatives().into_iter().cloned().collect();
        let has_default = value.default().is_some();
        let mut results: Vec<Value<'a>> = alternatives
            .iter()
            .map(|value| match cast {
                Value::External(name) => simple_cast(name.rsplit('.').next().unwrap_or(""), value),
                Value::Instance(_) | Value::List(_) => simple_cast("list", value),
                Value::Function(_) | Value::Class(_) => {
                    let arguments = Arguments {
                        positional: vec![value.clone()],
                        named: Vec::new(),
                    };
                    self.invoke(cast, arguments, spot, frame)
                }
                _ => value.clone(),
            })
            .collect();
        let default = (has_default && !results.is_empty()).then(|| results.remove(0));
        Value::choice(default, results)
    }

    /// An object of a class of pydantic's settings, with a variable for each field; `None` for any other class.
    pub(crate) fn construct_settings(
        &mut self,
        class: &Rc<Class<'a>>,
        arguments: &Arguments<'a>,
    ) -> Option<Value<'a>> {
        let is_settings = external_bases(class).iter().any(|base| {
            matches!(
                &**base,
                "pydantic_settings.BaseSettings"
                    | "pydantic.BaseSettings"
                    | "pydantic.v1.BaseSettings"
                    | "pydantic_settings.main.BaseSettings"
                    | "pydantic.env_settings.BaseSettings"
            )
        });
        if !is_settings {
            return None;
        }
        let mut attributes = Scope::new();
        self.read_fields(class, "", arguments, &mut attributes, 0);
        Some(Value::Instance(Rc::new(Instance {
            class: Value::Class(class.clone()),
            attributes,
        })))
    }

    fn read_fields(
        &mut self,
        class: &Rc<Class<'a>>,
        outer: &str,
        arguments: &Arguments<'a>,
        attributes: &mut Scope<'a>,
        depth: u32,
    ) {
        if depth > 8 {
            return;
        }
        for base in &class.bases {
            if let Value::Class(base) = base {
                self.read_fields(base, outer, arguments, attributes, depth + 1);
            }
        }
        let prefix = format!("{outer}{}", settings_prefix(class));
        for field in &class.fields {
            let name = &field.name;
            if &**name == "model_config" || is_class_variable(field.annotation) {
                continue;
            }
            let (default, alias) = field_default(field.default.as_ref());
            if let Some(given) = arguments.named(name) {
                attributes.insert(
                    name.clone(),
                    Binding {
                        value: given.clone(),
                        spots: vec![field.spot],
                    },
                );
                continue;
            }
            let variable = alias.unwrap_or_else(|| format!("{prefix}{name}").to_uppercase());
            let optional = is_optional(field.annotation) && class_is_first_version(class);
            let default = default.or_else(|| optional.then_some(Value::None));
            let outer_call = self.call_spot.replace(field.spot);
            let value = self.read(&Value::text(&variable), default, field.spot);
            self.call_spot = outer_call;
            if is_address(field.annotation) {
                self.note_connection(&value);
            }
            attributes.insert(
                name.clone(),
                Binding {
                    value,
                    spots: vec![field.spot],
                },
            );
        }
    }
}

/// Whether a text can be the name of a variable.
fn is_variable_name(name: &str) -> bool {
    !name.is_empty()
        && name.len() < 100
        && name
            .chars()
            .all(|character| character.is_ascii_alphanumeric() || character == '_')
}

/// A service that one variable describes with a URL.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Connection {
    Database,
    Cache,
    Email,
    Search,
    Channels,
}

fn connection_of(method: &str) -> Option<Connection> {
    Some(match method {
        "db" | "db_url" | "dj_db_url" => Connection::Database,
        "cache" | "cache_url" | "dj_cache_url" => Connection::Cache,
        "email" | "email_url" | "dj_email_url" => Connection::Email,
        "search_url" => Connection::Search,
        "channels" | "channels_url" => Connection::Channels,
        _ => return None,
    })
}

impl Connection {
    const fn variable(self) -> &'static str {
        match self {
            Self::Database => "DATABASE_URL",
            Self::Cache => "CACHE_URL",
            Self::Email => "EMAIL_URL",
            Self::Search => "SEARCH_URL",
            Self::Channels => "CHANNELS_URL",
        }
    }

    /// Django's settings that a URL means.
    pub(crate) fn settings<'a>(self, url: &Value<'a>) -> Value<'a> {
        let url = match url {
            Value::Dict(_) => return url.clone(),
            Value::None => return Value::dict(Vec::new()),
            url => url,
        };
        let pattern = url.pattern();
        let scheme = pattern
            .as_deref()
            .and_then(|text| text.split_once(':'))
            .map(|(scheme, _)| scheme)
            .filter(|scheme| !scheme.contains(HOLE));
        let named = |class: Option<&str>| match class {
            Some(class) => Value::text(class),
            None => Value::made_from([url]),
        };
        let key = |key: &str| Value::text(key);
        match self {
            Self::Database => {
                let mut items = vec![(key("ENGINE"), named(scheme.and_then(engine_of)))];
                for part in ["NAME", "USER", "PASSWORD", "HOST", "PORT"] {
                    items.push((key(part), Value::made_from([url])));
                }
                items.push((key(URL_KEY), url.clone()));
                Value::dict(items)
            }
            Self::Cache => Value::dict(vec![
                (key("BACKEND"), named(scheme.and_then(cache_of))),
                (key("LOCATION"), url.clone()),
            ]),
            Self::Email => Value::dict(vec![
                (key("EMAIL_BACKEND"), named(scheme.and_then(email_of))),
                (key("EMAIL_HOST"), Value::made_from([url])),
                (key("EMAIL_HOST_PASSWORD"), Value::made_from([url])),
            ]),
            Self::Search => Value::dict(vec![
                (key("ENGINE"), named(scheme.and_then(search_of))),
                (key("URL"), url.clone()),
            ]),
            Self::Channels => Value::dict(vec![
                (
                    key("BACKEND"),
                    named(scheme.map(|_| "channels_redis.core.RedisChannelLayer")),
                ),
                (key("CONFIG"), url.clone()),
            ]),
        }
    }
}

/// The key under which the settings of a database keep the URL they were made from.
pub(crate) const URL_KEY: &str = "\u{1}url";

fn engine_of(scheme: &str) -> Option<&'static str> {
    Some(match scheme.split('+').next().unwrap_or(scheme) {
        "postgres" | "postgresql" | "psql" | "pgsql" | "timescale" | "redshift" | "cockroach"
        | "postgresqlconnect" => "django.db.backends.postgresql",
        "postgis" | "timescalegis" => "django.contrib.gis.db.backends.postgis",
        "mysql" | "mysql2" | "mysql-connector" => "django.db.backends.mysql",
        "mysqlgis" => "django.contrib.gis.db.backends.mysql",
        "sqlite" => "django.db.backends.sqlite3",
        "spatialite" => "django.contrib.gis.db.backends.spatialite",
        "mssql" | "mssqlms" => "mssql",
        "oracle" | "oraclegis" => "django.db.backends.oracle",
        _ => return None,
    })
}

fn cache_of(scheme: &str) -> Option<&'static str> {
    Some(match scheme {
        "redis" | "rediss" | "rediscache" | "redis+socket" => "django_redis.cache.RedisCache",
        "memcache" | "pymemcache" | "pymemcached" => {
            "django.core.cache.backends.memcached.PyMemcacheCache"
        }
        "dbcache" => "django.core.cache.backends.db.DatabaseCache",
        "dummycache" | "dummy" => "django.core.cache.backends.dummy.DummyCache",
        "filecache" | "file" => "django.core.cache.backends.filebased.FileBasedCache",
        "locmemcache" | "locmem" => "django.core.cache.backends.locmem.LocMemCache",
        _ => return None,
    })
}

fn email_of(scheme: &str) -> Option<&'static str> {
    Some(match scheme {
        "smtp" | "smtps" | "smtp+tls" | "smtp+ssl" | "submission" => {
            "django.core.mail.backends.smtp.EmailBackend"
        }
        "consolemail" | "console" => "django.core.mail.backends.console.EmailBackend",
        "filemail" | "file" => "django.core.mail.backends.filebased.EmailBackend",
        "memorymail" | "memory" => "django.core.mail.backends.locmem.EmailBackend",
        "dummymail" | "dummy" => "django.core.mail.backends.dummy.EmailBackend",
        _ => return None,
    })
}

fn search_of(scheme: &str) -> Option<&'static str> {
    Some(match scheme {
        "elasticsearch" | "elasticsearch2" | "elasticsearch5" | "elasticsearch7" => {
            "haystack.backends.elasticsearch_backend.ElasticsearchSearchEngine"
        }
        "solr" => "haystack.backends.solr_backend.SolrEngine",
        "whoosh" => "haystack.backends.whoosh_backend.WhooshEngine",
        "simple" => "haystack.backends.simple_backend.SimpleEngine",
        _ => return None,
    })
}

/// A cast by the name of a type or of a reader's method.
pub(crate) fn simple_cast<'a>(kind: &str, value: &Value<'a>) -> Value<'a> {
    match (kind, value) {
        (_, Value::None) => Value::None,
        ("bool" | "boolean" | "strtobool" | "asbool", Value::Text(text)) => Value::Bool(matches!(
            text.trim().to_lowercase().as_str(),
            "1" | "true" | "yes" | "y" | "on" | "t" | "ok"
        )),
        ("bool" | "boolean", Value::Int(number)) => Value::Bool(*number != 0),
        ("int", Value::Text(text)) => text
            .trim()
            .parse()
            .map_or_else(|_| Value::unknown(), Value::Int),
        ("int", Value::Bool(value)) => Value::Int(i64::from(*value)),
        ("str" | "unicode" | "url", Value::Unknown { .. }) => value.clone(),
        ("list" | "tuple" | "set" | "Csv" | "CommaSeparatedStrings" | "csv", Value::Text(text)) => {
            Value::list(
                text.split(',')
                    .map(str::trim)
                    .filter(|part| !part.is_empty())
                    .map(Value::text)
                    .collect(),
            )
        }
        ("path" | "Path", Value::Text(text)) => Value::Path(text.clone()),
        ("str" | "unicode" | "url" | "__call__" | "Secret" | "URL", value) => value.clone(),
        (_, Value::Unknown { .. }) => Value::made_from([value]),
        (_, value) => value.clone(),
    }
}

/// The prefix of the variables of a settings class.
fn settings_prefix(class: &Class<'_>) -> String {
    fn find(class: &Class<'_>, depth: u32) -> Option<String> {
        if depth > 8 {
            return None;
        }
        if let Some(binding) = class.attributes.get("model_config") {
            let prefix = match &binding.value {
                Value::Instance(instance) => instance
                    .attributes
                    .get("env_prefix")
                    .and_then(|binding| binding.value.as_text().map(str::to_owned)),
                value => value
                    .get("env_prefix")
                    .and_then(|value| value.as_text().map(str::to_owned)),
            };
            return Some(prefix.unwrap_or_default());
        }
        if let Some(binding) = class.attributes.get("Config")
            && let Value::Class(config) = &binding.value
            && let Some(prefix) = config.attributes.get("env_prefix")
        {
            return prefix.value.as_text().map(str::to_owned);
        }
        class.bases.iter().find_map(|base| match base {
            Value::Class(base) => find(base, depth + 1),
            _ => None,
        })
    }
    find(class, 0).unwrap_or_default()
}

/// Pydantic before version 2 takes `Optional[…]` without a default for `None`.
fn class_is_first_version(class: &Class<'_>) -> bool {
    external_bases(class).iter().any(|base| {
        &**base == "pydantic.BaseSettings"
            || base.starts_with("pydantic.v1")
            || base.starts_with("pydantic.env_settings")
    })
}

/// The default of a field, and the variable it names for itself.
fn field_default<'a>(default: Option<&Value<'a>>) -> (Option<Value<'a>>, Option<String>) {
    let Some(default) = default else {
        return (None, None);
    };
    let Value::Instance(field) = default else {
        return (Some(default.clone()), None);
    };
    if !matches!(&field.class, Value::External(name) if name.ends_with(".Field")) {
        return (Some(default.clone()), None);
    }
    let attribute = |name: &str| {
        field
            .attributes
            .get(name)
            .map(|binding| binding.value.clone())
    };
    let alias = ["validation_alias", "env", "alias"]
        .into_iter()
        .find_map(&attribute)
        .and_then(|alias| match &alias {
            Value::Text(text) => Some(text.to_string()),
            Value::List(items) => items
                .first()
                .and_then(|item| item.as_text().map(str::to_owned)),
            Value::Instance(choices) => choices
                .attributes
                .get("0")
                .and_then(|binding| binding.value.as_text().map(str::to_owned)),
            _ => None,
        })
        .map(|name| name.to_uppercase());
    let value = attribute("default")
        .or_else(|| attribute("0"))
        .or_else(|| attribute("default_factory").map(|_| Value::unknown()));
    let value = value
        .filter(|value| !matches!(value, Value::External(name) if &**name == "builtins.Ellipsis"));
    (value, alias)
}

fn annotation_text(annotation: &ruff_python_ast::Expr) -> String {
    use ruff_python_ast::Expr;
    match annotation {
        Expr::Name(name) => name.id.to_string(),
        Expr::Attribute(attribute) => attribute.attr.to_string(),
        Expr::Subscript(subscript) => format!(
            "{}[{}]",
            annotation_text(&subscript.value),
            annotation_text(&subscript.slice)
        ),
        Expr::BinOp(operation) => format!(
            "{}|{}",
            annotation_text(&operation.left),
            annotation_text(&operation.right)
        ),
        Expr::Tuple(tuple) => tuple
            .elts
            .iter()
            .take(8)
            .map(annotation_text)
            .collect::<Vec<_>>()
            .join(","),
        Expr::NoneLiteral(_) => "None".to_owned(),
        _ => String::new(),
    }
}

fn is_class_variable(annotation: &ruff_python_ast::Expr) -> bool {
    annotation_text(annotation).starts_with("ClassVar")
}

fn is_optional(annotation: &ruff_python_ast::Expr) -> bool {
    let text = annotation_text(annotation);
    text.starts_with("Optional") || text.split('|').any(|part| part == "None")
}

fn is_address(annotation: &ruff_python_ast::Expr) -> bool {
    let text = annotation_text(annotation);
    [
        "PostgresDsn",
        "MySQLDsn",
        "RedisDsn",
        "AmqpDsn",
        "MongoDsn",
        "DatabaseURL",
    ]
    .iter()
    .any(|name| text.contains(name))
}
