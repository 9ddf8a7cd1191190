//! `berth tenant set`

use berth_api::v1 as api;
use berth_domain::TenantName;
use http::Method;

use super::notes::NoteArgs;
use super::said;
use crate::change::{self, ChangeArgs, Made, MatchArgs};
use crate::client::Call;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::session::Session;

/// Limits and stage are changed by an operation, which restarts a running tenant while requests
/// wait. Everything else holds at once. An empty text takes notes or owner away.
#[derive(Debug, Clone, clap::Args)]
#[command(group = clap::ArgGroup::new("changes").required(true).multiple(true).args([
    "cpu", "memory", "pids", "stage", "owner", "tags", "untag", "notes", "expires", "storage",
]))]
pub(crate) struct Args {
    /// The tenant
    name: TenantName,
    /// Processor time in cores: 2, 0.5 or 1500m
    #[arg(long, value_name = "CORES")]
    cpu: Option<String>,
    /// Memory, as in 1GiB or 1536MiB
    #[arg(long, value_name = "SIZE")]
    memory: Option<String>,
    /// Processes and threads
    #[arg(long, value_name = "N")]
    pids: Option<u32>,
    /// production, staging, development or test
    #[arg(long)]
    stage: Option<String>,
    #[command(flatten)]
    notes: NoteArgs,
    /// A tag to take away; may be given several times
    #[arg(long, value_name = "TAG", value_delimiter = ',')]
    untag: Vec<String>,
    #[command(flatten)]
    seen: MatchArgs,
    #[command(flatten)]
    change: ChangeArgs,
}

pub(crate) async fn run(args: Args, session: &Session<'_>) -> Result<Exit, Failure> {
    let NoteArgs { owner, tags, notes, expires, storage } = args.notes;
    let body = api::TenantSet {
        cpu: args.cpu,
        memory: args.memory,
        pids: args.pids,
        stage: args.stage,
        notes,
        add_tags: tags,
        remove_tags: args.untag,
        owner,
        expires,
        storage,
    };
    let call = Call::new(Method::PATCH, session.client.tenant(&args.name, "")).json(&body);
    let call = args.seen.guard(call);
    match change::make_or_follow(session, call, args.change).await? {
        Made::Followed(outcome) => said(session, &args.name, outcome).await,
        Made::AtOnce(tenant) => {
            if session.printer.is_json() {
                session.printer.json(&tenant)?;
            } else {
                session.printer.data(&format!("{} is changed", args.name))?;
            }
            Ok(Exit::Success)
        }
    }
}
