//! Organisations.

use super::PageRequest;

/// Which organisations, and which part of the list.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ListOrganisations {
    /// Only those with this in name or title.
    pub text: Option<String>,
    pub page: PageRequest,
}

/// An organisation to be made. Texts are as typed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CreateOrganisation {
    pub name: String,
    /// What people call it. Default: by its name.
    pub title: Option<String>,
}

/// What is to become of an organisation.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SetOrganisation {
    /// An empty one is none.
    pub title: Option<String>,
}
