//! Proves who somebody is: passwords, second factors, tokens, providers of other houses.
//!
//! # Invariants
//!
//! * No secret is shown by `Debug` or `Display`, and none leaves the crate but through a method that
//!   says so (`expose`, `shown_once`).
//! * What is stored of a secret is not enough to be let in: argon2id of a password, SHA-256 of
//!   everything that we drew ourselves. Exceptions, for the caller to seal, are secrets that have to
//!   be used again: of a second factor and of a sign-in that is under way.
//! * The clock is an argument. Randomness is the operating system's.
//! * Whether an account exists changes neither an answer nor the work that is done for it.
//!
//! Deliberately absent: rows, sessions, roles, cookies and HTTP serving. Whoever builds those keeps
//! what is single-use single (a row is removed in the transaction that lets somebody in).

mod crockford;
pub mod oidc;
pub mod password;
mod random;
pub mod throttle;
pub mod token;
pub mod totp;

pub use random::NoRandomness;
