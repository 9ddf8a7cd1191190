//! `manifest.json` of Odoo's own backups (`odoo/service/db.py`, `dump_db_manifest`).

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::{Row, cell};

/// What is in a backup. Unknown fields are ignored.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Manifest {
    /// The format: always `1`.
    pub odoo_dump: String,
    pub db_name: String,
    /// `19.0`.
    pub version: String,
    pub version_info: Vec<serde_json::Value>,
    /// `19.0`.
    pub major_version: String,
    /// `18.0`: Odoo divides `server_version_num` by a hundred, so minor releases never show.
    pub pg_version: String,
    /// Version by name, of what is installed.
    pub modules: BTreeMap<String, String>,
}

/// The file is no manifest of a backup.
#[derive(Debug, thiserror::Error)]
pub enum InvalidManifest {
    #[error("the backup's manifest.json cannot be read")]
    Malformed(#[source] serde_json::Error),
    #[error("the backup has the format `{0}`, and this version knows `1`")]
    UnknownFormat(String),
}

impl Manifest {
    /// Reads `manifest.json`.
    pub fn parse(text: &str) -> Result<Self, InvalidManifest> {
        let manifest: Self = serde_json::from_str(text).map_err(InvalidManifest::Malformed)?;
        if manifest.odoo_dump != "1" {
            return Err(InvalidManifest::UnknownFormat(manifest.odoo_dump));
        }
        Ok(manifest)
    }

    /// Writes `manifest.json` the way Odoo does, indented by four.
    pub fn to_json(&self) -> Result<String, serde_json::Error> {
        let mut bytes = Vec::new();
        let indented = serde_json::ser::PrettyFormatter::with_indent(b"    ");
        let mut serializer = serde_json::Serializer::with_formatter(&mut bytes, indented);
        self.serialize(&mut serializer)?;
        Ok(String::from_utf8_lossy(&bytes).into_owned())
    }

    /// Returns version by name from the rows of [`crate::readback::modules`]: what is installed.
    #[must_use]
    pub fn modules_of(rows: &[Row]) -> BTreeMap<String, String> {
        let installed = |row: &&Row| cell(row, 1) == Some("installed");
        let entry = |row: &Row| {
            let version = cell(row, 2).unwrap_or_default().to_owned();
            Some((cell(row, 0)?.to_owned(), version))
        };
        rows.iter().filter(installed).filter_map(entry).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_manifest_that_odoo_wrote_reads_back() {
        let text = r#"{
    "odoo_dump": "1",
    "db_name": "t_00000000aa",
    "version": "19.0",
    "version_info": [
        19,
        0,
        0,
        "final",
        0,
        ""
    ],
    "major_version": "19.0",
    "pg_version": "18.0",
    "modules": {
        "base": "19.0.1.3"
    }
}"#;

        assert_eq!(Manifest::parse(text).unwrap().to_json().unwrap(), text);
    }

    #[test]
    fn another_format_is_refused() {
        let text = r#"{"odoo_dump":"2","db_name":"","version":"","version_info":[],"major_version":"","pg_version":"","modules":{}}"#;

        assert_eq!(
            Manifest::parse(text).map_err(|error| error.to_string()).unwrap_err(),
            "the backup has the format `2`, and this version knows `1`"
        );
    }
}
