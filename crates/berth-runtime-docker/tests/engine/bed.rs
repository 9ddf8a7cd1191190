//! The real engine, with a home and addresses of the test's own.

use std::collections::HashMap;
use std::hash::{BuildHasher, Hasher, RandomState};
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Mutex, OnceLock};

use async_trait::async_trait;
use berth_domain::subnet::{Subnet, SubnetPool};
use berth_domain::{Digest, ImageRef, ObjectName};
use berth_runtime::contract::{ContractBed, Fresh, Program};
use berth_runtime::{Runtime, WorkloadName};
use berth_runtime_docker::{ConnectOptions, connect};
use bollard::models::{ContainerCreateBody, Ipam, IpamConfig, NetworkCreateRequest};
use bollard::query_parameters::{
    CreateContainerOptions, InspectContainerOptions, InspectNetworkOptions, ListNetworksOptions,
    StartContainerOptions,
};
use bollard::{API_DEFAULT_VERSION, Docker};

use crate::registry;
use crate::setup::Setup;
use crate::sweep::{self, HOME, TEST};

/// The home that planted objects claim to be of.
const OTHER_HOME: &str = "test-somebody-else";

static NEXT_HOME: AtomicU32 = AtomicU32::new(0);
static NEXT_SUBNET: AtomicU32 = AtomicU32::new(0);
static POOL: OnceLock<SubnetPool> = OnceLock::new();
/// The first test of a process sweeps and chooses addresses while the others wait.
static FIRST: tokio::sync::Mutex<()> = tokio::sync::Mutex::const_new(());

#[derive(Debug)]
pub(crate) struct EngineBed {
    setup: Setup,
    pub(crate) home: String,
    pub(crate) docker: Docker,
    runtime: Runtime,
    image: (ImageRef, Digest),
    folder: tempfile::TempDir,
    fetched: Mutex<Vec<String>>,
}

impl EngineBed {
    pub(crate) async fn new() -> Self {
        let setup = Setup::read();
        let docker = dial(&setup.docker_host);
        prepare(&docker).await;
        let home = sweep::home(NEXT_HOME.fetch_add(1, Ordering::Relaxed));
        let options = ConnectOptions { docker_host: setup.docker_host.clone(), home: home.clone() };
        let runtime = connect(&options).unwrap();
        let reference: ImageRef = setup.tiny.parse().unwrap();
        let image = runtime.images.find(&reference).await.unwrap();
        let digest = image.expect("the tiny image is there: run `cargo xtask setup`").digest;
        let folder = tempfile::tempdir().unwrap();
        std::fs::set_permissions(folder.path(), std::fs::Permissions::from_mode(0o777)).unwrap();
        Self {
            image: (reference, digest),
            fetched: Mutex::default(),
            setup,
            home,
            docker,
            runtime,
            folder,
        }
    }
}

/// Two processes that test at the same time must not choose the same names.
fn random_digits() -> String {
    let random = || RandomState::new().build_hasher().finish();
    format!("{:016x}{:016x}", random(), random())
}

fn dial(docker_host: &str) -> Docker {
    Docker::connect_with_unix(docker_host, 120, API_DEFAULT_VERSION).unwrap()
}

async fn prepare(docker: &Docker) {
    let _guard = FIRST.lock().await;
    if POOL.get().is_none() {
        sweep::leftovers(docker).await;
        let pool = unused_pool(docker).await;
        POOL.get_or_init(|| pool);
    }
}

/// Finds 512 networks' worth of addresses that no network of the engine uses. Where to look first
/// depends on the process, so two that start at the same time do not choose the same.
async fn unused_pool(docker: &Docker) -> SubnetPool {
    let networks = docker.list_networks(None::<ListNetworksOptions>).await.unwrap();
    let used: Vec<_> = networks
        .into_iter()
        .filter_map(|network| network.ipam?.config)
        .flatten()
        .filter_map(|config| {
            let subnet = config.subnet?;
            let (address, prefix) = subnet.split_once('/')?;
            Some((address.parse().ok()?, prefix.parse().ok()?))
        })
        .collect();
    let is_free =
        |pool: &SubnetPool| !used.iter().any(|&(address, prefix)| pool.overlaps(address, prefix));
    (0..128)
        .map(|offset| (std::process::id() + offset) % 128)
        .map(|number| format!("10.{}.{}.0/19", 240 + number / 8, number % 8 * 32))
        .map(|text| text.parse().unwrap())
        .find(is_free)
        .expect("some addresses between 10.240 and 10.255 are free")
}

impl Drop for EngineBed {
    /// Also after a panic. In a thread of its own, because this one may be inside an executor.
    fn drop(&mut self) {
        let docker_host = self.setup.docker_host.clone();
        let home = self.home.clone();
        let images = std::mem::take(&mut *self.fetched.lock().unwrap());
        let swept = std::thread::spawn(move || {
            let executor =
                tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
            executor.block_on(sweep::home_of_test(&dial(&docker_host), &home, &images));
        });
        assert!(swept.join().is_ok() || std::thread::panicking(), "cannot clean up after a test");
    }
}

#[async_trait]
impl ContractBed for EngineBed {
    fn runtime(&self) -> &Runtime {
        &self.runtime
    }

    fn unreachable(&self) -> Runtime {
        let nowhere = self.folder.path().join("no.sock");
        let docker_host = format!("unix://{}", nowhere.display());
        connect(&ConnectOptions { docker_host, home: self.home.clone() }).unwrap()
    }

    fn image(&self) -> (ImageRef, Digest) {
        self.image.clone()
    }

    async fn registry(&self) -> (ImageRef, ImageRef) {
        let address = registry::serve(&self.home).await;
        let reference = |name: &str| format!("{address}/{name}:1");
        self.fetched.lock().unwrap().push(reference(registry::PRESENT));
        let parse = |text: String| text.parse().unwrap();
        (parse(reference(registry::PRESENT)), parse(reference("berth/absent")))
    }

    fn fresh(&self) -> Fresh {
        let number = NEXT_SUBNET.fetch_add(1, Ordering::Relaxed);
        let pool = POOL.get().expect("a bed chose it");
        Fresh {
            tenant: format!("tnt_{}", random_digits()).parse().unwrap(),
            operation: format!("op_{}", random_digits()).parse().unwrap(),
            subnet: pool.subnet(number).expect("tests use fewer networks than the pool has"),
        }
    }

    fn folder(&self) -> PathBuf {
        let folder = self.folder.path().join("shared");
        std::fs::create_dir(&folder).unwrap();
        std::fs::set_permissions(&folder, std::fs::Permissions::from_mode(0o777)).unwrap();
        folder
    }

    async fn plant_workload(&self, name: &WorkloadName) {
        let options =
            CreateContainerOptions { name: Some(name.to_string()), platform: String::new() };
        let body = ContainerCreateBody {
            image: Some(self.setup.tiny.clone()),
            entrypoint: Some(Program::Wait.command()),
            labels: Some(self.planted_labels()),
            ..ContainerCreateBody::default()
        };
        self.docker.create_container(Some(options), body).await.unwrap();
        let started = self.docker.start_container(name.as_str(), None::<StartContainerOptions>);
        started.await.unwrap();
    }

    async fn runs_planted_workload(&self, name: &WorkloadName) -> bool {
        let look = self.docker.inspect_container(name.as_str(), None::<InspectContainerOptions>);
        let found = look.await.unwrap();
        // The image's own labels are there too.
        let labels = found.config.and_then(|config| config.labels).unwrap_or_default();
        let is_marked =
            self.planted_labels().iter().all(|(name, value)| labels.get(name) == Some(value));
        is_marked && found.state.and_then(|state| state.running) == Some(true)
    }

    async fn plant_network(&self, name: &ObjectName, subnet: Subnet) {
        let addresses = IpamConfig { subnet: Some(subnet.to_string()), ..IpamConfig::default() };
        let request = NetworkCreateRequest {
            name: name.to_string(),
            ipam: Some(Ipam { config: Some(vec![addresses]), ..Ipam::default() }),
            labels: Some(self.planted_labels()),
            ..NetworkCreateRequest::default()
        };
        self.docker.create_network(request).await.unwrap();
    }

    async fn has_planted_network(&self, name: &ObjectName) -> bool {
        let look = self.docker.inspect_network(name.as_str(), None::<InspectNetworkOptions>);
        look.await.is_ok_and(|found| found.labels == Some(self.planted_labels()))
    }
}

impl EngineBed {
    fn planted_labels(&self) -> HashMap<String, String> {
        HashMap::from([
            (HOME.to_owned(), OTHER_HOME.to_owned()),
            (TEST.to_owned(), self.home.clone()),
        ])
    }
}
