//! Input that nobody writes by accident: reading ends, in bounded time, without a panic.

use std::fmt::Write as _;

use proptest::prelude::*;
use taxiway_diagnostics::MemorySources;

const MANAGE: &str = "import os\nos.environ.setdefault('DJANGO_SETTINGS_MODULE', 'shop.settings')\nfrom django.core.management import execute_from_command_line\n";

/// A Django project with these settings.
fn project(settings: &str) -> MemorySources {
    [
        ("manage.py", MANAGE),
        ("shop/__init__.py", ""),
        ("shop/wsgi.py", "from django.core.wsgi import get_wsgi_application\napplication = get_wsgi_application()\n"),
        ("shop/settings.py", settings),
        ("requirements.txt", "Django==5.2\n"),
    ]
    .into_iter()
    .collect()
}

#[test]
fn deep_source_does_not_exhaust_the_stack() {
    let deep = 20_000;
    let sources = [
        format!("X = {}1{}", "(".repeat(deep), ")".repeat(deep)),
        format!("X = {}1", "[".repeat(deep)),
        format!("X = {}1", "- ".repeat(deep)),
        format!("X = {}1", "not ".repeat(deep)),
        format!("X = {}1", "lambda: ".repeat(deep)),
        format!("X = {}1", "1 if x else ".repeat(deep)),
        format!("X = 1{}", " ** 2".repeat(deep)),
        format!("X = 1{}", " + 1".repeat(deep)),
        format!("X = a{}", ".b".repeat(deep)),
        format!("X = a{}", "()".repeat(deep)),
        format!("X = a{}", "[0]".repeat(deep)),
        format!("X = {}1", "await ".repeat(deep)),
        format!("X = {}", "f'{".repeat(500)),
        format!("if a:\n  pass\n{}", "elif b:\n  pass\n".repeat(deep)),
        (0..2_000)
            .map(|depth| format!("{}if a:\n", " ".repeat(depth)))
            .collect(),
        (0..deep)
            .map(|at| format!("def f{at}(): return f{}()\n", at + 1))
            .collect::<String>()
            + "f0()\n",
        format!(
            "match x:\n  case {}1{}: pass",
            "[".repeat(140),
            "]".repeat(140)
        ),
        format!("X = {}", "a < ".repeat(deep)),
        format!("X = {}1", "x := ".repeat(deep)),
        format!("X = 'a'{}", " 'b'".repeat(deep)),
        format!("X{} = 1", ", X".repeat(deep)),
        format!("X = {}1", "a or not ".repeat(deep)),
        format!("X: {}int = 1", "A | ".repeat(deep)),
    ];
    for source in sources {
        taxiway_app::read(&project(&source));
    }
}

#[test]
fn values_that_double_stay_small() {
    let settings = "X = [1]\n".to_owned()
        + &"X = X + X\n".repeat(200)
        + "T = 'a'\n"
        + &"T = T + T\n".repeat(200)
        + "D = {}\n"
        + &"D = {'a': D, 'b': D}\n".repeat(200)
        + "import os\nC = os.environ.get('A', '')\n"
        + &"C = C + os.environ.get('B', 'b')\n".repeat(100);
    taxiway_app::read(&project(&settings));
}

#[test]
fn aliases_of_yaml_do_not_multiply() {
    let mut text = "a: &a [x, x, x, x, x, x, x, x, x]\n".to_owned();
    let mut last = "a".to_owned();
    for name in ["b", "c", "d", "e", "f", "g", "h", "i"] {
        let list = [format!("*{last}"), format!("*{last}"), format!("*{last}")].join(", ");
        let _ = writeln!(text, "{name}: &{name} [{list}, {list}, {list}]");
        last = name.to_owned();
    }
    let mut sources = project("X = 1\n");
    sources.insert("docker-compose.yml", text);
    taxiway_app::read(&sources);
}

#[test]
fn requirements_that_include_each_other_end() {
    let mut sources = project("X = 1\n");
    for number in 0..300 {
        let text = (0..300)
            .map(|other| format!("-r r{other}.txt\n"))
            .collect::<String>();
        sources.insert(format!("r{number}.txt"), text);
    }
    sources.insert("requirements.txt", "-r r0.txt\nDjango\n");
    taxiway_app::read(&sources);
}

/// Words of which broken settings are made.
fn words() -> impl Strategy<Value = String> {
    let word = prop::sample::select(vec![
        "import os",
        "from .base import *",
        "X",
        "=",
        "os.environ",
        "[",
        "]",
        "(",
        ")",
        "{",
        "}",
        "'a'",
        "\"",
        "if",
        ":",
        "\n",
        "\n    ",
        "else",
        "def f(a, *b, **c)",
        "return",
        "class A(Enum)",
        "lambda",
        "for",
        "in",
        "+",
        "%",
        "f'{X!r:>{X}}'",
        "*",
        "**",
        "try",
        "except",
        "raise",
        "with",
        "as",
        "DATABASES",
        "env.db()",
        ".append(X)",
        "0",
        "-1",
        "[::]",
        "[-1:2]",
        "not",
        "and",
        "or",
        "is",
        "None",
        "True",
        "…",
        "é",
        "\\",
        "#",
        "\t",
        "include('*.py')",
        "'%(a)s %d %%' % X",
        "'{0} {} {a.b} {{'.format(X)",
        "X[X] = X",
        ".split(',', 1)",
        "os.path.join(X, '..', X)",
        "Path(__file__).parents[9]",
        "environ.Path(__file__) - 3",
        "config('A', cast=Csv())",
    ]);
    prop::collection::vec(word, 0..60).prop_map(|words| words.join(" "))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_settings_are_survived(settings in words()) {
        taxiway_app::read(&project(&settings));
    }

    #[test]
    fn any_files_are_survived(text in "\\PC{0,200}", shell in "[-a-z$(){}'\"|&;\\\\ =\n]{0,200}") {
        let mut sources = project("X = 1\n");
        for name in ["pyproject.toml", "Pipfile", "setup.cfg", "setup.py", "uv.lock", "poetry.lock", "requirements/prod.txt", "package.json", ".python-version", "runtime.txt", ".env", "app.json", "fly.toml", "docker-compose.yml", "environment.yml"] {
            sources.insert(name, text.clone());
        }
        for name in ["Dockerfile", "Procfile", "start.sh", "supervisord.conf", "uwsgi.ini", "Makefile"] {
            sources.insert(name, format!("FROM python:3.12\nRUN {shell}\nCMD {shell}\nweb: {shell}\n[program:x]\ncommand={shell}\n"));
        }
        taxiway_app::read(&sources);
    }

    #[test]
    fn any_bytes_are_survived(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        let mut sources = project("X = 1\n");
        for name in ["shop/settings.py", "requirements.txt", "pyproject.toml", "Dockerfile", "compose.yaml"] {
            sources.insert(name, bytes.clone());
        }
        taxiway_app::read(&sources);
    }
}
