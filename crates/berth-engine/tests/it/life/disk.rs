//! A disk that runs low, and what is refused on a full one.

use berth_domain::Bytes;
use berth_domain::disk::{Threshold, Thresholds};
use berth_engine::request::{CreateTenant, TenantChange};
use berth_engine_testkit::{ACTOR, ORG};
use jiff::SignedDuration;

use super::stage::{Stage, problems};

const MINUTE: SignedDuration = SignedDuration::from_mins(1);

const fn thresholds(low: u64, full: u64) -> Thresholds {
    let [low, full] = [Threshold::Bytes(Bytes(low)), Threshold::Bytes(Bytes(full))];
    Thresholds { low, full }
}

async fn status(stage: &Stage) -> Vec<String> {
    stage.process().engine.status(&ACTOR).await.unwrap().disk
}

async fn check(stage: &Stage) -> &'static str {
    let checks = stage.process().engine.doctor(&ACTOR).await.unwrap();
    checks.iter().find(|check| check.name == "disk").unwrap().status
}

#[tokio::test(flavor = "multi_thread")]
async fn on_a_full_disk_nothing_new_is_made_and_what_runs_runs_on() {
    let mut stage = Stage::new().await;
    stage.create("acme").await;
    stage.change("acme", TenantChange::Archive).await;
    stage.create("globex").await;
    stage.installation.settings.disk = thresholds(0, u64::MAX);
    stage.pass(MINUTE).await;
    stage.until(async || stage.events("host.disk_low").await.len() == 1).await;

    let request = CreateTenant { name: "initech".into(), ..CreateTenant::default() };
    let engine = &stage.process().engine;
    let made = problems(engine.create_tenant(&ACTOR, ORG, &request).await);
    let back = problems(stage.begin("acme", TenantChange::Unarchive).await);

    let home = stage.installation.home().display().to_string();
    assert_eq!(made.len(), 1, "{made:?}");
    assert!(made[0].starts_with("disk: there is no room to make a tenant: "), "{made:?}");
    assert!(made[0].contains(&home), "{made:?}");
    assert!(back[0].starts_with("disk: there is no room to bring a tenant back"), "{back:?}");
    stage.change("globex", TenantChange::Restart).await;
    assert_eq!(check(&stage).await, "failed");
    assert!(status(&stage).await[0].starts_with("full: "), "{:?}", status(&stage).await);

    stage.installation.settings.disk = thresholds(0, 0);
    stage.pass(MINUTE).await;
    stage.until(async || stage.events("host.disk_ok").await.len() == 1).await;
    stage.change("acme", TenantChange::Unarchive).await;
    assert_eq!(check(&stage).await, "ok");
    assert!(status(&stage).await.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_low_disk_is_told_once_whatever_process_looks() {
    let mut stage = Stage::with(|it| it.settings.disk = thresholds(u64::MAX, 0)).await;
    stage.until(async || stage.events("host.disk_low").await.len() == 1).await;

    stage.pass(MINUTE).await;
    stage.create("acme").await;
    stage.pass(MINUTE).await;
    stage.create("globex").await;

    let told = stage.events("host.disk_low").await;
    assert_eq!(told.len(), 1);
    assert_eq!((&told[0].data["place"], &told[0].data["level"]), (&"home".into(), &"low".into()));
    assert!(told[0].data["free_bytes"].as_u64() < told[0].data["total_bytes"].as_u64());
    assert_eq!(check(&stage).await, "warning");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_fills_the_disk_is_listed_by_kind() {
    let stage = Stage::new().await;
    stage.create("acme").await;

    let disk = stage.process().engine.disk(&ACTOR).await.unwrap();

    assert_eq!(disk.places[0].name, "home");
    let size = |kind| disk.uses.iter().find(|it| it.kind == kind).unwrap().bytes.0;
    assert!(size("blueprints") > 1 << 20);
    assert!(size("control database") > 0);
    let none = ["copies of the control database", "backups that were sent in"];
    assert_eq!(none.map(size), [0, 0]);
    assert_eq!(size("folders that belong to nobody"), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_sent_in_and_what_belongs_to_nobody_fill_the_disk_too() {
    let stage = Stage::new().await;
    stage.create("acme").await;
    let paths = &stage.installation.settings.paths;
    let sizes = async || {
        let disk = stage.process().engine.disk(&ACTOR).await.unwrap();
        let size = |kind| disk.uses.iter().find(|it| it.kind == kind).unwrap().bytes.0;
        ["backups that were sent in", "folders that belong to nobody", "blueprints"].map(size)
    };
    let [_, _, blueprints] = sizes().await;
    std::fs::create_dir_all(paths.uploads()).unwrap();
    std::fs::write(paths.uploads().join("one"), vec![1; 100_000]).unwrap();
    for stray in ["t_0123456789", "b_0123456789"] {
        let folder = paths.object(&stray.parse().unwrap()).filestore();
        std::fs::create_dir_all(&folder).unwrap();
        std::fs::write(folder.join("blob"), vec![1; 200_000]).unwrap();
    }

    let [uploads, stray, others] = sizes().await;

    assert!((100_000..200_000).contains(&uploads), "{uploads}");
    assert!((400_000..500_000).contains(&stray), "{stray}");
    assert!(others - blueprints < 100_000, "a folder is counted once: {blueprints}, {others}");
}
