//! Every route, asked for by everybody: who is let through to it, and who is not.

mod upgrade;

use std::collections::BTreeMap;
use std::fmt::Write as _;

use axum::Extension;
use axum::body::Body;
use axum::extract::ConnectInfo;
use axum::response::Response;
use berth_domain::access::{Grants, Place, Role};
use berth_domain::{Actor, IdSource as _, OrganisationId};
use berth_engine::request::{Accept, AuditFilter, Claim, CreateToken, Invite, SignIn, Whence};
use berth_engine_testkit::{ACTOR, Installation, ORG, Process};
use berth_testkit::{FixedClock, RandomIds};
use http::{Request, StatusCode, header};
use http_body_util::BodyExt as _;
use jiff::SignedDuration;
use secrecy::{ExposeSecret as _, SecretString};
use tower::ServiceExt as _;

use super::*;
use crate::access::Caller;
use crate::peer::Peer;
use crate::routes::{Needs, Route};

/// The routes of a real engine. In this order: the process ends before its home goes.
struct App {
    state: WebState,
    /// Made once each: to make all the routes takes longer than to answer at one of them.
    whole: Router,
    guarded: Router<WebState>,
    clock: Arc<FixedClock>,
    process: Process,
    _installation: Installation,
}

impl App {
    async fn start() -> Self {
        let mut installation = Installation::new("test-rights").await;
        let clock = Arc::new(FixedClock::default());
        installation.clock = clock.clone();
        let process = installation.start().await;
        let state = WebState::of(process.engine.clone());
        let (whole, guarded) = (router(&state), guarded(&state));
        Self { state, whole, guarded, clock, process, _installation: installation }
    }

    async fn organisation(&self) -> OrganisationId {
        match self.process.engine.place(Some(ORG)).await.unwrap() {
            Place::Organisation(organisation) => organisation,
            other => panic!("{other:?}"),
        }
    }

    /// Asks past nothing, as the user with this number and with these credentials.
    async fn arrive(&self, route: &Route, uid: Option<u32>, shown: Option<&str>) -> StatusCode {
        self.answer_to(route, uid, shown).await.status()
    }

    async fn answer_to(&self, route: &Route, uid: Option<u32>, shown: Option<&str>) -> Response {
        let mut request = Request::builder().method(route.method).uri(path_of(route, ORG));
        if let Some(shown) = shown {
            request = request.header("authorization", shown);
        }
        let request = request.body(Body::empty()).unwrap();
        send(self.whole.clone().layer(Extension(ConnectInfo(Peer(uid)))), route, request).await
    }

    /// Asks as the operator of the host does, from a page of this site.
    async fn arrive_by_page(&self, route: &Route, site: &str) -> StatusCode {
        let request = Request::builder().method(route.method).uri(path_of(route, ORG));
        let request = request.header("sec-fetch-site", site).body(Body::empty()).unwrap();
        let whole = self.whole.clone().layer(Extension(ConnectInfo(Peer(Some(0)))));
        send(whole, route, request).await.status()
    }

    /// Signs somebody in who belongs nowhere. Returns the cookie.
    async fn session(&self) -> String {
        let engine = &self.process.engine;
        let whence = Whence::default();
        let password = || SecretString::from("three small herons");
        let code = engine.setup_token(&ACTOR).await.unwrap().unwrap();
        let (email, name) = ("op@example.com".to_owned(), "Olga".to_owned());
        let claim = Claim { code, email, name, password: password() };
        engine.claim_installation(&whence, claim).await.unwrap();
        let email = "jo@example.com".to_owned();
        let invite = Invite { email, role: "viewer".to_owned() };
        let code = engine.invite(&ACTOR, Some(ORG), &invite).await.unwrap().code;
        let accept = Accept { code, name: Some("Jo".to_owned()), password: Some(password()) };
        engine.accept_invitation(None, &whence, accept).await.unwrap();
        engine.set_member(&ACTOR, (ORG, "jo@example.com"), None).await.unwrap();
        self.again().await
    }

    /// Signs the same one in once more.
    async fn again(&self) -> String {
        let (email, password) = ("jo@example.com".to_owned(), "three small herons".into());
        let sign_in = SignIn { email, password, code: None };
        let engine = &self.process.engine;
        let new = engine.begin_session(&Whence::default(), sign_in).await.unwrap();
        format!("__Host-berth={}", new.secret.expose_secret())
    }

    /// Asks with a cookie from a page of our own, as nobody whom the connection knows.
    async fn arrive_with(&self, route: &Route, cookie: &str) -> StatusCode {
        self.arrive_from(route, cookie, Some("same-origin")).await
    }

    async fn arrive_from(&self, route: &Route, cookie: &str, site: Option<&str>) -> StatusCode {
        self.answer_from(route, cookie, site).await.status()
    }

    async fn answer_from(&self, route: &Route, cookie: &str, site: Option<&str>) -> Response {
        let request = Request::builder().method(route.method).uri(path_of(route, ORG));
        let mut request = request.header("cookie", cookie);
        if let Some(site) = site {
            request = request.header("sec-fetch-site", site);
        }
        let request = request.body(Body::empty()).unwrap();
        send(self.whole.clone().layer(Extension(ConnectInfo(Peer(None)))), route, request).await
    }

    /// Makes a token of the organisation. Returns what it says.
    async fn token(&self, scope: &str) -> SecretString {
        self.token_for(scope, None).await
    }

    async fn token_for(&self, scope: &str, expires: Option<&str>) -> SecretString {
        let (account, expires) = ("ci".to_owned(), expires.map(str::to_owned));
        let request = CreateToken { account, scope: scope.to_owned(), expires };
        self.process.engine.create_token(&ACTOR, Some(ORG), &request).await.unwrap().secret
    }

    /// Asks for a route with nothing in the body. `None`: nobody was admitted.
    async fn ask(&self, route: &Route, org: &str, grants: Option<&Grants>) -> StatusCode {
        self.answer(route, org, grants).await.status()
    }

    async fn answer(&self, route: &Route, org: &str, grants: Option<&Grants>) -> Response {
        let path = path_of(route, org);
        let mut router = self.guarded.clone();
        if let Some(grants) = grants {
            let actor = Actor::Local { uid: 4711 };
            router = router.layer(Extension(Caller {
                actor,
                grants: grants.clone(),
                token: None,
                me: None,
            }));
        }
        let router = router
            .layer(from_fn_with_state(self.state.clone(), identify))
            .with_state(self.state.clone());
        let request = Request::builder().method(route.method).uri(path);
        send(router, route, request.body(Body::empty()).unwrap()).await
    }
}

/// The answer of a route, whose body may never end; what matters is said before it. Where WebSocket is spoken it
/// is asked for.
async fn send(router: Router, route: &Route, request: Request<Body>) -> Response {
    if route.answers.iter().any(|answer| answer.status == 101) {
        return upgrade::to_websocket(router, request).await;
    }
    router.oneshot(request).await.unwrap()
}

/// Whether somebody was turned away: told that they have no right, or that there is no such organisation, or
/// sent from a page to the door.
async fn is_turned_away(route: &Route, answer: Response) -> bool {
    match answer.status() {
        StatusCode::FORBIDDEN | StatusCode::UNAUTHORIZED => true,
        StatusCode::SEE_OTHER if route.method == "GET" && route.needs != Needs::Nobody => {
            let to = answer.headers().get(header::LOCATION).and_then(|to| to.to_str().ok());
            to.is_some_and(|to| to.starts_with("/sign-in"))
        }
        // A page says it as a sentence.
        StatusCode::NOT_FOUND => {
            let told = told(answer).await;
            ["no organisation is called", "No organisation is called"]
                .iter()
                .any(|it| told.contains(it))
        }
        _ => false,
    }
}

async fn told(answer: Response) -> String {
    let body = answer.into_body().collect().await.unwrap().to_bytes();
    String::from_utf8_lossy(&body).into_owned()
}

/// The path of a route, with something in place of everything that it names.
fn path_of(route: &Route, org: &str) -> String {
    route
        .path
        .replace("{org}", org)
        .replace("{name}", "acme")
        .replace("{owner}", "anna")
        .replace("{code}", "00000-00000-00000-00000-00000")
        // None is configured.
        .replace("{provider}", "corp")
        // Nobody: whoever may do so much would do it.
        .replace("{person}", "al@example.com")
        .replace("{id}", "op_0198c0de00007000800000000000a001")
}

/// All that take something of whoever asks.
fn guarded_routes() -> impl Iterator<Item = Route> {
    routes::all().into_iter().filter(|route| route.needs != Needs::Nobody)
}

/// What nobody is told at a route that takes something: who looks at a page is sent to the door.
fn refusal(route: &Route) -> StatusCode {
    let is_looked_at = route.is_page && route.method == "GET";
    if is_looked_at { StatusCode::SEE_OTHER } else { StatusCode::UNAUTHORIZED }
}

fn member_of(organisation: OrganisationId, role: Role) -> Grants {
    Grants::Memberships(BTreeMap::from([(organisation, role)]))
}

#[expect(clippy::unnecessary_wraps, reason = "somebody who was admitted")]
fn token_for(within: Option<OrganisationId>, scope: &str) -> Option<Grants> {
    Some(Grants::Token { within, scope: scope.parse().unwrap() })
}

/// What somebody is answered: the status, behind `!` if they were turned away.
async fn cell(route: &Route, answer: Response) -> String {
    let status = answer.status();
    let mark = if is_turned_away(route, answer).await { "!" } else { "" };
    format!("{mark}{}", status.as_u16())
}

#[tokio::test(flavor = "multi_thread")]
async fn everybody_gets_as_far_as_their_rights_go_on_every_route() {
    let app = App::start().await;
    let own = app.organisation().await;
    let other = OrganisationId::from_uuid(RandomIds.uuid());
    let callers = [
        ("stranger", None),
        ("nobody", Some(Grants::Memberships(BTreeMap::new()))),
        ("foreign", Some(member_of(other, Role::Admin))),
        ("viewer", Some(member_of(own, Role::Viewer))),
        ("member", Some(member_of(own, Role::Member))),
        ("admin", Some(member_of(own, Role::Admin))),
        ("operator", Some(Grants::Operator)),
        ("reader", token_for(Some(own), "read")),
        ("logger", token_for(Some(own), "logs,exec,export")),
        ("other", token_for(Some(other), "admin")),
        ("metrics", token_for(None, "metrics")),
    ];
    let expired = app.token_for("admin", Some("1h")).await;
    let expired = format!("Bearer {}", expired.expose_secret());
    app.clock.advance(SignedDuration::from_hours(1));
    let mut session = app.session().await;

    let mut table = format!("{:<6} {:<70}", "", "");
    for name in callers.iter().map(|(name, _)| *name).chain(["session", "expired"]) {
        write!(table, " {name:<8}").unwrap();
    }
    for route in routes::all() {
        table.truncate(table.trim_end().len());
        write!(table, "\n{:<6} {:<70}", route.method, route.path).unwrap();
        for (_, grants) in &callers {
            let answer = app.answer(&route, ORG, grants.as_ref()).await;
            write!(table, " {:<8}", cell(&route, answer).await).unwrap();
        }
        let answer = app.answer_from(&route, &session, Some("same-origin")).await;
        if ["sign_out", "sign_out_form"].contains(&route.id) {
            session = app.again().await;
        }
        write!(table, " {:<8}", cell(&route, answer).await).unwrap();
        let answer = app.answer_to(&route, Some(0), Some(&expired)).await;
        write!(table, " {:<8}", cell(&route, answer).await).unwrap();
    }
    table.truncate(table.trim_end().len());

    let failed: Vec<_> = table.lines().filter(|line| line.contains(" 5")).collect();
    assert!(failed.is_empty(), "{}", failed.join("\n"));
    insta::assert_snapshot!(table);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_of_somebody_else_has_nobody_do_anything_on_every_route_though_root_connects() {
    let app = App::start().await;

    for route in routes::all() {
        // Providers send browsers back there: who connects counts for nothing in it.
        let is_return = route.id == "finish_sign_in";
        let expected = if is_return { StatusCode::NOT_FOUND } else { StatusCode::FORBIDDEN };
        for site in ["cross-site", "same-site"] {
            assert_eq!(app.arrive_by_page(&route, site).await, expected, "{site} {route:?}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_member_is_told_the_same_of_an_organisation_that_is_not_there_and_of_another() {
    let app = App::start().await;
    let grants = member_of(OrganisationId::from_uuid(RandomIds.uuid()), Role::Admin);

    for route in routes::all().iter().filter(|route| route.path.contains("{org}")) {
        let there = app.answer(route, ORG, Some(&grants)).await;
        let nowhere = app.answer(route, "nowhere", Some(&grants)).await;

        let statuses = (there.status(), nowhere.status());
        assert_eq!(statuses, (StatusCode::NOT_FOUND, StatusCode::NOT_FOUND), "{route:?}");
        let said = [(there, ORG), (nowhere, "nowhere")];
        let [there, nowhere] = said.map(async |(answer, org)| {
            let is_page = route.is_page;
            let told = told(answer).await;
            if is_page { without_id(&told).replace(org, "ORG") } else { plain(&told, org) }
        });
        assert_eq!(there.await, nowhere.await, "{route:?}");
    }
}

/// A page without the id of the request that it answers.
fn without_id(page: &str) -> String {
    let at = page.find("req_").expect("a page of a failure names its request");
    format!("{}{}", &page[..at], &page[at + "req_".len() + 32..])
}

/// A problem without what differs by what was asked for.
fn plain(problem: &str, org: &str) -> String {
    let mut problem: serde_json::Value = serde_json::from_str(problem).unwrap();
    problem.as_object_mut().unwrap().remove("request_id");
    problem.to_string().replace(org, "ORG")
}

#[tokio::test(flavor = "multi_thread")]
async fn who_is_refused_is_written_down_and_nothing_else_happens() {
    let app = App::start().await;
    let viewer = member_of(app.organisation().await, Role::Viewer);
    let route = routes::all().into_iter().find(|route| route.id == "set_quota").unwrap();

    assert_eq!(app.ask(&route, ORG, Some(&viewer)).await, StatusCode::FORBIDDEN);
    assert_eq!(app.ask(&route, ORG, None).await, StatusCode::FORBIDDEN);

    let all = AuditFilter::default();
    let written = app.process.engine.audit(&ACTOR, Some(ORG), &all).await.unwrap().items;
    let told: Vec<_> = written
        .iter()
        .map(|entry| (entry.actor.to_string(), entry.action.as_str(), entry.outcome.as_str()))
        .collect();
    assert_eq!(told, [("local:4711".to_owned(), "set_quota", "denied")]);
    assert_eq!(written[0].object.name, "/api/v1/organisations/default/quotas/anna");
}

#[tokio::test(flavor = "multi_thread")]
async fn strangers_are_turned_away_before_anything_else_on_every_route() {
    let app = App::start().await;
    let own = rustix::process::geteuid().as_raw();

    for route in guarded_routes() {
        for uid in [Some(own + 12_345), None] {
            if route.needs == Needs::Nobody {
                // There strangers prove who they are. Without a body they prove nothing.
                let status = app.arrive(&route, uid, None).await;
                assert_eq!(status, StatusCode::UNSUPPORTED_MEDIA_TYPE, "{route:?}");
                continue;
            }
            assert_eq!(app.arrive(&route, uid, None).await, StatusCode::FORBIDDEN, "{route:?}");
        }
    }
    let status = routes::all().into_iter().find(|route| route.id == "show_status").unwrap();
    for uid in [Some(own), Some(0)] {
        assert_eq!(app.arrive(&status, uid, None).await, StatusCode::OK);
    }
    let all = app.process.engine.audit(&ACTOR, None, &AuditFilter::default()).await.unwrap();
    assert_eq!(all.items, []);
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_shows_what_is_no_good_token_is_nobody_on_every_route_though_root_connects() {
    let app = App::start().await;
    let revoked = app.token("admin").await;
    let bearer = app.process.engine.bearer(&revoked).await.unwrap().unwrap();
    let id = bearer.token.to_string();
    app.process.engine.revoke_token(&ACTOR, Some(ORG), &id).await.unwrap();
    let shown = [
        format!("Bearer {}", revoked.expose_secret()),
        format!("Bearer berth_{}", "0".repeat(64)),
        "Basic cm9vdDpyb290".to_owned(),
        String::new(),
    ];

    for route in guarded_routes() {
        for shown in &shown {
            let status = app.arrive(&route, Some(0), Some(shown)).await;
            assert_eq!(status, refusal(&route), "{shown} {route:?}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_shows_a_token_has_its_rights_and_not_those_of_the_connection() {
    let app = App::start().await;
    let shown = format!("Bearer {}", app.token("viewer").await.expose_secret());
    let own = rustix::process::geteuid().as_raw();
    let find = |id| routes::all().into_iter().find(|route| route.id == id).unwrap();

    for uid in [Some(0), Some(own + 12_345), None] {
        for (id, expected) in [
            ("list_tenants", StatusCode::OK),
            ("describe_api", StatusCode::OK),
            ("list_uploads", StatusCode::FORBIDDEN),
            ("show_status", StatusCode::FORBIDDEN),
            ("list_tokens", StatusCode::FORBIDDEN),
        ] {
            assert_eq!(app.arrive(&find(id), uid, Some(&shown)).await, expected, "{id} {uid:?}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cookie_that_another_site_sends_changes_nothing_on_every_route() {
    let app = App::start().await;
    let session = app.session().await;

    for route in routes::all() {
        // Providers send browsers back there: a session counts for nothing in it.
        let is_return = route.id == "finish_sign_in";
        let expected = if is_return { StatusCode::NOT_FOUND } else { StatusCode::FORBIDDEN };
        for site in ["cross-site", "same-site"] {
            let status = app.arrive_from(&route, &session, Some(site)).await;
            assert_eq!(status, expected, "{site} {route:?}");
        }
        if route.method != "GET" {
            let status = app.arrive_from(&route, &session, None).await;
            assert_eq!(status, StatusCode::FORBIDDEN, "{route:?}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_that_is_over_lets_nobody_in_and_keeps_nobody_from_the_doors() {
    let app = App::start().await;

    for cookie in ["__Host-berth=x", "__Host-berth=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"] {
        for route in routes::all() {
            let expected = match route.needs {
                Needs::Nobody if route.id == "asset" => StatusCode::NOT_FOUND,
                // They lead to where the installation is claimed.
                Needs::Nobody if matches!(route.id, "home_page" | "sign_in_page") => {
                    StatusCode::SEE_OTHER
                }
                Needs::Nobody if route.path.contains("{provider}") => StatusCode::NOT_FOUND,
                // There is no invitation of that code.
                Needs::Nobody if route.id == "join_link_page" => StatusCode::NOT_FOUND,
                Needs::Nobody if route.method == "GET" => StatusCode::OK,
                Needs::Nobody => StatusCode::UNSUPPORTED_MEDIA_TYPE,
                Needs::Account | Needs::Right(_) | Needs::Command => refusal(&route),
            };
            assert_eq!(app.arrive_with(&route, cookie).await, expected, "{route:?}");
        }
    }
}
