//! How programs show who they are.

use axum::routing::{delete, get, post};
use berth_api::v1 as api;
use berth_domain::access::Right::{Installation, Members};

use super::{Answer, Route};
use crate::api::tenants::DryRun;
use crate::api::tokens as token;
use crate::paging::Paged;

pub(super) fn all() -> Vec<Route> {
    const OF_ORGANISATION: &str = "/api/v1/organisations/{org}/tokens";
    const ONE_OF_ORGANISATION: &str = "/api/v1/organisations/{org}/tokens/{id}";
    const OF_INSTALLATION: &str = "/api/v1/tokens";
    const ONE_OF_INSTALLATION: &str = "/api/v1/tokens/{id}";
    vec![
        Route::new("GET", OF_ORGANISATION, Members, get(token::list::of_organisation))
            .about("list_tokens", "Lists an organisation's tokens, by account.")
            .asks::<Paged>()
            .answers(Answer::json::<api::List<api::Token>>(200)),
        Route::new("POST", OF_ORGANISATION, Members, post(token::create::of_organisation))
            .about("create_token", "Makes a token, and shows what it says this once.")
            .asks::<DryRun>()
            .takes::<api::TokenCreate>()
            .answers(Answer::json::<api::Plan>(200))
            .answers(Answer::json::<api::TokenCreated>(201)),
        Route::new("DELETE", ONE_OF_ORGANISATION, Members, delete(token::revoke::of_organisation))
            .about("revoke_token", "Revokes a token: whoever shows it is a stranger.")
            .asks::<DryRun>()
            .answers(Answer::json::<api::Plan>(200))
            .answers(Answer::empty(204)),
        Route::new("GET", OF_INSTALLATION, Installation, get(token::list::of_installation))
            .about("list_installation_tokens", "Lists the tokens of the installation.")
            .asks::<Paged>()
            .answers(Answer::json::<api::List<api::Token>>(200)),
        Route::new("POST", OF_INSTALLATION, Installation, post(token::create::of_installation))
            .about("create_installation_token", "Makes a token for all organisations, or for none.")
            .asks::<DryRun>()
            .takes::<api::TokenCreate>()
            .answers(Answer::json::<api::Plan>(200))
            .answers(Answer::json::<api::TokenCreated>(201)),
        Route::new(
            "DELETE",
            ONE_OF_INSTALLATION,
            Installation,
            delete(token::revoke::of_installation),
        )
        .about("revoke_installation_token", "Revokes a token of the installation.")
        .asks::<DryRun>()
        .answers(Answer::json::<api::Plan>(200))
        .answers(Answer::empty(204)),
    ]
}
