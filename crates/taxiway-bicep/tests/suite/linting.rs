//! The linter: each rule's own examples, levels, directives, fixes.

use insta::assert_snapshot;
use taxiway_bicep::{Options, Rule, compile_parameters_with, compile_with, lint_rules};
use taxiway_diagnostics::{Diagnostic, MemorySources, Sources};

/// What becomes of the files: of `main.bicepparam`, where there is one.
struct Linted {
    template: Option<serde_json::Value>,
    diagnostics: Vec<Diagnostic>,
}

fn lint(sources: &MemorySources) -> Linted {
    let options = Options {
        lint: true,
        ..Options::default()
    };
    let parameters = "main.bicepparam".into();
    if sources.is_file(parameters) {
        let compilation = compile_parameters_with(sources, parameters, &|_| None, &options);
        return Linted {
            template: compilation.parameters.and(compilation.template),
            diagnostics: compilation.diagnostics,
        };
    }
    let compilation = compile_with(sources, "main.bicep".into(), &options);
    Linted {
        template: compilation.template,
        diagnostics: compilation.diagnostics,
    }
}

/// The files of an example, and a configuration in which only this rule speaks.
fn example(rule: &Rule, text: &str) -> MemorySources {
    let mut sources = MemorySources::from_text(&format!("--- main.bicep\n{text}"));
    let mut rules = serde_json::Map::new();
    for other in lint_rules() {
        let level = if other.code == rule.code {
            "warning"
        } else {
            "off"
        };
        rules.insert(other.code.to_owned(), serde_json::json!({ "level": level }));
    }
    let configuration = serde_json::json!({ "analyzers": { "core": { "rules": rules } } });
    sources.insert("bicepconfig.json", configuration.to_string());
    sources
}

fn of<'a>(compilation: &'a Linted, rule: &Rule) -> Vec<&'a Diagnostic> {
    let findings = compilation.diagnostics.iter();
    findings
        .filter(|finding| finding.code == rule.code)
        .collect()
}

/// The main file after every fix, the last place first.
fn mended(sources: &MemorySources, findings: &[&Diagnostic]) -> String {
    let mut text = sources.read_text("main.bicep".into()).expect("it is there");
    let mut edits: Vec<_> = findings
        .iter()
        .filter_map(|finding| finding.fix.as_ref())
        .flat_map(|fix| &fix.edits)
        .collect();
    edits.sort_by_key(|edit| std::cmp::Reverse(edit.location.span));
    for edit in edits {
        text.replace_range(edit.location.span.range(), &edit.replacement);
    }
    text
}

#[test]
fn each_rule_finds_its_bad_example_and_leaves_its_good_one() {
    for rule in lint_rules() {
        let good = lint(&example(rule, rule.good));
        assert!(
            good.template.is_some(),
            "{}: {:?}",
            rule.code,
            good.diagnostics
        );
        assert_eq!(of(&good, rule), Vec::<&Diagnostic>::new(), "{}", rule.code);
        if rule.bad.is_empty() {
            assert!(
                rule.code.starts_with("max-"),
                "{} has an example",
                rule.code
            );
            continue;
        }
        let bad = lint(&example(rule, rule.bad));
        assert!(
            bad.template.is_some(),
            "{}: {:?}",
            rule.code,
            bad.diagnostics
        );
        assert!(!of(&bad, rule).is_empty(), "{} finds nothing", rule.code);
    }
}

#[test]
fn fixes_mend_what_was_found() {
    let mut mended_rules = 0;
    for rule in lint_rules() {
        let mut sources = example(rule, rule.bad);
        let compilation = lint(&sources);
        let findings = of(&compilation, rule);
        if findings.is_empty() || findings.iter().any(|finding| finding.fix.is_none()) {
            continue;
        }
        mended_rules += 1;
        let text = mended(&sources, &findings);
        sources.insert("main.bicep", text.clone());
        let after = lint(&sources);
        assert!(
            after.template.is_some(),
            "{}: {text}\n{:?}",
            rule.code,
            after.diagnostics
        );
        assert_eq!(
            of(&after, rule),
            Vec::<&Diagnostic>::new(),
            "{}: {text}",
            rule.code
        );
    }
    assert!(mended_rules >= 13, "{mended_rules} rules have fixes");
}

#[test]
fn rules_are_named_once_and_explained() {
    let mut codes: Vec<_> = lint_rules().iter().map(|rule| rule.code).collect();
    let in_order = codes.clone();
    codes.sort_unstable();
    codes.dedup();
    assert_eq!(codes, in_order, "sorted, and each once");
    for rule in lint_rules() {
        assert!(
            !rule.summary.is_empty() && rule.reason.ends_with('.'),
            "{}",
            rule.code
        );
    }
}

#[test]
fn limits_are_counted() {
    let repeated = |line: fn(usize) -> String, count| (0..count).map(line).collect::<String>();
    type Line = fn(usize) -> String;
    let cases: [(&str, usize, Line); 4] = [
        ("max-params", 256, |number| {
            format!("#disable-next-line no-unused-params\nparam p{number} string\n")
        }),
        ("max-variables", 512, |number| {
            format!("#disable-next-line no-unused-vars\nvar v{number} = 1\n")
        }),
        ("max-outputs", 64, |number| {
            format!("output o{number} int = 1\n")
        }),
        ("max-resources", 800, |number| {
            format!(
                "resource r{number} 'Microsoft.Web/serverfarms@2023-12-01' = {{\n  name: 'r{number}'\n  location: 'x'\n}}\n"
            )
        }),
    ];
    for (code, most, line) in cases {
        for (count, found) in [(most, 0), (most + 1, 1)] {
            let sources: MemorySources = [("main.bicep", repeated(line, count))]
                .into_iter()
                .collect();
            let compilation = lint(&sources);
            let findings = compilation
                .diagnostics
                .iter()
                .filter(|finding| finding.code == code);
            assert_eq!(findings.count(), found, "{code} with {count}");
            assert_eq!(
                compilation.template.is_none(),
                found > 0,
                "{code} is an error"
            );
        }
    }
}

#[test]
fn what_is_a_string_is_known_from_its_type() {
    let text = "
type named = { name: string, count: int, id: string? }
param item named
param items named[]
var joined = map(items, one => concat(one.name, item.name))
var arrays = map(items, one => concat([one.name], [item.name]))
output names array = joined
output lists array = arrays
output same string = '${item.name}'
output count string = '${item.count}'
output each array = [for one in items: { name: '${one.name}', count: '${one.count}' }]
output key string? = items[?0][?'name']
resource site 'Microsoft.Web/sites@2023-12-01' = {
  name: 'site'
  location: 'westeurope'
  properties: {
    serverFarmId: toLower(item.name)
    virtualNetworkSubnetId: item.id
    siteConfig: { appSettings: [for one in items: { name: 'a', value: 'b', id: '${one.name}/x' }] }
  }
}
";
    let rules = [
        "prefer-interpolation",
        "prefer-unquoted-property-names",
        "simplify-interpolation",
        "use-resource-id-functions",
    ];
    let mut said = String::new();
    for rule in lint_rules()
        .iter()
        .filter(|rule| rules.contains(&rule.code))
    {
        let sources = example(rule, text);
        let linted = lint(&sources);
        let findings: Vec<Diagnostic> = of(&linted, rule).into_iter().cloned().collect();
        said.push_str(&super::lines(&sources, &findings));
    }
    assert_snapshot!(said, @r"
    main.bicep:5:32 prefer-interpolation strings are joined by `concat`; interpolation says the same in place
    main.bicep:12:31 prefer-unquoted-property-names `name` can be written with a dot
    main.bicep:9:22 simplify-interpolation this string is nothing but the string inside it
    main.bicep:11:48 simplify-interpolation this string is nothing but the string inside it
    main.bicep:17:5 use-resource-id-functions `serverFarmId` is put together from text: name the resource, or use a function such as `resourceId`
    main.bicep:19:76 use-resource-id-functions `id` is put together from text: name the resource, or use a function such as `resourceId`
    ");
}

#[test]
fn a_file_that_says_its_own_encoding_is_read_as_it_says() {
    let mut sources = MemorySources::from_text(
        "--- main.bicep\noutput a string = loadTextContent('a.txt', 'utf-16')\noutput b string = loadTextContent('a.txt', 'utf-8')\n",
    );
    sources.insert("a.txt", "\u{feff}ä");
    let linted = lint(&sources);
    assert_snapshot!(super::lines(&sources, &linted.diagnostics), @"main.bicep:1:44 BCP185 the file says that it is `utf-8`, and is read as that");
    let template = linted.template.expect("it compiles");
    assert_eq!(template["variables"]["$fxv#0"], "ä");
}

#[test]
fn levels_come_from_the_configuration_and_directives_silence_lines() {
    let sources = MemorySources::from_text(
        "--- main.bicep
param first string
#disable-next-line no-unused-params
param second string
#disable-diagnostics no-unused-params no-unused-vars
param third string
var fourth = 4
#restore-diagnostics no-unused-params
param fifth string
var sixth = 6
module inner 'folder/inner.bicep' = { name: 'inner' }
output joined string = concat('a', 'b')
--- folder/inner.bicep
param seventh string = ''
--- bicepconfig.json
{ \"analyzers\": { \"core\": { \"rules\": { \"prefer-interpolation\": { \"level\": \"OFF\" } } } } }
--- folder/bicepconfig.json
{ \"analyzers\": { \"core\": { \"rules\": { \"no-unused-params\": { \"level\": \"info\" } } } } }
",
    );
    let compilation = lint(&sources);
    assert!(compilation.template.is_some());
    let severities: Vec<_> = compilation
        .diagnostics
        .iter()
        .map(|finding| finding.severity)
        .collect();
    assert_snapshot!(super::lines(&sources, &compilation.diagnostics), @r"
    folder/inner.bicep:1:7 no-unused-params nothing uses the parameter `seventh`
    main.bicep:1:7 no-unused-params nothing uses the parameter `first`
    main.bicep:8:7 no-unused-params nothing uses the parameter `fifth`
    ");
    assert_snapshot!(format!("{severities:?}"), @"[Info, Warning, Warning]");
}

#[test]
fn errors_of_the_language_cannot_be_silenced() {
    let sources = MemorySources::from_text(
        "--- main.bicep\n#disable-next-line BCP057\noutput a string = nothing\n",
    );
    assert!(lint(&sources).template.is_none());
    let quiet = MemorySources::from_text(
        "--- main.bicep\nparam a string\n--- bicepconfig.json\n{ \"analyzers\": { \"core\": { \"enabled\": false } } }\n",
    );
    assert_eq!(lint(&quiet).diagnostics, []);
}
