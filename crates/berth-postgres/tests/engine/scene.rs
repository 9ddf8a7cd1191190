//! One engine, one home, one test at a time.

use std::path::{Path, PathBuf};
use std::sync::LazyLock;
use std::sync::atomic::{AtomicU32, Ordering};

use berth_domain::{Bytes, Generation};
use berth_postgres::managed::{ensure_running, probe_image};
use berth_postgres::{Expect, ManagedCluster, PostgresError, Server};
use berth_runtime::{
    Attachment, Labels, Mount, MountSource, Role, Runtime, UserIds, WorkloadName, WorkloadSpec,
};
use berth_runtime_docker::ConnectOptions;
use secrecy::SecretString;
use tokio::sync::{Mutex, MutexGuard};

/// It names the process, so that tests of another one are left alone.
static HOME: LazyLock<String> = LazyLock::new(|| format!("test-postgres-{}", std::process::id()));

pub(crate) struct Scene {
    pub(crate) runtime: Runtime,
    pub(crate) cluster: ManagedCluster,
    pub(crate) password: SecretString,
    options: ConnectOptions,
    // The folder goes after the containers that have it mounted.
    _folder: tempfile::TempDir,
    _turn: MutexGuard<'static, ()>,
}

impl Scene {
    pub(crate) async fn new() -> Self {
        static TURN: Mutex<()> = Mutex::const_new(());
        static NEXT: AtomicU32 = AtomicU32::new(1);
        let turn = TURN.lock().await;
        let setup = setup();
        let options =
            ConnectOptions { docker_host: text(&setup, "docker_host"), home: HOME.clone() };
        let runtime = berth_runtime_docker::connect(&options).unwrap();
        sweep(&runtime).await;
        let reference = text(&setup, "postgres").parse().unwrap();
        let image = runtime.images.find(&reference).await.unwrap();
        let image =
            image.expect("the image of PostgreSQL is there: run `cargo xtask setup`").digest;
        let facts = probe_image(&runtime, &image, &HOME).await.unwrap();
        let folder = tempfile::tempdir().unwrap();
        let cluster = ManagedCluster {
            name: format!("n{}", NEXT.fetch_add(1, Ordering::Relaxed)),
            home: HOME.clone(),
            folder: folder.path().join("main"),
            image,
            facts,
            memory: Bytes::mib(512),
            shared_memory: Bytes::mib(128),
            max_connections: 50,
            reflink: false,
            syncfs_reports: true,
        };
        let password = SecretString::from("canary-of-the-administrator");
        Self { runtime, cluster, password, options, _folder: folder, _turn: turn }
    }

    pub(crate) async fn start(&self, expect: Expect) -> Result<Server, PostgresError> {
        ensure_running(&self.runtime, &self.cluster, &self.password, expect).await
    }

    /// A job in the image of PostgreSQL, as a user of its own, that sees the socket folder the way
    /// tenants do.
    pub(crate) fn tenant_job(&self, command: &[&str], extra: Vec<Mount>) -> WorkloadSpec {
        let mut mounts = vec![mount(&self.cluster.socket_folder(), "/run/postgresql", true)];
        mounts.extend(extra);
        WorkloadSpec {
            name: WorkloadName::cluster(&self.cluster.name, &HOME, "-tenant"),
            role: Role::Job,
            labels: Labels::default(),
            generation: Generation(1),
            image: self.cluster.image.clone(),
            command: command.iter().map(|&part| part.to_owned()).collect(),
            environment: [("PGPASSFILE".to_owned(), "/berth/pass/tenant".to_owned())].into(),
            user: Some(TENANT),
            mounts,
            attachment: Attachment::None,
            limits: None,
            read_only_root: true,
            scratch: vec!["/tmp"],
            shared_memory: None,
            stop_grace: std::time::Duration::from_secs(1),
            stop_signal: None,
        }
    }
}

pub(crate) const TENANT: UserIds = UserIds { uid: 100, gid: 101 };

pub(crate) fn mount(source: &Path, target: &'static str, read_only: bool) -> Mount {
    Mount { source: MountSource::new(source).unwrap(), target, read_only }
}

impl Drop for Scene {
    fn drop(&mut self) {
        // A thread of its own: the test's runtime may be unwinding.
        let options = self.options.clone();
        let swept = std::thread::spawn(move || {
            let runtime = berth_runtime_docker::connect(&options).unwrap();
            let executor = tokio::runtime::Builder::new_current_thread().enable_all().build();
            executor.unwrap().block_on(sweep(&runtime));
        });
        let _ = swept.join();
    }
}

async fn sweep(runtime: &Runtime) {
    for found in runtime.workloads.list().await.unwrap() {
        let suffixes = ["", "-initdb", "-tenant"];
        let name = suffixes.into_iter().find_map(|suffix| {
            let middle = found.name.strip_prefix("pg-")?.strip_suffix(suffix)?;
            let cluster = middle.strip_suffix(HOME.as_str())?.strip_suffix('-')?;
            Some(WorkloadName::cluster(cluster, &HOME, suffix))
        });
        if let Some(name) = name {
            runtime.workloads.remove(&name).await.unwrap();
        }
    }
}

fn text(setup: &serde_json::Value, key: &str) -> String {
    setup[key].as_str().unwrap_or_else(|| panic!("the setup names `{key}`")).to_owned()
}

#[expect(clippy::disallowed_methods, reason = "tests are told by it where the setup is")]
fn setup() -> serde_json::Value {
    let beside = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../target/berth-setup.json");
    let path = std::env::var("BERTH_SETUP").map_or(beside, PathBuf::from);
    let content = std::fs::read(&path).unwrap_or_else(|error| {
        panic!("cannot read `{}` ({error}): run `cargo xtask setup` first", path.display())
    });
    serde_json::from_slice(&content).unwrap()
}
