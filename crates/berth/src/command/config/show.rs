//! `berth config show`

use serde_json::json;

use crate::cli::ConfigArgs;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::session::Session;
use crate::table;

#[derive(Debug, Clone, clap::Args)]
pub(crate) struct Args {
    #[command(flatten)]
    config: ConfigArgs,
}

pub(crate) fn run(args: Args, session: Session<'_>) -> Result<Exit, Failure> {
    let mut sources = session.sources;
    args.config.apply(&mut sources);
    let settings = berth_config::explain(&sources)?;
    if session.printer.is_json() {
        let settings: serde_json::Map<String, serde_json::Value> = settings
            .into_iter()
            .map(|setting| {
                let from = setting.place.to_string();
                (setting.path.to_owned(), json!({ "value": setting.value, "from": from }))
            })
            .collect();
        session.printer.json(&settings)?;
        return Ok(Exit::Success);
    }
    let rows = settings
        .into_iter()
        .map(|setting| vec![setting.path.to_owned(), setting.value, setting.place.to_string()]);
    session.printer.data(&table::list(&["setting", "value", "from"], rows))?;
    Ok(Exit::Success)
}
