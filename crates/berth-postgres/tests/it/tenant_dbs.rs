//! One database, reached as its owner.

use berth_domain::{Param, Statement};
use berth_postgres::PostgresError;

use crate::fixture::{as_superuser, code_of, open, server, sql, tenant};

#[tokio::test]
async fn statements_take_parameters_of_every_kind() {
    let server = server().await;
    let tenant = tenant(&server, 't').await;
    let mut db = open(&server, &tenant).await;
    db.apply(&[sql("CREATE TABLE t (a text, b int8, c bool, d text)")]).await.unwrap();
    let hostile = "'); DROP TABLE t; --";

    let params = vec![Param::text(hostile), Param::Int(7), Param::Bool(true), Param::Null];
    let insert = Statement::new("INSERT INTO t VALUES ($1, $2, $3, $4)", params);
    let changes = [insert, sql("UPDATE t SET b = 8"), sql("DELETE FROM t WHERE b = 7")];
    let touched = db.apply(&changes).await.unwrap();

    assert_eq!(touched, [1, 1, 0]);
    let rows = db.rows(&sql("SELECT a, b::text, c::text, d FROM t")).await.unwrap();
    assert_eq!(rows, [[Some(hostile.into()), Some("8".into()), Some("true".into()), None]]);
}

#[tokio::test]
async fn a_failed_statement_takes_those_before_it_along() {
    let server = server().await;
    let tenant = tenant(&server, 't').await;
    let mut db = open(&server, &tenant).await;

    let failed = db.apply(&[sql("CREATE TABLE t (a text)"), sql("SELECT nothing")]).await;

    assert_eq!(code_of(failed), "42703");
    let rows = db.rows(&sql("SELECT to_regclass('t')::text")).await.unwrap();
    assert_eq!(rows, [[None::<String>]]);
}

#[tokio::test]
async fn a_column_that_is_not_text_is_named() {
    let server = server().await;
    let tenant = tenant(&server, 't').await;
    let mut db = open(&server, &tenant).await;

    let refused = db.rows(&sql("SELECT 'x'::text, 1")).await;

    assert!(matches!(refused, Err(PostgresError::NotText { column: 2 })), "{refused:?}");
}

/// Whoever reads it is also the door of every tenant, and must not run out of memory.
#[tokio::test]
async fn an_answer_without_end_is_given_up() {
    let server = server().await;
    let tenant = tenant(&server, 't').await;
    let mut db = open(&server, &tenant).await;

    let endless = "SELECT repeat('x', 1000000) FROM generate_series(1, 1000000)";
    let refused = db.rows(&sql(endless)).await;

    assert!(matches!(refused, Err(PostgresError::TooMuch { .. })), "{refused:?}");
}

/// A tenant replaces a table that Berth reads by a view that would make it superuser.
#[tokio::test]
async fn what_a_tenant_plants_runs_with_its_own_rights() {
    let server = server().await;
    let tenant = tenant(&server, 't').await;
    let mut db = open(&server, &tenant).await;
    let trap = format!(
        "CREATE FUNCTION trap() RETURNS text LANGUAGE plpgsql AS
         $$ BEGIN RESET ROLE; RESET SESSION AUTHORIZATION; ALTER ROLE {} SUPERUSER; RETURN 'x'; END $$",
        tenant.name
    );
    db.apply(&[sql(&trap), sql("CREATE VIEW ir_module_module AS SELECT trap() AS name")])
        .await
        .unwrap();

    let sprung = db.rows(&sql("SELECT name FROM public.ir_module_module")).await;

    assert_eq!(code_of(sprung), "42501");
    let question = format!("SELECT rolsuper FROM pg_roles WHERE rolname = '{}'", tenant.name);
    assert_eq!(as_superuser("postgres", &question), "f");
}
