//! Secrets that can be recognised, wherever Berth keeps one, and everything that anybody can see searched
//! for them.

#[path = "canaries/planted.rs"]
mod planted;
#[path = "canaries/seen.rs"]
pub(crate) mod seen;

use berth_testkit::http::{Answer, Place, read_until, request, send};
use bytes::Bytes;
use http::Request;
use serde_json::{Value, json};

use crate::app::{App, DEADLINE};
use crate::tcp::Tcp;
use planted::{Planted, plant};
use seen::{Logs, files_with, processes_with};

/// The operations of the API whose answer has a secret, and which one.
const SHOWN: [(&str, &str); 2] =
    [("show_password", "administrator"), ("show_setup_token", "setup token")];

#[tokio::test]
async fn no_secret_is_seen_where_none_belongs() {
    let logs = Logs::gather();
    let app = App::with_odoo().await;
    Logs::hear_all();
    let planted = plant(&app).await;

    let mut seen = Vec::new();
    for caller in [None, Some(planted.secret("token"))] {
        seen.extend(in_every_answer(&app, &planted, caller).await);
        seen.extend(on_every_page(&app, &planted, caller).await);
    }
    seen.extend(in_the_stream(&app, &planted).await);
    seen.extend(in_every_complaint(&app, &planted).await);
    seen.extend(at_the_link(&app, &planted).await);
    seen.extend(planted.in_text("a container", &app.containers()));
    seen.extend(files_with(app.folder(), &planted));
    seen.extend(processes_with(&planted));
    let said = logs.text();
    assert!(said.contains("an operation came to rest"), "the log is heard:\n{said}");
    seen.extend(planted.in_text("the log", &said));

    assert!(seen.is_empty(), "secrets were seen:\n{}", seen.join("\n"));
}

fn showing(secret: Option<&str>, mut request: Request<Bytes>) -> Request<Bytes> {
    if let Some(secret) = secret {
        request.headers_mut().insert("authorization", format!("Bearer {secret}").parse().unwrap());
    }
    request
}

fn whole(answer: &Answer) -> String {
    format!("{:?}\n{}", answer.headers, answer.text())
}

/// Asks for everything that the description has; what would change something is only planned.
async fn in_every_answer(app: &App, planted: &Planted, caller: Option<&str>) -> Vec<String> {
    let document = berth_web::openapi();
    let (mut seen, mut asked) = (Vec::new(), 0);
    for (template, methods) in document["paths"].as_object().unwrap() {
        for (method, operation) in methods.as_object().unwrap() {
            let id = operation["operationId"].as_str().unwrap();
            let parameters = operation["parameters"].as_array().into_iter().flatten();
            let is_plan = parameters.into_iter().any(|parameter| parameter["name"] == "dry_run");
            // The one is endless, the other no HTTP. Both are looked at elsewhere.
            let is_other = template.ends_with("{org}/events") || template.ends_with("/exec");
            if is_other || !(method == "get" || is_plan || SHOWN.iter().any(|(it, _)| *it == id)) {
                continue;
            }
            let path = planted.path(template) + if is_plan { "?dry_run=true" } else { "" };
            let body = if method == "get" { Value::Null } else { Planted::body(template) };
            let answer = app.send(showing(caller, request(&method.to_uppercase(), &path, &body)));
            let answer = answer.await;
            if id.starts_with("export_") || id.starts_with("eject_") {
                assert_eq!(answer.status, 200, "{path}: {}", answer.text());
            }
            let answer = whole(&answer);
            let own = SHOWN.iter().find(|(it, _)| *it == id).map(|(_, secret)| *secret);
            seen.extend(planted.in_text_but(own, &format!("{method} {path}"), &answer));
            asked += 1;
        }
    }
    assert!(asked > 30, "{asked}");
    seen
}

/// Goes to every page but those that go on for ever.
async fn on_every_page(app: &App, planted: &Planted, caller: Option<&str>) -> Vec<String> {
    let (mut seen, mut shown) = (Vec::new(), 0);
    let pages = berth_web::page_routes().into_iter();
    for (_, template) in pages.filter(|(method, path)| *method == "GET" && !path.ends_with("/live"))
    {
        let path = planted.path(template);
        let answer = app.send(showing(caller, request("GET", &path, &Value::Null))).await;
        assert!(answer.status < 500, "{path}: {}", answer.text());
        seen.extend(planted.in_text(&format!("GET {path}"), &whole(&answer)));
        shown += usize::from(answer.status == 200);
    }
    assert!(shown > 40, "{shown}");
    seen
}

/// Follows the link of an invitation as people, programs and strangers do, over TCP and on the socket, until it is
/// used up and after that.
async fn at_the_link(app: &App, planted: &Planted) -> Vec<String> {
    let tcp = Tcp::start(app).await;
    let path = format!("/join/{}", planted.secret("invitation"));
    let form = |body: &str| {
        let form = Request::post(&path).header("content-type", "application/x-www-form-urlencoded");
        form.body(Bytes::from(body.to_owned())).unwrap()
    };
    let look = |path: &str| request("GET", path, &Value::Null);
    let requests = [
        (200, look(&path)),
        (200, look(&format!("{path}?utm_source=mail"))),
        (404, look(&format!("{path}/"))),
        (404, look(&format!("{path}0"))),
        (303, showing(Some("berth_nothing"), look(&path))),
        (401, request("PUT", &path, &Value::Null)),
        (415, request("POST", &path, &json!({}))),
        (400, form("surname=Jo")),
        (422, form("name=Jo&password=short")),
        (303, form("name=Jo&password=three+small+herons")),
        (404, look(&path)),
        (404, form("name=Jo&password=three+small+herons")),
    ];
    let mut seen = Vec::new();
    for (number, (status, request)) in requests.into_iter().enumerate() {
        let place = if number % 2 == 0 { app.place() } else { Place::Address(tcp.address) };
        let answer = send(&place, request, DEADLINE).await.unwrap();
        assert_eq!(answer.status, status, "{number}: {}", answer.text());
        seen.extend(planted.in_text(&format!("answer {number} at the link"), &whole(&answer)));
    }
    seen
}

/// All events up to one that is noted now.
async fn in_the_stream(app: &App, planted: &Planted) -> Vec<String> {
    let noted = app.ours("PATCH", "/tenants/acme", &json!({ "notes": "the last event" })).await;
    assert_eq!(noted.status, 200, "{}", noted.text());
    let events = request("GET", "/api/v1/organisations/default/events", &Value::Null);
    let lines = std::sync::Mutex::new(String::new());
    let is_last = |line: &str| {
        let mut lines = lines.lock().unwrap();
        lines.push_str(line);
        lines.push('\n');
        line.contains("the last event")
    };
    assert!(read_until(&app.place(), events, DEADLINE, is_last).await.unwrap());
    planted.in_text("the events", &lines.into_inner().unwrap())
}

/// What is refused is not repeated, neither to whoever sent it nor in the log.
async fn in_every_complaint(app: &App, planted: &Planted) -> Vec<String> {
    let refused = planted.secret("refused");
    let password = "/tenants/acme/password";
    let bearer = request("GET", "/api/v1/organisations/default/tenants", &Value::Null);
    let answers = [
        app.ours("POST", password, &json!({ "password": format!("{refused}\u{7}") })).await,
        app.ours("POST", password, &json!({ "password": [refused] })).await,
        app.ours("POST", password, &json!({ "password": refused, "passwort": refused })).await,
        app.ours("POST", "/tenants", &json!({ "name": "Beta!", "admin_password": refused })).await,
        send(&app.place(), showing(Some(refused), bearer), DEADLINE).await.unwrap(),
    ];
    let mut seen = Vec::new();
    for (number, answer) in answers.iter().enumerate() {
        assert!((400..500).contains(&answer.status), "{number}: {}", answer.text());
        seen.extend(planted.in_text(&format!("complaint {number}"), &whole(answer)));
    }
    seen
}
