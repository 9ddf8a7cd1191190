//! One program for all readers: `BERTH_READER` names the one that is asked.
#![no_main]

use std::sync::LazyLock;

use berth_trials::Reader;
use libfuzzer_sys::fuzz_target;

static READER: LazyLock<Reader> = LazyLock::new(|| {
    let name = std::env::var("BERTH_READER").expect("BERTH_READER names a reader");
    berth_trials::reader(&name).unwrap_or_else(|| panic!("there is no reader `{name}`"))
});

fuzz_target!(|bytes: &[u8]| {
    let _is_understood = (READER.read)(bytes);
});
