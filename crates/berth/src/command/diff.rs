//! `berth diff`

use berth_api::v1 as api;

use crate::exit::Exit;
use crate::failure::Failure;
use crate::files::{self, Compared, FilesArgs};
use crate::session::Session;

#[derive(Debug, Clone, clap::Args)]
pub(crate) struct Args {
    #[command(flatten)]
    files: FilesArgs,
}

pub(crate) async fn run(args: Args, session: &Session<'_>) -> Result<Exit, Failure> {
    let printer = session.printer;
    let compared = match files::compare(session, args.files).await {
        Ok(compared) => compared,
        // Whatever it is, it is no answer to whether something differs.
        Err(failure) => {
            printer.report(&failure);
            return Ok(Exit::Failed);
        }
    };
    show(session, &compared)?;
    Ok(if compared.differs() { Exit::Differs } else { Exit::Success })
}

/// Prints what differs.
pub(super) fn show(session: &Session<'_>, compared: &Compared) -> Result<(), Failure> {
    let (printer, differences) = (session.printer, &compared.differences);
    if printer.is_json() {
        return printer.json(&api::List { items: differences.clone(), next: None });
    }
    if compared.differs() {
        printer.data(&files::differences(differences))?;
    }
    printer.talk(&files::summary(differences));
    Ok(())
}
