//! What fails beside the release: the database server, the disk.

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use serde_json::Value;
use taxiway_test::case;

use crate::load::Load;
use crate::world::{World, wait_until};

#[test]
fn a_database_that_hangs_during_the_warm_up_stops_the_release() {
    let world = World::up();
    let serving = world.serving();
    world.shop.apply(&case("text-edit"));
    let load = Load::start(&world, "/healthz/live");
    let before = journal(&world)["id"].clone();
    let program = world.spawn(&["up", "--yes"]);
    let is_warming = wait_until(|| {
        let journal = journal(&world);
        // A busy machine may let the test see the phase after it only: the end has to be the same.
        let phase = journal["position"]["phase"].as_str().unwrap_or_default();
        (journal["id"] != before && ["warm", "shift", "verify"].contains(&phase))
            .then(|| phase.to_owned())
    });
    let phase = is_warming.expect("the rollout reaches its phase `warm`");
    let server = database_processes(&world);
    assert!(server.len() > 1, "{server:?}");
    signal(&server, Signal::SIGSTOP);
    let output = program.wait_with_output().expect("it ends");
    signal(&server, Signal::SIGCONT);
    let told = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(5), "{told}");
    // A swap that the platform refuses has the status alone; before it, the cause is named: a check that waits, or a
    // connection that is about to be made when the server stops to answer.
    let is_named = [
        "database: timeout",
        "the database gave no answer",
        "the database is not usable",
    ]
    .iter()
    .any(|words| told.contains(words));
    assert!(
        is_named || (phase != "warm" && told.contains("503")),
        "{told}"
    );
    load.stop().none_failed();
    assert_eq!(world.serving(), serving);
    // Nothing of the release was wrong: with the database back, the same command serves it.
    world.run(&["up", "--yes"]).succeeds();
    assert_ne!(world.serving(), serving);
}

#[test]
fn a_disk_without_room_for_the_package_stops_the_release() {
    let Some(world) = World::on_a_disk_of(500) else {
        println!("not run: a disk of its own takes root's rights");
        return;
    };
    world.run(&["up", "--yes"]).succeeds();
    let serving = world.serving();
    // Room for a part of what the build installs, then not even for the package.
    for left in [12 * 1024 * 1024, 600 * 1024] {
        let commit = world.shop.apply(&case("text-edit"));
        let filler = fill(&world, left);
        let load = Load::start(&world, "/api/products/");
        let refused = world.run(&["up", "--yes"]).ends_with(5);
        assert!(
            refused.stderr.contains("disk is full"),
            "{}",
            refused.stderr
        );
        load.stop().none_failed();
        assert_eq!(world.serving(), serving);
        std::fs::remove_file(filler).expect("it is ours");
        world.shop.revert(&commit);
    }
    world.shop.apply(&case("text-edit"));
    world.run(&["up", "--yes"]).succeeds();
    assert_ne!(world.serving(), serving);
}

/// Writes until so many bytes are left on the disk of the local cloud.
fn fill(world: &World, left: u64) -> camino::Utf8PathBuf {
    let disk = world.disk();
    let free = nix::sys::statvfs::statvfs(disk.as_std_path()).expect("a disk");
    let free = free.blocks_available() * free.fragment_size();
    let path = disk.join("filler");
    let mut file = std::fs::File::create(&path).expect("there is room");
    let zeros = std::io::Read::take(std::io::repeat(0), free.saturating_sub(left));
    std::io::copy(&mut { zeros }, &mut file).expect("there is room");
    path
}

fn journal(world: &World) -> Value {
    let path = world.shop.path().join(".taxiway/state/local/journal.json");
    std::fs::read_to_string(path)
        .ok()
        .and_then(|text| serde_json::from_str(&text).ok())
        .unwrap_or_default()
}

/// The database server of this world and its processes.
fn database_processes(world: &World) -> Vec<Pid> {
    let servers = world.state().join("postgresql");
    let postmaster = servers
        .read_dir_utf8()
        .expect("the server has a folder")
        .flatten()
        .find_map(|server| pid_file(&server.into_path()))
        .expect("the server runs");
    let children =
        std::fs::read_to_string(format!("/proc/{postmaster}/task/{postmaster}/children"))
            .expect("its processes can be listed");
    children
        .split_whitespace()
        .filter_map(|pid| pid.parse().ok())
        .chain([postmaster])
        .map(Pid::from_raw)
        .collect()
}

fn pid_file(folder: &camino::Utf8Path) -> Option<i32> {
    let text = ["postmaster.pid", "data/postmaster.pid"]
        .iter()
        .find_map(|name| std::fs::read_to_string(folder.join(name)).ok())?;
    text.lines().next()?.trim().parse().ok()
}

fn signal(processes: &[Pid], signal: Signal) {
    for process in processes {
        // A connection's process may have ended meanwhile.
        let _ = kill(*process, signal);
    }
}
