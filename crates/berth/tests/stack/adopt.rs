//! Moving in: backups that Odoo or `pg_dump` made.

use std::io::Write as _;
use std::path::{Path, PathBuf};

use berth_testkit::engine::Engine;
use berth_testkit::home::Inventory;
use serde_json::{Value, json};
use tokio::sync::OnceCell;
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

use crate::password::signs_in;
use crate::world::{Site, Stack};

/// Puts a file into the database and prints where it is.
const ATTACH: &str = "a = env['ir.attachment'].create({'name': 'invoice.txt', 'raw': b'a scanned invoice', \
    'public': True, 'mimetype': 'text/plain'}); env.cr.commit(); print('attached %d' % a.id)\n";
const UUID: &str = "SELECT value FROM ir_config_parameter WHERE key = 'database.uuid'";
const NEUTRAL: &str = "SELECT value FROM ir_config_parameter WHERE key = 'database.is_neutralized'";

/// A tenant with something in it, and backups of it that its own Odoo made.
struct Donor {
    site: Site,
    password: String,
    /// Of the attachment.
    id: String,
    /// Below it, what the tenant's Odoo writes.
    data: PathBuf,
}

static DONOR: OnceCell<Donor> = OnceCell::const_new();

async fn donor(stack: &Stack) -> &'static Donor {
    DONOR
        .get_or_init(async || {
            stack
                .home
                .done(&["tenant", "create", "donor", "--company", "Donor & S\u{f6}hne"])
                .await;
            let site = stack.site("donor").await;
            let argv = ["tenant", "shell", "donor"];
            let said = stack.home.berth_with_input(&argv, ATTACH.as_bytes()).await;
            let id = said.text().split("attached ").nth(1).expect("the shell says its id");
            let id = id.split_whitespace().next().unwrap().to_owned();
            let password = stack.password(&site).await;
            let data = stack.home.path().join(format!("tenants/{}/data", site.object));
            for format in ["zip", "dump"] {
                let file = format!("/var/lib/odoo/backup.{format}");
                let dump = ["odoo", "db", "-c", "/etc/odoo/odoo.conf", "dump", "--format", format];
                let argv =
                    [&["tenant", "exec", "donor", "--"][..], &dump, &[site.object.as_str(), &file]];
                stack.home.done(&argv.concat()).await;
            }
            Donor { site, password, id, data }
        })
        .await
}

/// What the attachment holds, as a visitor reads it.
async fn attachment(stack: &Stack, site: &Site, id: &str) -> (u16, String) {
    let answer = stack.home.visit(&site.host, &format!("/web/content/{id}")).await;
    (answer.status, answer.text())
}

pub(crate) async fn a_backup_that_odoo_made_moves_in_and_odoo_restores_what_is_exported(
    stack: &Stack,
) {
    let donor = donor(stack).await;
    let backup = donor.data.join("backup.zip");
    let backup = backup.to_str().unwrap();

    let planned = stack.home.done(&["tenant", "import", "adopted", backup, "--dry-run"]).await;
    for words in ["would import tenant adopted", "19.0", "users keep their passwords", "UUID stays"]
    {
        assert!(planned.text().contains(words), "{words}: {}", planned.text());
    }
    assert_eq!(uploads(stack).await, 0, "a dry run leaves nothing");

    stack.home.done(&["tenant", "import", "adopted", backup]).await;

    let adopted = stack.site("adopted").await;
    assert!(signs_in(stack, &adopted, &donor.password).await, "the old password signs in");
    let uuid = stack.home.sql(&donor.site.object, UUID).await;
    assert_eq!(stack.home.sql(&adopted.object, UUID).await, uuid);
    assert_eq!(stack.home.sql(&adopted.object, NEUTRAL).await, Vec::<String>::new());
    let read = attachment(stack, &adopted, &donor.id).await;
    assert_eq!(read, (200, "a scanned invoice".to_owned()));
    assert_eq!(uploads(stack).await, 0, "what was imported is used up");
    let shown = stack.home.done(&["tenant", "show", "adopted", "--output", "json"]).await.json();
    assert_eq!(shown["odoo"]["company"], "Donor & S\u{f6}hne");
    let url = "SELECT value FROM ir_config_parameter WHERE key = 'web.base.url'";
    let url = stack.home.sql(&adopted.object, url).await;
    assert!(url[0].contains("adopted.localhost"), "{url:?}");

    let unknown = stack.home.berth(&["tenant", "password", "show", "adopted"]).await;
    assert_eq!(unknown.code, Some(1), "{unknown:?}");
    assert!(unknown.stderr.contains("berth tenant password reset adopted"), "{}", unknown.stderr);
    stack.home.done(&["tenant", "password", "reset", "adopted"]).await;
    assert!(signs_in(stack, &adopted, &stack.password(&adopted).await).await);

    let out = stack.addons.path().join("adopted.zip");
    stack.home.done(&["tenant", "export", "adopted", out.to_str().unwrap()]).await;
    odoo_restores(stack, &out, &donor.id).await;
}

async fn uploads(stack: &Stack) -> usize {
    let list = stack.home.done(&["upload", "list", "--output", "json"]).await.json();
    list["items"].as_array().unwrap().len()
}

/// Restores a backup with Odoo's own command, on a server of its own, and looks at what came of it.
async fn odoo_restores(stack: &Stack, backup: &Path, attachment: &str) {
    let scratch = Scratch::start(stack).await;
    let (code, log) = scratch.load(backup).await;
    let name = format!("SELECT store_fname FROM ir_attachment WHERE id = {attachment}");
    let name = scratch.ask(&name).await;
    let stored = scratch.data.path().join("filestore/scratched").join(name);
    let stored = std::fs::read_to_string(stored);
    let left = scratch.engine.remove_all(&scratch.home).await;

    assert_eq!(code, 0, "odoo db load: {log}");
    assert_eq!(stored.unwrap(), "a scanned invoice");
    assert_eq!(left, Vec::<String>::new());
}

/// A PostgreSQL and an Odoo that Berth knows nothing of.
struct Scratch<'a> {
    engine: &'a Engine,
    home: String,
    server: String,
    odoo: String,
    data: tempfile::TempDir,
}

impl<'a> Scratch<'a> {
    async fn start(stack: &'a Stack) -> Self {
        let engine = stack.home.engine();
        let home = format!("test-scratch-{}", std::process::id());
        let containers = engine.containers(stack.home.id()).await;
        let image = |role: &str| {
            let found = containers.iter().find(|c| c["Labels"]["berth.role"] == role);
            found.and_then(|c| c["ImageID"].as_str()).expect("both run").to_owned()
        };
        let server = json!({
            "Image": image("cluster"), "User": "postgres", "Entrypoint": ["sleep", "600"],
            "Labels": { "berth.home": home },
        });
        let server = engine.start_container(&format!("{home}-pg"), &server).await;
        let initdb = [
            "initdb",
            "--pgdata=/tmp/pg",
            "--username=scratch",
            "--auth=trust",
            "--encoding=UTF8",
            "--locale=C.UTF-8",
        ];
        let start = [
            "pg_ctl",
            "--pgdata=/tmp/pg",
            "--wait",
            "--log=/tmp/pg.log",
            "--options=-c unix_socket_directories=/tmp",
            "start",
        ];
        for argv in [&initdb[..], &start] {
            let ran = engine.exec(&server, argv, &[]).await;
            assert_eq!(ran.code, 0, "{argv:?}: {}", ran.stderr);
        }
        let data = tempfile::tempdir().unwrap();
        Self { engine, home, server, odoo: image("tenant"), data }
    }

    /// `odoo db load`, and what it said.
    async fn load(&self, backup: &Path) -> (i64, String) {
        let connection = ["--db_host", "127.0.0.1", "--db_user", "scratch", "--db_password", "x"];
        let load = ["--data-dir", "/tmp/data", "load", "scratched", "/backup.zip"];
        let command = [&["odoo", "db"][..], &connection, &load].concat();
        let wish = json!({
            "Image": self.odoo, "Entrypoint": command, "User": "0:0",
            "Env": ["ODOO_RC=/tmp/none", "HOME=/tmp"], "Labels": { "berth.home": self.home },
            "HostConfig": {
                "NetworkMode": format!("container:{}", self.server),
                "Binds": [
                    format!("{}:/backup.zip:ro", backup.display()),
                    format!("{}:/tmp/data", self.data.path().display()),
                ],
            },
        });
        let odoo = self.engine.start_container(&format!("{}-odoo", self.home), &wish).await;
        (self.engine.wait_container(&odoo).await, self.engine.logs(&odoo).await)
    }

    async fn ask(&self, sql: &str) -> String {
        let argv = ["psql", "--host=/tmp", "--username=scratch", "--dbname=scratched", "-Atc", sql];
        self.engine.exec(&self.server, &argv, &[]).await.stdout.trim().to_owned()
    }
}

pub(crate) async fn a_custom_dump_comes_back_as_a_harmless_copy(stack: &Stack) {
    let donor = donor(stack).await;
    let uuid = stack.home.sql(&donor.site.object, UUID).await;
    let packed = stack.addons.path().join("donor.custom.zip");
    // A stopped tenant is exported, too.
    stack.home.done(&["tenant", "stop", "donor"]).await;
    let export = ["tenant", "export", "donor", packed.to_str().unwrap(), "--format", "custom"];
    stack.home.done(&export).await;
    stack.home.done(&["tenant", "start", "donor"]).await;

    let import = ["tenant", "import", "copied", packed.to_str().unwrap(), "--stage", "staging"];
    stack.home.done(&import).await;

    let copied = stack.site("copied").await;
    assert_eq!(stack.home.sql(&copied.object, NEUTRAL).await, ["true"]);
    assert_ne!(stack.home.sql(&copied.object, UUID).await, uuid, "it is not the original");
    assert!(signs_in(stack, &copied, &donor.password).await);
    let read = attachment(stack, &copied, &donor.id).await;
    assert_eq!(read, (200, "a scanned invoice".to_owned()));

    let dump = donor.data.join("backup.dump");
    let filestore = donor.data.join(format!("filestore/{}", donor.site.object));
    let import = [
        "tenant",
        "import",
        "dumped",
        dump.to_str().unwrap(),
        "--filestore",
        filestore.to_str().unwrap(),
        "--stage",
        "test",
        "--no-neutralize",
    ];
    stack.home.done(&import).await;
    let dumped = stack.site("dumped").await;
    assert_eq!(stack.home.sql(&dumped.object, NEUTRAL).await, Vec::<String>::new());
    let read = attachment(stack, &dumped, &donor.id).await;
    assert_eq!(read, (200, "a scanned invoice".to_owned()));
    for name in ["copied", "dumped"] {
        stack.home.done(&["tenant", "delete", name, "--now", "--yes"]).await;
    }
}

/// A backup with this dump and this manifest.
fn crafted(stack: &Stack, dump: &str, series: &str) -> String {
    let path = stack.addons.path().join("crafted.zip");
    let mut zip = ZipWriter::new(std::fs::File::create(&path).unwrap());
    let manifest = json!({
        "odoo_dump": "1", "db_name": "x", "version": series, "version_info": [],
        "major_version": series, "pg_version": "16.0", "modules": { "base": "1", "no_such_app": "1" },
    });
    for (name, content) in [("dump.sql", dump), ("manifest.json", &manifest.to_string())] {
        zip.start_file(name, SimpleFileOptions::default()).unwrap();
        zip.write_all(content.as_bytes()).unwrap();
    }
    zip.finish().unwrap();
    path.to_str().unwrap().to_owned()
}

pub(crate) async fn what_cannot_be_imported_gets_one_answer_and_leaves_nothing(stack: &Stack) {
    let witness = stack.acme().await;
    let before = Inventory::of(&stack.home, &witness.object).await;
    let end = "\n-- PostgreSQL database dump complete\n";

    let path = crafted(stack, end, "18.0");
    let said = stack.home.berth(&["tenant", "import", "Old", &path, "--memory", "1MiB"]).await;
    assert_eq!(said.code, Some(1), "{}", said.stderr);
    for words in [
        "name: ",
        "limits.memory: ",
        "the backup is of Odoo 18.0, and the image has Odoo 19.0",
        "name an image of Odoo 18.0 with `--image`",
        "no_such_app",
        "is kept as upl_",
    ] {
        assert!(said.stderr.contains(words), "{words}: {}", said.stderr);
    }

    let late = "CREATE TABLE t (a text);\nCOPY t FROM stdin;\nx\n\\.\n\
        DO $$ BEGIN EXECUTE 'COPY t FROM PROGRAM ''id'''; END $$;";
    let path = crafted(stack, &format!("{late}{end}"), "19.0");
    let import = ["tenant", "import", "hostile", &path, "--allow-missing-modules"];
    let said = stack.home.berth(&import).await;
    assert_eq!(said.code, Some(2), "{}", said.stderr);
    assert!(said.stderr.contains("line 5: "), "{}", said.stderr);
    assert!(said.stderr.contains("permission denied to COPY"), "{}", said.stderr);

    let path = crafted(stack, &format!("\\! touch /tmp/owned\n{end}"), "19.0");
    let said = stack.home.berth(&["tenant", "import", "shell", &path]).await;
    assert_eq!(said.code, Some(1), "{}", said.stderr);
    assert!(said.stderr.contains("is a command of psql"), "{}", said.stderr);

    let list: Value = stack.home.done(&["upload", "list", "--output", "json"]).await.json();
    let kept = list["items"].as_array().unwrap();
    assert_eq!(kept.len(), 3, "what was refused is kept for another try");
    for upload in kept {
        stack.home.done(&["upload", "remove", upload["id"].as_str().unwrap()]).await;
    }
    assert_eq!(Inventory::of(&stack.home, &witness.object).await, before);
    let files = std::fs::read_dir(stack.home.path().join("uploads")).unwrap().count();
    assert_eq!(files, 0);
}
