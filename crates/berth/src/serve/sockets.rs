//! Sockets that listen already when the process starts (`sd_listen_fds(3)`).
//!
//! systemd hands them over, or an earlier process of Berth. They are told apart by their names,
//! `edge`, `api`, `console` and `handover`, or else by their kind: what listens on TCP is the edge's, and
//! on a Unix socket the API's.
//!
//! # Invariants
//!
//! * What was handed over is used or refused in words, never left open and forgotten.

use std::net::TcpListener;
use std::os::fd::OwnedFd;
use std::os::unix::net::{UnixListener, UnixStream};

use berth_config::Environment;
use listenfd::ListenFd;

pub(super) const EDGE: &str = "edge";
pub(super) const API: &str = "api";
pub(super) const CONSOLE: &str = "console";
pub(super) const HANDOVER: &str = "handover";

/// What was handed over, as it is.
#[derive(Debug, Default)]
pub(crate) struct Offered {
    sockets: Vec<(String, Kind)>,
    mistakes: Vec<String>,
}

#[derive(Debug)]
enum Kind {
    Tcp(TcpListener),
    Unix(UnixListener),
}

/// What was handed over, by its use.
#[derive(Debug, Default)]
pub(super) struct Inherited {
    pub(super) edge: Option<TcpListener>,
    pub(super) api: Option<UnixListener>,
    pub(super) console: Option<TcpListener>,
    /// The line to the process that hands over.
    pub(super) handover: Option<UnixStream>,
}

impl Offered {
    /// Takes what was handed to this process.
    ///
    /// Call it while the process has one thread: the variables are removed, so that no program that
    /// is started later takes them for its own.
    pub(crate) fn of_process(environment: &Environment) -> Self {
        let names = environment.get("LISTEN_FDNAMES").unwrap_or_default();
        let mut names = names.split(':').map(str::to_owned);
        let mut listening = ListenFd::from_env();
        let mut offered = Self::default();
        for index in 0..listening.len() {
            let name = names.next().unwrap_or_default();
            let tcp = listening.take_tcp_listener(index).ok().flatten().map(Kind::Tcp);
            let unix = || listening.take_unix_listener(index).ok().flatten().map(Kind::Unix);
            match tcp.or_else(unix) {
                Some(kind) => offered.sockets.push((name, kind)),
                None => offered.mistakes.push(format!(
                    "socket {} (`{name}`) is neither TCP nor a Unix stream",
                    index + 1
                )),
            }
        }
        offered
    }

    /// Sorts by use. Fails with everything that is wrong.
    pub(super) fn sort(self) -> anyhow::Result<Inherited> {
        let mut inherited = Inherited::default();
        let mut mistakes = self.mistakes;
        for (name, kind) in self.sockets {
            let is_taken = match kind {
                Kind::Tcp(listener) if name == CONSOLE => {
                    inherited.console.replace(listener).map(|_| CONSOLE)
                }
                Kind::Tcp(listener) if name != API && name != HANDOVER => {
                    inherited.edge.replace(listener).map(|_| EDGE)
                }
                Kind::Unix(listener) if name == HANDOVER => {
                    let stream = UnixStream::from(OwnedFd::from(listener));
                    inherited.handover.replace(stream).map(|_| HANDOVER)
                }
                Kind::Unix(listener) if name != EDGE && name != CONSOLE => {
                    inherited.api.replace(listener).map(|_| API)
                }
                Kind::Tcp(_) | Kind::Unix(_) => {
                    mistakes.push(format!("the socket `{name}` is of the wrong kind"));
                    None
                }
            };
            mistakes.extend(is_taken.map(|name| format!("there are two sockets for `{name}`")));
        }
        if mistakes.is_empty() {
            return Ok(inherited);
        }
        anyhow::bail!(
            "cannot use the sockets that were handed over: {}; hand over one TCP socket for the edge and one Unix socket for the API, as the units of `berth service install` do, and one TCP socket with the name `console` if you like",
            mistakes.join(", ")
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tcp() -> Kind {
        Kind::Tcp(TcpListener::bind("127.0.0.1:0").unwrap())
    }

    fn unix() -> Kind {
        let name = tempfile::tempdir().unwrap();
        Kind::Unix(UnixListener::bind(name.path().join("s")).unwrap())
    }

    fn sorted<const N: usize>(sockets: [(&str, Kind); N]) -> anyhow::Result<Inherited> {
        let sockets = sockets.map(|(name, kind)| (name.to_owned(), kind)).into();
        Offered { sockets, mistakes: Vec::new() }.sort()
    }

    #[test]
    fn sockets_are_told_apart_by_name_or_kind() {
        let all = [("api", unix()), ("console", tcp()), ("edge", tcp()), ("handover", unix())];
        let named = sorted(all).unwrap();
        let unnamed = sorted([("berth.socket", tcp()), ("berth.socket", unix())]).unwrap();

        assert!(named.edge.is_some() && named.api.is_some() && named.handover.is_some());
        assert!(unnamed.edge.is_some() && unnamed.api.is_some() && unnamed.handover.is_none());
        assert!(named.console.is_some() && unnamed.console.is_none());
        assert!(sorted([]).unwrap().edge.is_none());
    }

    #[test]
    fn everything_that_is_wrong_is_named() {
        let refused = sorted([("edge", unix()), ("console", unix()), ("", tcp()), ("", tcp())]);
        let refused = refused.unwrap_err().to_string();

        assert!(refused.contains("`console` is of the wrong kind"), "{refused}");
        assert!(refused.contains("`edge` is of the wrong kind"), "{refused}");
        assert!(refused.contains("two sockets for `edge`"), "{refused}");
    }
}
