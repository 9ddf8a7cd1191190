//! One process gives its sockets and its home to the next, and nobody is refused meanwhile.
//!
//! Both speak over a pair of sockets, one word to a line:
//!
//! ```text
//! giver                               taker
//!   starts it with LISTEN_FDS           opens what it can without touching anything
//!                             <-------  ready
//!   drives no more, lets go of the
//!   locks, lets nobody into the API
//!   go                        ------->
//!                                       takes the locks, opens the rest, lets people in
//!                             <-------  serving
//!   lets nobody in, finishes, ends
//! ```
//!
//! # Invariants
//!
//! * The giver goes on as before when the taker fails, ends or is silent, at any line, and says why.
//! * The taker changes nothing before `go`, and ends when the giver is gone before it.

mod giving;
mod taking;

use std::time::Duration;

pub(super) use giving::{Listening, Program};
pub(super) use taking::Taker;

/// How long the taker may look around, and the giver may let go.
const PATIENCE: Duration = Duration::from_mins(1);
/// How long the taker may need from `go` on: a schema may have to change, after a dump.
const TAKING: Duration = Duration::from_mins(10);

const READY: &str = "ready";
const GO: &str = "go";
const SERVING: &str = "serving";
/// Followed by why.
const FAILED: &str = "failed ";
/// After [`GO`]: the socket of the API belongs to Berth, and the last one removes it.
const OURS: &str = " ours";
