//! `berth webhook test` and `berth mail test`

use berth_api::v1 as api;

use crate::client::Call;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::session::Session;

pub(crate) async fn run(name: &str, session: &Session<'_>) -> Result<Exit, Failure> {
    let call = Call::post(session.client.named("webhooks", name, "/test"));
    let sent: api::Delivery = session.client.call(call).await?;
    if session.printer.is_json() {
        session.printer.json(&sent)?;
    } else {
        session.printer.data(&format!("message {} arrived", sent.id))?;
    }
    Ok(Exit::Success)
}
