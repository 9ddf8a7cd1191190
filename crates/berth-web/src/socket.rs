//! The Unix socket: made, taken over from a dead server or from a living one, removed.
//!
//! # Invariants
//!
//! * A socket that somebody answers is never taken.
//! * The socket appears under its name with mode 0600 and listening, or not at all.
//! * It is removed by the server that is the last to listen on it, and by nobody when somebody else
//!   (systemd) goes on listening.

use std::io;
use std::os::fd::{AsFd as _, OwnedFd};
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use tokio::net::{UnixListener, UnixStream};

use crate::server::WebError;

/// Bytes that a socket's path may have, its final zero not counted (unix(7)).
const LONGEST: usize = 107;

/// A socket on which the API listens, or will.
#[derive(Debug)]
pub struct ApiSocket {
    /// `None` once nobody is to be let in any more.
    listener: Option<Arc<UnixListener>>,
    /// What is removed with the value. `None`: it is somebody else's.
    place: Option<Place>,
}

/// A name in the file system, and what had it when it was ours.
#[derive(Debug)]
struct Place {
    path: PathBuf,
    inode: u64,
    /// Whether it is to stay when the value goes.
    is_left: bool,
}

impl ApiSocket {
    /// Makes the socket at `path`. The folder should be open to its owner only.
    pub async fn bind(path: &Path) -> Result<Self, WebError> {
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
        let place = Some(Place { path: path.to_owned(), inode, is_left: false });
        Ok(Self { listener: Some(Arc::new(listener)), place })
    }

    /// Takes a socket that listens already and is somebody else's to remove.
    pub fn inherit(listener: std::os::unix::net::UnixListener) -> Result<Self, WebError> {
        listener.set_nonblocking(true).map_err(WebError::Inherit)?;
        let listener = UnixListener::from_std(listener).map_err(WebError::Inherit)?;
        Ok(Self { listener: Some(Arc::new(listener)), place: None })
    }

    /// Makes this process the one that removes the socket in the end.
    pub fn claim(&mut self, path: &Path) {
        // One that is not there any more needs no removal.
        self.place = path.symlink_metadata().ok().map(|metadata| Place {
            path: path.to_owned(),
            inode: metadata.ino(),
            is_left: false,
        });
    }

    /// Returns the listening socket once more, to be handed to a successor.
    pub fn socket(&self) -> io::Result<OwnedFd> {
        self.listener()?.as_fd().try_clone_to_owned()
    }

    /// Stops listening, as soon as whoever serves on it stops too. The name stays until the end.
    pub fn close(&mut self) {
        self.listener = None;
    }

    /// Whether this process is to remove it.
    #[must_use]
    pub fn is_ours(&self) -> bool {
        self.place.is_some()
    }

    /// Leaves the socket to somebody else, who goes on listening.
    pub fn leave(&mut self) {
        if let Some(place) = &mut self.place {
            place.is_left = true;
        }
        self.place = None;
    }

    pub(crate) fn listener(&self) -> io::Result<Arc<UnixListener>> {
        self.listener.clone().ok_or_else(|| io::Error::other("the socket is closed"))
    }
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

impl Drop for Place {
    /// Removes the socket, unless a newer server has put its own in the same place.
    fn drop(&mut self) {
        let is_ours = !self.is_left
            && self.path.symlink_metadata().is_ok_and(|metadata| metadata.ino() == self.inode);
        if is_ours && let Err(error) = remove(&self.path) {
            tracing::warn!(path = %self.path.display(), %error, "cannot remove the socket");
        }
    }
}
