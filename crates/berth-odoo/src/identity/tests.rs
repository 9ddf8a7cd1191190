use std::fmt::Write as _;

use super::*;
use crate::password::{self, Rounds};

fn identity() -> Identity {
    Identity {
        uuid: "0190aaaa-bbbb-7ccc-8ddd-eeeeffff0001".into(),
        secret: SecretString::from("canary-secret"),
        created_at: "2026-05-04T10:00:00.123456Z".parse().unwrap(),
        base_url: "http://acme.localhost:8069".into(),
        admin_login: "anna".parse().unwrap(),
        admin_password: password::hash(&SecretString::from("x"), [0; 16], Rounds::Generated),
        language: "de_DE".parse().unwrap(),
        time_zone: "Europe/Berlin".parse().unwrap(),
        company: "O'Neill & Söhne".parse().unwrap(),
        email: Some("anna@example.com".parse().unwrap()),
        country: Some("DE".parse().unwrap()),
    }
}

fn schema_of_19() -> Schema {
    Schema::of(&[
        ("ir_cron", "failure_count"),
        ("ir_mail_server", "id"),
        ("res_device_log", "id"),
        ("res_partner", "complete_name"),
        ("res_partner", "email_normalized"),
        ("res_users", "totp_secret"),
        ("res_users_apikeys", "id"),
    ])
}

#[test]
fn a_database_of_19_with_mail() {
    let mut text = String::new();
    for Statement { sql, params } in statements(&identity(), &schema_of_19()) {
        writeln!(text, "{sql}\n-- {params:?}\n").unwrap();
    }

    insta::assert_snapshot!(text);
}

#[test]
fn nothing_that_a_person_typed_is_part_of_a_text() {
    for statement in statements(&identity(), &schema_of_19()) {
        for typed in ["O'Neill", "anna", "de_DE", "Berlin", "canary", "acme"] {
            assert!(!statement.sql.contains(typed), "{}", statement.sql);
        }
    }
}

#[test]
fn an_older_database_is_only_asked_for_columns_it_has() {
    let schema = Schema::of(&[("ir_cron", "nextcall"), ("res_partner", "display_name")]);

    let text: String = statements(&identity(), &schema).into_iter().map(|s| s.sql).collect();

    for column in ["complete_name", "email_normalized", "failure_count", "totp_secret", "apikeys"] {
        assert!(!text.contains(column), "{column}");
    }
    assert!(text.contains("display_name = $1"));
}

#[test]
fn a_currency_in_use_is_left_alone() {
    let schema = Schema::of(&[("account_move_line", "id")]);

    let texts: Vec<_> =
        country(&"DE".parse().unwrap(), &schema).into_iter().map(|s| s.sql).collect();

    assert_eq!(texts.len(), 1);
    assert!(texts[0].contains("country_id"));
}

#[test]
fn a_blueprint_without_an_administrator_is_damaged() {
    assert_eq!(check(&[1, 1, 1, 1, 0, 7]), Ok(()));
    assert_eq!(
        check(&[0, 1, 1, 1]).map_err(|error| error.to_string()),
        Err("the database has no administrator, or more than one: the blueprint is damaged".into())
    );
    assert_eq!(check(&[1, 1, 1]), Err(NotFound { what: "main company's contact" }));
}
