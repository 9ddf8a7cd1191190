//! A real edge on a free port, real sockets on both of its sides.
#![expect(clippy::unwrap_used, reason = "everything here is a test or a part of one")]

#[path = "it/access.rs"]
mod access;
#[path = "it/closed.rs"]
mod closed;
#[path = "it/corpus.rs"]
mod corpus;
#[path = "it/door.rs"]
mod door;
#[path = "it/forwarding.rs"]
mod forwarding;
#[path = "it/framing.rs"]
mod framing;
#[path = "it/limits.rs"]
mod limits;
#[path = "it/login.rs"]
mod login;
#[path = "it/routing.rs"]
mod routing;
#[path = "it/states.rs"]
mod states;
#[path = "it/streaming.rs"]
mod streaming;
#[path = "it/table_file.rs"]
mod table_file;
#[path = "it/talk.rs"]
mod talk;
#[path = "it/tenant.rs"]
mod tenant;
#[path = "it/websocket.rs"]
mod websocket;
