//! The routes, with what stands before all of them.

use std::sync::Arc;

use axum::Router;
use axum::middleware::{from_fn, from_fn_with_state};

use crate::console::{guard, seal};
use crate::context::WebState;
use crate::extract::{no_such_method, nowhere};
use crate::once::{Repeats, carry_out_once};
use crate::pages;
use crate::peer::{admit, authorise};
use crate::request::identify;
use crate::routes;
use crate::unread::take_the_rest;

/// Builds the router. From the outside in: take what was not read, seal the answer (over TCP), name the request, look at its
/// host (over TCP), admit the caller, find the route, check the right.
pub(crate) fn router(state: &WebState) -> Router {
    let mut router = guarded(state).layer(from_fn_with_state(state.clone(), admit));
    if let Some(rules) = &state.console {
        router = router.layer(from_fn_with_state(Arc::clone(rules), guard));
    }
    router = router.layer(from_fn_with_state(state.clone(), identify)).layer(from_fn(pages::pack));
    if let Some(rules) = &state.console {
        router = router.layer(from_fn_with_state(Arc::clone(rules), seal));
    }
    router.layer(from_fn(take_the_rest)).with_state(state.clone())
}

/// The routes, each behind the right that it takes, and then behind what was answered before.
fn guarded(state: &WebState) -> Router<WebState> {
    let mut router = Router::new();
    for route in routes::all() {
        let (needs, id, repeats) = (route.needs, route.id, Repeats::of(&route));
        let guard = from_fn_with_state(state.clone(), move |state, request, next| {
            authorise(state, (needs, id), request, next)
        });
        let once = from_fn_with_state(state.clone(), move |state, request, next| {
            carry_out_once(state, repeats, request, next)
        });
        let handler = route.handler.route_layer(once).route_layer(guard);
        router = router.route(route.path, handler);
    }
    router.fallback(nowhere).method_not_allowed_fallback(no_such_method)
}

#[cfg(test)]
mod tests;
