//! Two organisations with something of every kind in each: neither finds, changes or hears of anything of
//! the other's.

use std::sync::Mutex;

use berth_api::v1::exec::{Run, ServerMessage, Start};
use berth_testkit::http::{Answer, read_until, request};
use berth_testkit::wait;
use bytes::Bytes;
use futures_util::{SinkExt as _, StreamExt as _};
use http::Request;
use serde_json::{Value, json};
use tokio::net::UnixStream;
use tokio_tungstenite::tungstenite::Message;

use crate::app::{App, DEADLINE, problem};

/// An organisation and what is in it. Whatever has a name has `mark` in it.
struct Neighbour {
    org: &'static str,
    mark: &'static str,
    operation: String,
    schedule: String,
    webhook: String,
    delivery: String,
    token: String,
    secret: String,
    upload: String,
    invitation: String,
    tenant: String,
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_else(|| panic!("{value} is text")).to_owned()
}

impl Neighbour {
    async fn settle(app: &App, org: &'static str, mark: &'static str) -> Self {
        let organisation = json!({ "name": org, "title": format!("{mark} Ltd") });
        made(app, "/organisations", &organisation, 201).await;
        let at = |path: &str| format!("/organisations/{org}{path}");
        let tenant = json!({
            "name": mark, "tags": ["eu"], "owner": format!("jo@{mark}.example"), "notes": mark,
        });
        let begun = made(app, &at("/tenants"), &tenant, 202).await;
        let operation = text(&begun["id"]);
        wait::until(DEADLINE, async || {
            let path = at(&format!("/operations/{operation}"));
            app.call("GET", &path, &Value::Null).await.json()["state"] == "done"
        })
        .await;
        let shown = app.call("GET", &at(&format!("/tenants/{mark}")), &Value::Null).await.json();
        let schedule = json!({
            "name": format!("{mark}-nightly"), "action": "restart", "cron": "@daily",
            "tenants": [mark],
        });
        let hook = json!({
            "name": format!("{mark}-hook"), "url": format!("https://{mark}.example.com/"),
        });
        let token =
            json!({ "account": format!("{mark}-ci"), "scope": "admin", "expires": "never" });
        let guest = json!({ "email": format!("guest@{mark}.example"), "role": "viewer" });
        let schedule = made(app, &at("/schedules"), &schedule, 201).await;
        let webhook = made(app, &at("/webhooks"), &hook, 201).await;
        let token = made(app, &at("/tokens"), &token, 201).await;
        let invitation = made(app, &at("/invitations"), &guest, 201).await;
        join(app, org, &format!("al@{mark}.example")).await;
        let tried = at(&format!("/webhooks/{mark}-hook/test"));
        let tried = made(app, &tried, &Value::Null, 200).await;
        let sent = format!("/api/v1{}?name={mark}.zip", at("/uploads"));
        let sent = app.send(Request::post(sent).body(Bytes::from_static(b"PK")).unwrap()).await;
        assert_eq!(sent.status, 201, "{}", sent.text());
        Self {
            org,
            mark,
            operation,
            schedule: text(&schedule["id"]),
            webhook: text(&webhook["webhook"]["id"]),
            delivery: text(&tried["id"]),
            token: text(&token["token"]["id"]),
            secret: text(&token["secret"]),
            upload: text(&sent.json()["id"]),
            invitation: text(&invitation["invitation"]["id"]),
            tenant: text(&shown["id"]),
        }
    }

    /// The paths of a route under `org` that name what is this one's: by name, and by id where that will do.
    fn paths(&self, template: &str, org: &str) -> Vec<String> {
        let mark = self.mark;
        let (names, id) = if template.contains("/schedules/") {
            (vec![format!("{mark}-nightly"), self.schedule.clone()], &self.operation)
        } else if template.contains("/webhooks/") {
            (vec![format!("{mark}-hook"), self.webhook.clone()], &self.delivery)
        } else if template.contains("/tokens/") {
            (vec![String::new()], &self.token)
        } else if template.contains("/uploads/") || template.contains("/import/") {
            (vec![String::new()], &self.upload)
        } else if template.contains("/invitations/") {
            (vec![String::new()], &self.invitation)
        } else {
            (vec![mark.to_owned()], &self.operation)
        };
        let fill = |name: &String| {
            template
                .replace("{org}", org)
                .replace("{name}", name)
                .replace("{id}", id)
                .replace("{owner}", &format!("jo@{mark}.example"))
                .replace("{person}", &format!("al@{mark}.example"))
        };
        names.iter().map(fill).collect()
    }

    /// Whether a text says anything of this one's.
    fn is_in(&self, text: &str) -> bool {
        let ids = [
            &self.operation,
            &self.schedule,
            &self.webhook,
            &self.delivery,
            &self.token,
            &self.upload,
            &self.invitation,
            &self.tenant,
        ];
        text.contains(self.mark)
            || text.contains(self.org)
            || ids.iter().any(|id| text.contains(*id))
    }

    /// Whether a page shows anything of this one's. Forms have names in them that only look like it.
    fn is_on(&self, page: &str) -> bool {
        let mark = self.mark;
        let forms =
            [format!("{mark}-"), format!("@{mark}."), format!("/{mark}"), format!("{mark} Ltd")];
        let ids = [&self.operation, &self.schedule, &self.webhook, &self.token, &self.upload];
        forms.iter().chain(ids).any(|it| page.contains(it.as_str()))
    }

    async fn ask(&self, app: &App, method: &str, path: &str, body: &Value) -> Answer {
        app.send(self.showing(request(method, path, body))).await
    }

    /// The request with the token of an admin of this one.
    fn showing(&self, mut request: Request<Bytes>) -> Request<Bytes> {
        let shown = format!("Bearer {}", self.secret).parse().unwrap();
        request.headers_mut().insert("authorization", shown);
        request
    }
}

async fn made(app: &App, path: &str, body: &Value, status: u16) -> Value {
    let answer = app.call("POST", path, body).await;
    assert_eq!(answer.status, status, "{path}: {}", answer.text());
    answer.json()
}

async fn join(app: &App, org: &str, email: &str) {
    let invite = json!({ "email": email, "role": "member" });
    let invited = made(app, &format!("/organisations/{org}/invitations"), &invite, 201).await;
    let accept = json!({ "code": invited["code"], "name": "Al", "password": "three small herons" });
    made(app, "/invitations/accept", &accept, 200).await;
}

async fn neighbours(app: &App) -> (Neighbour, Neighbour) {
    (Neighbour::settle(app, "acme", "alpha").await, Neighbour::settle(app, "globex", "omega").await)
}

/// Every route of an organisation: method and path.
fn routes() -> Vec<(String, String)> {
    let document = berth_web::openapi();
    let paths = document["paths"].as_object().unwrap().iter();
    let of_one = paths.filter(|(path, _)| path.starts_with("/api/v1/organisations/{org}"));
    of_one
        .flat_map(|(path, methods)| {
            let methods = methods.as_object().unwrap().keys();
            methods.map(|method| (method.to_uppercase(), path.clone())).collect::<Vec<_>>()
        })
        .collect()
}

/// Every page of an organisation: method and path. But for the one that goes on for ever.
fn pages() -> Vec<(&'static str, &'static str)> {
    let all = berth_web::page_routes().into_iter();
    let of_one = all.filter(|(_, path)| path.starts_with("/organisations/{org}"));
    of_one.filter(|(_, path)| *path != "/organisations/{org}/live").collect()
}

/// A page without the id of the request and the name of the organisation that were asked for.
fn without_names(page: &str, org: &str) -> String {
    let mut pieces = page.split("req_");
    let first = pieces.next().unwrap_or_default().to_owned();
    let rest = pieces.map(|piece| piece.trim_start_matches(|it: char| it.is_ascii_hexdigit()));
    rest.fold(first, |page, piece| page + "req_" + piece).replace(org, "ORG")
}

/// A body that is right in itself.
fn body(method: &str, path: &str) -> Value {
    match path.rsplit('/').next() {
        Some("rename") => json!({ "name": "other" }),
        Some("install" | "upgrade" | "uninstall") => json!({ "modules": ["crm"] }),
        Some("password") if method == "POST" => json!({}),
        _ if path.contains("/members/") => json!({ "role": "viewer" }),
        _ if path.contains("/schedules/") => json!({ "paused": true }),
        _ if path.contains("/webhooks/") => json!({ "enabled": false }),
        _ if method == "PATCH" => json!({ "notes": "hers" }),
        _ => Value::Null,
    }
}

/// Whether a route names something that is in an organisation, and fails when that is not there.
fn names_something(method: &str, path: &str) -> bool {
    let names = ["{name}", "{id}", "{person}"].iter().any(|name| path.contains(name));
    names || (method == "DELETE" && path.contains("{owner}"))
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_of_one_organisation_is_found_under_another_on_every_route() {
    let app = App::with_odoo().await;
    let (acme, globex) = neighbours(&app).await;

    let mut asked = 0;
    for (method, path) in routes() {
        if !names_something(&method, &path) {
            continue;
        }
        for (own, foreign) in acme.paths(&path, "acme").iter().zip(acme.paths(&path, "globex")) {
            // A WebSocket, which says so in its last frame: below.
            if path.ends_with("/exec") {
                continue;
            }
            let answer = app.send(request(&method, &foreign, &body(&method, &path))).await;
            assert_eq!(problem(&answer).status, 404, "{method} {foreign}: {}", answer.text());
            if method == "GET" {
                let answer = app.send(request("GET", own, &Value::Null)).await;
                assert_ne!(answer.status, 404, "{own}: {}", answer.text());
            }
            asked += 1;
        }
    }
    assert!(asked > 45, "{asked}");

    // A message of another's, asked for by a webhook that is there.
    let mixed =
        format!("/organisations/globex/webhooks/omega-hook/deliveries/{}/redeliver", acme.delivery);
    assert_eq!(app.call("POST", &mixed, &Value::Null).await.status, 404);
    // And the same of what a body names.
    let import = json!({ "upload": acme.upload, "name": "other" });
    let imported = app.call("POST", "/organisations/globex/imports", &import).await;
    assert!(matches!(imported.status, 404 | 422), "{}", imported.text());
    let schedule =
        json!({ "name": "sly", "action": "stop", "cron": "@daily", "tenants": ["alpha"] });
    let scheduled = app.call("POST", "/organisations/globex/schedules", &schedule).await;
    assert_eq!(scheduled.status, 422, "{}", scheduled.text());

    // All of that changed nothing.
    for neighbour in [&acme, &globex] {
        let path = format!("/organisations/{}/tenants/{}", neighbour.org, neighbour.mark);
        let tenant = app.call("GET", &path, &Value::Null).await.json();
        assert_eq!(
            (&tenant["state"], &tenant["notes"]),
            (&json!("running"), &json!(neighbour.mark))
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn no_page_of_one_organisation_is_anything_to_another() {
    let app = App::with_odoo().await;
    let (acme, globex) = neighbours(&app).await;

    let (mut refused, mut foreign, mut shown) = (0, 0, 0);
    for (method, path) in pages() {
        // To an admin of another one it is as if there were no such organisation.
        for (there, nowhere) in acme.paths(path, "acme").iter().zip(acme.paths(path, "nobody")) {
            let there = globex.ask(&app, method, there, &Value::Null).await;
            let nowhere = globex.ask(&app, method, &nowhere, &Value::Null).await;
            assert_eq!((there.status, nowhere.status), (404, 404), "{method} {path}");
            let [there, nowhere] = [(there, "acme"), (nowhere, "nobody")]
                .map(|(answer, org)| without_names(&answer.text(), org));
            assert_eq!(there, nowhere, "{method} {path}");
            refused += 1;
        }
        if method != "GET" {
            continue;
        }
        if names_something(method, path) {
            // Nor is anything of it found under the name of the other, by whoever may look everywhere.
            for path in acme.paths(path, "globex") {
                let answer = app.send(request("GET", &path, &Value::Null)).await;
                assert_eq!(answer.status, 404, "{path}: {}", answer.text());
                foreign += 1;
            }
        } else {
            let path = path.replace("{org}", "globex");
            let answer = globex.ask(&app, "GET", &path, &Value::Null).await;
            assert!(!acme.is_on(&answer.text()), "{path}: {}", answer.text());
            shown += usize::from(globex.is_on(&answer.text()));
        }
    }
    assert!(refused > 100 && foreign > 40 && shown > 8, "{refused} {foreign} {shown}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_command_under_another_organisation_finds_no_tenant() {
    let app = App::with_odoo().await;
    let _neighbours = neighbours(&app).await;
    let stream = UnixStream::connect(app.socket()).await.unwrap();
    let url = "ws://localhost/api/v1/organisations/globex/tenants/alpha/exec";
    let (mut socket, _) = tokio_tungstenite::client_async(url, stream).await.unwrap();
    let start = Start { run: Run::Shell, terminal: None };

    socket.send(Message::text(serde_json::to_string(&start).unwrap())).await.unwrap();

    let last = socket.next().await.unwrap().unwrap();
    let ServerMessage::Problem(problem) = serde_json::from_str(last.to_text().unwrap()).unwrap()
    else {
        panic!("{last:?}")
    };
    assert_eq!((problem.status, problem.detail.as_str()), (404, "no tenant is called `alpha`"));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_admin_of_one_is_told_of_the_other_what_is_told_of_none_on_every_route() {
    let app = App::with_odoo().await;
    let (acme, globex) = neighbours(&app).await;
    let plain = |answer: &Answer, org: &str| {
        let told = problem(answer);
        (told.status, told.detail.replace(org, "ORG"), told.hint, told.problems)
    };

    for (method, path) in routes() {
        let sent = body(&method, &path);
        let (there, nowhere) = (acme.paths(&path, "acme"), acme.paths(&path, "nobody"));
        for (there, nowhere) in there.iter().zip(&nowhere) {
            let there = globex.ask(&app, &method, there, &sent).await;
            let nowhere = globex.ask(&app, &method, nowhere, &sent).await;

            assert_eq!(there.status, 404, "{method} {path}: {}", there.text());
            assert_eq!(plain(&there, "acme"), plain(&nowhere, "nobody"), "{method} {path}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn no_list_stream_or_comparison_of_one_says_anything_of_the_other() {
    let app = App::with_odoo().await;
    let (acme, globex) = neighbours(&app).await;
    let mut lists: Vec<String> = routes()
        .into_iter()
        .filter(|(method, path)| method == "GET" && !path.ends_with("/events"))
        .filter(|(method, path)| !names_something(method, path))
        .map(|(_, path)| path.replace("{org}", "globex"))
        .collect();
    lists.push("/api/v1/organisations".to_owned());
    let of_acme = format!("/api/v1/organisations/globex/audit?object={}", acme.tenant);
    lists.push(of_acme.clone());

    let mut own = 0;
    for path in &lists {
        let answer = globex.ask(&app, "GET", path, &Value::Null).await;
        assert_eq!(answer.status, 200, "{path}: {}", answer.text());
        assert!(!acme.is_in(&answer.text()), "{path}: {}", answer.text());
        own += usize::from(globex.is_in(&answer.text()));
    }
    assert_eq!(
        own,
        lists.len() - 1,
        "each says something, but what is asked of another's: {lists:?}"
    );

    let prune = json!({ "tenants": [{ "name": "omega" }], "mark": "eu", "prune": true });
    let path = "/api/v1/organisations/globex/comparisons";
    let compared = globex.ask(&app, "POST", path, &prune).await;
    assert_eq!(compared.status, 200, "{}", compared.text());
    assert!(!acme.is_in(&compared.text()) && globex.is_in(&compared.text()), "{}", compared.text());

    let title = json!({ "title": "the last word" });
    let set = globex.ask(&app, "PATCH", "/api/v1/organisations/globex", &title).await;
    assert_eq!(set.status, 200, "{}", set.text());
    let told = Mutex::new(Vec::new());
    let events =
        globex.showing(request("GET", "/api/v1/organisations/globex/events", &Value::Null));
    let place = app.place();
    let ended = read_until(&place, events, DEADLINE, |line| {
        told.lock().unwrap().push(line.to_owned());
        line.contains("the last word")
    });
    assert!(ended.await.unwrap());
    let told = told.into_inner().unwrap().join("\n");
    assert!(!acme.is_in(&told) && told.contains(&globex.operation), "{told}");
}

#[tokio::test(flavor = "multi_thread")]
async fn organisations_are_made_titled_and_deleted_over_http() {
    let app = App::start().await;
    let bad = json!({ "name": "A", "title": "\u{1b}[31m" });
    let refused = problem(&app.call("POST", "/organisations", &bad).await);
    assert_eq!((refused.status, refused.problems.len()), (422, 2), "{refused:?}");

    let body = json!({ "name": "acme", "title": "Acme Ltd" });
    let planned = app.call("POST", "/organisations?dry_run=true", &body).await;
    assert_eq!((planned.status, &planned.json()["settings"]["title"]), (200, &json!("Acme Ltd")));
    let keyed = || {
        let mut request = request("POST", "/api/v1/organisations", &body);
        request.headers_mut().insert("idempotency-key", "one".parse().unwrap());
        request
    };
    let (first, again) = (app.send(keyed()).await, app.send(keyed()).await);
    assert_eq!((first.status, first.json()), (201, again.json()), "a key makes one");
    assert_eq!(first.header("etag"), again.header("etag"));
    let taken = app.call("POST", "/organisations", &body).await;
    assert_eq!(problem(&taken).status, 409);

    let one = "/organisations/acme";
    let stale = || {
        let mut request = request("DELETE", "/api/v1/organisations/acme", &Value::Null);
        request.headers_mut().insert("if-match", "\"x\"".parse().unwrap());
        request
    };
    assert_eq!(problem(&app.send(stale()).await).status, 412);
    let set = app.call("PATCH", one, &json!({ "title": "" })).await;
    assert_eq!((set.status, &set.json()["title"]), (200, &Value::Null), "{}", set.text());
    let planned = app.call("DELETE", &format!("{one}?dry_run=true"), &Value::Null).await;
    assert_eq!(planned.status, 200, "{}", planned.text());
    let listed = app.call("GET", "/organisations?text=acm&sort=-name", &Value::Null).await.json();
    assert_eq!(listed["items"][0]["name"], "acme");

    assert_eq!(app.call("DELETE", one, &Value::Null).await.status, 204);
    assert_eq!(app.call("GET", one, &Value::Null).await.status, 404);
    let first = app.call("DELETE", "/organisations/default", &Value::Null).await;
    assert_eq!(problem(&first).status, 409);
}
