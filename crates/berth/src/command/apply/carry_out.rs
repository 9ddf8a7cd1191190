//! Making tenants what they are to be.
//!
//! # Invariants
//!
//! * Each change is a request of its own, as if somebody had typed it: what fails stops no other, and
//!   every one of them has its line at the end.
//! * Nothing is changed that became another since it was compared.

use berth_api::v1 as api;
use http::{Method, StatusCode};
use serde::Serialize;

use crate::change::{WaitArgs, quoted};
use crate::client::Call;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::files::Compared;
use crate::session::Session;
use crate::watch;

/// A change, and how far it came.
struct Change<'a> {
    difference: &'a api::TenantDifference,
    state: State,
}

enum State {
    Done(Option<Box<api::Operation>>),
    /// Nobody waited for its end.
    Begun(Box<api::Operation>),
    Failed(Failure),
    /// Berth was lost sight of, and may have done it all the same.
    Unknown(Failure, Option<Box<api::Operation>>),
}

/// What came of a change, for programs.
#[derive(Serialize)]
struct Outcome<'a> {
    name: &'a str,
    action: &'a str,
    state: &'static str,
    operation: Option<&'a str>,
    problem: Option<String>,
}

/// Begins every change, waits for those that are operations, and says what came of each.
pub(super) async fn carry_out(
    session: &Session<'_>,
    compared: &Compared,
    WaitArgs { no_wait, show }: WaitArgs,
) -> Result<Exit, Failure> {
    let differences = compared.differences.iter().enumerate();
    let mut changes = Vec::new();
    for (index, difference) in differences.filter(|(_, it)| it.action != "none") {
        let state = begin(session, call(session, compared, index)).await;
        changes.push(Change { difference, state });
    }
    let mut is_interrupted = false;
    for change in changes.iter_mut().filter(|_| !no_wait) {
        let State::Begun(operation) = &change.state else { continue };
        session.printer.talk(&format!("{} ({})", change.difference.name, operation.kind));
        let operation = operation.clone();
        change.state = match watch::until_rest(session, (*operation).clone(), show).await {
            Ok(watch::End::Rest(operation)) if operation.is_done() => State::Done(Some(operation)),
            Ok(watch::End::Rest(operation)) => State::Failed(Failure::Operation(operation)),
            Ok(watch::End::Interrupted) => {
                is_interrupted = true;
                break;
            }
            Err(failure) => State::Unknown(failure, Some(operation)),
        };
    }
    say(session, changes, is_interrupted)
}

/// The request that makes one tenant what it is to be.
fn call(session: &Session<'_>, compared: &Compared, index: usize) -> Call {
    let difference = &compared.differences[index];
    let one = session.client.named("tenants", &difference.name, "");
    let seen = difference.etag.as_deref().map(quoted);
    match (difference.action.as_str(), &difference.set, compared.wishes.get(index)) {
        ("create", _, Some(wish)) => {
            let body = create(wish.clone(), &compared.mark);
            Call::post(session.client.path("/tenants")).json(&body)
        }
        ("delete", ..) => Call::new(Method::DELETE, one).header("if-match", seen),
        (_, set, _) => Call::new(Method::PATCH, one)
            .header("if-match", seen)
            .json(&set.clone().unwrap_or_default()),
    }
}

fn create(wish: api::TenantWish, mark: &str) -> api::TenantCreate {
    let mut tags = wish.tags.unwrap_or_default();
    tags.push(mark.to_owned());
    api::TenantCreate {
        name: wish.name,
        host: wish.host,
        stage: wish.stage,
        image: wish.image,
        modules: wish.modules.unwrap_or_default(),
        language: wish.language,
        country: wish.country,
        demo: wish.demo.unwrap_or_default(),
        company: wish.company,
        admin_login: wish.admin_login,
        admin_password: None,
        email: wish.email,
        time_zone: wish.time_zone,
        cpu: wish.cpu,
        memory: wish.memory,
        pids: wish.pids,
        addons: wish.addons,
        own_cluster: wish.own_cluster.unwrap_or_default(),
        notes: wish.notes,
        tags,
        owner: wish.owner,
        expires: wish.expires,
        storage: wish.storage,
    }
}

/// Begins a change. What needs no operation is done with the answer.
async fn begin(session: &Session<'_>, call: Call) -> State {
    match answered(session, call).await {
        Ok(Some(operation)) => State::Begun(operation),
        Ok(None) => State::Done(None),
        Err(Failure::Problem(problem)) if problem.is_done() => State::Done(None),
        Err(failure) if failure.leaves_open() => State::Unknown(failure, None),
        Err(failure) => State::Failed(failure),
    }
}

async fn answered(
    session: &Session<'_>,
    call: Call,
) -> Result<Option<Box<api::Operation>>, Failure> {
    let answer = session.client.open(call).await?;
    Ok(match answer.status() {
        StatusCode::ACCEPTED => Some(Box::new(answer.json().await?)),
        _ => None,
    })
}

fn say(
    session: &Session<'_>,
    changes: Vec<Change<'_>>,
    is_interrupted: bool,
) -> Result<Exit, Failure> {
    let printer = session.printer;
    if printer.is_json() {
        let items = changes.iter().map(outcome).collect();
        printer.json(&api::List { items, next: None })?;
    } else {
        let lines: Vec<String> = changes.iter().map(line).collect();
        printer.data(&lines.join("\n"))?;
    }
    let all = changes.len();
    let mut failed = 0;
    for Change { difference, state } in changes {
        if let State::Failed(failure) | State::Unknown(failure, _) = state {
            failed += 1;
            let name = difference.name.clone();
            printer.report(&Failure::About { name, failure: failure.into() });
        }
    }
    if failed > 0 {
        printer.talk(&format!("{failed} of {all} failed"));
        printer.hint("apply the files again to do what is left");
        return Ok(Exit::Failed);
    }
    Ok(if is_interrupted { Exit::Interrupted } else { Exit::Success })
}

fn line(change: &Change<'_>) -> String {
    let api::TenantDifference { name, action, .. } = change.difference;
    let done = match action.as_str() {
        "create" => "created",
        "delete" => "deleted",
        _ => "changed",
    };
    match &change.state {
        State::Done(_) => format!("{name} is {done}"),
        State::Begun(operation) => format!("{name} is being {done}: {}", operation.id),
        State::Failed(_) => format!("{name} was not {done}"),
        State::Unknown(..) => format!("{name} may or may not be {done}"),
    }
}

fn outcome<'a>(change: &'a Change<'_>) -> Outcome<'a> {
    let (state, operation, problem) = match &change.state {
        State::Done(operation) => ("done", operation.as_ref(), None),
        State::Begun(operation) => ("begun", Some(operation), None),
        State::Failed(failure @ Failure::Operation(operation)) => {
            ("failed", Some(operation), failure.in_one_line())
        }
        State::Failed(failure) => ("failed", None, failure.in_one_line()),
        State::Unknown(failure, operation) => {
            ("unknown", operation.as_ref(), failure.in_one_line())
        }
    };
    let api::TenantDifference { name, action, .. } = change.difference;
    Outcome { name, action, state, operation: operation.map(|it| it.id.as_str()), problem }
}
