//! A Unix socket in front of another one, which passes, hangs or cuts: the engine as it is when it is
//! overloaded, stopped or upgraded.
//!
//! # Invariants
//!
//! * Bytes that pass are never changed or reordered.
//! * A change takes effect at once, on connections that are open as well.

use std::io;
use std::path::{Path, PathBuf};
use std::thread::JoinHandle;

use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use tokio::net::{UnixListener, UnixStream};
use tokio::sync::watch;
use tokio::task::JoinSet;

/// What happens to what goes through.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    Pass,
    /// Connections are taken, and not a byte moves in either direction.
    Hang,
    /// Open connections are ended, and new ones as soon as they are there.
    Cut,
}

/// A running proxy. It ends when dropped.
#[derive(Debug)]
pub struct SocketProxy {
    folder: tempfile::TempDir,
    mode: Option<watch::Sender<Mode>>,
    worker: Option<JoinHandle<()>>,
}

impl SocketProxy {
    /// Starts a proxy in front of `target`, on a thread of its own.
    pub fn start(target: &Path) -> io::Result<Self> {
        let folder = tempfile::tempdir()?;
        let listener = std::os::unix::net::UnixListener::bind(folder.path().join("s"))?;
        listener.set_nonblocking(true)?;
        let (sender, mode) = watch::channel(Mode::Pass);
        let target = target.to_owned();
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        let worker = std::thread::spawn(move || runtime.block_on(serve(listener, target, mode)));
        Ok(Self { folder, mode: Some(sender), worker: Some(worker) })
    }

    /// Where to connect instead.
    #[must_use]
    pub fn socket(&self) -> PathBuf {
        self.folder.path().join("s")
    }

    pub fn set(&self, mode: Mode) {
        if let Some(sender) = &self.mode {
            sender.send_replace(mode);
        }
    }
}

impl Drop for SocketProxy {
    fn drop(&mut self) {
        // Without a sender everything ends.
        self.mode = None;
        if let Some(worker) = self.worker.take() {
            let _ = worker.join();
        }
    }
}

async fn serve(
    listener: std::os::unix::net::UnixListener,
    target: PathBuf,
    mut mode: watch::Receiver<Mode>,
) {
    let listener = UnixListener::from_std(listener).expect("the listener does not block");
    let mut connections = JoinSet::new();
    loop {
        tokio::select! {
            accepted = listener.accept() => if let Ok((near, _)) = accepted {
                connections.spawn(connect(near, target.clone(), mode.clone()));
            },
            Some(_) = connections.join_next() => {}
            // Changes are the connections' business; only the end is ours.
            changed = mode.changed() => if changed.is_err() { return },
        }
    }
}

/// Carries one connection until an end closes it or it is cut.
async fn connect(near: UnixStream, target: PathBuf, mode: watch::Receiver<Mode>) {
    let carried = async {
        passing(&mut mode.clone()).await?;
        let far = UnixStream::connect(target).await?;
        let (near_in, near_out) = near.into_split();
        let (far_in, far_out) = far.into_split();
        let there = pump(near_in, far_out, mode.clone());
        let back = pump(far_in, near_out, mode.clone());
        tokio::join!(there, back);
        io::Result::Ok(())
    };
    let mut cut = mode.clone();
    tokio::select! {
        _ = carried => {}
        _ = cut.wait_for(|mode| *mode == Mode::Cut) => {}
    }
}

/// Moves bytes in one direction until its end, waiting while nothing may move.
async fn pump(
    mut from: impl AsyncRead + Unpin,
    mut to: impl AsyncWrite + Unpin,
    mut mode: watch::Receiver<Mode>,
) {
    let mut buffer = vec![0; 16 << 10];
    while let Ok(length @ 1..) = from.read(&mut buffer).await {
        if passing(&mut mode).await.is_err() || to.write_all(&buffer[..length]).await.is_err() {
            break;
        }
    }
    let _ = to.shutdown().await;
}

async fn passing(mode: &mut watch::Receiver<Mode>) -> io::Result<()> {
    mode.wait_for(|mode| *mode == Mode::Pass).await.map(drop).map_err(io::Error::other)
}

#[cfg(test)]
mod tests {
    use std::io::{Read as _, Write as _};
    use std::os::unix::net;
    use std::time::Duration;

    use super::*;

    /// A server that sends back what it gets, a proxy in front of it, and a connection through that.
    struct Line {
        connection: net::UnixStream,
        proxy: SocketProxy,
        _folder: tempfile::TempDir,
    }

    impl Line {
        fn new() -> Self {
            let folder = tempfile::tempdir().unwrap();
            let listener = net::UnixListener::bind(folder.path().join("echo")).unwrap();
            std::thread::spawn(move || {
                for stream in listener.incoming().map_while(Result::ok) {
                    std::thread::spawn(move || std::io::copy(&mut &stream, &mut &stream));
                }
            });
            let proxy = SocketProxy::start(&folder.path().join("echo")).unwrap();
            let connection = net::UnixStream::connect(proxy.socket()).unwrap();
            Self { connection, proxy, _folder: folder }
        }

        fn echo(&mut self, within: Duration) -> std::io::Result<u8> {
            self.connection.set_read_timeout(Some(within)).unwrap();
            let mut byte = [0];
            self.connection.read_exact(&mut byte)?;
            Ok(byte[0])
        }
    }

    const LONG: Duration = Duration::from_secs(20);

    #[test]
    fn what_hangs_arrives_when_it_passes_again() {
        let mut line = Line::new();
        line.connection.write_all(b"a").unwrap();
        assert_eq!(line.echo(LONG).unwrap(), b'a');

        line.proxy.set(Mode::Hang);
        line.connection.write_all(b"b").unwrap();

        let early = line.echo(Duration::from_millis(100)).unwrap_err();
        assert_eq!(early.kind(), io::ErrorKind::WouldBlock);
        line.proxy.set(Mode::Pass);
        assert_eq!(line.echo(LONG).unwrap(), b'b');
    }

    #[test]
    fn a_cut_ends_connections_that_are_open_and_those_that_come() {
        let mut line = Line::new();
        line.connection.write_all(b"a").unwrap();
        assert_eq!(line.echo(LONG).unwrap(), b'a');

        line.proxy.set(Mode::Cut);

        assert!(line.echo(LONG).is_err());
        line.connection = net::UnixStream::connect(line.proxy.socket()).unwrap();
        assert!(line.echo(LONG).is_err());
    }
}
