//! Pages among many tenants, as a browser asks for them: signed in, and compressed.

use std::collections::BTreeSet;
use std::io;
use std::net::SocketAddr;
use std::path::Path;
use std::time::Instant;

use http::Method;
use serde_json::{Map, Value, json};

use crate::client::{self, Client};
use crate::table;
use crate::tenants::{owner_of, tag};
use crate::times::Times;

const ORGANISATION: &str = "/organisations/default";
const EMAIL: &str = "bench@example.com";
const PASSWORD: &str = "three small herons";
/// The one that runs.
const REAL: &str = "real";
/// What is begun again and again, and who is told what happens.
const NIGHTLY: &str = "nightly";
const HOOK: &str = "chat";
/// How often each page is asked for before it counts.
const BEFORE: usize = 5;
/// How many tenants are chosen at once: as many as a page of the fleet has.
const CHOSEN: u32 = 50;

/// Every kind of page, and what it is called.
fn pages(tenants: u32, operation: &str) -> Vec<(&'static str, String)> {
    let middle = table::name(tenants / 2);
    let chosen: Vec<String> =
        (0..CHOSEN).map(|number| format!("tenant={}", table::name(number))).collect();
    let of_organisation = [
        ("fleet", "/tenants".to_owned()),
        ("fleet, broken", "/tenants?state=broken".to_owned()),
        ("fleet, an owner's", format!("/tenants?owner={}", owner_of(7))),
        ("fleet, by storage", "/tenants?sort=-storage".to_owned()),
        ("fleet, found by text", "/tenants?text=5".to_owned()),
        ("new tenant", "/tenants/new".to_owned()),
        ("tenant, running", format!("/tenants/{REAL}")),
        ("tenant, stopped", format!("/tenants/{middle}")),
        ("tenant, log", format!("/tenants/{REAL}/logs")),
        ("tenant, settings", format!("/tenants/{middle}/settings")),
        ("tenant, modules", format!("/tenants/{REAL}/modules")),
        ("tenant, backup", format!("/tenants/{REAL}/backup")),
        ("tenant, before it is put right", format!("/tenants/{REAL}/reconcile")),
        ("tenant, curves", format!("/tenants/{middle}/charts?range=24h")),
        ("tenant, before deletion", format!("/tenants/{middle}/delete")),
        ("tenant, before sign-in", format!("/tenants/{REAL}/open-as-admin")),
        ("many tenants, before start", format!("/many/start?{}", chosen.join("&"))),
        ("operations", "/operations".to_owned()),
        ("operations of a tenant", format!("/operations?tenant={middle}")),
        ("operation", format!("/operations/{operation}")),
        ("people", "/people".to_owned()),
        ("audit", "/audit".to_owned()),
        ("organisation", String::new()),
        ("palette", "/palette?q=5".to_owned()),
        ("schedules", "/schedules".to_owned()),
        ("schedule", format!("/schedules/{NIGHTLY}")),
        ("new schedule", "/new-schedule".to_owned()),
        ("schedule, before a run", format!("/schedules/{NIGHTLY}/run")),
        ("quotas", "/quotas".to_owned()),
        ("quota of an owner", format!("/quota?owner={}", owner_of(7))),
        ("webhooks", "/webhooks".to_owned()),
        ("webhook", format!("/webhooks/{HOOK}")),
        ("import", "/import".to_owned()),
    ];
    let of_installation = [
        ("account", "/account"),
        ("settings", "/settings"),
        ("configuration", "/settings/configuration"),
        ("organisations", "/organisations"),
        ("all people", "/people"),
        ("audit of the installation", "/audit"),
        ("checks", "/doctor"),
        ("disk", "/disk"),
        ("orphans", "/orphans"),
        ("orphans, before an adoption", "/orphans/adopt?orphan=database%2Ft_0123456789"),
        ("invitation", "/join"),
    ];
    let ours = of_organisation.map(|(name, path)| (name, format!("{ORGANISATION}{path}")));
    let all = of_installation.map(|(name, path)| (name, path.to_owned()));
    ours.into_iter().chain(all).collect()
}

/// Signs somebody in, asks for each page so many times, and for all that the first look at the fleet loads.
pub(crate) async fn measure(
    (home, address): (&Path, SocketAddr),
    runs: usize,
    tenants: u32,
) -> io::Result<Value> {
    let mut local = Client::at_socket(&home.join("berth.sock")).await?;
    claim(&mut local).await?;
    furnish(&mut local).await?;
    let mut client = Client::at_address(address, address.to_string(), None).await?;
    client.sign_in(EMAIL, PASSWORD).await?;
    let path = format!("/api/v1{ORGANISATION}/operations?tenant={REAL}");
    let listed = client::json(&client.read(&path).await?)?;
    let operation = listed["items"][0]["id"].as_str().unwrap_or_default().to_owned();
    let mut said = Map::new();
    for (name, path) in pages(tenants, &operation) {
        said.insert(name.to_owned(), timed(&mut client, &path, runs).await?);
    }
    Ok(json!({ "pages": said, "first_load": first_load(&mut client).await? }))
}

/// Makes somebody the operator.
async fn claim(local: &mut Client) -> io::Result<()> {
    let token = local.send(Method::POST, "/api/v1/setup-token", &json!({})).await?;
    let code = client::json(&token.good("a token")?)?["token"].take();
    let claim = json!({ "code": code, "email": EMAIL, "name": "Bench", "password": PASSWORD });
    local.send(Method::POST, "/api/v1/claim", &claim).await?.good("the claim").map(drop)
}

/// Makes what the store of a new installation has nothing of. Nothing of it is due, and nothing is told anybody.
async fn furnish(local: &mut Client) -> io::Result<()> {
    let nightly = json!({
        "name": NIGHTLY, "action": "restart", "tag": tag(7), "cron": "0 4 29 2 *", "catch_up": "never",
    });
    let hook =
        json!({ "name": HOOK, "url": "https://chat.example.com/", "events": "tenant.broken" });
    for (path, body) in [("schedules", nightly), ("webhooks", hook)] {
        let path = format!("/api/v1{ORGANISATION}/{path}");
        local.send(Method::POST, &path, &body).await?.good(&path)?;
    }
    Ok(())
}

async fn timed(client: &mut Client, path: &str, runs: usize) -> io::Result<Value> {
    for _ in 0..BEFORE {
        client.read(path).await?;
    }
    let (mut times, mut firsts, mut bytes) = (Times::default(), Times::default(), 0);
    for _ in 0..runs {
        let began = Instant::now();
        let answer = client.ask(Method::GET, path).await?;
        times.add(began.elapsed());
        firsts.add(answer.first_byte);
        bytes = answer.good(path)?.len();
    }
    let mut figures = times.json();
    figures["first_byte_p99_us"] = firsts.json()["p99_us"].take();
    figures["bytes"] = bytes.into();
    Ok(figures)
}

/// How much a browser loads that sees the fleet for the first time: the page and its files, compressed.
async fn first_load(client: &mut Client) -> io::Result<Value> {
    let fleet = format!("{ORGANISATION}/tenants");
    // Which files those are is read from a page that is not compressed.
    let plain = client.plainly(&fleet).await?;
    let page = String::from_utf8_lossy(&plain).into_owned();
    let files: BTreeSet<&str> = page
        .split('"')
        .filter(|word| word.starts_with("/assets/"))
        .filter_map(|word| word.split('#').next())
        .collect();
    if files.is_empty() {
        return Err(io::Error::other("the page of the fleet names no file"));
    }
    let mut said = Map::new();
    said.insert("page".to_owned(), client.read(&fleet).await?.len().into());
    for file in files {
        let name = file.rsplit('/').next().unwrap_or(file);
        said.insert(name.to_owned(), client.read(file).await?.len().into());
    }
    Ok(said.into())
}
