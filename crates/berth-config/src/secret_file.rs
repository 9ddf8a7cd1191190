//! Secrets in files of their own.

use std::os::unix::fs::MetadataExt as _;
use std::path::Path;

use secrecy::SecretString;

/// Reads a secret from a file that nobody but its owner can read. White space around it is dropped.
///
/// The error says what is wrong with the file, never what is in it.
pub(crate) fn read(path: &Path) -> Result<SecretString, String> {
    let shown = path.display();
    if !path.is_absolute() {
        return Err(format!("`{shown}` is not an absolute path"));
    }
    let metadata = path.metadata().map_err(|error| format!("cannot read `{shown}`: {error}"))?;
    if metadata.mode() & 0o077 != 0 {
        return Err(format!(
            "`{shown}` can be read by others than its owner (mode {:04o}); make it 0600",
            metadata.mode() & 0o7777
        ));
    }
    let text =
        std::fs::read_to_string(path).map_err(|error| format!("cannot read `{shown}`: {error}"))?;
    match text.trim() {
        "" => Err(format!("`{shown}` is empty")),
        secret => Ok(SecretString::from(secret)),
    }
}
