//! `/api/v1/account`: of whoever asks.

pub(crate) mod password;
pub(crate) mod providers;
pub(crate) mod recovery_codes;
pub(crate) mod second_factor;
