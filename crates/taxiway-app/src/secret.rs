//! Which variables hold credentials, by their names.

/// Last words of names that only describe a credential.
const ABOUT: [&str; 30] = [
    "FILE",
    "PATH",
    "NAME",
    "EXPIRE",
    "EXPIRY",
    "MINUTES",
    "HOURS",
    "DAYS",
    "SECONDS",
    "AGE",
    "LIFETIME",
    "LENGTH",
    "PREFIX",
    "HEADER",
    "ALGORITHM",
    "URL",
    "TTL",
    "TIMEOUT",
    "ENABLED",
    "REQUIRED",
    "COOKIE",
    "TYPE",
    "FIELD",
    "ISSUER",
    "AUDIENCE",
    "VALIDATORS",
    "HASHERS",
    "ENDPOINT",
    "ID",
    "LIMIT",
];

/// Last words of names of credentials.
const WORDS: [&str; 14] = [
    "PASSWORD",
    "PASSWD",
    "PASS",
    "PWD",
    "PASSPHRASE",
    "SECRET",
    "SECRETS",
    "TOKEN",
    "CREDENTIALS",
    "CREDENTIAL",
    "DSN",
    "APIKEY",
    "SECRETKEY",
    "CONNECTIONSTRING",
];

/// Whether a variable of this name holds a credential.
pub(crate) fn is_secret(name: &str) -> bool {
    let upper = name.to_uppercase();
    let parts: Vec<&str> = upper.split('_').filter(|part| !part.is_empty()).collect();
    let Some(last) = parts.last() else {
        return false;
    };
    let has = |wanted: &[&str]| parts.iter().any(|part| wanted.contains(part));
    if ABOUT.contains(last) {
        let is_address = *last == "URL"
            && has(&[
                "DATABASE",
                "DB",
                "POSTGRES",
                "POSTGRESQL",
                "MYSQL",
                "MONGO",
                "MONGODB",
                "AMQP",
                "CLOUDAMQP",
                "RABBITMQ",
                "SQLALCHEMY",
            ]);
        return is_address;
    }
    if WORDS.contains(last) {
        return true;
    }
    if has(&["SECRET"]) && !has(&["PUBLIC"]) {
        return true;
    }
    if *last == "STRING" && has(&["CONNECTION"]) {
        return true;
    }
    if *last == "URI" && has(&["DATABASE", "MONGO", "MONGODB", "SQLALCHEMY"]) {
        return true;
    }
    if matches!(*last, "KEY" | "KEYS" | "SALT" | "PEPPER") {
        return !has(&[
            "PUBLIC",
            "PUBLISHABLE",
            "SITE",
            "CACHE",
            "PREFIX",
            "CLIENT",
            "SORT",
            "PARTITION",
            "ANALYTICS",
            "OBJECT",
            "IDEMPOTENCY",
        ]) || has(&["SECRET", "PRIVATE"]);
    }
    [
        "PASSWORD",
        "DBPASS",
        "SECRETKEY",
        "APIKEY",
        "ACCESSTOKEN",
        "CONNECTIONSTRING",
        "PRIVATEKEY",
        "AUTHTOKEN",
    ]
    .iter()
    .any(|ending| upper.ends_with(ending))
}

#[cfg(test)]
mod tests {
    use super::is_secret;

    #[test]
    fn names_tell() {
        for name in [
            "SECRET_KEY",
            "DJANGO_SECRET_KEY",
            "DB_PASSWORD",
            "DBPASS",
            "STRIPE_API_KEY",
            "AWS_SECRET_ACCESS_KEY",
            "DATABASE_URL",
            "AWS_SESSION_TOKEN",
            "AZURE_REDIS_CONNECTIONSTRING",
            "OAUTH2_OSM_SECRET",
            "SENTRY_DSN",
            "ENCRYPTION_KEY",
        ] {
            assert!(is_secret(name), "{name}");
        }
        for name in [
            "DEBUG",
            "ACCESS_TOKEN_EXPIRE_MINUTES",
            "JWT_TOKEN_PREFIX",
            "STRIPE_PUBLIC_KEY",
            "CACHE_KEY_PREFIX",
            "AUTH_URL",
            "AWS_ACCESS_KEY_ID",
            "RECAPTCHA_PUBLIC_KEY",
            "LD_CONTEXT_PATH",
            "SECRET_KEY_FILE",
            "OIDC_OP_TOKEN_ENDPOINT",
        ] {
            assert!(!is_secret(name), "{name}");
        }
    }
}
