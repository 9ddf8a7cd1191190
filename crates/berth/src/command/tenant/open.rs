//! `berth tenant open`

use std::process::Stdio;

use anyhow::Context as _;
use berth_api::v1 as api;
use berth_domain::TenantName;
use serde_json::json;

use super::get;
use crate::client::Call;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::session::Session;
use crate::table;

#[derive(Debug, Clone, clap::Args)]
pub(crate) struct Args {
    /// The tenant
    name: TenantName,
    /// Make a link that signs in as the administrator, once and within a minute: it needs neither
    /// password nor second factor, and the audit says who asked for it
    #[arg(long)]
    as_admin: bool,
    /// Start a browser as well: $BROWSER, or xdg-open
    #[arg(long)]
    browser: bool,
}

pub(crate) async fn run(args: Args, session: &Session<'_>) -> Result<Exit, Failure> {
    if args.as_admin {
        return as_admin(&args, session).await;
    }
    let tenant = get(session, &args.name).await?;
    let printer = session.printer;
    if printer.is_json() {
        printer.json(&json!({ "url": tenant.url, "login": tenant.odoo.admin_login }))?;
    } else {
        printer.data(&table::facts(&[
            ("url", Some(tenant.url.clone())),
            ("login", Some(tenant.odoo.admin_login.clone())),
            ("password", Some(format!("`berth tenant password show {}` shows it", args.name))),
        ]))?;
    }
    if tenant.state != "running" {
        printer.talk(&format!("{} is {}: nobody answers there now", args.name, tenant.state));
    }
    if args.browser {
        start_browser(session, &tenant.url)?;
    }
    Ok(Exit::Success)
}

/// Prints the link alone, so that it can be piped; the rest is talk.
async fn as_admin(args: &Args, session: &Session<'_>) -> Result<Exit, Failure> {
    let call = Call::post(session.client.tenant(&args.name, "/login-link"));
    let link: api::LoginLink = session.client.call(call).await?;
    let printer = session.printer;
    if printer.is_json() {
        printer.json(&link)?;
    } else {
        printer.data(&link.url)?;
        printer.talk("open it within a minute: it signs in as the administrator, once");
    }
    if args.browser {
        start_browser(session, &link.url)?;
    }
    Ok(Exit::Success)
}

fn start_browser(session: &Session<'_>, url: &str) -> Result<(), Failure> {
    let program = session.sources.environment.get("BROWSER").unwrap_or("xdg-open");
    #[expect(
        clippy::disallowed_methods,
        reason = "somebody asked for a browser on this very machine"
    )]
    let started = std::process::Command::new(program)
        .arg(url)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn();
    started.with_context(|| format!("cannot start the browser `{program}`"))?;
    Ok(())
}
