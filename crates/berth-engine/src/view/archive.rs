//! Backups: those sent in, and those taken away.

/// What may be said of an upload.
pub type UploadView = berth_store::uploads::Upload;

/// A tenant, packed for taking away.
pub struct Export {
    pub file_name: String,
    /// An Odoo backup: a zip with `dump.sql`, `manifest.json` and `filestore/`. An error in the middle
    /// means that what came before is worthless.
    pub content: futures_util::stream::BoxStream<'static, std::io::Result<bytes::Bytes>>,
}

impl std::fmt::Debug for Export {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Export").field("file_name", &self.file_name).finish_non_exhaustive()
    }
}
