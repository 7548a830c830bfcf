//! Two web services of one repository: two sites on one plan, each with releases of its own.

use camino::Utf8Path;
use taxiway_test::workflow::Outcome;

use crate::pipeline::{Place, all_green};
use crate::rights::ResourceManager;
use crate::world::{World, text_of};

/// A service that says which database it was given, what it is told by another one, and as whom it asks a vault.
fn service(who: &str) -> String {
    format!(
        "import json
import os
import urllib.request

from flask import Flask
from sqlalchemy import create_engine, text
from sqlalchemy.engine import make_url

app = Flask(__name__)
address = make_url(os.environ['DATABASE_URL']).set(drivername='postgresql+psycopg')


@app.get('/')
def home():
    return f'{who} reads {{read(address.database)}}'


@app.get('/databases/<name>')
def read(name):
    try:
        with create_engine(address.set(database=name)).connect() as connection:
            return connection.execute(text('select current_database()')).scalar()
    except Exception as error:
        return str(error)


@app.get('/token')
def token():
    url = '{{IDENTITY_ENDPOINT}}?api-version=2019-08-01&resource=https://vault.azure.net&client_id={{AZURE_CLIENT_ID}}'
    headers = {{'X-IDENTITY-HEADER': os.environ['IDENTITY_HEADER']}}
    request = urllib.request.Request(url.format(**os.environ), headers=headers)
    with urllib.request.urlopen(request) as answer:
        return json.load(answer)['access_token']
"
    )
}

/// A repository with an API and a gateway, and their pipelines. The API is the one that no table names.
fn two() -> Place {
    let place = Place::changed(
        "links",
        "\n[services.gateway]\nroot = \"gateway\"\n",
        |root| {
            for entry in root.read_dir_utf8().expect("the example").flatten() {
                let _ = match entry.path().is_dir() {
                    true if entry.file_name() != ".git" => std::fs::remove_dir_all(entry.path()),
                    true => Ok(()),
                    false => std::fs::remove_file(entry.path()),
                };
            }
            for name in ["api", "gateway"] {
                write(root, &format!("{name}/main.py"), &service(name));
                let requirements = "flask>=3.1,<4\npsycopg[binary]>=3.2,<4\nsqlalchemy>=2,<3\n";
                write(root, &format!("{name}/requirements.txt"), requirements);
            }
        },
    );
    commit(&place.world);
    place
}

fn commit(world: &World) {
    world.shop.git(&["add", "--all"]);
    world.shop.git(&["commit", "--quiet", "--message=Change"]);
}

fn write(root: &Utf8Path, path: &str, text: &str) {
    let path = root.join(path);
    std::fs::create_dir_all(path.parent().expect("a folder")).expect("it can be made");
    std::fs::write(path, text).expect("it can be written");
}

/// What the service of a host name of the local cloud answers.
fn page(world: &World, site: &str) -> String {
    page_at(world, site, "")
}

fn page_at(world: &World, site: &str, path: &str) -> String {
    let address = format!("{}{path}", world.sites());
    text_of(&address, ("Host", &format!("{site}.localhost")))
}

/// Each service reads its own secrets and opens its own database, and is refused those of the other.
fn nobody_opens_what_is_anothers(world: &World) {
    let services = [
        ("links", "links", ""),
        ("links-gateway", "links_gateway", "gateway-"),
    ];
    let manager = ResourceManager::of(world, "rg-links-local");
    for (site, own, _) in services {
        let token = page_at(world, site, "/token");
        for (_, database, prefix) in services {
            let secret = format!("{prefix}database-url");
            let status = manager.secret_as(&token, &secret);
            let opened = page_at(world, site, &format!("/databases/{database}"));
            if database == own {
                assert_eq!((status, opened.as_str()), (200, own), "{site}");
            } else {
                assert_eq!(status, 403, "{site} reads {secret}");
                let refusal = format!("permission denied for database \"{database}\"");
                assert!(opened.contains(&refusal), "{site}: {opened}");
            }
        }
    }
}

/// What nobody names any more is told, and removed on request alone; its database stays unless that is asked for too.
fn one_that_is_taken_out_runs_until_it_is_removed(world: &World) {
    let down = ["down", "--service", "gateway", "--yes", "--format", "json"];
    let named = world.run(&down).ends_with(4);
    assert!(
        named.stderr.contains("would make it again"),
        "{}",
        named.stderr
    );
    write(
        world.shop.path(),
        "taxiway.toml",
        "[app]\nname = \"links\"\nroot = \"api\"\n",
    );

    let up = || {
        world
            .run(&["up", "--yes", "--format", "json"])
            .succeeds()
            .json()
    };
    for outcome in ["served", "unchanged"] {
        let document = up();
        assert_eq!(document["outcome"], outcome);
        assert_eq!(document["left_behind"], serde_json::json!(["gateway"]));
    }
    for command in ["status", "explain", "check"] {
        let said = world.run(&[command]).stderr;
        let removes = "taxiway down local --service gateway";
        assert!(said.contains(removes), "{command}: {said}");
    }
    assert!(page(world, "links-gateway").starts_with("gateway"));

    let removed = |arguments: &[&str]| {
        let document = world.run(arguments).succeeds().json();
        document["resources"].clone()
    };
    assert_eq!(removed(&down), serde_json::json!(["links-gateway"]));
    assert_eq!(removed(&down), serde_json::json!([]));
    assert!(up().get("left_behind").is_none());
    let database = || page_at(world, "links", "/databases/links_gateway");
    assert!(database().contains("permission denied"), "{}", database());
    let mut too = down.to_vec();
    too.push("--with-database");
    let both = ["links_gateway", "id-links-gateway-local"];
    assert_eq!(removed(&too), serde_json::json!(both));
    assert!(database().contains("does not exist"), "{}", database());
    world
        .run(&["down", "--service", "../..", "--yes"])
        .ends_with(2);
}

/// What the workflows do to both services, in the local cloud.
fn workflows_deploy_both_and_take_one_back(place: &Place) {
    let world = &place.world;
    let local = ("environment", "local");
    let deploy = |inputs: &[(&str, &str)]| place.run("deploy.yml", &["deploy"], inputs);
    let gateway = || page(world, "links-gateway");
    all_green(&deploy(&[local]));
    assert_eq!(page(world, "links"), "api reads links");
    assert_eq!(gateway(), "gateway reads links_gateway");

    write(
        world.shop.path(),
        "gateway/main.py",
        &service("second gateway"),
    );
    commit(world);
    all_green(&deploy(&[local]));
    assert!(gateway().starts_with("second gateway"));
    let inputs = [local, ("service", "gateway")];
    all_green(&place.run("rollback.yml", &["rollback"], &inputs));
    assert!(gateway().starts_with("gateway"));

    // They are served, and then they are not the releases that were verified before.
    write(
        world.shop.path(),
        "gateway/main.py",
        &service("third gateway"),
    );
    commit(world);
    let expected = ("expected-release", "app=0123456789ab gateway=0123456789ab");
    let jobs = deploy(&[local, expected]);
    assert_eq!(jobs[0].failed(), Some("Verify"), "{jobs:#?}");
    let rolled_back = jobs[0].steps.iter().find(|step| step.0 == "Roll back");
    let outcome = rolled_back.map(|step| step.1);
    assert_eq!(outcome, Some(Outcome::Success), "{:#?}", jobs[0]);
    assert!(gateway().starts_with("gateway"));
    assert_eq!(page(world, "links"), "api reads links");
    write(world.shop.path(), "gateway/main.py", &service("gateway"));
    commit(world);
}

#[test]
fn two_services_are_two_sites_with_releases_of_their_own() {
    let place = two();
    let world = &place.world;
    // Nobody said which is the main one, and what becomes of the other.
    let config = world.shop.path().join("taxiway.toml");
    let named = std::fs::read_to_string(&config).expect("it was written");
    std::fs::remove_file(&config).expect("it is ours");
    let asked = world.run(&["up", "--yes"]).ends_with(3);
    for part in ["[app] root", "[services.NAME]"] {
        assert!(asked.stderr.contains(part), "{}", asked.stderr);
    }
    write(world.shop.path(), "taxiway.toml", &named);

    workflows_deploy_both_and_take_one_back(&place);
    nobody_opens_what_is_anothers(world);
    let first = world.run(&["up", "--yes", "--format", "json"]).succeeds();
    let again = world.run(&["up", "--format", "json"]).succeeds().json();
    assert_eq!(again["outcome"], "unchanged");

    // One of them goes back, as it is named.
    let unsaid = world.run(&["rollback"]).ends_with(2);
    assert!(
        unsaid
            .stderr
            .contains("taxiway rollback local --service gateway")
    );
    let status = world.run(&["status", "--format", "json"]).succeeds().json();
    let serving = |document: &serde_json::Value, index: usize| {
        let of = &document["services"][index];
        of["serving"]
            .as_str()
            .or(of["release"].as_str())
            .map(str::to_owned)
    };
    assert_eq!(serving(&status, 0), serving(&first.json(), 0));
    assert_eq!(serving(&status, 1), serving(&first.json(), 1));

    // Both change, and the second does not start: the first serves what is new, and that is told.
    write(world.shop.path(), "api/main.py", &service("new api"));
    let broken = format!("{}\nfeeds.start()\n", service("gateway"));
    write(world.shop.path(), "gateway/main.py", &broken);
    let failed = world.run(&["up", "--yes"]).ends_with(6);
    for part in [
        "service gateway: ",
        "NameError",
        "service app serves the new release",
    ] {
        assert!(failed.stderr.contains(part), "{part}: {}", failed.stderr);
    }
    assert!(page(world, "links-gateway").starts_with("gateway"));
    assert!(page(world, "links").starts_with("new api"));
    world.run(&["up", "--yes"]).ends_with(5);
    one_that_is_taken_out_runs_until_it_is_removed(world);
    world.run(&["down", "--yes"]).succeeds();
}
