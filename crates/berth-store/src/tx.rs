//! One open transaction.

use std::sync::Arc;

use sqlx::{Postgres, Sqlite, Transaction};

use crate::arg::Arg;
use crate::record::{Record, Row, Source};
use crate::{Key, StoreError};

/// An open transaction. Dropping it takes everything back.
pub struct Tx {
    inner: Inner,
    key: Arc<Key>,
    is_writing: bool,
}

enum Inner {
    Sqlite(Transaction<'static, Sqlite>),
    Postgres(Transaction<'static, Postgres>),
}

/// Whether a compare-and-set found what it expected.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[must_use = "`Unchanged` means that somebody else was faster"]
pub enum Change {
    Updated,
    /// The row is gone, or is no longer what the caller thought. Nothing was written.
    Unchanged,
}

impl Change {
    /// Whether the write happened.
    #[must_use]
    pub const fn is_updated(self) -> bool {
        matches!(self, Self::Updated)
    }
}

/// Binds every argument, in order.
macro_rules! bound {
    ($sql:expr, $args:expr) => {{
        let mut query = sqlx::query($sql);
        for arg in $args {
            query = match arg {
                Arg::Text(value) => query.bind(value),
                Arg::Integer(value) => query.bind(value),
            };
        }
        query
    }};
}

impl Tx {
    pub(crate) fn sqlite(transaction: Transaction<'static, Sqlite>, key: Arc<Key>) -> Self {
        Self { inner: Inner::Sqlite(transaction), key, is_writing: false }
    }

    pub(crate) fn postgres(transaction: Transaction<'static, Postgres>, key: Arc<Key>) -> Self {
        Self { inner: Inner::Postgres(transaction), key, is_writing: false }
    }

    /// The same, of one that writes.
    pub(crate) fn writing(self) -> Self {
        Self { is_writing: true, ..self }
    }

    /// Makes everything since `begin` durable and visible, all of it or nothing.
    pub async fn commit(self) -> Result<(), StoreError> {
        match self.inner {
            Inner::Sqlite(transaction) => transaction.commit().await,
            Inner::Postgres(transaction) => transaction.commit().await,
        }
        .map_err(StoreError::query)
    }

    pub(crate) fn key(&self) -> &Key {
        &self.key
    }

    /// Returns the text for the database that this transaction is in.
    pub(crate) const fn either(
        &self,
        sqlite: &'static str,
        postgres: &'static str,
    ) -> &'static str {
        match self.inner {
            Inner::Sqlite(_) => sqlite,
            Inner::Postgres(_) => postgres,
        }
    }

    /// Returns the text that also keeps others from removing the rows that it finds, until this transaction
    /// ends, where there is such a thing and this transaction may: SQLite has one writer at a time.
    pub(crate) const fn holding(&self, plain: &'static str, holding: &'static str) -> &'static str {
        match self.inner {
            Inner::Postgres(_) if self.is_writing => holding,
            Inner::Postgres(_) | Inner::Sqlite(_) => plain,
        }
    }

    /// Runs a statement and returns how many rows it touched.
    pub(crate) async fn execute(
        &mut self,
        sql: &'static str,
        args: Vec<Arg>,
    ) -> Result<u64, StoreError> {
        let touched = match &mut self.inner {
            Inner::Sqlite(transaction) => {
                bound!(sql, args).execute(&mut **transaction).await.map(|done| done.rows_affected())
            }
            Inner::Postgres(transaction) => {
                bound!(sql, args).execute(&mut **transaction).await.map(|done| done.rows_affected())
            }
        };
        touched.map_err(StoreError::query)
    }

    /// Runs a statement that touches one row or none.
    pub(crate) async fn change(
        &mut self,
        sql: &'static str,
        args: Vec<Arg>,
    ) -> Result<Change, StoreError> {
        let touched = self.execute(sql, args).await?;
        Ok(if touched == 0 { Change::Unchanged } else { Change::Updated })
    }

    pub(crate) async fn all(
        &mut self,
        source: Source,
        sql: &'static str,
        args: Vec<Arg>,
    ) -> Result<Vec<Record>, StoreError> {
        let rows: Result<Vec<Row>, sqlx::Error> = match &mut self.inner {
            Inner::Sqlite(transaction) => bound!(sql, args)
                .fetch_all(&mut **transaction)
                .await
                .map(|rows| rows.into_iter().map(Row::Sqlite).collect()),
            Inner::Postgres(transaction) => bound!(sql, args)
                .fetch_all(&mut **transaction)
                .await
                .map(|rows| rows.into_iter().map(Row::Postgres).collect()),
        };
        let rows = rows.map_err(StoreError::query)?;
        Ok(rows.into_iter().map(|row| Record::new(row, source)).collect())
    }

    /// Returns the first row, `None` when there is none.
    pub(crate) async fn first(
        &mut self,
        source: Source,
        sql: &'static str,
        args: Vec<Arg>,
    ) -> Result<Option<Record>, StoreError> {
        Ok(self.all(source, sql, args).await?.into_iter().next())
    }
}

impl std::fmt::Debug for Tx {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.either("Tx(SQLite)", "Tx(PostgreSQL)"))
    }
}
