//! `berth operation list`

use berth_api::v1 as api;
use berth_domain::{OperationId, TenantName};

use crate::client::Call;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::session::Session;
use crate::table;

#[derive(Debug, Clone, clap::Args)]
pub(crate) struct Args {
    /// Only those in this state: queued, running, undoing, done, undone or stuck
    #[arg(long)]
    state: Option<String>,
    /// Only those of this kind, as in tenant.create or tenant.set
    #[arg(long)]
    kind: Option<String>,
    /// Only those of this tenant
    #[arg(long, value_name = "NAME")]
    tenant: Option<TenantName>,
    /// Only those older than this one
    #[arg(long, value_name = "ID")]
    before: Option<OperationId>,
    /// At most so many
    #[arg(long, value_name = "N", default_value_t = 20)]
    #[arg(value_parser = clap::value_parser!(u32).range(1..=1000))]
    limit: u32,
}

pub(crate) async fn run(args: Args, session: &Session<'_>) -> Result<Exit, Failure> {
    let call = Call::get(session.client.path("/operations"))
        .ask("state", args.state)
        .ask("kind", args.kind)
        .ask("tenant", args.tenant)
        .ask("before", args.before)
        .ask("limit", Some(args.limit));
    let page: api::List<api::Operation> = session.client.call(call).await?;
    let printer = session.printer;
    if printer.is_json() {
        printer.json(&page)?;
    } else if page.items.is_empty() {
        printer.talk("no operations");
    } else {
        let rows = page.items.iter().map(|operation| {
            let api::Operation { id, kind, target, state, created_at, .. } = operation;
            vec![id.clone(), kind.clone(), target.clone(), state.clone(), table::time(*created_at)]
        });
        printer.data(&table::list(&["id", "kind", "target", "state", "created"], rows))?;
        if let Some(next) = &page.next {
            printer.hint(&format!("older ones: `berth operation list --before {next}`"));
        }
    }
    Ok(Exit::Success)
}
