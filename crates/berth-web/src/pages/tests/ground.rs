//! What there is to look at, and to send forms about.

use berth_engine::request::{CreateSchedule, CreateTenant, CreateToken, CreateWebhook, Invite};
use berth_engine_testkit::{ACTOR, Control, ORG};
use secrecy::ExposeSecret as _;

use crate::pages::testing::Site;
use crate::routes::Route;

/// What somebody has Odoo say who wants something else to happen: tags, colours of terminals, a bell, a return to
/// the beginning of the line, and marks that turn the direction of reading.
pub(super) const LINES: [&str; 6] = [
    "2026-05-04 10:00:00,123 7 INFO t_1 odoo.service.server: \u{1b}[32mready\u{1b}[0m",
    "2026-05-04 10:00:00,124 9 ERROR t_1 odoo.http: <b onclick=\"x\">'&amp;</b>\u{202e}gnp",
    "Traceback (most recent call last):",
    "KeyError: '<script>alert(1)</script>'",
    "\u{1b}]0;title\u{7}over\rwritten \u{2066}\u{5e9}\u{5dc}\u{5d5}\u{5dd}\u{2069}",
    "2026-05-04 10:00:00,125 9 WARNING t_1 <b>odoo</b>: \u{200f}\u{61c}\u{9b}31m",
];

/// An organisation with something of every kind in it.
pub(super) struct Ground {
    pub(super) site: Site,
    /// One that is over.
    pub(super) operation: String,
    /// One that is told something: the other, unless a test has one that waits.
    pub(super) told: String,
    invitations: [String; 2],
    tokens: [String; 2],
    pub(super) uploads: [String; 2],
    person: String,
    session: String,
    /// Of an invitation.
    code: String,
    /// The orphan that a tenant can be made of. Empty: there is none.
    pub(super) lost: String,
}

impl Ground {
    /// One whose control database takes fewer texts than another.
    pub(super) async fn prepare() -> Self {
        Self::on(Site::on(Control::Postgres, "Olga").await, CreateTenant::default()).await
    }

    /// One in which tenants have this of their own.
    pub(super) async fn on(site: Site, like: CreateTenant) -> Self {
        let mut site = site;
        let named = |name: &str| CreateTenant {
            name: name.to_owned(),
            stage: Some("test".to_owned()),
            ..like.clone()
        };
        let operation = site.running(named("acme")).await.id.to_string();
        site.running(named("bolt")).await;
        let engine = site.process.engine.clone();
        let invited = async |org, role: &str| {
            let invite = Invite { email: format!("{role}@example.org"), role: role.to_owned() };
            engine.invite(&ACTOR, org, &invite).await.unwrap().invitation.id.to_string()
        };
        let token = async |org| {
            let (account, scope) = ("ci".to_owned(), "read".to_owned());
            let wish = CreateToken { account, scope, expires: None };
            engine.create_token(&ACTOR, org, &wish).await.unwrap().token.token.id.to_string()
        };
        schedule(&site).await;
        site.says("acme", &LINES).await;
        let invitations = [invited(Some(ORG), "viewer").await, invited(None, "operator").await];
        let tokens = [token(Some(ORG)).await, token(None).await];
        let uploads = [site.sent_in("acme.zip").await, site.sent_in("bolt.zip").await];
        let person = site.join("mia@example.com", "member").await;
        site.sign_in().await;
        let account = site.get("/account").await.text;
        let session = account.split("action=\"/sessions/ses_").nth(1).unwrap();
        let session = format!("ses_{}", session.split('/').next().unwrap());
        let hook = CreateWebhook {
            url: "https://hooks.example.com/hook".to_owned(),
            name: Some("hook".to_owned()),
            events: None,
        };
        engine.create_webhook(&ACTOR, ORG, &hook).await.unwrap();
        let invite = Invite { email: "lou@example.org".to_owned(), role: "viewer".to_owned() };
        let code = engine.invite(&ACTOR, Some(ORG), &invite).await.unwrap().code;
        let code = code.expose_secret().to_owned();
        let told = operation.clone();
        Self {
            site,
            operation,
            told,
            invitations,
            tokens,
            uploads,
            person,
            session,
            code,
            lost: String::new(),
        }
    }

    /// One in which there is nothing: whatever an address names is not there.
    pub(super) fn of_nothing(site: Site) -> Self {
        let no = || "nothing".to_owned();
        let two = || [no(), no()];
        let (invitations, tokens, uploads) = (two(), two(), two());
        let (operation, told, person, session, code, lost) = (no(), no(), no(), no(), no(), no());
        Self { site, operation, told, invitations, tokens, uploads, person, session, code, lost }
    }

    /// The addresses of a route that have a text in the place of one of the names in it.
    pub(super) fn paths_with(&self, route: &Route, text: &str) -> Vec<String> {
        let right = self.path(route);
        let named = route.path.split('/').enumerate().filter(|(_, part)| part.starts_with('{'));
        let with = |at: usize| {
            let mut parts: Vec<String> = right.split('/').map(str::to_owned).collect();
            let coded: Vec<String> = text.bytes().map(|byte| format!("%{byte:02X}")).collect();
            parts[at] = coded.concat();
            parts.join("/")
        };
        named.map(|(at, _)| with(at)).collect()
    }

    /// The address of a route, with what is there in the place of every name.
    pub(super) fn path(&self, route: &Route) -> String {
        let is_ours = route.path.starts_with("/organisations/{org}");
        let mut before = "";
        let mut path = String::new();
        for part in route.path.split('/').skip(1) {
            let of = |pair: &[String; 2]| pair[usize::from(!is_ours)].clone();
            let put = match (before, part) {
                (_, "{org}") => ORG.to_owned(),
                ("tenants", "{name}") if is_change(route) => "bolt".to_owned(),
                ("tenants", "{name}") => "acme".to_owned(),
                ("operations", "{id}") if route.path.ends_with("{id}") => self.operation.clone(),
                ("operations", "{id}") => self.told.clone(),
                ("invitations", "{id}") => of(&self.invitations),
                ("tokens", "{id}") => of(&self.tokens),
                ("import", "{id}") => self.uploads[0].clone(),
                ("uploads", "{id}") => self.uploads[1].clone(),
                ("schedules", "{name}") if route.path.ends_with("/delete") => "weekly".to_owned(),
                ("schedules", "{name}") => "nightly".to_owned(),
                ("sessions", "{id}") => self.session.clone(),
                ("members" | "people", "{person}") => self.person.clone(),
                ("providers", "{provider}") => "corp".to_owned(),
                ("join", "{code}") => self.code.clone(),
                ("webhooks", "{name}") => "hook".to_owned(),
                ("deliveries", "{id}") => "msg_0198c0de00007000800000000000f001".to_owned(),
                ("assets", "{hash}") => "0".to_owned(),
                ("{hash}", "{file}") => "berth.css".to_owned(),
                (_, part) => {
                    assert!(!part.starts_with('{'), "what stands for {part} in {}?", route.path);
                    part.to_owned()
                }
            };
            path.push('/');
            path.push_str(&put);
            before = part;
        }
        path
    }
}

/// Makes what comes again and again.
async fn schedule(site: &Site) {
    for name in ["nightly", "weekly"] {
        let wish = CreateSchedule {
            name: name.to_owned(),
            action: "restart".to_owned(),
            tenants: vec!["acme".to_owned()],
            cron: "@yearly".to_owned(),
            ..CreateSchedule::default()
        };
        site.process.engine.create_schedule(&ACTOR, ORG, &wish).await.unwrap();
    }
}

/// Whether it changes what a tenant is, or takes it away.
fn is_change(route: &Route) -> bool {
    let is_own = [
        "settings",
        "password",
        "shell",
        "open-as-admin",
        "logs",
        "charts",
        "live",
        "file",
        "{name}",
    ];
    !is_own.contains(&route.path.rsplit('/').next().unwrap_or_default())
}
