//! Being asked to end: by the keyboard, or by whoever started us.

use tokio::signal::unix::{Signal, SignalKind, signal};

/// SIGINT and SIGTERM. From its making on they no longer end the process.
#[derive(Debug)]
pub struct Interrupt {
    keyboard: Signal,
    request: Signal,
}

impl Interrupt {
    /// Begins to listen.
    ///
    /// # Panics
    ///
    /// Outside a runtime.
    #[must_use]
    pub fn listen() -> Self {
        let listen = |kind| signal(kind).expect("signals can be listened for");
        Self { keyboard: listen(SignalKind::interrupt()), request: listen(SignalKind::terminate()) }
    }

    /// Waits for the next one.
    pub async fn next(&mut self) {
        tokio::select! {
            _ = self.keyboard.recv() => {}
            _ = self.request.recv() => {}
        }
    }
}
