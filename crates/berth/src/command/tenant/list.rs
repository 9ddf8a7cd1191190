//! `berth tenant list`

use berth_api::v1 as api;
use berth_domain::Bytes;

use crate::client::Call;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::session::Session;
use crate::table;

#[derive(Debug, Clone, clap::Args)]
pub(crate) struct Args {
    /// Only those with this in their name or host
    text: Option<String>,
    /// Only those in this state, as in running or stopped
    #[arg(long)]
    state: Option<String>,
    /// Only those of this stage: production, staging, development or test
    #[arg(long)]
    stage: Option<String>,
    /// Only those with this tag
    #[arg(long)]
    tag: Option<String>,
    /// Only those of this owner
    #[arg(long, value_name = "WHO")]
    owner: Option<String>,
    /// Only those that expire until then: a day as in 2026-12-31, or a span as in 7d
    #[arg(long, value_name = "WHEN")]
    expiring: Option<String>,
    /// In which order: by name, or those that fill most first, with what they fill
    #[arg(long, value_enum, default_value_t = Sort::Name, value_name = "name|storage")]
    #[arg(hide_possible_values = true)]
    sort: Sort,
    /// Only those after this name
    #[arg(long, value_name = "NAME")]
    after: Option<String>,
    /// At most so many [default: all]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=1000))]
    limit: Option<u32>,
}

/// In which order tenants are listed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Sort {
    Name,
    Storage,
}

pub(crate) async fn run(args: Args, session: &Session<'_>) -> Result<Exit, Failure> {
    let is_filtered =
        [&args.text, &args.state, &args.stage, &args.tag, &args.owner, &args.expiring]
            .into_iter()
            .any(Option::is_some);
    let sort = args.sort;
    let mut list = fetch(args, session).await?;
    if sort == Sort::Storage {
        list.items.sort_by_key(|tenant| std::cmp::Reverse(used(tenant)));
    }
    let printer = session.printer;
    if printer.is_json() {
        printer.json(&list)?;
    } else if list.items.is_empty() && is_filtered {
        printer.talk("no tenant is like that");
    } else if list.items.is_empty() {
        printer.talk("no tenants yet");
        printer.hint("make one with `berth tenant create demo`");
    } else {
        printer.data(&text(&list.items, sort))?;
        if let Some(next) = &list.next {
            printer.hint(&format!("the next ones: `berth tenant list --after {next}`"));
        }
    }
    Ok(Exit::Success)
}

fn text(tenants: &[api::Tenant], sort: Sort) -> String {
    let mut headings = vec!["name", "state", "stage", "owner", "image", "url"];
    if sort == Sort::Storage {
        headings.insert(5, "storage");
    }
    let rows = tenants.iter().map(|tenant| {
        let mut row = vec![
            tenant.name.clone(),
            tenant.state.clone(),
            tenant.stage.clone(),
            tenant.owner.clone().unwrap_or_else(|| "-".to_owned()),
            tenant.image.reference.clone(),
            tenant.url.clone(),
        ];
        if sort == Sort::Storage {
            row.insert(5, storage(tenant));
        }
        row
    });
    table::list(&headings, rows)
}

fn used(tenant: &api::Tenant) -> Option<u64> {
    tenant.storage.as_ref()?.used_bytes
}

/// What it fills, of what it may fill.
fn storage(tenant: &api::Tenant) -> String {
    let used = used(tenant).map_or_else(|| "?".to_owned(), |bytes| Bytes(bytes).to_string());
    match tenant.limits.storage_bytes {
        Some(most) => format!("{used} of {}", Bytes(most)),
        None => used,
    }
}

/// Reads pages until there is no next one, or one page if somebody set a limit.
async fn fetch(args: Args, session: &Session<'_>) -> Result<api::List<api::Tenant>, Failure> {
    const PAGE: u32 = 1000;
    let Args { text, state, stage, tag, owner, expiring, mut after, limit, sort: _ } = args;
    let mut items = Vec::new();
    loop {
        let call = Call::get(session.client.path("/tenants"))
            .ask("text", text.as_ref())
            .ask("state", state.as_ref())
            .ask("stage", stage.as_ref())
            .ask("tag", tag.as_ref())
            .ask("owner", owner.as_ref())
            .ask("expiring", expiring.as_ref())
            .ask("after", after.as_ref())
            .ask("limit", Some(limit.unwrap_or(PAGE)));
        let page: api::List<api::Tenant> = session.client.call(call).await?;
        items.extend(page.items);
        if limit.is_some() || page.next.is_none() {
            return Ok(api::List { items, next: page.next });
        }
        after = page.next;
    }
}
