//! What containers may do.

use berth_domain::Bytes;

use super::ContractBed;
use super::programs::{Program, SCRATCH, list};
use super::scene::{Scene, eventually, exit, text};
use crate::{Mount, MountSource, WorkloadSpec};

/// What the kernel says of a process that has no capability, cannot gain one, and has a seccomp filter
/// (proc(5), `/proc/pid/status`).
const POWERLESS: [&str; 7] = [
    "CapInh:\t0000000000000000",
    "CapPrm:\t0000000000000000",
    "CapEff:\t0000000000000000",
    "CapBnd:\t0000000000000000",
    "CapAmb:\t0000000000000000",
    "NoNewPrivs:\t1",
    "Seccomp:\t2",
];

fn is_powerless(status: &str) {
    let said: Vec<_> = status.lines().collect();
    for line in POWERLESS {
        assert!(said.contains(&line), "{line} is not in {said:#?}");
    }
}

pub async fn a_container_has_no_capability_and_can_gain_none(bed: &dyn ContractBed) {
    let scene = Scene::new(bed);
    // As root, the image's own user: an unprivileged user has no capability anyway.
    let job = scene.job(list(&["cat", "/proc/self/status"]));
    let job = WorkloadSpec { user: None, ..job };

    let (_, lines) = scene.run(&job).await;

    is_powerless(&lines.iter().map(text).collect::<Vec<_>>().join("\n"));
}

pub async fn a_command_in_a_container_has_no_capability_either(bed: &dyn ContractBed) {
    let scene = Scene::new(bed);
    scene.run_from(&WorkloadSpec { user: None, ..scene.spec(&Program::Wait) }).await;

    let executed = scene.exec(list(&["cat", "/proc/self/status"])).await;

    is_powerless(&String::from_utf8_lossy(&executed.out));
}

pub async fn the_root_is_read_only_and_scratch_is_not(bed: &dyn ContractBed) {
    let scene = Scene::new(bed);
    scene.run_from(&WorkloadSpec { user: None, ..scene.spec(&Program::Wait) }).await;

    let write = async |path: &str| scene.exec(list(&["touch", path])).await;

    let root = write("/file").await;
    assert_ne!(root.exit, exit(0));
    assert!(String::from_utf8_lossy(&root.error).contains("Read-only file system"), "{root:?}");
    assert_eq!(write(&format!("{SCRATCH}/file")).await.exit, exit(0));
}

pub async fn mounts_are_as_writable_as_asked(bed: &dyn ContractBed) {
    let scene = Scene::new(bed);
    let folder = bed.folder();
    let source = MountSource::new(&folder).expect("it is an ordinary folder");
    let mount = |target, read_only| Mount { source: source.clone(), target, read_only };
    let mounts = vec![mount("/writable", false), mount("/readable", true)];
    scene.run_from(&WorkloadSpec { mounts, ..scene.spec(&Program::Wait) }).await;

    let write = async |path: &str| scene.exec(list(&["touch", path])).await.exit;

    assert_eq!(write("/writable/one").await, exit(0));
    assert_ne!(write("/readable/two").await, exit(0));
    let files: Vec<_> = std::fs::read_dir(&folder)
        .expect("the folder is there")
        .map(|entry| entry.expect("it can be listed").file_name())
        .collect();
    assert_eq!(files, ["one"]);
}

pub async fn user_and_environment_are_as_asked(bed: &dyn ContractBed) {
    let scene = Scene::new(bed);
    let said = async |command| {
        let (ended, lines) = scene.run(&scene.job(command)).await;
        assert_eq!(ended, exit(0));
        lines.into_iter().map(|line| line.text).collect::<Vec<_>>()
    };

    assert_eq!(said(list(&["id", "-u"])).await, ["1234"]);
    assert_eq!(said(list(&["id", "-g"])).await, ["1234"]);
    assert_eq!(said(list(&["awk", "BEGIN { print ENVIRON[\"LANG\"] }"])).await, ["C.UTF-8"]);
}

pub async fn shared_memory_has_the_size_that_was_asked_for(bed: &dyn ContractBed) {
    let scene = Scene::new(bed);
    let job = scene.job(list(&["awk", "$2 == \"/dev/shm\" { print $4 }", "/proc/mounts"]));

    let job = WorkloadSpec { shared_memory: Some(Bytes::mib(96)), ..job };
    let (_, lines) = scene.run(&job).await;

    let options: Vec<_> = lines.iter().flat_map(|line| line.text.split(',')).collect();
    assert!(options.contains(&"size=98304k"), "{options:?}");
}

pub async fn ended_children_are_reaped(bed: &dyn ContractBed) {
    let scene = Scene::new(bed);
    scene.run_from(&scene.spec(&Program::Wait)).await;

    // An orphan: its parent ends first, so it is handed to the first process of the container.
    let orphan = "BEGIN { system(\"true & exit 0\") }";
    scene.exec(list(&["awk", orphan])).await;

    eventually("no process to be a zombie", async || {
        let processes = scene.exec(list(&["ps", "-o", "stat"])).await;
        let said = String::from_utf8_lossy(&processes.out).into_owned();
        (!said.lines().any(|line| line.starts_with('Z'))).then_some(())
    })
    .await;
}
