//! What every command has at hand.

use berth_config::Sources;

use crate::client::Client;
use crate::printer::Printer;

/// The server, the terminal and the configuration.
#[derive(Debug)]
pub(crate) struct Session<'a> {
    pub(crate) client: Client,
    pub(crate) printer: &'a Printer,
    pub(crate) sources: Sources,
}
