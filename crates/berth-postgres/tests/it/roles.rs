//! Roles: what they may, and that asking again changes nothing.

use berth_postgres::PostgresError;
use secrecy::SecretString;

use crate::fixture::{
    as_superuser, code, code_of, fresh, one, open, role, server, sign_in, sql, tenant,
};

#[tokio::test]
async fn a_verifier_that_was_computed_here_lets_the_role_sign_in() {
    let server = server().await;
    let tenant = role(&server, 't').await;

    let mut connection = sign_in(&tenant, "postgres").await.unwrap();

    assert_eq!(one(&mut connection, "SELECT current_user::text").await, tenant.name.as_str());
    let stored = as_superuser(
        "postgres",
        &format!("SELECT rolpassword FROM pg_authid WHERE rolname = '{}'", tenant.name),
    );
    assert!(stored.starts_with("SCRAM-SHA-256$4096:"), "{stored}");
}

#[tokio::test]
async fn a_wrong_password_is_refused() {
    let server = server().await;
    let tenant = tenant(&server, 't').await;

    let refused = server.open(&tenant.name, &SecretString::from("wrong")).await;

    assert!(matches!(refused, Err(PostgresError::Refused { .. })));
}

#[tokio::test]
async fn a_role_makes_no_databases_and_no_roles() {
    let server = server().await;
    let tenant = tenant(&server, 't').await;
    let mut connection = sign_in(&tenant, "postgres").await.unwrap();

    for attempt in ["CREATE DATABASE mine", "CREATE ROLE mine", "ALTER ROLE CURRENT_USER SUPERUSER"]
    {
        let tried = sqlx::raw_sql(attempt).execute(&mut connection).await;
        assert_eq!(code(tried), "42501", "{attempt}");
    }
}

#[tokio::test]
async fn rights_that_somebody_granted_are_taken_back() {
    let server = server().await;
    let tenant = role(&server, 't').await;
    as_superuser("postgres", &format!("ALTER ROLE {} SUPERUSER CREATEDB", tenant.name));

    server.ensure_role(&tenant.name, &tenant.password, 5).await.unwrap();

    let question =
        format!("SELECT rolsuper OR rolcreatedb FROM pg_roles WHERE rolname = '{}'", tenant.name);
    assert_eq!(as_superuser("postgres", &question), "f");
}

#[tokio::test]
async fn the_connection_limit_holds() {
    let server = server().await;
    let tenant = tenant(&server, 't').await;
    server.ensure_role(&tenant.name, &tenant.password, 1).await.unwrap();

    let first = open(&server, &tenant).await;
    let second = server.open(&tenant.name, &tenant.password).await;

    assert_eq!(code_of(second), "53300");
    first.close().await;
}

#[tokio::test]
async fn a_disabled_role_is_thrown_out_and_stays_out() {
    let server = server().await;
    let tenant = tenant(&server, 't').await;
    let mut db = open(&server, &tenant).await;

    server.disable_role(&tenant.name).await.unwrap();

    assert!(db.rows(&sql("SELECT 'x'::text")).await.is_err());
    assert_eq!(code_of(server.open(&tenant.name, &tenant.password).await), "28000");
    let found = server.find_role(&tenant.name).await.unwrap().unwrap();
    assert!(!found.can_login);
}

#[tokio::test]
async fn dropping_a_role_twice_is_one_drop() {
    let server = server().await;
    let tenant = role(&server, 't').await;

    server.drop_role(&tenant.name).await.unwrap();
    server.drop_role(&tenant.name).await.unwrap();
    server.drop_role(&fresh('t')).await.unwrap();

    assert_eq!(server.find_role(&tenant.name).await.unwrap(), None);
}

#[tokio::test]
async fn a_role_that_owns_a_database_is_kept() {
    let server = server().await;
    let tenant = tenant(&server, 't').await;

    let refused = server.drop_role(&tenant.name).await;
    assert!(matches!(refused, Err(PostgresError::RoleInUse(_))), "{refused:?}");

    server.drop_database(&tenant.name).await.unwrap();
    server.drop_role(&tenant.name).await.unwrap();
    assert!(server.roles().await.unwrap().iter().all(|role| role.name != tenant.name));
}
