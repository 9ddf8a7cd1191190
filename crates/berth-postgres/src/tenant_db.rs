//! One database, reached as the role that owns it.

use berth_domain::{Bytes, Param, Statement};
use futures_util::TryStreamExt as _;
use sqlx::postgres::{PgArguments, PgConnection, PgRow};
use sqlx::query::Query;
use sqlx::{Column as _, Connection as _, Postgres, Row as _, TypeInfo as _};

use crate::PostgresError;
use crate::error::query;
use crate::quote::assert_safe;

/// One row of an answer; `None` is `NULL`.
pub type Row = Vec<Option<String>>;

/// The most that an answer may hold: two million attachments fit.
const MOST: Bytes = Bytes::mib(256);
/// What a cell takes beside its text.
const CELL: usize = size_of::<Option<String>>();

/// One connection to one tenant's or blueprint's database.
///
/// It counts against the role's connection limit and hinders cloning, so it is closed (or dropped)
/// when its caller is done.
#[derive(Debug)]
pub struct TenantDb {
    connection: PgConnection,
}

impl TenantDb {
    pub(crate) const fn new(connection: PgConnection) -> Self {
        Self { connection }
    }

    /// Runs all statements in one transaction: all of them happen, or none.
    ///
    /// Returns how many rows each of them touched.
    pub async fn apply(&mut self, statements: &[Statement]) -> Result<Vec<u64>, PostgresError> {
        let mut transaction =
            self.connection.begin().await.map_err(query("begin a transaction"))?;
        let mut touched = Vec::with_capacity(statements.len());
        for statement in statements {
            let done = bound(statement)
                .execute(&mut *transaction)
                .await
                .map_err(query("change the database"))?;
            touched.push(done.rows_affected());
        }
        transaction.commit().await.map_err(query("commit the changes"))?;
        Ok(touched)
    }

    /// Returns the rows of an answer whose columns are all of type `text` (cast them with `::text`).
    ///
    /// Fails when they are more than 256 MiB. One row alone may be as large as PostgreSQL allows, so
    /// statements cut long columns themselves (`left`).
    pub async fn rows(&mut self, statement: &Statement) -> Result<Vec<Row>, PostgresError> {
        let mut found = Vec::new();
        let mut size = 0;
        let mut rows = bound(statement).fetch(&mut self.connection);
        while let Some(row) = rows.try_next().await.map_err(query("read from the database"))? {
            let row = texts(&row)?;
            size +=
                row.iter().map(|cell| CELL + cell.as_ref().map_or(0, String::len)).sum::<usize>();
            if size as u64 > MOST.0 {
                return Err(PostgresError::TooMuch { most: MOST });
            }
            found.push(row);
        }
        Ok(found)
    }

    /// Ends the session.
    pub async fn close(self) {
        // The server notices a cut connection too, so a failure here loses nothing.
        let _ = self.connection.close().await;
    }
}

fn texts(row: &PgRow) -> Result<Row, PostgresError> {
    let texts = row.columns().iter().map(|column| {
        let index = column.ordinal();
        if !matches!(column.type_info().name(), "TEXT" | "VARCHAR" | "NAME") {
            return Err(PostgresError::NotText { column: index + 1 });
        }
        row.try_get::<Option<String>, _>(index).map_err(query("read a column"))
    });
    texts.collect()
}

fn bound(statement: &Statement) -> Query<'_, Postgres, PgArguments> {
    // Not persistent: a session is short, and the statement would be parsed once anyway.
    let query = sqlx::query(assert_safe(statement.sql.clone())).persistent(false);
    statement.params.iter().fold(query, |query, param| match param {
        Param::Text(text) => query.bind(text.as_str()),
        Param::Int(value) => query.bind(*value),
        Param::Bool(value) => query.bind(*value),
        Param::Null => query.bind(None::<&str>),
    })
}
