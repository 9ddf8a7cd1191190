//! Every reader of input that somebody else wrote, as a function of bytes.
//!
//! `fuzz/` asks them whatever leads to code that was not reached yet (`cargo xtask fuzz`), and the test
//! of this crate asks them what is in `fuzz/corpus`.
//!
//! # Invariants
//!
//! * Whatever the bytes, a reader returns. What must be true of what was understood is asserted in it,
//!   against something simpler than the reader itself: print and read again, the other order, a
//!   second parser.
//! * Nothing is connected to and nothing is written: what wants a file gets one in memory.
//!
//! Deliberately absent: readers of what Berth itself wrote (rows, journals, the route table).

mod backups;
mod dumps;
mod edge;
mod forms;
mod names;
mod requests;
mod settings;
mod sign_in;
mod tokens;
mod wishes;
mod words;

/// One reader.
#[derive(Debug, Clone, Copy)]
pub struct Reader {
    /// Also the name of its folder in `fuzz/corpus`.
    pub name: &'static str,
    /// Whether the bytes were understood, and not refused.
    pub read: fn(&[u8]) -> bool,
}

/// All of them.
pub const READERS: [Reader; 27] = [
    Reader { name: "names", read: names::read },
    Reader { name: "words", read: words::read },
    Reader { name: "sizes", read: words::sizes },
    Reader { name: "cron", read: words::cron },
    Reader { name: "edge-head", read: edge::head },
    Reader { name: "edge-path", read: edge::path },
    Reader { name: "edge-rpc", read: edge::rpc },
    Reader { name: "edge-visitor", read: edge::visitor },
    Reader { name: "zip", read: backups::zip },
    Reader { name: "manifest", read: backups::manifest },
    Reader { name: "probe", read: backups::probe },
    Reader { name: "log-line", read: backups::log_line },
    Reader { name: "dump-script", read: dumps::script },
    Reader { name: "dump-header", read: dumps::header },
    Reader { name: "oidc-callback", read: sign_in::callback },
    Reader { name: "oidc-discovery", read: sign_in::discovery },
    Reader { name: "oidc-tokens", read: sign_in::tokens },
    Reader { name: "oidc-id-token", read: sign_in::id_token },
    Reader { name: "tokens", read: tokens::read },
    Reader { name: "config", read: settings::config },
    Reader { name: "postgres-address", read: settings::address },
    Reader { name: "wishes", read: wishes::read },
    Reader { name: "conditions", read: requests::conditions },
    Reader { name: "queries", read: requests::queries },
    Reader { name: "bodies", read: requests::bodies },
    Reader { name: "forms", read: forms::fields },
    Reader { name: "multipart", read: forms::multipart },
];

/// Finds a reader. `None`: there is none of that name.
#[must_use]
pub fn reader(name: &str) -> Option<Reader> {
    READERS.into_iter().find(|reader| reader.name == name)
}

/// The bytes as text. What is none is no input of a reader of text.
fn text(bytes: &[u8]) -> Option<&str> {
    std::str::from_utf8(bytes).ok()
}
