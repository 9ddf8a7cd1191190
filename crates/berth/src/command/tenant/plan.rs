//! `berth tenant plan`

use berth_api::v1 as api;
use berth_domain::TenantName;

use crate::client::Call;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::session::Session;
use crate::table;

/// Berth looks after its tenants by itself; this shows what it sees, and what it does about it.
#[derive(Debug, Clone, clap::Args)]
pub(crate) struct Args {
    /// The tenant
    name: TenantName,
    /// Do it now, and say what came of it
    #[arg(long)]
    apply: bool,
}

pub(crate) async fn run(args: Args, session: &Session<'_>) -> Result<Exit, Failure> {
    let Args { name, apply } = args;
    if apply {
        return carry_out(&name, session).await;
    }
    let call = Call::get(session.client.tenant(&name, "/plan"));
    let plan: api::TenantPlan = session.client.call(call).await?;
    if session.printer.is_json() {
        session.printer.json(&plan)?;
    } else {
        session.printer.data(&[seen(&plan), ahead(&plan)].join("\n\n"))?;
        hints(session, &plan);
    }
    Ok(Exit::Success)
}

/// Has the tenant looked after until that is over.
async fn carry_out(name: &TenantName, session: &Session<'_>) -> Result<Exit, Failure> {
    let mut done = Vec::new();
    let came_of_it = loop {
        let call = Call::post(session.client.tenant(name, "/reconcile"));
        let mut part: api::Reconciliation = session.client.call(call).await?;
        done.append(&mut part.done);
        if !part.at_work {
            break api::Reconciliation { done, ..part };
        }
        session.printer.talk(&format!("{name} is still being looked after"));
    };
    let exit = if is_well(&came_of_it.now) { Exit::Success } else { Exit::Refused };
    if session.printer.is_json() {
        session.printer.json(&came_of_it)?;
        return Ok(exit);
    }
    let did = match came_of_it.done.as_slice() {
        [] => "nothing was done".to_owned(),
        done => format!("done\n{}", numbered(done)),
    };
    session.printer.data(&[did, ahead(&came_of_it.now)].join("\n\n"))?;
    hints(session, &came_of_it.now);
    Ok(exit)
}

fn is_well(plan: &api::TenantPlan) -> bool {
    plan.actions.is_empty() && plan.troubles.is_empty()
}

fn seen(plan: &api::TenantPlan) -> String {
    let mut lines = vec![format!("{} is {}", plan.tenant, plan.state)];
    let facts: Vec<_> =
        plan.observed.iter().map(|fact| (fact.what.as_str(), Some(fact.is.clone()))).collect();
    lines.extend(table::facts(&facts).lines().map(|line| format!("  {line}")));
    lines.join("\n")
}

fn ahead(plan: &api::TenantPlan) -> String {
    if let Some(api::AtWork { id, kind }) = &plan.operation {
        return format!("nothing to do: it is left to {kind} ({id}), which works at it");
    }
    let mut parts = Vec::new();
    if !plan.actions.is_empty() {
        parts.push(format!("to do\n{}", numbered(&plan.actions)));
    }
    if !plan.troubles.is_empty() {
        let lines: Vec<String> =
            plan.troubles.iter().map(|trouble| format!("  {}", trouble.reason)).collect();
        parts.push(format!("cannot be put right\n{}", lines.join("\n")));
    }
    if let Some(at) = plan.wait_until {
        parts.push(format!("it is looked at again at {}", table::time(at)));
    }
    if parts.is_empty() { "nothing to do".to_owned() } else { parts.join("\n\n") }
}

fn numbered(healings: &[api::Healing]) -> String {
    let lines = healings
        .iter()
        .enumerate()
        .map(|(index, healing)| format!("  {}. {}: {}", index + 1, healing.text, healing.reason));
    lines.collect::<Vec<_>>().join("\n")
}

fn hints(session: &Session<'_>, plan: &api::TenantPlan) {
    if let Some(at_work) = &plan.operation {
        session.printer.hint(&format!("follow it with `berth operation watch {}`", at_work.id));
    }
    for hint in plan.troubles.iter().filter_map(|trouble| trouble.hint.as_ref()) {
        session.printer.hint(hint);
    }
}
