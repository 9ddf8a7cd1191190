//! The second factor: an authenticator, and the codes on paper.

use askama::Template;
use axum::response::Response;
use berth_engine::view::Enrolment;
use http::StatusCode;
use secrecy::{ExposeSecret as _, SecretString};
use serde::Deserialize;

use super::page::again;
use super::qr::Qr;
use crate::error::ApiError;
use crate::pages::form::Form;
use crate::pages::html::{page, page_with, see_other};
use crate::pages::said::Said;
use crate::pages::shell::{Nav, OwnSeat, Shell};

/// The password, typed once more.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Proof {
    current_password: String,
}

/// The first code of an authenticator.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct First {
    code: String,
}

/// An authenticator is told what to show. Without a picture: it was told before.
#[derive(Debug, Template)]
#[template(path = "second_factor.html")]
struct FactorPage {
    shell: Shell,
    told: Option<Told>,
    said: Said,
}

/// What an authenticator is told.
#[derive(Debug)]
struct Told {
    qr: Option<Qr>,
    url: String,
    key: String,
}

/// Codes for whoever lost their authenticator.
#[derive(Debug, Template)]
#[template(path = "recovery_codes.html")]
struct CodesPage {
    shell: Shell,
    codes: Vec<String>,
    /// The same as a file.
    file: String,
    is_new: bool,
}

/// Makes a secret for an authenticator, and shows it this once.
pub(crate) async fn enrol(seat: OwnSeat, Form(proof): Form<Proof>) -> Result<Response, ApiError> {
    let visit = &seat.visit;
    let password = proof.current_password.into();
    match visit.engine.enrol_second_factor(visit.me()?, &visit.whence, password).await {
        Ok(Enrolment { url, key }) => {
            let (url, key) = (url.expose_secret().to_owned(), grouped(key.expose_secret()));
            let told = Some(Told { qr: Qr::of(&url), url, key });
            let shell = seat.shell((Nav::Account, TITLE.to_owned())).await?;
            page(&FactorPage { shell, told, said: Said::default() })
        }
        Err(error) => again(seat, "enrol", error).await,
    }
}

/// Takes its first code, and shows recovery codes this once.
pub(crate) async fn confirm(seat: OwnSeat, Form(first): Form<First>) -> Result<Response, ApiError> {
    let visit = &seat.visit;
    let code = SecretString::from(first.code.replace(' ', ""));
    match visit.engine.confirm_second_factor(visit.me()?, &visit.whence, &code).await {
        Ok(codes) => codes_page(seat, &codes, true).await,
        Err(error) => {
            let wrong =
                ("code", "This is not the code that the app shows now. Is its clock right?");
            let said = Said::of_proof(error, wrong)?;
            let shell = seat.shell((Nav::Account, TITLE.to_owned())).await?;
            let again = FactorPage { shell, told: None, said };
            page_with(StatusCode::UNPROCESSABLE_ENTITY, &again)
        }
    }
}

/// Has no second factor asked for any more.
pub(crate) async fn remove(seat: OwnSeat, Form(proof): Form<Proof>) -> Result<Response, ApiError> {
    let visit = &seat.visit;
    let password = proof.current_password.into();
    match visit.engine.remove_second_factor(visit.me()?, &visit.whence, password).await {
        Ok(()) => Ok(see_other("/account?done=second-factor")),
        Err(error) => again(seat, "remove", error).await,
    }
}

/// Makes new recovery codes, and shows them this once.
pub(crate) async fn renew(seat: OwnSeat, Form(proof): Form<Proof>) -> Result<Response, ApiError> {
    let visit = &seat.visit;
    let password = proof.current_password.into();
    match visit.engine.new_recovery_codes(visit.me()?, &visit.whence, password).await {
        Ok(codes) => codes_page(seat, &codes, false).await,
        Err(error) => again(seat, "renew", error).await,
    }
}

const TITLE: &str = "Second factor";

async fn codes_page(
    seat: OwnSeat,
    codes: &[SecretString],
    is_new: bool,
) -> Result<Response, ApiError> {
    let codes: Vec<String> = codes.iter().map(|code| code.expose_secret().to_owned()).collect();
    // Recovery codes are letters, digits and dashes (`berth_identity::totp`).
    let file = format!("data:text/plain,{}%0A", codes.join("%0A"));
    let shell = seat.shell((Nav::Account, "Recovery codes".to_owned())).await?;
    page(&CodesPage { shell, codes, file, is_new })
}

/// `JBSWY3DP` → `JBSW Y3DP`, for typing.
fn grouped(key: &str) -> String {
    let signs: Vec<char> = key.chars().filter(|sign| !sign.is_whitespace()).collect();
    let groups: Vec<String> = signs.chunks(4).map(|group| group.iter().collect()).collect();
    groups.join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_typed_four_signs_at_a_time() {
        assert_eq!(grouped("JBSWY3DPEH"), "JBSW Y3DP EH");
        assert_eq!(grouped("JBSW Y3DP"), "JBSW Y3DP");
        assert_eq!(grouped(""), "");
    }
}
