//! Children that misbehave, each in its own way.

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use camino::{Utf8Path, Utf8PathBuf};
use nix::{sys::signal::kill, unistd::Pid};
use tokio::time::timeout;

use super::{
    Cause, Child, Exit, Log, Process, Program, Readiness, Records, RestartPolicy, State, StopPlan,
};

const STUCK: Duration = Duration::from_secs(30);

struct Fixture {
    _folder: tempfile::TempDir,
    log: Log,
    records: Records,
    path: Utf8PathBuf,
}

fn fixture() -> Fixture {
    let folder = tempfile::tempdir().unwrap();
    let path = Utf8PathBuf::from_path_buf(folder.path().to_owned()).unwrap();
    Fixture {
        log: Log::new(&path.join("child.log")),
        records: Records::new(&path.join("processes")),
        path,
        _folder: folder,
    }
}

fn shell(script: &str) -> Program {
    Program {
        name: "test".to_owned(),
        executable: "/bin/sh".into(),
        arguments: vec!["-c".to_owned(), script.to_owned()],
        environment: BTreeMap::from([("PATH".to_owned(), "/usr/bin:/bin".to_owned())]),
        directory: "/".into(),
        account: None,
        stop: StopPlan::term(Duration::from_millis(300)),
    }
}

fn at_once() -> Readiness {
    Readiness {
        probe: Arc::new(|| Box::pin(async { Ok(()) })),
        interval: Duration::from_millis(10),
        limit: STUCK,
    }
}

/// Ready when the child has made the file.
fn when_there(path: &Utf8Path) -> Readiness {
    let path = path.to_owned();
    Readiness {
        probe: Arc::new(move || {
            let there = path.exists();
            Box::pin(async move { there.then_some(()).ok_or_else(|| "no file".to_owned()) })
        }),
        interval: Duration::from_millis(10),
        limit: STUCK,
    }
}

fn no_restart() -> RestartPolicy {
    RestartPolicy {
        first: Duration::from_millis(1),
        longest: Duration::from_millis(5),
        limit: 0,
        endless: false,
        calm: STUCK,
    }
}

async fn settle(process: &Process, wanted: impl FnMut(&State) -> bool) -> State {
    let mut state = process.state();
    timeout(STUCK, state.wait_for(wanted))
        .await
        .expect("the process is stuck")
        .unwrap()
        .clone()
}

fn is_alive(pid: i32) -> bool {
    super::records::start_time(pid).is_some() && kill(Pid::from_raw(pid), None).is_ok()
}

async fn until_gone(pid: i32) {
    timeout(STUCK, async {
        while is_alive(pid) {
            tokio::task::yield_now().await;
        }
    })
    .await
    .expect("it lives on");
}

#[tokio::test]
async fn one_that_ignores_term_is_killed() {
    let fixture = fixture();
    let there = fixture.path.join("there");
    let process = Process::start(
        shell(&format!(
            "trap '' TERM; touch {there}; while :; do sleep 1; done"
        )),
        when_there(&there),
        no_restart(),
        fixture.log,
        fixture.records,
    );
    let State::Ready { pid } = settle(&process, |state| matches!(state, State::Ready { .. })).await
    else {
        panic!("not ready")
    };
    timeout(STUCK, process.stop()).await.unwrap();
    assert!(!is_alive(pid));
    assert_eq!(*process.state().borrow(), State::Stopped);
}

#[tokio::test]
async fn the_children_of_one_that_forks_end_with_it() {
    let fixture = fixture();
    let pid_file = fixture.path.join("pid");
    let mut child = Child::spawn(
        &shell(&format!("sleep 1000 & echo $! > {pid_file}; exit 7")),
        &fixture.log,
        &fixture.records,
    )
    .unwrap();
    let exit = timeout(STUCK, child.wait()).await.unwrap().unwrap();
    assert_eq!(
        exit,
        Exit {
            code: Some(7),
            signal: None
        }
    );
    let grandchild = std::fs::read_to_string(pid_file)
        .unwrap()
        .trim()
        .parse()
        .unwrap();
    until_gone(grandchild).await;
}

#[tokio::test]
async fn one_that_never_gets_ready_is_given_up() {
    let fixture = fixture();
    let limit = Duration::from_millis(200);
    let readiness = Readiness {
        probe: Arc::new(|| Box::pin(async { Err("status 500".to_owned()) })),
        interval: Duration::from_millis(10),
        limit,
    };
    let process = Process::start(
        shell("echo booting; exec sleep 1000"),
        readiness,
        no_restart(),
        fixture.log,
        fixture.records,
    );
    let state = settle(&process, |state| matches!(state, State::Crashed(_))).await;
    let State::Crashed(failure) = state else {
        panic!("{state:?}")
    };
    let answer = "status 500".to_owned();
    assert_eq!(failure.cause, Cause::NotReady { limit, answer });
    assert_eq!(failure.last_lines, ["booting"]);
}

#[tokio::test]
async fn one_that_exits_at_once_is_restarted_and_then_given_up() {
    let fixture = fixture();
    let runs = fixture.path.join("runs");
    let process = Process::start(
        shell(&format!("echo run >> {runs}; echo boom >&2; exit 3")),
        when_there(Utf8Path::new("/nowhere")),
        RestartPolicy {
            limit: 2,
            ..no_restart()
        },
        fixture.log.clone(),
        fixture.records,
    );
    let state = settle(&process, |state| matches!(state, State::Crashed(_))).await;
    let State::Crashed(failure) = state else {
        panic!("{state:?}")
    };
    assert_eq!(failure.cause.to_string(), "exited with code 3");
    assert_eq!(failure.last_lines, ["boom"]);
    assert_eq!(std::fs::read_to_string(runs).unwrap(), "run\nrun\nrun\n");
}

#[tokio::test]
async fn one_that_fills_its_pipe_is_drained() {
    let fixture = fixture();
    let script = "i=0; while [ $i -lt 20000 ]; do echo a line of some length $i; i=$((i+1)); done; echo done";
    let mut child = Child::spawn(&shell(script), &fixture.log, &fixture.records).unwrap();
    let exit = timeout(STUCK, child.wait()).await.unwrap().unwrap();
    assert!(exit.is_success());
    assert_eq!(child.last_lines().last().map(String::as_str), Some("done"));
}

#[tokio::test]
async fn a_killed_one_comes_back() {
    let fixture = fixture();
    let process = Process::start(
        shell("exec sleep 1000"),
        at_once(),
        RestartPolicy {
            limit: 3,
            ..no_restart()
        },
        fixture.log,
        fixture.records,
    );
    let State::Ready { pid: first } =
        settle(&process, |state| matches!(state, State::Ready { .. })).await
    else {
        panic!("not ready")
    };
    kill(Pid::from_raw(first), nix::sys::signal::Signal::SIGKILL).unwrap();
    let State::Ready { pid: second } = settle(
        &process,
        |state| matches!(state, State::Ready { pid } if *pid != first),
    )
    .await
    else {
        panic!("not ready")
    };
    assert!(!is_alive(first) && is_alive(second));
    drop(process);
    until_gone(second).await;
}

#[tokio::test]
async fn what_a_killed_cloud_left_behind_is_stopped() {
    let fixture = fixture();
    let child = Child::spawn(
        &shell("sleep 1000 & exec sleep 1000"),
        &fixture.log,
        &fixture.records,
    )
    .unwrap();
    let pid = child.pid();
    // Neither stopped nor waited for, as after `kill -9`.
    std::mem::forget(child);
    let records = fixture.records.clone();
    let orphans = tokio::task::spawn_blocking(move || records.stop_orphans())
        .await
        .unwrap()
        .unwrap();
    assert_eq!(orphans, ["test"]);
    until_gone(pid).await;
    assert_eq!(
        fixture.records.stop_orphans().unwrap(),
        Vec::<String>::new()
    );
}

#[tokio::test]
async fn a_record_of_another_process_harms_nobody() {
    let fixture = fixture();
    let mut child =
        Child::spawn(&shell("exec sleep 1000"), &fixture.log, &fixture.records).unwrap();
    let path = fixture.path.join(format!("processes/{}.json", child.pid()));
    let record = std::fs::read_to_string(&path).unwrap();
    let mut record: serde_json::Value = serde_json::from_str(&record).unwrap();
    record["started"] = "1".into();
    std::fs::write(&path, record.to_string()).unwrap();
    assert_eq!(
        fixture.records.stop_orphans().unwrap(),
        Vec::<String>::new()
    );
    assert!(is_alive(child.pid()));
    child.stop(&StopPlan::term(STUCK)).await.unwrap();
}
