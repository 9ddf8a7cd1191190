//! Hostile texts, everywhere a text can be given, while the kernel notes every program that is started.

use std::collections::BTreeSet;
use std::path::Path;

use berth_testkit::durable;
use berth_testkit::home::{Home, Plan};
use berth_testkit::hostile;
use serde_json::{Value, json};

use crate::world::Battered;

/// Every text of a creation.
const FIELDS: [&str; 14] = [
    "name",
    "host",
    "stage",
    "image",
    "language",
    "country",
    "company",
    "admin_login",
    "admin_password",
    "email",
    "time_zone",
    "cpu",
    "memory",
    "addons",
];
/// What may be called anything, is.
const COMPANY: &str = "$(touch /tmp/berth-was-here); `id` --privileged '\"%s\\";
const LOGIN: &str = "admin;$(touch)'--";

pub(crate) async fn no_text_of_a_request_ever_starts_a_program(_: &Battered) {
    let trace = tempfile::tempdir().unwrap();
    let file = trace.path().join("programs");
    let plan = Plan {
        program: Path::new(env!("CARGO_BIN_EXE_berth")),
        pool: "10.214.32.0/20",
        engine: None,
        configuration: "[tenants]\nmemory = \"512MiB\"\n",
        // As a grandchild, so that the process that is started is Berth itself.
        wrapper: &[
            "strace",
            "-D",
            "-f",
            "-qq",
            // Paths and arguments whole.
            "-s",
            "4096",
            // The paths behind descriptors.
            "-y",
            "-e",
            "trace=execve,execveat,fsync,fdatasync,rename,renameat,renameat2",
            "-o",
            path(&file),
            "--",
        ],
    };
    let home = Home::start(&plan).await;

    refused_everywhere(&home).await;
    let wish = json!({ "name": "victim", "company": COMPANY, "admin_login": LOGIN });
    let made = home.create(&wish).await;
    assert_eq!(made["state"], "done", "{made:#}");
    used_with_hostile_words(&home).await;
    let object = home.object("victim").await;
    let kept = "SELECT name FROM res_company UNION ALL SELECT login FROM res_users WHERE id = 2";
    assert_eq!(home.sql(&object, kept).await, [COMPANY, LOGIN]);
    home.delete("victim").await;
    home.stop().await;
    let place = home.path().to_owned();

    assert!(!Path::new("/tmp/berth-was-here").exists());
    let started = std::fs::read_to_string(&file).unwrap();
    let programs: BTreeSet<&str> = started.lines().filter(|line| line.contains("exec")).collect();
    assert_eq!(programs.len(), 1, "{programs:#?}");
    assert!(programs.iter().all(|line| line.contains("berth\", \"serve\"]")), "{programs:#?}");
    files_last(&started, &place);
}

/// What was replaced was flushed before and its folder after, so that a loss of power leaves the old
/// file or the new one.
fn files_last(trace: &str, home: &Path) {
    // Sockets are made anew by every start, and the token by whoever asks for it.
    let is_meant = |path: &Path| !path.ends_with("berth.sock");
    let replaced: Vec<String> =
        durable::renamed(trace, home).iter().map(|path| path.display().to_string()).collect();
    for name in ["/routes.json", "/odoo.conf", "/pgpass", "/postgresql.conf", "/berth-complete"] {
        assert!(replaced.iter().any(|path| path.ends_with(name)), "no {name}: {replaced:#?}");
    }
    assert_eq!(durable::not_flushed(trace, home, is_meant), Vec::<String>::new());
}

/// Puts every hostile text into every field, one at a time, and into none that is right otherwise.
async fn refused_everywhere(home: &Home) {
    for text in hostile::WORDS {
        for field in FIELDS {
            // A second mistake keeps those that may be anything from being made.
            let mut wish = json!({ "name": "victim", "cpu": "none" });
            wish[field] = json!(text);
            let answer = home.api("POST", "tenants", &wish).await;
            assert_eq!(answer.status, 422, "{field} = {text:?}: {}", answer.text());
        }
        let wish = json!({ "name": "victim", "modules": [text] });
        let answer = home.api("POST", "tenants", &wish).await;
        assert_eq!(answer.status, 422, "modules = {text:?}: {}", answer.text());
    }
}

async fn used_with_hostile_words(home: &Home) {
    for text in hostile::WORDS {
        let set =
            home.api("PATCH", "tenants/victim", &json!({ "memory": text, "stage": text })).await;
        assert_eq!(set.status, 422, "{}", set.text());
        let password = json!({ "password": format!("long enough {text}").replace('\n', "") });
        let reset = home.api("POST", "tenants/victim/password", &password).await;
        assert_eq!(reset.status, 200, "{}", reset.text());
        let said = home.done(&["tenant", "exec", "victim", "--", "printf", "%s", text]).await;
        assert_eq!(said.text(), text);
    }
    home.done(&["tenant", "psql", "victim", "--", "-Atc", "SELECT '$(touch)'"]).await;
    let logs = home.done(&["tenant", "logs", "victim", "--tail", "1"]).await;
    assert!(!logs.stdout.is_empty());
    let export = home.api("GET", "tenants/victim/export", &Value::Null).await;
    assert_eq!(export.status, 200);
    for change in ["stop", "start", "restart"] {
        let path = format!("tenants/victim/{change}");
        let operation = home.begin("POST", &path, &Value::Null).await;
        assert_eq!(home.rest(&operation).await["state"], "done");
    }
}

fn path(path: &Path) -> &str {
    path.to_str().unwrap()
}
