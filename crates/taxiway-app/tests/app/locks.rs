//! Lock files as pip requirements.

use taxiway_diagnostics::MemorySources;

/// The export of the only service of a repository.
fn export(text: &str) -> String {
    let sources = MemorySources::from_text(text);
    let app = taxiway_app::read(&sources);
    taxiway_app::export_lock(&sources, &app.services[0]).unwrap_or_default()
}

#[test]
fn uv_takes_what_production_needs_with_its_markers() {
    insta::assert_snapshot!(export(include_str!("samples/uv_groups.txt")), @r#"
    django==5.2.3
    gunicorn==23.0.0
    psycopg-c==3.2.9 ; implementation_name != 'pypy'
    psycopg==3.2.9
    sqlparse==0.5.3
    tzdata==2025.2 ; sys_platform == 'win32'
    "#);
}

#[test]
fn poetry_leaves_development_out() {
    insta::assert_snapshot!(export(include_str!("samples/poetry_project.txt")), @r#"
    django==5.1.4
    psycopg==3.2.9
    tzdata==2025.2 ; sys_platform == "win32"
    "#);
}

#[test]
fn pipenv_takes_the_default_section() {
    insta::assert_snapshot!(export(include_str!("samples/pipenv_project.txt")), @r#"
    django==5.1.9 ; python_version >= '3.10'
    psycopg2-binary==2.9.10
    "#);
}

#[test]
fn without_a_lock_there_is_nothing_to_export() {
    assert_eq!(export(include_str!("samples/django_shop.txt")), "");
}

#[test]
fn production_requirements_are_known_by_any_spelling() {
    let app = taxiway_app::read(&MemorySources::from_text(include_str!(
        "samples/django_shop.txt"
    )));
    let service = &app.services[0];
    assert!(service.installs("gunicorn"));
    assert!(service.installs("Dj_Database.URL"));
    assert!(!service.installs("uvicorn"));
    assert_eq!(service.distribution("psycopg").unwrap().extras, ["binary"]);
}
