//! `berth setup-token`

use berth_api::v1 as api;

use crate::client::Call;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::session::Session;

pub(crate) async fn run(session: &Session<'_>) -> Result<Exit, Failure> {
    let answer: api::SetupToken = session.client.call(Call::post("/api/v1/setup-token")).await?;
    if session.printer.is_json() {
        session.printer.json(&answer)?;
        return Ok(Exit::Success);
    }
    let Some(token) = answer.token else {
        return Err(Failure::Refused {
            message: "this installation is claimed already".to_owned(),
            hint: None,
        });
    };
    session.printer.data(&token)?;
    session.printer.talk("whoever types it first owns this installation; it is good for a day");
    Ok(Exit::Success)
}
