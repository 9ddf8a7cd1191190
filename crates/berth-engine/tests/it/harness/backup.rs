//! A backup of an Odoo, as far as Berth looks.

use std::io::Write as _;

use aws_lc_rs::digest::{SHA1_FOR_LEGACY_USE_ONLY, digest};
use berth_engine::request::{ImportTenant, SendUpload};
use berth_engine::{Engine, EngineError};
use berth_engine_testkit::{ACTOR, ORG};
use berth_odoo::archive::ArchiveWriter;
use futures_util::{StreamExt as _, stream};

use berth_engine_testkit::odoo::TABLES;

/// With what `pg_dump` ends every script that is whole.
const END: &str = "\n--\n-- PostgreSQL database dump complete\n--\n";
/// What is in the stored files.
pub(crate) const FILES: [&str; 2] = ["a scanned invoice", "a logo"];

/// One that is as it should be.
pub(crate) fn whole() -> Vec<u8> {
    zip(&script(""), &manifest("19.0", &["base", "crm"]))
}

/// A dump that does something more than Odoo's own.
pub(crate) fn script(more: &str) -> String {
    format!("{TABLES}{more}{END}")
}

pub(crate) fn manifest(series: &str, modules: &[&str]) -> String {
    let modules: serde_json::Map<String, serde_json::Value> =
        modules.iter().map(|name| ((*name).to_owned(), format!("{series}.1.0").into())).collect();
    serde_json::json!({
        "odoo_dump": "1", "db_name": "old", "version": series, "version_info": [],
        "major_version": series, "pg_version": "15.0", "modules": modules,
    })
    .to_string()
}

pub(crate) fn zip(script: &str, manifest: &str) -> Vec<u8> {
    let files = FILES.map(|content| (blob(content), content.as_bytes().to_vec()));
    let mut parts = vec![
        ("dump.sql".to_owned(), script.as_bytes().to_vec()),
        ("manifest.json".to_owned(), manifest.as_bytes().to_vec()),
    ];
    parts.extend(files);
    zip_of(&parts)
}

pub(crate) fn zip_of(parts: &[(String, Vec<u8>)]) -> Vec<u8> {
    let mut zip = ArchiveWriter::new(Vec::new());
    for (name, content) in parts {
        zip.begin(name).unwrap();
        zip.write_all(content).unwrap();
    }
    zip.finish().unwrap()
}

/// The name of a stored file in a backup.
pub(crate) fn blob(content: &str) -> String {
    let sum = digest(&SHA1_FOR_LEGACY_USE_ONLY, content.as_bytes());
    let hex = sum.as_ref().iter().fold(String::new(), |hex, byte| format!("{hex}{byte:02x}"));
    format!("filestore/{}/{hex}", &hex[..2])
}

/// Sends a backup in and returns its id.
pub(crate) async fn send(engine: &Engine, backup: Vec<u8>) -> Result<String, EngineError> {
    let request = SendUpload { name: Some("acme.zip".into()), length: Some(backup.len() as u64) };
    let pieces: Vec<_> = backup.chunks(1000).map(|piece| Ok(piece.to_vec().into())).collect();
    let sent = engine.send_upload(&ACTOR, ORG, &request, stream::iter(pieces).boxed()).await?;
    Ok(sent.id.to_string())
}

/// Asks for a tenant that is a harmless copy of a backup.
pub(super) async fn import(engine: &Engine, name: &str) -> Result<String, EngineError> {
    let request = ImportTenant {
        upload: send(engine, whole()).await?,
        name: name.to_owned(),
        stage: Some("staging".into()),
        ..ImportTenant::default()
    };
    let begun = engine.import_tenant(&ACTOR, ORG, &request).await?;
    Ok(begun.id.to_string())
}
