//! Passwords and tokens are data, alone on standard output.

use berth_api::v1::{SetupToken, examples};

use crate::fake::{Canned, Fake};
use crate::run::transcript;

#[test]
fn a_password_can_be_piped() {
    let line = "GET /api/v1/organisations/default/tenants/acme/password";
    let fake = Fake::new([(line, Canned::json(200, &examples::credentials()))]);

    insta::assert_snapshot!(transcript(fake.home(), &["tenant", "password", "show", "acme"]));
}

#[test]
fn the_setup_token_is_shown_until_the_console_is_claimed() {
    let line = "POST /api/v1/setup-token";
    let fake = Fake::new([
        (line, Canned::json(200, &examples::setup_token())),
        (line, Canned::json(200, &SetupToken { token: None })),
    ]);

    insta::assert_snapshot!("setup_token", transcript(fake.home(), &["setup-token"]));
    insta::assert_snapshot!("claimed_already", transcript(fake.home(), &["setup-token"]));
}
