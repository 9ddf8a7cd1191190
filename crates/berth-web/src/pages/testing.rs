//! Pages as somebody who is signed in sees them, over a real engine whose containers are in memory.

mod asking;
mod plain;
mod spring;

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use berth_domain::TenantState;
use berth_engine::request::{
    Accept, Claim, CreateTenant, CreateToken, Invite, SendUpload, SignIn, TenantChange, Whence,
};
use berth_engine::view::OperationView;
use berth_engine_testkit::{ACTOR, Control, Installation, ORG, Process, odoo};
use berth_runtime::fake::CallKind;
use berth_runtime::{LogLine, RuntimeError};
use berth_testkit::wait;
use bytes::Bytes;
use futures_util::{StreamExt as _, stream};
use secrecy::{ExposeSecret as _, SecretString};

use crate::context::WebState;
use crate::router::router;
use crate::server::Configured;
use spring::Spring;

pub(super) use asking::Seen;
pub(super) use plain::{cut, plain, steady, uncounted};

const DEADLINE: Duration = Duration::from_secs(30);
const PASSWORD: &str = "three small herons";
/// Tags, an attribute's end and a mark that turns the direction of reading, for every text that people
/// type. Whatever shows it must show it as text.
pub(super) const HOSTILE: &str = "<b onclick=\"x\">'&amp;</b>\u{202e}gnp";

/// A server whose console was claimed by somebody, who looks at it. In this order: the process ends
/// before its home goes.
pub(super) struct Site {
    pub(super) process: Process,
    pub(super) installation: Installation,
    /// Made once: to make all the routes takes longer than to answer at one of them.
    routes: Router,
    /// Whoever looks.
    cookie: Option<String>,
    /// The token that a program shows in their place.
    token: Option<SecretString>,
    /// Whether they are on the host, and look over the socket.
    is_local: bool,
    /// Whose pages send what is sent, as browsers say it.
    pub(super) from: &'static str,
}

impl Site {
    /// One that Olga claimed, who looks at it.
    pub(super) async fn start() -> Self {
        Self::named("Olga").await
    }

    /// The same, claimed by somebody of this name.
    pub(super) async fn named(name: &str) -> Self {
        Self::on(Control::Sqlite, name).await
    }

    /// The same with this kind of control database.
    pub(super) async fn on(control: Control, name: &str) -> Self {
        Self::unclaimed_on(control).await.claimed(name).await
    }

    /// The same on a day in spring, whenever it is made.
    pub(super) async fn in_spring(name: &str) -> Self {
        let mut installation = Installation::new("test-pages").await;
        installation.clock = Arc::new(Spring::default());
        Self::over(installation).await.claimed(name).await
    }

    async fn claimed(self, name: &str) -> Self {
        let mut site = self;
        let engine = &site.process.engine;
        let code = engine.setup_token(&ACTOR).await.unwrap().unwrap();
        let (email, name) = ("olga@example.com".to_owned(), name.to_owned());
        let claim = Claim { code, email, name, password: PASSWORD.into() };
        engine.claim_installation(&Whence::default(), claim).await.unwrap();
        site.cookie = Some(site.session("olga@example.com").await);
        site
    }

    /// One that nobody claimed.
    pub(super) async fn unclaimed() -> Self {
        Self::unclaimed_on(Control::Sqlite).await
    }

    async fn unclaimed_on(control: Control) -> Self {
        Self::over(Installation::with_control("test-pages", control).await).await
    }

    async fn over(installation: Installation) -> Self {
        odoo::answer_unless(&installation.runtime, |spec| {
            spec.command.iter().any(|word| word.contains("sale_management"))
        });
        let process = installation.start().await;
        let routes = routes_to(&process);
        let from = "same-origin";
        Self { process, installation, routes, cookie: None, token: None, is_local: false, from }
    }

    /// From now on somebody looks who has this role in the organisation.
    pub(super) async fn by_member(mut self, role: &str) -> Self {
        let email = format!("{role}@example.com");
        self.join(&email, role).await;
        self.cookie = Some(self.session(&email).await);
        self
    }

    /// From now on a program looks, with a token of the organisation for this.
    pub(super) async fn by_token(mut self, scope: &str) -> Self {
        let (account, scope) = ("ci".to_owned(), scope.to_owned());
        let wish = CreateToken { account, scope, expires: None };
        let made = self.process.engine.create_token(&ACTOR, Some(ORG), &wish).await.unwrap();
        (self.cookie, self.token) = (None, Some(made.secret));
        self
    }

    /// Has somebody have this role in the organisation. Returns who they are.
    pub(super) async fn join(&self, email: &str, role: &str) -> String {
        let engine = &self.process.engine;
        let invite = Invite { email: email.to_owned(), role: role.to_owned() };
        let code = engine.invite(&ACTOR, Some(ORG), &invite).await.unwrap().code;
        let (name, password) = (Some("Mia Member".to_owned()), Some(PASSWORD.into()));
        let accept = Accept { code, name, password };
        let person = engine.accept_invitation(None, &Whence::default(), accept).await.unwrap();
        person.id.to_string()
    }

    /// Has whoever claimed it be signed in once more, and look from there.
    pub(super) async fn sign_in(&mut self) {
        self.cookie = Some(self.session("olga@example.com").await);
    }

    /// From now on nobody looks who is known.
    pub(super) fn by_nobody(mut self) -> Self {
        self.cookie = None;
        self
    }

    /// The same after its server ended and another one began.
    pub(super) async fn restarted(self) -> Self {
        let Self { process, installation, cookie, token, is_local, from, .. } = self;
        process.crash().await;
        let process = installation.start().await;
        let routes = routes_to(&process);
        Self { process, installation, routes, cookie, token, is_local, from }
    }

    /// From now on the operator of the host looks, over the socket.
    pub(super) fn by_host(mut self) -> Self {
        (self.cookie, self.is_local) = (None, true);
        self
    }

    async fn session(&self, email: &str) -> String {
        let sign_in = SignIn { email: email.to_owned(), password: PASSWORD.into(), code: None };
        let new = self.process.engine.begin_session(&Whence::default(), sign_in).await.unwrap();
        let secret: &SecretString = &new.secret;
        format!("__Host-berth={}", secret.expose_secret())
    }

    /// Makes a tenant that runs.
    pub(super) async fn running(&self, request: CreateTenant) -> OperationView {
        let begun = self.process.engine.create_tenant(&ACTOR, ORG, &request).await.unwrap();
        self.rest(&begun.id.to_string()).await
    }

    /// Has a tenant be broken: what was done to it last failed, and could not be taken back.
    pub(super) async fn break_down(&self, name: &str) -> OperationView {
        self.change(name, &TenantChange::Stop).await;
        let message = format!("no space left on device {HOSTILE}");
        let error = RuntimeError::Refused { action: "start a container", message };
        self.installation.runtime.fail_next(CallKind::WorkloadStart, error);
        let operation = self.change(name, &TenantChange::Start).await;
        let view = self.process.engine.tenant(&ACTOR, ORG, name).await.unwrap();
        let (before, failed) = (view.tenant.state, operation.id);
        let since = self.process.engine.now();
        let broken = TenantState::Broken { since, failed, suspended: false };
        self.installation.put_state(view.tenant.id, &before, &broken).await;
        operation
    }

    /// Makes one whose installation fails, so that it is gone again.
    pub(super) async fn failing(&self, request: CreateTenant) -> OperationView {
        let modules = vec!["sale_management".to_owned()];
        self.running(CreateTenant { modules, ..request }).await
    }

    /// Changes a tenant, to the end.
    pub(super) async fn change(&self, name: &str, change: &TenantChange) -> OperationView {
        let begun = self.process.engine.change_tenant(&ACTOR, ORG, name, change).await.unwrap();
        self.rest(&begun.id.to_string()).await
    }

    /// Waits until an operation is over.
    pub(super) async fn rest(&self, id: &str) -> OperationView {
        let engine = &self.process.engine;
        wait::until(DEADLINE, async || {
            engine.operation(&ACTOR, ORG, id).await.unwrap().state.is_at_rest()
        })
        .await;
        engine.operation(&ACTOR, ORG, id).await.unwrap()
    }

    /// Has a tenant's Odoo say something.
    pub(super) async fn says(&self, name: &str, lines: &[&str]) {
        let view = self.process.engine.known_tenant(&ACTOR, ORG, name).await.unwrap();
        let object = view.tenant.tenant.id.object_name().to_string();
        for text in lines {
            let at = Some(self.process.engine.now());
            let line = LogLine { at, is_error: true, text: (*text).to_owned() };
            self.installation.runtime.push_log(&object, line);
        }
    }

    /// Sends a backup in that Berth can read. Returns its id.
    pub(super) async fn sent_in(&self, name: &str) -> String {
        let content = stream::iter([Ok(Bytes::from(odoo::backup()))]).boxed();
        let wish = SendUpload { name: Some(name.to_owned()), length: None };
        let sent = self.process.engine.send_upload(&ACTOR, ORG, &wish, content).await.unwrap();
        sent.id.to_string()
    }

    /// What a page says itself, its name first, without what stands around every page and what differs each
    /// time. An answer that is not 200 is said.
    pub(super) fn main_of(&self, seen: &Seen) -> String {
        seen.harmless();
        let home = self.installation.home().display().to_string();
        let page = seen.text.replace(&home, "/home");
        let between = |begin: &str, end: &str| {
            let (_, rest) = page.split_once(begin).unwrap_or_default();
            rest.split(end).next().unwrap_or_default()
        };
        let status = seen.status.as_u16();
        let status = if status == 200 { String::new() } else { format!("{status} ") };
        let shown = if page.contains("<main") {
            let (title, main) = (between("<title>", "</title>"), between("<main", "</main>"));
            format!("{title}\n<main{main}</main>")
        } else {
            page.clone()
        };
        steady(&plain(&format!("{status}{shown}")))
    }
}

fn routes_to(process: &Process) -> Router {
    let of = |(setting, value, from): (&str, &str, &str)| Configured {
        setting: setting.to_owned(),
        value: value.to_owned(),
        from: from.to_owned(),
    };
    let configured = [
        ("edge.listen", "[::]:80", "default"),
        ("edge.max_body", "1GiB", "BERTH_EDGE_MAX_BODY"),
        ("mail.from", HOSTILE, "/etc/berth/berth.toml:7"),
    ];
    let configured = Arc::new(configured.into_iter().map(of).collect());
    router(&WebState { configured, ..WebState::of(process.engine.clone()) })
}
