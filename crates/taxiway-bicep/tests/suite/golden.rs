//! Each case holds its files and `expected.json`, the template of `main.bicep`, key order included.

use taxiway_bicep::compile;
use taxiway_diagnostics::Sources;

#[test]
fn every_case_compiles_to_its_template() {
    let mut failed = Vec::new();
    for (name, sources) in super::cases() {
        let compilation = compile(&sources, "main.bicep".into());
        let Some(mut template) = compilation.template else {
            panic!(
                "{name}: {}",
                super::lines(&sources, &compilation.diagnostics)
            );
        };
        forget_generator(&mut template);
        let actual = serde_json::to_string_pretty(&template).unwrap();
        let expected = sources
            .read_text("expected.json".into())
            .unwrap_or_default();
        if actual.trim() != expected.trim() {
            failed.push(name.clone());
            eprintln!("--- {name}\n{actual}");
        }
    }
    assert!(
        failed.is_empty(),
        "other templates than expected: {failed:?}"
    );
}

#[test]
fn equal_input_gives_equal_output() {
    for (name, sources) in super::cases() {
        let first = compile(&sources, "main.bicep".into()).template.unwrap();
        let second = compile(&sources, "main.bicep".into()).template.unwrap();
        assert_eq!(first.to_string(), second.to_string(), "{name}");
    }
}

/// Removes the version of this crate from the metadata of all templates.
fn forget_generator(value: &mut serde_json::Value) {
    match value {
        serde_json::Value::Object(members) => {
            members.shift_remove("_generator");
            members.values_mut().for_each(forget_generator);
        }
        serde_json::Value::Array(items) => items.iter_mut().for_each(forget_generator),
        _ => {}
    }
}
