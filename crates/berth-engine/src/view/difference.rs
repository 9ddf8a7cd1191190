//! What a comparison with wishes answers.

use berth_domain::Problems;

use crate::request::SetTenant;
use crate::revision::Revision;

/// What is between a tenant and what it is wished to be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DifferenceView {
    pub tenant: String,
    /// What it was compared as. `None`: there is none.
    pub revision: Option<Revision>,
    pub mending: Mending,
    pub fields: Vec<FieldDifference>,
    /// Why it cannot be mended.
    pub problems: Problems,
}

/// What would make a tenant what it is wished to be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Mending {
    Create,
    Set(Box<SetTenant>),
    Delete,
    /// It is that already, or nothing can be done about it.
    Nothing,
}

/// A field that is not as it is to be, in the words in which it is wished for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FieldDifference {
    pub field: &'static str,
    /// `None`: nothing.
    pub before: Option<String>,
    pub after: Option<String>,
}
