//! Answers with many rows.

use crate::arg::{Arg, integer};
use crate::record::{Record, Source};
use crate::{StoreError, Tx};

/// Rows that could be read, and why the others could not.
///
/// One row of a newer version must not hide all the others, and must not be hidden either.
#[derive(Debug)]
pub struct Listed<T> {
    pub rows: Vec<T>,
    pub unreadable: Vec<StoreError>,
    /// Behind what the next page begins, which is the last row, readable or not. `None`: there is no
    /// other page.
    pub next: Option<String>,
}

/// Which part of a list: at most `limit` rows, beginning behind `after`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page<K> {
    /// `None` begins at the front.
    pub after: Option<K>,
    pub limit: u32,
}

/// Which part of a list that can be read from either end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part<K> {
    pub page: Page<K>,
    /// From the last to the first.
    pub is_reversed: bool,
}

impl<K> Part<K> {
    /// The first page.
    #[must_use]
    pub const fn first(limit: u32) -> Self {
        Self { page: Page { after: None, limit }, is_reversed: false }
    }
}

impl<T> Listed<T> {
    pub(crate) fn read(
        records: Vec<Record>,
        mut read: impl FnMut(&Record) -> Result<T, StoreError>,
    ) -> Self {
        let rows = Vec::with_capacity(records.len());
        let mut listed = Self { rows, unreadable: Vec::new(), next: None };
        for record in records {
            match read(&record) {
                Ok(row) => listed.rows.push(row),
                Err(error) => listed.unreadable.push(error),
            }
        }
        listed
    }

    /// The same of one page, whose next one begins behind the key of its last row.
    pub(crate) fn page(
        records: Vec<Record>,
        limit: u32,
        read: impl FnMut(&Record) -> Result<T, StoreError>,
    ) -> Self {
        let last = records.last().filter(|_| is_full(&records, limit));
        let next = last.map(Record::key);
        Self { next, ..Self::read(records, read) }
    }

    /// The same, when the next one begins behind something else than the key.
    pub(crate) fn page_by(
        records: Vec<Record>,
        limit: u32,
        place: impl Fn(&Record) -> Result<String, StoreError>,
        read: impl FnMut(&Record) -> Result<T, StoreError>,
    ) -> Result<Self, StoreError> {
        let next = match records.last() {
            Some(last) if is_full(&records, limit) => Some(place(last)?),
            _ => None,
        };
        Ok(Self { next, ..Self::read(records, read) })
    }
}

/// Reads the first rows that can be read, at most `limit` at once: those before them that cannot be read
/// are reported and passed, so that no number of them hides all others for ever.
///
/// The statement ends with `LIMIT` and `OFFSET`, whose arguments come last.
pub(crate) async fn first_readable<T>(
    tx: &mut Tx,
    (source, sql): (Source, &'static str),
    args: Vec<Arg>,
    limit: u32,
    read: impl Fn(&Record) -> Result<T, StoreError>,
) -> Result<Listed<T>, StoreError> {
    let mut passed: Vec<StoreError> = Vec::new();
    loop {
        let mut args = args.clone();
        let skipped = u32::try_from(passed.len()).unwrap_or(u32::MAX);
        args.extend([integer(limit), integer(skipped)]);
        let records = tx.all(source, sql, args).await?;
        let is_last = !is_full(&records, limit);
        let found = Listed::read(records, &read);
        passed.extend(found.unreadable);
        if is_last || !found.rows.is_empty() {
            return Ok(Listed { rows: found.rows, unreadable: passed, next: None });
        }
    }
}

/// Whether there may be another page.
pub(crate) fn is_full(records: &[Record], limit: u32) -> bool {
    u32::try_from(records.len()).is_ok_and(|count| count >= limit)
}
