//! Leaving: a folder in which a tenant runs without Berth.

use std::path::Path;
use std::time::Duration;

use berth_testkit::engine::Engine;
use berth_testkit::http::{Place, request, send};
use berth_testkit::wait;
use serde_json::{Value, json};

use crate::world::Stack;

const PATIENCE: Duration = Duration::from_mins(3);

pub(crate) async fn an_ejected_tenant_runs_without_berth(stack: &Stack) {
    let globex = stack.globex().await;
    let before = stack.home.contents(&globex.object).await;
    let folder = stack.addons.path().join("ejected");
    let dir = folder.to_str().unwrap();

    stack.home.done(&["tenant", "eject", "globex", dir]).await;

    let again = stack.home.berth(&["tenant", "eject", "globex", dir]).await;
    assert_eq!(again.code, Some(1), "{}", again.stderr);
    assert!(again.stderr.contains("is not empty"), "{}", again.stderr);
    let compose = std::fs::read_to_string(folder.join("compose.yaml")).unwrap();
    let conf = std::fs::read_to_string(folder.join("odoo/odoo.conf")).unwrap();
    let password = conf.lines().find_map(|line| line.strip_prefix("db_password = ")).unwrap();
    assert!(!compose.contains(password), "no secret stands in compose.yaml");
    let pgpass = stack.home.path().join(format!("tenants/{}/conf/pgpass", globex.object));
    assert!(!std::fs::read_to_string(pgpass).unwrap().contains(password), "it is a new password");

    let compose: Value = serde_json::from_str(&compose).unwrap();
    let copy =
        Copy { engine: stack.home.engine(), folder: &folder, services: &compose["services"] };
    let served = copy.serve().await;
    // Once more: the second start keeps what the first one made.
    let restored = copy.run("restore").await;
    let left = copy.engine.remove_all(&label()).await;

    assert_eq!(restored.0, 0, "{}", restored.1);
    assert_eq!(left, Vec::<String>::new());
    assert!(served.contains("name=\"password\""), "{served}");
    let changed = before.differences(&stack.home.contents(&globex.object).await);
    assert_eq!(changed, [""; 0], "the tenant is as it was");
    std::fs::remove_dir_all(&folder).unwrap();
}

/// Whose everything is that a copy runs in.
fn label() -> String {
    format!("test-ejected-{}", std::process::id())
}

/// The services of a `compose.yaml`, run the way Compose would.
struct Copy<'a> {
    engine: &'a Engine,
    folder: &'a Path,
    services: &'a Value,
}

impl Copy<'_> {
    /// Starts everything in the order in which it depends on each other, and asks for the login page.
    async fn serve(&self) -> String {
        let network = label();
        self.engine.make_network(&network, &network).await;
        for service in ["prepare", "restore"] {
            let (code, log) = self.run(service).await;
            assert_eq!(code, 0, "{service}: {log}");
        }
        let db = self.start("db").await;
        let test: Vec<&str> = self.services["db"]["healthcheck"]["test"]
            .as_array()
            .unwrap()
            .iter()
            .skip(1)
            .map(|word| word.as_str().unwrap())
            .collect();
        wait::until(PATIENCE, async || self.engine.exec(&db, &test, &[]).await.code == 0).await;
        let odoo = self.start("odoo").await;
        let address = self.engine.container(&odoo).await.unwrap();
        let address = address["NetworkSettings"]["Networks"][&network]["IPAddress"].clone();
        let place = Place::Address(format!("{}:8069", address.as_str().unwrap()).parse().unwrap());
        let page = wait::until_some(PATIENCE, async || {
            let asked = request("GET", "/web/login", &Value::Null);
            let answer = send(&place, asked, Duration::from_mins(1)).await.ok()?;
            (answer.status == 200).then(|| answer.text())
        });
        page.await
    }

    async fn run(&self, service: &str) -> (i64, String) {
        let id = self.start(service).await;
        let code = self.engine.wait_container(&id).await;
        let log = self.engine.logs(&id).await;
        self.engine.remove_container(&id).await;
        (code, log)
    }

    async fn start(&self, service: &str) -> String {
        let name = format!("{}-{service}", label());
        self.engine.start_container(&name, &self.wish(service)).await
    }

    /// A service in the words of the engine.
    fn wish(&self, service: &str) -> Value {
        let spec = &self.services[service];
        let environment: Vec<String> = spec["environment"]
            .as_object()
            .unwrap()
            .iter()
            .map(|(name, value)| format!("{name}={}", value.as_str().unwrap()))
            .collect();
        let binds: Vec<String> = spec["volumes"]
            .as_array()
            .unwrap()
            .iter()
            .map(|bind| bind.as_str().unwrap().replacen('.', self.folder.to_str().unwrap(), 1))
            .collect();
        let network = spec["network_mode"].as_str().map_or_else(label, str::to_owned);
        let mut wish = json!({
            "Image": spec["image"], "User": spec["user"], "Entrypoint": spec["entrypoint"],
            "Env": environment, "Labels": { "berth.home": label() },
            "HostConfig": {
                "Binds": binds, "NetworkMode": network,
                "Memory": spec["mem_limit"].as_u64().unwrap_or(0),
                "PidsLimit": spec["pids_limit"].as_i64().unwrap_or(0),
            },
        });
        if spec["network_mode"].is_null() {
            wish["NetworkingConfig"] =
                json!({ "EndpointsConfig": { network: { "Aliases": [service] } } });
        }
        wish
    }
}
