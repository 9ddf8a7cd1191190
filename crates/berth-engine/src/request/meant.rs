//! Which tenant is meant, and what it must still be.

use berth_domain::Tenant;

use crate::error::EngineError;
use crate::revision::Revision;

/// What somebody knows a tenant as.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Known {
    /// Whatever it is to be.
    Anything,
    /// One of these revisions, as they were shown.
    OneOf(Vec<String>),
}

/// A tenant by its name, and what it must still be for anything to be done.
#[derive(Debug, Clone, Copy)]
pub struct Meant<'a> {
    pub name: &'a str,
    /// `None`: nobody asks.
    pub known: Option<&'a Known>,
}

impl Known {
    /// Whether it is as somebody knows it.
    pub(crate) fn has(&self, now: &Revision) -> bool {
        match self {
            Self::Anything => true,
            Self::OneOf(known) => known.iter().any(|known| known == now.as_str()),
        }
    }
}

impl Meant<'_> {
    /// Refuses a tenant that became another than is known.
    pub(crate) fn check(&self, tenant: &Tenant) -> Result<(), EngineError> {
        match self.known {
            None | Some(Known::Anything) => Ok(()),
            Some(known) if known.has(&Revision::of(tenant)) => Ok(()),
            Some(Known::OneOf(_)) => Err(EngineError::Changed { tenant: tenant.name.to_string() }),
        }
    }
}

impl<'a> From<&'a str> for Meant<'a> {
    fn from(name: &'a str) -> Self {
        Self { name, known: None }
    }
}

impl<'a> From<&'a String> for Meant<'a> {
    fn from(name: &'a String) -> Self {
        Self::from(name.as_str())
    }
}
