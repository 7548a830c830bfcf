//! Small repositories, one situation each: the folder holds each as one text, with what was read from it beside it.

use std::fmt::Write as _;

use taxiway_app::{App, Service};
use taxiway_diagnostics::{MemorySources, Place};

/// Reads the repository `name` and compares what was found with its snapshot.
fn check(name: &str, text: &str) {
    let app = taxiway_app::read(&MemorySources::from_text(text));
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path("samples");
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.bind(|| insta::assert_snapshot!(name, summary(&app)));
}

/// One test for each file of the folder.
macro_rules! repositories {
    ($($name:ident),+ $(,)?) => {
        $(
            #[test]
            fn $name() {
                check(stringify!($name), include_str!(concat!("samples/", stringify!($name), ".txt")));
            }
        )+

        const NAMES: &[&str] = &[$(stringify!($name)),+];
        const TEXTS: &[&str] = &[$(include_str!(concat!("samples/", stringify!($name), ".txt"))),+];
    };
}

repositories! {
    aiohttp_module,
    aiohttp_script,
    apscheduler_alone,
    apscheduler_in_process,
    asgi_behind_wsgi_evidence,
    azure_yaml,
    broken_files,
    celery_schedule,
    celery_without_commands,
    class_settings,
    cli_program,
    compose_list_script,
    compose_of_another_service,
    compose_same_image,
    conda_environment,
    conditional_settings_in_wsgi,
    contradicting_commands,
    cookiecutter_template,
    cron_commands,
    cyclic_imports,
    dash_inner_server,
    dash_on_flask,
    database_updated_by_url,
    debug_chooses_database,
    debug_under_condition,
    decouple_settings,
    dependency_groups,
    django_in_subfolder,
    django_package_from_above,
    django_q_cluster,
    django_shop,
    dynaconf_alone,
    dynaconf_django,
    empty_settings_package,
    environ_settings,
    environs_prefix,
    factory_of_factories,
    fastapi_pydantic,
    flask_configuration_files,
    flask_factory,
    flask_passed_on,
    flask_rq,
    fly_processes,
    frontend_apart,
    frontend_bundled,
    frontend_script_of_image,
    gradio_alone,
    gradio_mounted,
    gunicorn_named_configuration,
    hatch_dynamic,
    helper_reads_environment,
    heroku_app_json,
    huey_django,
    image_against_compose,
    image_holds_a_folder,
    image_sets_port,
    ini_elsewhere,
    ini_settings,
    just_recipe,
    kubernetes_containers,
    library_with_demo_project,
    library_with_devproject,
    library_with_example,
    library_with_manage,
    litestar_factory,
    local_settings_are_absent,
    make_target,
    missing_settings_module,
    own_class_of_application,
    own_script_starts_server,
    own_uploads,
    packaged_with_migrations,
    packaged_with_pages,
    packages_without_manifest,
    pdm_project,
    pipenv_project,
    poe_tasks,
    poetry_project,
    pointer_requirements,
    pydantic_first_version,
    pylock_project,
    pyramid_paste,
    python_by_tests,
    python_is_preferred,
    quart_factory,
    quart_prefixed_variables,
    railway_start,
    render_services,
    required_by_raise,
    requirements_two_folders_deep,
    rq_by_own_script,
    ruff_only_pyproject,
    rust_with_scripts,
    s6_services,
    sanic_server,
    saq_workers,
    server_of_build_root,
    settings_by_example,
    settings_by_own_function,
    settings_class_exported,
    settings_placed_by_image,
    setup_cfg_project,
    setuptools_dynamic,
    source_installed,
    source_on_path,
    split_settings_include,
    stages_of_a_course,
    starlette_config,
    storage_by_bucket,
    streamlit_pages,
    supervisord_programs,
    template_in_a_package,
    toml_settings,
    tornado_script,
    two_services,
    uv_groups,
    uwsgi_daemons,
    values_of_unknown_objects,
    websockets,
    workers_by_code,
}

/// The facts that a deployment needs, one a line, with where each was seen first.
fn summary(app: &App) -> String {
    let mut text = format!("kind: {:?}\n", app.kind);
    for warning in &app.warnings {
        let _ = writeln!(text, "warning: {warning}");
    }
    for service in &app.services {
        text.push_str(&facts(service));
    }
    text
}

fn facts(service: &Service) -> String {
    let mut text = format!("\nservice {} in {}\n", service.name, service.root);
    let mut line = |name: &str, value: String, place: Option<&Place>| {
        if !value.is_empty() {
            let place = place.map_or(String::new(), |place| format!("  ({place})"));
            let _ = writeln!(text, "  {name}: {value}{place}");
        }
    };
    let shown = |value: Option<String>| value.unwrap_or_default();
    line("app_dir", service.app_dir.to_string(), None);
    line(
        "framework",
        shown(service.framework.as_ref().map(|framework| {
            format!(
                "{:?} {}",
                framework.name,
                framework.version.clone().unwrap_or_default()
            )
        })),
        service.seen("framework"),
    );
    line(
        "entrypoint",
        shown(service.entrypoint.as_ref().map(ToString::to_string)),
        service.seen("entrypoint"),
    );
    line(
        "interface",
        shown(service.interface.map(|interface| format!("{interface:?}"))),
        None,
    );
    line(
        "settings",
        shown(service.settings_module.clone()),
        service.seen("settings_module"),
    );
    line(
        "server",
        shown(service.server.as_ref().map(|server| {
            format!(
                "{}{}",
                server.name,
                if server.declared {
                    ""
                } else {
                    " (not declared)"
                }
            )
        })),
        service.seen("server"),
    );
    line(
        "port",
        shown(service.port.as_ref().map(|port| format!("{port:?}"))),
        service.seen("port"),
    );
    line(
        "python",
        service
            .python
            .declarations
            .iter()
            .map(|declaration| {
                format!(
                    "{} {:?} {}",
                    declaration.value, declaration.strength, declaration.place
                )
            })
            .collect::<Vec<_>>()
            .join(", "),
        None,
    );
    line(
        "manifests",
        format!(
            "{:?} {:?} {:?} {:?}",
            service.dependencies.manager,
            service.dependencies.manifests,
            service.dependencies.lockfile,
            service.dependencies.groups
        ),
        None,
    );
    line(
        "installs",
        service
            .dependencies
            .distributions
            .iter()
            .map(|own| {
                format!(
                    "{}{}",
                    own.name,
                    own.version
                        .as_ref()
                        .map_or(String::new(), |version| format!("=={version}"))
                )
            })
            .collect::<Vec<_>>()
            .join(" "),
        None,
    );
    line(
        "database",
        shown(service.database.as_ref().map(|database| {
            format!(
                "{:?} of {:?} by {:?} {:?}",
                database.engine, database.engines, database.config, database.env
            )
        })),
        service.seen("database"),
    );
    for backing in &service.backing {
        line(
            "backing",
            format!(
                "{} {:?}{}",
                backing.kind,
                backing.roles,
                if backing.required { " required" } else { "" }
            ),
            backing.places.first(),
        );
    }
    for process in &service.in_process {
        line("in process", process.tool.clone(), process.places.first());
    }
    for process in &service.processes {
        line(
            "process",
            format!("{:?} {} {:?}", process.kind, process.tool, process.app),
            process.places.first(),
        );
    }
    line(
        "static",
        shown(service.static_files.as_ref().map(|files| {
            format!(
                "{:?} collectstatic={} {:?}",
                files.strategy, files.collectstatic, files.root
            )
        })),
        service.seen("static"),
    );
    line(
        "media",
        shown(
            service
                .media
                .as_ref()
                .map(|media| format!("{:?}", media.storage)),
        ),
        None,
    );
    line(
        "email",
        shown(service.email.as_ref().map(|email| email.backend.clone())),
        None,
    );
    line(
        "frontend",
        shown(service.frontend.as_ref().map(|frontend| {
            format!(
                "{} {:?} {:?} bundled={}",
                frontend.dir, frontend.build, frontend.output, frontend.bundled
            )
        })),
        None,
    );
    line(
        "health",
        shown(service.health.clone()),
        service.seen("health"),
    );
    line("packages", service.system_packages.join(" "), None);
    for variable in &service.env {
        let required = if variable.required { " required" } else { "" };
        let secret = if variable.secret { " secret" } else { "" };
        let default = variable
            .default
            .as_ref()
            .map_or(String::new(), |default| format!(" default={default:?}"));
        line(
            "variable",
            format!("{}{required}{secret}{default}", variable.name),
            variable.places.first(),
        );
    }
    for finding in &service.security {
        line("finding", finding.id.clone(), finding.places.first());
    }
    for warning in &service.warnings {
        line("warning", warning.clone(), None);
    }
    text
}

#[test]
fn every_file_of_the_folder_is_tested() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/app/samples");
    let mut files: Vec<String> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "txt"))
        .map(|path| path.file_stem().unwrap().to_string_lossy().into_owned())
        .collect();
    files.sort();
    assert_eq!(files, NAMES);
}

#[test]
fn reading_survives_every_repository_cut_off_anywhere() {
    for text in TEXTS {
        let step = (text.len() / 40).max(1);
        for end in (0..text.len()).step_by(step) {
            if let Some(part) = text.get(..end) {
                taxiway_app::read(&MemorySources::from_text(part));
            }
        }
    }
}

#[test]
fn reading_twice_gives_the_same_bytes() {
    for text in TEXTS {
        let sources = MemorySources::from_text(text);
        let once = serde_json::to_string(&taxiway_app::read(&sources)).unwrap();
        let twice = serde_json::to_string(&taxiway_app::read(&sources)).unwrap();
        assert_eq!(once, twice);
    }
}

/// Every fact says where it was seen, or carries its places itself.
#[test]
fn every_fact_has_a_place() {
    const PLACED: [&str; 15] = [
        "root",
        "app_dir",
        "framework",
        "interface",
        "entrypoint",
        "settings_module",
        "server",
        "port",
        "database",
        "migrations",
        "frontend",
        "system_packages",
        "health",
        "artifacts",
        "email",
    ];
    let mut without: Vec<String> = Vec::new();
    for (name, text) in NAMES.iter().zip(TEXTS) {
        for service in taxiway_app::read(&MemorySources::from_text(text)).services {
            let document = serde_json::to_value(&service).unwrap();
            for fact in PLACED {
                let value = document.get(fact);
                let is_there =
                    value.is_some_and(|value| !value.is_null() && *value != serde_json::json!({}));
                if is_there && service.seen(fact).is_none() {
                    without.push(format!("{name}: {fact}"));
                }
            }
        }
    }
    assert_eq!(without, Vec::<String>::new());
}

#[test]
fn the_document_round_trips() {
    for text in TEXTS {
        let app = taxiway_app::read(&MemorySources::from_text(text));
        let json = serde_json::to_string(&app).unwrap();
        assert_eq!(serde_json::from_str::<App>(&json).unwrap(), app);
    }
}
