//! Where Odoo keeps files below its data directory (`odoo/tools/config.py`: `filestore`,
//! `session_dir`).

use std::path::{Path, PathBuf};

use berth_domain::ObjectName;

/// The attachments of a database: `<data>/filestore/<database>`, content-addressed below.
#[must_use]
pub fn filestore(data: &Path, database: &ObjectName) -> PathBuf {
    data.join("filestore").join(database.as_str())
}

/// The sessions of everybody who is signed in: `<data>/sessions`.
#[must_use]
pub fn sessions(data: &Path) -> PathBuf {
    data.join("sessions")
}

/// Whether a text is the name of a stored file: two hexadecimal digits, `/`, and the 40 of its SHA-1,
/// which begin with those two (`ir_attachment._get_path`). Anything else could lead out of the
/// filestore.
#[must_use]
pub fn is_blob_name(name: &str) -> bool {
    let is_hex = |text: &str| text.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'));
    name.split_once('/').is_some_and(|(folder, file)| {
        folder.len() == 2 && file.len() == 40 && is_hex(file) && file.starts_with(folder)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_of_a_database_are_below_its_name() {
        let database: ObjectName = "t_00000000aa".parse().unwrap();

        assert_eq!(
            filestore(Path::new("/srv"), &database),
            Path::new("/srv/filestore/t_00000000aa")
        );
        assert_eq!(sessions(Path::new("/srv")), Path::new("/srv/sessions"));
    }

    #[test]
    fn only_content_addresses_are_names_of_blobs() {
        assert!(is_blob_name("da/da39a3ee5e6b4b0d3255bfef95601890afd80709"));
        for name in [
            "",
            "da",
            "../../etc/passwd",
            "aa/da39a3ee5e6b4b0d3255bfef95601890afd80709",
            "da/../a3ee5e6b4b0d3255bfef95601890afd80709x",
            "/da/da39a3ee5e6b4b0d3255bfef95601890afd80709",
        ] {
            assert!(!is_blob_name(name), "{name}");
        }
    }
}
