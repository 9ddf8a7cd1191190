//! `berth doctor`

use berth_api::v1 as api;

use crate::client::Call;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::session::Session;

/// Warnings are not failures: everything works with them.
pub(crate) async fn run(session: &Session<'_>) -> Result<Exit, Failure> {
    let checks: api::List<api::Check> = session.client.call(Call::get("/api/v1/doctor")).await?;
    let has_failed = checks.items.iter().any(|check| check.status == "failed");
    if session.printer.is_json() {
        session.printer.json(&checks)?;
    } else {
        session.printer.data(&text(&checks.items))?;
    }
    Ok(if has_failed { Exit::Failed } else { Exit::Success })
}

fn text(checks: &[api::Check]) -> String {
    let mut lines = Vec::new();
    for check in checks {
        lines.push(format!("{:<8} {}: {}", check.status, check.name, check.detail));
        lines.extend(check.hint.iter().map(|hint| format!("         hint: {hint}")));
    }
    lines.join("\n")
}
