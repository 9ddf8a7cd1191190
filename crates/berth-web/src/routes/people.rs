//! People: how they come in, their own accounts, who belongs where.

use axum::routing::{delete, get, post, put};
use berth_api::v1 as api;
use berth_domain::access::Right::{Installation, Members};

use super::Needs::{Account, Nobody};
use super::{Answer, Route};
use crate::api::tenants::DryRun;
use crate::api::{account, claim, invitations, members, people, session, sessions, sign_in};

pub(super) fn all() -> Vec<Route> {
    let mut routes = doors();
    routes.extend(own_account());
    routes.extend(organisation());
    routes.extend(invited());
    routes.extend(everybody());
    routes
}

fn doors() -> Vec<Route> {
    vec![
        Route::new("POST", "/api/v1/claim", Nobody, post(claim::claim))
            .about("claim_installation", "Makes whoever types the code the first operator.")
            .takes::<api::Claim>()
            .answers(Answer::json::<api::Person>(201)),
        Route::new("POST", "/api/v1/sign-in", Nobody, post(sign_in::sign_in))
            .about("sign_in", "Begins a session, which is in a cookie.")
            .takes::<api::SignIn>()
            .answers(Answer::json::<api::Person>(200)),
        Route::new("POST", "/api/v1/invitations/accept", Nobody, post(invitations::accept::accept))
            .about("accept_invitation", "Does what a code is good for.")
            .takes::<api::InvitationAccept>()
            .answers(Answer::json::<api::Person>(200)),
    ]
}

fn own_account() -> Vec<Route> {
    const FACTOR: &str = "/api/v1/account/second-factor";
    const CONFIRM: &str = "/api/v1/account/second-factor/confirm";
    vec![
        Route::new("GET", "/api/v1/session", Account, get(session::show))
            .about("who_am_i", "Shows whoever is signed in who they are.")
            .answers(Answer::json::<api::Person>(200)),
        Route::new("DELETE", "/api/v1/session", Account, delete(session::sign_out))
            .about("sign_out", "Ends this session.")
            .answers(Answer::empty(204)),
        Route::new("GET", "/api/v1/sessions", Account, get(sessions::list))
            .about("list_own_sessions", "Lists one's own sessions, newest first.")
            .answers(Answer::json::<api::List<api::Session>>(200)),
        Route::new("DELETE", "/api/v1/sessions", Account, delete(sessions::end_others))
            .about("end_other_sessions", "Ends all of one's own sessions but this one.")
            .answers(Answer::json::<api::SessionsEnded>(200)),
        Route::new("DELETE", "/api/v1/sessions/{id}", Account, delete(sessions::end))
            .about("end_own_session", "Ends one of one's own sessions.")
            .answers(Answer::empty(204)),
        Route::new("PUT", "/api/v1/account/password", Account, put(account::password::change))
            .about("change_own_password", "Puts a password in the place of one's own.")
            .takes::<api::PasswordChange>()
            .answers(Answer::empty(204)),
        Route::new("POST", FACTOR, Account, post(account::second_factor::enrol))
            .about("enrol_second_factor", "Makes a secret for an authenticator, shown this once.")
            .takes::<api::PasswordProof>()
            .answers(Answer::json::<api::SecondFactorEnrolment>(200)),
        Route::new("DELETE", FACTOR, Account, delete(account::second_factor::remove))
            .about("remove_second_factor", "Has no second factor asked for any more.")
            .takes::<api::PasswordProof>()
            .answers(Answer::empty(204)),
        Route::new("POST", CONFIRM, Account, post(account::second_factor::confirm))
            .about("confirm_second_factor", "Takes its first code; recovery codes are shown once.")
            .takes::<api::SecondFactorConfirm>()
            .answers(Answer::json::<api::RecoveryCodes>(200)),
        Route::new(
            "POST",
            "/api/v1/account/recovery-codes",
            Account,
            post(account::recovery_codes::renew),
        )
        .about("renew_recovery_codes", "Makes new recovery codes, shown this once.")
        .takes::<api::PasswordProof>()
        .answers(Answer::json::<api::RecoveryCodes>(200)),
    ]
}

fn organisation() -> Vec<Route> {
    const ALL: &str = "/api/v1/organisations/{org}/members";
    const ONE: &str = "/api/v1/organisations/{org}/members/{person}";
    const SESSIONS: &str = "/api/v1/organisations/{org}/members/{person}/sessions";
    vec![
        Route::new("GET", ALL, Members, get(members::list::list))
            .about("list_members", "Lists who belongs to an organisation, by address.")
            .answers(Answer::json::<api::List<api::Member>>(200)),
        Route::new("PUT", ONE, Members, put(members::set::set))
            .about("set_member", "Gives a member another role.")
            .asks::<DryRun>()
            .takes::<api::MemberSet>()
            .answers(Answer::json::<api::Plan>(200))
            .answers(Answer::empty(204)),
        Route::new("DELETE", ONE, Members, delete(members::set::remove))
            .about("remove_member", "Takes somebody out of an organisation.")
            .asks::<DryRun>()
            .answers(Answer::json::<api::Plan>(200))
            .answers(Answer::empty(204)),
        Route::new("GET", SESSIONS, Members, get(members::sessions::list))
            .about("list_member_sessions", "Lists a member's sessions, newest first.")
            .answers(Answer::json::<api::List<api::Session>>(200)),
        Route::new("DELETE", SESSIONS, Members, delete(members::sessions::end))
            .about("end_member_sessions", "Ends all of a member's sessions.")
            .answers(Answer::json::<api::SessionsEnded>(200)),
    ]
}

fn invited() -> Vec<Route> {
    const TO_ORGANISATION: &str = "/api/v1/organisations/{org}/invitations";
    const ONE_TO_ORGANISATION: &str = "/api/v1/organisations/{org}/invitations/{id}";
    const TO_INSTALLATION: &str = "/api/v1/invitations";
    const ONE_TO_INSTALLATION: &str = "/api/v1/invitations/{id}";
    vec![
        Route::new("GET", TO_ORGANISATION, Members, get(invitations::list::to_organisation))
            .about("list_invitations", "Lists the invitations to an organisation, by address.")
            .answers(Answer::json::<api::List<api::Invitation>>(200)),
        Route::new("POST", TO_ORGANISATION, Members, post(invitations::create::to_organisation))
            .about("invite", "Invites somebody to an organisation; the code is shown this once.")
            .asks::<DryRun>()
            .takes::<api::InvitationCreate>()
            .answers(Answer::json::<api::Plan>(200))
            .answers(Answer::json::<api::InvitationCreated>(201)),
        Route::new(
            "DELETE",
            ONE_TO_ORGANISATION,
            Members,
            delete(invitations::revoke::to_organisation),
        )
        .about("revoke_invitation", "Takes back an invitation to an organisation.")
        .answers(Answer::empty(204)),
        Route::new("GET", TO_INSTALLATION, Installation, get(invitations::list::to_installation))
            .about("list_operator_invitations", "Lists the invitations to the installation.")
            .answers(Answer::json::<api::List<api::Invitation>>(200)),
        Route::new(
            "POST",
            TO_INSTALLATION,
            Installation,
            post(invitations::create::to_installation),
        )
        .about("invite_operator", "Invites an operator; the code is shown this once.")
        .asks::<DryRun>()
        .takes::<api::InvitationCreate>()
        .answers(Answer::json::<api::Plan>(200))
        .answers(Answer::json::<api::InvitationCreated>(201)),
        Route::new(
            "DELETE",
            ONE_TO_INSTALLATION,
            Installation,
            delete(invitations::revoke::to_installation),
        )
        .about("revoke_operator_invitation", "Takes back an invitation to the installation.")
        .answers(Answer::empty(204)),
    ]
}

fn everybody() -> Vec<Route> {
    const ONE: &str = "/api/v1/people/{person}";
    const DISABLE: &str = "/api/v1/people/{person}/disable";
    const ENABLE: &str = "/api/v1/people/{person}/enable";
    const RESET: &str = "/api/v1/people/{person}/reset";
    const SESSIONS: &str = "/api/v1/people/{person}/sessions";
    vec![
        Route::new("GET", "/api/v1/people", Installation, get(people::list::list))
            .about("list_people", "Lists everybody who has an account, by address.")
            .answers(Answer::json::<api::List<api::Person>>(200)),
        Route::new("GET", ONE, Installation, get(people::show::show))
            .about("show_person", "Shows somebody who has an account.")
            .answers(Answer::json::<api::Person>(200)),
        Route::new("POST", DISABLE, Installation, post(people::disable::disable))
            .about("disable_person", "Lets somebody do nothing any more.")
            .asks::<DryRun>()
            .does::<api::Person>(),
        Route::new("POST", ENABLE, Installation, post(people::disable::enable))
            .about("enable_person", "Lets somebody in again.")
            .asks::<DryRun>()
            .does::<api::Person>(),
        Route::new("POST", RESET, Installation, post(people::reset::reset))
            .about(
                "reset_person",
                "Takes from somebody what they prove themselves with. On the host.",
            )
            .asks::<DryRun>()
            .takes::<api::PersonReset>()
            .does::<api::PersonWasReset>(),
        Route::new("GET", SESSIONS, Installation, get(people::sessions::list))
            .about("list_person_sessions", "Lists somebody's sessions, newest first.")
            .answers(Answer::json::<api::List<api::Session>>(200)),
        Route::new("DELETE", SESSIONS, Installation, delete(people::sessions::end))
            .about("end_person_sessions", "Ends all of somebody's sessions.")
            .answers(Answer::json::<api::SessionsEnded>(200)),
    ]
}
