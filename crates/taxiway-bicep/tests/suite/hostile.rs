//! Input that is made to take all memory, all time or all stack: it ends, with an error that says where and what to do.
//!
//! The bounds are counts, not times: what is not bounded would not return in anybody's patience, or would abort.

use std::fmt::Write as _;

use taxiway_bicep::{Options, compile, compile_parameters, compile_with, format};
use taxiway_diagnostics::{Diagnostic, MemorySources, Sources};

/// As deep as nobody nests by hand, and far deeper than the stack.
const DEEP: usize = 20_000;

fn errors(diagnostics: &[Diagnostic]) -> Vec<&Diagnostic> {
    diagnostics
        .iter()
        .filter(|diagnostic| diagnostic.is_error())
        .collect()
}

/// The first error of compiling `text`, as place, code and message; every error has a place.
fn first_error(sources: &MemorySources) -> String {
    let options = Options {
        module_cache: None,
        lint: true,
    };
    let compilation = compile_with(sources, "main.bicep".into(), &options);
    let found = errors(&compilation.diagnostics);
    assert!(found.iter().all(|error| error.location.is_some()));
    assert_eq!(compilation.template.is_some(), found.is_empty());
    described(sources, found.first().copied())
}

fn first_error_of_parameters(sources: &MemorySources) -> String {
    let compilation = compile_parameters(sources, "main.bicepparam".into(), &|_| None);
    let found = errors(&compilation.diagnostics);
    assert!(found.iter().all(|error| error.location.is_some()));
    assert_eq!(compilation.parameters.is_some(), found.is_empty());
    described(sources, found.first().copied())
}

fn described(sources: &dyn Sources, error: Option<&Diagnostic>) -> String {
    error.map_or_else(
        || "none".to_owned(),
        |error| {
            super::lines(sources, std::slice::from_ref(error))
                .trim_end()
                .to_owned()
        },
    )
}

fn file(text: impl Into<String>) -> MemorySources {
    [("main.bicep", text.into())].into_iter().collect()
}

fn parameters(text: impl Into<String>) -> MemorySources {
    [("main.bicepparam", text.into())].into_iter().collect()
}

/// `first`, then `count` declarations that each name the one before.
fn chain(first: &str, count: usize, next: impl Fn(usize, usize) -> String) -> String {
    let mut text = format!("{first}\n");
    for index in 1..=count {
        let _ = writeln!(text, "{}", next(index, index - 1));
    }
    text
}

#[test]
fn nesting_ends_where_the_parser_says() {
    let wrap = |open: &str, middle: &str, close: &str| {
        format!("{}{middle}{}", open.repeat(DEEP), close.repeat(DEEP))
    };
    let values = [
        wrap("(", "1", ")"),
        wrap("[", "1", "]"),
        wrap("{a:", "1", "}"),
        wrap("true ? 1 : ", "1", ""),
        wrap("true ? ", "1", " : 1"),
        wrap("'${", "1", "}'"),
        wrap("$'''${", "1", "}'''"),
        wrap("!", "true", ""),
        wrap("-", "1", ""),
        wrap("concat(", "'a'", ")"),
        wrap("map([1], a => ", "1", ")"),
        wrap("[for a in ", "[]", ": 1]"),
        wrap("[for a in []: ", "1", "]"),
        wrap("[...", "[]", "]"),
        wrap("y[", "0", "]"),
        wrap("", "1", "!"),
        wrap("", "y", ".a"),
        wrap("", "y", ".?a"),
        wrap("", "y", "[0]"),
        wrap("", "1", " + 1"),
        wrap("", "true", " && true"),
        wrap("", "null", " ?? null"),
        wrap("(", "", ""),
        wrap("[", "", ""),
        wrap("{a:", "", ""),
        wrap("'${", "", ""),
    ];
    for value in &values {
        let head = &value[..value.len().min(12)];
        let text = format!("var y = []\nvar x = {value}\n");
        let error = first_error(&file(text.as_str()));
        assert!(error.starts_with("main.bicep:"), "{head}: {error}");
        let error = first_error_of_parameters(&parameters(format!("using none\n{text}")));
        assert!(error.starts_with("main.bicepparam:"), "{head}: {error}");
        assert!(format(&text).len() >= text.len() / 2, "{head}");
    }
}

#[test]
fn types_that_nest_end_too() {
    let wrap = |open: &str, close: &str| {
        format!(
            "type t = {}string{}\n",
            open.repeat(DEEP),
            close.repeat(DEEP)
        )
    };
    for text in [
        wrap("(", ")"),
        wrap("[", "]"),
        wrap("{a: ", "}"),
        wrap("-", ""),
        wrap("", "[]"),
        wrap("", ".a"),
    ] {
        let error = first_error(&file(text.as_str()));
        assert!(
            error.starts_with("main.bicep:1:"),
            "{}: {error}",
            &text[..20]
        );
    }
}

#[test]
fn what_doubles_with_each_step_is_counted_before_it_is_written() {
    let existing =
        "resource s 'a.b/c@2020-01-01' existing = { name: 's' }\nvar a0 = s.properties.x";
    let named = |reference: &str| {
        let first = "resource r0 'a.b/c@2020-01-01' = { name: 'x' }";
        chain(first, 40, |next, last| {
            format!(
                "resource r{next} 'a.b/c@2020-01-01' = {{ name: '${{r{last}.{reference}}}${{r{last}.{reference}}}' }}"
            )
        })
    };
    let cases = [
        chain(existing, 40, |next, last| {
            format!("var a{next} = [a{last}, a{last}]")
        }),
        chain(existing, 60, |next, last| {
            format!("var a{next} = '${{a{last}}}${{a{last}}}'")
        }),
        named("name"),
        named("id"),
    ];
    for text in cases {
        let error = first_error(&file(text.as_str()));
        assert!(
            error.contains("too-large-an-expression"),
            "{text:.120}: {error}"
        );
    }
    // Each expression is small enough, but not all of them together.
    let mut text = chain(existing, 11, |next, last| {
        format!("var a{next} = [a{last}, a{last}]")
    });
    for index in 0..200 {
        let _ = writeln!(text, "output o{index} array = a11");
    }
    let error = first_error(&file(text));
    assert!(
        error.starts_with("main.bicep:13:5 too-large-an-expression the expressions of this file"),
        "{error}"
    );
}

#[test]
fn what_can_be_shared_is_not_copied() {
    let value = chain("var a0 = ['x']", 60, |next, last| {
        format!("var a{next} = [a{last}, a{last}, a{last}]")
    });
    let types = chain("type a0 = { x: string }", 60, |next, last| {
        format!("type a{next} = {{ a: a{last}, b: a{last}, c: a{last}[] }}")
    });
    let union = chain("type a0 = 'x' | 'y'", 60, |next, last| {
        format!("type a{next} = a{last} | a{last}")
    });
    let functions = chain("func a0() string => 'x'", 60, |next, last| {
        format!("func a{next}() string => '${{a{last}()}}${{a{last}()}}'")
    });
    for (text, last) in [
        (value, "output o array = a60\n"),
        (types, "param p a60\nparam q a59 = p.a\n"),
        (union, "param p a60\noutput o string = p\n"),
        (functions, "output o string = a60()\n"),
    ] {
        let compilation = compile(&file(text + last), "main.bicep".into());
        let template = compilation.template.expect("it is correct");
        assert!(template.to_string().len() < 100_000);
    }
}

#[test]
fn modules_in_modules_are_counted_before_they_are_put_in() {
    let mut sources = MemorySources::new();
    for index in 0..30 {
        let name = if index == 0 {
            "main.bicep".to_owned()
        } else {
            format!("m{index}.bicep")
        };
        let mut text = String::new();
        for copy in 0..10 {
            let _ = writeln!(
                text,
                "module m{copy} 'm{}.bicep' = {{ name: 'm{copy}' }}",
                index + 1
            );
        }
        sources.insert(name, text);
    }
    sources.insert("m30.bicep", "output o string = ''\n");
    let compilation = compile(&sources, "main.bicep".into());
    let found = errors(&compilation.diagnostics);
    let large: Vec<_> = found
        .iter()
        .filter(|error| error.code == "too-large-a-template")
        .collect();
    assert_eq!(large.len(), 1);
    let error = described(&sources, large.first().map(|error| **error));
    assert!(error.starts_with("m25.bicep:3:8 "), "{error}");
}

#[test]
fn values_of_parameters_are_weighed_as_they_are_made() {
    let doubled = |value: &str| {
        let first = format!("using none\nvar a0 = {value}");
        let text = chain(&first, 60, |next, last| match value {
            "'x'" => format!("var a{next} = '${{a{last}}}${{a{last}}}'"),
            _ => format!("var a{next} = concat(a{last}, a{last})"),
        });
        text + "param p = a60\n"
    };
    let functions = chain("using none\nfunc a0() string => ''", 60, |next, last| {
        format!("func a{next}() string => '${{a{last}()}}${{a{last}()}}'")
    });
    let loops = format!(
        "using none\nparam p = {}1{}\n",
        "map(range(0, 1000), a => ".repeat(10),
        ")".repeat(10)
    );
    let within = |expression: &str| format!("using none\nparam p = {expression}\n");
    for text in [
        doubled("'x'"),
        doubled("[1]"),
        functions + "param p = a60()\n",
        loops,
        within("reduce(range(0, 10000), 'a', (a, b) => '${a}${a}')"),
        within("reduce(range(0, 10000), [], (a, b) => [a])"),
        within("range(0, 10000000)"),
        within("padLeft('a', 2000000000)"),
        within("format('{0,2000000000}', 'a')"),
        within("replace(padLeft('', 10000, 'a'), 'a', padLeft('', 10000, 'a'))"),
        within("join(range(0, 10000), padLeft('', 10000, 'a'))"),
    ] {
        let error = first_error_of_parameters(&parameters(text.as_str()));
        assert!(error.contains("BCP338"), "{text:.100}: {error}");
    }
}

#[test]
fn nesting_through_variables_ends_too() {
    let nested = |open: &'static str, close: &'static str| {
        move |next: usize, last: usize| {
            format!(
                "var a{next} = {}a{last}{}",
                open.repeat(100),
                close.repeat(100)
            )
        }
    };
    let text = chain("using none\nvar a0 = 1", 90, nested("(", ")")) + "param p = a90\n";
    assert!(first_error_of_parameters(&parameters(text)).contains("BCP338"));
    let existing =
        "resource s 'a.b/c@2020-01-01' existing = { name: 's' }\nvar a0 = s.properties.x";
    let text = chain(existing, 4, nested("[", "]")) + "output o array = a4\n";
    assert!(first_error(&file(text)).contains("too-large-an-expression"));
}

#[test]
fn nesting_through_types_ends_too() {
    let text = chain("type a0 = string", 400, |next, last| {
        let (open, close) = ("{ a: ".repeat(90), " }".repeat(90));
        format!("type a{next} = {open}a{last}{close}")
    });
    let error = first_error(&file(text + "param p a400\n"));
    assert!(
        error.starts_with("main.bicep:7:6 too-deep-a-type"),
        "{error}"
    );
}

#[test]
fn nesting_through_variables_of_the_deployment_ends_too() {
    let existing =
        "resource s 'a.b/c@2020-01-01' existing = { name: 's' }\nvar a0 = s.properties.x";
    let text = chain(existing, 94, |next, last| {
        format!("var a{next} = {}a{last}{}", "!(".repeat(50), ")".repeat(50))
    });
    let error = first_error(&file(text + "output o bool = a94\n"));
    assert!(error.contains("too-large-an-expression"), "{error}");
}

#[test]
fn many_resources_in_one_take_no_more_than_their_share() {
    let mut text =
        "resource p 'Microsoft.Network/virtualNetworks@2023-11-01' = {\n  name: 'p'\n".to_owned();
    for index in 0..DEEP {
        let _ = writeln!(
            text,
            "  resource r{index} 'subnets' = {{ name: 'n{index}' }}"
        );
    }
    text.push_str("}\n");
    for index in 0..DEEP {
        let _ = writeln!(text, "var v{index} = p::r{index}.name");
    }
    assert!(first_error(&file(text)).contains("max-"));
}

#[test]
fn large_values_that_are_reasonable_are_evaluated() {
    for value in [
        "length(distinct(concat(range(0, 10000), range(0, 10000)))) == 10000",
        "length(union(range(0, 10000), range(5000, 10000))) == 15000",
        "length(intersection(range(0, 10000), range(5000, 10000))) == 5000",
        "sort(range(0, 10000), (a, b) => a > b)[0] == 9999",
        "length(format('{0,-70000}', 'a')) == 70000",
    ] {
        let sources = parameters(format!("using none\nparam p = {value}\n"));
        let compilation = compile_parameters(&sources, "main.bicepparam".into(), &|_| None);
        let parameters = compilation.parameters.expect(value);
        assert_eq!(parameters["parameters"]["p"]["value"], true, "{value}");
    }
}

#[test]
fn the_least_integer_has_no_opposite() {
    let text = "using none\nparam p = -(-9223372036854775808)\n";
    assert!(first_error_of_parameters(&parameters(text)).contains("64 bits"));
    assert_eq!(
        first_error(&file("output o int = -(-9223372036854775808)\n")),
        "none"
    );
}

#[test]
fn many_declarations_take_no_more_than_their_share() {
    let mut text = String::new();
    for index in 0..DEEP {
        let _ = writeln!(
            text,
            "param p{index} string\noutput o{index} string = p{index}"
        );
    }
    assert!(first_error(&file(text)).contains("max-"));
    let mut text = "var v = {\n".to_owned();
    for index in 0..DEEP {
        let _ = writeln!(text, "  k{index}: {index}");
    }
    assert_eq!(
        first_error(&file(text + "}\noutput o object = v\n")),
        "none"
    );
    let mut text = String::new();
    for index in 0..4_000 {
        let _ = writeln!(text, "var abcdefgh{index} = abcdefgi{index}");
    }
    let compilation = compile(&file(text), "main.bicep".into());
    assert_eq!(errors(&compilation.diagnostics).len(), 4_000);
}

#[test]
fn documents_that_nest_or_repeat_are_refused() {
    let aliases = chain("a: &a [x, x, x, x, x, x, x, x, x]", 20, |next, last| {
        let items = vec![format!("*a{last}"); 9].join(", ").replace("*a0", "*a");
        format!("a{next}: &a{next} [{items}]")
    });
    for (name, text) in [
        ("d.json", "[".repeat(DEEP) + &"]".repeat(DEEP)),
        ("d.yaml", "[".repeat(DEEP) + &"]".repeat(DEEP)),
        ("d.yaml", "- ".repeat(DEEP) + "x\n"),
        ("d.yaml", "? ".repeat(DEEP) + "x\n"),
        (
            "d.yaml",
            (0..1000)
                .map(|depth| format!("{}a:\n", " ".repeat(depth)))
                .collect(),
        ),
        ("d.yaml", aliases),
    ] {
        let function = if name == "d.json" {
            "loadJsonContent"
        } else {
            "loadYamlContent"
        };
        let source = format!("output o object = {function}('{name}')\n");
        let sources = [("main.bicep", source), (name, text)].into_iter().collect();
        let error = first_error(&sources);
        assert!(
            error.starts_with("main.bicep:1:19 BCP186"),
            "{name}: {error}"
        );
    }
}
