//! Tenants that files describe: the whole way from the command line through the API to the engine.

use std::path::PathBuf;
use std::process::{Output, Stdio};

use serde_json::{Value, json};

use crate::app::App;

/// An installation, and a folder with files that describe its tenants.
struct Site {
    app: App,
    folder: tempfile::TempDir,
}

/// How a command ended, and what it printed.
#[derive(Debug)]
struct Said {
    code: Option<i32>,
    out: String,
    talk: String,
}

impl Site {
    async fn new() -> Self {
        Self { app: App::with_odoo().await, folder: tempfile::tempdir().unwrap() }
    }

    fn files(&self) -> PathBuf {
        self.folder.path().to_owned()
    }

    fn write(&self, file: &str, text: &str) {
        std::fs::write(self.folder.path().join(file), text).unwrap();
    }

    fn remove(&self, file: &str) {
        std::fs::remove_file(self.folder.path().join(file)).unwrap();
    }

    /// Runs `berth` in the folder with the files.
    async fn berth(&self, arguments: &[&str]) -> Said {
        #[expect(clippy::disallowed_methods, reason = "the program itself is under test")]
        let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_berth"));
        command
            .env_clear()
            .env("BERTH_HOME", self.app.folder())
            .current_dir(self.files())
            .args(arguments)
            .stdin(Stdio::null());
        // The server is in this thread.
        let ran = tokio::task::spawn_blocking(move || command.output()).await;
        let Output { status, stdout, stderr } = ran.unwrap().unwrap();
        let text = |bytes| String::from_utf8(bytes).unwrap();
        Said { code: status.code(), out: text(stdout), talk: text(stderr) }
    }

    async fn tenant(&self, name: &str) -> Value {
        self.app.ours("GET", &format!("/tenants/{name}"), &Value::Null).await.json()
    }

    async fn names(&self) -> Vec<String> {
        let list = self.app.ours("GET", "/tenants", &Value::Null).await.json();
        let items = list["items"].as_array().unwrap().clone();
        items.iter().map(|tenant| tenant["name"].as_str().unwrap().to_owned()).collect()
    }

    async fn operations(&self) -> usize {
        let list = self.app.ours("GET", "/operations", &Value::Null).await.json();
        list["items"].as_array().unwrap().len()
    }
}

fn acme(rest: &str) -> String {
    format!("[[tenant]]\nname = \"acme\"\nmemory = \"1024MiB\"\ntags = [\"vip\"]\n{rest}")
}

#[tokio::test]
async fn what_is_missing_is_made_what_differs_is_changed_and_what_equals_is_left_alone() {
    let site = Site::new().await;
    site.write("acme.toml", &acme("expires = \"30d\"\n"));

    let differs = site.berth(&["diff", "."]).await;
    let planned = site.berth(&["apply", ".", "--dry-run"]).await;
    assert_eq!((differs.code, planned.code), (Some(1), Some(0)), "{differs:?} {planned:?}");
    assert!(differs.out.starts_with("+ acme is to be created\n"), "{differs:?}");
    assert_eq!(site.names().await, [""; 0]);

    let made = site.berth(&["apply", "."]).await;
    assert_eq!((made.code, made.out.as_str()), (Some(0), "acme is created\n"), "{made:?}");
    let tenant = site.tenant("acme").await;
    assert_eq!(tenant["state"], "running");
    assert_eq!(tenant["tags"], json!(["from-files", "vip"]));

    let (same, again) = (site.berth(&["diff", "."]).await, site.berth(&["apply", "."]).await);
    assert_eq!((same.code, same.out.as_str()), (Some(0), ""), "{same:?}");
    assert_eq!(again.out, "nothing to change: 1 as it is to be\n");
    assert_eq!((again.code, site.operations().await), (Some(0), 1));

    site.write("acme.toml", &acme("pids = 300\nowner = \"anna\"\n"));
    let differs = site.berth(&["diff", "."]).await;
    assert_eq!(differs.code, Some(1));
    assert_eq!(
        differs.out,
        "~ acme is to be changed\n    pids   64 -> 300\n    owner  nothing -> anna\n"
    );
    let changed = site.berth(&["apply", "."]).await;
    assert_eq!((changed.code, changed.out.as_str()), (Some(0), "acme is changed\n"), "{changed:?}");
    let tenant = site.tenant("acme").await;
    assert_eq!((&tenant["limits"]["pids"], &tenant["owner"]), (&json!(300), &json!("anna")));
    // No longer mentioned, so it stays.
    assert_ne!(tenant["expires_at"], Value::Null);
}

#[tokio::test]
async fn only_what_was_made_of_files_and_is_in_none_is_pruned_and_only_after_a_question() {
    let site = Site::new().await;
    site.write("all.toml", "[[tenant]]\nname = \"acme\"\n[[tenant]]\nname = \"beta\"\n");
    let made = site.berth(&["apply", "all.toml"]).await;
    assert_eq!((made.code, made.out.as_str()), (Some(0), "acme is created\nbeta is created\n"));
    let by_hand = site.berth(&["tenant", "create", "gamma", "--quiet"]).await;
    assert_eq!(by_hand.code, Some(0), "{by_hand:?}");
    site.write("all.toml", "[[tenant]]\nname = \"acme\"\n");

    // Without --prune nobody goes.
    let kept = site.berth(&["apply", "all.toml"]).await;
    assert_eq!(kept.out, "nothing to change: 1 as it is to be\n");
    // Those of other files are none of its business.
    let others = site.berth(&["diff", "all.toml", "--prune", "--mark", "others"]).await;
    assert_eq!(others.code, Some(0), "{others:?}");
    // Nobody is here to be asked.
    let refused = site.berth(&["apply", "all.toml", "--prune"]).await;
    assert_eq!(refused.code, Some(1), "{refused:?}");
    assert!(refused.talk.contains("confirm the deletion of beta"), "{refused:?}");
    assert_eq!(site.tenant("beta").await["state"], "running");

    let pruned = site.berth(&["apply", "all.toml", "--prune", "--yes"]).await;

    assert_eq!((pruned.code, pruned.out.as_str()), (Some(0), "beta is deleted\n"), "{pruned:?}");
    assert_eq!(site.tenant("beta").await["state"], "deleted");
    for name in ["acme", "gamma"] {
        assert_eq!(site.tenant(name).await["state"], "running", "{name}");
    }
    let again = site.berth(&["apply", "all.toml", "--prune", "--yes"]).await;
    assert_eq!(again.out, "nothing to change: 1 as it is to be\n");

    // A folder that is empty by mistake takes nobody along.
    site.remove("all.toml");
    let empty = site.berth(&["apply", ".", "--prune", "--yes"]).await;
    assert_eq!(empty.code, Some(1), "{empty:?}");
    assert_eq!(site.tenant("acme").await["state"], "running");
}

#[tokio::test]
async fn one_change_that_fails_stops_no_other_and_is_named() {
    let site = Site::new().await;
    site.app.break_module("crm");
    site.write("beta.toml", "[[tenant]]\nname = \"beta\"\nmodules = [\"crm\"]\n");
    site.write("other.toml", "[[tenant]]\nname = \"acme\"\n[[tenant]]\nname = \"gamma\"\n");

    let applied = site.berth(&["apply", "."]).await;

    assert_eq!(applied.out, "beta was not created\nacme is created\ngamma is created\n");
    assert_eq!(applied.code, Some(2));
    assert!(applied.talk.contains("error: beta: "), "{}", applied.talk);
    assert!(applied.talk.contains("1 of 3 failed"), "{}", applied.talk);
    assert_eq!(site.names().await, ["acme", "gamma"]);

    let told = site.berth(&["apply", ".", "--output", "json"]).await;
    let told: Value = serde_json::from_str(&told.out).unwrap();
    assert_eq!(told["items"].as_array().unwrap().len(), 1, "{told}");
    assert_eq!(
        (&told["items"][0]["name"], &told["items"][0]["state"]),
        (&json!("beta"), &json!("failed"))
    );
    assert!(told["items"][0]["operation"].as_str().unwrap().starts_with("op_"), "{told}");
}

#[tokio::test]
async fn what_fits_one_by_one_and_not_together_is_refused_before_anything_is_done() {
    let site = Site::new().await;
    let one = site.app.ours("PUT", "/quotas/anna", &json!({ "tenants": 1 })).await;
    assert_eq!(one.status, 200, "{}", one.text());
    let owned = |name: &str| format!("[[tenant]]\nname = \"{name}\"\nowner = \"anna\"\n");
    site.write("anna.toml", &format!("{}{}", owned("acme"), owned("beta")));
    site.write("other.toml", "[[tenant]]\nname = \"gamma\"\n");

    let refused = site.berth(&["apply", "."]).await;

    assert_eq!(refused.code, Some(1), "{refused:?}");
    let said = "./anna.toml:4: beta.quota.tenants: `anna` may have 1 tenant and has 1";
    assert!(refused.talk.contains(said), "{}", refused.talk);
    assert!(!refused.talk.contains("acme"), "{}", refused.talk);
    assert_eq!(site.names().await, [""; 0]);
}

#[tokio::test]
async fn everything_wrong_in_all_files_is_said_at_once_and_nothing_is_done() {
    let site = Site::new().await;
    site.write("a.toml", "[[tenant]]\nname = \"acme\"\nmemry = \"1GiB\"\ncpu = \"two\"\n");
    site.write("b.toml", "[[tenant]]\nname = \"beta\"\nmodules = [\"sales\"]\nmemory = \"1MiB\"\n");
    site.write("c.toml", "[[tenant]]\nname = \"beta\"\n\n[[tenant]]\nname = \"UP\"\n");
    site.write("d.toml", "[[tenant]]\nname = \"delta\"\nhost = \"www.one.example\"\n[[tenant]]\nname = \"epsilon\"\nhost = \"www.one.example\"\n");
    site.write("notes.txt", "not TOML and not read");

    let refused = site.berth(&["apply", ".", "missing.toml"]).await;

    assert_eq!(refused.code, Some(1));
    insta::assert_snapshot!(refused.talk);
    assert_eq!(site.names().await, [""; 0]);
    assert_eq!(site.berth(&["diff", "."]).await.code, Some(2));
}

#[tokio::test]
async fn what_holds_since_the_creation_is_refused_before_anything_is_done() {
    let site = Site::new().await;
    site.write("acme.toml", &acme("language = \"en_US\"\n"));
    assert_eq!(site.berth(&["apply", "acme.toml"]).await.code, Some(0));
    site.write(
        "acme.toml",
        &acme("company = \"Other\"\nhost = \"www.acme.example\"\npids = 300\n"),
    );
    site.write("beta.toml", "[[tenant]]\nname = \"beta\"\n");

    let refused = site.berth(&["apply", "."]).await;

    assert_eq!(refused.code, Some(1), "{refused:?}");
    for said in ["acme.toml:6: acme.host: ", "acme.toml:5: acme.company: ", "`berth tenant rename"]
    {
        assert!(refused.talk.contains(said), "{said}: {}", refused.talk);
    }
    assert_eq!(site.names().await, ["acme"]);
    assert_eq!(site.tenant("acme").await["limits"]["pids"], 64);
}

#[tokio::test]
async fn what_is_exported_and_applied_again_changes_nothing() {
    let site = Site::new().await;
    let full = json!({
        "name": "acme", "host": "www.acme.example", "stage": "staging", "modules": ["crm"],
        "country": "BE", "company": "Acme \"Ltd\"", "email": "anna@acme.example",
        "time_zone": "Europe/Brussels", "cpu": "1.5", "memory": "1536MiB", "pids": 300,
        "notes": "two\nlines\t\\", "tags": ["vip", "eu"], "owner": "anna", "expires": "30d",
        "storage": "10GiB",
    });
    site.app.ours("POST", "/tenants", &full).await;
    site.app.ours("POST", "/tenants", &json!({ "name": "beta" })).await;

    let written = site.berth(&["export", "--output-dir", "out"]).await;
    assert_eq!((written.code, written.out.as_str()), (Some(0), "out/acme.toml\nout/beta.toml\n"));
    let again = site.berth(&["export", "--output-dir", "out"]).await;
    assert_eq!(again.code, Some(1), "files that exist are not replaced: {again:?}");
    let printed = site.berth(&["export", "acme", "beta"]).await;
    site.write("printed.toml", &printed.out);

    for files in ["out", "printed.toml"] {
        let same = site.berth(&["diff", files, "--prune"]).await;
        assert_eq!((same.code, same.out.as_str()), (Some(0), ""), "{same:?}\n{}", printed.out);
        let applied = site.berth(&["apply", files, "--prune"]).await;
        assert_eq!(applied.out, "nothing to change: 2 as they are to be\n", "{applied:?}");
    }
}

#[tokio::test]
async fn a_tenant_that_is_deleted_is_not_made_again_behind_its_back() {
    let site = Site::new().await;
    site.write("acme.toml", &acme(""));
    assert_eq!(site.berth(&["apply", "."]).await.code, Some(0));
    assert_eq!(site.berth(&["tenant", "delete", "acme", "--yes"]).await.code, Some(0));

    let refused = site.berth(&["apply", "."]).await;

    assert_eq!(refused.code, Some(1));
    assert!(refused.talk.contains("berth tenant restore-deleted acme"), "{}", refused.talk);
}

#[tokio::test]
async fn programs_hold_wishes_against_tenants_over_the_api() {
    let site = Site::new().await;
    let wishes = json!({ "tenants": [
        { "name": "acme", "memory": "1024MiB" },
        { "name": "acme" },
        { "name": "Up", "cpu": "two", "tags": ["A b"] },
    ] });

    let answer = site.app.ours("POST", "/comparisons", &wishes).await;

    assert_eq!(answer.status, 200, "{}", answer.text());
    insta::assert_json_snapshot!(answer.json());
    let many = vec![json!({ "name": "acme" }); 1001];
    for body in [
        json!({ "tenants": [], "prune": true }),
        json!({ "tenants": [], "mark": "A b" }),
        json!({ "tenants": many }),
    ] {
        let refused = site.app.ours("POST", "/comparisons", &body).await;
        assert_eq!(crate::app::problem(&refused).status, 422, "{}", refused.text());
    }
}
