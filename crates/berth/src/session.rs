//! What every command has at hand.

use berth_config::Sources;

use crate::client::Client;
use crate::printer::Printer;
use crate::serve::Offered;

/// The server, the terminal and the configuration.
#[derive(Debug)]
pub(crate) struct Session<'a> {
    pub(crate) client: Client,
    pub(crate) printer: &'a Printer,
    pub(crate) sources: Sources,
    /// Sockets that were handed to this process; only the server uses them.
    pub(crate) offered: Offered,
}
