//! Rows on their way to domain types.

use std::str::FromStr;

use berth_domain::Timestamp;
use sqlx::Row as _;
use sqlx::postgres::PgRow;
use sqlx::sqlite::SqliteRow;

use crate::StoreError;

/// Where a row comes from, for messages about it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Source {
    pub(crate) table: &'static str,
    /// The column that tells its rows apart.
    pub(crate) key: &'static str,
}

/// One row, of either database.
pub(crate) struct Record {
    row: Row,
    source: Source,
}

pub(crate) enum Row {
    Sqlite(SqliteRow),
    Postgres(PgRow),
}

/// Values longer than this are cut in messages.
const SHOWN: usize = 60;

impl Record {
    pub(crate) fn new(row: Row, source: Source) -> Self {
        Self { row, source }
    }

    pub(crate) fn text_or_null(&self, column: &str) -> Result<Option<String>, StoreError> {
        match &self.row {
            Row::Sqlite(row) => row.try_get(column),
            Row::Postgres(row) => row.try_get(column),
        }
        .map_err(StoreError::Query)
    }

    pub(crate) fn integer_or_null(&self, column: &str) -> Result<Option<i64>, StoreError> {
        match &self.row {
            Row::Sqlite(row) => row.try_get(column),
            Row::Postgres(row) => row.try_get(column),
        }
        .map_err(StoreError::Query)
    }

    pub(crate) fn text(&self, column: &'static str) -> Result<String, StoreError> {
        self.text_or_null(column)?.ok_or_else(|| self.unknown(column, "NULL"))
    }

    pub(crate) fn integer(&self, column: &'static str) -> Result<i64, StoreError> {
        self.integer_or_null(column)?.ok_or_else(|| self.unknown(column, "NULL"))
    }

    pub(crate) fn parse<T: FromStr>(&self, column: &'static str) -> Result<T, StoreError> {
        let text = self.text(column)?;
        text.parse().map_err(|_| self.unknown(column, &text))
    }

    pub(crate) fn parse_or_null<T: FromStr>(
        &self,
        column: &'static str,
    ) -> Result<Option<T>, StoreError> {
        let Some(text) = self.text_or_null(column)? else { return Ok(None) };
        text.parse().map(Some).map_err(|_| self.unknown(column, &text))
    }

    pub(crate) fn unsigned<T: TryFrom<i64>>(&self, column: &'static str) -> Result<T, StoreError> {
        let number = self.integer(column)?;
        T::try_from(number).map_err(|_| self.unknown(column, &number.to_string()))
    }

    pub(crate) fn unsigned_or_null<T: TryFrom<i64>>(
        &self,
        column: &'static str,
    ) -> Result<Option<T>, StoreError> {
        let Some(number) = self.integer_or_null(column)? else { return Ok(None) };
        T::try_from(number).map(Some).map_err(|_| self.unknown(column, &number.to_string()))
    }

    pub(crate) fn time(&self, column: &'static str) -> Result<Timestamp, StoreError> {
        let micros = self.integer(column)?;
        Timestamp::from_microsecond(micros).map_err(|_| self.unknown(column, &micros.to_string()))
    }

    pub(crate) fn time_or_null(
        &self,
        column: &'static str,
    ) -> Result<Option<Timestamp>, StoreError> {
        let Some(micros) = self.integer_or_null(column)? else { return Ok(None) };
        let time = Timestamp::from_microsecond(micros);
        time.map(Some).map_err(|_| self.unknown(column, &micros.to_string()))
    }

    pub(crate) fn flag(&self, column: &'static str) -> Result<bool, StoreError> {
        match self.integer(column)? {
            0 => Ok(false),
            1 => Ok(true),
            other => Err(self.unknown(column, &other.to_string())),
        }
    }

    pub(crate) fn json<T: serde::de::DeserializeOwned>(
        &self,
        column: &'static str,
    ) -> Result<T, StoreError> {
        let text = self.text(column)?;
        serde_json::from_str(&text).map_err(|_| self.unknown(column, &text))
    }

    /// Reports a value that this version does not understand.
    pub(crate) fn unknown(&self, column: &'static str, value: &str) -> StoreError {
        let value = value.chars().take(SHOWN).collect();
        StoreError::Unknown { table: self.source.table, row: self.key(), column, value }
    }

    /// Reports columns that do not go together.
    pub(crate) fn inconsistent(&self, why: &'static str) -> StoreError {
        StoreError::Inconsistent { table: self.source.table, row: self.key(), why }
    }

    /// What tells it apart from the others of its table.
    pub(crate) fn key(&self) -> String {
        if let Ok(Some(key)) = self.text_or_null(self.source.key) {
            return key;
        }
        match self.integer_or_null(self.source.key) {
            Ok(Some(key)) => key.to_string(),
            _ => "?".to_owned(),
        }
    }
}
