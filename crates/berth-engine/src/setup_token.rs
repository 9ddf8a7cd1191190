//! The one-time token with which the console is claimed.
//!
//! It lies in the home with mode 0600, so whoever may read it owns the installation anyway.

use std::io::Write as _;
use std::os::unix::fs::OpenOptionsExt as _;

use secrecy::{ExposeSecret as _, SecretString};

use crate::error::EngineError;
use crate::{Paths, secret};

const FILE: &str = "setup-token";

/// Reads the token, or makes one.
pub(crate) fn get_or_make(paths: &Paths) -> Result<SecretString, EngineError> {
    let file = paths.home().join(FILE);
    let failed =
        |source| EngineError::Io { what: format!("cannot use `{}`", file.display()), source };
    match std::fs::read_to_string(&file) {
        Ok(text) if !text.trim().is_empty() => return Ok(text.trim().to_owned().into()),
        Ok(_) => {}
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
        Err(error) => return Err(failed(error)),
    }
    let token = secret::secret();
    // Written beside and renamed, so that nobody ever reads half a token.
    let beside = paths.home().join(format!(".{FILE}"));
    let mut options = std::fs::OpenOptions::new();
    options.create(true).truncate(true).write(true).mode(0o600);
    let mut half = options.open(&beside).map_err(failed)?;
    half.write_all(token.expose_secret().as_bytes()).map_err(failed)?;
    half.sync_all().map_err(failed)?;
    std::fs::rename(&beside, &file).map_err(failed)?;
    Ok(token)
}
