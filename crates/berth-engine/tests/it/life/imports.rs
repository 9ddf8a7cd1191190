//! Backups that are sent in, and tenants that are made of them.

use std::io;

use berth_domain::ObjectName;
use berth_engine::EngineError;
use berth_engine::request::{ImportTenant, PageRequest, SendUpload};
use berth_engine::view::OperationView;
use berth_engine_testkit::{ACTOR, ORG};
use berth_runtime::fake::ExecAnswer;
use berth_runtime::{ExecOutput, Exit};
use berth_testkit::{postgres, wait};
use futures_util::{StreamExt as _, stream};
use jiff::SignedDuration;

use super::queued::keep_busy;
use super::stage::{REST, Stage, problems};
use crate::harness::backup::{FILES, blob, manifest, script, send, whole, zip, zip_of};

impl Stage {
    async fn ready(&self, backup: Vec<u8>, name: &str) -> ImportTenant {
        let upload = send(&self.process().engine, backup).await.unwrap();
        ImportTenant { upload, name: name.into(), ..ImportTenant::default() }
    }

    async fn import(&self, request: &ImportTenant) -> Result<OperationView, EngineError> {
        self.process().engine.import_tenant(&ACTOR, ORG, request).await
    }

    /// Imports, and waits for the end whatever it is.
    async fn end_of(&self, request: &ImportTenant) -> OperationView {
        let id = self.import(request).await.unwrap().id.to_string();
        let rest = wait::until_some(REST, async || {
            let view = self.process().engine.operation(&ACTOR, ORG, &id).await.unwrap();
            view.state.is_at_rest().then_some(view)
        });
        rest.await
    }

    async fn uploads(&self) -> usize {
        self.process()
            .engine
            .uploads(&ACTOR, ORG, &PageRequest::default())
            .await
            .unwrap()
            .items
            .len()
    }

    fn upload_files(&self) -> usize {
        std::fs::read_dir(self.installation.home().join("uploads")).map_or(0, Iterator::count)
    }

    /// Why an import came to nothing, after a look that nothing is left of it.
    async fn undone(&self, request: &ImportTenant) -> String {
        let folders = self.installation.settings.paths.objects().unwrap();
        let view = self.end_of(request).await;

        assert_eq!(view.state.as_str(), "undone", "{view:#?}");
        assert!(self.find(&request.name).await.is_none());
        assert_eq!(self.installation.settings.paths.objects().unwrap(), folders);
        let containers = self.installation.runtime.runtime().workloads.list().await.unwrap();
        assert!(containers.is_empty(), "{containers:?}");
        assert_eq!(self.uploads().await, 1, "it is kept for another try");
        view.error.unwrap()
    }
}

fn asked(object: &ObjectName, sql: &str) -> String {
    postgres::Server::shared().execute(object.as_str(), sql).unwrap()
}

const UUID: &str =
    "INSERT INTO ir_config_parameter (key, value) VALUES ('database.uuid', 'old-uuid');
    UPDATE res_users SET password = 'old-hash', login = 'anna@acme.example';
    UPDATE res_company SET name = 'Acme Ltd';";
const ASK_UUID: &str = "SELECT value FROM ir_config_parameter WHERE key = 'database.uuid'";

#[tokio::test(flavor = "multi_thread")]
async fn a_production_tenant_moves_in_as_what_it_was() {
    let stage = Stage::new().await;
    let backup = zip(&script(UUID), &manifest("19.0", &["base", "crm"]));
    let request = stage.ready(backup, "acme").await;

    let view = stage.end_of(&request).await;

    assert_eq!(view.state.as_str(), "done", "{view:#?}");
    let tenant = stage.get("acme").await;
    let object = tenant.id.object_name();
    assert_eq!(asked(&object, ASK_UUID), "old-uuid");
    assert_eq!(asked(&object, "SELECT password FROM res_users"), "old-hash");
    assert_eq!(tenant.odoo.admin_login.as_str(), "anna@acme.example");
    assert_eq!(tenant.odoo.company.as_str(), "Acme Ltd");
    let modules: Vec<&str> =
        tenant.odoo.modules.iter().map(berth_domain::ModuleName::as_str).collect();
    assert_eq!(modules, ["contacts", "crm", "sale_management"]);
    let filestore = stage.installation.settings.paths.object(&object).filestore();
    for content in FILES {
        let file = filestore.join(blob(content).trim_start_matches("filestore/"));
        assert_eq!(std::fs::read_to_string(file).unwrap(), content);
    }
    assert_eq!((stage.uploads().await, stage.upload_files()), (0, 0), "it is used up");

    let engine = &stage.process().engine;
    let unknown = engine.show_password(&ACTOR, ORG, "acme").await;
    assert!(matches!(unknown, Err(EngineError::NoPassword { .. })), "{unknown:?}");
    engine.reset_password(&ACTOR, ORG, "acme", None).await.unwrap();
    assert!(engine.show_password(&ACTOR, ORG, "acme").await.is_ok());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_copy_of_another_stage_is_harmless_and_not_the_original() {
    let stage = Stage::new().await;
    let backup = zip(&script(UUID), &manifest("19.0", &["base"]));
    let mut request = stage.ready(backup, "copy").await;
    request.stage = Some("staging".into());
    let plan = stage.process().engine.plan_import(&ACTOR, ORG, &request).await.unwrap();
    assert_eq!(plan.settings["neutralized"], "yes");
    assert!(plan.actions.iter().any(|action| action.text.starts_with("neutralize the copy")));

    assert_eq!(stage.end_of(&request).await.state.as_str(), "done");

    let object = stage.get("copy").await.id.object_name();
    assert_ne!(asked(&object, ASK_UUID), "old-uuid");
    let neutral = "SELECT value FROM ir_config_parameter WHERE key = 'database.is_neutralized'";
    assert_eq!(asked(&object, neutral), "true");
}

#[tokio::test(flavor = "multi_thread")]
async fn everything_that_is_wrong_is_named_at_once_and_nothing_is_made() {
    let stage = Stage::new().await;
    let dump = script("CREATE EXTENSION dblink;");
    let backup = zip(&dump, &manifest("18.0", &["base", "no_such_app"]));
    let mut request = stage.ready(backup, "Acme").await;
    request.memory = Some("1MiB".into());

    let mut found = problems(stage.import(&request).await);

    found.sort();
    let starts = [
        "image: the backup is of Odoo 18.0, and the image has Odoo 19.0",
        "image: the image lacks 1 of the backup's modules: `no_such_app`",
        "limits.memory: Odoo needs at least",
        "name: ",
        "upload: its dump adds the extension `dblink`, which only a superuser may add",
    ];
    assert_eq!(found.len(), starts.len(), "{found:#?}");
    for (found, start) in found.iter().zip(starts) {
        assert!(found.starts_with(start), "{found}");
    }
    request.upload = "upl_0198c0de00007000800000000000d001".into();
    let found = problems(stage.import(&request).await);
    assert!(
        found.iter().any(|problem| problem.starts_with("upload: there is no upload")),
        "{found:?}"
    );
    assert_eq!((stage.uploads().await, stage.upload_files()), (1, 1));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_dump_that_shows_its_face_late_leaves_nothing() {
    let stage = Stage::new().await;
    let late = "COPY res_partner (id, name) FROM stdin;\n9\tx\n\\.\n";
    let deed = "DO $$ BEGIN EXECUTE 'COPY res_partner FROM PROGRAM ''id'''; END $$;";
    let backup = zip(&script(&format!("{late}{deed}")), &manifest("19.0", &["base"]));
    let request = stage.ready(backup, "acme").await;

    let said = stage.undone(&request).await;

    assert!(said.starts_with("the dump is refused: line "), "{said}");
    assert!(said.contains("external program"), "{said}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stored_file_that_is_not_what_it_says_leaves_nothing() {
    let stage = Stage::new().await;
    let parts = [
        ("dump.sql".to_owned(), script("").into_bytes()),
        (blob("a logo"), b"something else".to_vec()),
    ];
    let request = stage.ready(zip_of(&parts), "acme").await;

    let said = stage.undone(&request).await;

    assert!(said.starts_with("the backup is refused: `filestore/"), "{said}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_database_of_another_odoo_is_refused_also_without_a_manifest() {
    let stage = Stage::new().await;
    let older = script("UPDATE ir_module_module SET latest_version = '17.0.1.3';");
    let backup = zip_of(&[("dump.sql".to_owned(), older.into_bytes())]);
    let request = stage.ready(backup, "acme").await;

    let said = stage.undone(&request).await;

    assert!(said.starts_with("the backup is of Odoo 17.0, and the image has Odoo 19.0"), "{said}");
    assert!(said.contains("name an image of Odoo 17.0 with `--image`"), "{said}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_dump_of_something_else_is_refused() {
    let stage = Stage::new().await;
    let end = "\n-- PostgreSQL database dump complete\n";
    let other = format!("CREATE TABLE invoices (id int);{end}");
    let backup = zip_of(&[("dump.sql".to_owned(), other.into_bytes())]);
    let request = stage.ready(backup, "acme").await;

    assert_eq!(stage.undone(&request).await, "the dump is of no Odoo database: it has no modules");
}

fn custom() -> Vec<u8> {
    let mut bytes = b"PGDMP\x01\x10\x00\x04\x08\x01\x01".to_vec();
    let int = |number: u8| [0, number, 0, 0, 0];
    for number in [1, 2, 3, 4, 5, 126, 0] {
        bytes.extend(int(number));
    }
    for text in ["x", "99.1", "99.1"] {
        bytes.extend(int(u8::try_from(text.len()).unwrap()));
        bytes.extend(text.bytes());
    }
    bytes
}

fn exit(code: i64) -> ExecOutput {
    ExecOutput::Exit(Exit { code, out_of_memory: false })
}

#[tokio::test(flavor = "multi_thread")]
async fn a_custom_dump_is_read_by_pg_restore_in_a_container_of_its_own() {
    let stage = Stage::new().await;
    stage.installation.runtime.answer_execs(|name, spec| {
        assert!(name.ends_with("-tools"), "{name}");
        let said = match spec.command.iter().map(String::as_str).collect::<Vec<_>>()[..] {
            ["pg_restore", "--list"] => "2; 3079 16385 EXTENSION - plpgsql \n".to_owned(),
            ["pg_restore", "--file=-", "--no-owner", "--no-privileges"] => script(""),
            ref other => panic!("{other:?}"),
        };
        ExecAnswer::Ends(vec![ExecOutput::Out(said.into_bytes().into()), exit(0)])
    });
    let request = stage.ready(custom(), "acme").await;

    let view = stage.end_of(&request).await;

    assert_eq!(view.state.as_str(), "done", "{view:#?}");
    let containers = stage.installation.runtime.runtime().workloads.list().await.unwrap();
    assert_eq!(containers.len(), 1, "only the tenant's own is left");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_custom_dump_with_extensions_that_nobody_adds_is_refused_before_anything_of_it_is_there()
{
    let stage = Stage::new().await;
    stage.installation.runtime.answer_execs(|_, spec| {
        assert!(spec.command.contains(&"--list".to_owned()), "{:?}", spec.command);
        let list = "2; 3079 16385 EXTENSION - plperlu \n3; 3079 16386 EXTENSION - dblink \n";
        ExecAnswer::Ends(vec![ExecOutput::Out(list.as_bytes().to_vec().into()), exit(0)])
    });
    let request = stage.ready(custom(), "acme").await;

    let said = stage.undone(&request).await;

    for name in ["plperlu", "dblink"] {
        assert!(said.contains(&format!("its dump adds the extension `{name}`, which")), "{said}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_custom_dump_that_pg_restore_does_not_read_says_why() {
    let stage = Stage::new().await;
    stage.installation.runtime.answer_execs(|_, _| {
        let said = "pg_restore: error: unsupported version (1.99) in file header\n";
        ExecAnswer::Ends(vec![ExecOutput::Error(said.as_bytes().to_vec().into()), exit(1)])
    });
    let request = stage.ready(custom(), "acme").await;

    let said = stage.undone(&request).await;

    assert!(said.contains("unsupported version (1.99)"), "{said}");
    assert!(said.contains("a newer `pg_dump` made the dump"), "{said}");
    assert!(said.contains("the backup is of PostgreSQL 99, and the server here is "), "{said}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_too_large_or_breaks_off_is_not_kept() {
    let stage = Stage::with(|installation| {
        installation.settings.uploads.largest = berth_domain::Bytes(1000);
    })
    .await;
    let engine = &stage.process().engine;
    let send = async |length, pieces: Vec<io::Result<bytes::Bytes>>| {
        let request = SendUpload { name: None, length };
        engine.send_upload(&ACTOR, ORG, &request, stream::iter(pieces).boxed()).await
    };
    let piece = || Ok(bytes::Bytes::from(vec![0; 600]));

    let declared = send(Some(5000), vec![piece()]).await;
    let undeclared = send(None, vec![piece(), piece()]).await;
    let broken = send(None, vec![piece(), Err(io::Error::other("gone"))]).await;

    for refused in [declared, undeclared] {
        let said = refused.unwrap_err();
        assert!(matches!(said, EngineError::TooLarge { .. }), "{said:?}");
        assert!(said.to_string().contains("at most 1000 B are taken"), "{said}");
    }
    assert_eq!(
        broken.unwrap_err().to_string(),
        "what was sent broke off after 600 B, and is thrown away"
    );
    assert_eq!((stage.uploads().await, stage.upload_files()), (0, 0));
    send(Some(600), vec![piece()]).await.unwrap();
    assert_eq!((stage.uploads().await, stage.upload_files()), (1, 1));
}

#[tokio::test(flavor = "multi_thread")]
async fn of_two_who_import_one_upload_at_the_same_moment_one_is_told_who_has_it() {
    let stage = Stage::new().await;
    let one = stage.ready(whole(), "acme").await;
    let other = ImportTenant { name: "globex".into(), ..one.clone() };
    let busy = keep_busy(&stage).await;

    let answers = tokio::join!(stage.import(&one), stage.import(&other));

    let (begun, refused) = match answers {
        (Ok(begun), Err(refused)) | (Err(refused), Ok(begun)) => (begun, refused),
        both => panic!("{both:?}"),
    };
    let EngineError::UploadInUse { operation, .. } = refused else { panic!("{refused:?}") };
    assert_eq!(operation, begun.id);
    for demo in busy {
        stage.process().engine.release_demo(&ACTOR, ORG, &demo).await.unwrap();
    }
    stage.done(begun).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_nobody_imports_is_forgotten_after_a_day() {
    let mut stage = Stage::new().await;
    stage.ready(whole(), "acme").await;

    stage.pass(SignedDuration::from_hours(23)).await;
    assert_eq!(stage.uploads().await, 1);
    stage.pass(SignedDuration::from_hours(2)).await;

    stage.until(async || stage.uploads().await == 0).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_upload_is_removed_when_somebody_says_so() {
    let stage = Stage::new().await;
    let upload = stage.ready(whole(), "acme").await.upload;
    let engine = &stage.process().engine;

    engine.remove_upload(&ACTOR, ORG, &upload, true).await.unwrap();
    assert_eq!((stage.uploads().await, stage.upload_files()), (1, 1), "it was only asked");
    engine.remove_upload(&ACTOR, ORG, &upload, false).await.unwrap();

    assert_eq!((stage.uploads().await, stage.upload_files()), (0, 0));
    let again = engine.remove_upload(&ACTOR, ORG, &upload, false).await;
    assert!(matches!(again, Err(EngineError::NoSuchUpload(_))), "{again:?}");
}
