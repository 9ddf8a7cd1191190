//! What operators configure.

use std::path::Path;

use berth_postgres::Address;

/// The configuration file.
pub(crate) fn config(bytes: &[u8]) -> bool {
    let Some(text) = crate::text(bytes) else { return false };
    match berth_config::check_text(Path::new("berth.toml"), text) {
        Ok(()) => true,
        Err(invalid) => {
            assert!(!invalid.0.is_empty(), "what is refused is refused for something");
            for mistake in &invalid.0 {
                assert!(!mistake.to_string().is_empty());
            }
            false
        }
    }
}

/// The address of a PostgreSQL server, which is shown in logs.
pub(crate) fn address(bytes: &[u8]) -> bool {
    let Some(text) = crate::text(bytes) else { return false };
    let Ok(address) = text.parse::<Address>() else { return false };
    assert!(!address.user().is_empty(), "{text:?}");
    true
}
