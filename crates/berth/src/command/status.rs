//! `berth status`

use berth_api::v1 as api;

use crate::client::Call;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::session::Session;
use crate::table;

pub(crate) async fn run(session: &Session<'_>) -> Result<Exit, Failure> {
    let status: api::Status = session.client.call(Call::get("/api/v1/status")).await?;
    if session.printer.is_json() {
        session.printer.json(&status)?;
        return Ok(Exit::Success);
    }
    let orphans = match status.orphans {
        0 => "none".to_owned(),
        count => format!("{count}: see `berth orphans list`"),
    };
    let claimed = if status.claimed { "yes" } else { "no: see `berth setup-token`" };
    session.printer.data(&table::facts(&[
        ("version", Some(status.version)),
        ("build", status.build),
        ("home", Some(format!("{} ({})", status.home, status.home_id))),
        ("edge", Some(status.edge)),
        ("console", Some(status.console.unwrap_or_else(|| "off".to_owned()))),
        ("process", Some(status.pid.to_string())),
        ("role", Some(status.role)),
        ("tenants", Some(status.tenants.to_string())),
        ("operations at work", Some(status.operations_at_work.to_string())),
        ("disk", (!status.disk.is_empty()).then(|| status.disk.join("; "))),
        ("PostgreSQL", status.postgres),
        ("orphans", Some(orphans)),
        ("console claimed", Some(claimed.to_owned())),
    ]))?;
    Ok(Exit::Success)
}
