//! Secrets that we draw ourselves: of sessions, of programs, of invitations and of setting up.
//!
//! # Invariants
//!
//! * What is stored of each is a [`TokenDigest`]: SHA-256 is enough, because nobody can try 2^120
//!   secrets. Digests of different kinds differ also for the same text.
//! * A token that does not read is told apart from one that is not known, without asking the store.
//!
//! Deliberately absent: whom a token belongs to, what it may do, and until when.

mod api;
mod digest;
mod session;
mod typed;

pub use api::{ApiToken, InvalidApiToken};
pub use digest::{InvalidDigest, TokenDigest};
pub use session::{InvalidSessionToken, SessionToken};
pub use typed::{InvitationToken, SetupToken};

pub use crate::crockford::Mistyped;
