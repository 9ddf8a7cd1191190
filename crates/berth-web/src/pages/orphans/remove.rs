//! Removing what belongs to nobody.

use axum::response::Response;
use berth_engine::request::RemoveOrphans;
use berth_engine::view::RemovalView;
use http::Uri;
use serde::Deserialize;

use super::{ALL, again};
use crate::error::ApiError;
use crate::pages::action::of_query;
use crate::pages::ask::{self, Question};
use crate::pages::form::Form;
use crate::pages::html::see_other;
use crate::pages::link::link;
use crate::pages::said::Said;
use crate::pages::shell::{Nav, Seat};
use crate::pages::words::capitalised;

/// What is chosen.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct Chosen {
    orphan: Vec<String>,
}

impl Chosen {
    fn request(&self) -> RemoveOrphans {
        RemoveOrphans { names: self.orphan.clone(), ..RemoveOrphans::default() }
    }
}

/// Says what will be removed, and asks.
pub(super) async fn ask(seat: Seat, uri: Uri) -> Result<Response, ApiError> {
    let chosen: Chosen = of_query(&uri)?;
    let engine = seat.context.engine.clone();
    let plan = match engine.plan_removal_of_seen(&seat.context.actor, &chosen.request()) {
        Ok(plan) => plan,
        Err(error) => return again(seat, Said::of(error)?).await,
    };
    let question = Question {
        above: vec![(ALL.to_owned(), "Orphans".to_owned())],
        stays: "Tenants and everything that belongs to them stay as they are. There is no way back from this.",
        to: "/orphans/remove".to_owned(),
        fields: chosen.orphan.into_iter().map(|name| ("orphan", name)).collect(),
        button: "Remove for good",
        keep: "Keep everything",
        is_grave: true,
        ..Question::of(&plan)
    };
    let shell = seat.shell_of_installation((Nav::Orphans, question.title.clone())).await?;
    ask::ask(shell, question)
}

/// Removes it. What cannot be removed is named.
pub(super) async fn send(seat: Seat, Form(chosen): Form<Chosen>) -> Result<Response, ApiError> {
    let engine = seat.context.engine.clone();
    match engine.remove_orphans(&seat.context.actor, &chosen.request()).await {
        Ok(removals) => told(seat, removals).await,
        Err(error) => again(seat, Said::of(error)?).await,
    }
}

async fn told(seat: Seat, removals: Vec<RemovalView>) -> Result<Response, ApiError> {
    let count = removals.len();
    let problem = |it: RemovalView| {
        let (what, problem) = (it.what, it.problem?);
        let text = format!("`{what}` is still there: {problem}");
        Some(("orphan".to_owned(), capitalised(&text)))
    };
    let fields: Vec<_> = removals.into_iter().filter_map(problem).collect();
    if fields.is_empty() {
        return Ok(see_other(&link(ALL, [("removed", Some(count.to_string().as_str()))])));
    }
    again(seat, Said { whole: None, fields }).await
}
