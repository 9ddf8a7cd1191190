//! An engine, and what stands around it.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use async_trait::async_trait;
use berth_domain::{Bytes, Clock as _, Digest, HostName, ImageRef, Limits, Stage};
use berth_engine::{ClusterChoice, Door, Engine, Paths, Routes, Settings, Setup, TenantDefaults};
use berth_odoo::probe::{Capabilities, Module};
use berth_runtime::fake::FakeEngine;
use berth_store::images::{self, ImageRow};
use berth_store::{Key, Location, Store};
use berth_testkit::{RandomIds, SystemClock, postgres};
use secrecy::SecretString;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

/// Every tenant's login page answers.
#[derive(Debug)]
struct OpenDoor;

#[async_trait]
impl Door for OpenDoor {
    async fn knock(&self, _: &HostName, _: &str) -> std::io::Result<u16> {
        Ok(200)
    }
}

/// Starts an engine in a folder. It ends with `stop`.
pub(crate) async fn engine(folder: &Path, stop: &CancellationToken) -> Engine {
    let paths = Paths::new(folder.to_owned());
    let key = Key::load_or_create(&folder.join("key"), false).unwrap();
    let location = Location::Sqlite(folder.join("berth.db"));
    let store = Store::open(&location, key, false).await.unwrap();
    let runtime = FakeEngine::new("test-web");
    runtime.add_image(&reference("odoo:19.0"), &digest('a'));
    know(&store, &digest('a')).await;
    let (routes, _) = Routes::load(&paths).unwrap();
    let setup = Setup {
        settings: settings(paths),
        store,
        runtime: runtime.runtime(),
        clock: Arc::new(SystemClock),
        ids: Arc::new(RandomIds),
        door: Arc::new(OpenDoor),
        routes,
    };
    Engine::start(setup, &TaskTracker::new(), stop.clone()).await.unwrap()
}

fn reference(text: &str) -> ImageRef {
    text.parse().unwrap()
}

fn digest(fill: char) -> Digest {
    format!("sha256:{}", String::from(fill).repeat(64)).parse().unwrap()
}

/// Notes what the image can do, as a probe of it would.
async fn know(store: &Store, digest: &Digest) {
    let module = || Module { installable: true, ..Module::default() };
    let modules = ["base", "contacts", "crm", "sale_management"];
    let capabilities = Capabilities {
        series: "19.0".to_owned(),
        version: "19.0".to_owned(),
        version_info: Vec::new(),
        command: vec!["/usr/bin/odoo".to_owned()],
        root: "/usr/lib/python3/dist-packages/odoo".to_owned(),
        python: "3.13.5".to_owned(),
        uid: 100,
        gid: 101,
        addons_path: vec!["/mnt/extra-addons".to_owned()],
        extra_addons: Some("/mnt/extra-addons".to_owned()),
        flags: vec!["--with-demo".to_owned()],
        neutralize: true,
        wkhtmltopdf: None,
        pg_dump: None,
        languages: BTreeMap::from([("en_US".to_owned(), "English".to_owned())]),
        modules: modules.map(|name| (name.to_owned(), module())).into(),
    };
    let row = ImageRow {
        digest: digest.clone(),
        reference: reference("odoo:19.0"),
        capabilities: serde_json::to_value(capabilities).unwrap(),
        probed_at: SystemClock.now(),
    };
    let mut tx = store.begin().await.unwrap();
    images::put(&mut tx, &row).await.unwrap();
    tx.commit().await.unwrap();
}

fn settings(paths: Paths) -> Settings {
    let server = postgres::Server::shared();
    let url = url::Url::parse(&server.url("postgres")).unwrap();
    let address = berth_postgres::Address::Socket {
        folder: server.socket_folder().to_owned(),
        port: server.port(),
        user: url.username().to_owned(),
    };
    Settings {
        version: "0.0.0",
        paths,
        home_id: "test-web".to_owned(),
        base_domain: "localhost".parse().unwrap(),
        scheme: "http",
        port_suffix: ":8069".to_owned(),
        odoo_image: reference("odoo:19.0"),
        postgres_image: reference("postgres:18"),
        pool: "10.213.0.0/16".parse().unwrap(),
        cluster: ClusterChoice::External {
            address,
            password: SecretString::from(server.password()),
        },
        defaults: TenantDefaults {
            stage: Stage::Production,
            language: "en_US".parse().unwrap(),
            time_zone: "UTC".parse().unwrap(),
            limits: Limits { cpu_millis: 500, memory: Bytes::mib(256), pids: 64 },
        },
        concurrency: 2,
        blueprints_kept: 2,
        memory_percent: 100,
        sockets: berth_engine::Sockets::Own,
        addons_roots: Vec::new(),
    }
}
