//! Sign-in at somebody else's (`OpenID` Connect 1.0, authorization code with PKCE).
//!
//! # Invariants
//!
//! * What a provider says is believed when its token is signed with one of its keys by an algorithm of
//!   the list in `algorithms`, names it as the issuer and us as the only audience, is not expired, and carries the
//!   nonce of this very attempt. `none` and HMAC are not algorithms.
//! * An answer belongs to the browser that asked: `state`, nonce and PKCE verifier are in the
//!   [`SignInAttempt`], which the caller seals into that browser and takes out once.
//! * Keys are looked for again when a token names one that is not known, once a minute at most. No
//!   number of forged tokens makes us a hammer.
//! * Nothing of an answer is shown but what is written in [`SignInError`]: no code, token or body.
//!
//! Deliberately absent: accounts, and which of them a foreign person is. By `(issuer, subject)`, never
//! by an e-mail address alone.

mod algorithms;
mod asking;
mod attempt;
mod callback;
mod error;
mod groups;
mod identity;
mod known;
mod provider;
mod reading;
mod settings;
mod verify;

pub use attempt::{DamagedAttempt, SignInAttempt};
pub use callback::{Callback, InvalidCallback};
pub use error::{BadToken, SignInError};
pub use groups::{GroupMapping, GroupName, InvalidGroup};
pub use identity::{ForeignEmail, ForeignIdentity};
pub use provider::Provider;
pub use reading::Reading;
pub use settings::ProviderSettings;
