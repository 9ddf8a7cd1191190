//! What images can do, as found out by running them once.

use berth_domain::{Digest, ImageRef, Timestamp};

use crate::arg::{text, time};
use crate::record::Source;
use crate::{StoreError, Tx};

/// What was found out about one image.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImageRow {
    pub digest: Digest,
    /// Under which it was looked at last.
    pub reference: ImageRef,
    pub capabilities: serde_json::Value,
    pub probed_at: Timestamp,
}

const SOURCE: Source = Source { table: "image", key: "digest" };

/// Keeps what was found out, in place of what was known before.
pub async fn put(tx: &mut Tx, image: &ImageRow) -> Result<(), StoreError> {
    let ImageRow { digest, reference, capabilities, probed_at } = image;
    let sql = "INSERT INTO image (digest, reference, capabilities, probed_at)
               VALUES ($1, $2, $3, $4)
               ON CONFLICT (digest) DO UPDATE
               SET reference = excluded.reference,
                   capabilities = excluded.capabilities,
                   probed_at = excluded.probed_at";
    let args = vec![text(digest), text(reference), text(capabilities), time(*probed_at)];
    tx.execute(sql, args).await.map(drop)
}

/// Returns what is known about an image. `None` when it was never looked at.
pub async fn get(tx: &mut Tx, digest: &Digest) -> Result<Option<ImageRow>, StoreError> {
    let sql = "SELECT digest, reference, capabilities, probed_at
               FROM image
               WHERE digest = $1";
    let found = tx.first(SOURCE, sql, vec![text(digest)]).await?;
    let Some(record) = found else { return Ok(None) };
    Ok(Some(ImageRow {
        digest: record.parse("digest")?,
        reference: record.parse("reference")?,
        capabilities: record.json("capabilities")?,
        probed_at: record.time("probed_at")?,
    }))
}
