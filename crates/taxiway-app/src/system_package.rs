//! Libraries and programs of the operating system that a service needs.

use crate::document::Distribution;
use crate::evidence::Survey;
use crate::evidence::role::is_development_path;
use crate::manifest::installation::Installation;
use crate::python_apps::uses_gis;

/// What a distribution needs beside what its wheel brings. Sources: the installation notes of these projects.
const NEEDS: [(&str, &[&str]); 27] = [
    ("psycopg2", &["libpq"]),
    ("psycopg-c", &["libpq"]),
    ("mysqlclient", &["mysql-client"]),
    ("python-ldap", &["ldap"]),
    ("django-auth-ldap", &["ldap"]),
    ("python-magic", &["libmagic"]),
    ("xmlsec", &["xmlsec"]),
    ("python3-saml", &["xmlsec"]),
    ("djangosaml2", &["xmlsec"]),
    ("pysaml2", &["xmlsec"]),
    ("weasyprint", &["pango"]),
    ("pdfkit", &["wkhtmltopdf"]),
    ("pytesseract", &["tesseract"]),
    ("pdf2image", &["poppler"]),
    ("pdftotext", &["poppler"]),
    ("gdal", &["gdal"]),
    ("pyodbc", &["unixodbc"]),
    ("pycurl", &["libcurl"]),
    ("uwsgi", &["pcre"]),
    ("wand", &["imagemagick"]),
    ("pypandoc", &["pandoc"]),
    ("ocrmypdf", &["tesseract", "ghostscript"]),
    ("ffmpeg-python", &["ffmpeg"]),
    ("pydub", &["ffmpeg"]),
    ("pyicu", &["libicu"]),
    ("pygraphviz", &["graphviz"]),
    ("cairosvg", &["cairo"]),
];

/// Plain names of what Debian and Alpine call these packages.
const PLAIN: [(&str, &str); 62] = [
    ("libpq5", "libpq"),
    ("libpq", "libpq"),
    ("postgresql-libs", "libpq"),
    ("postgresql-dev", "libpq"),
    ("postgresql-client", "libpq"),
    ("postgresql", "libpq"),
    ("default-libmysqlclient", "mysql-client"),
    ("libmysqlclient", "mysql-client"),
    ("libmariadb", "mysql-client"),
    ("libmariadb3", "mysql-client"),
    ("mariadb-client", "mysql-client"),
    ("default-mysql-client", "mysql-client"),
    ("mariadb-connector-c", "mysql-client"),
    ("gdal-bin", "gdal"),
    ("libgdal", "gdal"),
    ("python3-gdal", "gdal"),
    ("gdal", "gdal"),
    ("libgeos", "geos"),
    ("geos", "geos"),
    ("libgeos-c1v5", "geos"),
    ("libmagic1", "libmagic"),
    ("libmagic", "libmagic"),
    ("libmagic1t64", "libmagic"),
    ("libjpeg62-turbo", "libjpeg"),
    ("libjpeg", "libjpeg"),
    ("libjpeg8", "libjpeg"),
    ("jpeg", "libjpeg"),
    ("libjpeg-turbo", "libjpeg"),
    ("zlib1g", "zlib"),
    ("zlib", "zlib"),
    ("libpcre2-8-0", "pcre"),
    ("libpcre2", "pcre"),
    ("libpcre2-posix3", "pcre"),
    ("libpcre3", "pcre"),
    ("pcre", "pcre"),
    ("pcre2", "pcre"),
    ("libcurl4", "libcurl"),
    ("libcurl4-openssl", "libcurl"),
    ("libcurl4-gnutls", "libcurl"),
    ("libcurl3-gnutls", "libcurl"),
    ("libffi8", "libffi"),
    ("libffi7", "libffi"),
    ("libffi", "libffi"),
    ("libxml2", "libxml2"),
    ("libxslt1", "libxslt"),
    ("libxslt1.1", "libxslt"),
    ("libxslt", "libxslt"),
    ("xmlsec1", "xmlsec"),
    ("libxmlsec1", "xmlsec"),
    ("xmlsec", "xmlsec"),
    ("libldap2", "ldap"),
    ("libldap", "ldap"),
    ("openldap", "ldap"),
    ("libsasl2", "ldap"),
    ("libicu", "libicu"),
    ("icu", "libicu"),
    ("icu-libs", "libicu"),
    ("libyaml", "libyaml"),
    ("libyaml-0-2", "libyaml"),
    ("gettext-base", "gettext"),
    ("unixodbc", "unixodbc"),
    ("poppler-utils", "poppler"),
];

/// Compilers and the like, which only a build needs, and what every image has.
const TOOLS: [&str; 41] = [
    "build-essential",
    "gcc",
    "g++",
    "make",
    "cmake",
    "pkg-config",
    "musl-dev",
    "libc6-dev",
    "python3-dev",
    "python-dev",
    "linux-headers",
    "curl",
    "wget",
    "unzip",
    "ca-certificates",
    "gnupg",
    "gnupg2",
    "locales",
    "netcat",
    "netcat-openbsd",
    "netcat-traditional",
    "procps",
    "vim",
    "nano",
    "less",
    "sudo",
    "bash",
    "nodejs",
    "npm",
    "python3",
    "python3-pip",
    "python3-venv",
    "python3-setuptools",
    "nginx",
    "supervisor",
    "apt-utils",
    "apt-transport-https",
    "software-properties-common",
    "lsb-release",
    "dos2unix",
    "tini",
];

/// Whether a distribution needs packages of the operating system.
pub(crate) fn needs_some(distribution: &Distribution) -> bool {
    NEEDS.iter().any(|(name, _)| *name == distribution.name)
        || distribution.name == "psycopg"
        || distribution
            .url
            .as_deref()
            .is_some_and(|url| url.starts_with("git+"))
}

/// The packages by plain name, sorted.
pub(crate) fn read(
    installation: &Installation,
    survey: &Survey,
    installed_apps: &[String],
) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    let mut push = |name: &str| {
        if !found.iter().any(|known| known == name) {
            found.push(name.to_owned());
        }
    };
    for distribution in &installation.distributions {
        for (name, needs) in NEEDS {
            if distribution.name == name {
                needs.iter().for_each(|need| push(need));
            }
        }
        if distribution.name == "psycopg"
            && !distribution.extras.iter().any(|extra| extra == "binary")
        {
            push("libpq");
        }
        if distribution
            .url
            .as_deref()
            .is_some_and(|url| url.starts_with("git+"))
        {
            push("git");
        }
    }
    if uses_gis(installed_apps) {
        push("gdal");
        push("geos");
    }
    let image = survey
        .dockerfiles
        .first()
        .filter(|file| !is_development_path(&file.path));
    for instruction in image.iter().flat_map(|file| file.all("RUN")) {
        for package in packages(&instruction.text) {
            if let Some(name) = plain(&package) {
                push(&name);
            }
        }
    }
    found.sort();
    found
}

/// What `apt-get install` and `apk add` install, also through shell variables.
fn packages(text: &str) -> Vec<String> {
    const MANAGERS: [&str; 7] = [
        "apt-get", "apt", "apk", "yum", "dnf", "microdnf", "aptitude",
    ];
    // Comments inside of a command stand in backquotes.
    let bare: Vec<&str> = text.split('`').step_by(2).collect();
    let flat = bare.join(" ").replace(['\n', '"', '\''], " ");
    let mut found = Vec::new();
    let mut variables: Vec<(String, Vec<String>)> = Vec::new();
    let mut of_variable: Option<usize> = None;
    let mut has_manager = false;
    let mut is_listing = false;
    for word in flat.split_whitespace() {
        if let Some((name, first)) = word.split_once('=')
            && name.ends_with("DEPS")
        {
            variables.push((name.to_owned(), Vec::new()));
            of_variable = Some(variables.len() - 1);
            if !first.is_empty()
                && let Some((_, listed)) = variables.last_mut()
            {
                listed.push(first.to_owned());
            }
            is_listing = false;
            continue;
        }
        match word {
            "install" | "add" if has_manager => {
                is_listing = true;
                of_variable = None;
            }
            word if MANAGERS.contains(&word.rsplit('/').next().unwrap_or(word)) => {
                has_manager = true
            }
            "&&" | "||" | "|" | ";" | "\\" | "then" | "do" => {
                is_listing = false;
                has_manager = false;
                of_variable = None;
            }
            // What a build needs is removed again.
            word if word.starts_with("--virtual") || word == "-t" => is_listing = false,
            word if word.starts_with('-') => {}
            word if word.starts_with('$') && is_listing => {
                let name = word.trim_matches(['$', '{', '}', ';']);
                let known = variables
                    .iter()
                    .find(|(own, _)| own == name && !own.to_lowercase().contains("build"));
                found.extend(known.into_iter().flat_map(|(_, words)| words.clone()));
            }
            word => {
                let package = word
                    .split(['=', '>', '<', ';'])
                    .next()
                    .unwrap_or(word)
                    .to_owned();
                if let Some(at) = of_variable {
                    variables[at].1.push(package);
                } else if is_listing {
                    found.push(package);
                }
                if word.ends_with(';') {
                    is_listing = false;
                    has_manager = false;
                }
            }
        }
    }
    found
}

/// The plain name of a package; `None` for tools of the build.
fn plain(package: &str) -> Option<String> {
    let lower = package.to_lowercase();
    let is_name = lower.starts_with(|first: char| first.is_ascii_lowercase())
        && !matches!(
            lower.as_str(),
            "yes" | "no" | "fi" | "true" | "false" | "rm" | "echo" | "else" | "clean"
        )
        && lower
            .chars()
            .all(|character| character.is_ascii_alphanumeric() || "-+._".contains(character));
    if TOOLS.contains(&lower.as_str()) || !is_name || lower.is_empty() {
        return None;
    }
    let bare = lower
        .trim_end_matches("-dev")
        .trim_end_matches("-devel")
        .trim_end_matches("t64")
        .to_owned();
    if let Some((_, plain)) = PLAIN
        .iter()
        .find(|(name, _)| *name == bare || *name == lower)
    {
        return Some((*plain).to_owned());
    }
    for (prefix, plain) in [
        ("texlive", "texlive"),
        ("tesseract-ocr", "tesseract"),
        ("postgresql-client", "libpq"),
        ("libicu", "libicu"),
        ("libgdal", "gdal"),
        ("libmagickwand", "imagemagick"),
    ] {
        if bare.starts_with(prefix) {
            return Some(plain.to_owned());
        }
    }
    Some(bare)
}
