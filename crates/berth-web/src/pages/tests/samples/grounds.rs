//! What there is to see on the samples.

use std::time::Duration;

use berth_domain::Bytes;
use berth_domain::statistics::{Requests, Sample, Step, Times};
use berth_engine::Undelivered;
use berth_engine::request::{CreateTenant, NoteTenant, SignIn, TenantChange, Whence};
use berth_engine_testkit::{ACTOR, ORG};
use berth_testkit::{postgres, wait};

use super::super::super::testing::{HOSTILE, Site};
use super::super::ground::Ground;

const DEADLINE: Duration = Duration::from_secs(30);
const HOOK: &str = "/organisations/default/webhooks/hook";
/// What lies about and belongs to nobody.
pub(super) const FOLDER: &str = "folder/tenants/t_0123456789";
/// Whose some tenants are, and the same as it stands in addresses.
const OWNER: &str = "<b>'\"&amp;/..%2e";
pub(super) const OWNER_CODED: &str = "%3Cb%3E%27%22%26amp%3B%2F..%252e";

/// What people typed.
struct Typed {
    /// Who they are, and what they call what is theirs.
    name: &'static str,
    /// Anything, in one line.
    text: &'static str,
    file: &'static str,
}

const PLAIN: Typed = Typed { name: "Olga Strand", text: "Lindqvist Timber", file: "acme.zip" };
const CROOKED: Typed = Typed { name: HOSTILE, text: HOSTILE, file: HOSTILE };

/// Everything runs, and there is something of everything.
pub(super) async fn running() -> Ground {
    lived_in(&PLAIN).await
}

/// The same with texts that would do harm.
pub(super) async fn hostile() -> Ground {
    let ground = lived_in(&CROOKED).await;
    let text = HOSTILE.replace('\'', "''").replace('"', "\\\"");
    let sql = format!(
        "UPDATE ir_module_module
            SET shortdesc = '{{\"en_US\": \"{text}\"}}', summary = '{{\"fr_FR\": \"{text}\"}}',
                author = '{text}'"
    );
    execute(&ground.site, &sql).await;
    ground
}

/// Whatever can go wrong did.
pub(super) async fn broken() -> Ground {
    let mut ground = lived_in(&PLAIN).await;
    let site = &ground.site;
    let failed = site.break_down("acme").await;
    let organisation =
        site.process.engine.tenant(&ACTOR, ORG, "acme").await.unwrap().tenant.organisation;
    let told = ground.told.parse().unwrap();
    site.installation.put_stuck(organisation, told, "the disk is full").await;
    let wish =
        [("owner", OWNER), ("tenants", "1"), ("cpu", "500m"), ("memory", ""), ("storage", "")];
    site.post("/organisations/default/quota", &wish).await.to();
    site.post("/organisations/default/schedules/nightly/run", &[("once", "n")]).await;
    site.installation.messenger.fail([Undelivered::Gone]);
    site.post(&format!("{HOOK}/test"), &[]).await;
    let page = site.get(HOOK).await;
    assert!(page.is_html());
    site.installation.runtime.set_reachable(false);
    for look in ["/doctor/look", "/orphans/look"] {
        site.post(look, &[]).await;
    }
    ground.operation = failed.id.to_string();
    ground
}

/// Nothing was done yet.
pub(super) async fn empty() -> Ground {
    let site = Site::in_spring("Olga Strand").await;
    site.post("/orphans/look", &[]).await.to();
    Ground::of_nothing(site)
}

/// A tenant that has just begun, in which nothing is yet.
pub(super) async fn begin(ground: &Ground) {
    let site = &ground.site;
    site.running(CreateTenant { name: "acme".to_owned(), ..CreateTenant::default() }).await;
    execute(site, "DELETE FROM ir_module_module").await;
    settle(site).await;
}

async fn lived_in(typed: &Typed) -> Ground {
    let site = Site::in_spring(typed.name).await;
    let notes = NoteTenant {
        notes: Some(format!("{}\nsince 2019", typed.text)),
        owner: Some(OWNER.to_owned()),
        tag: vec!["eu".to_owned(), "vip".to_owned()],
        expires: Some("3d".to_owned()),
        storage: Some("10GiB".to_owned()),
        ..NoteTenant::default()
    };
    let email = Some("it@acme.example".to_owned());
    let like = CreateTenant {
        company: Some(typed.text.to_owned()),
        email,
        notes,
        ..CreateTenant::default()
    };
    let mut ground = Ground::on(site, like.clone()).await;
    let site = &ground.site;
    let title = typed.text.replace('\u{202e}', "");
    site.post("/organisations/default", &[("title", &title)]).await.to();
    more_tenants(site, &like).await;
    ground.lost = lose(site, &like).await;
    let organisation = [("name", "bolt"), ("title", &title)];
    site.post("/organisations", &organisation).await.to();
    let quota =
        [("owner", OWNER), ("tenants", "9"), ("cpu", "8"), ("memory", "16GiB"), ("storage", "")];
    site.post("/organisations/default/quota", &quota).await.to();
    elsewhere(site, typed).await;
    ground.uploads[0] = site.sent_in(typed.file).await;
    run(site).await;
    live(site).await;
    let trouble = format!("{} does not answer", typed.text);
    site.installation.messenger.fail([Undelivered::Failed(trouble)]);
    ground.site = ground.site.restarted().await;
    let site = &ground.site;
    told(site).await;
    let demo = site.process.engine.create_demo(&ACTOR, ORG, typed.text).await.unwrap();
    ground.told = demo.id.to_string();
    std::fs::create_dir_all(site.installation.home().join("tenants/t_0123456789")).unwrap();
    settle(site).await;
    for look in ["/orphans/look", "/doctor/look", "/disk/count"] {
        site.post(look, &[]).await.to();
    }
    let path = format!("/organisations/default/operations/{}", ground.told);
    wait::until(DEADLINE, async || site.get(&path).await.text.contains("to be released")).await;
    ground
}

/// One in each state, and one that came to nothing.
async fn more_tenants(site: &Site, like: &CreateTenant) {
    let states = [
        ("core", TenantChange::Stop),
        ("dusk", TenantChange::Suspend),
        ("elm", TenantChange::Archive),
        ("fern", TenantChange::Delete),
    ];
    for (name, change) in states {
        site.running(CreateTenant { name: name.to_owned(), ..like.clone() }).await;
        site.change(name, &change).await;
    }
    site.failing(CreateTenant { name: "undone".to_owned(), ..like.clone() }).await;
}

/// Leaves a database behind of which nobody knows any more. Returns its orphan.
async fn lose(site: &Site, like: &CreateTenant) -> String {
    site.running(CreateTenant { name: "lost".to_owned(), ..like.clone() }).await;
    site.change("lost", &TenantChange::Archive).await;
    let tenant = site.process.engine.tenant(&ACTOR, ORG, "lost").await.unwrap().tenant;
    site.installation.lose(tenant.id).await;
    format!("database/{}", tenant.id.object_name())
}

/// Whoever looks is signed in somewhere else too, and so is Mia.
async fn elsewhere(site: &Site, typed: &Typed) {
    for email in ["olga@example.com", "mia@example.com"] {
        let password = "three small herons".into();
        let sign_in = SignIn { email: email.to_owned(), password, code: None };
        let user_agent = Some(format!("{} (X11; Linux x86_64) Firefox/140.0", typed.text));
        let whence = Whence { address: Some([192, 0, 2, 9].into()), user_agent };
        site.process.engine.begin_session(&whence, sign_in).await.unwrap();
    }
}

/// Has a schedule have been run.
async fn run(site: &Site) {
    let run = site.post("/organisations/default/schedules/nightly/run", &[("once", "r")]).await;
    site.rest(run.to().rsplit('/').next().unwrap()).await;
}

/// Waits until the webhook was told of each tenant that it expires, one of them in vain. A server that begins
/// looks at once who is to be warned.
async fn told(site: &Site) {
    let is_told = |text: &str| text.contains("3 delivered, 1 waiting");
    wait::until(DEADLINE, async || is_told(&site.get(HOOK).await.text)).await;
}

/// Has it be known what acme used for half an hour.
async fn live(site: &Site) {
    let now = site.process.engine.now();
    let tenant = site.process.engine.tenant(&ACTOR, ORG, "acme").await.unwrap().tenant;
    let mut times = [0; Times::PLACES];
    times[Times::place(Duration::from_millis(200))] = 10;
    let sample = |ago: u64| Sample {
        at: now - Duration::from_mins(ago),
        seconds: 60,
        cpu_millis: Some(200),
        memory: Some(Bytes::mib(128)),
        database: Some(Bytes::mib(60)),
        requests: Requests { all: 30, refused: 1, failed: 2, times: Times::of(times) },
    };
    let samples: Vec<Sample> = (0..30).rev().map(sample).collect();
    site.installation.put_samples(tenant.id, Step::Minute, &samples).await;
}

/// Waits until everything is known that is found out behind pages.
async fn settle(site: &Site) {
    site.process.engine.reconcile_tenant(&ACTOR, ORG, "acme").await.unwrap();
    let fleet = "/organisations/default/tenants";
    let is_checked = |text: &str| text.contains(">checked ");
    wait::until(DEADLINE, async || is_checked(&site.get(&format!("{fleet}/acme")).await.text))
        .await;
    let is_measured = |text: &str| !text.contains("not measured");
    wait::until(DEADLINE, async || is_measured(&site.get(fleet).await.text)).await;
}

async fn execute(site: &Site, sql: &str) {
    let view = site.process.engine.tenant(&ACTOR, ORG, "acme").await.unwrap();
    let object = view.tenant.id.object_name();
    postgres::Server::shared().execute(object.as_str(), sql).unwrap();
}
