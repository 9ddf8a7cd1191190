//! What the tests share: one server, and names that no other test uses.

use std::sync::atomic::{AtomicU64, Ordering};

use berth_domain::{ObjectName, Param, Statement};
use berth_postgres::{Address, PostgresError, Server, TenantDb};
use berth_testkit::postgres::{SUPERUSER, Server as TestServer};
use secrecy::SecretString;
use sqlx::postgres::{PgConnectOptions, PgConnection};
use sqlx::{ConnectOptions as _, Row as _};

/// Connects to the shared server as its administrator.
pub(crate) async fn server() -> Server {
    let test = TestServer::shared();
    let password = SecretString::from(test.password());
    let server = Server::connect(&address(SUPERUSER), &password).await.unwrap();
    server.prepare_cluster().await.unwrap();
    server
}

pub(crate) fn address(user: &str) -> Address {
    let test = TestServer::shared();
    Address::Socket {
        folder: test.socket_folder().to_owned(),
        port: test.port(),
        user: user.to_owned(),
    }
}

/// A name that nothing has yet: `t` for tenants, `b` for blueprints.
pub(crate) fn fresh(kind: char) -> ObjectName {
    static NEXT: AtomicU64 = AtomicU64::new(1);
    let number = NEXT.fetch_add(1, Ordering::Relaxed);
    format!("{kind}_{number:010x}").parse().unwrap()
}

/// A role and its empty database.
pub(crate) struct Tenant {
    pub(crate) name: ObjectName,
    pub(crate) password: SecretString,
}

pub(crate) async fn role(server: &Server, kind: char) -> Tenant {
    let name = fresh(kind);
    let password = SecretString::from(format!("password of {name}"));
    server.ensure_role(&name, &password, 5).await.unwrap();
    Tenant { name, password }
}

pub(crate) async fn tenant(server: &Server, kind: char) -> Tenant {
    let tenant = role(server, kind).await;
    server.create_blank(&tenant.name, &tenant.name).await.unwrap();
    tenant
}

/// A sealed blueprint with a table, a sequence, a function and a schema in it.
pub(crate) async fn blueprint(server: &Server) -> Tenant {
    let blueprint = tenant(server, 'b').await;
    let mut db = open(server, &blueprint).await;
    db.apply(&[
        sql("CREATE TABLE res_users (id serial PRIMARY KEY, login text)"),
        sql("CREATE SCHEMA more"),
        sql("CREATE FUNCTION more.one() RETURNS int LANGUAGE sql AS 'SELECT 1'"),
        Statement::new("INSERT INTO res_users (login) VALUES ($1)", vec![Param::text("admin")]),
    ])
    .await
    .unwrap();
    db.close().await;
    server.seal(&blueprint.name).await.unwrap();
    blueprint
}

pub(crate) async fn open(server: &Server, tenant: &Tenant) -> TenantDb {
    server.open(&tenant.name, &tenant.password).await.unwrap()
}

pub(crate) fn sql(text: &str) -> Statement {
    Statement::new(text, Vec::new())
}

/// Signs in as a tenant's role to any database.
pub(crate) async fn sign_in(tenant: &Tenant, database: &str) -> Result<PgConnection, sqlx::Error> {
    use secrecy::ExposeSecret as _;
    let test = TestServer::shared();
    PgConnectOptions::new_without_pgpass()
        .socket(test.socket_folder())
        .port(test.port())
        .username(tenant.name.as_str())
        .password(tenant.password.expose_secret())
        .database(database)
        .connect()
        .await
}

/// Runs one statement as the superuser, past the crate under test.
pub(crate) fn as_superuser(database: &str, sql: &str) -> String {
    TestServer::shared().execute(database, sql).unwrap().trim().to_owned()
}

/// PostgreSQL's error code (appendix A), for the test's own connections.
pub(crate) fn code<T>(result: Result<T, sqlx::Error>) -> String {
    match result {
        Err(sqlx::Error::Database(error)) => error.code().unwrap_or_default().into_owned(),
        Err(other) => panic!("not an error of the server: {other}"),
        Ok(_) => "ok".to_owned(),
    }
}

/// The same for calls of the crate under test.
pub(crate) fn code_of<T>(result: Result<T, PostgresError>) -> String {
    match result {
        Err(
            PostgresError::Query { source, .. }
            | PostgresError::Refused { source, .. }
            | PostgresError::Unreachable { source, .. },
        ) => code::<()>(Err(source)),
        Err(other) => panic!("not an error of the server: {other}"),
        Ok(_) => "ok".to_owned(),
    }
}

/// The first column of the first row.
pub(crate) async fn one(connection: &mut PgConnection, sql: &'static str) -> String {
    sqlx::query(sql).fetch_one(connection).await.unwrap().get(0)
}
