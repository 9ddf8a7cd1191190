//! Answers with many rows.

use crate::StoreError;
use crate::record::Record;

/// Rows that could be read, and why the others could not.
///
/// One row of a newer version must not hide all the others, and must not be hidden either.
#[derive(Debug)]
pub struct Listed<T> {
    pub rows: Vec<T>,
    pub unreadable: Vec<StoreError>,
}

/// Which part of a list: at most `limit` rows, beginning behind `after`.
///
/// The list is at its end when rows and unreadable rows together are fewer than `limit`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page<K> {
    /// `None` begins at the front.
    pub after: Option<K>,
    pub limit: u32,
}

impl<T> Listed<T> {
    pub(crate) fn read(
        records: Vec<Record>,
        mut read: impl FnMut(&Record) -> Result<T, StoreError>,
    ) -> Self {
        let mut listed = Self { rows: Vec::with_capacity(records.len()), unreadable: Vec::new() };
        for record in records {
            match read(&record) {
                Ok(row) => listed.rows.push(row),
                Err(error) => listed.unreadable.push(error),
            }
        }
        listed
    }
}
