//! Commands inside a tenant's container, over a WebSocket.
//!
//! # Protocol
//!
//! 1. The client opens `GET …/tenants/{name}/exec` as a WebSocket and sends one text frame, a
//!    [`Start`]. Anything else, or nothing within ten seconds, ends the session.
//! 2. Data travels in binary frames whose first byte is a channel: [`STDIN`] to the server,
//!    [`STDOUT`] and [`STDERR`] to the client. With a terminal everything arrives on [`STDOUT`].
//! 3. Talk travels in text frames: [`ClientMessage`] to the server, [`ServerMessage`] to the client.
//! 4. The last frame of the server before it closes is [`ServerMessage::Exit`] or
//!    [`ServerMessage::Problem`]. A connection that ends without either was lost.
//!
//! A client that closes the connection closes the command's standard input. Frames are at most
//! [`MAX_FRAME`] bytes.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Problem;

/// Standard input, to the server.
pub const STDIN: u8 = 0;
/// Standard output, to the client.
pub const STDOUT: u8 = 1;
/// Standard error, to the client.
pub const STDERR: u8 = 2;
/// The largest frame in either direction, the channel byte included.
pub const MAX_FRAME: usize = 64 << 10;

/// The client's first frame.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Start {
    pub run: Run,
    /// The size of the client's terminal. Left out, the command gets pipes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub terminal: Option<TerminalSize>,
}

/// What to run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Run {
    /// An argument list; no shell reads it.
    Command(Vec<String>),
    /// `psql` on the tenant's database, as the tenant's own role, with these arguments added.
    Psql(Vec<String>),
    /// Odoo's Python shell on the tenant's database.
    Shell,
}

/// Columns and rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct TerminalSize {
    pub columns: u16,
    pub rows: u16,
}

/// Talk of the client.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ClientMessage {
    /// Its terminal has another size now.
    Resize(TerminalSize),
    /// There is no more input.
    EndOfInput,
}

/// Talk of the server.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ServerMessage {
    /// The command ended.
    Exit(Exit),
    /// It could not be run, or contact with it was lost.
    Problem(Problem),
}

/// How a command ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Exit {
    /// 0 is success.
    pub code: i64,
    /// The kernel ended it because the memory limit was reached.
    pub out_of_memory: bool,
}
