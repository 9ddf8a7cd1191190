//! Databases: who gets in, and that every step can be repeated.

use berth_postgres::PostgresError;

use crate::fixture::{
    as_superuser, code, code_of, fresh, one, open, role, server, sign_in, sql, tenant,
};

#[tokio::test]
async fn a_tenant_cannot_connect_to_another_tenants_database() {
    let server = server().await;
    let mine = tenant(&server, 't').await;
    let theirs = tenant(&server, 't').await;

    assert_eq!(code(sign_in(&mine, theirs.name.as_str()).await), "42501");
    assert_eq!(code(sign_in(&mine, "template1").await), "42501");
    assert_eq!(code(sign_in(&mine, mine.name.as_str()).await), "ok");
}

#[tokio::test]
async fn a_tenant_listens_on_the_shared_database_and_makes_nothing_there() {
    let server = server().await;
    let tenant = tenant(&server, 't').await;
    let mut connection = sign_in(&tenant, "postgres").await.unwrap();

    sqlx::raw_sql("LISTEN imbus").execute(&mut connection).await.unwrap();

    for attempt in
        ["CREATE TABLE mine (id int)", "CREATE TEMP TABLE mine (id int)", "CREATE SCHEMA mine"]
    {
        let tried = sqlx::raw_sql(attempt).execute(&mut connection).await;
        assert_eq!(code(tried), "42501", "{attempt}");
    }
}

#[tokio::test]
async fn an_owner_makes_tables_schemas_and_temporary_tables() {
    let server = server().await;
    let tenant = tenant(&server, 't').await;
    let mut db = open(&server, &tenant).await;

    let made = db
        .apply(&[
            sql("CREATE TABLE mine (id int)"),
            sql("CREATE SCHEMA mine"),
            sql("CREATE TEMP TABLE passing (id int)"),
        ])
        .await;

    assert_eq!(code_of(made), "ok");
}

#[tokio::test]
async fn a_blank_database_is_utf8_bytewise_and_can_search() {
    let server = server().await;
    let tenant = tenant(&server, 't').await;
    let mut connection = sign_in(&tenant, tenant.name.as_str()).await.unwrap();

    let question = "SELECT pg_encoding_to_char(encoding) || ' ' || datcollate
                      FROM pg_database WHERE datname = current_database()";
    assert_eq!(one(&mut connection, question).await, "UTF8 C");
    assert_eq!(one(&mut connection, "SELECT unaccent('Hôtel')").await, "Hotel");
    sqlx::raw_sql(
        "CREATE TABLE t (name text); CREATE INDEX ON t USING gin (unaccent(name) gin_trgm_ops)",
    )
    .execute(&mut connection)
    .await
    .unwrap();
}

#[tokio::test]
async fn a_complete_database_is_kept_and_a_half_made_one_is_made_again() {
    let server = server().await;
    let tenant = tenant(&server, 't').await;
    let database = tenant.name.as_str();
    as_superuser(database, "CREATE TABLE kept (id int)");

    server.create_blank(&tenant.name, &tenant.name).await.unwrap();
    assert_eq!(as_superuser(database, "SELECT to_regclass('kept') IS NULL"), "f");

    as_superuser("postgres", &format!("COMMENT ON DATABASE {database} IS NULL"));
    server.create_blank(&tenant.name, &tenant.name).await.unwrap();
    assert_eq!(as_superuser(database, "SELECT to_regclass('kept') IS NULL"), "t");
}

#[tokio::test]
async fn another_owners_database_is_not_taken() {
    let server = server().await;
    let (tenant, other) = (tenant(&server, 't').await, role(&server, 't').await);

    let refused = server.create_blank(&tenant.name, &other.name).await;

    assert!(matches!(refused, Err(PostgresError::OwnedByAnother { .. })), "{refused:?}");
}

#[tokio::test]
async fn a_database_is_dropped_under_whoever_is_connected_and_twice() {
    let server = server().await;
    let tenant = tenant(&server, 't').await;
    let mut db = open(&server, &tenant).await;

    server.drop_database(&tenant.name).await.unwrap();
    server.drop_database(&tenant.name).await.unwrap();
    server.drop_database(&fresh('t')).await.unwrap();

    assert!(db.rows(&sql("SELECT 'x'::text")).await.is_err());
    assert_eq!(server.find_database(&tenant.name).await.unwrap(), None);
    let gone = server.open(&tenant.name, &tenant.password).await;
    assert!(matches!(gone, Err(PostgresError::NoSuchDatabase(_))), "{gone:?}");
}

#[tokio::test]
async fn a_sealed_database_is_closed_a_template_and_the_administrators() {
    let server = server().await;
    let blueprint = tenant(&server, 'b').await;
    let mut db = open(&server, &blueprint).await;

    server.seal(&blueprint.name).await.unwrap();
    server.seal(&blueprint.name).await.unwrap();

    assert!(db.rows(&sql("SELECT 'x'::text")).await.is_err());
    let found = server.find_database(&blueprint.name).await.unwrap().unwrap();
    assert!(found.is_template && found.is_complete() && !found.allows_connections);
    assert_eq!(found.owner, berth_testkit::postgres::SUPERUSER);
    assert_eq!(code_of(server.open(&blueprint.name, &blueprint.password).await), "55000");

    server.drop_database(&blueprint.name).await.unwrap();
    assert_eq!(server.find_database(&blueprint.name).await.unwrap(), None);
}

#[tokio::test]
async fn an_archived_database_opens_again() {
    let server = server().await;
    let tenant = tenant(&server, 't').await;

    server.allow_connections(&tenant.name, false).await.unwrap();
    assert_eq!(code_of(server.open(&tenant.name, &tenant.password).await), "55000");

    server.allow_connections(&tenant.name, true).await.unwrap();
    open(&server, &tenant).await.close().await;
}

#[tokio::test]
async fn only_object_named_databases_are_listed_with_owner_and_size() {
    let server = server().await;
    let tenant = tenant(&server, 't').await;
    let _other = berth_testkit::postgres::Server::shared().database();

    let databases = server.databases().await.unwrap();

    let mine = databases.iter().find(|found| found.name == tenant.name).unwrap();
    assert_eq!(mine.owner, tenant.name.as_str());
    assert!(mine.size.0 > 1_000_000);
    assert_eq!(mine.size, server.database_size(&tenant.name).await.unwrap());
    assert!(databases.iter().all(|found| !found.name.as_str().starts_with("test_")));
}
