//! Sign-in at a provider, against one of our own that can be told to misbehave.

#![expect(clippy::unwrap_used, reason = "everything here is a test")]

mod attacks;
mod hostile;
mod idp;
mod outbound;
mod sign_in;
