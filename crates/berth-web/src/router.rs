//! The routes, with what stands before all of them.

use axum::Router;
use axum::middleware::from_fn_with_state;

use crate::context::WebState;
use crate::extract::{no_such_method, nowhere};
use crate::peer::{admit, authorise};
use crate::request::identify;
use crate::routes;

/// Builds the router. From the outside in: name the request, admit the caller, find the route, check
/// the right.
pub(crate) fn router(state: &WebState) -> Router {
    guarded(state)
        .layer(from_fn_with_state(state.clone(), admit))
        .layer(from_fn_with_state(state.clone(), identify))
        .with_state(state.clone())
}

/// The routes, each behind the right that it takes.
fn guarded(state: &WebState) -> Router<WebState> {
    let mut router = Router::new();
    for route in routes::all() {
        let (needs, id) = (route.needs, route.id);
        let guard = from_fn_with_state(state.clone(), move |state, request, next| {
            authorise(state, (needs, id), request, next)
        });
        router = router.route(route.path, route.handler.route_layer(guard));
    }
    router.fallback(nowhere).method_not_allowed_fallback(no_such_method)
}

#[cfg(test)]
mod tests;
