//! PostgreSQL: connections.

use std::time::Duration;

use secrecy::{ExposeSecret as _, SecretString};
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use sqlx::{ConnectOptions as _, Connection as _, PgPool};

use crate::StoreError;

pub(crate) mod dump;

/// How long a caller waits for a connection.
const TURN: Duration = Duration::from_secs(30);
const CONNECTIONS: u32 = 10;

pub(crate) async fn pool(url: &SecretString) -> Result<PgPool, StoreError> {
    PgPoolOptions::new()
        .max_connections(CONNECTIONS)
        .acquire_timeout(TURN)
        .connect_with(options(url)?)
        .await
        .map_err(StoreError::Open)
}

pub(crate) async fn has_sealed_rows(url: &SecretString) -> Result<bool, StoreError> {
    let mut connection = options(url)?.connect().await.map_err(StoreError::Open)?;
    let table: Option<String> = sqlx::query_scalar("SELECT to_regclass('secret')::text")
        .fetch_one(&mut connection)
        .await
        .map_err(StoreError::query)?;
    let mut rows = 0_i64;
    if table.is_some() {
        rows = sqlx::query_scalar("SELECT COUNT(*) FROM secret")
            .fetch_one(&mut connection)
            .await
            .map_err(StoreError::query)?;
    }
    connection.close().await.map_err(StoreError::query)?;
    Ok(rows > 0)
}

pub(crate) fn options(url: &SecretString) -> Result<PgConnectOptions, StoreError> {
    let options: PgConnectOptions = url.expose_secret().parse().map_err(StoreError::Open)?;
    Ok(options.application_name("berth").disable_statement_logging())
}
