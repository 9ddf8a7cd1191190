//! Backups that were sent in.

use berth_api::v1 as api;
use berth_engine::view::UploadView;

pub(crate) fn upload(view: UploadView) -> api::Upload {
    let UploadView { id, organisation: _, name, size, created_at, created_by, used_by } = view;
    api::Upload {
        id: id.to_string(),
        name,
        size_bytes: size.0,
        operation: used_by.map(|operation| operation.to_string()),
        created_at,
        created_by: created_by.to_string(),
    }
}
