//! An image of Odoo, as a probe of it would describe it.

use std::collections::BTreeMap;

use berth_domain::{Digest, ImageRef, Timestamp};
use berth_odoo::probe::{Capabilities, Module};
use berth_store::Store;
use berth_store::images::{self, ImageRow};

/// The modules that the image has, and what each needs.
const MODULES: [(&str, &[&str]); 6] = [
    ("base", &[]),
    ("contacts", &["base"]),
    ("crm", &["contacts"]),
    ("sale_management", &["base"]),
    ("calendar", &["base"]),
    ("appointment", &["calendar"]),
];

/// # Panics
///
/// When the text is no reference to an image.
#[must_use]
pub fn reference(text: &str) -> ImageRef {
    text.parse().expect("a reference such as `odoo:19.0`")
}

/// The digest that is this hexadecimal digit 64 times.
///
/// # Panics
///
/// When it is no hexadecimal digit.
#[must_use]
pub fn digest(fill: char) -> Digest {
    let text = format!("sha256:{}", String::from(fill).repeat(64));
    text.parse().expect("a lower-case hexadecimal digit")
}

/// What an image of Odoo 19 with a few modules can do.
#[must_use]
pub fn capabilities() -> Capabilities {
    let module = |(name, depends): (&str, &[&str])| {
        let version = if name == "crm" { "1.1" } else { "1.0" };
        let module = Module {
            version: version.to_owned(),
            depends: depends.iter().map(|&name| name.to_owned()).collect(),
            installable: true,
            ..Module::default()
        };
        (name.to_owned(), module)
    };
    Capabilities {
        series: "19.0".to_owned(),
        version: "19.0".to_owned(),
        version_info: Vec::new(),
        command: vec!["/usr/bin/odoo".to_owned()],
        root: "/usr/lib/python3/dist-packages/odoo".to_owned(),
        python: "3.13.5".to_owned(),
        uid: 100,
        gid: 101,
        addons_path: vec!["/mnt/extra-addons".to_owned()],
        extra_addons: Some("/mnt/extra-addons".to_owned()),
        flags: vec!["--with-demo".to_owned()],
        neutralize: true,
        wkhtmltopdf: None,
        pg_dump: None,
        languages: BTreeMap::from([("en_US".to_owned(), "English".to_owned())]),
        modules: MODULES.map(module).into(),
    }
}

/// Has what an image can do be written so that nobody can read it, as after an upgrade: it is to be probed anew.
///
/// # Panics
///
/// When the control database refuses.
pub async fn unlearn(store: &Store, reference: ImageRef, digest: Digest, probed_at: Timestamp) {
    let capabilities = serde_json::Value::Null;
    put(store, &ImageRow { digest, reference, capabilities, probed_at }).await;
}

/// Notes what an image can do, so that it is not probed.
///
/// # Panics
///
/// When the control database refuses.
pub async fn know(
    store: &Store,
    reference: ImageRef,
    digest: Digest,
    capabilities: &Capabilities,
    probed_at: Timestamp,
) {
    let capabilities = serde_json::to_value(capabilities).expect("capabilities are JSON");
    put(store, &ImageRow { digest, reference, capabilities, probed_at }).await;
}

async fn put(store: &Store, row: &ImageRow) {
    let mut tx = store.begin().await.expect("a transaction");
    images::put(&mut tx, row).await.expect("the row of an image");
    tx.commit().await.expect("a commit");
}
