//! What was prepared for tests that need an engine.

use std::path::PathBuf;

use serde_json::Value;

/// The engine's socket and the image with busybox.
#[derive(Debug, Clone)]
pub(crate) struct Setup {
    pub(crate) docker_host: String,
    pub(crate) tiny: String,
}

impl Setup {
    pub(crate) fn read() -> Self {
        let file = std::env::var_os("BERTH_SETUP").map_or_else(default_file, PathBuf::from);
        let hint = "run `cargo xtask setup` first";
        let text = std::fs::read_to_string(&file)
            .unwrap_or_else(|error| panic!("cannot read `{}`: {error}: {hint}", file.display()));
        let setup: Value = serde_json::from_str(&text)
            .unwrap_or_else(|error| panic!("`{}` is damaged: {error}: {hint}", file.display()));
        let get = |key: &str| {
            let value = setup.get(key).and_then(Value::as_str);
            value
                .unwrap_or_else(|| panic!("`{}` has no `{key}`: {hint}", file.display()))
                .to_owned()
        };
        Self { docker_host: get("docker_host"), tiny: get("tiny") }
    }
}

fn default_file() -> PathBuf {
    PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../target/berth-setup.json"))
}
