//! The published JSON Schema of the document.

#[test]
fn the_published_schema_changes_knowingly() {
    let schema = serde_json::to_string_pretty(&taxiway_app::schema()).unwrap();
    insta::with_settings!({ prepend_module_to_snapshot => false, omit_expression => true }, {
        insta::assert_snapshot!("taxiway.detect.v1.schema", schema);
    });
}

#[test]
fn the_document_says_which_schema_it_follows() {
    let app = taxiway_app::read(&taxiway_diagnostics::MemorySources::new());
    let document = serde_json::to_value(&app).unwrap();
    assert_eq!(document["schema"], taxiway_app::SCHEMA);
    assert_eq!(document["kind"], "other");
}
