//! `berth serve`

use std::io::IsTerminal as _;

use crate::cli::ConfigArgs;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::session::Session;
use crate::{logging, serve};

#[derive(Debug, Clone, clap::Args)]
pub(crate) struct Args {
    #[command(flatten)]
    config: ConfigArgs,
}

pub(crate) async fn run(args: Args, session: Session<'_>) -> Result<Exit, Failure> {
    let mut sources = session.sources;
    args.config.apply(&mut sources);
    let config = match berth_config::load(&sources) {
        Ok(config) => config,
        Err(invalid) => {
            serve::refuse(session.offered, &invalid).await;
            return Err(invalid.into());
        }
    };
    let has_colour = std::io::stderr().is_terminal() && !sources.environment.refuses_colour();
    logging::start(&config.log, has_colour);
    Ok(serve::run(config, session.offered, &sources.environment).await?)
}
