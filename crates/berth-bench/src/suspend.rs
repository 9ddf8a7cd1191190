//! How long it takes from a request to suspend a tenant until the edge says so to a visitor.
//!
//! A visitor keeps one connection open and asks again and again. What lies between is everything: the
//! request, the transaction that begins the operation, the driver, the step's journal, the new table.
//! A tenant is suspended once, so each run has one of its own.

use std::io;
use std::net::SocketAddr;
use std::path::Path;
use std::time::{Duration, Instant};

use http::{Method, StatusCode};
use serde_json::{Value, json};

use crate::client::{self, Client};
use crate::table;
use crate::times::Times;

const TENANTS: &str = "/api/v1/organisations/default/tenants";
const OPERATIONS: &str = "/api/v1/organisations/default/operations";
/// How long a change may take before the measurement is given up.
const PATIENCE: Duration = Duration::from_mins(1);
/// How long a visitor waits between two looks. One who never waits keeps the server from its work.
const PAUSE: Duration = Duration::from_millis(1);
const POLL: Duration = Duration::from_millis(10);

pub(crate) async fn measure(home: &Path, edge: SocketAddr, runs: u32) -> io::Result<Value> {
    let mut api = Client::at_socket(&home.join("berth.sock")).await?;
    let (mut seen, mut accepted) = (Times::default(), Times::default());
    // Seven in ten are stopped, and so can be suspended.
    for (run, number) in (0..).filter(|number| number % 10 < 7).enumerate() {
        if run > usize::try_from(runs).map_err(io::Error::other)? {
            break;
        }
        let mut visitor = Client::at_address(edge, table::host(number), None).await?;
        if visits(&mut visitor).await? != StatusCode::SERVICE_UNAVAILABLE {
            return Err(io::Error::other("the tenant is not stopped to begin with"));
        }
        let path = format!("{TENANTS}/{}/suspend", table::name(number));
        let began = Instant::now();
        let (answered, closed) = tokio::join!(
            async { (api.ask(Method::POST, &path).await, began.elapsed()) },
            until_closed(&mut visitor, began),
        );
        let (answer, took) = answered;
        let operation = client::json(&answer?.good(&path)?)?;
        // The first run opens what stays open.
        if run > 0 {
            seen.add(closed?);
            accepted.add(took);
        }
        rest(&mut api, &operation).await?;
    }
    Ok(json!({ "seen": seen.json(), "accepted": accepted.json() }))
}

async fn until_closed(visitor: &mut Client, began: Instant) -> io::Result<Duration> {
    while visits(visitor).await? != StatusCode::FORBIDDEN {
        if began.elapsed() > PATIENCE {
            return Err(io::Error::other("the edge does not see the change"));
        }
        tokio::time::sleep(PAUSE).await;
    }
    Ok(began.elapsed())
}

async fn visits(visitor: &mut Client) -> io::Result<StatusCode> {
    Ok(visitor.ask(Method::GET, "/web/login").await?.status)
}

/// Waits until the operation is over, so that none is in the way of the next one.
async fn rest(api: &mut Client, operation: &Value) -> io::Result<()> {
    let id = operation["id"].as_str().ok_or_else(|| io::Error::other("it has no id"))?;
    let path = format!("{OPERATIONS}/{id}");
    let began = Instant::now();
    loop {
        let operation = client::json(&api.read(&path).await?)?;
        match operation["state"].as_str() {
            Some("done") => return Ok(()),
            Some("undone" | "stuck") => return Err(io::Error::other(operation.to_string())),
            _ if began.elapsed() > PATIENCE => return Err(io::Error::other(operation.to_string())),
            _ => tokio::time::sleep(POLL).await,
        }
    }
}
