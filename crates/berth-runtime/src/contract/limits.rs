//! What the kernel does not let containers exceed.

use berth_domain::{Bytes, Limits};

use super::ContractBed;
use super::programs::{Program, list};
use super::scene::{LIMITS, Scene, exit, must};
use crate::WorkloadSpec;

/// Where the kernel shows a container its limits, and what they read for [`LIMITS`]
/// (kernel, `scheduler/sched-bwc.rst`, `cgroup-v1`, `cgroup-v2.rst`).
fn shown(cgroup_version: u8) -> Vec<(&'static str, String)> {
    let period = 100_000;
    let quota = u64::from(LIMITS.cpu_millis) * period / 1000;
    let (memory, pids) = (LIMITS.memory.0.to_string(), LIMITS.pids.to_string());
    if cgroup_version == 2 {
        vec![
            ("/sys/fs/cgroup/cpu.max", format!("{quota} {period}")),
            ("/sys/fs/cgroup/memory.max", memory),
            ("/sys/fs/cgroup/memory.swap.max", "0".to_owned()),
            ("/sys/fs/cgroup/pids.max", pids),
        ]
    } else {
        vec![
            ("/sys/fs/cgroup/cpu/cpu.cfs_quota_us", quota.to_string()),
            ("/sys/fs/cgroup/cpu/cpu.cfs_period_us", period.to_string()),
            ("/sys/fs/cgroup/memory/memory.limit_in_bytes", memory),
            ("/sys/fs/cgroup/pids/pids.max", pids),
        ]
    }
}

pub async fn limits_are_in_force(bed: &dyn ContractBed) {
    let scene = Scene::new(bed);
    scene.run_from(&scene.spec(&Program::Wait)).await;
    let engine = must(bed.runtime().telemetry.engine().await);

    for (file, expected) in shown(engine.cgroup_version) {
        let read = scene.exec(list(&["cat", file])).await;
        assert_eq!(String::from_utf8_lossy(&read.out).trim(), expected, "{file}: {read:?}");
    }
    assert_eq!(scene.observe().await.and_then(|observed| observed.limits), Some(LIMITS));
}

pub async fn a_container_beyond_its_memory_is_ended_and_says_why(bed: &dyn ContractBed) {
    let scene = Scene::new(bed);
    let limits = Some(Limits { memory: Bytes::mib(16), ..LIMITS });
    let greedy = scene.job(list(&["awk", "BEGIN { x = \"x\"; while (1) x = x x }"]));

    let (ended, _) = scene.run(&WorkloadSpec { limits, ..greedy }).await;

    let engine = must(bed.runtime().telemetry.engine().await);
    assert_eq!(ended.out_of_memory, engine.tells_out_of_memory, "{ended:?}");
    assert_ne!(ended.code, 0);
}

pub async fn a_container_beyond_its_processor_time_is_held_back(bed: &dyn ContractBed) {
    let scene = Scene::new(bed);
    let limits = Some(Limits { cpu_millis: 200, ..LIMITS });
    // It works for some hundred milliseconds and then says what the kernel counted meanwhile: of the
    // first file in a cgroup of version 1, of the second in one of version 2.
    let script = "BEGIN { for (i = 0; i < 5000000; i++) x += i; \
                  while ((getline line < \"/sys/fs/cgroup/cpu/cpu.stat\") > 0) print line; \
                  while ((getline line < \"/sys/fs/cgroup/cpu.stat\") > 0) print line }";
    let busy = scene.job(list(&["awk", script]));

    let (ended, lines) = scene.run(&WorkloadSpec { limits, ..busy }).await;

    assert_eq!(ended, exit(0), "{lines:?}");
    let held_back = lines.iter().filter_map(|line| line.text.strip_prefix("nr_throttled "));
    let times: u64 = held_back.filter_map(|count| count.parse::<u64>().ok()).sum();
    assert!(times > 0, "{lines:?}");
}

pub async fn a_container_beyond_its_processes_cannot_fork(bed: &dyn ContractBed) {
    let scene = Scene::new(bed);
    // Each pipe is a process of its own, and stays open until the end.
    let script =
        "BEGIN { for (i = 0; i < 20; i++) { c = \"sleep 1.\" i; print i | c; fflush(c) } }";
    let run = async |pids| {
        let limits = Some(Limits { pids, ..LIMITS });
        scene.run(&WorkloadSpec { limits, ..scene.job(list(&["awk", script])) }).await
    };

    let (enough, _) = run(64).await;
    let (too_few, lines) = run(8).await;

    assert_eq!(enough, exit(0));
    assert_ne!(too_few, exit(0), "{lines:?}");
}
