//! Every route, with the right that it takes and what it speaks.
//!
//! A route that is not in [`all`] does not exist, neither for the router nor for the API description.

mod audit;
mod comparisons;
mod inside_tenants;
mod installation;
mod modules;
mod operations;
mod organisations;
mod orphans;
mod people;
mod quotas;
mod route;
mod schedules;
mod sign_in;
mod tenants;
mod tokens;
mod uploads;
mod webhooks;

pub(crate) use route::{Answer, EVENT_STREAM, Needs, Route};

use crate::pages;

/// Where people prove who they are, and what is said to everybody: the only routes that take nothing.
pub(crate) const OPEN: &[(&str, &str)] = &[
    ("POST", "/api/v1/claim"),
    ("POST", "/api/v1/sign-in"),
    ("POST", "/api/v1/invitations/accept"),
    ("GET", sign_in::PROVIDERS),
    ("GET", sign_in::BEGIN),
    ("GET", sign_in::CALLBACK),
    ("GET", "/api/v1/health"),
    ("GET", "/"),
    ("GET", "/sign-in"),
    ("POST", "/sign-in"),
    ("GET", "/claim"),
    ("POST", "/claim"),
    ("GET", "/join"),
    ("POST", "/join"),
    ("GET", "/join/{code}"),
    ("POST", "/join/{code}"),
    ("GET", pages::assets::PATH),
];

/// What is answered over TCP before anybody claimed the installation: what it takes to claim it.
const BEFORE_CLAIM: [(&str, &str); 7] = [
    ("POST", "/api/v1/claim"),
    ("GET", "/api/v1/health"),
    ("GET", "/"),
    // It sends people on to the page below.
    ("GET", "/sign-in"),
    ("GET", "/claim"),
    ("POST", "/claim"),
    ("GET", pages::assets::PATH),
];

/// Whether it is one of those.
pub(crate) fn is_before_claim(method: &http::Method, path: &str) -> bool {
    BEFORE_CLAIM.iter().any(|(open, at)| method == open && is_at(at, path))
}

/// Whether it is one of those at which people prove who they are.
pub(crate) fn is_open(method: &http::Method, path: &str) -> bool {
    OPEN.iter().any(|(open, at)| method == open && is_at(at, path))
}

/// Whether a provider sends browsers there, from its own page: what they show of themselves counts for
/// nothing there but the cookie that they were sent away with.
pub(crate) fn is_return(method: &http::Method, path: &str) -> bool {
    method == http::Method::GET && is_at(sign_in::CALLBACK, path)
}

/// A path as it is told: to the log, to the audit, in what is said of a failure. Where a secret stands in it,
/// the form of the route stands there instead, also if there is no such route.
pub(crate) fn told(path: &str) -> &str {
    if has_secret(path) { "/join/{code}" } else { path }
}

/// Whether a path has a secret in it.
pub(crate) fn has_secret(path: &str) -> bool {
    path.strip_prefix("/join/").is_some_and(|rest| !rest.is_empty())
}

/// Whether browsers go there by themselves, to sign in at a provider and back, though it is of the API.
pub(crate) fn is_on_the_way(method: &http::Method, path: &str) -> bool {
    is_return(method, path) || (method == http::Method::GET && is_at(sign_in::BEGIN, path))
}

/// Whether it is a file that pages are made of, which is the same for everybody.
pub(crate) fn is_asset(method: &http::Method, path: &str) -> bool {
    method == http::Method::GET && is_at(pages::assets::PATH, path)
}

/// Whether a path is of a form that may have names in it.
fn is_at(form: &str, path: &str) -> bool {
    let mut parts = path.split('/');
    let are_equal = form.split('/').all(|form| match parts.next() {
        Some(part) if form.starts_with('{') => !part.is_empty(),
        part => part == Some(form),
    });
    are_equal && parts.next().is_none()
}

/// Returns all routes, by audience.
pub(crate) fn all() -> Vec<Route> {
    let mut routes = organisations::all();
    routes.extend(tenants::all());
    routes.extend(modules::all());
    routes.extend(comparisons::all());
    routes.extend(inside_tenants::all());
    routes.extend(uploads::all());
    routes.extend(quotas::all());
    routes.extend(orphans::all());
    routes.extend(schedules::all());
    routes.extend(webhooks::all());
    routes.extend(tokens::all());
    routes.extend(people::all());
    routes.extend(sign_in::all());
    routes.extend(audit::all());
    routes.extend(operations::all());
    routes.extend(installation::all());
    routes.extend(pages::all());
    routes
}

/// Every page: by which method it is asked for, and the form of its path. What the description of the API is
/// for programs, for whoever goes to all of them.
#[must_use]
pub fn page_routes() -> Vec<(&'static str, &'static str)> {
    let pages = all().into_iter().filter(|route| route.is_page);
    pages.map(|route| (route.method, route.path)).collect()
}

#[cfg(test)]
mod tests;
