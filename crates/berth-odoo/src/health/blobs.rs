//! Whether every attachment's file is there.

use std::path::Path;

use berth_domain::Statement;

use super::{Probe, Status, probe};
use crate::filestore::is_blob_name;
use crate::{Row, cell};

const SHOWN: usize = 3;

/// Asks for every stored file. One row each, so ask rarely.
#[must_use]
pub fn blobs_statement() -> Statement {
    Statement::new(
        "SELECT DISTINCT left(store_fname::text, 64)
           FROM public.ir_attachment
          WHERE store_fname IS NOT NULL
          ORDER BY 1",
        Vec::new(),
    )
}

/// Looks for the files of [`blobs_statement`] in a filestore ([`crate::filestore::filestore`]).
///
/// An empty file is missing, too: Odoo writes attachments without synchronising them, and a crash can
/// leave the row and lose the content. Only Odoo's one empty blob (the SHA-1 of nothing) is empty.
#[must_use]
pub fn blobs(rows: &[Row], filestore: &Path) -> Probe {
    const EMPTY: &str = "da/da39a3ee5e6b4b0d3255bfef95601890afd80709";
    let name = "filestore";
    let is_there = |blob: &&str| {
        is_blob_name(blob)
            && filestore
                .join(blob)
                .symlink_metadata()
                .is_ok_and(|meta| meta.is_file() && (meta.len() > 0 || *blob == EMPTY))
    };
    let all: Vec<&str> = rows.iter().filter_map(|row| cell(row, 0)).collect();
    let missing: Vec<&str> = all.iter().copied().filter(|blob| !is_there(blob)).collect();
    if missing.is_empty() {
        let there = match all.len() {
            1 => "1 file is there".to_owned(),
            number => format!("{number} files are there"),
        };
        return probe(name, Status::Ok, there);
    }
    let shown = missing.iter().take(SHOWN).copied().collect::<Vec<_>>().join("`, `");
    let detail = format!("{} of {} files are missing, such as `{shown}`", missing.len(), all.len());
    probe(name, Status::Failed, detail)
}
