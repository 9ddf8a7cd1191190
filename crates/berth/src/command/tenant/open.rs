//! `berth tenant open`

use std::process::Stdio;

use anyhow::Context as _;
use berth_domain::TenantName;
use serde_json::json;

use super::get;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::session::Session;
use crate::table;

#[derive(Debug, Clone, clap::Args)]
pub(crate) struct Args {
    /// The tenant
    name: TenantName,
    /// Start a browser as well: $BROWSER, or xdg-open
    #[arg(long)]
    browser: bool,
}

pub(crate) async fn run(args: Args, session: &Session<'_>) -> Result<Exit, Failure> {
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
