//! What outlives a process: the home, the control database, the containers.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use berth_domain::{Clock, IdSource};
use berth_edge::LoginLinks;
use berth_engine::{ConsoleDoor, Door, Paths, Providers, Settings};
use berth_runtime::fake::FakeEngine;
use berth_store::{Key, Location, Store};
use berth_testkit::{RandomIds, SystemClock, postgres};
use secrecy::ExposeSecret as _;

use crate::doors::OpenDoor;
use crate::image::{capabilities, digest, know};
use crate::messages::FakeMessenger;
use crate::settings::settings;

/// Which kind of control database an installation has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Control {
    /// A file in the home.
    Sqlite,
    /// A database of its own on the PostgreSQL server of the test process.
    Postgres,
}

/// A home with its control database and its containers, which are in memory.
///
/// The fields are what the next process is started with: change them before [`Installation::start`].
/// Its folder goes when this is dropped.
#[derive(Debug)]
pub struct Installation {
    pub settings: Settings,
    /// Has the image `odoo:19.0`, which is known and so is not probed.
    pub runtime: FakeEngine,
    /// The one that processes use, for a test to read and write beside them.
    pub store: Store,
    pub clock: Arc<dyn Clock>,
    pub ids: Arc<dyn IdSource>,
    pub door: Arc<dyn Door>,
    /// What the next process finds who comes to its console. `None`: there is none.
    pub console: Option<Arc<dyn ConsoleDoor>>,
    pub messenger: Arc<FakeMessenger>,
    /// Where else people may sign in: nowhere, unless a test says so.
    pub providers: Providers,
    /// Links that sign visitors in, for a test to use.
    pub logins: LoginLinks,
    location: Location,
    folder: Folder,
}

impl Installation {
    /// Makes an installation whose control database is a file, and whose doors are all open.
    ///
    /// `home_id` is on the label of what it makes; it begins with `test-`.
    ///
    /// # Panics
    ///
    /// When there is no PostgreSQL to start, or no room for a folder.
    pub async fn new(home_id: &str) -> Self {
        Self::with_control(home_id, Control::Sqlite).await
    }

    /// Makes an installation with this kind of control database.
    ///
    /// # Panics
    ///
    /// As [`Installation::new`].
    pub async fn with_control(home_id: &str, control: Control) -> Self {
        let folder = Folder::new();
        let home = folder.home.as_path();
        let key = Key::load_or_create(&home.join("key"), false).expect("a new key");
        let location = match control {
            Control::Sqlite => Location::Sqlite(home.join("berth.db")),
            Control::Postgres => Location::Postgres(postgres::Server::shared().database().into()),
        };
        let store = Store::open(&location, key, false).await.expect("a new control database");
        let installation = Self {
            settings: settings(Paths::new(home.to_owned()), home_id),
            runtime: FakeEngine::new(home_id),
            store,
            clock: Arc::new(SystemClock),
            ids: Arc::new(RandomIds),
            door: Arc::new(OpenDoor),
            console: None,
            messenger: Arc::new(FakeMessenger::default()),
            providers: Providers::default(),
            logins: LoginLinks::default(),
            location,
            folder,
        };
        installation.pull().await;
        installation
    }

    /// The home folder.
    #[must_use]
    pub fn home(&self) -> &Path {
        &self.folder.home
    }

    /// Opens the control database once more, on PostgreSQL with this setting of the sessions.
    ///
    /// # Panics
    ///
    /// When it is on SQLite, which has no sessions.
    pub async fn join(&self, (setting, value): (&str, &str)) -> Store {
        let url = format!("{}?options[{setting}]={value}", self.url());
        let key = Key::load_or_create(&self.home().join("key"), true).expect("the key of before");
        let joined = Store::join(&Location::Postgres(url.into()), key).await;
        joined.expect("a control database that is there")
    }

    /// How many wait for a lock of the control database, which is on PostgreSQL.
    ///
    /// # Panics
    ///
    /// When it is on SQLite, where nobody is seen to wait.
    #[must_use]
    pub fn waiting(&self) -> usize {
        let name = self.url().rsplit('/').next().unwrap_or_default();
        let sql = "SELECT COUNT(*)
                   FROM pg_stat_activity
                   WHERE datname = current_database() AND wait_event_type = 'Lock'";
        let said = postgres::Server::shared().execute(name, sql).expect("a server that answers");
        said.trim().parse().expect("a number")
    }

    fn url(&self) -> &str {
        match &self.location {
            Location::Postgres(url) => url.expose_secret(),
            Location::Sqlite(_) => panic!("the control database is on SQLite"),
        }
    }

    async fn pull(&self) {
        let (reference, digest) = (self.settings.odoo_image.clone(), digest('a'));
        self.runtime.add_image(&reference, &digest);
        let probed_at = self.clock.now();
        know(&self.store, reference, digest, &capabilities(), probed_at).await;
    }
}

/// Where the kernel keeps files in memory, on most machines: there a commit waits for no disk.
const IN_MEMORY: &str = "/dev/shm";

/// The folder of a home. It goes when dropped.
#[derive(Debug)]
struct Folder {
    home: PathBuf,
    _folders: Vec<tempfile::TempDir>,
}

impl Folder {
    fn new() -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let Ok(in_memory) = tempfile::tempdir_in(IN_MEMORY) else {
            return Self { home: folder.path().to_owned(), _folders: vec![folder] };
        };
        // By another name: nothing below `/dev` is ever mounted into a container.
        let home = folder.path().join("home");
        std::os::unix::fs::symlink(in_memory.path(), &home).expect("a link in a new folder");
        Self { home, _folders: vec![folder, in_memory] }
    }
}
