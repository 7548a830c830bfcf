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

#[test]
fn configuration_files_that_double_or_are_read_again_and_again_end() {
    let doubling: String = (0..60)
        .map(|number| {
            let next = format!("%(v{})s", number + 1);
            format!("v{number} = {}\n", next.repeat(20))
        })
        .collect();
    let circle = "[a]\nx = %(y)s%(y)s\ny = %(x)s%(x)s\n";
    let ini = format!("{circle}[b]\n{doubling}v60 = {}\n", "z".repeat(200));
    let again = "import configparser\nimport json\nparser = configparser.ConfigParser()\n\
                 for a in range(300):\n    for b in range(300):\n        parser.read('shop.ini')\n        json.load(open('data.json'))\n";
    let doubled = "import configparser\nparser = configparser.ConfigParser()\nparser.read('shop.ini')\n\
                   X = parser['a']['x']\nV = parser['b']['v0']\nfor name in parser.options('b'):\n    W = parser.get('b', name)\n";
    let members = "import inspect\nclass Everything:\n    @property\n    def A(self):\n        return inspect.getmembers(self)\n\
                   \x20   @property\n    def B(self):\n        return vars(self)\nALL = Everything().A\n";
    for settings in [again, doubled, members] {
        let mut sources = project(settings);
        sources.insert("shop.ini", ini.clone());
        sources.insert("data.json", format!("[{}0]", "1,".repeat(30_000)));
        assert_eq!(taxiway_app::read(&sources).services.len(), 1);
    }
}

#[test]
fn variables_of_images_do_not_double() {
    let mut text = "FROM python:3.12\nENV X=aaaaaaaa\n".to_owned();
    for _ in 0..200 {
        text.push_str("ENV X=$X$X\n");
    }
    for number in 0..100 {
        let _ = writeln!(text, "ARG A{number}=$A{0}$A{0}", number + 1);
    }
    text.push_str("RUN pip install -r $A0 $X\nCMD gunicorn shop.wsgi\n");
    let mut sources = project("X = 1\n");
    sources.insert("Dockerfile", text);
    taxiway_app::read(&sources);
}

#[test]
fn tasks_that_run_each_other_end() {
    let mut sources = project("X = 1\n");
    sources.insert(
        "Makefile",
        "A = $(A)$(A)\nB = $(C)$(C)\nC = $(B)$(B)\na: b\n\tmake b $(A) $(B)\nb: a\n\tmake a\n",
    );
    sources.insert("Procfile", "web: make a\nworker: make b\n");
    sources.insert(
        "production.ini",
        "[app:main]\nuse = main\n[pipeline:main]\npipeline = main\n[composite:main]\n/ = main\n",
    );
    taxiway_app::read(&sources);
}

#[test]
fn locks_of_any_size_are_read_once() {
    let mut lock = String::from("version = 1\n");
    for number in 0..20_000 {
        let _ = writeln!(
            lock,
            "[[package]]\nname = \"p{number}\"\nversion = \"1.0\"\ndependencies = [{{ name = \"p{0}\" }}]",
            (number + 1) % 20_000
        );
    }
    let mut sources = project("X = 1\n");
    sources.insert(
        "pyproject.toml",
        "[project]\nname = 'shop'\ndependencies = ['p0', 'django']\n",
    );
    sources.insert("uv.lock", lock.clone());
    let app = taxiway_app::read(&sources);
    assert!(taxiway_app::export_lock(&sources, &app.services[0]).is_some());
    // More than a person writes is not read at all, and said so.
    while lock.len() < 5 << 20 {
        lock.push_str("# more\n".repeat(1_000).as_str());
    }
    sources.insert("uv.lock", lock);
    let app = taxiway_app::read(&sources);
    assert!(
        app.warnings
            .iter()
            .any(|warning| warning.contains("too large")),
        "{:?}",
        app.warnings
    );
}

#[test]
fn a_hundred_thousand_files_are_read_in_bounded_time() {
    let mut sources = project("X = 1\n");
    for number in 0..100_000 {
        sources.insert(format!("data/{}/{number}.py", number % 100), "x = 1\n");
    }
    assert_eq!(taxiway_app::read(&sources).services.len(), 1);
}

/// What a disk can hold beside regular files: links in a circle, devices, huge and unreadable files.
#[test]
fn odd_files_of_a_disk_are_passed_over() {
    use std::os::unix::fs::{PermissionsExt as _, symlink};

    let folder = tempfile::tempdir().unwrap();
    let root = camino::Utf8Path::from_path(folder.path()).unwrap();
    std::fs::create_dir(root.join("shop")).unwrap();
    std::fs::write(root.join("manage.py"), MANAGE).unwrap();
    std::fs::write(root.join("shop/settings.py"), "X = 1\n").unwrap();
    symlink("..", root.join("shop/again")).unwrap();
    symlink("loop", root.join("loop")).unwrap();
    symlink("/dev/zero", root.join("requirements.txt")).unwrap();
    std::fs::File::create(root.join("Procfile"))
        .unwrap()
        .set_len(1 << 40)
        .unwrap();
    std::fs::write(root.join("Dockerfile"), [0_u8, 159, 146, 150, 7]).unwrap();
    std::fs::write(root.join("setup.py"), "setup(name='shop')\n").unwrap();
    std::fs::set_permissions(
        root.join("setup.py"),
        std::fs::Permissions::from_mode(0o000),
    )
    .unwrap();
    let files = [
        "manage.py",
        "shop/settings.py",
        "shop/again",
        "loop",
        "requirements.txt",
        "Procfile",
        "Dockerfile",
        "setup.py",
        "gone.py",
    ];
    let sources = taxiway_diagnostics::DiskSources::new(root, files.map(Into::into));
    let app = taxiway_app::read(&sources);
    assert_eq!(app.services.len(), 1);
    assert!(
        app.warnings
            .iter()
            .any(|warning| warning.contains("Procfile")),
        "{:?}",
        app.warnings
    );
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

/// An application that imports more modules than are executed: its configuration is read nevertheless.
#[test]
fn configuration_is_read_in_large_applications() {
    let mut sources = MemorySources::from_text(
        "--- requirements.txt\nflask\n--- config.py\nimport os\nSECRET_KEY = os.environ['SHOP_KEY']\n",
    );
    let imports: String = (0..200)
        .map(|number| format!("import parts.p{number}\n"))
        .collect();
    let app = "from flask import Flask\napp = Flask(__name__)\napp.config.from_object('config')\n";
    sources.insert("app.py", format!("{imports}{app}"));
    for number in 0..200 {
        sources.insert(format!("parts/p{number}.py"), "x = 1\n");
    }
    let app = taxiway_app::read(&sources);
    let names: Vec<&str> = app.services[0]
        .env
        .iter()
        .map(|variable| &*variable.name)
        .collect();
    assert_eq!(names, ["SHOP_KEY"]);
}

/// A repository that is a package itself, without a manifest: there is no folder above it to be imported from.
#[test]
fn a_package_at_the_root_has_nothing_above_it() {
    let sources = MemorySources::from_text(
        "--- __init__.py\n--- inner/__init__.py\n--- inner/app.py\nfrom flask import Flask\napp = Flask(__name__)\n",
    );
    assert_eq!(taxiway_app::read(&sources).services[0].root, ".");
}
