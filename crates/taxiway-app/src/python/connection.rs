//! Services that one variable describes with a URL, as the libraries for Django read it.
//!
//! Sources: the documentation of django-environ, dj-database-url, django-cache-url and dj-email-url.

use super::value::{HOLE, Value};

/// A service that one variable describes with a URL.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Connection {
    Database,
    Cache,
    Email,
    Search,
    Channels,
}

pub(super) fn connection_of(method: &str) -> Option<Connection> {
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
    pub(super) const fn variable(self) -> &'static str {
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
