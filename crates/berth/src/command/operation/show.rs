//! `berth operation show`

use berth_api::v1 as api;

use super::IdArgs;
use crate::client::Call;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::session::Session;
use crate::table;

pub(crate) async fn run(args: IdArgs, session: &Session<'_>) -> Result<Exit, Failure> {
    let path = session.client.operation(&args.id.to_string(), "");
    let operation: api::Operation = session.client.call(Call::get(path)).await?;
    if session.printer.is_json() {
        session.printer.json(&operation)?;
    } else {
        session.printer.data(&text(&operation))?;
    }
    Ok(Exit::Success)
}

fn text(operation: &api::Operation) -> String {
    let facts = table::facts(&[
        ("operation", Some(operation.id.clone())),
        ("kind", Some(operation.kind.clone())),
        ("target", Some(operation.target.clone())),
        ("state", Some(operation.state.clone())),
        ("progress", operation.progress.as_ref().map(progress)),
        ("error", operation.error.clone()),
        (
            "created",
            Some(format!("{} by {}", table::time(operation.created_at), operation.created_by)),
        ),
        ("started", operation.started_at.map(table::time)),
        ("finished", operation.finished_at.map(table::time)),
    ]);
    let steps = operation.steps.iter().map(|step| {
        let took = match (step.started_at, step.finished_at) {
            (Some(started), Some(finished)) => {
                format!("{:.1} s", finished.duration_since(started).as_secs_f64())
            }
            _ => String::new(),
        };
        vec![step.name.clone(), step.state.clone(), took]
    });
    format!("{facts}\n\n{}", table::list(&["step", "state", "took"], steps))
}

fn progress(progress: &api::Progress) -> String {
    format!("{} %: {}", progress.permille / 10, progress.text)
}
