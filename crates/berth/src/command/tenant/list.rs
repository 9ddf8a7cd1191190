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
    /// In which order: by name, the youngest first, those that expire soonest first, or those that fill
    /// most first
    #[arg(long, value_enum, default_value_t = Sort::Name)]
    #[arg(value_name = "name|created|expires|storage", hide_possible_values = true)]
    sort: Sort,
    /// The other way round
    #[arg(long)]
    reverse: bool,
    /// Those of all organisations, for an operator
    #[arg(long)]
    all_organisations: bool,
    /// Only what comes after this: a name, or what a list in this order says at its end
    #[arg(long, value_name = "NAME", allow_hyphen_values = true)]
    after: Option<String>,
    /// At most so many [default: all]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=1000))]
    limit: Option<u32>,
}

/// In which order tenants are listed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Sort {
    Name,
    Created,
    Expires,
    Storage,
}

impl Sort {
    /// As the API spells it. `None`: it does so by itself.
    fn asked(self, is_reversed: bool) -> Option<&'static str> {
        match (self, is_reversed) {
            (Self::Name, false) => None,
            (Self::Name, true) => Some("-name"),
            (Self::Created, false) => Some("-created"),
            (Self::Created, true) => Some("created"),
            (Self::Expires, false) => Some("expires"),
            (Self::Expires, true) => Some("-expires"),
            (Self::Storage, false) => Some("-storage"),
            (Self::Storage, true) => Some("storage"),
        }
    }

    /// What is shown beside what is always shown.
    fn column(self, tenant: &api::Tenant) -> Option<(&'static str, String)> {
        match self {
            Self::Name => None,
            Self::Created => Some(("created", table::time(tenant.created_at))),
            Self::Expires => {
                Some(("expires", tenant.expires_at.map_or_else(|| "never".to_owned(), table::time)))
            }
            Self::Storage => Some(("storage", storage(tenant))),
        }
    }

    /// How it is typed, for what comes next.
    fn typed(self, is_reversed: bool) -> String {
        let sort = match self {
            Self::Name => "",
            Self::Created => " --sort created",
            Self::Expires => " --sort expires",
            Self::Storage => " --sort storage",
        };
        format!("{sort}{}", if is_reversed { " --reverse" } else { "" })
    }
}

pub(crate) async fn run(args: Args, session: &Session<'_>) -> Result<Exit, Failure> {
    let is_filtered =
        [&args.text, &args.state, &args.stage, &args.tag, &args.owner, &args.expiring]
            .into_iter()
            .any(Option::is_some);
    let (sort, is_reversed, of_all) = (args.sort, args.reverse, args.all_organisations);
    let list = fetch(args, session).await?;
    let printer = session.printer;
    if printer.is_json() {
        printer.json(&list)?;
    } else if list.items.is_empty() && is_filtered {
        printer.talk("no tenant is like that");
    } else if list.items.is_empty() {
        printer.talk("no tenants yet");
        printer.hint("make one with `berth tenant create demo`");
    } else {
        printer.data(&text(&list.items, sort, of_all))?;
        if let Some(next) = &list.next {
            let all = if of_all { " --all-organisations" } else { "" };
            let typed = format!("{all}{}", sort.typed(is_reversed));
            printer.hint(&format!("the next ones: `berth tenant list{typed} --after {next}`"));
        }
    }
    Ok(Exit::Success)
}

fn text(tenants: &[api::Tenant], sort: Sort, of_all: bool) -> String {
    const BESIDE: usize = 5;
    let mut headings = vec!["name", "state", "stage", "owner", "image", "url"];
    if let Some((heading, _)) = tenants.first().and_then(|tenant| sort.column(tenant)) {
        headings.insert(BESIDE, heading);
    }
    if of_all {
        headings.insert(0, "organisation");
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
        if let Some((_, value)) = sort.column(tenant) {
            row.insert(BESIDE, value);
        }
        if of_all {
            row.insert(0, tenant.organisation.clone());
        }
        row
    });
    table::list(&headings, rows)
}

/// What it fills, of what it may fill.
fn storage(tenant: &api::Tenant) -> String {
    let used = tenant.storage.as_ref().and_then(|storage| storage.used_bytes);
    let used = used.map_or_else(|| "?".to_owned(), |bytes| Bytes(bytes).to_string());
    match tenant.limits.storage_bytes {
        Some(most) => format!("{used} of {}", Bytes(most)),
        None => used,
    }
}

/// Reads pages until there is no next one, or one page if somebody set a limit.
async fn fetch(args: Args, session: &Session<'_>) -> Result<api::List<api::Tenant>, Failure> {
    const PAGE: u32 = 1000;
    let Args { text, state, stage, tag, owner, expiring, sort, .. } = args;
    let Args { reverse, all_organisations, mut after, limit, .. } = args;
    let path = if all_organisations {
        "/api/v1/tenants".to_owned()
    } else {
        session.client.path("/tenants")
    };
    let mut items = Vec::new();
    loop {
        let call = Call::get(path.clone())
            .ask("text", text.as_ref())
            .ask("state", state.as_ref())
            .ask("stage", stage.as_ref())
            .ask("tag", tag.as_ref())
            .ask("owner", owner.as_ref())
            .ask("expiring", expiring.as_ref())
            .ask("sort", sort.asked(reverse))
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
