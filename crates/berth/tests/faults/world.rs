//! The installation that is battered, and what must hold after every blow.

use std::path::Path;
use std::time::Duration;

use berth_domain::ObjectName;
use berth_testkit::home::{Home, Inventory, Plan};
use berth_testkit::outage::Island;
use berth_testkit::setup::Setup;
use berth_testkit::socket_proxy::SocketProxy;
use berth_testkit::stories::World;
use serde_json::Value;
use tokio::sync::OnceCell;

/// After a start every operation is at rest within this time.
pub(crate) const REST: Duration = Duration::from_secs(30);
/// Memory is promised several times over: tests make more tenants than small machines have room for.
const CONFIGURATION: &str = "[tenants]\nmemory = \"512MiB\"\nmemory_percent = 1000\n";

/// An installation that reaches its engine through a proxy that can hang or cut.
pub(crate) struct Battered {
    pub(crate) home: Home,
    pub(crate) proxy: SocketProxy,
    witness: OnceCell<ObjectName>,
    island: OnceCell<Island>,
}

impl World for Battered {
    async fn make() -> Self {
        let proxy = SocketProxy::start(&Setup::read().socket()).unwrap();
        let plan = Plan {
            program: Path::new(env!("CARGO_BIN_EXE_berth")),
            pool: "10.214.16.0/20",
            engine: Some(&proxy.socket()),
            configuration: CONFIGURATION,
            wrapper: &[],
        };
        Self {
            home: Home::start(&plan).await,
            proxy,
            witness: OnceCell::new(),
            island: OnceCell::new(),
        }
    }

    fn last_words(&self) -> String {
        let log = self.home.log();
        let lines: Vec<&str> = log.lines().collect();
        let own = lines[lines.len().saturating_sub(40)..].join("\n");
        match self.island.get() {
            Some(island) => format!("{own}\n\nthe island:\n{}", island.last_words()),
            None => own,
        }
    }
}

impl Battered {
    /// Another installation, whose engine may be restarted and whose disk may be full.
    pub(crate) async fn island(&self) -> &Island {
        let program = Path::new(env!("CARGO_BIN_EXE_berth"));
        self.island.get_or_init(|| Island::make(program, "10.214.64.0/20")).await
    }

    /// A tenant to which nothing is ever done. It tells what it sees of the others.
    pub(crate) async fn witness(&self) -> &ObjectName {
        let make = || async {
            self.home.create_plain("witness").await;
            self.home.object("witness").await
        };
        self.witness.get_or_init(make).await
    }

    /// Counts when Berth is fully awake: after a start it first looks at the image of its server, in a
    /// container that is gone again when the server answers.
    pub(crate) async fn inventory(&self) -> Inventory {
        self.home.get("/doctor").await;
        Inventory::of(&self.home, self.witness().await).await
    }

    /// Asserts that the witness serves, and that it is still the process that it was.
    pub(crate) async fn witness_serves(&self, since: &Value) {
        let page = self.home.visit("witness.localhost", "/web/login").await;
        assert_eq!(page.status, 200, "{}", page.text());
        assert_eq!(&self.witness_since().await, since, "it was started again");
    }

    pub(crate) async fn witness_since(&self) -> Value {
        let witness = self.witness().await;
        let container = self.home.engine().container(witness.as_str()).await.unwrap();
        container["State"]["StartedAt"].clone()
    }

    /// Asserts that a tenant has everything that is its own, once, and serves.
    pub(crate) async fn is_whole(&self, name: &str) {
        let object = self.home.object(name).await;
        let found = self.inventory().await.mentioning(&object);
        let whole = [
            format!("container {object}"),
            format!("network {object}"),
            format!("database {object}"),
            format!("role {object}"),
            format!("folder tenants/{object}"),
            format!("route {name}.localhost {object}"),
        ];
        assert_eq!(found, whole);
        let page = self.home.visit(&format!("{name}.localhost"), "/web/login").await;
        assert_eq!(page.status, 200, "{}", page.text());
        assert_eq!(self.home.get(&format!("tenants/{name}")).await["state"], "running");
    }

    /// Asserts that nothing stands still: every operation is at rest, and none is stuck.
    pub(crate) async fn is_at_rest(&self) {
        let operations = self.home.get("operations?limit=1000").await;
        for operation in operations["items"].as_array().unwrap() {
            let state = operation["state"].as_str().unwrap();
            assert!(matches!(state, "done" | "undone"), "{operation:#}");
        }
    }
}
