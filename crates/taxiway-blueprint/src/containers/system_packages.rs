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
