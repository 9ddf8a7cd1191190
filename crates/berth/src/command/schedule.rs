//! `berth schedule`

mod create;
mod delete;
mod list;
mod run;
mod runs;
mod set;
mod show;

use berth_api::v1 as api;

use crate::exit::Exit;
use crate::failure::Failure;
use crate::session::Session;

#[derive(Debug, clap::Subcommand)]
pub(crate) enum Command {
    /// List schedules
    List,
    /// Make a schedule
    Create(create::Args),
    /// Show a schedule, its next times and what came of it last
    Show(NameArgs),
    /// Change a schedule
    Set(set::Args),
    /// Begin nothing until it is resumed
    Pause(ChangeArgs),
    /// Go on after a pause; what was missed meanwhile is not made up for
    Resume(ChangeArgs),
    /// List what came of a schedule, newest first
    Runs(runs::Args),
    /// Do now what it does, and leave its times as they are
    Run(ChangeArgs),
    /// Remove a schedule and its history
    Delete(ChangeArgs),
}

/// Which schedule is meant.
#[derive(Debug, Clone, clap::Args)]
pub(crate) struct NameArgs {
    /// The schedule, by its name or id
    name: String,
}

/// Which schedule is meant, and whether only to look.
#[derive(Debug, Clone, clap::Args)]
pub(crate) struct ChangeArgs {
    #[command(flatten)]
    schedule: NameArgs,
    /// Show what would happen, and change nothing
    #[arg(long)]
    dry_run: bool,
}

impl NameArgs {
    fn path(&self, session: &Session<'_>, end: &str) -> String {
        session.client.named("schedules", &self.name, end)
    }
}

pub(crate) async fn run(command: Command, session: &Session<'_>) -> Result<Exit, Failure> {
    match command {
        Command::List => list::run(session).await,
        Command::Create(args) => create::run(args, session).await,
        Command::Show(args) => show::run(args, session).await,
        Command::Set(args) => set::run(args, session).await,
        Command::Pause(args) => set::pause(args, true, session).await,
        Command::Resume(args) => set::pause(args, false, session).await,
        Command::Runs(args) => runs::run(args, session).await,
        Command::Run(args) => run::run(args, session).await,
        Command::Delete(args) => delete::run(args, session).await,
    }
}

/// Whom it is about: names, or a tag.
fn about(schedule: &api::Schedule) -> String {
    schedule.tag.as_ref().map_or_else(|| schedule.tenants.join(", "), |tag| format!("tag {tag}"))
}

/// When it comes next, in its own zone.
fn next(schedule: &api::Schedule) -> String {
    match (&schedule.resting, schedule.next.first()) {
        _ if schedule.paused => "paused".to_owned(),
        (Some(resting), _) => format!("resting: {resting}"),
        (None, Some(next)) => next.local.clone(),
        (None, None) => "never".to_owned(),
    }
}
