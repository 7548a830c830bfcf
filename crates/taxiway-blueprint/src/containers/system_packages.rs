//! The libraries of the operating system as Debian names them: headers to build with, the library to run with.
//!
//! Source: Debian 13, package lists.

/// Names for the build stage and for the runtime stage.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct SystemPackages {
    pub(super) build: Vec<&'static str>,
    pub(super) runtime: Vec<&'static str>,
    /// Those that nobody here knows a package for.
    pub(super) unknown: Vec<String>,
}

/// A plain name, what building with it needs, what running with it needs.
const KNOWN: [(&str, &[&str], &[&str]); 28] = [
    ("cairo", &["libcairo2-dev", "pkg-config"], &["libcairo2"]),
    ("ffmpeg", &[], &["ffmpeg"]),
    ("gdal", &["libgdal-dev"], &["gdal-bin"]),
    ("geos", &["libgeos-dev"], &["libgeos-c1t64"]),
    ("gettext", &["gettext"], &[]),
    ("ghostscript", &[], &["ghostscript"]),
    ("git", &["git"], &["git"]),
    (
        "graphviz",
        &["libgraphviz-dev", "pkg-config"],
        &["graphviz"],
    ),
    ("imagemagick", &["libmagickwand-dev"], &["imagemagick"]),
    (
        "ldap",
        &["libldap-dev", "libsasl2-dev"],
        &["libldap2", "libsasl2-2"],
    ),
    ("libcurl", &["libcurl4-openssl-dev"], &["libcurl4t64"]),
    ("libffi", &["libffi-dev"], &[]),
    ("libicu", &["libicu-dev", "pkg-config"], &["libicu76"]),
    ("libjpeg", &["libjpeg-dev"], &["libjpeg62-turbo"]),
    ("libmagic", &[], &["libmagic1t64"]),
    ("libpq", &["libpq-dev"], &["libpq5"]),
    ("libxml2", &["libxml2-dev"], &["libxml2"]),
    ("libxslt", &["libxslt1-dev"], &["libxslt1.1"]),
    (
        "mysql-client",
        &["default-libmysqlclient-dev", "pkg-config"],
        &["libmariadb3"],
    ),
    ("openssl", &["libssl-dev"], &[]),
    ("pandoc", &[], &["pandoc"]),
    ("pango", &[], &["libpango-1.0-0", "libpangoft2-1.0-0"]),
    ("pcre", &["libpcre2-dev"], &["libpcre2-8-0"]),
    ("poppler", &["libpoppler-cpp-dev"], &["poppler-utils"]),
    ("tesseract", &[], &["tesseract-ocr"]),
    ("unixodbc", &["unixodbc-dev"], &["unixodbc"]),
    (
        "xmlsec",
        &["libxmlsec1-dev", "pkg-config"],
        &["libxmlsec1-openssl"],
    ),
    ("zlib", &["zlib1g-dev"], &[]),
];

/// The first patch of psycopg2-binary 2.9 with a wheel for a Python, by its minor version. Source: PyPI, the files of each release.
const PSYCOPG2_WHEELS: [(u32, u32); 4] = [(11, 5), (12, 9), (13, 10), (14, 11)];

/// Whether this version of psycopg2-binary has no wheel for a Python `3.x`, and is built like psycopg2 itself.
pub(super) fn builds_psycopg2(version: &str, python: &str) -> bool {
    let numbers = |text: &str| -> Vec<u32> {
        text.split('.')
            .map_while(|part| part.parse().ok())
            .collect()
    };
    let ([2, minor, patch], [3, python]) = (&*numbers(version), &*numbers(python)) else {
        return false;
    };
    let first = PSYCOPG2_WHEELS.iter().rfind(|(minor, _)| minor <= python);
    first.is_some_and(|(_, first)| (*minor, *patch) < (9, *first))
}

impl SystemPackages {
    /// The packages for these plain names; a compiler comes along with headers.
    pub(super) fn of(names: &[String]) -> Self {
        let mut packages = Self::default();
        for name in names {
            match KNOWN.iter().find(|(known, _, _)| known == name) {
                Some((_, build, runtime)) => {
                    packages.build.extend(*build);
                    packages.runtime.extend(*runtime);
                }
                None => packages.unknown.push(name.clone()),
            }
        }
        if packages
            .build
            .iter()
            .any(|package| package.ends_with("-dev"))
        {
            packages.build.push("build-essential");
        }
        for list in [&mut packages.build, &mut packages.runtime] {
            list.sort_unstable();
            list.dedup();
        }
        packages
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_old_psycopg2_binary_is_built_for_a_newer_python() {
        for (version, python, expected) in [
            ("2.9.3", "3.10", false),
            ("2.9.4", "3.11", true),
            ("2.9.5", "3.11", false),
            ("2.9.5", "3.12", true),
            ("2.8.6", "3.13", true),
            ("2.9.10", "3.13", false),
            ("2.9.10", "3.14", true),
            ("2.9.11", "3.15", false),
            ("2.9", "3.13", false),
            ("3.0.0", "3.13", false),
        ] {
            assert_eq!(
                builds_psycopg2(version, python),
                expected,
                "{version} on {python}"
            );
        }
    }
}
