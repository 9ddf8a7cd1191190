//! The Unix socket: made, taken over from a dead server, removed.
//!
//! # Invariants
//!
//! * A socket that somebody answers is never taken.
//! * The socket appears under its name with mode 0600 and listening, or not at all.

use std::io;
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};

use tokio::net::{UnixListener, UnixStream};

use crate::server::WebError;

/// Bytes that a socket's path may have, its final zero not counted (unix(7)).
const LONGEST: usize = 107;

/// A listening socket with its place in the file system.
#[derive(Debug)]
pub(crate) struct Socket {
    path: PathBuf,
    inode: u64,
}

/// Makes the socket at `path`.
pub(crate) async fn bind(path: &Path) -> Result<(UnixListener, Socket), WebError> {
    let temporary = path.with_extension(format!("sock.{}", std::process::id()));
    if temporary.as_os_str().len() > LONGEST {
        return Err(WebError::TooLong { path: path.to_owned(), longest: LONGEST });
    }
    if UnixStream::connect(path).await.is_ok() {
        return Err(WebError::Taken { path: path.to_owned() });
    }
    let cannot = |source| WebError::Bind { path: path.to_owned(), source };
    remove(&temporary).map_err(cannot)?;
    let listener = UnixListener::bind(&temporary).map_err(cannot)?;
    let inode = publish(&temporary, path).map_err(cannot)?;
    Ok((listener, Socket { path: path.to_owned(), inode }))
}

fn publish(temporary: &Path, path: &Path) -> io::Result<u64> {
    std::fs::set_permissions(temporary, std::fs::Permissions::from_mode(0o600))?;
    let inode = temporary.symlink_metadata()?.ino();
    std::fs::rename(temporary, path)?;
    Ok(inode)
}

fn remove(path: &Path) -> io::Result<()> {
    match std::fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

impl Drop for Socket {
    /// Removes the socket, unless a newer server has put its own in the same place.
    fn drop(&mut self) {
        let is_ours =
            self.path.symlink_metadata().is_ok_and(|metadata| metadata.ino() == self.inode);
        if is_ours && let Err(error) = remove(&self.path) {
            tracing::warn!(path = %self.path.display(), %error, "cannot remove the socket");
        }
    }
}
