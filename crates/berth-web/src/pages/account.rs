//! `/account`: what somebody proves who they are with, and where they are signed in.
//!
//! # Invariants
//!
//! * Whatever changes how somebody gets in takes their password once more.
//! * What is shown once is shown in the answer to the form that made it, and kept nowhere.

mod device;
mod factor;
mod page;
mod password;
mod providers;
mod qr;
mod sessions;
#[cfg(test)]
mod tests;

pub(super) use device::device;

use axum::routing::{get, post};

use crate::routes::{Needs, Route};

/// The pages about one's own account.
pub(super) fn routes() -> Vec<Route> {
    const ACCOUNT: Needs = Needs::Account;
    const PROVIDER: &str = "/account/providers/{provider}";
    const UNLINK: &str = "/account/providers/{provider}/unlink";
    let to = |path, handler, id| Route::page("POST", path, ACCOUNT, handler, id);
    vec![
        Route::page("GET", "/account", ACCOUNT, get(page::show), "account_page"),
        to("/account/password", post(password::change), "password_form"),
        to("/account/second-factor", post(factor::enrol), "second_factor_form"),
        to("/account/second-factor/confirm", post(factor::confirm), "confirm_second_factor_form"),
        to("/account/second-factor/remove", post(factor::remove), "remove_second_factor_form"),
        to("/account/recovery-codes", post(factor::renew), "recovery_codes_form"),
        to("/sessions/end", post(sessions::end_others), "end_other_sessions_form"),
        to("/sessions/{id}/end", post(sessions::end), "end_own_session_form"),
        to(PROVIDER, post(providers::link), "link_provider_form"),
        to(UNLINK, post(providers::unlink), "unlink_provider_form"),
    ]
}
