//! Signing in at foreign providers.

use axum::routing::{delete, get, post};
use berth_api::v1 as api;
use berth_domain::access::Right::Installation;

use super::Needs::{Account, Nobody};
use super::{Answer, Route};
use crate::api::sign_in::providers::{self, Onwards, ProvidersAnswer};
use crate::api::tenants::DryRun;
use crate::api::{account, people};

pub(super) const PROVIDERS: &str = "/api/v1/sign-in/providers";
pub(super) const BEGIN: &str = "/api/v1/sign-in/providers/{provider}";
pub(super) const CALLBACK: &str = "/api/v1/sign-in/providers/{provider}/callback";

pub(super) fn all() -> Vec<Route> {
    const OWN: &str = "/api/v1/account/providers/{provider}";
    const OF_SOMEBODY: &str = "/api/v1/people/{person}/providers/{provider}";
    vec![
        Route::new("GET", PROVIDERS, Nobody, get(providers::list))
            .about("list_sign_in_providers", "Lists the foreign providers at which people sign in.")
            .answers(Answer::json::<api::List<api::SignInProvider>>(200)),
        Route::new("GET", BEGIN, Nobody, get(providers::begin))
            .about(
                "begin_sign_in",
                "Sends a browser to a provider, with a cookie to come back with.",
            )
            .asks::<Onwards>()
            .answers(Answer::redirect()),
        Route::new("GET", CALLBACK, Nobody, get(providers::callback))
            .about("finish_sign_in", "Where a provider sends browsers back: begins a session.")
            .asks::<ProvidersAnswer>()
            .answers(Answer::redirect()),
        Route::new("POST", OWN, Account, post(account::providers::link))
            .about("link_provider", "Begins to link one's own account with a provider.")
            .takes::<api::ProviderLink>()
            .answers(Answer::json::<api::ProviderVisit>(200)),
        Route::new("DELETE", OWN, Account, delete(account::providers::unlink))
            .about("unlink_provider", "Unlinks one's own account from a provider.")
            .takes::<api::PasswordProof>()
            .answers(Answer::empty(204)),
        Route::new("DELETE", OF_SOMEBODY, Installation, delete(people::providers::unlink))
            .about("unlink_person", "Unlinks somebody's account from a provider.")
            .asks::<DryRun>()
            .answers(Answer::json::<api::Plan>(200))
            .answers(Answer::empty(204)),
    ]
}
