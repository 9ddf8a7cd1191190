//! `berth service status`

use berth_api::v1 as api;
use serde_json::json;

use super::process::Process;
use super::unit::FolderArgs;
use crate::client::Call;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::session::Session;
use crate::table;

/// Succeeds only if the server answers.
pub(crate) async fn run(args: &FolderArgs, session: &Session<'_>) -> Result<Exit, Failure> {
    let process = Process::find(&session.sources.home())?.map(|process| process.pid);
    let status = session.client.call::<api::Status>(Call::get("/api/v1/status")).await.ok();
    let answers = status.is_some();
    let (role, sockets) = status.map(|status| (status.role, status.sockets)).unzip();
    let unit = Some(args.path()).filter(|path| path.exists());
    if session.printer.is_json() {
        session.printer.json(&json!({
            "process": process, "answers": answers, "role": role, "sockets": sockets, "unit": unit,
        }))?;
    } else {
        let word = |yes| if yes { "yes" } else { "no" }.to_owned();
        let unit =
            unit.map_or_else(|| "not installed".to_owned(), |path| path.display().to_string());
        session.printer.data(&table::facts(&[
            ("process", Some(process.map_or_else(|| "none".to_owned(), |pid| pid.to_string()))),
            ("answers", Some(word(answers))),
            ("role", role),
            ("sockets", sockets),
            ("unit", Some(unit)),
        ]))?;
    }
    Ok(if answers { Exit::Success } else { Exit::Failed })
}
