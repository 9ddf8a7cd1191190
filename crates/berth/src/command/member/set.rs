//! `berth member set` and `berth member remove`

use berth_api::v1 as api;
use http::Method;

use crate::change::{self, ChangeArgs, Made};
use crate::client::{Call, part};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::session::Session;

#[derive(Debug, Clone, clap::Args)]
pub(crate) struct SetArgs {
    /// Their e-mail address, or their id
    person: String,
    /// What they are to be: viewer, member or admin
    #[arg(long, value_parser = ["viewer", "member", "admin"], hide_possible_values = true)]
    role: String,
    /// Show what would happen, and change nothing
    #[arg(long)]
    dry_run: bool,
}

#[derive(Debug, Clone, clap::Args)]
pub(crate) struct RemoveArgs {
    /// Their e-mail address, or their id
    person: String,
    /// Show what would happen, and change nothing
    #[arg(long)]
    dry_run: bool,
}

pub(crate) async fn set(args: SetArgs, session: &Session<'_>) -> Result<Exit, Failure> {
    let SetArgs { person, role, dry_run } = args;
    let said = format!("{person} is {role} now");
    let call = Call::new(Method::PUT, path(session, &person)).json(&api::MemberSet { role });
    change(session, call, (dry_run, &said)).await
}

pub(crate) async fn remove(args: RemoveArgs, session: &Session<'_>) -> Result<Exit, Failure> {
    let RemoveArgs { person, dry_run } = args;
    let said = format!("{person} is removed");
    let call = Call::new(Method::DELETE, path(session, &person));
    change(session, call, (dry_run, &said)).await
}

fn path(session: &Session<'_>, person: &str) -> String {
    session.client.path(&format!("/members/{}", part(person)))
}

async fn change(
    session: &Session<'_>,
    call: Call,
    (dry_run, said): (bool, &str),
) -> Result<Exit, Failure> {
    let made = change::make_or_follow(session, call, ChangeArgs::at_once(dry_run)).await?;
    if matches!(made, Made::AtOnce(_)) && !session.printer.is_json() {
        session.printer.data(said)?;
    }
    Ok(Exit::Success)
}
