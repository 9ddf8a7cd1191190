//! The key that seals secrets in the control database.
//!
//! # Invariants
//!
//! * A sealed value opens in its own table, column and row only: those are its associated data.
//! * Every sealed value says which key sealed it.
//! * A key is made once, on a home that has no sealed rows. When sealed rows are there and the key
//!   is not, nothing is made: a new key could never open them, and would hide the loss.
//!
//! AES-256-GCM (NIST SP 800-38D) with random nonces of 96 bits.

use std::fs;
use std::io::{self, Write as _};
use std::os::unix::fs::{OpenOptionsExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};

use aws_lc_rs::aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use aws_lc_rs::{digest, rand};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD as BASE64;
use secrecy::{ExposeSecret as _, SecretSlice, SecretString};

/// The sealing key and its name.
pub struct Key {
    id: String,
    aead: LessSafeKey,
}

/// Why there is no key, or why a value does not open.
#[derive(Debug, thiserror::Error)]
pub enum KeyError {
    #[error(
        "the control database holds sealed secrets and the key file `{path}` is missing: put it back from your backup, a new key cannot open them",
        path = path.display()
    )]
    Missing { path: PathBuf },

    #[error(
        "the key file `{path}` can be read by others: run `chmod 600 {path}`",
        path = path.display()
    )]
    Exposed { path: PathBuf },

    #[error("the key file `{path}` is damaged: put it back from your backup", path = path.display())]
    Damaged { path: PathBuf },

    #[error("cannot use the key file `{path}`", path = path.display())]
    Io { path: PathBuf, source: io::Error },

    #[error("the value was sealed with key `{found}` and this is key `{given}`")]
    OtherKey { found: String, given: String },

    /// Not a sealed value, changed since it was sealed, or moved here from another row.
    #[error("the value does not open here")]
    DoesNotOpen,

    #[error("the system has no random numbers")]
    NoRandomness,
}

const KEY_LEN: usize = 32;
const FORMAT: &str = "v1";

impl Key {
    /// Reads the key from its file, or makes file and key on a home that never had one.
    ///
    /// `has_sealed_rows` is what [`crate::Store::has_sealed_rows`] said.
    pub fn load_or_create(path: &Path, has_sealed_rows: bool) -> Result<Self, KeyError> {
        let failed = |source| KeyError::Io { path: path.to_owned(), source };
        match fs::metadata(path) {
            Ok(metadata) if metadata.permissions().mode() & 0o077 != 0 => {
                Err(KeyError::Exposed { path: path.to_owned() })
            }
            Ok(_) => Self::load(path),
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(failed(error)),
            Err(_) if has_sealed_rows => Err(KeyError::Missing { path: path.to_owned() }),
            Err(_) => {
                let key = random_key()?;
                write_new(path, &key).map_err(failed)?;
                Ok(Self::from_bytes(&key))
            }
        }
    }

    /// The name of the key. Not secret.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.id
    }

    /// Seals `value` for one place, `table/column/row`.
    pub(crate) fn seal(&self, place: &str, value: &SecretString) -> Result<String, KeyError> {
        let mut nonce = [0; NONCE_LEN];
        rand::fill(&mut nonce).map_err(|_| KeyError::NoRandomness)?;
        let mut sealed = value.expose_secret().as_bytes().to_vec();
        self.aead
            .seal_in_place_append_tag(
                Nonce::assume_unique_for_key(nonce),
                Aad::from(place.as_bytes()),
                &mut sealed,
            )
            .expect("a secret is far shorter than what AES-GCM can seal");
        let text = BASE64.encode([nonce.as_slice(), &sealed].concat());
        Ok(format!("{FORMAT}:{}:{text}", self.id))
    }

    /// Opens what [`Key::seal`] sealed for the same place.
    pub(crate) fn open(&self, place: &str, sealed: &str) -> Result<SecretString, KeyError> {
        let parts = sealed.strip_prefix(FORMAT).and_then(|rest| rest.strip_prefix(':'));
        let (id, text) =
            parts.and_then(|rest| rest.split_once(':')).ok_or(KeyError::DoesNotOpen)?;
        if id != self.id {
            return Err(KeyError::OtherKey { found: id.to_owned(), given: self.id.clone() });
        }
        let mut bytes = BASE64.decode(text).map_err(|_| KeyError::DoesNotOpen)?;
        if bytes.len() < NONCE_LEN {
            return Err(KeyError::DoesNotOpen);
        }
        let (nonce, value) = bytes.split_at_mut(NONCE_LEN);
        let nonce = Nonce::try_assume_unique_for_key(nonce).map_err(|_| KeyError::DoesNotOpen)?;
        let plain = self
            .aead
            .open_in_place(nonce, Aad::from(place.as_bytes()), value)
            .map_err(|_| KeyError::DoesNotOpen)?;
        let plain = std::str::from_utf8(plain).map_err(|_| KeyError::DoesNotOpen)?;
        Ok(SecretString::from(plain))
    }

    /// The beginning of every value that this key sealed.
    pub(crate) fn prefix(&self) -> String {
        format!("{FORMAT}:{}:", self.id)
    }

    fn load(path: &Path) -> Result<Self, KeyError> {
        let damaged = || KeyError::Damaged { path: path.to_owned() };
        let text = fs::read_to_string(path)
            .map(SecretString::from)
            .map_err(|source| KeyError::Io { path: path.to_owned(), source })?;
        let (id, hex) = text.expose_secret().trim_end().split_once(':').ok_or_else(damaged)?;
        let key = Self::from_bytes(&from_hex(hex).ok_or_else(damaged)?);
        if key.id == id { Ok(key) } else { Err(damaged()) }
    }

    fn from_bytes(bytes: &SecretSlice<u8>) -> Self {
        let unbound = UnboundKey::new(&AES_256_GCM, bytes.expose_secret())
            .expect("the key has the length of AES-256");
        Self { id: id_of(bytes), aead: LessSafeKey::new(unbound) }
    }
}

impl std::fmt::Debug for Key {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Key").field("id", &self.id).finish_non_exhaustive()
    }
}

/// The key's name comes from the key, so a file whose two halves do not match is damaged.
fn id_of(key: &SecretSlice<u8>) -> String {
    let mut context = digest::Context::new(&digest::SHA256);
    context.update(b"berth key id\0");
    context.update(key.expose_secret());
    to_hex(&context.finish().as_ref()[..4])
}

fn random_key() -> Result<SecretSlice<u8>, KeyError> {
    let mut bytes = vec![0; KEY_LEN];
    rand::fill(&mut bytes).map_err(|_| KeyError::NoRandomness)?;
    Ok(SecretSlice::from(bytes))
}

/// Writes the key file so that it is there completely or not at all, and never over another one.
fn write_new(path: &Path, key: &SecretSlice<u8>) -> io::Result<()> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    let folder = folder.unwrap_or_else(|| Path::new("."));
    let partial = path.with_extension("partial");
    match fs::remove_file(&partial) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    let mut file =
        fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(&partial)?;
    writeln!(file, "{}:{}", id_of(key), to_hex(key.expose_secret()))?;
    file.sync_all()?;
    fs::hard_link(&partial, path)?;
    fs::remove_file(&partial)?;
    fs::File::open(folder)?.sync_all()
}

fn to_hex(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

fn from_hex(text: &str) -> Option<SecretSlice<u8>> {
    if text.len() != KEY_LEN * 2 || !text.bytes().all(|b| b.is_ascii_hexdigit()) {
        return None;
    }
    let byte = |at: usize| u8::from_str_radix(&text[at * 2..at * 2 + 2], 16).ok();
    (0..KEY_LEN).map(byte).collect::<Option<Vec<u8>>>().map(SecretSlice::from)
}

#[cfg(test)]
mod tests;
