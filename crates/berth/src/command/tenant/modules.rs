//! `berth tenant modules` and the commands that change them

use berth_api::v1 as api;
use berth_domain::TenantName;

use super::{get, said};
use crate::change::{self, ChangeArgs, MatchArgs, Outcome};
use crate::client::Call;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::session::Session;
use crate::table;

#[derive(Debug, Clone, clap::Args)]
pub(crate) struct ListArgs {
    /// The tenant
    name: TenantName,
    /// Only those with this in their name, title or summary
    text: Option<String>,
    /// Only those that are installed
    #[arg(long, conflicts_with_all = ["outdated", "state"])]
    installed: bool,
    /// Only those of which the image has another version
    #[arg(long, conflicts_with = "state")]
    outdated: bool,
    /// Only those in this state, as in uninstalled
    #[arg(long)]
    state: Option<String>,
    /// Only what comes after this module
    #[arg(long, value_name = "MODULE")]
    after: Option<String>,
    /// At most so many [default: all]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=1000))]
    limit: Option<u32>,
}

#[derive(Debug, Clone, clap::Args)]
pub(crate) struct Args {
    /// The tenant
    name: TenantName,
    /// Technical names of modules, as in crm
    #[arg(required = true, value_name = "MODULE")]
    modules: Vec<String>,
    #[command(flatten)]
    seen: MatchArgs,
    #[command(flatten)]
    change: ChangeArgs,
}

#[derive(Debug, Clone, clap::Args)]
pub(crate) struct UninstallArgs {
    #[command(flatten)]
    args: Args,
    /// Uninstall everything that needs them, too: --dry-run says what that is
    #[arg(long)]
    with_dependents: bool,
}

pub(crate) async fn list(args: ListArgs, session: &Session<'_>) -> Result<Exit, Failure> {
    let name = args.name.clone();
    let list = fetch(args, session).await?;
    let printer = session.printer;
    if printer.is_json() {
        printer.json(&list)?;
    } else if list.items.is_empty() {
        printer.talk("no module is like that");
    } else {
        printer.data(&text(&list.items))?;
        if let Some(next) = &list.next {
            printer.hint(&format!("the next ones: `berth tenant modules {name} --after {next}`"));
        }
    }
    Ok(Exit::Success)
}

pub(crate) async fn install(args: Args, session: &Session<'_>) -> Result<Exit, Failure> {
    let body = api::ModuleNames { modules: args.modules.clone() };
    let call = Call::post(session.client.tenant(&args.name, "/modules/install")).json(&body);
    make(args, call, session).await
}

pub(crate) async fn upgrade(args: Args, session: &Session<'_>) -> Result<Exit, Failure> {
    let body = api::ModuleNames { modules: args.modules.clone() };
    let call = Call::post(session.client.tenant(&args.name, "/modules/upgrade")).json(&body);
    make(args, call, session).await
}

pub(crate) async fn uninstall(args: UninstallArgs, session: &Session<'_>) -> Result<Exit, Failure> {
    let UninstallArgs { args, with_dependents } = args;
    let body = api::ModuleRemoval { modules: args.modules.clone(), with_dependents };
    let call = Call::post(session.client.tenant(&args.name, "/modules/uninstall")).json(&body);
    make(args, call, session).await
}

async fn make(args: Args, call: Call, session: &Session<'_>) -> Result<Exit, Failure> {
    let outcome = change::make(session, args.seen.guard(call), args.change).await?;
    if let Outcome::Done(_) = &outcome {
        let tenant = get(session, &args.name).await?;
        session.printer.talk(&format!("its modules: {}", tenant.odoo.modules.join(", ")));
    }
    said(session, &args.name, outcome).await
}

fn text(modules: &[api::TenantModule]) -> String {
    let headings = ["module", "state", "installed", "available", "title"];
    let version = |version: &Option<String>| version.clone().unwrap_or_else(|| "-".to_owned());
    let rows = modules.iter().map(|module| {
        vec![
            module.name.clone(),
            module.state.clone(),
            version(&module.installed_version),
            version(&module.available_version),
            harmless(&module.title),
        ]
    });
    table::list(&headings, rows)
}

/// Whoever wrote the module wrote its title: what would move a terminal's cursor is left out.
fn harmless(title: &str) -> String {
    title.chars().filter(|letter| !letter.is_control()).collect()
}

/// Reads pages until there is no next one, or one page if somebody set a limit.
async fn fetch(
    args: ListArgs,
    session: &Session<'_>,
) -> Result<api::List<api::TenantModule>, Failure> {
    const PAGE: u32 = 1000;
    let ListArgs { name, text, installed, outdated, state, mut after, limit } = args;
    let state = match (installed, outdated) {
        (true, _) => Some("installed".to_owned()),
        (_, true) => Some("outdated".to_owned()),
        (false, false) => state,
    };
    let mut items = Vec::new();
    loop {
        let call = Call::get(session.client.tenant(&name, "/modules"))
            .ask("state", state.as_ref())
            .ask("text", text.as_ref())
            .ask("after", after.as_ref())
            .ask("limit", Some(limit.unwrap_or(PAGE)));
        let page: api::List<api::TenantModule> = session.client.call(call).await?;
        items.extend(page.items);
        if limit.is_some() || page.next.is_none() {
            return Ok(api::List { items, next: page.next });
        }
        after = page.next;
    }
}

#[cfg(test)]
mod tests {
    use berth_api::v1::examples;

    use super::*;

    #[test]
    fn modules_are_told_with_both_versions_and_no_title_moves_the_cursor() {
        let hostile = api::TenantModule {
            name: "evil".to_owned(),
            title: "\u{1b}[2J<b>Evil</b>\r\n".to_owned(),
            state: "uninstalled".to_owned(),
            installed_version: None,
            ..examples::tenant_module()
        };

        insta::assert_snapshot!(text(&[examples::tenant_module(), hostile]), @r"
        MODULE  STATE        INSTALLED  AVAILABLE  TITLE
        crm     installed    19.0.1.8   19.0.1.9   CRM
        evil    uninstalled  -          19.0.1.9   [2J<b>Evil</b>
        ");
    }
}
