//! Sign-in at a foreign provider: the real server, over TCP, by its configuration.

use std::os::unix::fs::PermissionsExt as _;
use std::sync::Arc;

use berth_testkit::SystemClock;
use berth_testkit::http::{Place, request, send};
use berth_testkit::idp::{CLIENT, Idp, SECRET};
use serde_json::{Value, json};

use crate::pages::claim;
use crate::server::{Home, SOON};

/// What is configured of a provider.
fn configured(home: &Home, idp: &Idp) -> String {
    let secret = home.path().join("corp-secret");
    std::fs::write(&secret, SECRET).unwrap();
    std::fs::set_permissions(&secret, std::fs::Permissions::from_mode(0o600)).unwrap();
    format!(
        "listen = \"127.0.0.1:0\"\npublic_url = \"http://localhost:8070\"\n\
         [sign_in]\nallow_private = [\"127.0.0.0/8\"]\n\
         [[sign_in.provider]]\nid = \"corp\"\nname = \"Example Corp\"\nissuer = \"{}\"\n\
         client_id = \"{CLIENT}\"\nclient_secret_file = \"{}\"\ngroups_claim = \"groups\"\n\
         roles = [{{ group = \"staff\", role = \"viewer\", organisation = \"default\" }}]\n\
         trust_addresses = true\n",
        idp.issuer(),
        secret.display()
    )
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn somebody_signs_in_at_a_provider_of_the_configuration_and_is_unlinked_on_the_host() {
    let idp = Idp::start(Arc::new(SystemClock)).await;
    let home = Home::new();
    home.configure_console(&configured(&home, &idp));
    let server = home.serve().await;
    claim(&server).await;
    let console = server.status().await["console"].as_str().unwrap().to_owned();
    let place = Place::Address(console.trim_start_matches("http://").parse().unwrap());
    let get = |path: &str, cookie: Option<&str>| {
        let mut asked = request("GET", path, &Value::Null);
        if let Some(cookie) = cookie {
            asked.headers_mut().insert("cookie", cookie.parse().unwrap());
        }
        asked
    };
    let corp = "/api/v1/sign-in/providers/corp";

    let begun = send(&place, get(corp, None), SOON).await.unwrap();
    let cookie = begun.header("set-cookie").unwrap().split(';').next().unwrap().to_owned();
    let query = idp.visit(&begun.header("location").unwrap().parse().unwrap());
    let mut back = get(&format!("{corp}/callback?{query}"), Some(&cookie));
    back.headers_mut().insert("sec-fetch-site", "cross-site".parse().unwrap());
    let back = send(&place, back, SOON).await.unwrap();

    assert_eq!((back.status, back.header("location")), (303, Some("/")), "{}", back.text());
    let session = back.header("set-cookie").unwrap().split(';').next().unwrap().to_owned();
    let me = send(&place, get("/api/v1/session", Some(&session)), SOON).await.unwrap();
    assert_eq!(me.json()["roles"], json!({ "default": "viewer" }));
    let (_, shown) = home.berth(&["person", "show", "jo@example.com"]).await;
    assert!(shown.contains("signs in at") && shown.contains("corp"), "{shown}");
    let (is_done, said) = home.berth(&["person", "unlink", "jo@example.com", "corp"]).await;
    assert!(is_done, "{said}");
    let over = send(&place, get("/api/v1/session", Some(&session)), SOON).await.unwrap();
    assert_eq!(over.status, 401);
    let (_, effective) = home.berth(&["config", "show"]).await;
    assert!(effective.contains("sign_in.provider") && !effective.contains(SECRET), "{effective}");
}
